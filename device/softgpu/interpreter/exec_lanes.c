#include "exec_lanes.h"

#include "exec_scalar.h"
#include "exec_vector.h"
#include "report.h"

static inline unsigned lane_count(const struct wave *w) { return w->slices * SLICE_LANES; }

// Source i of `op` in `lane`, whatever kind of operand it is.
static inline uint32_t source_lane(const struct wave *w, const struct op *op, unsigned i, unsigned lane)
{
    return ((const uint32_t *)source_vector(w, &op->s[i], lane / SLICE_LANES))[lane % SLICE_LANES];
}

static inline uint32_t *destination_lane(struct wave *w, const struct op *op, unsigned lane)
{
    return (uint32_t *)destination_vector(w, op, lane / SLICE_LANES) + lane % SLICE_LANES;
}

// --- Single lanes ---

static void write_scalar(struct wave *w, const struct op *op, uint32_t value)
{
    *(uint32_t *)((char *)w + op->d) = value;
}

// The first active lane's value; lane 0's where none is active.
static enum wave_state run_readfirstlane(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w);
    vector_broadcast(w, op, w->slices);
    write_scalar(w, op, source_lane(w, op, 0, exec ? (unsigned)__builtin_ctzll(exec) : 0));
    NEXT(w, op);
}

static enum wave_state run_readlane(struct wave *w, const struct op *op)
{
    vector_broadcast(w, op, w->slices);
    unsigned lane = source_lane(w, op, 1, 0) & (lane_count(w) - 1);
    write_scalar(w, op, source_lane(w, op, 0, lane));
    NEXT(w, op);
}

static enum wave_state run_writelane(struct wave *w, const struct op *op)
{
    vector_broadcast(w, op, w->slices);
    unsigned lane = source_lane(w, op, 1, 0) & (lane_count(w) - 1);
    *destination_lane(w, op, lane) = source_lane(w, op, 0, 0);
    NEXT(w, op);
}

// --- Values moved between lanes ---

static enum wave_state run_exchange(struct wave *w, const struct op *op)
{
    u32x16 d[SLICES_MAX], s[3][SLICES_MAX];
    uint64_t exec = wave_exec(w);
    const struct wave_lanes lanes = {.exec = exec,
                                     .slices = w->slices,
                                     .fetch_inactive = op->in->fetch_inactive,
                                     .bound_zero = op->in->bound_ctrl,
                                     .offset = (uint32_t)op->offset,
                                     .m0 = w->sgpr[SGPR_M0],
                                     .lds = w->lds,
                                     .lds_size = w->lanes[0].lds_size};
    vector_broadcast(w, op, w->slices);
    for (unsigned slice = 0; slice < w->slices; slice++) {
        d[slice] = *destination_vector(w, op, slice);
        for (unsigned i = 0; i < 3; i++) s[i][slice] = *source_vector(w, &op->s[i], slice);
    }
    op->in->opcode->lanes(d, s[0], s[1], s[2], &lanes);
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= SLICE_LANES)
        lanes_merge(destination_vector(w, op, slice), &d[slice], 1, (uint16_t)exec);
    NEXT(w, op);
}

// --- Whole registers: swaps, and moves with M0 added to a register number ---

enum { VGPR_COUNT = 256 };

static void register_move(struct wave *w, unsigned to, const struct op *op, const struct source *from)
{
    uint64_t exec = wave_exec(w);
    vector_broadcast(w, op, w->slices);
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16)
        lanes_merge(wave_vgpr(w, slice, to), source_vector(w, from, slice), 1, (uint16_t)exec);
}

static enum wave_state stop_register(struct wave *w, const struct op *op)
{
    return wave_stop(w, op, FAULT_ILLEGAL_INSTRUCTION, "it names no VGPR");
}

// VGPR_COUNT where there is none, as where the encoding names a special operand instead.
static inline unsigned relative_register(const struct operand *base, uint32_t by)
{
    bool is_vector = base->file == FILE_VGPR && by < VGPR_COUNT;
    return !is_vector || base->index + by >= VGPR_COUNT ? VGPR_COUNT : base->index + by;
}

static struct source register_source(unsigned index)
{
    return (struct source){offsetof(struct wave, vgpr) + index * sizeof(u32x16), UINTPTR_MAX};
}

// What a relative move adds to the numbers of its destination and its source.
struct relative {
    uint32_t to, from;
};

static struct relative relative_of(const struct wave *w, const struct op *op)
{
    uint32_t m0 = w->sgpr[SGPR_M0];
    switch (op->in->opcode->registers) {
    case REGISTERS_V_MOVRELD:
        return (struct relative){m0, 0};
    case REGISTERS_V_MOVRELS:
        return (struct relative){0, m0};
    case REGISTERS_V_MOVRELSD:
        return (struct relative){m0, m0};
    default:
        return (struct relative){m0 >> 16 & 0x3ff, m0 & 0x3ff};
    }
}

static enum wave_state run_movrel(struct wave *w, const struct op *op)
{
    struct relative by = relative_of(w, op);
    unsigned to = relative_register(&op->in->dst, by.to);
    if (to == VGPR_COUNT) return stop_register(w, op);
    struct source source = op->s[0];
    if (op->in->opcode->registers != REGISTERS_V_MOVRELD) {
        unsigned from = relative_register(&op->in->src[0], by.from);
        if (from == VGPR_COUNT) return stop_register(w, op);
        source = register_source(from);
    }
    register_move(w, to, op, &source);
    NEXT(w, op);
}

static void registers_swap(struct wave *w, unsigned a, unsigned b)
{
    uint64_t exec = wave_exec(w);
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16) {
        u32x16 old = *wave_vgpr(w, slice, a);
        lanes_merge(wave_vgpr(w, slice, a), wave_vgpr(w, slice, b), 1, (uint16_t)exec);
        lanes_merge(wave_vgpr(w, slice, b), &old, 1, (uint16_t)exec);
    }
}

static enum wave_state run_swap(struct wave *w, const struct op *op)
{
    if (op->in->src[0].file != FILE_VGPR) return stop_register(w, op);
    registers_swap(w, op->in->dst.index, op->in->src[0].index);
    NEXT(w, op);
}

static enum wave_state run_swaprel(struct wave *w, const struct op *op)
{
    struct relative by = relative_of(w, op);
    unsigned a = relative_register(&op->in->dst, by.to), b = relative_register(&op->in->src[0], by.from);
    if (a == VGPR_COUNT || b == VGPR_COUNT) return stop_register(w, op);
    registers_swap(w, a, b);
    NEXT(w, op);
}

// --- Lowering ---

static handler_fn *const of_registers[REGISTERS_COUNT] = {
    [REGISTERS_READFIRSTLANE] = run_readfirstlane,
    [REGISTERS_READLANE] = run_readlane,
    [REGISTERS_WRITELANE] = run_writelane,
    [REGISTERS_V_MOVRELS] = run_movrel,
    [REGISTERS_V_MOVRELD] = run_movrel,
    [REGISTERS_V_MOVRELSD] = run_movrel,
    [REGISTERS_V_MOVRELSD_2] = run_movrel,
    [REGISTERS_SWAP] = run_swap,
    [REGISTERS_SWAPREL] = run_swaprel,
};

handler_fn *lanes_handler(const struct instruction *in)
{
    bool modified = in->form == FORM_SDWA || in->form == FORM_DPP16 || in->form == FORM_DPP8 || in->gds;
    if (modified) return NULL;
    return in->opcode->lanes ? run_exchange : of_registers[in->opcode->registers];
}

void lanes_lower(struct region *region, struct op *op)
{
    const struct instruction *in = op->in;
    for (unsigned i = 0; i < 3; i++) vector_source(region, op, i, &in->src[i]);
    op->offset = (uint16_t)in->offset;
    op->d = in->dst.file == FILE_VGPR
                ? (uint32_t)(offsetof(struct wave, vgpr) + in->dst.index * sizeof(u32x16))
                : scalar_destination(&in->dst);
}
