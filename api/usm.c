// cl_intel_unified_shared_memory: memory of the host, of a device, and of both. All of it is shared virtual
// memory.
//
// Source: cl_intel_unified_shared_memory, version 1.0.0.
#include "api/machinery/command.h"
#include "api/machinery/info.h"
#include "api/svm.h"

// ---- Allocating ---------------------------------------------------------------------------------------

enum { PLACEMENTS = CL_MEM_ALLOC_INITIAL_PLACEMENT_DEVICE_INTEL | CL_MEM_ALLOC_INITIAL_PLACEMENT_HOST_INTEL };

static cl_int properties_read(const cl_mem_properties_intel *list, struct svm_origin *origin)
{
    bool shared = origin->type == CL_MEM_TYPE_SHARED_INTEL, seen = false;
    const cl_mem_alloc_flags_intel known = CL_MEM_ALLOC_WRITE_COMBINED_INTEL | (shared ? PLACEMENTS : 0);
    for (; list && *list; list += 2) {
        if (list[0] != CL_MEM_ALLOC_FLAGS_INTEL || seen) return CL_INVALID_PROPERTY;
        if ((list[1] & ~known) || (list[1] & PLACEMENTS) == PLACEMENTS) return CL_INVALID_PROPERTY;
        origin->flags = list[1];
        seen = true;
    }
    return CL_SUCCESS;
}

// What the host writes there is seen without being told of only in its own memory, or where all is.
static enum device_memory_kind kind_of(const struct kiln_context *context, const struct svm_origin *origin)
{
    bool far = false;
    for (unsigned i = 0; i < context->device_count; i++) far |= !context->devices[i]->info->process_memory;
    bool host = origin->type == CL_MEM_TYPE_HOST_INTEL || (origin->type == CL_MEM_TYPE_SHARED_INTEL && far);
    return host ? DEVICE_MEMORY_HOST : DEVICE_MEMORY_LOCAL;
}

static bool size_valid(const struct kiln_context *context, const struct svm_origin *origin, size_t size)
{
    for (unsigned i = 0; i < context->device_count; i++) {
        const struct kiln_device *device = context->devices[i];
        if ((!origin->device || origin->device == device) && size > device->info->max_alloc_size)
            return false;
    }
    return size;
}

static cl_int allocate(cl_context handle, struct svm_origin *origin,
                       const cl_mem_properties_intel *properties, size_t size, cl_uint alignment,
                       void **address)
{
    if (!context_is(handle)) return CL_INVALID_CONTEXT;
    struct kiln_context *context = context_from(handle);
    if (origin->device) {
        bool known =
            cl_device_is(cl_device_handle(origin->device)) && context_has_device(context, origin->device);
        if (!known) return CL_INVALID_DEVICE;
    } else if (origin->type == CL_MEM_TYPE_DEVICE_INTEL) {
        return CL_INVALID_DEVICE;
    }
    cl_int error = properties_read(properties, origin);
    if (error) return error;
    if (!svm_alignment_valid(alignment)) return CL_INVALID_VALUE;
    if (!size_valid(context, origin, size)) return CL_INVALID_BUFFER_SIZE;
    return svm_allocate(context, size, kind_of(context, origin), origin, address);
}

static void *allocate_or_tell(cl_context context, cl_unified_shared_memory_type_intel type,
                              cl_device_id device, const cl_mem_properties_intel *properties, size_t size,
                              cl_uint alignment, cl_int *error_out)
{
    struct svm_origin origin = {.type = type, .device = cl_device_from(device)};
    void *address = NULL;
    error_return(error_out, allocate(context, &origin, properties, size, alignment, &address));
    return address;
}

CL_API_ENTRY void *CL_API_CALL clHostMemAllocINTEL(cl_context context,
                                                   const cl_mem_properties_intel *properties, size_t size,
                                                   cl_uint alignment, cl_int *error_out)
{
    return allocate_or_tell(context, CL_MEM_TYPE_HOST_INTEL, NULL, properties, size, alignment, error_out);
}

CL_API_ENTRY void *CL_API_CALL clDeviceMemAllocINTEL(cl_context context, cl_device_id device,
                                                     const cl_mem_properties_intel *properties, size_t size,
                                                     cl_uint alignment, cl_int *error_out)
{
    return allocate_or_tell(context, CL_MEM_TYPE_DEVICE_INTEL, device, properties, size, alignment,
                            error_out);
}

CL_API_ENTRY void *CL_API_CALL clSharedMemAllocINTEL(cl_context context, cl_device_id device,
                                                     const cl_mem_properties_intel *properties, size_t size,
                                                     cl_uint alignment, cl_int *error_out)
{
    return allocate_or_tell(context, CL_MEM_TYPE_SHARED_INTEL, device, properties, size, alignment,
                            error_out);
}

// ---- Freeing ------------------------------------------------------------------------------------------

CL_API_ENTRY cl_int CL_API_CALL clMemFreeINTEL(cl_context context, void *pointer)
{
    if (!context_is(context)) return CL_INVALID_CONTEXT;
    return !pointer || svm_free(context_from(context), pointer, true) ? CL_SUCCESS : CL_INVALID_VALUE;
}

// No command tells which memory its kernel follows pointers to: so all are waited for.
CL_API_ENTRY cl_int CL_API_CALL clMemBlockingFreeINTEL(cl_context context, void *pointer)
{
    if (!context_is(context)) return CL_INVALID_CONTEXT;
    struct svm_allocation *allocation = pointer ? svm_find(context_from(context), pointer) : NULL;
    bool known =
        allocation && allocation->begin == pointer && allocation->origin.type != CL_MEM_TYPE_UNKNOWN_INTEL;
    if (allocation) svm_release(allocation);
    if (!pointer) return CL_SUCCESS;
    if (!known) return CL_INVALID_VALUE;
    cl_int error = commands_finish_all(context_from(context));
    return error == CL_OUT_OF_HOST_MEMORY ? error : clMemFreeINTEL(context, pointer);
}

// ---- Queries ------------------------------------------------------------------------------------------

CL_API_ENTRY cl_int CL_API_CALL clGetMemAllocInfoINTEL(cl_context handle, const void *pointer,
                                                       cl_mem_info_intel query, size_t size, void *value,
                                                       size_t *size_ret)
{
    const struct info_out out = {size, value, size_ret};
    struct svm_allocation found = {.origin = {.type = CL_MEM_TYPE_UNKNOWN_INTEL}};
    if (!context_is(handle)) return CL_INVALID_CONTEXT;
    struct svm_allocation *allocation = svm_find(context_from(handle), pointer);
    if (allocation && allocation->origin.type != CL_MEM_TYPE_UNKNOWN_INTEL)
        found = (struct svm_allocation){
            .origin = allocation->origin, .begin = allocation->begin, .size = allocation->size};
    if (allocation) svm_release(allocation);
    switch (query) {
    case CL_MEM_ALLOC_TYPE_INTEL:
        return INFO_SCALAR(&out, cl_unified_shared_memory_type_intel, found.origin.type);
    case CL_MEM_ALLOC_BASE_PTR_INTEL:
        return INFO_SCALAR(&out, void *, found.begin);
    case CL_MEM_ALLOC_SIZE_INTEL:
        return INFO_SCALAR(&out, size_t, found.size);
    case CL_MEM_ALLOC_DEVICE_INTEL:
        return INFO_SCALAR(&out, cl_device_id, cl_device_handle(found.origin.device));
    case CL_MEM_ALLOC_FLAGS_INTEL:
        return INFO_SCALAR(&out, cl_mem_alloc_flags_intel, found.origin.flags);
    default:
        return CL_INVALID_VALUE;
    }
}
