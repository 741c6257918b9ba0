#include "api/cl_device.h"
#include "api/context.h"
#include "api/kernel.h"
#include "api/machinery/command.h"
#include "api/machinery/kernarg.h"
#include "api/machinery/launch.h"
#include "api/machinery/printf.h"
#include "api/memory.h"
#include "api/sampler.h"

#include <CL/cl_ext.h>
#include <stdio.h>
#include <string.h>

// A kernel command: everything as it was when it was enqueued.
struct kernel_command {
    struct executable *executable; // retained
    const struct kernel_metadata *metadata;
    const struct device_info *device;
    struct device_code code;
    struct launch launch;
    uint8_t *block;                      // kernel argument segment, behind the memories and samplers
    struct device_memory *printf_buffer; // NULL: the kernel does not print
    struct kiln_sampler **samplers;      // retained; behind the memories, too
    unsigned memory_count, sampler_count;
    struct kiln_memory *memories[]; // retained
};

static void kernel_command_release(void *payload)
{
    struct kernel_command *command = payload;
    for (unsigned i = 0; i < command->memory_count; i++) memory_release(command->memories[i]);
    for (unsigned i = 0; i < command->sampler_count; i++) sampler_release(command->samplers[i]);
    if (command->printf_buffer) device_memory_destroy(command->printf_buffer);
    executable_release(command->executable);
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
        .kernel = &kernel->code,
        .kernarg = kernel->block,
        .dimensions = launch->dimensions,
        .global = {piece->items[0], piece->items[1], piece->items[2]},
        .local = {launch->local[0], launch->local[1], launch->local[2]},
        .group_size = launch->group_size,
    };
    if (kernel->metadata->argument_count > kernel->metadata->explicit_count)
        kernarg_fill_hidden(kernel->metadata, launch, piece, queue, kernel->block);
    return device_queue_dispatch(queue, command, &dispatch);
}

// The first part waits for what the command waits for and ends `first`, the last one ends the command. What
// is printed appears before that, so the printing is the last part.
static cl_int parts_submit(struct kernel_command *kernel, struct device_queue *queue,
                           const struct device_command *command, struct device_signal *first)
{
    struct device_command part = {.wait = command->wait, .wait_count = command->wait_count, .done = first};
    cl_int error = CL_SUCCESS;
    for (size_t i = 0; !error && i < kernel->launch.pieces; i++) {
        const struct piece piece = launch_piece(&kernel->launch, kernel->device, i);
        if (i + 1 == kernel->launch.pieces && !kernel->printf_buffer) part.done = command->done;
        error = piece_submit(kernel, queue, &part, &piece);
        part = (struct device_command){0};
    }
    part.done = command->done;
    return error || !kernel->printf_buffer ? error
                                           : device_queue_host(queue, &part, kernel_command_print, kernel);
}

// The command's time starts with its first part's.
static cl_int timed_parts_submit(struct kernel_command *kernel, struct device_queue *queue,
                                 const struct device_command *command)
{
    struct device_signal *first;
    if (!command->done) return parts_submit(kernel, queue, command, NULL);
    cl_int error = device_signal_create(&first);
    if (error) return error;
    device_signal_starts_with(command->done, first);
    error = parts_submit(kernel, queue, command, first);
    device_signal_release(first);
    return error;
}

static cl_int kernel_command_submit(void *payload, struct device_queue *queue,
                                    const struct device_command *command)
{
    struct kernel_command *kernel = payload;
    if (kernel->launch.pieces > 1 || kernel->printf_buffer) return timed_parts_submit(kernel, queue, command);
    const struct piece whole = launch_whole(&kernel->launch);
    return piece_submit(kernel, queue, command, &whole);
}

// ---- Checks -------------------------------------------------------------------------------------------

// An argument is set, and the object that was set is still there: kernels do not retain them.
static bool argument_ready(const struct kernel_argument *argument, enum argument_kind kind)
{
    if (!argument->set) return false;
    if (kind == ARGUMENT_SAMPLER) return sampler_is(argument->sampler);
    if (kind == ARGUMENT_IMAGE) return memory_is_image(argument->memory);
    return !argument->memory || memory_is_buffer(argument->memory);
}

static cl_int arguments_check(const struct kiln_kernel *kernel)
{
    for (uint32_t i = 0; i < kernel->metadata->explicit_count; i++)
        if (!argument_ready(&kernel->arguments[i], kernel->metadata->arguments[i].kind))
            return CL_INVALID_KERNEL_ARGS;
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

// The kernel needs what the device or the driver does not have. The error code says little: the text is for
// the context's callback and the log.
__attribute__((cold)) static cl_int resources_lack(struct kiln_context *context,
                                                   const struct kernel_device *on, uint64_t group_size)
{
    const char *service = on->unsupported;
    uint32_t most = on->device->info->lds_size;
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

static const void *memory_take(struct kernel_command *command, cl_mem handle, const struct device *device)
{
    struct kiln_memory *memory = memory_from(handle);
    memory_retain(memory);
    command->memories[command->memory_count++] = memory;
    return memory->image ? device_image_descriptor(memory->image->device, device) : memory_address(memory);
}

static const void *sampler_take(struct kernel_command *command, cl_sampler handle,
                                const struct device *device)
{
    struct kiln_sampler *sampler = sampler_from(handle);
    sampler_retain(sampler);
    command->samplers[command->sampler_count++] = sampler;
    return device_sampler_descriptor(sampler->device, device);
}

// Retains the objects and puts the addresses of buffers, or of the others' descriptors, into the argument
// segment.
static void kernel_command_take_objects(struct kernel_command *command, const struct kiln_kernel *kernel,
                                        const struct device *device)
{
    for (uint32_t i = 0; i < command->metadata->explicit_count; i++) {
        const struct kernel_argument *argument = &kernel->arguments[i];
        if (!argument->memory && !argument->sampler) continue;
        const void *object = argument->memory ? memory_take(command, argument->memory, device)
                                              : sampler_take(command, argument->sampler, device);
        uint64_t address = (uintptr_t)object;
        memcpy(command->block + command->metadata->arguments[i].offset, &address, sizeof address);
    }
}

// The launch, what it needs, and its arguments.
static cl_int kernel_command_fill(struct kernel_command *command, const struct kiln_kernel *kernel,
                                  const struct kernel_device *on, const struct range *range)
{
    struct kiln_context *context = kernel->program->context;
    uint64_t group_size = kernel_group_size(kernel, on);
    cl_int error = launch_fill(on, range, &command->launch);
    if (!error && (on->unsupported || group_size > on->device->info->lds_size))
        error = resources_lack(context, on, group_size);
    if (!error && on->prints) error = printf_buffer_create(context, &command->printf_buffer);
    if (error) return error;
    command->launch.group_size = (uint32_t)group_size;
    if (on->prints) command->launch.printf_buffer = (uintptr_t)device_memory_address(command->printf_buffer);
    if (kernel->values_size) kernel_arguments_fill(kernel, on, command->block);
    kernel_command_take_objects(command, kernel, on->device->device);
    return CL_SUCCESS;
}

static cl_int launch_enqueue(const struct command_request *request, const struct kiln_kernel *kernel,
                             const struct kernel_device *on, const struct range *range)
{
    static const struct command_kind kind = {kernel_command_submit, kernel_command_release};
    size_t room = (on->metadata->explicit_count + on->samplers) * sizeof(void *);
    size_t size = sizeof(struct kernel_command) + room + kernel->values_size;
    struct command *whole;
    void *payload;
    cl_int error = command_create(request, &kind, size, &whole, &payload);
    if (error) return error;
    struct kernel_command *command = payload;
    executable_retain(command->executable = on->executable);
    command->metadata = on->metadata;
    command->device = on->device->info;
    command->code = on->code;
    command->samplers = (struct kiln_sampler **)&command->memories[on->metadata->explicit_count];
    command->block = (uint8_t *)command->memories + room;
    command->printf_buffer = NULL;
    command->memory_count = command->sampler_count = 0;
    error = kernel_command_fill(command, kernel, on, range);
    if (!error) return command_enqueue(request, whole);
    command_free(whole);
    return error;
}

static cl_int kernel_enqueue(const struct command_request *request, cl_kernel handle,
                             const struct range *range)
{
    const struct kernel_device *on;
    cl_int error = kernel_check(request->queue, handle, range, &on);
    if (error) return error;
    if (range_is_empty(range)) return command_enqueue_nothing(request);
    return launch_enqueue(request, kernel_from(handle), on, range);
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
    struct launch launch;
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
