#define _GNU_SOURCE
#include "api/machinery/outcome.h"
#include "api/cl_device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Why the device would not take it belongs into the log: the application sees nothing else.
static void log_append(struct outcome *outcome, const char *why)
{
    char *log = NULL;
    if (asprintf(&log, "%serror: the code object cannot be loaded: %s\n", outcome->log ? outcome->log : "",
                 why ? why : "the device refuses it") < 0)
        return;
    free(outcome->log);
    outcome->log = log;
}

static void code_load(struct outcome *outcome, const struct kiln_device *device, cl_int failed)
{
    const struct compiler_blob code_object = program_binary_content(outcome->binary);
    const char *why = NULL;
    outcome->error =
        executable_create(device->device, code_object.data, code_object.size, &outcome->executable, &why);
    if (!outcome->error) return;
    log_append(outcome, why);
    if (outcome->error != CL_OUT_OF_HOST_MEMORY) outcome->error = failed;
}

void outcome_make(struct outcome *outcome, const struct kiln_device *device, cl_program_binary_type type,
                  const struct compiler_result *result, cl_int error, cl_int failed)
{
    *outcome = (struct outcome){.error = error, .log = strdup(result->log ? result->log : "")};
    if (error) return;
    outcome->binary = program_binary_create(type, device->info->isa, result->binary, result->binary_size);
    if (!outcome->binary)
        outcome->error = CL_OUT_OF_HOST_MEMORY;
    else if (type == CL_PROGRAM_BINARY_TYPE_EXECUTABLE)
        code_load(outcome, device, failed);
    if (!outcome->error) return;
    program_binary_release(outcome->binary);
    outcome->binary = NULL;
}
