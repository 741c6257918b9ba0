// Variables of a program's scope, which the application reads and writes by name.
//
// Source: cl_intel_global_variable_access, revision 0.9.0; what clGetDeviceGlobalVariablePointerINTEL does is
// known of Intel's driver only.
#include "api/global_variable.h"

#include "api/machinery/transfer.h"
#include "api/program.h"
#include "compiler/host_variable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct variable {
    uint8_t *address;
    size_t size;
    unsigned access; // HOST_VARIABLE_READ, HOST_VARIABLE_WRITE
};

// By the name that a SPIR-V module has for the host, and then by its own.
static cl_int variable_find(const struct executable *executable, const char *name, struct variable *variable)
{
    size_t length = strlen(name) + sizeof HOST_VARIABLE_PREFIX "0_";
    char *symbol = malloc(length);
    if (!symbol) return CL_OUT_OF_HOST_MEMORY;
    void *address = NULL;
    cl_int error = CL_INVALID_ARG_VALUE;
    for (variable->access = 0; variable->access < HOST_VARIABLE_ACCESSES; variable->access++) {
        snprintf(symbol, length, HOST_VARIABLE_PREFIX "%u_%s", variable->access, name);
        error = device_program_variable(executable->program, symbol, &address, &variable->size);
        if (error != CL_INVALID_ARG_VALUE) break;
    }
    free(symbol);
    if (error == CL_INVALID_ARG_VALUE) {
        variable->access = HOST_VARIABLE_READ | HOST_VARIABLE_WRITE;
        error = device_program_variable(executable->program, name, &address, &variable->size);
    }
    variable->address = address;
    return error;
}

// ---- Commands -----------------------------------------------------------------------------------------

struct access {
    cl_program program;
    const char *name;
    size_t size, offset;
    const void *host;
    unsigned kind;
};

static cl_int region_find(const struct access *access, const struct executable *executable, uint8_t **region)
{
    struct variable variable;
    cl_int error = variable_find(executable, access->name, &variable);
    if (error) return error;
    if (!(variable.access & access->kind)) return CL_INVALID_OPERATION;
    if (access->offset > variable.size || access->size > variable.size - access->offset)
        return CL_INVALID_VALUE;
    *region = variable.address + access->offset;
    return CL_SUCCESS;
}

static cl_int access_enqueue(const struct command_request *request, const struct access *access)
{
    if (!program_is(access->program)) return CL_INVALID_PROGRAM;
    struct kiln_program *program = program_from(access->program);
    if (program->context != request->queue->context) return CL_INVALID_CONTEXT;
    if (!access->name || !access->host) return CL_INVALID_VALUE;
    struct executable *executable = program_executable(program, request->queue->device);
    if (!executable) return CL_INVALID_PROGRAM_EXECUTABLE;
    uint8_t *host = (uint8_t *)(uintptr_t)access->host, *region;
    cl_int error = region_find(access, executable, &region);
    if (!error) {
        bool reads = access->kind == HOST_VARIABLE_READ;
        const struct transfer transfer = {.code = executable,
                                          .to = {.base = reads ? host : region},
                                          .from = {.base = reads ? region : host},
                                          .extent = {access->size, 1, 1}};
        error = transfer_enqueue(request, &transfer);
    }
    executable_release(executable);
    return error;
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueReadGlobalVariableINTEL(cl_command_queue queue, cl_program program,
                                                                 const char *name, cl_bool blocking,
                                                                 size_t size, size_t offset, void *to,
                                                                 cl_uint wait_count, const cl_event *wait,
                                                                 cl_event *event)
{
    struct command_request request;
    cl_int error =
        command_request_init(&request, queue, CL_COMMAND_READ_GLOBAL_VARIABLE_INTEL, wait_count, wait, event);
    if (error) return error;
    request.blocking = blocking;
    return access_enqueue(&request, &(struct access){program, name, size, offset, to, HOST_VARIABLE_READ});
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueWriteGlobalVariableINTEL(cl_command_queue queue, cl_program program,
                                                                  const char *name, cl_bool blocking,
                                                                  size_t size, size_t offset,
                                                                  const void *from, cl_uint wait_count,
                                                                  const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_WRITE_GLOBAL_VARIABLE_INTEL, wait_count,
                                        wait, event);
    if (error) return error;
    request.blocking = blocking;
    return access_enqueue(&request, &(struct access){program, name, size, offset, from, HOST_VARIABLE_WRITE});
}

// ---- Its place ----------------------------------------------------------------------------------------

CL_API_ENTRY cl_int CL_API_CALL clGetDeviceGlobalVariablePointerINTEL(cl_device_id device, cl_program handle,
                                                                      const char *name, size_t *size,
                                                                      void **pointer)
{
    struct variable variable;
    if (!program_is(handle)) return CL_INVALID_PROGRAM;
    if (!cl_device_is(device)) return CL_INVALID_DEVICE;
    struct kiln_program *program = program_from(handle);
    if (!program_device(program, cl_device_from(device))) return CL_INVALID_DEVICE;
    if (!name || !pointer) return CL_INVALID_ARG_VALUE;
    struct executable *executable = program_executable(program, cl_device_from(device));
    if (!executable) return CL_INVALID_PROGRAM_EXECUTABLE;
    cl_int error = variable_find(executable, name, &variable);
    executable_release(executable);
    if (error) return error;
    if (size) *size = variable.size;
    *pointer = variable.address;
    return CL_SUCCESS;
}
