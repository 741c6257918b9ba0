// Decoded code: from an address to the ops that run it.
//
// A region is all the code that branches and calls of known code reach from one entry, decoded at once; other
// computed jumps look their target up. Where invalidation finds that some code has changed, a new cache
// begins, with the regions whose code has not: they are shared, with what is known of them and their native
// code. The old cache goes when the last compute unit that used it lets go.
#pragma once

#include "op.h"

// The current cache, with a reference that the caller owns; NULL when memory is short.
struct code_cache *code_cache_acquire(void);
void code_cache_release(struct code_cache *cache);
// Whether `cache` is still the current one.
bool code_cache_current(const struct code_cache *cache);

// An op, and the region that it is in.
struct found {
    const struct op *op; // NULL: memory is short
    struct region *region;
};

// The op at `pc`, decoded if it has not been. An address whose instruction cannot be read or decoded yields
// an op that faults when run.
struct found code_cache_find(struct code_cache *cache, uint64_t pc, bool wave64);
