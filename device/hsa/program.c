// Code objects on a device.
#include "runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A kernel that somebody asked for, for whoever has to tell of it later.
struct known_kernel {
    struct known_kernel *next;
    uint64_t object;
    char name[];
};

struct device_program {
    struct device_program *next, *previous; // in the list of all
    struct known_kernel *kernels;
    hsa_executable_t executable;
    hsa_code_object_reader_t reader;
    hsa_agent_t agent;
    void *code; // the reader refers to it for as long as the program lives
};

static struct {
    pthread_mutex_t mutex;
    struct device_program *first;
} programs = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void program_list(struct device_program *program)
{
    pthread_mutex_lock(&programs.mutex);
    program->next = programs.first;
    if (program->next) program->next->previous = program;
    programs.first = program;
    pthread_mutex_unlock(&programs.mutex);
}

static void program_unlist(struct device_program *program)
{
    pthread_mutex_lock(&programs.mutex);
    *(program->previous ? &program->previous->next : &programs.first) = program->next;
    if (program->next) program->next->previous = program->previous;
    pthread_mutex_unlock(&programs.mutex);
}

static const struct known_kernel *kernel_find(const struct device_program *program, uint64_t object)
{
    const struct known_kernel *kernel = program->kernels;
    while (kernel && kernel->object != object) kernel = kernel->next;
    return kernel;
}

// A kernel's symbol is its name and ".kd".
static bool kernel_remember(struct device_program *program, const char *symbol, uint64_t object)
{
    size_t length = strlen(symbol);
    struct known_kernel *kernel = calloc(1, sizeof *kernel + length + 1);
    if (!kernel) return false;
    kernel->object = object;
    memcpy(kernel->name, symbol, length + 1);
    if (length > 3 && !strcmp(symbol + length - 3, ".kd")) kernel->name[length - 3] = 0;
    pthread_mutex_lock(&programs.mutex);
    bool known = kernel_find(program, object);
    if (!known) {
        kernel->next = program->kernels;
        program->kernels = kernel;
    }
    pthread_mutex_unlock(&programs.mutex);
    if (known) free(kernel);
    return true;
}

bool program_kernel_name(uint64_t object, char *name, size_t size)
{
    const struct known_kernel *kernel = NULL;
    pthread_mutex_lock(&programs.mutex);
    for (const struct device_program *program = programs.first; program && !kernel; program = program->next)
        kernel = kernel_find(program, object);
    if (kernel) snprintf(name, size, "%s", kernel->name);
    pthread_mutex_unlock(&programs.mutex);
    return kernel;
}

static hsa_status_t program_load(struct device_program *program, const struct device *device, size_t size)
{
    hsa_status_t status = hsa.reader_create(program->code, size, &program->reader);
    if (status != HSA_STATUS_SUCCESS) return status;
    status = hsa.executable_create(device->profile, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL,
                                   &program->executable);
    if (status == HSA_STATUS_SUCCESS) {
        status = hsa.executable_load(program->executable, device->agent, program->reader, NULL, NULL);
        if (status == HSA_STATUS_SUCCESS) status = hsa.executable_freeze(program->executable, NULL);
        if (status == HSA_STATUS_SUCCESS) return status;
        hsa.executable_destroy(program->executable);
    }
    hsa.reader_destroy(program->reader);
    return status;
}

cl_int device_program_create(struct device *device, const void *code_object, size_t size,
                             struct device_program **result, const char **why)
{
    if (why) *why = NULL;
    if (!runtime_alive()) return CL_DEVICE_NOT_AVAILABLE;
    struct device_program *program = calloc(1, sizeof *program);
    void *code = malloc(size ? size : 1);
    if (!program || !code) {
        free(program);
        free(code);
        return CL_OUT_OF_HOST_MEMORY;
    }
    program->code = memcpy(code, code_object, size);
    program->agent = device->agent;
    hsa_status_t status = program_load(program, device, size);
    if (status == HSA_STATUS_SUCCESS) {
        program_list(program);
        *result = program;
        return CL_SUCCESS;
    }
    if (why) *why = runtime_status_text(status);
    free(code);
    free(program);
    return status == HSA_STATUS_ERROR_OUT_OF_RESOURCES ? CL_OUT_OF_RESOURCES : CL_INVALID_BINARY;
}

void device_program_destroy(struct device_program *program)
{
    if (!runtime_alive()) return; // goes with the process
    program_unlist(program);
    for (struct known_kernel *kernel = program->kernels, *next; kernel; kernel = next) {
        next = kernel->next;
        free(kernel);
    }
    hsa.executable_destroy(program->executable);
    hsa.reader_destroy(program->reader);
    free(program->code);
    free(program);
}

static bool symbol_find(const struct device_program *program, const char *name, hsa_symbol_kind_t wanted,
                        hsa_executable_symbol_t *symbol)
{
    hsa_symbol_kind_t kind;
    return hsa.executable_symbol(program->executable, name, &program->agent, symbol) == HSA_STATUS_SUCCESS &&
           hsa.symbol_get_info(*symbol, HSA_EXECUTABLE_SYMBOL_INFO_TYPE, &kind) == HSA_STATUS_SUCCESS &&
           kind == wanted;
}

cl_int device_program_variable(struct device_program *program, const char *symbol_name, void **address,
                               size_t *size)
{
    hsa_executable_symbol_t symbol;
    uint64_t begin;
    uint32_t bytes;
    if (!runtime_alive()) return CL_DEVICE_NOT_AVAILABLE;
    if (!symbol_find(program, symbol_name, HSA_SYMBOL_KIND_VARIABLE, &symbol) ||
        hsa.symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS, &begin) !=
            HSA_STATUS_SUCCESS ||
        hsa.symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SIZE, &bytes) != HSA_STATUS_SUCCESS)
        return CL_INVALID_ARG_VALUE;
    *address = (void *)(uintptr_t)begin;
    *size = bytes;
    return CL_SUCCESS;
}

cl_int device_program_kernel(struct device_program *program, const char *symbol_name,
                             struct device_code *kernel)
{
    if (!runtime_alive()) return CL_DEVICE_NOT_AVAILABLE;
    hsa_executable_symbol_t symbol;
    if (!symbol_find(program, symbol_name, HSA_SYMBOL_KIND_KERNEL, &symbol)) return CL_INVALID_KERNEL_NAME;
    const struct {
        hsa_executable_symbol_info_t attribute;
        void *value;
    } facts[] = {
        {HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT, &kernel->object},
        {HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_SIZE, &kernel->kernarg_size},
        {HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_ALIGNMENT, &kernel->kernarg_align},
        {HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE, &kernel->group_size},
        {HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE, &kernel->private_size},
        {HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_DYNAMIC_CALLSTACK, &kernel->dynamic_stack},
    };
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (hsa.symbol_get_info(symbol, facts[i].attribute, facts[i].value) != HSA_STATUS_SUCCESS)
            return CL_INVALID_KERNEL_NAME;
    return kernel_remember(program, symbol_name, kernel->object) ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
}
