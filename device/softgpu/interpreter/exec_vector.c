#include "exec_vector.h"

#include "exec_scalar.h"
#include "inlined.h"
#include "vector_run.h"

#include <immintrin.h>

// A handler in both widths, of `body(w, op, meaning, slices)`.
#define HANDLERS(name, body)                                                                                 \
    static enum wave_state name##_wave32(struct wave *w, const struct op *op)                                \
    {                                                                                                        \
        body(w, op, op->vector, 2);                                                                          \
        NEXT(w, op);                                                                                         \
    }                                                                                                        \
    static enum wave_state name##_wave64(struct wave *w, const struct op *op)                                \
    {                                                                                                        \
        body(w, op, op->vector, 4);                                                                          \
        NEXT(w, op);                                                                                         \
    }

// --- Simple instructions ---

void vector_partial_run(struct wave *w, const struct op *op, uint64_t exec)
{
    for (unsigned slice = 0; exec; slice++, exec >>= 16) {
        uint16_t active = (uint16_t)exec;
        if (!active) continue;
        w->lanes[slice].exec = active;
        meaning_run(w, op, op->vector, slice, w->result);
        lanes_merge(destination_vector(w, op, slice), w->result, op->d_dwords, active);
    }
}

HANDLERS(run_plain, slices_plain)
HANDLERS(run_broadcast, slices_broadcast)
HANDLERS(run_mask, slices_mask)
HANDLERS(run_compare, slices_compare)

HANDLERS(run_signs, slices_signs)

// Results of 16 bits: the register's other half is kept.
INLINE void slices_half(struct wave *w, const struct op *op, vector_fn *meaning, unsigned slices)
{
    uint64_t exec = mask_read(w, SGPR_EXEC, slices);
    vector_broadcast(w, op, slices);
    for (unsigned slice = 0; slice < slices; slice++, exec >>= 16) {
        if (!(uint16_t)exec) continue;
        u32x16 *d = destination_vector(w, op, slice);
        meaning_run(w, op, meaning, slice, w->result);
        w->result[0] = (d[0] & 0xffff0000) | (w->result[0] & 0xffff);
        lanes_merge(d, w->result, 1, (uint16_t)exec);
    }
}

HANDLERS(run_half, slices_half)

// --- Modified instructions ---

// The sources of one slice with all modifiers applied; returns the lanes that may be written.
static uint16_t sources_fetch(struct wave *w, const struct op *op, unsigned slice, uint16_t exec)
{
    const struct modifiers *m = &op->modified->modifiers;
    for (unsigned i = 0; i < SOURCES_MAX; i++) {
        const u32x16 *from = source_vector(w, &op->modified->source[i], slice);
        unsigned count = op->in->src[i].dwords < 2 ? 1 : 2;
        if (i == 0 && m->exchange.used) {
            u32x16 *exchanged = wave_vgpr(w, slice, VGPR_EXCHANGED);
            exec = modifiers_exchange(&m->exchange, exchanged, from, count, exec, slice);
            from = exchanged;
        } else if (m->source[i].plain) {
            continue;
        }
        modifiers_fetch(m, i, wave_vgpr(w, slice, VGPR_FETCHED + 2 * i), from, count);
    }
    return exec;
}

INLINE void slices_modified(struct wave *w, const struct op *op, vector_fn *meaning, unsigned slices)
{
    const struct modifiers *m = &op->modified->modifiers;
    uint64_t exec = mask_read(w, SGPR_EXEC, slices), out = 0, in = 0;
    if (op->mask_in != MASK_NONE) in = mask_read(w, op->mask_in, slices);
    vector_broadcast(w, op, slices);
    for (unsigned slice = 0; slice < slices; slice++) {
        struct lanes *l = &w->lanes[slice];
        uint16_t active = (uint16_t)(exec >> 16 * slice);
        if (!active) continue;
        l->mask_in = (uint16_t)(in >> 16 * slice);
        l->clamp = op->in->clamp && !m->clamp;
        active = sources_fetch(w, op, slice, active);
        meaning_run(w, op, meaning, slice, w->result);
        l->clamp = false;
        out |= (uint64_t)(l->mask_out & active) << 16 * slice;
        if (!op->d_dwords) continue;
        u32x16 *d = destination_vector(w, op, slice);
        modifiers_finish(m, w->result, d, w->mode);
        lanes_merge(d, w->result, op->d_dwords, active);
    }
    if (op->mask_out != MASK_NONE) mask_write(w, op->mask_out, slices, out);
}

HANDLERS(run_modified, slices_modified)

// --- Arithmetic that is not f32's: the host's rounding and flushing are another's for the instruction ---

#define OTHER_BODY(body)                                                                                     \
    INLINE void body##_other(struct wave *w, const struct op *op, vector_fn *meaning, unsigned slices)       \
    {                                                                                                        \
        unsigned mxcsr = w->mxcsr[op->arithmetic], usual = w->mxcsr[ARITHMETIC_F32];                         \
        if (mxcsr != usual) _mm_setcsr(mxcsr);                                                               \
        body(w, op, meaning, slices);                                                                        \
        if (mxcsr != usual) _mm_setcsr(usual);                                                               \
    }

OTHER_BODY(slices_broadcast)
OTHER_BODY(slices_signs)
OTHER_BODY(slices_half)
OTHER_BODY(slices_mask)
OTHER_BODY(slices_compare)
OTHER_BODY(slices_modified)
HANDLERS(run_broadcast_other, slices_broadcast_other)
HANDLERS(run_signs_other, slices_signs_other)
HANDLERS(run_half_other, slices_half_other)
HANDLERS(run_mask_other, slices_mask_other)
HANDLERS(run_compare_other, slices_compare_other)
HANDLERS(run_modified_other, slices_modified_other)

// --- Lowering: operands ---

static bool is_vector(unsigned encoding) { return encoding >= ENCODING_VOP1 && encoding <= ENCODING_VOP3P; }

bool vector_executes(const struct instruction *in)
{
    return is_vector(in->opcode->encoding) && in->opcode->vector;
}

static unsigned rows_of(const struct operand *in) { return in->dwords ? in->dwords : 1; }

unsigned vector_constants(const struct instruction *in)
{
    unsigned count = 0;
    for (unsigned i = 0; i < SOURCES_MAX; i++) count += rows_of(&in->src[i]);
    return count;
}

static uint32_t dword_of(uint64_t value, unsigned k) { return k < 2 ? (uint32_t)(value >> 32 * k) : 0; }

static bool is_constant(const u32x16 *rows, uint64_t value, unsigned count)
{
    for (unsigned k = 0; k < count; k++)
        if (rows[k][0] != dword_of(value, k)) return false;
    return true;
}

// `value` in all lanes, of as many dwords. Recent constants are shared: few cache lines make for fast loops.
static const u32x16 *constant_take(struct region *region, uint64_t value, unsigned count)
{
    enum { RECENT = 64 };
    u32x16 *fresh = &region->constants[region->constants_used];
    size_t recent = region->constants_used < RECENT ? region->constants_used : RECENT;
    for (const u32x16 *old = fresh - recent; old + count <= fresh; old++)
        if (is_constant(old, value, count)) return old;
    for (unsigned k = 0; k < count; k++) fresh[k] = (u32x16){0} + dword_of(value, k);
    region->constants_used += count;
    return fresh;
}

static struct source register_source(unsigned index)
{
    return (struct source){offsetof(struct wave, vgpr) + index * sizeof(u32x16), UINTPTR_MAX};
}

void vector_broadcast_computed(struct wave *w, const struct op *op)
{
    for (unsigned i = 0; i < SOURCES_MAX; i++) {
        if (scalar_computed(&op->in->src[i])) scalar_compute(w, &op->in->src[i]);
    }
}

void vector_source(struct region *region, struct op *op, unsigned i, const struct operand *in)
{
    uint64_t value = 0;
    struct source scalar = scalar_source(in, &value);
    if (in->file == FILE_VGPR) {
        op->s[i] = register_source(in->index);
    } else if (scalar.mask) {
        op->s[i] = register_source(VGPR_BROADCAST + 2 * i);
        op->broadcast |= (uint8_t)(1u << i);
        op->broadcast_from[i] = (uint16_t)scalar.offset;
        if (in->dwords > 1) op->broadcast_pair |= (uint8_t)(1u << i);
        if (scalar_computed(in)) op->broadcast |= BROADCAST_COMPUTED;
    } else {
        const u32x16 *constant = constant_take(region, value, rows_of(in));
        op->s[i] = (struct source){(uintptr_t)constant, 0};
    }
}

static void masks_lower(struct op *op)
{
    struct lane_masks masks = lane_masks_of(op->in);
    op->mask_in = masks.in == MASK_NULL ? SGPR_ZERO : masks.in;
    op->mask_out = masks.out == MASK_NULL ? SGPR_SINK : masks.out;
}

// What a source is changed to lies in its VGPR_FETCHED slots by the time the instruction looks.
static void modified_lower(struct op *op, struct modified *m)
{
    for (unsigned i = 0; i < SOURCES_MAX; i++) {
        m->source[i] = op->s[i];
        bool exchanged = i == 0 && m->modifiers.exchange.used;
        if (!m->modifiers.source[i].plain || exchanged) op->s[i] = register_source(VGPR_FETCHED + 2 * i);
    }
}

// --- Lowering: handlers ---

static handler_fn *const handlers[][2] = {
    [KIND_PLAIN] = {run_plain_wave32, run_plain_wave64},
    [KIND_BROADCAST] = {run_broadcast_wave32, run_broadcast_wave64},
    [KIND_SIGNS] = {run_signs_wave32, run_signs_wave64},
    [KIND_HALF] = {run_half_wave32, run_half_wave64},
    [KIND_MASK] = {run_mask_wave32, run_mask_wave64},
    [KIND_COMPARE] = {run_compare_wave32, run_compare_wave64},
    [KIND_MODIFIED] = {run_modified_wave32, run_modified_wave64},
};

static handler_fn *const other_handlers[][2] = {
    [KIND_PLAIN] = {run_broadcast_other_wave32, run_broadcast_other_wave64},
    [KIND_BROADCAST] = {run_broadcast_other_wave32, run_broadcast_other_wave64},
    [KIND_SIGNS] = {run_signs_other_wave32, run_signs_other_wave64},
    [KIND_HALF] = {run_half_other_wave32, run_half_other_wave64},
    [KIND_MASK] = {run_mask_other_wave32, run_mask_other_wave64},
    [KIND_COMPARE] = {run_compare_other_wave32, run_compare_other_wave64},
    [KIND_MODIFIED] = {run_modified_other_wave32, run_modified_other_wave64},
};

static enum vector_kind kind_choose(const struct op *op, const struct modifiers *m)
{
    bool low_half = m->partial && m->shift == 0 && m->width == 16 && m->unused == SDWA_UNUSED_PRESERVE;
    bool masks = op->mask_in != MASK_NONE || op->mask_out != MASK_NONE;
    bool plain = true, signs = true;
    for (unsigned i = 0; i < SOURCES_MAX; i++) {
        plain &= m->source[i].plain;
        signs &= m->source[i].select == SELECT_ALL;
    }
    if (op->in->clamp || m->omod || m->exchange.used || (m->partial && !low_half)) return KIND_MODIFIED;
    if (!plain) return signs && !masks && !m->partial ? KIND_SIGNS : KIND_MODIFIED;
    if (m->partial) return masks ? KIND_MODIFIED : KIND_HALF;
    if (op->d_dwords == 0) return KIND_COMPARE;
    if (masks) return KIND_MASK;
    return op->broadcast ? KIND_BROADCAST : KIND_PLAIN;
}

void vector_lower(struct region *region, struct op *op)
{
    const struct instruction *in = op->in;
    struct modified *m = &region->modified[region->modified_used];
    op->vector = in->opcode->vector;
    for (unsigned i = 0; i < SOURCES_MAX; i++) {
        op->s[i] = register_source(0);
        bool absent = in->src[i].file == FILE_NONE || in->src[i].type == TYPE_LANE_MASK;
        if (!absent) vector_source(region, op, i, &in->src[i]);
    }
    masks_lower(op);
    if (in->dst.file == FILE_VGPR) {
        op->d = (uint32_t)register_source(in->dst.index).offset;
        op->d_dwords = in->dst.dwords;
    }
    modifiers_resolve(&m->modifiers, in);
    modified_lower(op, m);
    enum vector_kind kind = kind_choose(op, &m->modifiers);
    handler_fn *inlined = region->wave64 ? NULL : inlined_vector(in->opcode->id, kind);
    op->arithmetic = (uint8_t)arithmetic_of(in->opcode);
    handler_fn *const(*usual)[2] = op->arithmetic == ARITHMETIC_F32 ? handlers : other_handlers;
    op->run = inlined ? inlined : usual[kind][region->wave64];
    op->modified = m;
    if (kind == KIND_SIGNS || kind == KIND_MODIFIED) region->modified_used++;
}
