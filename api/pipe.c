// Pipes: CL_DEVICE_PIPE_SUPPORT is CL_FALSE, there is no pipe object.
#pragma clang diagnostic ignored "-Wunused-parameter" // what a signature must name
// NOLINTBEGIN(misc-unused-parameters)
#include "api/context.h"
#include "api/machinery/info.h"

CL_API_ENTRY cl_mem CL_API_CALL clCreatePipe(cl_context context, cl_mem_flags flags, cl_uint packet_size,
                                             cl_uint max_packets, const cl_pipe_properties *properties,
                                             cl_int *error_out)
{
    return error_return(error_out, context_is(context) ? CL_INVALID_OPERATION : CL_INVALID_CONTEXT);
}

CL_API_ENTRY cl_int CL_API_CALL clGetPipeInfo(cl_mem pipe, cl_pipe_info name, size_t size, void *value,
                                              size_t *size_out)
{
    return CL_INVALID_MEM_OBJECT;
}
// NOLINTEND(misc-unused-parameters)
