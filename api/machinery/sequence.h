// What recorded commands make together: runs of dispatches as batches, and what lies between them. It does
// not change, and is shared by the command buffer it is of and by its submissions.
#pragma once

#include "api/machinery/command.h"

#include <stdatomic.h>

// One recorded command, which a command buffer and its sequences share.
struct record {
    _Atomic(uint32_t) references;
    struct command *command;
};

// Has the command from here on, unless it returns CL_OUT_OF_HOST_MEMORY.
cl_int record_create(struct command *, struct record **);
void record_release(struct record *); // NULL is nothing

struct sequence;

// Of `count` commands, to be carried out in this order on this device.
cl_int sequence_create(struct device *, struct record *const *, size_t count, struct sequence **);
void sequence_retain(struct sequence *);
void sequence_release(struct sequence *);

// Enqueues all of it as one command.
cl_int sequence_enqueue(const struct command_request *, struct sequence *);
