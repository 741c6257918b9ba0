// MUBUF: memory through buffer descriptors.
#pragma once

#include "op.h"

// A buffer descriptor ("RDNA 2" ISA guide, chapter 8.1.8).
struct buffer {
    uint64_t base;
    uint32_t stride, records;
    bool swizzle, add_lane;
    unsigned bounds; // enum buffer_bounds
};

struct buffer buffer_decode(const uint32_t *words);

// Sets the addresses of one slice; returns the lanes of `exec` whose `size` bytes are in range.
uint16_t buffer_addresses(struct wave *w, const struct op *op, const struct buffer *b, unsigned slice,
                          uint16_t exec, unsigned size);

// The handler of a MUBUF instruction that has a meaning.
handler_fn *buffer_handler(const struct instruction *in);

// The handler of one that converts formats and is executed; NULL for others.
handler_fn *buffer_format_handler(const struct instruction *in);
