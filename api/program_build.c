// clBuildProgram, clCompileProgram, clLinkProgram, and giving the compiler's memory back.
#include "api/cl_device.h"
#include "api/context.h"
#include "api/machinery/build.h"
#include "api/machinery/info.h"
#include "api/platform.h"

#include <stdlib.h>
#include <string.h>

// What all three calls ask of a device list and a callback.
static cl_int lists_check(cl_uint device_count, const cl_device_id *devices, build_notify notify,
                          const void *argument)
{
    if (!device_count != !devices) return CL_INVALID_VALUE;
    if (!notify && argument) return CL_INVALID_VALUE;
    for (cl_uint i = 0; i < device_count; i++)
        if (!cl_device_is(devices[i])) return CL_INVALID_DEVICE;
    return CL_SUCCESS;
}

// A program made from binaries is built from executables only, and needs one for every device.
static cl_int binaries_check(const struct build *build)
{
    if (build->program->origin != PROGRAM_OF_BINARY) return CL_SUCCESS;
    for (unsigned i = 0; i < build->target_count; i++) {
        const struct program_binary *binary = build->targets[i].entry->binary;
        if (!binary || binary->type != CL_PROGRAM_BINARY_TYPE_EXECUTABLE) return CL_INVALID_BINARY;
    }
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clBuildProgram(cl_program handle, cl_uint device_count,
                                               const cl_device_id *devices, const char *options,
                                               build_notify notify, void *argument)
{
    if (!program_is(handle)) return CL_INVALID_PROGRAM;
    cl_int error = lists_check(device_count, devices, notify, argument);
    if (error) return error;
    struct kiln_program *program = program_from(handle);
    if (program->origin == PROGRAM_OF_LINK) return CL_INVALID_OPERATION;
    struct build *build;
    error = build_create(program, COMPILER_BUILD, device_count, devices, options, &build);
    if (error) return error;
    error = binaries_check(build);
    if (error) {
        build_destroy(build);
        return error;
    }
    return build_start(build, notify, argument);
}

// ---- Compiling ----------------------------------------------------------------------------------------

static cl_int headers_check(const struct kiln_program *program, cl_uint count, const cl_program *headers,
                            const char **names)
{
    if (count ? !headers || !names : headers || names) return CL_INVALID_VALUE;
    for (cl_uint i = 0; i < count; i++) {
        if (!names[i]) return CL_INVALID_VALUE;
        if (!program_is(headers[i])) return CL_INVALID_PROGRAM;
        if (program_from(headers[i])->context != program->context) return CL_INVALID_CONTEXT;
        if (program_from(headers[i])->origin != PROGRAM_OF_SOURCE) return CL_INVALID_OPERATION;
    }
    return CL_SUCCESS;
}

static cl_int headers_add(struct build *build, cl_uint count, const cl_program *headers, const char **names)
{
    build->headers = calloc(count + 1, sizeof *build->headers);
    build->header_programs = calloc(count + 1, sizeof(struct kiln_program *));
    if (!build->headers || !build->header_programs) return CL_OUT_OF_HOST_MEMORY;
    for (cl_uint i = 0; i < count; i++) {
        struct kiln_program *program = program_from(headers[i]);
        char *name = strdup(names[i]);
        if (!name) return CL_OUT_OF_HOST_MEMORY;
        program_retain(program);
        build->header_programs[i] = program;
        build->headers[i] = (struct compiler_header){name, program->source};
        build->header_count = i + 1;
    }
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clCompileProgram(cl_program handle, cl_uint device_count,
                                                 const cl_device_id *devices, const char *options,
                                                 cl_uint header_count, const cl_program *headers,
                                                 const char **header_names, build_notify notify,
                                                 void *argument)
{
    if (!program_is(handle)) return CL_INVALID_PROGRAM;
    struct kiln_program *program = program_from(handle);
    cl_int error = lists_check(device_count, devices, notify, argument);
    if (!error) error = headers_check(program, header_count, headers, header_names);
    if (error) return error;
    if (program->origin != PROGRAM_OF_SOURCE && program->origin != PROGRAM_OF_IL) return CL_INVALID_OPERATION;
    struct build *build;
    error = build_create(program, COMPILER_COMPILE, device_count, devices, options, &build);
    if (error) return error;
    error = headers_add(build, header_count, headers, header_names);
    if (error) {
        build_destroy(build);
        return error;
    }
    return build_start(build, notify, argument);
}

// ---- Linking ------------------------------------------------------------------------------------------

static cl_int inputs_check(const struct kiln_context *context, cl_uint count, const cl_program *inputs)
{
    if (!count || !inputs) return CL_INVALID_VALUE;
    for (cl_uint i = 0; i < count; i++) {
        if (!program_is(inputs[i])) return CL_INVALID_PROGRAM;
        if (program_from(inputs[i])->context != context) return CL_INVALID_CONTEXT;
    }
    return CL_SUCCESS;
}

static bool options_have(const char *options, const char *wanted)
{
    size_t length = strlen(wanted);
    while (options && *options) {
        options += strspn(options, " \t\n");
        size_t word = strcspn(options, " \t\n");
        if (word == length && !strncmp(options, wanted, length)) return true;
        options += word;
    }
    return false;
}

// The object or library that a program holds for a device, retained; NULL where it holds none.
// Waits for a build that is under way.
static struct program_binary *input_take(struct kiln_program *program, const struct kiln_device *device)
{
    struct program_binary *input = NULL;
    pthread_mutex_lock(&program->lock);
    const struct program_device *entry = program_device_await(program, device);
    if (entry && entry->binary && entry->binary->type != CL_PROGRAM_BINARY_TYPE_EXECUTABLE)
        input = program_binary_retain(entry->binary);
    pthread_mutex_unlock(&program->lock);
    return input;
}

// Collects one device's inputs: each program has one, or (*found 0) none does.
static cl_int target_inputs(struct build_target *target, cl_uint count, const cl_program *programs,
                            unsigned *found)
{
    target->inputs = calloc(count, sizeof(struct program_binary *));
    if (!target->inputs) return CL_OUT_OF_HOST_MEMORY;
    *found = 0;
    for (cl_uint i = 0; i < count; i++) {
        target->inputs[i] = input_take(program_from(programs[i]), target->entry->device);
        if (target->inputs[i]) ++*found;
    }
    return *found == 0 || *found == count ? CL_SUCCESS : CL_INVALID_OPERATION;
}

// Devices for which there is nothing to link stay without an executable; where that is all of them, there is
// no link.
static cl_int inputs_add(struct build *build, cl_uint count, const cl_program *programs)
{
    build->input_count = count;
    unsigned kept = 0;
    for (unsigned i = 0; i < build->target_count; i++) {
        struct build_target *target = &build->targets[i];
        unsigned found;
        cl_int error = target_inputs(target, count, programs, &found);
        if (error) return error;
        if (!found) continue;
        struct build_target other = build->targets[kept];
        build->targets[kept++] = *target;
        *target = other;
    }
    for (unsigned i = kept; i < build->target_count; i++) {
        free(build->targets[i].inputs);
        free(build->targets[i].options);
    }
    build->target_count = kept;
    return kept ? CL_SUCCESS : CL_INVALID_OPERATION;
}

static cl_int link_program_create(struct kiln_context *context, cl_uint device_count,
                                  const cl_device_id *devices, const char *options, cl_uint input_count,
                                  const cl_program *inputs, struct build **build)
{
    for (cl_uint i = 0; i < device_count; i++)
        if (!context_has_device(context, cl_device_from(devices[i]))) return CL_INVALID_DEVICE;
    struct kiln_program *program =
        device_count
            ? program_create(context, PROGRAM_OF_LINK, (struct kiln_device *const *)devices, device_count)
            : program_create(context, PROGRAM_OF_LINK, context->devices, context->device_count);
    if (!program) return CL_OUT_OF_HOST_MEMORY;
    enum compiler_action action = options_have(options, "-create-library") ? COMPILER_LIBRARY : COMPILER_LINK;
    cl_int error = build_create(program, action, 0, NULL, options, build);
    program_release(program); // the build keeps it
    if (error) return error;
    error = inputs_add(*build, input_count, inputs);
    if (error) build_destroy(*build);
    return error;
}

CL_API_ENTRY cl_program CL_API_CALL clLinkProgram(cl_context handle, cl_uint device_count,
                                                  const cl_device_id *devices, const char *options,
                                                  cl_uint input_count, const cl_program *inputs,
                                                  build_notify notify, void *argument, cl_int *error_out)
{
    if (!context_is(handle)) return error_return(error_out, CL_INVALID_CONTEXT);
    struct kiln_context *context = context_from(handle);
    cl_int error = lists_check(device_count, devices, notify, argument);
    if (!error) error = inputs_check(context, input_count, inputs);
    struct build *build;
    if (!error)
        error = link_program_create(context, device_count, devices, options, input_count, inputs, &build);
    if (error) return error_return(error_out, error);
    struct kiln_program *program = build->program;
    program_retain(program);
    error = build_start(build, notify, argument);
    error_return(error_out, error);
    // A link that could begin leaves a program to ask for the log, however it ended.
    if (!error || error == CL_LINK_PROGRAM_FAILURE) return program_handle(program);
    program_release(program);
    return NULL;
}

// ---- The compiler itself ------------------------------------------------------------------------------

CL_API_ENTRY cl_int CL_API_CALL clUnloadPlatformCompiler(cl_platform_id platform)
{
    if (!platform_is(platform)) return CL_INVALID_PLATFORM;
    compiler_unload();
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clUnloadCompiler(void)
{
    compiler_unload();
    return CL_SUCCESS;
}
