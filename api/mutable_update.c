// Changing recorded kernels: all that one call asks for, or nothing.
#include "api/command_buffer.h"
#include "api/enqueue_kernel.h"

#include <stdlib.h>
#include <string.h>

// What becomes of one command.
struct update {
    struct kiln_mutable_command *command;
    struct kiln_kernel *state; // a kernel of its own; NULL: nothing was made yet
    struct dispatch_range range;
    struct record *record; // NULL: arguments are still missing
};

static void update_discard(struct update *update)
{
    if (update->state) kernel_release(update->state);
    record_release(update->record);
}

// ---- What a configuration asks for --------------------------------------------------------------------

static bool list_valid(const void *list, cl_uint count) { return !list == !count; }

static cl_int config_check(const struct kiln_command_buffer *buffer, const struct dispatch_config *config)
{
    if (!mutable_command_is(config->command) || mutable_command_from(config->command)->buffer != buffer)
        return CL_INVALID_MUTABLE_COMMAND_KHR;
    const struct kiln_mutable_command *command = mutable_command_from(config->command);
    const struct {
        bool asked;
        cl_bitfield field;
    } changes[] = {
        {config->global_work_offset, CL_MUTABLE_DISPATCH_GLOBAL_OFFSET_KHR},
        {config->global_work_size, CL_MUTABLE_DISPATCH_GLOBAL_SIZE_KHR},
        {config->local_work_size, CL_MUTABLE_DISPATCH_LOCAL_SIZE_KHR},
        {config->num_args || config->num_svm_args, CL_MUTABLE_DISPATCH_ARGUMENTS_KHR},
        {config->num_exec_infos, CL_MUTABLE_DISPATCH_EXEC_INFO_KHR},
    };
    if (config->work_dim && config->work_dim != command->range.dimensions) return CL_INVALID_OPERATION;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        if (changes[i].asked && !(command->fields & changes[i].field)) return CL_INVALID_OPERATION;
    return list_valid(config->arg_list, config->num_args) &&
                   list_valid(config->arg_svm_list, config->num_svm_args) &&
                   list_valid(config->exec_info_list, config->num_exec_infos)
               ? CL_SUCCESS
               : CL_INVALID_VALUE;
}

// Sets the new arguments as the application would.
static cl_int arguments_change(cl_kernel kernel, const struct dispatch_config *config)
{
    cl_int error = CL_SUCCESS;
    for (cl_uint i = 0; !error && i < config->num_args; i++) {
        const cl_mutable_dispatch_arg_khr *argument = &config->arg_list[i];
        error = clSetKernelArg(kernel, argument->arg_index, argument->arg_size, argument->arg_value);
    }
    for (cl_uint i = 0; !error && i < config->num_svm_args; i++) {
        const cl_mutable_dispatch_arg_khr *argument = &config->arg_svm_list[i];
        error = clSetKernelArgSVMPointer(kernel, argument->arg_index, argument->arg_value);
    }
    for (cl_uint i = 0; !error && i < config->num_exec_infos; i++) {
        const cl_mutable_dispatch_exec_info_khr *info = &config->exec_info_list[i];
        error = clSetKernelExecInfo(kernel, info->param_name, info->param_value_size, info->param_value);
    }
    return error;
}

// Whether all work-groups have the same size, where the application has chosen it.
static bool range_is_uniform(const struct dispatch_range *range)
{
    for (cl_uint i = 0; range->local_given && i < range->dimensions; i++)
        if (range->local[i] && range->global[i] % range->local[i]) return false;
    return true;
}

static cl_int range_change(struct dispatch_range *range, const struct dispatch_config *config)
{
    const bool uniform = range_is_uniform(range);
    const size_t size = range->dimensions * sizeof(size_t);
    if (config->global_work_offset) memcpy(range->offset, config->global_work_offset, size);
    if (config->global_work_size) memcpy(range->global, config->global_work_size, size);
    if (config->local_work_size) {
        memcpy(range->local, config->local_work_size, size);
        range->local_given = true;
    }
    return range_is_uniform(range) == uniform ? CL_SUCCESS : CL_INVALID_OPERATION;
}

// ---- Making it ----------------------------------------------------------------------------------------

static cl_int update_record(struct update *update)
{
    struct command *command = NULL;
    const struct command_request request = {
        .queue = update->command->buffer->queue, .type = CL_COMMAND_NDRANGE_KERNEL, .recorded = &command};
    const struct dispatch_range *kept = &update->range;
    const struct range range = {kept->dimensions, kept->offset, kept->global,
                                kept->local_given ? kept->local : NULL};
    cl_int error = kernel_enqueue(&request, kernel_handle(update->state), &range);
    if (error == CL_INVALID_KERNEL_ARGS && !update->command->buffer->records[update->command->index])
        return kernel_range_check(request.queue, kernel_handle(update->state), &range); // to be set later
    if (!error) error = record_create(command, &update->record);
    if (error && command) command_free(command);
    return error;
}

// Goes on from what an earlier one of the same call makes of the command.
static cl_int update_make(struct update *update, const struct update *earlier,
                          const struct dispatch_config *config)
{
    update->command = mutable_command_from(config->command);
    update->range = earlier ? earlier->range : update->command->range;
    cl_int error = kernel_clone(earlier ? earlier->state : update->command->state, &update->state);
    if (!error) error = arguments_change(kernel_handle(update->state), config);
    if (!error) error = range_change(&update->range, config);
    return error ? error : update_record(update);
}

static const struct update *update_find(const struct update *updates, size_t count,
                                        cl_mutable_command_khr handle)
{
    while (count && mutable_command_handle(updates[count - 1].command) != handle) count--;
    return count ? &updates[count - 1] : NULL;
}

// With the buffer's lock held. `*made` counts those that are to be discarded or done.
static cl_int updates_make(const struct kiln_command_buffer *buffer, cl_uint count,
                           const struct dispatch_config *const *configs, struct update *updates,
                           cl_uint *made)
{
    cl_int error = CL_SUCCESS;
    for (cl_uint i = 0; !error && i < count; i++) {
        error = config_check(buffer, configs[i]);
        if (error) return error;
        *made = i + 1;
        error = update_make(&updates[i], update_find(updates, i, configs[i]->command), configs[i]);
    }
    return error;
}

// With the buffer's lock held. What was there before is in the update afterwards.
static void update_do(struct update *update)
{
    struct kiln_mutable_command *command = update->command;
    struct kiln_kernel *state = command->state;
    struct record **place = &command->buffer->records[command->index], *record = *place;
    command->range = update->range;
    command->state = update->state;
    update->state = state;
    *place = update->record;
    update->record = record;
    command->buffer->unready += !*place - !record;
}

static cl_int commands_update(struct kiln_command_buffer *buffer, cl_uint count,
                              const struct dispatch_config *const *configs)
{
    struct update *updates = calloc(count, sizeof *updates);
    struct sequence *old = NULL;
    cl_uint made = 0;
    if (!updates) return CL_OUT_OF_HOST_MEMORY;
    pthread_mutex_lock(&buffer->lock);
    cl_int error = updates_make(buffer, count, configs, updates, &made);
    for (cl_uint i = 0; !error && i < count; i++) update_do(&updates[i]);
    if (!error) old = command_buffer_changed(buffer);
    pthread_mutex_unlock(&buffer->lock);
    for (cl_uint i = 0; i < made; i++) update_discard(&updates[i]);
    if (old) sequence_release(old);
    free(updates);
    return error;
}

static bool updatable(struct kiln_command_buffer *buffer)
{
    pthread_mutex_lock(&buffer->lock);
    bool updatable = buffer->finalized && buffer->flags & CL_COMMAND_BUFFER_MUTABLE_KHR;
    pthread_mutex_unlock(&buffer->lock);
    return updatable;
}

CL_API_ENTRY cl_int CL_API_CALL clUpdateMutableCommandsKHR(cl_command_buffer_khr handle, cl_uint count,
                                                           const cl_uint *types, const void **configs)
{
    if (!command_buffer_is(handle)) return CL_INVALID_COMMAND_BUFFER_KHR;
    struct kiln_command_buffer *buffer = command_buffer_from(handle);
    if (!updatable(buffer)) return CL_INVALID_OPERATION;
    if (!list_valid(types, count) || !list_valid(configs, count)) return CL_INVALID_VALUE;
    for (cl_uint i = 0; i < count; i++)
        if (types[i] != UPDATE_DISPATCH_CONFIG || !configs[i]) return CL_INVALID_VALUE;
    return count ? commands_update(buffer, count, (const struct dispatch_config *const *)configs)
                 : CL_SUCCESS;
}
