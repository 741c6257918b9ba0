// Mutable commands (cl_khr_command_buffer_mutable_dispatch): recorded kernels that the application has
// handles of, to ask and, where the command buffer allows it, to change.
#pragma once

#include "api/command_buffer.h"
#include "api/kernel.h"

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
