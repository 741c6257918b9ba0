// Recording a command: what all clCommand* share.
#pragma once

#include "api/command_buffer.h"
#include "api/machinery/command.h"

// Their first and last parameters, as the application gave them.
struct recording_terms {
    cl_command_buffer_khr buffer;
    cl_command_queue queue;
    const command_properties *properties;
    cl_uint wait_count;
    const cl_sync_point_khr *wait;
    cl_sync_point_khr *sync_point;
    cl_mutable_command_khr *handle;
};

// Between its beginning and its end the buffer is locked.
struct recording {
    struct kiln_command_buffer *buffer; // NULL: it did not begin
    struct command_request request;     // for what makes the command
    struct command *command;            // NULL: none was made
    cl_sync_point_khr *sync_point;
};

// The errors that are the same for all, in the specification's order: CL_INVALID_COMMAND_BUFFER_KHR,
// CL_INVALID_COMMAND_QUEUE, CL_INVALID_OPERATION, CL_INVALID_VALUE, CL_INVALID_SYNC_POINT_WAIT_LIST_KHR.
cl_int recording_begin(struct recording *, const struct recording_terms *, cl_command_type);

// The same where there may be properties and a handle.
cl_int recording_begin_mutable(struct recording *, const struct recording_terms *, cl_command_type);

// Appends the command (none: what is to become of it is not known yet), with its handle (NULL: none), unless
// there is an error by now. Returns that error, or its own.
cl_int recording_end_mutable(struct recording *, cl_int error, struct kiln_mutable_command *);
cl_int recording_end(struct recording *, cl_int error);
