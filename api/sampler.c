// Samplers belong to images, which no device of this driver has yet: there is no sampler object.
#pragma clang diagnostic ignored "-Wunused-parameter" // what a signature must name
// NOLINTBEGIN(misc-unused-parameters)
#include "api/context.h"
#include "api/machinery/info.h"

CL_API_ENTRY cl_sampler CL_API_CALL clCreateSamplerWithProperties(cl_context context,
                                                                  const cl_sampler_properties *properties,
                                                                  cl_int *error_out)
{
    return error_return(error_out, context_is(context) ? CL_INVALID_OPERATION : CL_INVALID_CONTEXT);
}

CL_API_ENTRY cl_sampler CL_API_CALL clCreateSampler(cl_context context, cl_bool normalized,
                                                    cl_addressing_mode addressing, cl_filter_mode filter,
                                                    cl_int *error_out)
{
    return error_return(error_out, context_is(context) ? CL_INVALID_OPERATION : CL_INVALID_CONTEXT);
}

CL_API_ENTRY cl_int CL_API_CALL clRetainSampler(cl_sampler sampler) { return CL_INVALID_SAMPLER; }

CL_API_ENTRY cl_int CL_API_CALL clReleaseSampler(cl_sampler sampler) { return CL_INVALID_SAMPLER; }

CL_API_ENTRY cl_int CL_API_CALL clGetSamplerInfo(cl_sampler sampler, cl_sampler_info name, size_t size,
                                                 void *value, size_t *size_out)
{
    return CL_INVALID_SAMPLER;
}
// NOLINTEND(misc-unused-parameters)
