#include "exec_vector.h"

#include "exec_scalar.h"
#include "modifiers.h"

// --- Plain instructions: sources and result as they lie in the registers
// --------------------------------------------

static inline __attribute__((always_inline)) void slice_run(struct wave *w, const struct op *op,
                                                            unsigned slice, uint16_t exec, unsigned d_dwords)
{
    const u32x16 *s0 = source_vector(w, &op->s[0], slice);
    const u32x16 *s1 = source_vector(w, &op->s[1], slice);
    const u32x16 *s2 = source_vector(w, &op->s[2], slice);
    u32x16 *d = destination_vector(w, op, slice);
    struct lanes *l = &w->lanes[slice];
    l->exec = exec;
    if (exec == 0xffff) {
        op->vector(d, s0, s1, s2, l);
    } else if (exec) {
        op->vector(w->result, s0, s1, s2, l);
        lanes_merge(d, w->result, d_dwords, exec);
    }
}

// One-dword results of register and constant sources: most instructions.
static enum wave_state run_vector32(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w);
    slice_run(w, op, 0, (uint16_t)exec, 1);
    slice_run(w, op, 1, (uint16_t)(exec >> 16), 1);
    NEXT(w, op);
}

static enum wave_state run_vector64(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w);
    for (unsigned slice = 0; slice < 4; slice++) slice_run(w, op, slice, (uint16_t)(exec >> 16 * slice), 1);
    NEXT(w, op);
}

void vector_broadcast(struct wave *w, const struct op *op)
{
    for (unsigned left = op->broadcast; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctz(left);
        const struct operand *in = &op->in->src[i];
        if (in->file == FILE_SPECIAL && scalar_computed(in)) scalar_compute(w, in);
        uint64_t value = in->file == FILE_SGPR ? wave_read64(w, in->index) : w->special;
        if (in->file == FILE_SPECIAL && !scalar_computed(in)) value = w->scc;
        w->broadcast[i][0] = (u32x16){0} + (uint32_t)value;
        if (op->broadcast_pair >> i & 1) w->broadcast[i][1] = (u32x16){0} + (uint32_t)(value >> 32);
    }
}

// The same with scalar sources, and results of any size.
static enum wave_state run_vector_broadcast(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w);
    vector_broadcast(w, op);
    for (unsigned slice = 0; slice < w->slices; slice++)
        slice_run(w, op, slice, (uint16_t)(exec >> 16 * slice), op->d_dwords);
    NEXT(w, op);
}

// Results of 16 bits: the register's other half is kept.
static enum wave_state run_vector_half(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w);
    vector_broadcast(w, op);
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16) {
        if (!(uint16_t)exec) continue;
        u32x16 *d = destination_vector(w, op, slice);
        struct lanes *l = &w->lanes[slice];
        l->exec = (uint16_t)exec;
        op->vector(w->result, source_vector(w, &op->s[0], slice), source_vector(w, &op->s[1], slice),
                   source_vector(w, &op->s[2], slice), l);
        w->result[0] = (d[0] & 0xffff0000) | (w->result[0] & 0xffff);
        lanes_merge(d, w->result, 1, (uint16_t)exec);
    }
    NEXT(w, op);
}

// --- Lane masks
// ------------------------------------------------------------------------------------------------------

// Carry-in and carry-out, v_cndmask, v_div_scale, v_div_fmas.
static enum wave_state run_vector_mask(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w), out = 0, in = 0;
    if (op->mask_in != MASK_NONE) in = wave_read_mask(w, op->mask_in);
    vector_broadcast(w, op);
    for (unsigned slice = 0; slice < w->slices; slice++) {
        struct lanes *l = &w->lanes[slice];
        uint16_t active = (uint16_t)(exec >> 16 * slice);
        l->mask_in = (uint16_t)(in >> 16 * slice);
        slice_run(w, op, slice, active, op->d_dwords);
        if (active) out |= (uint64_t)(l->mask_out & active) << 16 * slice;
    }
    if (op->mask_out != MASK_NONE) wave_write_mask(w, op->mask_out, out);
    NEXT(w, op);
}

static enum wave_state run_compare(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w), out = 0;
    vector_broadcast(w, op);
    for (unsigned slice = 0; slice < w->slices; slice++) {
        struct lanes *l = &w->lanes[slice];
        l->exec = (uint16_t)(exec >> 16 * slice);
        if (!l->exec) continue;
        op->vector(w->result, source_vector(w, &op->s[0], slice), source_vector(w, &op->s[1], slice), NULL,
                   l);
        out |= (uint64_t)(l->mask_out & l->exec) << 16 * slice;
    }
    wave_write_mask(w, op->mask_out, out);
    NEXT(w, op);
}

// --- Modified instructions
// ---------------------------------------------------------------------------------------

// The sources of one slice with all modifiers applied; returns the lanes that may be written.
static uint16_t sources_fetch(struct wave *w, const struct op *op, unsigned slice, uint16_t exec,
                              const u32x16 *sources[SOURCES_MAX])
{
    const struct modifiers *m = op->modifiers;
    for (unsigned i = 0; i < SOURCES_MAX; i++) {
        const struct operand *in = &op->in->src[i];
        unsigned count = in->dwords < 2 ? 1 : 2;
        sources[i] = source_vector(w, &op->s[i], slice);
        if (i == 0 && m->exchange.used) {
            exec = modifiers_exchange(&m->exchange, w->exchanged, sources[0], count, exec, slice);
            sources[0] = w->exchanged;
        }
        if (m->source[i].plain) continue;
        modifiers_fetch(m, i, w->fetched[i], sources[i], count);
        sources[i] = w->fetched[i];
    }
    return exec;
}

static enum wave_state run_vector_modified(struct wave *w, const struct op *op)
{
    const struct modifiers *m = op->modifiers;
    const u32x16 *sources[SOURCES_MAX];
    uint64_t exec = wave_exec(w), out = 0, in = 0;
    if (op->mask_in != MASK_NONE) in = wave_read_mask(w, op->mask_in);
    vector_broadcast(w, op);
    for (unsigned slice = 0; slice < w->slices; slice++) {
        struct lanes *l = &w->lanes[slice];
        uint16_t active = (uint16_t)(exec >> 16 * slice);
        if (!active) continue;
        l->exec = active;
        l->mask_in = (uint16_t)(in >> 16 * slice);
        l->clamp = op->in->clamp && !m->clamp;
        active = sources_fetch(w, op, slice, active, sources);
        op->vector(w->result, sources[0], sources[1], sources[2], l);
        l->clamp = false;
        out |= (uint64_t)(l->mask_out & active) << 16 * slice;
        if (!op->d_dwords) continue;
        u32x16 *d = destination_vector(w, op, slice);
        modifiers_finish(m, w->result, d, w->mode);
        lanes_merge(d, w->result, op->d_dwords, active);
    }
    if (op->mask_out != MASK_NONE) wave_write_mask(w, op->mask_out, out);
    NEXT(w, op);
}

// --- Lowering
// --------------------------------------------------------------------------------------------------------

static bool is_vector(unsigned encoding) { return encoding >= ENCODING_VOP1 && encoding <= ENCODING_VOP3P; }

handler_fn *vector_handler(const struct instruction *in)
{
    return is_vector(in->opcode->encoding) && in->opcode->vector ? run_vector_broadcast : NULL;
}

enum { MODIFIERS_VECTORS = (sizeof(struct modifiers) + sizeof(u32x16) - 1) / sizeof(u32x16) };

unsigned vector_constants(const struct instruction *in)
{
    unsigned count = MODIFIERS_VECTORS;
    for (unsigned i = 0; i < SOURCES_MAX; i++) count += in->src[i].dwords < 2 ? 1 : 2;
    return count;
}

static u32x16 *constants_take(struct region *region, unsigned count)
{
    u32x16 *taken = &region->constants[region->constants_used];
    region->constants_used += count;
    return taken;
}

static bool reads_scalar(const struct operand *in)
{
    enum { SCC = 253 };
    return in->file == FILE_SGPR || (in->file == FILE_SPECIAL && (scalar_computed(in) || in->index == SCC));
}

void vector_source(struct region *region, struct op *op, unsigned i, const struct operand *in)
{
    if (in->file == FILE_VGPR) {
        op->s[i] =
            (struct source){offsetof(struct wave, vgpr) + in->index * sizeof(u32x16), ~0, VGPR_SLICE_BYTES};
        return;
    }
    if (reads_scalar(in)) {
        op->s[i] = (struct source){offsetof(struct wave, broadcast) + i * sizeof(u32x16[2]), ~0, 0};
        op->broadcast |= (uint8_t)(1u << i);
        if (in->dwords > 1) op->broadcast_pair |= (uint8_t)(1u << i);
        return;
    }
    uint64_t value = 0;
    scalar_source(in, &value);
    unsigned count = in->dwords < 2 ? 1 : 2;
    u32x16 *constant = constants_take(region, count);
    constant[0] = (u32x16){0} + (uint32_t)value;
    if (count == 2) constant[1] = (u32x16){0} + (uint32_t)(value >> 32);
    op->s[i] = (struct source){(uintptr_t)constant, 0, 0};
}

// The SGPR that holds or takes lane mask `in`; NULL's masks go where nothing reads them.
static uint8_t mask_register(const struct operand *in)
{
    return in->file == FILE_SGPR ? (uint8_t)in->index : SGPR_SINK;
}

static void masks_lower(struct op *op)
{
    const struct instruction *in = op->in;
    op->mask_in = op->mask_out = MASK_NONE;
    if (in->opcode->flags & OPCODE_READS_VCC) op->mask_in = SGPR_VCC;
    for (unsigned i = 0; i < SOURCES_MAX; i++) {
        if (in->src[i].type == TYPE_LANE_MASK && in->src[i].file != FILE_NONE)
            op->mask_in = mask_register(&in->src[i]);
    }
    if (in->dst.type == TYPE_LANE_MASK) op->mask_out = mask_register(&in->dst);
    if (in->dst2.type == TYPE_LANE_MASK) op->mask_out = mask_register(&in->dst2);
    if (in->opcode->encoding == ENCODING_VOPC && in->opcode->flags & OPCODE_WRITES_EXEC)
        op->mask_out = SGPR_EXEC;
}

static handler_fn *handler_choose(const struct region *region, const struct op *op)
{
    const struct modifiers *m = op->modifiers;
    bool half = m && m->partial && m->shift == 0 && m->width == 16 && m->unused == SDWA_UNUSED_PRESERVE;
    bool other = m && (m->clamp || m->omod || m->exchange.used);
    for (unsigned i = 0; m && i < SOURCES_MAX; i++) other |= !m->source[i].plain;
    bool masks = op->mask_in != MASK_NONE || op->mask_out != MASK_NONE;
    if (other || op->in->clamp || (m && !half) || (half && masks)) return run_vector_modified;
    if (half) return run_vector_half;
    if (op->d_dwords == 0) return run_compare;
    if (masks) return run_vector_mask;
    if (op->broadcast || op->d_dwords > 1) return run_vector_broadcast;
    return region->wave64 ? run_vector64 : run_vector32;
}

void vector_lower(struct region *region, struct op *op)
{
    const struct instruction *in = op->in;
    struct modifiers *m = (struct modifiers *)constants_take(region, MODIFIERS_VECTORS);
    op->vector = in->opcode->vector;
    for (unsigned i = 0; i < SOURCES_MAX; i++) {
        if (in->src[i].type == TYPE_LANE_MASK)
            op->s[i] = op->s[0];
        else
            vector_source(region, op, i, &in->src[i]);
    }
    masks_lower(op);
    if (in->dst.file == FILE_VGPR) {
        op->d = (uint32_t)(offsetof(struct wave, vgpr) + in->dst.index * sizeof(u32x16));
        op->d_dwords = in->dst.dwords;
    }
    op->modifiers = modifiers_resolve(m, in) || in->clamp ? m : NULL;
    op->run = handler_choose(region, op);
}
