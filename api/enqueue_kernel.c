#include "api/cl_device.h"
#include "api/command.h"
#include "api/context.h"
#include "api/kernarg.h"
#include "api/launch.h"
#include "api/memory.h"
#include "api/printf.h"
#include "api/recycle.h"

#include <CL/cl_ext.h>
#include <stdio.h>
#include <stdlib.h>

// A kernel command: everything as it was when it was enqueued.
struct kernel_command {
    size_t size;                   // of all of it
    struct executable *executable; // retained
    struct kernel_device on;
    struct launch launch;
    uint8_t *block;                      // kernel argument segment, behind the memories
    struct device_memory *printf_buffer; // NULL: the kernel does not print
    unsigned memory_count;
    struct kiln_memory *memories[]; // retained
};

static void kernel_command_release(void *payload)
{
    struct kernel_command *command = payload;
    for (unsigned i = 0; i < command->memory_count; i++) memory_release(command->memories[i]);
    if (command->printf_buffer) device_memory_destroy(command->printf_buffer);
    executable_release(command->executable);
    recycle_give(command, command->size);
}

static void kernel_command_print(void *argument)
{
    const struct kernel_command *command = argument;
    printf_buffer_print(command->printf_buffer, &command->executable->metadata);
}

static cl_int piece_submit(const struct kernel_command *kernel, struct device_queue *queue,
                           const struct device_command *command, const struct piece *piece)
{
    const struct launch *launch = &kernel->launch;
    const struct device_dispatch dispatch = {
        .kernel = &kernel->on.code,
        .name = kernel->on.metadata->name,
        .kernarg = kernel->block,
        .dimensions = launch->dimensions,
        .global = {piece->items[0], piece->items[1], piece->items[2]},
        .local = {launch->local[0], launch->local[1], launch->local[2]},
        .group_size = launch->group_size,
    };
    kernarg_fill_hidden(kernel->on.metadata, launch, piece, kernel->block);
    return device_queue_dispatch(queue, command, &dispatch);
}

// The first piece waits for what the command waits for, the last one ends it.
static cl_int kernel_command_submit(void *payload, struct device_queue *queue,
                                    const struct device_command *command)
{
    const struct kernel_command *kernel = payload;
    const struct device_info *device = kernel->on.device->info;
    size_t count = launch_pieces(&kernel->launch, device);
    struct device_command part = {.wait = command->wait, .wait_count = command->wait_count};
    cl_int error = CL_SUCCESS;
    for (size_t i = 0; !error && i < count; i++) {
        const struct piece piece = launch_piece(&kernel->launch, device, i);
        if (i + 1 == count && !kernel->printf_buffer) part.done = command->done;
        error = piece_submit(kernel, queue, &part, &piece);
        part.wait_count = 0;
    }
    if (error || !kernel->printf_buffer) return error;
    // What is printed appears before the command ends: the printing is its last part.
    const struct device_command last = {.done = command->done};
    return device_queue_host(queue, &last, kernel_command_print, payload);
}

// Allocates what the command owns and brings along.
static cl_int kernel_command_allocate(const struct kiln_kernel *kernel, const struct kernel_device *on,
                                      struct kernel_command **result)
{
    size_t room = on->metadata->explicit_count * sizeof(struct kiln_memory *);
    size_t size = sizeof(struct kernel_command) + room + kernel->values_size;
    struct kernel_command *command = recycle_take(size);
    if (!command) return CL_OUT_OF_HOST_MEMORY;
    command->size = size;
    command->block = (uint8_t *)command->memories + room;
    command->memory_count = 0;
    command->printf_buffer = NULL;
    cl_int error =
        on->prints ? printf_buffer_create(kernel->program->context, &command->printf_buffer) : CL_SUCCESS;
    if (error) {
        recycle_give(command, size);
        return error;
    }
    *result = command;
    return CL_SUCCESS;
}

static cl_int kernel_command_create(const struct kiln_kernel *kernel, const struct kernel_device *on,
                                    const struct launch *launch, struct kernel_command **result)
{
    struct kernel_command *command;
    cl_int error = kernel_command_allocate(kernel, on, &command);
    if (error) return error;
    executable_retain(on->executable);
    command->executable = on->executable;
    command->on = *on;
    command->launch = *launch;
    if (command->printf_buffer)
        command->launch.printf_buffer = (uintptr_t)device_memory_address(command->printf_buffer);
    for (uint32_t i = 0; i < on->metadata->explicit_count; i++) {
        if (!kernel->arguments[i].memory) continue;
        struct kiln_memory *memory = memory_from(kernel->arguments[i].memory);
        memory_retain(memory);
        command->memories[command->memory_count++] = memory;
    }
    kernarg_fill(kernel, on, command->block);
    *result = command;
    return CL_SUCCESS;
}

// ---- Checks -------------------------------------------------------------------------------------------

// All arguments are set, and buffers that were set are still there: kernels do not retain them.
static cl_int arguments_check(const struct kiln_kernel *kernel)
{
    for (uint32_t i = 0; i < kernel->metadata->explicit_count; i++) {
        const struct kernel_argument *argument = &kernel->arguments[i];
        if (!argument->set || (argument->memory && !memory_is(argument->memory)))
            return CL_INVALID_KERNEL_ARGS;
    }
    return CL_SUCCESS;
}

// What enqueuing a kernel checks before it looks at the sizes.
static cl_int kernel_check(const struct kiln_queue *queue, cl_kernel handle, const struct range *range,
                           const struct kernel_device **on)
{
    if (!kernel_is(handle)) return CL_INVALID_KERNEL;
    const struct kiln_kernel *kernel = kernel_from(handle);
    if (kernel->program->context != queue->context) return CL_INVALID_CONTEXT;
    *on = kernel_device(kernel, queue->device);
    if (!*on) return CL_INVALID_PROGRAM_EXECUTABLE;
    cl_int error = arguments_check(kernel);
    if (error) return error;
    return range->dimensions < 1 || range->dimensions > 3 ? CL_INVALID_WORK_DIMENSION : CL_SUCCESS;
}

// What the kernel needs and the device or the driver does not have. The error code says little: the text is
// for the context's callback and the log.
static cl_int resources_check(struct kiln_context *context, const struct kernel_device *on,
                              uint64_t group_size)
{
    const char *service = on->unsupported;
    uint32_t most = on->device->info->lds_size;
    if (!service && group_size <= most) return CL_SUCCESS;
    char text[512];
    if (service)
        snprintf(text, sizeof text, "kernel %s needs %s, which is not available", on->metadata->name,
                 service);
    else
        snprintf(text, sizeof text, "kernel %s needs %llu bytes of local memory, the device has %u",
                 on->metadata->name, (unsigned long long)group_size, most);
    context_notify(context, text);
    return service ? CL_INVALID_OPERATION : CL_OUT_OF_RESOURCES;
}

// ---- Entry points -------------------------------------------------------------------------------------

static cl_int empty_submit(void *payload, struct device_queue *queue, const struct device_command *command)
{
    (void)payload;
    return device_queue_barrier(queue, command);
}

static cl_int kernel_enqueue(const struct command_request *request, cl_kernel handle,
                             const struct range *range)
{
    const struct kernel_device *on;
    cl_int error = kernel_check(request->queue, handle, range, &on);
    if (error) return error;
    if (range_is_empty(range)) return command_enqueue(request, empty_submit, NULL, NULL);
    const struct kiln_kernel *kernel = kernel_from(handle);
    struct launch launch = {0};
    uint64_t group_size = kernel_group_size(kernel, on, NULL);
    error = launch_fill(on, range, &launch);
    if (!error) error = resources_check(request->queue->context, on, group_size);
    if (error) return error;
    launch.group_size = (uint32_t)group_size;
    struct kernel_command *command;
    error = kernel_command_create(kernel, on, &launch, &command);
    if (error) return error;
    return command_enqueue(request, kernel_command_submit, command, kernel_command_release);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueNDRangeKernel(cl_command_queue queue, cl_kernel kernel,
                                                       cl_uint dimensions, const size_t *offset,
                                                       const size_t *global, const size_t *local,
                                                       cl_uint wait_count, const cl_event *wait,
                                                       cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_NDRANGE_KERNEL, wait_count, wait, event);
    if (error) return error;
    const struct range range = {dimensions, offset, global, local};
    return kernel_enqueue(&request, kernel, &range);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueTask(cl_command_queue queue, cl_kernel kernel, cl_uint wait_count,
                                              const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_TASK, wait_count, wait, event);
    if (error) return error;
    static const size_t one = 1;
    const struct range range = {1, NULL, &one, &one};
    return kernel_enqueue(&request, kernel, &range);
}

// Answers with what an enqueue would do. (OpenCL 3.1 has it in its core, by the name without a suffix.)
CL_API_ENTRY cl_int CL_API_CALL clGetKernelSuggestedLocalWorkSizeKHR(cl_command_queue queue, cl_kernel kernel,
                                                                     cl_uint dimensions, const size_t *offset,
                                                                     const size_t *global, size_t *suggested)
{
    if (!queue_is(queue)) return CL_INVALID_COMMAND_QUEUE;
    const struct range range = {dimensions, offset, global, NULL};
    const struct kernel_device *on;
    cl_int error = kernel_check(queue_from(queue), kernel, &range, &on);
    if (error) return error;
    if (!suggested) return CL_INVALID_VALUE;
    if (range_is_empty(&range)) return CL_INVALID_GLOBAL_WORK_SIZE;
    struct launch launch = {0};
    error = launch_fill(on, &range, &launch);
    for (cl_uint i = 0; !error && i < dimensions; i++) suggested[i] = launch.local[i];
    return error;
}

// CL_DEVICE_EXECUTION_CAPABILITIES has no CL_EXEC_NATIVE_KERNEL.
CL_API_ENTRY cl_int CL_API_CALL clEnqueueNativeKernel(cl_command_queue queue,
                                                      void(CL_CALLBACK *function)(void *), void *arguments,
                                                      size_t size, cl_uint memory_count,
                                                      const cl_mem *memories, const void **locations,
                                                      cl_uint wait_count, const cl_event *wait,
                                                      cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_NATIVE_KERNEL, wait_count, wait, event);
    if (error) return error;
    if (!function || !arguments != !size || (!arguments && memory_count)) return CL_INVALID_VALUE;
    if (memory_count ? !memories || !locations : memories || locations) return CL_INVALID_VALUE;
    return CL_INVALID_OPERATION;
}
