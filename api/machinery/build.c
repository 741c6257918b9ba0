#include "api/machinery/build.h"
#include "api/cl_device.h"
#include "base/thread.h"

#include <stdlib.h>
#include <string.h>

// What the entry points return for one and the same misfortune, and what they make.
static const struct action {
    cl_int failed, bad_options, unavailable;
    cl_program_binary_type type;
} actions[] = {
    [COMPILER_BUILD] = {CL_BUILD_PROGRAM_FAILURE, CL_INVALID_BUILD_OPTIONS, CL_COMPILER_NOT_AVAILABLE,
                        CL_PROGRAM_BINARY_TYPE_EXECUTABLE},
    [COMPILER_COMPILE] = {CL_COMPILE_PROGRAM_FAILURE, CL_INVALID_COMPILER_OPTIONS, CL_COMPILER_NOT_AVAILABLE,
                          CL_PROGRAM_BINARY_TYPE_COMPILED_OBJECT},
    [COMPILER_LINK] = {CL_LINK_PROGRAM_FAILURE, CL_INVALID_LINKER_OPTIONS, CL_LINKER_NOT_AVAILABLE,
                       CL_PROGRAM_BINARY_TYPE_EXECUTABLE},
    [COMPILER_LIBRARY] = {CL_LINK_PROGRAM_FAILURE, CL_INVALID_LINKER_OPTIONS, CL_LINKER_NOT_AVAILABLE,
                          CL_PROGRAM_BINARY_TYPE_LIBRARY},
};

static cl_int constants_take(struct build *build)
{
    struct kiln_program *program = build->program;
    pthread_mutex_lock(&program->lock);
    build->constants = module_constants_copy(program->module, &build->constant_count);
    pthread_mutex_unlock(&program->lock);
    return build->constants ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
}

cl_int build_create(struct kiln_program *program, enum compiler_action action, cl_uint count,
                    const cl_device_id *devices, const char *options, struct build **result)
{
    struct build *build = calloc(1, sizeof *build);
    if (!build) return CL_OUT_OF_HOST_MEMORY;
    program_retain(program);
    build->program = program;
    build->action = action;
    build->options = strdup(options ? options : "");
    build->target_count = count ? count : program->device_count;
    build->targets = calloc(build->target_count, sizeof *build->targets);
    cl_int error = build->options && build->targets ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
    if (!error && program->module) error = constants_take(build);
    for (unsigned i = 0; !error && i < build->target_count; i++) {
        build->targets[i].entry =
            count ? program_device(program, cl_device_from(devices[i])) : &program->devices[i];
        build->targets[i].options = strdup(options ? options : "");
        if (!build->targets[i].entry)
            error = CL_INVALID_DEVICE;
        else if (!build->targets[i].options)
            error = CL_OUT_OF_HOST_MEMORY;
    }
    if (error)
        build_destroy(build);
    else
        *result = build;
    return error;
}

void build_destroy(struct build *build)
{
    for (unsigned i = 0; build->targets && i < build->target_count; i++) {
        struct program_binary **inputs = build->targets[i].inputs;
        for (unsigned k = 0; inputs && k < build->input_count; k++) program_binary_release(inputs[k]);
        free(inputs);
        free(build->targets[i].options);
    }
    for (unsigned i = 0; i < build->header_count; i++) {
        free((char *)build->headers[i].name);
        program_release(build->header_programs[i]);
    }
    free(build->header_programs);
    free(build->headers);
    free(build->constants);
    free(build->targets);
    free(build->options);
    program_release(build->program);
    free(build);
}

static cl_int status_error(const struct action *action, enum compiler_status status)
{
    switch (status) {
    case COMPILER_OK:
        return CL_SUCCESS;
    case COMPILER_INVALID_OPTIONS:
        return action->bad_options;
    case COMPILER_UNAVAILABLE:
        return action->unavailable;
    case COMPILER_OUT_OF_MEMORY:
        return CL_OUT_OF_HOST_MEMORY;
    case COMPILER_FAILED:
    case COMPILER_CRASHED:
        break;
    }
    return action->failed;
}

// What is still unfinished goes on without us.
static void target_compile(const struct build *build, const struct build_target *target,
                           struct outcome *outcome, struct unfinished **unfinished)
{
    const struct action *action = &actions[build->action];
    struct compiler_blob *inputs = calloc(build->input_count + 1, sizeof *inputs);
    if (!inputs) {
        outcome->error = CL_OUT_OF_HOST_MEMORY;
        return;
    }
    for (unsigned i = 0; i < build->input_count; i++) inputs[i] = program_binary_content(target->inputs[i]);
    const struct kiln_device *device = target->entry->device;
    const struct module *module = build->program->module;
    struct compiler_job job = {
        .action = build->action,
        .isa = device->info->isa,
        .options = build->options,
        .defines = device->extensions.defines,
        .source = module ? module->words : build->program->source,
        .source_size = module ? module->size : build->program->source_size,
        .language = module ? COMPILER_SPIRV : COMPILER_OPENCL_C,
        .constants = build->constants,
        .constant_count = build->constant_count,
        .headers = build->headers,
        .header_count = build->header_count,
        .inputs = inputs,
        .input_count = build->input_count,
    };
    struct compiler_result result = {0};
    struct compiler_part names = {0};
    struct compilation *rest = compiler_begin(&job, &result, &names);
    free(inputs);
    if (rest) {
        outcome->log = strdup(names.log);
        *unfinished = unfinished_create(rest, &names);
        if (!*unfinished) {
            outcome->error = CL_OUT_OF_HOST_MEMORY;
            compilation_drop(rest);
        }
        compiler_part_free(&names);
        return;
    }
    outcome_make(outcome, device, action->type, &result, status_error(action, result.status), action->failed);
    compiler_result_free(&result);
}

static void entry_replace(struct kiln_program *program, struct program_device *entry,
                          const struct outcome *outcome, struct unfinished *unfinished)
{
    pthread_mutex_lock(&program->lock);
    struct program_device old = *entry;
    entry->status = outcome->error ? CL_BUILD_ERROR : CL_BUILD_SUCCESS;
    entry->log = outcome->log;
    entry->binary = outcome->binary;
    entry->executable = outcome->executable;
    entry->unfinished = unfinished;
    pthread_cond_broadcast(&program->built);
    pthread_mutex_unlock(&program->lock);
    free(old.log);
    program_binary_release(old.binary);
    executable_release(old.executable);
    unfinished_abandon(old.unfinished);
}

static cl_int target_run(const struct build *build, const struct build_target *target)
{
    struct outcome outcome = {0};
    struct unfinished *unfinished = NULL;
    if (build->program->origin == PROGRAM_OF_BINARY) { // loaded when it was created
        outcome.binary = program_binary_retain(target->entry->binary);
        outcome.executable = target->entry->executable;
        executable_retain(outcome.executable);
    } else {
        target_compile(build, target, &outcome, &unfinished);
    }
    entry_replace(build->program, target->entry, &outcome, unfinished);
    return outcome.error;
}

static cl_int build_run(struct build *build)
{
    cl_int error = CL_SUCCESS;
    for (unsigned i = 0; i < build->target_count; i++) {
        cl_int target_error = target_run(build, &build->targets[i]);
        if (!error) error = target_error;
    }
    if (build->notify) build->notify(program_handle(build->program), build->argument);
    build_destroy(build);
    return error;
}

static void *build_thread(void *argument)
{
    build_run(argument);
    return NULL;
}

// Records that the targets' builds are under way, all or none.
static cl_int targets_claim(const struct build *build)
{
    struct kiln_program *program = build->program;
    cl_int error = program->kernel_count ? CL_INVALID_OPERATION : CL_SUCCESS;
    pthread_mutex_lock(&program->lock);
    for (unsigned i = 0; i < build->target_count; i++)
        if (build->targets[i].entry->status == CL_BUILD_IN_PROGRESS) error = CL_INVALID_OPERATION;
    for (unsigned i = 0; !error && i < build->target_count; i++) {
        struct build_target *target = &build->targets[i];
        char *old = target->entry->options;
        target->entry->status = CL_BUILD_IN_PROGRESS;
        target->entry->options = target->options;
        target->options = old;
    }
    pthread_mutex_unlock(&program->lock);
    return error;
}

cl_int build_start(struct build *build, build_notify notify, void *argument)
{
    build->notify = notify;
    build->argument = argument;
    cl_int error = targets_claim(build);
    if (error) {
        build_destroy(build);
        return error;
    }
    if (notify && thread_start(NULL, "kiln-build", build_thread, build)) return CL_SUCCESS;
    return build_run(build); // also where no thread is to be had: the specification allows to wait
}
