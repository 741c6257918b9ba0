// The device's memory is the host's, at the same address. Only the GPU's instructions are ever in it: none of
// it is executable to the host.
#pragma once

#include "thunk.h"

// Reserves `size` bytes aligned to `alignment` (a power of two, a page at least) and maps `file` there,
// anonymous memory if it is -1. NULL when there is no room.
void *memory_map(uint64_t size, uint64_t alignment, int file);

// The alignment of a block: 2 MiB for what fills that, so that it can be huge pages and be shared.
uint64_t memory_alignment(uint64_t size);

// A file of `size` bytes that exists in memory only, for blocks that other processes may map. -1 on failure.
int memory_file_create(uint64_t size);

// Whether a file is one that memory_file_create made, in whichever process: by its name and its seals, so
// that its size cannot change under who maps it.
bool memory_file_is(int file);
