#include "api/kernel.h"

#include "api/cl_device.h"
#include "api/machinery/info.h"
#include "api/machinery/kernarg.h"
#include "api/machinery/launch.h"

#include <stdlib.h>
#include <string.h>

static void kernel_destroy(struct kiln_kernel *kernel)
{
    for (unsigned i = 0; i < kernel->device_count; i++) executable_release(kernel->devices[i].executable);
    free(kernel->arguments);
    free(kernel->values);
    free(kernel->memos);
    kernel->program->kernel_count--;
    program_release(kernel->program);
    free(kernel);
}

void kernel_retain(struct kiln_kernel *kernel) { object_retain(&kernel->object); }

void kernel_release(struct kiln_kernel *kernel)
{
    if (object_release(&kernel->object)) kernel_destroy(kernel);
}

static bool arguments_equal(const struct kernel_metadata *one, const struct kernel_metadata *other)
{
    if (one->explicit_count != other->explicit_count) return false;
    for (uint32_t i = 0; i < one->explicit_count; i++) {
        const struct argument_metadata *a = &one->arguments[i], *b = &other->arguments[i];
        if (a->kind != b->kind || a->offset != b->offset || a->size != b->size || a->space != b->space)
            return false;
        if (strcmp(a->type_name, b->type_name) != 0) return false;
    }
    return true;
}

// Adds the kernel as one device has it. A device whose executable lacks it is passed over.
static cl_int kernel_add_device(struct kiln_kernel *kernel, struct kiln_device *device, const char *name)
{
    struct executable *executable;
    cl_int error = program_kernel_executable(kernel->program, device, name, &executable);
    if (error || !executable) return error;
    struct kernel_device *entry = &kernel->devices[kernel->device_count];
    *entry = (struct kernel_device){.device = device, .executable = executable};
    entry->metadata = executable_kernel(executable, name);
    if (!entry->metadata)
        error = CL_INVALID_KERNEL_NAME;
    else if (kernel->metadata && !arguments_equal(kernel->metadata, entry->metadata))
        error = CL_INVALID_KERNEL_DEFINITION;
    else
        error = device_program_kernel(executable->program, entry->metadata->symbol, &entry->code);
    // The descriptor may say another size than the metadata, of which metadata_parse has seen to the limit.
    if (!error && entry->code.kernarg_size > KERNARG_SIZE_MAX) error = CL_OUT_OF_RESOURCES;
    if (error) {
        executable_release(executable);
        return error;
    }
    entry->unsupported = kernarg_unsupported(entry->metadata);
    entry->prints = kernarg_prints(entry->metadata);
    entry->told_queue = kernarg_tells_queue(entry->metadata);
    entry->takes_local = kernarg_takes_local(entry->metadata);
    entry->samplers = kernarg_samplers(entry->metadata);
    if (!kernel->metadata) kernel->metadata = entry->metadata;
    if (kernel->values_size < entry->metadata->kernarg_size)
        kernel->values_size = entry->metadata->kernarg_size;
    if (kernel->values_size < entry->code.kernarg_size) kernel->values_size = entry->code.kernarg_size;
    kernel->device_count++;
    return CL_SUCCESS;
}

// Everything of a kernel but its devices.
static struct kiln_kernel *kernel_allocate(struct kiln_program *program)
{
    size_t size = sizeof(struct kiln_kernel) + program->device_count * sizeof(struct kernel_device);
    struct kiln_kernel *kernel = calloc(1, size);
    if (!kernel) return NULL;
    program_retain(program);
    program->kernel_count++;
    kernel->program = program;
    return kernel;
}

static cl_int kernel_finish(struct kiln_kernel *kernel)
{
    kernel->arguments = calloc(kernel->metadata->explicit_count + 1, sizeof *kernel->arguments);
    kernel->values = calloc(1, kernel->values_size + 1);
    kernel->memos = calloc(kernel->device_count + 1, sizeof *kernel->memos);
    if (!kernel->arguments || !kernel->values || !kernel->memos) return CL_OUT_OF_HOST_MEMORY;
    for (unsigned i = 0; i < kernel->device_count; i++) kernel->devices[i].memo = &kernel->memos[i];
    return object_init(&kernel->object, OBJECT_KERNEL) ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
}

static cl_int kernel_create(struct kiln_program *program, const char *name, struct kiln_kernel **result)
{
    struct kiln_kernel *kernel = kernel_allocate(program);
    if (!kernel) return CL_OUT_OF_HOST_MEMORY;
    cl_int error = CL_SUCCESS, missing = CL_SUCCESS;
    for (unsigned i = 0; !error && i < program->device_count; i++) {
        error = kernel_add_device(kernel, program->devices[i].device, name);
        if (error == CL_INVALID_KERNEL_NAME) missing = error, error = CL_SUCCESS;
    }
    if (!error && !kernel->device_count) error = missing ? missing : CL_INVALID_PROGRAM_EXECUTABLE;
    if (!error) error = kernel_finish(kernel);
    if (error)
        kernel_destroy(kernel);
    else
        *result = kernel;
    return error;
}

CL_API_ENTRY cl_kernel CL_API_CALL clCreateKernel(cl_program program, const char *name, cl_int *error_out)
{
    if (!program_is(program)) return error_return(error_out, CL_INVALID_PROGRAM);
    if (!name) return error_return(error_out, CL_INVALID_VALUE);
    struct kiln_kernel *kernel;
    cl_int error = kernel_create(program_from(program), name, &kernel);
    if (error) return error_return(error_out, error);
    error_return(error_out, CL_SUCCESS);
    return kernel_handle(kernel);
}

// ---- All of a program ---------------------------------------------------------------------------------

// The first device's executable, retained: it names the program's kernels.
static struct executable *first_executable(struct kiln_program *program)
{
    for (unsigned i = 0; i < program->device_count; i++) {
        struct executable *executable = program_executable(program, program->devices[i].device);
        if (executable) return executable;
    }
    return NULL;
}

static cl_int kernels_create(struct kiln_program *program, const struct program_metadata *metadata,
                             cl_kernel *kernels, cl_uint *count)
{
    *count = 0;
    for (uint32_t i = 0; i < metadata->kernel_count; i++) {
        struct kiln_kernel *kernel;
        cl_int error = kernel_create(program, metadata->kernels[i].name, &kernel);
        if (error == CL_INVALID_KERNEL_DEFINITION) continue; // the specification leaves these out
        if (error) {
            while (*count) kernel_release(kernel_from(kernels[--*count]));
            return error;
        }
        kernels[(*count)++] = kernel_handle(kernel);
    }
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clCreateKernelsInProgram(cl_program handle, cl_uint room, cl_kernel *kernels,
                                                         cl_uint *count_out)
{
    if (!program_is(handle)) return CL_INVALID_PROGRAM;
    struct executable *executable = first_executable(program_from(handle));
    if (!executable) return CL_INVALID_PROGRAM_EXECUTABLE;
    cl_uint count = executable->metadata.kernel_count;
    cl_int error = CL_SUCCESS;
    if (kernels) {
        error = room < count ? CL_INVALID_VALUE
                             : kernels_create(program_from(handle), &executable->metadata, kernels, &count);
    }
    executable_release(executable);
    if (!error && count_out) *count_out = count;
    return error;
}

// ---- Copies and lifetime ------------------------------------------------------------------------------

cl_int kernel_clone(const struct kiln_kernel *source, struct kiln_kernel **clone)
{
    struct kiln_kernel *kernel = kernel_allocate(source->program);
    if (!kernel) return CL_OUT_OF_HOST_MEMORY;
    for (unsigned i = 0; i < source->device_count; i++) {
        executable_retain(source->devices[i].executable);
        kernel->devices[kernel->device_count++] = source->devices[i];
    }
    kernel->metadata = source->metadata;
    kernel->values_size = source->values_size;
    cl_int error = kernel_finish(kernel);
    if (error) {
        kernel_destroy(kernel);
        return error;
    }
    memcpy(kernel->arguments, source->arguments,
           source->metadata->explicit_count * sizeof *source->arguments);
    memcpy(kernel->values, source->values, source->values_size);
    *clone = kernel;
    return CL_SUCCESS;
}

CL_API_ENTRY cl_kernel CL_API_CALL clCloneKernel(cl_kernel handle, cl_int *error_out)
{
    struct kiln_kernel *kernel;
    if (!kernel_is(handle)) return error_return(error_out, CL_INVALID_KERNEL);
    cl_int error = kernel_clone(kernel_from(handle), &kernel);
    if (error) return error_return(error_out, error);
    error_return(error_out, CL_SUCCESS);
    return kernel_handle(kernel);
}

CL_API_ENTRY cl_int CL_API_CALL clRetainKernel(cl_kernel kernel)
{
    if (!kernel_is(kernel)) return CL_INVALID_KERNEL;
    object_retain_handle(&kernel_from(kernel)->object);
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clReleaseKernel(cl_kernel kernel)
{
    if (!kernel_is(kernel) || !object_release_handle(&kernel_from(kernel)->object)) return CL_INVALID_KERNEL;
    kernel_release(kernel_from(kernel));
    return CL_SUCCESS;
}

cl_int kernel_device_find(const struct kiln_kernel *kernel, cl_device_id device,
                          const struct kernel_device **on)
{
    if (!device && kernel->device_count != 1) return CL_INVALID_DEVICE;
    *on = device ? kernel_device(kernel, cl_device_from(device)) : &kernel->devices[0];
    return *on ? CL_SUCCESS : CL_INVALID_DEVICE;
}
