// printf in kernels. LLVM lowers each call to a record in a buffer that the dispatch brings along: the number
// of the format string, then the arguments' bytes; the format strings themselves are in the code object's
// metadata. The buffer begins with two 32-bit words, the bytes of records so far and the buffer's size; a
// kernel that finds no room left prints nothing and printf returns -1. Source: LLVM,
// AMDGPUPrintfRuntimeBinding; ROCm device libraries, __printf_alloc; OpenCL C 3.0, 6.15.14.
#pragma once

#include "api/context.h"
#include "compiler/client/metadata.h"

#include <stdio.h>

enum {
    PRINTF_BUFFER_SIZE = 1 << 20, // CL_DEVICE_PRINTF_BUFFER_SIZE
    PRINTF_UNWRITTEN = 0xa5,      // what buffers are filled with at first
};

// An empty buffer for dispatches that come one after the other, within the host's reach. Reference-counted.
struct printf_buffer;
cl_int printf_buffer_create(struct kiln_context *, struct printf_buffer **);
void printf_buffer_retain(struct printf_buffer *);
void printf_buffer_release(struct printf_buffer *);
void *printf_buffer_address(const struct printf_buffer *); // as kernels see it

// Writes what a dispatch printed to the standard output, in the order of its records, and flushes it. The
// buffer is empty afterwards.
void printf_buffer_print(struct printf_buffer *, const struct program_metadata *);

// Writes the text of `size` bytes of records. Stops at the first that does not make sense and returns false.
bool printf_render(const struct program_metadata *, const uint8_t *records, size_t size, FILE *out);
