// A decoded instruction made ready to run: its handler, and operands resolved to where they will lie.
#pragma once

#include "device/softgpu/isa/semantics/modifiers.h"
#include "wave.h"

// Runs `op` and, by a tail call, all that follows it, until the wave leaves the processor.
typedef enum wave_state handler_fn(struct wave *w, const struct op *op);

// A source: `offset` bytes into the wave (`mask` all ones), or at the absolute address `offset` (`mask` 0).
// The vector sources of slice k lie where the same offset leads to from k * VGPR_SLICE_BYTES into the wave.
struct source {
    uintptr_t offset, mask;
};

// A vector instruction's modifiers, and where its sources lie before those are applied.
struct modified {
    struct modifiers modifiers;
    struct source source[SOURCES_MAX];
};

struct op {
    _Alignas(64) handler_fn *run;
    union {
        vector_fn *vector;
        scalar_fn *scalar;
        uint64_t value; // control flow: return address
    };
    struct source s[3];
    uint32_t d; // offset of the destination in the wave, slice 0
    uint8_t d_dwords;
    uint8_t broadcast;         // bit i: source i is scalar, to be spread to lanes before the instruction
    uint8_t broadcast_pair;    // bit i: it has two dwords
    uint8_t mask_in, mask_out; // SGPR numbers of lane masks; MASK_NONE
    union {
        uint8_t access_bytes; // memory: bytes a lane
        uint8_t arithmetic;   // vector arithmetic: enum arithmetic
    };
    uint16_t broadcast_from[3]; // offsets in the wave
    uint64_t constant[2];       // scalar constants that `s` refers to
    union {
        const struct op *target;         // branches
        const struct modified *modified; // vector arithmetic with more than plain operands
        uint64_t offset;                 // memory: byte offset
    };
    const struct instruction *in;
    uint64_t pc;
    const struct entrance *entrance; // to native code; NULL: none
};
_Static_assert(sizeof(struct op) == 128, "");

// Other threads may put native code in the handler's place at any time (tier.h).
static inline handler_fn *op_handler(const struct op *op)
{
    return __atomic_load_n(&op->run, __ATOMIC_ACQUIRE);
}

#define NEXT(w, op)     __attribute__((musttail)) return op_handler((op) + 1)(w, (op) + 1)
#define JUMP(w, target) __attribute__((musttail)) return op_handler(target)(w, target)
// Goes on as another handler of the same op.
#define BECOME(run, w, op) __attribute__((musttail)) return run(w, op)

static inline void *source_at(const struct wave *w, const struct source *s)
{
    return (void *)(((uintptr_t)w & s->mask) + s->offset);
}

// A scalar source as 64 bits. Of a 32-bit one the high half is whatever lies beside it.
static inline uint64_t source_scalar(const struct wave *w, const struct source *s)
{
    const uint32_t *words = source_at(w, s);
    return words[0] | (uint64_t)words[1] << 32;
}

static inline uint32_t source_scalar32(const struct wave *w, const struct source *s)
{
    return *(const uint32_t *)source_at(w, s);
}

static inline const u32x16 *source_vector(const struct wave *w, const struct source *s, unsigned slice)
{
    return (const u32x16 *)((((uintptr_t)w + (uintptr_t)slice * VGPR_SLICE_BYTES) & s->mask) + s->offset);
}

static inline u32x16 *destination_vector(struct wave *w, const struct op *op, unsigned slice)
{
    return (u32x16 *)((char *)w + op->d + (size_t)slice * VGPR_SLICE_BYTES);
}
