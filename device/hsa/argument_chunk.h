// Memory for kernel arguments, which packets refer to.
#pragma once

#include "runtime.h"

struct argument_chunk {
    struct argument_chunk *next;
    uint8_t *memory;
    size_t size, used; // multiples of what arguments are aligned to
};

enum { ARGUMENTS_ALIGN = 64 }; // at least any kernel's, and no two packets share a cache line

// What `size` bytes of arguments take.
static inline size_t argument_round(size_t size)
{
    return (size + ARGUMENTS_ALIGN - 1) & ~(size_t)(ARGUMENTS_ALIGN - 1);
}

// An empty one with room for `size` bytes, at least; NULL: out of memory.
struct argument_chunk *argument_chunk_create(const struct device *, size_t size);

// Memory for one packet's arguments. There is room for them.
static inline void *argument_chunk_take(struct argument_chunk *chunk, size_t size)
{
    void *memory = chunk->memory + chunk->used;
    chunk->used += argument_round(size);
    return memory;
}

// A list of them; NULL is nothing.
void argument_chunks_free(struct argument_chunk *);
