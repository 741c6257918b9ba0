// A context's allocations are kept in a search tree of ranges that never overlap; a single byte's range is
// looked up as "equal" to the range that has it.
#define _GNU_SOURCE // tdestroy
#include "api/svm.h"

#include "api/machinery/memory_flags.h"
#include "api/memory.h"

#include <search.h>
#include <stdlib.h>
#include <unistd.h>

enum { DEFAULT_ALIGN = 128 }; // sizeof(cl_long16)

cl_device_svm_capabilities svm_device_capabilities(const struct device_info *device)
{
    return CL_DEVICE_SVM_COARSE_GRAIN_BUFFER | CL_DEVICE_SVM_FINE_GRAIN_BUFFER |
           (device->host_atomics ? CL_DEVICE_SVM_ATOMICS : 0) |
           (device->process_memory ? CL_DEVICE_SVM_FINE_GRAIN_SYSTEM : 0);
}

// ---- The tree -----------------------------------------------------------------------------------------

// Of addresses as numbers: what is looked for may lie in no object, or be NULL.
static int ranges_compare(const void *a, const void *b)
{
    const struct svm_allocation *left = a, *right = b;
    uintptr_t left_begin = (uintptr_t)left->begin, right_begin = (uintptr_t)right->begin;
    if (left_begin + left->size <= right_begin) return -1;
    return right_begin + right->size <= left_begin;
}

// With the context's lock held. tfind and tsearch return a place that holds the allocation.
static struct svm_allocation *tree_find(const struct kiln_context *context, const void *address)
{
    const struct svm_allocation byte = {.begin = (uint8_t *)(uintptr_t)address, .size = 1};
    struct svm_allocation **found = tfind(&byte, &context->svm_allocations, ranges_compare);
    return found ? *found : NULL;
}

static bool tree_add(struct kiln_context *context, struct svm_allocation *allocation)
{
    pthread_mutex_lock(&context->lock);
    bool added = tsearch(allocation, &context->svm_allocations, ranges_compare);
    pthread_mutex_unlock(&context->lock);
    return added;
}

struct svm_allocation *svm_find(struct kiln_context *context, const void *address)
{
    pthread_mutex_lock(&context->lock);
    struct svm_allocation *allocation = tree_find(context, address);
    if (allocation) allocation->references++;
    pthread_mutex_unlock(&context->lock);
    return allocation;
}

void svm_release(struct svm_allocation *allocation)
{
    if (--allocation->references) return;
    device_memory_destroy(allocation->storage);
    free(allocation);
}

bool svm_contains(const struct svm_allocation *allocation, const void *address, size_t size)
{
    size_t offset = (uintptr_t)address - (uintptr_t)allocation->begin;
    return offset <= allocation->size && size <= allocation->size - offset;
}

bool svm_free(struct kiln_context *context, void *address, bool usm)
{
    pthread_mutex_lock(&context->lock);
    struct svm_allocation *allocation = tree_find(context, address);
    bool from_usm = allocation && allocation->origin.type != CL_MEM_TYPE_UNKNOWN_INTEL;
    if (allocation && (allocation->begin != address || from_usm != usm)) allocation = NULL;
    if (allocation) tdelete(allocation, &context->svm_allocations, ranges_compare);
    pthread_mutex_unlock(&context->lock);
    if (allocation) svm_release(allocation);
    return allocation;
}

static void node_free(void *allocation) { svm_release(allocation); }

void svm_free_all(struct kiln_context *context)
{
    tdestroy(context->svm_allocations, node_free);
    context->svm_allocations = NULL;
}

// ---- Allocating ---------------------------------------------------------------------------------------

static bool flags_valid(cl_svm_mem_flags flags)
{
    const cl_svm_mem_flags svm = CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS;
    if ((flags & CL_MEM_SVM_ATOMICS) && !(flags & CL_MEM_SVM_FINE_GRAIN_BUFFER)) return false;
    return !(flags & ~(MEMORY_FLAGS_KERNEL | svm)) && memory_flags_valid(flags & MEMORY_FLAGS_KERNEL);
}

// Memory comes in pages.
bool svm_alignment_valid(cl_uint alignment)
{
    if (!alignment) alignment = DEFAULT_ALIGN;
    return !(alignment & (alignment - 1)) && alignment <= (cl_uint)sysconf(_SC_PAGESIZE);
}

// Whether every device of the context can have such an allocation.
static bool devices_can(const struct kiln_context *context, cl_svm_mem_flags flags, size_t size)
{
    cl_device_svm_capabilities wanted =
        CL_DEVICE_SVM_COARSE_GRAIN_BUFFER |
        (flags & CL_MEM_SVM_FINE_GRAIN_BUFFER ? CL_DEVICE_SVM_FINE_GRAIN_BUFFER : 0) |
        (flags & CL_MEM_SVM_ATOMICS ? CL_DEVICE_SVM_ATOMICS : 0);
    for (unsigned i = 0; i < context->device_count; i++) {
        const struct device_info *info = context->devices[i]->info;
        if (wanted & ~svm_device_capabilities(info) || size > info->max_alloc_size) return false;
    }
    return size;
}

// Memory that the host does not reach begins where the devices see it.
cl_int svm_allocate(struct kiln_context *context, size_t size, enum device_memory_kind kind,
                    const struct svm_origin *origin, void **address)
{
    struct svm_allocation *allocation = calloc(1, sizeof *allocation);
    if (!allocation) return CL_OUT_OF_HOST_MEMORY;
    cl_int error = storage_create(context, size, kind, NULL, &allocation->storage);
    if (error) {
        free(allocation);
        return error;
    }
    allocation->origin = *origin;
    allocation->begin = device_memory_address(allocation->storage);
    allocation->size = size;
    allocation->references = 1;
    *address = allocation->begin;
    if (tree_add(context, allocation)) return CL_SUCCESS;
    svm_release(allocation);
    return CL_OUT_OF_HOST_MEMORY;
}

// The device's own memory where the host reaches it too; fine-grained memory is always the host's.
static enum device_memory_kind allocation_kind(const struct kiln_context *context, cl_svm_mem_flags flags)
{
    bool host = flags & CL_MEM_SVM_FINE_GRAIN_BUFFER;
    for (unsigned i = 0; i < context->device_count; i++) host |= !context->devices[i]->info->host_accessible;
    return host ? DEVICE_MEMORY_HOST : DEVICE_MEMORY_LOCAL;
}

CL_API_ENTRY void *CL_API_CALL clSVMAlloc(cl_context handle, cl_svm_mem_flags flags, size_t size,
                                          cl_uint alignment)
{
    if (!context_is(handle) || !flags_valid(flags) || !svm_alignment_valid(alignment)) return NULL;
    struct kiln_context *context = context_from(handle);
    if (!devices_can(context, flags, size)) return NULL;
    const struct svm_origin origin = {.type = CL_MEM_TYPE_UNKNOWN_INTEL};
    void *address;
    return svm_allocate(context, size, allocation_kind(context, flags), &origin, &address) ? NULL : address;
}

CL_API_ENTRY void CL_API_CALL clSVMFree(cl_context context, void *pointer)
{
    if (context_is(context)) svm_free(context_from(context), pointer, false);
}
