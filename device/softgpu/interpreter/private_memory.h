// Private memory: where a wave's scratch is accessed (isa/semantics/memory_private.h has its layout).
#pragma once

#include "device/softgpu/isa/semantics/memory_private.h"
#include "op.h"

// Bytes of scratch that each lane has.
static inline uint64_t private_limit(const struct wave *w)
{
    return w->group->scratch_wave_bytes >> private_shift(w->wave64);
}

// Stops the wave for an access at a private offset that is out of range.
enum wave_state private_stop(struct wave *w, const struct op *op, uint32_t offset);

// Runs `op` on one slice's private offsets. Returns false with the fault filled in where one is out of range.
bool private_run(struct wave *w, const struct op *op, unsigned slice, uint16_t exec, u32x16 offset);

// Runs `op` on one slice's addresses in `w->lanes`. Inactive lanes of its destination keep their values.
void access_run(struct wave *w, const struct op *op, unsigned slice, uint16_t exec);

// What compare-and-swap is recognised by: its data holds two values.
vector_fn mem_atomic_cmpswap, mem_atomic_cmpswap_x2, mem_atomic_fcmpswap, mem_atomic_fcmpswap_x2;
