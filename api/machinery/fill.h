// Commands that repeat a pattern over memory.
#pragma once

#include "api/machinery/command.h"
#include "api/memory.h"

// Whether a pattern is there, of a size that OpenCL C has a type of (a power of two up to 128 bytes), and the
// region's start (an offset, or an address where that is what has to be aligned) and size are multiples of
// it.
bool fill_is_valid(const void *pattern, size_t pattern_size, uintptr_t start, size_t size);

// Copies the pattern, retains the buffer (NULL: the memory is no buffer's), enqueues.
cl_int fill_enqueue(const struct command_request *, struct kiln_memory *, uint8_t *to, const void *pattern,
                    size_t pattern_size, size_t size);
