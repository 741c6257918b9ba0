// Decoding a region, and what lower.c does for each of its instructions.
#pragma once

#include "tier.h"

#include <pthread.h>
#include <stdatomic.h>

// What a region has to do with native code.
struct tier {
    pthread_mutex_t lock; // held while the maker begins
    struct tier_code code;
    atomic_uint form;            // enum tier_form: of the last work-group
    atomic_bool is_short;        // as the last time that was told says
    atomic_uint_fast64_t untold; // work-groups since then
    struct tier_state {
        atomic_bool begun;   // the maker knows of it
        atomic_bool settled; // nothing need be told any more
        atomic_bool switched;
        atomic_uint_fast64_t heat;       // nanoseconds of interpreting for want of it
        _Atomic(struct native *) native; // published with what belongs to it
    } forms[TIER_FORMS];
};

void tier_init(struct tier *tier);
void tier_end(struct tier *tier);

struct region {
    atomic_uint references; // of caches, and of whoever makes native code of it
    atomic_bool expired;    // its code has changed since
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

static inline void tier_begin(struct region *region, enum tier_form form, uint32_t mode)
{
    if (!atomic_load_explicit(&region->tier.forms[form].begun, memory_order_acquire))
        tier_begin_first(region, form, mode);
}

// No time need be told any more once it is settled whether there is native code to come.
static inline bool tier_settled(const struct region *region, enum tier_form form)
{
    return atomic_load_explicit(&region->tier.forms[form].settled, memory_order_relaxed);
}

static inline uint64_t tier_enter(struct region *region, uint64_t groups)
{
    enum tier_form form = atomic_load_explicit(&region->tier.form, memory_order_relaxed);
    return tier_settled(region, form) ? 0 : tier_enter_first(region, groups);
}

static inline uint64_t tier_stay(struct region *region, enum tier_form form, uint32_t mode, uint64_t since)
{
    return tier_settled(region, form) ? 0 : tier_stay_first(region, form, mode, since);
}

static inline uint64_t tier_last(struct region *region, uint32_t mode, uint64_t since)
{
    bool asked = tier_settled(region, TIER_GROUPS) && !tier_settled(region, TIER_WAVES);
    return asked ? tier_last_first(region, mode, since) : since;
}

static inline void tier_call(struct region *region, uint32_t mode)
{
    if (!tier_settled(region, TIER_WAVES)) tier_call_first(region, mode);
}

// With one reference, the caller's; NULL when memory is short.
struct region *region_decode(uint64_t entry, bool wave64);
void region_hold(struct region *region);
void region_release(struct region *region);
// Whether memory holds what it was decoded from. False, too, where that cannot be told. On a thread that has
// made sure of the handlers of faults.
bool region_unchanged(const struct region *region);

static inline bool region_expired(const struct region *region)
{
    return atomic_load_explicit(&region->expired, memory_order_relaxed);
}

// The op of the instruction at `pc`, NULL where the region holds no instruction that begins there.
const struct op *region_find(const struct region *region, uint64_t pc);

// How many ops instruction `in` becomes (0 for what does nothing here), and how many constant vectors they
// need at most.
unsigned lower_count(const struct instruction *in);
unsigned lower_constants(const struct instruction *in);
// Fills `op`, whose `in` and `pc` are set. `in->opcode` is NULL where nothing could be decoded.
void lower_instruction(struct region *region, struct op *op);
