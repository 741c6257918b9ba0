#include "api/cl_device.h"
#include "api/context.h"
#include "api/machinery/info.h"
#include "api/machinery/memory_flags.h"
#include "api/memory.h"

static cl_int region_check(const struct kiln_memory *buffer, const cl_buffer_region *region)
{
    if (!region->size) return CL_INVALID_BUFFER_SIZE;
    if (!memory_contains(buffer, region->origin, region->size)) return CL_INVALID_VALUE;
    return region->origin % DEVICE_BASE_ALIGN ? CL_MISALIGNED_SUB_BUFFER_OFFSET : CL_SUCCESS;
}

static struct kiln_memory *sub_buffer_create(struct kiln_memory *parent, cl_mem_flags flags,
                                             const cl_buffer_region *region)
{
    struct kiln_memory *memory = memory_new(CL_MEM_OBJECT_BUFFER);
    if (!memory) return NULL;
    memory_retain(parent);
    memory->parent = parent;
    memory->context = parent->context;
    memory->flags = flags;
    memory->size = region->size;
    memory->origin = region->origin;
    memory->storage = parent->storage;
    memory->offset = parent->offset + region->origin;
    if (parent->host_pointer) memory->host_pointer = (uint8_t *)parent->host_pointer + region->origin;
    if (memory_init(memory)) return memory;
    memory_release(parent);
    memory_free(memory);
    return NULL;
}

CL_API_ENTRY cl_mem CL_API_CALL clCreateSubBuffer(cl_mem handle, cl_mem_flags flags,
                                                  cl_buffer_create_type type, const void *info,
                                                  cl_int *error_out)
{
    if (!memory_is_buffer(handle)) return error_return(error_out, CL_INVALID_MEM_OBJECT);
    struct kiln_memory *buffer = memory_from(handle);
    if (buffer->parent) return error_return(error_out, CL_INVALID_MEM_OBJECT);
    cl_mem_flags inherited;
    if (type != CL_BUFFER_CREATE_TYPE_REGION || !info ||
        !memory_flags_inherit(buffer->flags, flags, &inherited))
        return error_return(error_out, CL_INVALID_VALUE);
    cl_int error = region_check(buffer, info);
    if (error) return error_return(error_out, error);
    struct kiln_memory *memory = sub_buffer_create(buffer, inherited, info);
    if (!memory) return error_return(error_out, CL_OUT_OF_HOST_MEMORY);
    error_return(error_out, CL_SUCCESS);
    return memory_handle(memory);
}
