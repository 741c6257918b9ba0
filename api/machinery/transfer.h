// Commands that move bytes between buffers and host memory: read, write, copy, in boxes or in a row, map and
// unmap.
#pragma once

#include "api/machinery/command.h"
#include "api/memory.h"

struct transfer {
    struct kiln_memory *memories[2]; // kept alive until the command has ended; NULL: none
    struct memory_map *map;          // likewise, with its staging memory
    struct executable *code;         // likewise: one of its variables
    struct device_rect to, from;
    size_t extent[3]; // bytes, rows, slices; no bytes: a command that only keeps its place in the queue
};

// Copies the description, retains the buffers; enqueues. For those without a mapping.
cl_int transfer_enqueue(const struct command_request *, const struct transfer *);

// In two steps, for what must not be lost when memory is short: a command that moves nothing yet. The caller
// fills it in, with buffers that it has retained, and enqueues or frees it.
cl_int transfer_create(const struct command_request *, struct command **, struct transfer **);
