// A kept result as the bytes of a file: a header with a digest of all that follows, and kilnc's answer.
#pragma once

#include "cache.h"
#include "compiler/buffer.h"

// Appends an entry. Out of memory shows in the buffer.
void cache_entry_encode(const struct digest *name, const struct compiler_result *result, struct buffer *out);

// Fills `result` and returns true where these bytes are, to the last one, what cache_entry_encode wrote for
// this name.
bool cache_entry_decode(const struct digest *name, const void *bytes, size_t size,
                        struct compiler_result *result);
