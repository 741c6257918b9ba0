// The memory the device knows, by address.
#pragma once

#include "machine.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block {
    uint8_t *base;
    uint64_t size; // bytes
    HSA_POINTER_TYPE type;
    uint32_t node; // where it lives
    HsaMemFlags flags;
    uint32_t registrations; // of user memory: how often
    bool mapped;            // to the GPU's node, as a whole
    int file;               // memfd that backs it, -1: none
    void *user_data;
};

// A set of blocks in ascending order of address. Blocks of device memory never overlap; registered user
// memory may.
struct block_set {
    struct block **blocks;
    size_t count, room;
};

// What was allocated or imported, and what the application registered. Guarded by `blocks_lock`.
extern struct block_set blocks_allocated, blocks_registered;
void blocks_lock(void);
void blocks_unlock(void);
void blocks_reset_after_fork(void);

// Returns false when memory is short.
bool block_add(struct block_set *set, struct block *block);
void block_remove(struct block_set *set, const struct block *block);

// The block that begins at `address`, and the one (the last to begin) that contains it; NULL when there is
// none.
struct block *block_at(const struct block_set *set, const void *address);
struct block *block_around(const struct block_set *set, const void *address);

// Of either set, allocated memory first.
struct block *block_lookup(const void *address);

// Copies up to `size` bytes from `address`, as many as can be read; returns their number.
typedef size_t guarded_read_fn(void *to, uint64_t address, size_t size);

// Copies `size` bytes from `address`; false where they are not all in one block. What the application
// registered it may have unmapped since: that is left to `guarded`, with the blocks unlocked.
bool block_read(void *to, uint64_t address, size_t size, guarded_read_fn *guarded);
