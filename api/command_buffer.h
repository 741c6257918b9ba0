// Command buffers: commands of one queue, recorded once and enqueued as one command any number of times. They
// are carried out in the order in which they were recorded, so that what they wait for has always ended.
#pragma once

#include "api/command_buffer_khr.h"
#include "api/kernel.h"
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

// ---- Mutable commands ---------------------------------------------------------------------------------

// Recorded kernels (cl_khr_command_buffer_mutable_dispatch) that the application has handles of, to ask and,
// where the command buffer allows it, to change.

// Of a launch, as the application gave it.
struct dispatch_range {
    cl_uint dimensions;
    bool local_given;
    size_t offset[3], global[3], local[3]; // 0 where not given
};

struct kiln_mutable_command {
    struct object object;
    struct kiln_mutable_command *next;  // of its command buffer's
    struct kiln_command_buffer *buffer; // whose it is
    size_t index;                       // of its record
    struct kiln_kernel *kernel;         // retained: the application's
    cl_bitfield fields;                 // that may be changed
    command_properties *property_list;
    size_t property_count; // with the terminating 0; 0: none were given
    // What it is by now, guarded by the buffer's lock.
    struct kiln_kernel *state; // a kernel of its own, with the arguments
    struct dispatch_range range;
};

static inline struct kiln_mutable_command *mutable_command_from(cl_mutable_command_khr handle)
{
    return (struct kiln_mutable_command *)handle;
}
static inline cl_mutable_command_khr mutable_command_handle(const struct kiln_mutable_command *command)
{
    return (cl_mutable_command_khr)(uintptr_t)command;
}
static inline bool mutable_command_is(cl_mutable_command_khr handle)
{
    return object_is(handle, OBJECT_MUTABLE_COMMAND);
}

// Ends all of a command buffer that is no more.
void mutable_commands_free(struct kiln_mutable_command *first);

// ---- Changes ------------------------------------------------------------------------------------------

// With the lock held, once records have changed: their sequence as it was, for the caller to release without
// the lock; NULL: none was made.
struct sequence *command_buffer_changed(struct kiln_command_buffer *);
