// The vector ALU: lane by lane instructions (VOP1, VOP2, VOPC, VOP3, VOP3P) in all their forms.
#pragma once

#include "region.h"

// Whether `in` is a vector instruction that has a meaning.
bool vector_executes(const struct instruction *in);
// How many constant vectors it needs at most.
unsigned vector_constants(const struct instruction *in);
// Resolves its operands, with room for constants in `region`, and picks its handler.
void vector_lower(struct region *region, struct op *op);

// Resolves operand `in` as the vector source `i` of `op`.
void vector_source(struct region *region, struct op *op, unsigned i, const struct operand *in);

// How an instruction runs, from the simplest on.
enum vector_kind {
    KIND_PLAIN,     // sources and result as they lie in the registers
    KIND_BROADCAST, // with scalar sources
    KIND_SIGNS,     // with neg or abs, too
    KIND_MASK,      // with lane masks besides
    KIND_COMPARE,   // with a lane mask as the only result
    KIND_HALF,      // with a 16-bit result
    KIND_MODIFIED,  // with any modifiers
    KIND_COUNT
};

enum { BROADCAST_COMPUTED = 1 << 7 }; // in op.broadcast: a source is VCCZ or EXECZ
void vector_broadcast_computed(struct wave *w, const struct op *op);

// Spreads the scalar sources of `op` to the lanes of `slices`; run before its sources are looked at.
static inline void vector_broadcast(struct wave *w, const struct op *op, unsigned slices)
{
    unsigned left = op->broadcast;
    if (left & BROADCAST_COMPUTED) vector_broadcast_computed(w, op);
    for (left &= 7; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctz(left);
        const uint32_t *words = (const uint32_t *)((char *)w + op->broadcast_from[i]);
        for (unsigned slice = 0; slice < slices; slice++) {
            u32x16 *to = wave_vgpr(w, slice, VGPR_BROADCAST + 2 * i);
            to[0] = (u32x16){0} + words[0];
            if (op->broadcast_pair >> i & 1) to[1] = (u32x16){0} + words[1];
        }
    }
}

// `d` becomes `result` in the lanes of `exec`.
static inline void lanes_merge(u32x16 *d, const u32x16 *result, unsigned count, uint16_t exec)
{
    typedef bool lane_bits __attribute__((ext_vector_type(16)));
    i32x16 active = __builtin_convertvector(__builtin_bit_cast(lane_bits, exec), i32x16) != 0;
    for (unsigned k = 0; k < count; k++) d[k] = active ? result[k] : d[k];
}
