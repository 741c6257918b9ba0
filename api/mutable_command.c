// Queries of mutable commands.
#include "api/command_buffer.h"
#include "api/machinery/info.h"

CL_API_ENTRY cl_int CL_API_CALL clGetMutableCommandInfoKHR(cl_mutable_command_khr handle,
                                                           cl_mutable_command_info_khr query, size_t size,
                                                           void *value, size_t *size_ret)
{
    const struct info_out out = {size, value, size_ret};
    if (!mutable_command_is(handle)) return CL_INVALID_MUTABLE_COMMAND_KHR;
    struct kiln_mutable_command *command = mutable_command_from(handle);
    pthread_mutex_lock(&command->buffer->lock);
    const struct dispatch_range range = command->range;
    pthread_mutex_unlock(&command->buffer->lock);
    const size_t sizes = range.dimensions * sizeof(size_t);
    switch (query) {
    case CL_MUTABLE_COMMAND_COMMAND_QUEUE_KHR:
        return INFO_SCALAR(&out, cl_command_queue, queue_handle(command->buffer->queue));
    case CL_MUTABLE_COMMAND_COMMAND_BUFFER_KHR:
        return INFO_SCALAR(&out, cl_command_buffer_khr, command_buffer_handle(command->buffer));
    case CL_MUTABLE_COMMAND_COMMAND_TYPE_KHR:
        return INFO_SCALAR(&out, cl_command_type, CL_COMMAND_NDRANGE_KERNEL);
    case CL_MUTABLE_COMMAND_PROPERTIES_ARRAY_KHR:
        return info_bytes(&out, command->property_list,
                          command->property_count * sizeof *command->property_list);
    case CL_MUTABLE_DISPATCH_KERNEL_KHR:
        return INFO_SCALAR(&out, cl_kernel, kernel_handle(command->kernel));
    case CL_MUTABLE_DISPATCH_DIMENSIONS_KHR:
        return INFO_SCALAR(&out, cl_uint, range.dimensions);
    case CL_MUTABLE_DISPATCH_GLOBAL_WORK_OFFSET_KHR:
        return info_bytes(&out, range.offset, sizes);
    case CL_MUTABLE_DISPATCH_GLOBAL_WORK_SIZE_KHR:
        return info_bytes(&out, range.global, sizes);
    case CL_MUTABLE_DISPATCH_LOCAL_WORK_SIZE_KHR:
        return info_bytes(&out, range.local, sizes);
    default:
        return CL_INVALID_VALUE;
    }
}
