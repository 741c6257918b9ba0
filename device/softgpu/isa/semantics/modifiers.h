// Modifiers of vector operands: SDWA selection, DPP lane exchange, op_sel, neg and abs on the way in; clamp,
// omod and partial writes on the way out. Resolved once; applied by whoever runs the instruction's meaning.
#pragma once

#include "device/softgpu/isa/table/isa.h"

enum { SOURCES_MAX = 3, EXCHANGE_LANES = 16 };

enum source_select {
    SELECT_ALL,
    SELECT_FIELD,  // a byte or half, extended: shift left, then right
    SELECT_HALVES, // VOP3P: either half to either half
    SELECT_F16,    // fma_mix: one half, converted to f32
};

struct source_modifier {
    uint8_t select; // enum source_select
    uint8_t left, right;
    bool sign;
    bool low_from_high, high_from_high; // SELECT_HALVES
    uint8_t top;                        // which dword `keep` and `flip` change
    uint32_t keep, flip;                // abs, then neg
    bool plain;                         // nothing to do at all
};

// DPP: where each lane of a row takes source 0 from.
struct lane_exchange {
    bool used;
    bool bound_zero; // lanes without a source read 0; else they are not written
    bool fetch_inactive;
    uint8_t lane[EXCHANGE_LANES];
    uint16_t valid; // lanes that have a source
    uint16_t write; // bank mask
    uint8_t rows;   // row mask
};

struct modifiers {
    struct source_modifier source[SOURCES_MAX];
    struct lane_exchange exchange;
    uint8_t float_type; // enum value_type of a float result that clamp and omod act on, TYPE_NONE for none
    bool clamp;
    uint8_t omod;
    bool partial; // only `width` bits at `shift` are the instruction's
    uint8_t shift, width;
    uint8_t unused; // enum sdwa_unused: what becomes of the others
};

void modifiers_resolve(struct modifiers *m, const struct instruction *in);

// Applies source i's modifiers to `count` dwords at `from`, with the result in `to`, which may not alias.
void modifiers_fetch(const struct modifiers *m, unsigned i, u32x16 *to, const u32x16 *from, unsigned count);

// Exchanges the lanes of `count` dwords. `exec` is the row's; returns the lanes that may be written.
uint16_t modifiers_exchange(const struct lane_exchange *x, u32x16 *to, const u32x16 *from, unsigned count,
                            uint16_t exec, unsigned row);

// Applies omod, clamp and partial writes: `result` is changed to what the register becomes, `old` is what it
// holds.
void modifiers_finish(const struct modifiers *m, u32x16 *result, const u32x16 *old, uint32_t mode);
