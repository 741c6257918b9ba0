// How the simple kinds of vector instructions run over the slices of a wave. `meaning` is a parameter so that
// the handlers of single instructions (inlined.h) have it inlined.
#pragma once

#include "exec_vector.h"

#define INLINE static inline __attribute__((always_inline))

// EXEC and other masks, read and written as wide as they are.
INLINE uint64_t mask_read(const struct wave *w, unsigned index, unsigned slices)
{
    return slices == 2 ? w->sgpr[index] : wave_read64(w, index);
}

INLINE void mask_write(struct wave *w, unsigned index, unsigned slices, uint64_t mask)
{
    w->sgpr[index] = (uint32_t)mask;
    if (slices == 4) w->sgpr[index + 1] = (uint32_t)(mask >> 32);
}

INLINE bool all_active(uint64_t exec, unsigned slices)
{
    return exec == (slices == 2 ? UINT32_MAX : UINT64_MAX);
}

INLINE void meaning_run(struct wave *w, const struct op *op, vector_fn *meaning, unsigned slice, u32x16 *d)
{
    meaning(d, source_vector(w, &op->s[0], slice), source_vector(w, &op->s[1], slice),
            source_vector(w, &op->s[2], slice), &w->lanes[slice]);
}

// The slices' lane masks together. Each is read as it was written, for compilers would read the last one with
// what follows it, and processors wait for both then.
INLINE uint64_t masks_join(const struct wave *w, unsigned slices)
{
    uint64_t out = 0;
    for (unsigned slice = 0; slice < slices; slice++)
        out |= (uint64_t)*(const volatile uint16_t *)&w->lanes[slice].mask_out << 16 * slice;
    return out;
}

// Where not all lanes are active: the result is merged, and slices with none are skipped.
void vector_partial_run(struct wave *w, const struct op *op, uint64_t exec);

// Sources and result as they lie in the registers.
INLINE void slices_plain(struct wave *w, const struct op *op, vector_fn *meaning, unsigned slices)
{
    uint64_t exec = mask_read(w, SGPR_EXEC, slices);
    if (!all_active(exec, slices)) {
        vector_partial_run(w, op, exec);
        return;
    }
    for (unsigned slice = 0; slice < slices; slice++)
        meaning_run(w, op, meaning, slice, destination_vector(w, op, slice));
}

// With scalar sources.
INLINE void slices_broadcast(struct wave *w, const struct op *op, vector_fn *meaning, unsigned slices)
{
    vector_broadcast(w, op, slices);
    slices_plain(w, op, meaning, slices);
}

// With neg or abs on sources, and nothing else.
INLINE void slices_signs(struct wave *w, const struct op *op, vector_fn *meaning, unsigned slices)
{
    vector_broadcast(w, op, slices);
    for (unsigned i = 0; i < SOURCES_MAX; i++) {
        const struct source_modifier *m = &op->modified->modifiers.source[i];
        if (m->plain) continue;
        for (unsigned slice = 0; slice < slices; slice++) {
            u32x16 *to = wave_vgpr(w, slice, VGPR_FETCHED + 2 * i);
            const u32x16 *from = source_vector(w, &op->modified->source[i], slice);
            if (m->top) to[0] = from[0];
            to[m->top] = (from[m->top] & m->keep) ^ m->flip;
        }
    }
    slices_plain(w, op, meaning, slices);
}

// With lane masks: carry-in and carry-out, v_cndmask, v_div_scale, v_div_fmas.
INLINE void slices_mask(struct wave *w, const struct op *op, vector_fn *meaning, unsigned slices)
{
    uint64_t exec = mask_read(w, SGPR_EXEC, slices);
    if (op->mask_in != MASK_NONE) {
        uint64_t in = mask_read(w, op->mask_in, slices);
        for (unsigned slice = 0; slice < slices; slice++)
            w->lanes[slice].mask_in = (uint16_t)(in >> 16 * slice);
    }
    slices_broadcast(w, op, meaning, slices);
    if (op->mask_out == MASK_NONE) return;
    mask_write(w, op->mask_out, slices, masks_join(w, slices) & exec);
}

// Comparisons: the mask is all there is.
INLINE void slices_compare(struct wave *w, const struct op *op, vector_fn *meaning, unsigned slices)
{
    vector_broadcast(w, op, slices);
    for (unsigned slice = 0; slice < slices; slice++) meaning_run(w, op, meaning, slice, w->result);
    mask_write(w, op->mask_out, slices, masks_join(w, slices) & mask_read(w, SGPR_EXEC, slices));
}
