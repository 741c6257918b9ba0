#include "api/machinery/executable.h"
#include "api/machinery/code_object.h"

#include <stdlib.h>
#include <string.h>

cl_int executable_create(struct device *device, const void *code_object, size_t size,
                         struct executable **result, const char **why)
{
    *why = code_object_check(code_object, size);
    if (*why) return CL_INVALID_BINARY;
    struct executable *executable = calloc(1, sizeof *executable);
    if (!executable) return CL_OUT_OF_HOST_MEMORY;
    executable->references = 1;
    switch (metadata_parse(code_object, size, &executable->metadata, why)) {
    case 0:
        break;
    case -2:
        free(executable);
        return CL_OUT_OF_HOST_MEMORY;
    default:
        free(executable);
        return CL_INVALID_BINARY;
    }
    executable->global_variables = code_object_variables_size(code_object, size);
    cl_int error = device_program_create(device, code_object, size, &executable->program, why);
    if (error) {
        metadata_free(&executable->metadata);
        free(executable);
        return error;
    }
    *result = executable;
    return CL_SUCCESS;
}

void executable_retain(struct executable *executable) { executable->references++; }

void executable_release(struct executable *executable)
{
    if (!executable || --executable->references) return;
    device_program_destroy(executable->program);
    metadata_free(&executable->metadata);
    free(executable);
}

const struct kernel_metadata *executable_kernel(const struct executable *executable, const char *name)
{
    for (uint32_t i = 0; i < executable->metadata.kernel_count; i++) {
        const struct kernel_metadata *kernel = &executable->metadata.kernels[i];
        if (!strcmp(kernel->name, name)) return kernel;
    }
    return NULL;
}
