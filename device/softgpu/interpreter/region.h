// Decoding a region, and what lower.c does for each of its instructions.
#pragma once

#include "tier.h"

#include <pthread.h>
#include <stdatomic.h>

// What a region has to do with native code.
struct tier {
    pthread_mutex_t lock; // held while the maker begins
    struct tier_code code;
    struct tier_state {
        atomic_bool begun;   // the maker knows of it
        atomic_bool settled; // visits need not be told any more
        atomic_bool switched;
        atomic_uint heat;                // visits
        _Atomic(struct native *) native; // published with what belongs to it
    } forms[TIER_FORMS];
};

void tier_init(struct tier *tier);
void tier_end(struct tier *tier);

struct region {
    struct region *next;
    struct code_cache *cache;
    struct tier tier;
    bool wave64;
    size_t count;             // instructions
    struct instruction *code; // in ascending order of address
    uint64_t *address;        // of each
    const struct op **first;  // the op each begins with
    struct op *ops;
    u32x16 *constants; // vectors that ops' sources point to
    size_t constants_used, constants_size;
    struct modified *modified;
    size_t modified_used;
};

static inline void tier_visit(struct region *region, enum tier_form form, uint32_t mode, uint32_t waves)
{
    if (!atomic_load_explicit(&region->tier.forms[form].settled, memory_order_relaxed))
        tier_visit_first(region, form, mode, waves);
}

// NULL when memory is short.
struct region *region_decode(uint64_t entry, bool wave64);
void region_free(struct region *region);
// The op of the instruction at `pc`, NULL where the region holds no instruction that begins there.
const struct op *region_find(const struct region *region, uint64_t pc);

// How many ops instruction `in` becomes (0 for what does nothing here), and how many constant vectors they
// need at most.
unsigned lower_count(const struct instruction *in);
unsigned lower_constants(const struct instruction *in);
// Fills `op`, whose `in` and `pc` are set. `in->opcode` is NULL where nothing could be decoded.
void lower_instruction(struct region *region, struct op *op);
