#include "api/machinery/recording.h"

#include <stdlib.h>

static bool sync_points_valid(const struct kiln_command_buffer *buffer, cl_uint count,
                              const cl_sync_point_khr *list)
{
    if (!count != !list) return false;
    for (cl_uint i = 0; i < count; i++)
        if (!list[i] || list[i] > buffer->count) return false;
    return true;
}

cl_int recording_begin_mutable(struct recording *recording, const struct recording_terms *terms,
                               cl_command_type type)
{
    recording->buffer = NULL;
    if (!command_buffer_is(terms->buffer)) return CL_INVALID_COMMAND_BUFFER_KHR;
    if (terms->queue) return CL_INVALID_COMMAND_QUEUE; // there is only one
    struct kiln_command_buffer *buffer = command_buffer_from(terms->buffer);
    *recording =
        (struct recording){.buffer = buffer,
                           .request = {.queue = buffer->queue, .type = type, .recorded = &recording->command},
                           .sync_point = terms->sync_point};
    pthread_mutex_lock(&buffer->lock);
    if (buffer->finalized) return CL_INVALID_OPERATION;
    if (!sync_points_valid(buffer, terms->wait_count, terms->wait))
        return CL_INVALID_SYNC_POINT_WAIT_LIST_KHR;
    return CL_SUCCESS;
}

cl_int recording_begin(struct recording *recording, const struct recording_terms *terms, cl_command_type type)
{
    cl_int error = recording_begin_mutable(recording, terms, type);
    bool unknown = (terms->properties && *terms->properties) || terms->handle;
    return (!error || error == CL_INVALID_SYNC_POINT_WAIT_LIST_KHR) && unknown ? CL_INVALID_VALUE : error;
}

static cl_int records_reserve(struct kiln_command_buffer *buffer)
{
    if (buffer->count == CL_UINT_MAX) return CL_OUT_OF_RESOURCES; // there are no more sync points
    if (buffer->count < buffer->room) return CL_SUCCESS;
    size_t room = buffer->room ? buffer->room * 2 : 16;
    struct record **grown = reallocarray(buffer->records, room, sizeof *grown);
    if (!grown) return CL_OUT_OF_HOST_MEMORY;
    buffer->records = grown;
    buffer->room = room;
    return CL_SUCCESS;
}

static cl_int recording_append(struct recording *recording)
{
    struct kiln_command_buffer *buffer = recording->buffer;
    struct record *record = NULL;
    cl_int error = records_reserve(buffer);
    if (!error && recording->command) error = record_create(recording->command, &record);
    if (error) return error;
    buffer->records[buffer->count++] = record;
    buffer->unready += !record;
    if (recording->sync_point) *recording->sync_point = (cl_sync_point_khr)buffer->count;
    return CL_SUCCESS;
}

cl_int recording_end_mutable(struct recording *recording, cl_int error, struct kiln_mutable_command *handle)
{
    struct kiln_command_buffer *buffer = recording->buffer;
    if (!buffer) return error;
    if (!error) error = recording_append(recording);
    if (!error && handle) {
        handle->next = buffer->commands;
        buffer->commands = handle;
    }
    pthread_mutex_unlock(&buffer->lock);
    if (error && recording->command) command_free(recording->command);
    if (error) mutable_commands_free(handle);
    return error;
}

cl_int recording_end(struct recording *recording, cl_int error)
{
    return recording_end_mutable(recording, error, NULL);
}
