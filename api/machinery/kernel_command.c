#include "api/machinery/kernel_command.h"

#include "api/cl_device.h"
#include "api/context.h"
#include "api/machinery/kernarg.h"
#include "api/machinery/parts.h"
#include "api/machinery/printf.h"
#include "api/memory.h"
#include "api/sampler.h"

#include <stdio.h>
#include <string.h>

struct kernel_command {
    struct executable *executable; // retained
    const struct kernel_metadata *metadata;
    const struct device_info *device;
    struct device_code code;
    struct launch launch;
    uint8_t *block;                      // kernel argument segment, behind the memories and samplers
    size_t block_size;                   // bytes
    struct printf_buffer *printf_buffer; // NULL: the kernel does not print, or the command is recorded
    struct kiln_sampler **samplers;      // retained; behind the memories, too
    unsigned memory_count, sampler_count;
    struct kiln_memory *memories[]; // retained
};

static void kernel_command_release(void *payload)
{
    struct kernel_command *command = payload;
    for (unsigned i = 0; i < command->memory_count; i++) memory_release(command->memories[i]);
    for (unsigned i = 0; i < command->sampler_count; i++) sampler_release(command->samplers[i]);
    if (command->printf_buffer) printf_buffer_release(command->printf_buffer);
    executable_release(command->executable);
}

static void kernel_command_print(void *argument)
{
    const struct kernel_command *command = argument;
    printf_buffer_print(command->printf_buffer, &command->executable->metadata);
}

// A piece's dispatch; hidden arguments go into the command's block, where it refers to them. `queue` is NULL
// where no argument tells of it.
static struct device_dispatch piece_dispatch(const struct kernel_command *kernel, const struct piece *piece,
                                             const struct device_queue *queue)
{
    const struct launch *launch = &kernel->launch;
    if (kernel->metadata->argument_count > kernel->metadata->explicit_count)
        kernarg_fill_hidden(kernel->metadata, launch, piece, queue, kernel->block);
    return (struct device_dispatch){
        .kernel = &kernel->code,
        .kernarg = kernel->block,
        .dimensions = launch->dimensions,
        .global = {piece->items[0], piece->items[1], piece->items[2]},
        .local = {launch->local[0], launch->local[1], launch->local[2]},
        .group_size = launch->group_size,
    };
}

static cl_int piece_submit(const struct kernel_command *kernel, struct device_queue *queue,
                           const struct device_command *command, const struct piece *piece)
{
    const struct device_dispatch dispatch = piece_dispatch(kernel, piece, queue);
    return device_queue_dispatch(queue, command, &dispatch);
}

static cl_int kernel_part_submit(void *payload, size_t index, struct device_queue *queue,
                                 const struct device_command *command)
{
    struct kernel_command *kernel = payload;
    if (index == kernel->launch.pieces)
        return device_queue_host(queue, command, kernel_command_print, kernel);
    const struct piece piece = launch_piece(&kernel->launch, kernel->device, index);
    return piece_submit(kernel, queue, command, &piece);
}

// What is printed appears before the command ends, so the printing is the last part.
static cl_int kernel_command_submit(void *payload, struct device_queue *queue,
                                    const struct device_command *command)
{
    struct kernel_command *kernel = payload;
    if (kernel->launch.pieces > 1 || kernel->printf_buffer)
        return parts_submit(queue, command, kernel->launch.pieces + (kernel->printf_buffer ? 1 : 0),
                            kernel_part_submit, kernel);
    const struct piece whole = launch_whole(&kernel->launch);
    return piece_submit(kernel, queue, command, &whole);
}

// ---- Making -------------------------------------------------------------------------------------------

static const struct command_kind kernel_kind, batched_kernel_kind;

// One with everything of `like` but the objects and values of its arguments.
static cl_int kernel_command_create(const struct command_request *request, const struct kernel_command *like,
                                    const struct command_kind *kind, struct command **whole,
                                    struct kernel_command **out)
{
    size_t room = (like->metadata->explicit_count + kernarg_samplers(like->metadata)) * sizeof(void *);
    void *payload;
    cl_int error = command_create(request, kind, sizeof *like + room + like->block_size, whole, &payload);
    if (error) return error;
    struct kernel_command *command = *out = payload;
    *command = *like;
    executable_retain(command->executable);
    command->samplers = (struct kiln_sampler **)&command->memories[like->metadata->explicit_count];
    command->block = (uint8_t *)command->memories + room;
    command->printf_buffer = NULL;
    command->memory_count = command->sampler_count = 0;
    return CL_SUCCESS;
}

static void kernel_command_print_into(struct kernel_command *command, struct printf_buffer *buffer)
{
    command->printf_buffer = buffer;
    command->launch.printf_buffer = (uintptr_t)printf_buffer_address(buffer);
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
    if (error) return error;
    command->launch.group_size = (uint32_t)group_size;
    if (kernel->values_size) kernel_arguments_fill(kernel, on, command->block);
    kernel_command_take_objects(command, kernel, on->device->device);
    return CL_SUCCESS;
}

cl_int kernel_command_enqueue(const struct command_request *request, const struct kiln_kernel *kernel,
                              const struct kernel_device *on, const struct range *range)
{
    const struct kernel_command like = {.executable = on->executable,
                                        .metadata = on->metadata,
                                        .device = on->device->info,
                                        .code = on->code,
                                        .block_size = kernel->values_size};
    struct command *whole;
    struct kernel_command *command;
    bool batched = !on->prints && !on->told_queue;
    cl_int error = kernel_command_create(request, &like, batched ? &batched_kernel_kind : &kernel_kind,
                                         &whole, &command);
    if (error) return error;
    error = kernel_command_fill(command, kernel, on, range);
    struct printf_buffer *buffer = NULL;
    if (!error && on->prints && !request->recorded)
        error = printf_buffer_create(request->queue->context, &buffer);
    if (buffer) kernel_command_print_into(command, buffer);
    if (!error) return command_enqueue(request, whole);
    command_free(whole);
    return error;
}

// ---- Recorded -----------------------------------------------------------------------------------------

// The kernels of one submission come one after the other: they print into the same buffer.
static cl_int kernel_command_copy(const void *payload, const struct command_request *request,
                                  struct printf_buffer **buffer, struct command **whole)
{
    const struct kernel_command *recorded = payload;
    struct kernel_command *command;
    cl_int error = kernel_command_create(request, recorded, &kernel_kind, whole, &command);
    if (error) return error;
    memcpy(command->block, recorded->block, recorded->block_size);
    for (; command->memory_count < recorded->memory_count; command->memory_count++) {
        command->memories[command->memory_count] = recorded->memories[command->memory_count];
        memory_retain(command->memories[command->memory_count]);
    }
    for (; command->sampler_count < recorded->sampler_count; command->sampler_count++) {
        command->samplers[command->sampler_count] = recorded->samplers[command->sampler_count];
        sampler_retain(command->samplers[command->sampler_count]);
    }
    if (!kernarg_prints(command->metadata)) return CL_SUCCESS;
    if (!*buffer) error = printf_buffer_create(request->queue->context, buffer);
    if (error) {
        command_free(*whole);
        return error;
    }
    printf_buffer_retain(*buffer);
    kernel_command_print_into(command, *buffer);
    return CL_SUCCESS;
}

static cl_int kernel_command_batch(const void *payload, struct device_batch *batch)
{
    const struct kernel_command *command = payload;
    cl_int error = CL_SUCCESS;
    for (size_t i = 0; !error && i < command->launch.pieces; i++) {
        const struct piece piece = launch_piece(&command->launch, command->device, i);
        const struct device_dispatch dispatch = piece_dispatch(command, &piece, NULL);
        error = device_batch_add(batch, &dispatch);
    }
    return error;
}

static const struct command_kind kernel_kind = {
    .submit = kernel_command_submit, .release = kernel_command_release, .copy = kernel_command_copy};
static const struct command_kind batched_kernel_kind = {
    .submit = kernel_command_submit, .release = kernel_command_release, .batch = kernel_command_batch};
