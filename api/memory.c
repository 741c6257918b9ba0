// What memory objects have in common: lifetime, destructor callbacks, checks, queries.
#include "api/memory.h"
#include "api/cl_device.h"
#include "api/context.h"
#include "api/device_address.h"
#include "api/machinery/info.h"
#include "api/machinery/recycle.h"
#include "api/svm.h"

#include <stdlib.h>
#include <string.h>

struct kiln_memory *memory_new(cl_mem_object_type type)
{
    struct kiln_memory *memory = recycle_take(sizeof *memory);
    if (memory) *memory = (struct kiln_memory){.type = type, .lock = PTHREAD_MUTEX_INITIALIZER};
    return memory;
}

void memory_free(struct kiln_memory *memory)
{
    free(memory->properties);
    recycle_give(memory, sizeof *memory);
}

bool memory_init(struct kiln_memory *memory)
{
    if (!object_init(&memory->object, OBJECT_MEMORY)) return false;
    context_retain(memory->context);
    return true;
}

cl_int memory_properties_keep(struct kiln_memory *memory, const cl_mem_properties *properties, size_t count)
{
    memory->properties = malloc(count * sizeof *memory->properties);
    if (!memory->properties) return CL_OUT_OF_HOST_MEMORY;
    memcpy(memory->properties, properties, count * sizeof *memory->properties);
    memory->property_count = count;
    return CL_SUCCESS;
}

// An object that uses clSVMAlloc's memory shares its storage; one that copies it only looks at its size.
static cl_int svm_take(struct kiln_memory *memory, const void *host)
{
    struct svm_allocation *svm = host ? svm_find(memory->context, host) : NULL;
    if (!svm) return CL_SUCCESS;
    bool within = svm_contains(svm, host, memory->size);
    if (within && memory->host_pointer) {
        memory->svm = svm;
        memory->storage = svm->storage;
        memory->offset = (size_t)((const uint8_t *)host - svm->begin);
    } else {
        svm_release(svm);
    }
    return within ? CL_SUCCESS : CL_INVALID_BUFFER_SIZE;
}

cl_int memory_open(struct kiln_memory *memory, const void *host)
{
    cl_int error = svm_take(memory, host);
    if (error || memory->svm) return error;
    return storage_create(memory->context, memory->size, memory_kind(memory->flags), memory->host_pointer,
                          &memory->storage);
}

cl_int memory_open_foreign(struct kiln_memory *memory, int file)
{
    size_t bytes;
    memory->foreign = true;
    cl_int error = storage_import(memory->context, file, &bytes, &memory->storage);
    if (error) return error == CL_INVALID_VALUE ? CL_INVALID_PROPERTY : error;
    if (!memory->size) memory->size = bytes;
    return memory->size <= bytes ? CL_SUCCESS : CL_INVALID_BUFFER_SIZE;
}

void memory_close(struct kiln_memory *memory)
{
    if (memory->svm)
        svm_release(memory->svm);
    else if (memory->storage && !memory->parent && memory->foreign)
        device_memory_destroy(memory->storage);
    else if (memory->storage && !memory->parent)
        storage_release(memory->context, memory->storage, memory->size, memory_kind(memory->flags));
    memory->svm = NULL;
    memory->storage = NULL;
}

static void destructors_call(struct kiln_memory *memory)
{
    while (memory->destructors) {
        struct memory_destructor *destructor = memory->destructors;
        memory->destructors = destructor->next;
        destructor->function(memory_handle(memory), destructor->argument);
        free(destructor);
    }
}

static void memory_destroy(struct kiln_memory *memory)
{
    memory_maps_free(&memory->maps);
    // The storage goes first: a destructor callback may free the pages of CL_MEM_USE_HOST_PTR.
    if (memory->image) image_free(memory->image);
    memory_close(memory);
    destructors_call(memory);
    if (memory->parent) memory_release(memory->parent);
    pthread_mutex_destroy(&memory->lock);
    context_release(memory->context);
    memory_free(memory);
}

void memory_retain(struct kiln_memory *memory) { object_retain(&memory->object); }

void memory_release(struct kiln_memory *memory)
{
    if (object_release(&memory->object)) memory_destroy(memory);
}

uint8_t *memory_address(const struct kiln_memory *memory)
{
    return (uint8_t *)device_memory_address(memory->storage) + memory->offset;
}

uint8_t *memory_host(const struct kiln_memory *memory)
{
    uint8_t *host = device_memory_host(memory->storage);
    return host ? host + memory->offset : NULL;
}

bool memory_contains(const struct kiln_memory *memory, size_t offset, size_t size)
{
    return offset <= memory->size && size <= memory->size - offset;
}

static cl_int check(cl_mem handle, bool valid, const struct kiln_context *context)
{
    if (!valid) return CL_INVALID_MEM_OBJECT;
    return memory_from(handle)->context == context ? CL_SUCCESS : CL_INVALID_CONTEXT;
}

cl_int memory_check(cl_mem handle, const struct kiln_context *context)
{
    return check(handle, memory_is(handle), context);
}

cl_int memory_check_buffer(cl_mem handle, const struct kiln_context *context)
{
    return check(handle, memory_is_buffer(handle), context);
}

cl_int memory_check_image(cl_mem handle, const struct kiln_context *context)
{
    return check(handle, memory_is_image(handle), context);
}

cl_int memory_check_host_access(const struct kiln_memory *memory, cl_map_flags access)
{
    static const struct {
        cl_mem_flags flag;
        cl_map_flags forbids;
    } rules[] = {
        {CL_MEM_HOST_NO_ACCESS, CL_MAP_READ | CL_MAP_WRITE | CL_MAP_WRITE_INVALIDATE_REGION},
        {CL_MEM_HOST_WRITE_ONLY, CL_MAP_READ},
        {CL_MEM_HOST_READ_ONLY, CL_MAP_WRITE | CL_MAP_WRITE_INVALIDATE_REGION},
    };
    for (unsigned i = 0; i < sizeof rules / sizeof *rules; i++)
        if ((memory->flags & rules[i].flag) && (access & rules[i].forbids)) return CL_INVALID_OPERATION;
    return CL_SUCCESS;
}

// Memory of clSVMAlloc, or any memory at all where the devices share the process's.
static bool uses_svm(const struct kiln_memory *memory)
{
    if (!memory->host_pointer) return false;
    if (memory->svm || (memory->parent && memory->parent->svm)) return true;
    for (unsigned i = 0; i < memory->context->device_count; i++)
        if (!memory->context->devices[i]->info->process_memory) return false;
    return true;
}

// One for each device: the same one, since all devices reach the buffer's only storage.
static cl_int addresses_info(const struct info_out *out, const struct kiln_memory *memory)
{
    if (!memory->has_address) return CL_INVALID_OPERATION;
    unsigned count = memory->context->device_count;
    cl_mem_device_address_ext *addresses = malloc(count * sizeof *addresses);
    if (!addresses) return CL_OUT_OF_HOST_MEMORY;
    for (unsigned i = 0; i < count; i++) addresses[i] = (uintptr_t)memory_address(memory);
    cl_int error = info_bytes(out, addresses, count * sizeof *addresses);
    free(addresses);
    return error;
}

CL_API_ENTRY cl_int CL_API_CALL clGetMemObjectInfo(cl_mem handle, cl_mem_info name, size_t size, void *value,
                                                   size_t *size_out)
{
    if (!memory_is(handle)) return CL_INVALID_MEM_OBJECT;
    const struct kiln_memory *memory = memory_from(handle);
    const struct info_out out = {size, value, size_out};
    switch (name) {
    case CL_MEM_TYPE:
        return INFO_SCALAR(&out, cl_mem_object_type, memory->type);
    case CL_MEM_FLAGS:
        return INFO_SCALAR(&out, cl_mem_flags, memory->flags);
    case CL_MEM_SIZE:
        return INFO_SCALAR(&out, size_t, memory->size);
    case CL_MEM_HOST_PTR:
        return INFO_SCALAR(&out, void *, memory->host_pointer);
    case CL_MEM_MAP_COUNT:
        return INFO_SCALAR(&out, cl_uint, memory->map_count);
    case CL_MEM_REFERENCE_COUNT:
        return INFO_SCALAR(&out, cl_uint, memory->object.handles);
    case CL_MEM_CONTEXT:
        return INFO_SCALAR(&out, cl_context, context_handle(memory->context));
    case CL_MEM_ASSOCIATED_MEMOBJECT:
        return INFO_SCALAR(&out, cl_mem, memory_handle(memory->foreign ? NULL : memory->parent));
    case CL_MEM_OFFSET:
        return INFO_SCALAR(&out, size_t, memory->origin);
    case CL_MEM_USES_SVM_POINTER:
        return INFO_SCALAR(&out, cl_bool, uses_svm(memory));
    case CL_MEM_PROPERTIES:
        return info_bytes(&out, memory->properties, memory->property_count * sizeof *memory->properties);
    case CL_MEM_DEVICE_ADDRESS_EXT:
        return addresses_info(&out, memory);
    default:
        return CL_INVALID_VALUE;
    }
}

CL_API_ENTRY cl_int CL_API_CALL clRetainMemObject(cl_mem memory)
{
    if (!memory_is(memory)) return CL_INVALID_MEM_OBJECT;
    object_retain_handle(&memory_from(memory)->object);
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clReleaseMemObject(cl_mem memory)
{
    if (!memory_is(memory) || !object_release_handle(&memory_from(memory)->object))
        return CL_INVALID_MEM_OBJECT;
    memory_release(memory_from(memory));
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clSetMemObjectDestructorCallback(cl_mem handle,
                                                                 void(CL_CALLBACK *notify)(cl_mem, void *),
                                                                 void *argument)
{
    if (!memory_is(handle)) return CL_INVALID_MEM_OBJECT;
    if (!notify) return CL_INVALID_VALUE;
    struct memory_destructor *destructor = malloc(sizeof *destructor);
    if (!destructor) return CL_OUT_OF_HOST_MEMORY;
    struct kiln_memory *memory = memory_from(handle);
    *destructor = (struct memory_destructor){notify, argument, NULL};
    pthread_mutex_lock(&memory->lock);
    destructor->next = memory->destructors;
    memory->destructors = destructor;
    pthread_mutex_unlock(&memory->lock);
    return CL_SUCCESS;
}
