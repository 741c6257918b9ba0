// The fields that messages and what is derived from them are made of: 64-bit numbers in the machine's byte
// order, and blobs and strings with their length before them. Readers trust nothing.
#pragma once

#include "compiler/buffer.h"
#include "compiler/job.h"

#include <stdint.h>

void number_write(struct buffer *out, uint64_t number);
void blob_write(struct buffer *out, const void *data, size_t size);
void string_write(struct buffer *out, const char *string); // with its NUL: readers use it in place

// What is left to read; `bad` once a field did not fit, and then all further ones read as 0 or empty.
struct reader {
    const char *next;
    size_t left;
    bool bad;
};

uint64_t number_read(struct reader *reader);
struct compiler_blob blob_read(struct reader *reader); // leads into what is read
const char *string_read(struct reader *reader);

// The number of things that follow; each takes at least `least` bytes, which bounds what is allocated for
// them.
size_t count_read(struct reader *reader, size_t least);
