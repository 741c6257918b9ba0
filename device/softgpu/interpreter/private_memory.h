// A wave's scratch. Dwords of its lanes are interleaved: byte `o` of lane `l` lies at base + (o & ~3) * lanes
// + 4 * l
// + (o & 3), which is what a swizzled MUBUF descriptor, FLAT_SCRATCH and scratch_* instructions agree on.
#pragma once

#include "op.h"

// Runs `op` on one slice's private offsets. Returns false with the fault filled in where one is out of range.
bool private_run(struct wave *w, const struct op *op, unsigned slice, uint16_t exec, u32x16 offset);

// Bytes that `op` accesses for each lane.
unsigned access_size(const struct op *op);
// Runs `op` on one slice's addresses in `w->lanes`. Inactive lanes of its destination keep their values.
void access_run(struct wave *w, const struct op *op, unsigned slice, uint16_t exec);

// What compare-and-swap is recognised by: its data holds two values.
vector_fn mem_atomic_cmpswap, mem_atomic_cmpswap_x2, mem_atomic_fcmpswap, mem_atomic_fcmpswap_x2;
