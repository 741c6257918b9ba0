// Asking programs: clGetProgramInfo, clGetProgramBuildInfo.
#include "api/cl_device.h"
#include "api/context.h"
#include "api/machinery/info.h"
#include "api/program.h"

#include <stdlib.h>
#include <string.h>

static cl_int info_devices(const struct kiln_program *program, const struct info_out *out)
{
    cl_device_id *devices =
        calloc(program->device_count, sizeof(cl_device_id)); // NOLINT(*UnixAPI): it has a device
    if (!devices) return CL_OUT_OF_HOST_MEMORY;
    for (unsigned i = 0; i < program->device_count; i++)
        devices[i] = cl_device_handle(program->devices[i].device);
    cl_int error = info_bytes(out, devices, program->device_count * sizeof *devices);
    free(devices);
    return error;
}

static cl_int info_binary_sizes(const struct kiln_program *program, const struct info_out *out)
{
    size_t *sizes = calloc(program->device_count, sizeof *sizes); // NOLINT(*UnixAPI): it has a device
    if (!sizes) return CL_OUT_OF_HOST_MEMORY;
    for (unsigned i = 0; i < program->device_count; i++)
        sizes[i] = program->devices[i].binary ? program->devices[i].binary->size : 0;
    cl_int error = info_bytes(out, sizes, program->device_count * sizeof *sizes);
    free(sizes);
    return error;
}

// Unlike other queries, this one writes through pointers that the application has put at its destination.
static cl_int info_binaries(const struct kiln_program *program, const struct info_out *out)
{
    size_t size = program->device_count * sizeof(unsigned char *);
    if (out->size_ret) *out->size_ret = size;
    if (!out->value) return CL_SUCCESS;
    if (out->size < size) return CL_INVALID_VALUE;
    unsigned char **destinations = out->value;
    for (unsigned i = 0; i < program->device_count; i++) {
        const struct program_binary *binary = program->devices[i].binary;
        if (destinations[i] && binary) memcpy(destinations[i], binary->bytes, binary->size);
    }
    return CL_SUCCESS;
}

// The first device that has kernels; NULL: none has.
static const struct program_device *built_find(const struct kiln_program *program)
{
    for (unsigned i = 0; i < program->device_count; i++) {
        const struct program_device *entry = &program->devices[i];
        if (entry->executable || entry->unfinished) return entry;
    }
    return NULL;
}

static size_t kernels_count(const struct program_device *entry)
{
    return entry->unfinished ? unfinished_count(entry->unfinished) : entry->executable->metadata.kernel_count;
}

static const char *kernel_name(const struct program_device *entry, size_t i)
{
    return entry->unfinished ? unfinished_name(entry->unfinished, i)
                             : entry->executable->metadata.kernels[i].name;
}

static cl_int info_kernel_names(const struct program_device *entry, const struct info_out *out)
{
    size_t size = 1, count = kernels_count(entry);
    for (size_t i = 0; i < count; i++) size += strlen(kernel_name(entry, i)) + 1;
    char *names = malloc(size), *end = names;
    if (!names) return CL_OUT_OF_HOST_MEMORY;
    *end = '\0';
    for (size_t i = 0; i < count; i++) {
        if (i) *end++ = ';';
        end = stpcpy(end, kernel_name(entry, i));
    }
    cl_int error = info_string(out, names);
    free(names);
    return error;
}

static cl_int info_kernels(const struct kiln_program *program, cl_program_info name,
                           const struct info_out *out)
{
    const struct program_device *entry = built_find(program);
    if (!entry) return CL_INVALID_PROGRAM_EXECUTABLE;
    if (name == CL_PROGRAM_NUM_KERNELS) return INFO_SCALAR(out, size_t, kernels_count(entry));
    if (name == CL_PROGRAM_KERNEL_NAMES) return info_kernel_names(entry, out);
    return INFO_SCALAR(out, cl_bool, CL_FALSE); // OpenCL C has neither constructors nor destructors
}

// Waits for what a query is about.
static void info_await(struct kiln_program *program, const struct kiln_device *device, cl_program_info name)
{
    switch (name) {
    case CL_PROGRAM_BINARY_SIZES:
    case CL_PROGRAM_BINARIES:
        program_device_await_code(program, device);
        break;
    case CL_PROGRAM_NUM_KERNELS:
    case CL_PROGRAM_KERNEL_NAMES:
    case CL_PROGRAM_SCOPE_GLOBAL_CTORS_PRESENT:
    case CL_PROGRAM_SCOPE_GLOBAL_DTORS_PRESENT:
        program_device_await(program, device);
        break;
    default:
        break;
    }
}

static cl_int program_info(const struct kiln_program *program, cl_program_info name,
                           const struct info_out *out)
{
    switch (name) {
    case CL_PROGRAM_REFERENCE_COUNT:
        return INFO_SCALAR(out, cl_uint, program->object.handles);
    case CL_PROGRAM_CONTEXT:
        return INFO_SCALAR(out, cl_context, context_handle(program->context));
    case CL_PROGRAM_NUM_DEVICES:
        return INFO_SCALAR(out, cl_uint, program->device_count);
    case CL_PROGRAM_DEVICES:
        return info_devices(program, out);
    case CL_PROGRAM_SOURCE:
        return info_string(out, program->source);
    case CL_PROGRAM_IL:
        return program->module ? info_bytes(out, program->module->words, program->module->size)
                               : info_bytes(out, NULL, 0);
    case CL_PROGRAM_BINARY_SIZES:
        return info_binary_sizes(program, out);
    case CL_PROGRAM_BINARIES:
        return info_binaries(program, out);
    case CL_PROGRAM_NUM_KERNELS:
    case CL_PROGRAM_KERNEL_NAMES:
    case CL_PROGRAM_SCOPE_GLOBAL_CTORS_PRESENT:
    case CL_PROGRAM_SCOPE_GLOBAL_DTORS_PRESENT:
        return info_kernels(program, name, out);
    default:
        return CL_INVALID_VALUE;
    }
}

CL_API_ENTRY cl_int CL_API_CALL clGetProgramInfo(cl_program handle, cl_program_info name, size_t size,
                                                 void *value, size_t *size_out)
{
    if (!program_is(handle)) return CL_INVALID_PROGRAM;
    struct kiln_program *program = program_from(handle);
    const struct info_out out = {size, value, size_out};
    pthread_mutex_lock(&program->lock);
    for (unsigned i = 0; i < program->device_count; i++)
        info_await(program, program->devices[i].device, name);
    cl_int error = program_info(program, name, &out);
    pthread_mutex_unlock(&program->lock);
    return error;
}

static cl_int build_info(const struct program_device *entry, cl_program_build_info name,
                         const struct info_out *out)
{
    switch (name) {
    case CL_PROGRAM_BUILD_STATUS:
        return INFO_SCALAR(out, cl_build_status, entry->status);
    case CL_PROGRAM_BUILD_OPTIONS:
        return info_string(out, entry->options);
    case CL_PROGRAM_BUILD_LOG:
        return info_string(out, entry->log);
    case CL_PROGRAM_BINARY_TYPE:
        if (entry->unfinished)
            return INFO_SCALAR(out, cl_program_binary_type, CL_PROGRAM_BINARY_TYPE_EXECUTABLE);
        return INFO_SCALAR(out, cl_program_binary_type,
                           entry->binary ? entry->binary->type : CL_PROGRAM_BINARY_TYPE_NONE);
    case CL_PROGRAM_BUILD_GLOBAL_VARIABLE_TOTAL_SIZE:
        return INFO_SCALAR(out, size_t, entry->executable ? entry->executable->global_variables : 0);
    default:
        return CL_INVALID_VALUE;
    }
}

CL_API_ENTRY cl_int CL_API_CALL clGetProgramBuildInfo(cl_program handle, cl_device_id device,
                                                      cl_program_build_info name, size_t size, void *value,
                                                      size_t *size_out)
{
    if (!program_is(handle)) return CL_INVALID_PROGRAM;
    struct kiln_program *program = program_from(handle);
    const struct kiln_device *on = cl_device_from(device);
    if (!program_device(program, on)) return CL_INVALID_DEVICE;
    const struct info_out out = {size, value, size_out};
    pthread_mutex_lock(&program->lock);
    bool at_once = name == CL_PROGRAM_BUILD_STATUS || name == CL_PROGRAM_BUILD_OPTIONS;
    const struct program_device *entry = at_once ? program_device_built(program, on)
                                         : name == CL_PROGRAM_BUILD_GLOBAL_VARIABLE_TOTAL_SIZE
                                             ? program_device_await_code(program, on)
                                             : program_device_await(program, on);
    cl_int error = build_info(entry, name, &out);
    pthread_mutex_unlock(&program->lock);
    return error;
}
