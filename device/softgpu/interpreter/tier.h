// Tiers: code is interpreted at first. When somebody has made native code for a region (translated.h), waves
// that come by one of its entries run that, in the middle of a dispatch; what it lacks is interpreted as
// before.
#pragma once

#include "device/softgpu/translator/translated.h"
#include "op.h"

struct region;

// What native code is for: each is made when there is somebody to run it.
enum tier_form { TIER_WAVES, TIER_GROUPS, TIER_FORMS };

// Native code that is ready to run. Its maker fills the first part and embeds it in what else belongs to it.
struct native {
    translated_fn *run;      // NULL: it is for whole work-groups
    const uint32_t *entries; // offsets
    uint32_t entry_count;
    uint32_t mode;                            // MODE that it holds for
    translated_group_fn *run_group;           // or NULL
    const struct translated_written *written; // of that
    // Whoever drops the last reference to the region may call this, on any thread.
    void (*release)(struct native *);

    // tier_switch's:
    uint64_t base; // of the region
    uint32_t size;
    const struct op *ops;
    uint32_t *op_at; // by offset / 4: 1 + index of the instruction's first op, 0 where none begins
    struct entrance *entrances;
    int32_t breaks; // what work-groups that could not be run whole have cost, less what the others made good
};

// The code of a region, as whoever translates it wants it. Lives as long as the region.
struct tier_code {
    const void *bytes; // from the lowest instruction to the end of the highest; 0 where there is none between
    uint32_t size;     // 0: too large, or spread too widely
    uint64_t base;     // address of the lowest
    uint32_t entry;    // offset of the instruction that the region was decoded from
    uint32_t instructions;
    bool wave64;
};

// Who makes native code. Both are called once a region and form, on a thread that is about to run it or is
// running it.
struct tier_maker {
    // It is about to run for the first time, with this MODE; others that want to run it wait meanwhile.
    void (*begun)(struct region *region, uint32_t mode, enum tier_form form);
    // It has been interpreted for so long that native code pays.
    void (*hot)(struct region *region, uint32_t mode, enum tier_form form);
};

// To be called before the first dispatch. NULL: everything is interpreted.
void tier_set_maker(const struct tier_maker *maker);

// For the maker: from a callback on, a reference keeps the region and its code.
void tier_hold(struct region *region);
void tier_let_go(struct region *region);
const struct tier_code *tier_code(const struct region *region);
bool tier_current(const struct region *region); // false: the code has been invalidated

// Has `native` run from now on; the region owns it. False, and it stays the caller's: its entries are none of
// the region's instructions, the region has some of its form already, or memory is short.
bool tier_switch(struct region *region, struct native *native);
bool tier_has(const struct region *region, enum tier_form form);

// --- for the interpreter ---

// A work-group, or waves, that may be native code of this form are about to run; called before they do.
void tier_begin_first(struct region *region, enum tier_form form, uint32_t mode);

// So many work-groups are about to run the region. Returns the thread's time if it is to be told how long
// they take, else 0.
uint64_t tier_enter_first(struct region *region, uint64_t groups);
// They have been at it since then (0: for a while), for want of native code, and go on. Returns the time if
// more is to be told, else 0.
uint64_t tier_stay_first(struct region *region, enum tier_form form, uint32_t mode, uint64_t since);
// One work-group, whose waves are run one by one while code for whole work-groups has been asked for, still
// runs. Such code comes too late for it: where it lasts as long as makes a region hot, code for waves is
// asked for. Returns since when it has (`since`; 0: from now on).
uint64_t tier_last_first(struct region *region, uint32_t mode, uint64_t since);
// They have ended. `since`: as tier_enter or tier_stay said.
void tier_leave(struct region *region, enum tier_form form, uint32_t mode, uint64_t since, uint64_t groups);
// A wave is about to jump into it.
void tier_call_first(struct region *region, uint32_t mode);

// The op at a wave's place in native code; NULL where that is none.
const struct op *tier_op(const struct native *native, uint32_t place);
