// Asking kernels: clGetKernelInfo, clGetKernelArgInfo, clGetKernelWorkGroupInfo.
#include "api/cl_device.h"
#include "api/context.h"
#include "api/kernel.h"
#include "api/machinery/info.h"
#include "api/machinery/work_group.h"

#include <stdio.h>

// The attributes that code object metadata keeps, written as in the source: at most three.
static cl_int info_attributes(const struct kiln_kernel *kernel, const struct info_out *out)
{
    const struct kernel_metadata *metadata = kernel->metadata;
    char text[512] = "";
    size_t length = 0;
    // Programs from binaries and from SPIR-V are said to have none.
    if (kernel->program->origin == PROGRAM_OF_BINARY || kernel->program->origin == PROGRAM_OF_IL)
        return info_string(out, text);
    const struct {
        const char *name;
        const uint32_t *size;
    } sizes[] = {
        {"reqd_work_group_size", metadata->reqd_workgroup_size},
        {"work_group_size_hint", metadata->workgroup_size_hint},
    };
    for (unsigned i = 0; i < 2; i++)
        if (sizes[i].size[0])
            length += snprintf(text + length, sizeof text - length, "%s%s(%u,%u,%u)", length ? " " : "",
                               sizes[i].name, sizes[i].size[0], sizes[i].size[1], sizes[i].size[2]);
    if (metadata->vec_type_hint[0])
        snprintf(text + length, sizeof text - length, "%svec_type_hint(%s)", length ? " " : "",
                 metadata->vec_type_hint);
    return info_string(out, text);
}

CL_API_ENTRY cl_int CL_API_CALL clGetKernelInfo(cl_kernel handle, cl_kernel_info name, size_t size,
                                                void *value, size_t *size_out)
{
    if (!kernel_is(handle)) return CL_INVALID_KERNEL;
    const struct kiln_kernel *kernel = kernel_from(handle);
    const struct info_out out = {size, value, size_out};
    switch (name) {
    case CL_KERNEL_FUNCTION_NAME:
        return info_string(&out, kernel->metadata->name);
    case CL_KERNEL_NUM_ARGS:
        return INFO_SCALAR(&out, cl_uint, kernel->metadata->explicit_count);
    case CL_KERNEL_REFERENCE_COUNT:
        return INFO_SCALAR(&out, cl_uint, kernel->object.handles);
    case CL_KERNEL_CONTEXT:
        return INFO_SCALAR(&out, cl_context, context_handle(kernel->program->context));
    case CL_KERNEL_PROGRAM:
        return INFO_SCALAR(&out, cl_program, program_handle(kernel->program));
    case CL_KERNEL_ATTRIBUTES:
        return info_attributes(kernel, &out);
    default:
        return CL_INVALID_VALUE;
    }
}

// ---- Arguments ----------------------------------------------------------------------------------------

static cl_kernel_arg_address_qualifier address_qualifier(const struct argument_metadata *argument)
{
    switch (argument->space) {
    case SPACE_GLOBAL:
        return CL_KERNEL_ARG_ADDRESS_GLOBAL;
    case SPACE_CONSTANT:
        return CL_KERNEL_ARG_ADDRESS_CONSTANT;
    case SPACE_LOCAL:
        return CL_KERNEL_ARG_ADDRESS_LOCAL;
    default:
        return CL_KERNEL_ARG_ADDRESS_PRIVATE;
    }
}

static cl_kernel_arg_access_qualifier access_qualifier(const struct argument_metadata *argument)
{
    switch (argument->access) {
    case ACCESS_READ_ONLY:
        return CL_KERNEL_ARG_ACCESS_READ_ONLY;
    case ACCESS_WRITE_ONLY:
        return CL_KERNEL_ARG_ACCESS_WRITE_ONLY;
    case ACCESS_READ_WRITE:
        return CL_KERNEL_ARG_ACCESS_READ_WRITE;
    default:
        return CL_KERNEL_ARG_ACCESS_NONE;
    }
}

static cl_kernel_arg_type_qualifier type_qualifier(const struct argument_metadata *argument)
{
    return (argument->is_const ? CL_KERNEL_ARG_TYPE_CONST : 0) |
           (argument->is_restrict ? CL_KERNEL_ARG_TYPE_RESTRICT : 0) |
           (argument->is_volatile ? CL_KERNEL_ARG_TYPE_VOLATILE : 0) |
           (argument->is_pipe ? CL_KERNEL_ARG_TYPE_PIPE : 0);
}

CL_API_ENTRY cl_int CL_API_CALL clGetKernelArgInfo(cl_kernel handle, cl_uint index, cl_kernel_arg_info name,
                                                   size_t size, void *value, size_t *size_out)
{
    if (!kernel_is(handle)) return CL_INVALID_KERNEL;
    const struct kiln_kernel *kernel = kernel_from(handle);
    if (index >= kernel->metadata->explicit_count) return CL_INVALID_ARG_INDEX;
    const struct argument_metadata *argument = &kernel->metadata->arguments[index];
    const struct info_out out = {size, value, size_out};
    if (name < CL_KERNEL_ARG_ADDRESS_QUALIFIER || name > CL_KERNEL_ARG_NAME) return CL_INVALID_VALUE;
    // Code objects made elsewhere may lack types: then none of the information is complete. Modules may lack
    // names.
    bool named = argument->name[0] || name != CL_KERNEL_ARG_NAME;
    if (!argument->type_name[0] || !named) return CL_KERNEL_ARG_INFO_NOT_AVAILABLE;
    switch (name) {
    case CL_KERNEL_ARG_ADDRESS_QUALIFIER:
        return INFO_SCALAR(&out, cl_kernel_arg_address_qualifier, address_qualifier(argument));
    case CL_KERNEL_ARG_ACCESS_QUALIFIER:
        return INFO_SCALAR(&out, cl_kernel_arg_access_qualifier, access_qualifier(argument));
    case CL_KERNEL_ARG_TYPE_QUALIFIER:
        return INFO_SCALAR(&out, cl_kernel_arg_type_qualifier, type_qualifier(argument));
    case CL_KERNEL_ARG_TYPE_NAME:
        return info_string(&out, argument->type_name);
    default:
        return info_string(&out, argument->name);
    }
}

// ---- Work-groups --------------------------------------------------------------------------------------

CL_API_ENTRY cl_int CL_API_CALL clGetKernelWorkGroupInfo(cl_kernel handle, cl_device_id device,
                                                         cl_kernel_work_group_info name, size_t size,
                                                         void *value, size_t *size_out)
{
    if (!kernel_is(handle)) return CL_INVALID_KERNEL;
    const struct kiln_kernel *kernel = kernel_from(handle);
    const struct kernel_device *on;
    cl_int error = kernel_device_find(kernel, device, &on);
    if (error) return error;
    const struct info_out out = {size, value, size_out};
    const uint32_t *required = on->metadata->reqd_workgroup_size;
    switch (name) {
    case CL_KERNEL_WORK_GROUP_SIZE:
        return INFO_SCALAR(&out, size_t, work_group_limit(on));
    case CL_KERNEL_COMPILE_WORK_GROUP_SIZE: {
        const size_t sizes[3] = {required[0], required[1], required[2]};
        return info_bytes(&out, sizes, sizeof sizes);
    }
    case CL_KERNEL_LOCAL_MEM_SIZE:
        return INFO_SCALAR(&out, cl_ulong, kernel_group_size(kernel, on));
    case CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE:
        return INFO_SCALAR(&out, size_t, on->metadata->wavefront_size);
    case CL_KERNEL_PRIVATE_MEM_SIZE:
        return INFO_SCALAR(&out, cl_ulong, on->code.private_size);
    case CL_KERNEL_SPILL_MEM_SIZE_INTEL: // of registers, which have 32 bits
        return INFO_SCALAR(&out, cl_ulong, (cl_ulong)on->metadata->vgpr_spills * sizeof(cl_uint));
    default:
        return CL_INVALID_VALUE; // CL_KERNEL_GLOBAL_WORK_SIZE too: there are no built-in kernels
    }
}
