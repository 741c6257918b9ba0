// The vector ALU: lane by lane instructions (VOP1, VOP2, VOPC, VOP3, VOP3P) in all their forms.
#pragma once

#include "region.h"

// The handler of a vector instruction that has a meaning; NULL for others.
handler_fn *vector_handler(const struct instruction *in);
// How many constant vectors (and modifier records, which lie among them) it needs at most.
unsigned vector_constants(const struct instruction *in);
// Resolves its operands, with room for constants in `region`; picks among the handlers.
void vector_lower(struct region *region, struct op *op);

// Resolves operand `in` as the vector source `i` of `op`.
void vector_source(struct region *region, struct op *op, unsigned i, const struct operand *in);
// Spreads the scalar sources of `op` to lanes; run before its sources are looked at.
void vector_broadcast(struct wave *w, const struct op *op);

// `d` becomes `result` in the lanes of `exec`.
static inline void lanes_merge(u32x16 *d, const u32x16 *result, unsigned count, uint16_t exec)
{
    typedef bool lane_bits __attribute__((ext_vector_type(16)));
    i32x16 active = __builtin_convertvector(__builtin_bit_cast(lane_bits, exec), i32x16) != 0;
    for (unsigned k = 0; k < count; k++) d[k] = active ? result[k] : d[k];
}
