// Command buffers: commands of one queue, recorded once and enqueued as one command any number of times. They
// are carried out in the order in which they were recorded, so that what they wait for has always ended.
#pragma once

#include "api/command_buffer_khr.h"
#include "api/machinery/sequence.h"
#include "api/object.h"
#include "api/queue.h"

#include <pthread.h>

struct kiln_mutable_command;

struct kiln_command_buffer {
    struct object object;
    struct kiln_queue *queue; // retained
    cl_command_buffer_properties_khr *property_list;
    size_t property_count; // with the terminating 0; 0: none were given
    cl_command_buffer_flags_khr flags;
    cl_bitfield asserts;  // CL_MUTABLE_DISPATCH_ASSERT_…
    pthread_mutex_t lock; // guards what follows
    bool finalized;
    struct record **records; // a sync point is its command's number here, from 1 on
    size_t count, room;
    size_t unready;            // records that are NULL: commands whose arguments are not all set yet
    struct sequence *sequence; // of the records as they are; NULL: still to be made
    struct kiln_mutable_command *commands; // of which the application has handles
};

static inline struct kiln_command_buffer *command_buffer_from(cl_command_buffer_khr handle)
{
    return (struct kiln_command_buffer *)handle;
}
static inline cl_command_buffer_khr command_buffer_handle(const struct kiln_command_buffer *buffer)
{
    return (cl_command_buffer_khr)(uintptr_t)buffer;
}
static inline bool command_buffer_is(cl_command_buffer_khr handle)
{
    return object_is(handle, OBJECT_COMMAND_BUFFER);
}

// With the lock held, once records have changed: their sequence as it was, for the caller to release without
// the lock; NULL: none was made.
struct sequence *command_buffer_changed(struct kiln_command_buffer *);
