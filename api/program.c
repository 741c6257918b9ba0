#include "api/program.h"
#include "api/cl_device.h"
#include "api/context.h"
#include "api/machinery/info.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

static void program_destroy(struct kiln_program *program)
{
    for (unsigned i = 0; i < program->device_count; i++) {
        struct program_device *entry = &program->devices[i];
        free(entry->options);
        free(entry->log);
        program_binary_release(entry->binary);
        executable_release(entry->executable);
        unfinished_abandon(entry->unfinished);
    }
    pthread_cond_destroy(&program->built);
    pthread_mutex_destroy(&program->lock);
    context_release(program->context);
    module_destroy(program->module);
    free(program->source);
    free(program);
}

struct kiln_program *program_create(struct kiln_context *context, enum program_origin origin,
                                    struct kiln_device *const *devices, unsigned count)
{
    struct kiln_program *program = calloc(1, sizeof *program + count * sizeof program->devices[0]);
    char *source = strdup("");
    if (!program || !source) {
        free(program);
        free(source);
        return NULL;
    }
    context_retain(context);
    program->context = context;
    program->origin = origin;
    program->source = source;
    program->device_count = count;
    for (unsigned i = 0; i < count; i++) {
        program->devices[i].device = devices[i];
        program->devices[i].status = CL_BUILD_NONE;
    }
    pthread_mutex_init(&program->lock, NULL);
    pthread_cond_init(&program->built, NULL);
    if (object_init(&program->object, OBJECT_PROGRAM)) return program;
    program_destroy(program);
    return NULL;
}

void program_retain(struct kiln_program *program) { object_retain(&program->object); }

void program_release(struct kiln_program *program)
{
    if (object_release(&program->object)) program_destroy(program);
}

struct program_device *program_device(struct kiln_program *program, const struct kiln_device *device)
{
    for (unsigned i = 0; i < program->device_count; i++)
        if (program->devices[i].device == device) return &program->devices[i];
    return NULL;
}

// Takes over what became of unfinished code, once that is known.
static void entry_settle(struct program_device *entry)
{
    struct outcome outcome;
    if (!entry || !entry->unfinished || entry->status == CL_BUILD_IN_PROGRESS) return;
    if (!unfinished_ended(entry->unfinished, entry->device, &outcome)) return;
    unfinished_release(entry->unfinished);
    entry->unfinished = NULL;
    free(entry->log);
    entry->log = outcome.log;
    entry->binary = outcome.binary;
    entry->executable = outcome.executable;
    if (outcome.error) entry->status = CL_BUILD_ERROR;
}

struct program_device *program_device_built(struct kiln_program *program, const struct kiln_device *device)
{
    struct program_device *own = program_device(program, device);
    for (unsigned i = 0; i < program->device_count; i++) entry_settle(&program->devices[i]);
    if (!own || own->status != CL_BUILD_NONE || own->binary) return own;
    for (const struct kiln_device *whole = device->parent; whole; whole = whole->parent) {
        struct program_device *entry = program_device(program, whole);
        if (entry && (entry->status != CL_BUILD_NONE || entry->binary)) return entry;
    }
    return own;
}

struct program_device *program_device_await(struct kiln_program *program, const struct kiln_device *device)
{
    struct program_device *entry;
    while ((entry = program_device_built(program, device)) && entry->status == CL_BUILD_IN_PROGRESS)
        pthread_cond_wait(&program->built, &program->lock);
    return entry;
}

struct program_device *program_device_await_code(struct kiln_program *program,
                                                 const struct kiln_device *device)
{
    struct program_device *entry;
    while ((entry = program_device_await(program, device)) && entry->unfinished) {
        struct unfinished *unfinished = entry->unfinished;
        unfinished_retain(unfinished);
        pthread_mutex_unlock(&program->lock);
        unfinished_await(unfinished);
        unfinished_release(unfinished);
        pthread_mutex_lock(&program->lock);
    }
    return entry;
}

cl_int program_kernel_executable(struct kiln_program *program, const struct kiln_device *device,
                                 const char *kernel, struct executable **executable)
{
    struct unfinished *unfinished;
    cl_int error = CL_SUCCESS;
    do {
        pthread_mutex_lock(&program->lock);
        const struct program_device *entry = program_device_await(program, device);
        const struct kiln_device *on = entry ? entry->device : NULL; // the program keeps it
        unfinished = entry ? entry->unfinished : NULL;
        *executable = entry ? entry->executable : NULL;
        if (unfinished) unfinished_retain(unfinished);
        if (*executable) executable_retain(*executable);
        pthread_mutex_unlock(&program->lock);
        if (!unfinished) break;
        error = unfinished_kernel(unfinished, on, kernel, executable);
        unfinished_release(unfinished);
    } while (!error && !*executable); // then the whole is there, which has it or tells why not
    return error;
}

struct executable *program_executable(struct kiln_program *program, const struct kiln_device *device)
{
    pthread_mutex_lock(&program->lock);
    const struct program_device *entry = program_device_await_code(program, device);
    struct executable *executable = entry ? entry->executable : NULL;
    if (executable) executable_retain(executable);
    pthread_mutex_unlock(&program->lock);
    return executable;
}

// ---- From source --------------------------------------------------------------------------------------

// Joins the strings; NULs inside them are dropped, as clGetProgramInfo(CL_PROGRAM_SOURCE) wants it.
static char *source_join(cl_uint count, const char **strings, const size_t *lengths, size_t *size)
{
    size_t room = 1;
    for (cl_uint i = 0; i < count; i++) room += lengths && lengths[i] ? lengths[i] : strlen(strings[i]);
    char *source = malloc(room), *end = source;
    if (!source) return NULL;
    for (cl_uint i = 0; i < count; i++) {
        size_t length = lengths && lengths[i] ? lengths[i] : strlen(strings[i]);
        for (size_t k = 0; k < length; k++)
            if (strings[i][k]) *end++ = strings[i][k];
    }
    *end = '\0';
    *size = end - source;
    return source;
}

static cl_int source_check(cl_context context, cl_uint count, const char **strings)
{
    if (!context_is(context)) return CL_INVALID_CONTEXT;
    if (!count || !strings) return CL_INVALID_VALUE;
    for (cl_uint i = 0; i < count; i++)
        if (!strings[i]) return CL_INVALID_VALUE;
    return CL_SUCCESS;
}

CL_API_ENTRY cl_program CL_API_CALL clCreateProgramWithSource(cl_context handle, cl_uint count,
                                                              const char **strings, const size_t *lengths,
                                                              cl_int *error_out)
{
    cl_int error = source_check(handle, count, strings);
    if (error) return error_return(error_out, error);
    struct kiln_context *context = context_from(handle);
    size_t size;
    char *source = source_join(count, strings, lengths, &size);
    struct kiln_program *program =
        source ? program_create(context, PROGRAM_OF_SOURCE, context->devices, context->device_count) : NULL;
    if (!program) {
        free(source);
        return error_return(error_out, CL_OUT_OF_HOST_MEMORY);
    }
    free(program->source);
    program->source = source;
    program->source_size = size;
    error_return(error_out, CL_SUCCESS);
    return program_handle(program);
}

// ---- From SPIR-V --------------------------------------------------------------------------------------

CL_API_ENTRY cl_program CL_API_CALL clCreateProgramWithIL(cl_context handle, const void *il, size_t length,
                                                          cl_int *error_out)
{
    if (!context_is(handle)) return error_return(error_out, CL_INVALID_CONTEXT);
    if (!il || !length) return error_return(error_out, CL_INVALID_VALUE);
    struct kiln_context *context = context_from(handle);
    struct module *module;
    cl_int error = module_create(il, length, &module);
    if (error) return error_return(error_out, error);
    struct kiln_program *program =
        program_create(context, PROGRAM_OF_IL, context->devices, context->device_count);
    if (!program) {
        module_destroy(module);
        return error_return(error_out, CL_OUT_OF_HOST_MEMORY);
    }
    program->module = module;
    error_return(error_out, CL_SUCCESS);
    return program_handle(program);
}

CL_API_ENTRY cl_int CL_API_CALL clSetProgramSpecializationConstant(cl_program handle, cl_uint id, size_t size,
                                                                   const void *value)
{
    if (!program_is(handle) || program_from(handle)->origin != PROGRAM_OF_IL) return CL_INVALID_PROGRAM;
    if (!value) return CL_INVALID_VALUE;
    struct kiln_program *program = program_from(handle);
    pthread_mutex_lock(&program->lock);
    cl_int error = module_constant_set(program->module, id, size, value);
    pthread_mutex_unlock(&program->lock);
    return error;
}

// ---- From binaries ------------------------------------------------------------------------------------

// An executable is tried on the device at once, so that a damaged one, or another GPU's, is refused here and
// not later.
static cl_int binary_load(struct program_device *entry, const unsigned char *bytes, size_t size)
{
    if (!bytes || !size) return CL_INVALID_VALUE;
    cl_int error = program_binary_parse(bytes, size, entry->device->info->isa, &entry->binary);
    if (error || entry->binary->type != CL_PROGRAM_BINARY_TYPE_EXECUTABLE) return error;
    const char *why = NULL;
    const struct compiler_blob code_object = program_binary_content(entry->binary);
    error = executable_create(entry->device->device, code_object.data, code_object.size, &entry->executable,
                              &why);
    if (!error || error == CL_OUT_OF_HOST_MEMORY) return error;
    log_info("a program binary is refused: %s", why ? why : "the device cannot load it");
    return CL_INVALID_BINARY;
}

// Whether every device of the list is one of the context's: CL_INVALID_VALUE for no list, CL_INVALID_DEVICE
// for strangers.
static cl_int devices_check(const struct kiln_context *context, cl_uint count, const cl_device_id *devices)
{
    if (!count || !devices) return CL_INVALID_VALUE;
    for (cl_uint i = 0; i < count; i++)
        if (!cl_device_is(devices[i]) || !context_has_device(context, cl_device_from(devices[i])))
            return CL_INVALID_DEVICE;
    return CL_SUCCESS;
}

static cl_int binaries_load(struct kiln_program *program, const size_t *lengths,
                            const unsigned char **binaries, cl_int *status)
{
    cl_int error = CL_SUCCESS;
    for (unsigned i = 0; i < program->device_count; i++) {
        cl_int result = binary_load(&program->devices[i], binaries[i], lengths[i]);
        if (status) status[i] = result;
        if (!error) error = result;
    }
    return error;
}

CL_API_ENTRY cl_program CL_API_CALL clCreateProgramWithBinary(cl_context handle, cl_uint count,
                                                              const cl_device_id *devices,
                                                              const size_t *lengths,
                                                              const unsigned char **binaries, cl_int *status,
                                                              cl_int *error_out)
{
    if (!context_is(handle)) return error_return(error_out, CL_INVALID_CONTEXT);
    struct kiln_context *context = context_from(handle);
    cl_int error = devices_check(context, count, devices);
    if (!error && (!lengths || !binaries)) error = CL_INVALID_VALUE;
    if (error) return error_return(error_out, error);
    struct kiln_program *program =
        program_create(context, PROGRAM_OF_BINARY, (struct kiln_device *const *)devices, count);
    if (!program) return error_return(error_out, CL_OUT_OF_HOST_MEMORY);
    error = binaries_load(program, lengths, binaries, status);
    if (error) {
        program_release(program);
        return error_return(error_out, error);
    }
    error_return(error_out, CL_SUCCESS);
    return program_handle(program);
}

// ---- What no device of this driver has ----------------------------------------------------------------

CL_API_ENTRY cl_program CL_API_CALL clCreateProgramWithBuiltInKernels(cl_context handle, cl_uint count,
                                                                      const cl_device_id *devices,
                                                                      const char *names, cl_int *error_out)
{
    (void)names; // no name is one: CL_DEVICE_BUILT_IN_KERNELS is empty
    if (!context_is(handle)) return error_return(error_out, CL_INVALID_CONTEXT);
    cl_int error = devices_check(context_from(handle), count, devices);
    return error_return(error_out, error ? error : CL_INVALID_VALUE);
}

CL_API_ENTRY cl_int CL_API_CALL clSetProgramReleaseCallback(cl_program program,
                                                            void(CL_CALLBACK *notify)(cl_program, void *),
                                                            void *argument)
{
    (void)notify, (void)argument;
    return program_is(program) ? CL_INVALID_OPERATION : CL_INVALID_PROGRAM;
}

// ---- Lifetime -----------------------------------------------------------------------------------------

CL_API_ENTRY cl_int CL_API_CALL clRetainProgram(cl_program program)
{
    if (!program_is(program)) return CL_INVALID_PROGRAM;
    object_retain_handle(&program_from(program)->object);
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clReleaseProgram(cl_program program)
{
    if (!program_is(program) || !object_release_handle(&program_from(program)->object))
        return CL_INVALID_PROGRAM;
    program_release(program_from(program));
    return CL_SUCCESS;
}
