#include "exec_lanes.h"

#include "exec_scalar.h"
#include "exec_vector.h"
#include "report.h"

#include <string.h>

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

// --- Lane exchange ---

// Writes `lanes` to the active lanes of the destination.
static void lanes_write(struct wave *w, const struct op *op, const uint32_t *lanes, uint64_t exec)
{
    for (unsigned lane = 0; lane < lane_count(w); lane++) {
        if (exec >> lane & 1) *destination_lane(w, op, lane) = lanes[lane];
    }
}

// v_permlane16 reads from the lane's own row of 16, v_permlanex16 from the other one of its pair. Sources 1
// and 2 hold 4 bits of lane number for each lane of the row. op_sel: bit 0 fetch inactive, bit 1 inactive
// lanes read 0.
static void permlane(struct wave *w, const struct op *op, unsigned row_flip)
{
    uint64_t exec = wave_exec(w);
    bool fetch_inactive = op->in->fetch_inactive, bound_zero = op->in->bound_ctrl;
    uint32_t lanes[64];
    vector_broadcast(w, op, w->slices);
    uint64_t select = source_lane(w, op, 1, 0) | (uint64_t)source_lane(w, op, 2, 0) << 32;
    for (unsigned lane = 0; lane < lane_count(w); lane++) {
        unsigned from = ((lane & ~15u) ^ row_flip) | (unsigned)(select >> (4 * (lane & 15)) & 15);
        bool readable = fetch_inactive || exec >> from & 1;
        lanes[lane] = readable     ? source_lane(w, op, 0, from)
                      : bound_zero ? 0
                                   : *destination_lane(w, op, lane);
    }
    lanes_write(w, op, lanes, exec);
}

static enum wave_state run_permlane16(struct wave *w, const struct op *op)
{
    permlane(w, op, 0);
    NEXT(w, op);
}

static enum wave_state run_permlanex16(struct wave *w, const struct op *op)
{
    permlane(w, op, 16);
    NEXT(w, op);
}

// ds_permute, ds_bpermute: within each 32 lanes, also in wave64.
static enum wave_state run_permute(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w);
    uint32_t lanes[64] = {0};
    for (unsigned lane = 0; lane < lane_count(w); lane++) {
        if (!(exec >> lane & 1)) continue;
        unsigned to = (source_lane(w, op, 0, lane) + (uint32_t)op->offset) / 4 & 31;
        lanes[(lane & 32) | to] = source_lane(w, op, 1, lane);
    }
    lanes_write(w, op, lanes, exec);
    NEXT(w, op);
}

static enum wave_state run_bpermute(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w);
    uint32_t lanes[64] = {0};
    for (unsigned lane = 0; lane < lane_count(w); lane++) {
        unsigned from = (source_lane(w, op, 0, lane) + (uint32_t)op->offset) / 4 & 31;
        from |= lane & 32;
        if (exec >> from & 1) lanes[lane] = source_lane(w, op, 1, from);
    }
    lanes_write(w, op, lanes, exec);
    NEXT(w, op);
}

// ds_swizzle: the offset is the pattern.
enum { SWIZZLE_QUAD = 0x8000, SWIZZLE_ROTATE = 0xc000, SWIZZLE_FFT = 0xe000 };

static unsigned swizzle_source(unsigned pattern, unsigned lane)
{
    unsigned i = lane & 31, low = pattern & 31, middle = pattern >> 5 & 31, high = pattern >> 10 & 31;
    if (pattern >= SWIZZLE_ROTATE) {
        unsigned by = pattern >> 10 & 1 ? 32 - middle : middle;
        i = (i & low) | ((i + by) & ~low & 31);
    } else if (pattern >= SWIZZLE_QUAD) {
        i = (i & ~3u) | (pattern >> (2 * (i & 3)) & 3);
    } else {
        i = ((i & low) | middle) ^ high;
    }
    return (lane & 32) | i;
}

static enum wave_state run_swizzle(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w);
    uint32_t lanes[64];
    if (op->offset >= SWIZZLE_FFT)
        return wave_stop(w, op, FAULT_ILLEGAL_INSTRUCTION, "swizzle pattern not supported");
    for (unsigned lane = 0; lane < lane_count(w); lane++) {
        unsigned from = swizzle_source((unsigned)op->offset, lane);
        lanes[lane] = exec >> from & 1 ? source_lane(w, op, 0, from) : 0;
    }
    lanes_write(w, op, lanes, exec);
    NEXT(w, op);
}

// --- Wave-wide counters in LDS: M0 and the offset are the address ---

static void count_lanes(struct wave *w, const struct op *op, uint32_t difference)
{
    uint64_t exec = wave_exec(w);
    uint32_t address = (w->sgpr[SGPR_M0] & 0xffff) + (uint32_t)op->offset, old = 0, lanes[64];
    if ((uint64_t)address + sizeof old <= w->lanes[0].lds_size) {
        memcpy(&old, w->lds + address, sizeof old);
        uint32_t fresh = old + difference;
        memcpy(w->lds + address, &fresh, sizeof fresh);
    }
    for (unsigned lane = 0; lane < 64; lane++) lanes[lane] = old;
    lanes_write(w, op, lanes, exec);
}

static enum wave_state run_append(struct wave *w, const struct op *op)
{
    count_lanes(w, op, (uint32_t)__builtin_popcountll(wave_exec(w)));
    NEXT(w, op);
}

static enum wave_state run_consume(struct wave *w, const struct op *op)
{
    count_lanes(w, op, -(uint32_t)__builtin_popcountll(wave_exec(w)));
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

static enum wave_state stop_relative(struct wave *w, const struct op *op)
{
    return wave_stop(w, op, FAULT_ILLEGAL_INSTRUCTION, "relative VGPR out of range");
}

static inline unsigned relative_register(unsigned base, uint32_t by)
{
    return by >= VGPR_COUNT || base + by >= VGPR_COUNT ? VGPR_COUNT : base + by;
}

static struct source register_source(unsigned index)
{
    return (struct source){offsetof(struct wave, vgpr) + index * sizeof(u32x16), UINTPTR_MAX};
}

// What a relative move adds to the numbers of its destination and its source.
struct relative {
    uint32_t to, from;
};

static struct relative relative_of(const struct wave *w, unsigned id)
{
    uint32_t m0 = w->sgpr[SGPR_M0];
    switch (id) {
    case OPCODE_ID_v_movreld_b32__VOP1:
        return (struct relative){m0, 0};
    case OPCODE_ID_v_movrels_b32__VOP1:
        return (struct relative){0, m0};
    case OPCODE_ID_v_movrelsd_b32__VOP1:
        return (struct relative){m0, m0};
    default:
        return (struct relative){m0 >> 16 & 0x3ff, m0 & 0x3ff};
    }
}

static enum wave_state run_movrel(struct wave *w, const struct op *op)
{
    struct relative by = relative_of(w, op->in->opcode->id);
    unsigned to = relative_register(op->in->dst.index, by.to);
    if (to == VGPR_COUNT) return stop_relative(w, op);
    struct source source = op->s[0];
    if (op->in->opcode->id != OPCODE_ID_v_movreld_b32__VOP1) {
        unsigned from = relative_register(op->in->src[0].index, by.from);
        if (from == VGPR_COUNT) return stop_relative(w, op);
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
    registers_swap(w, op->in->dst.index, op->in->src[0].index);
    NEXT(w, op);
}

static enum wave_state run_swaprel(struct wave *w, const struct op *op)
{
    struct relative by = relative_of(w, op->in->opcode->id);
    unsigned a = relative_register(op->in->dst.index, by.to),
             b = relative_register(op->in->src[0].index, by.from);
    if (a == VGPR_COUNT || b == VGPR_COUNT) return stop_relative(w, op);
    registers_swap(w, a, b);
    NEXT(w, op);
}

// --- Lowering ---

static handler_fn *const handlers[OPCODE_ID_COUNT] = {
    [OPCODE_ID_v_readfirstlane_b32__VOP1] = run_readfirstlane,
    [OPCODE_ID_v_readlane_b32__VOP3] = run_readlane,
    [OPCODE_ID_v_writelane_b32__VOP3] = run_writelane,
    [OPCODE_ID_v_permlane16_b32__VOP3] = run_permlane16,
    [OPCODE_ID_v_permlanex16_b32__VOP3] = run_permlanex16,
    [OPCODE_ID_ds_permute_b32__DS] = run_permute,
    [OPCODE_ID_ds_bpermute_b32__DS] = run_bpermute,
    [OPCODE_ID_ds_swizzle_b32__DS] = run_swizzle,
    [OPCODE_ID_ds_append__DS] = run_append,
    [OPCODE_ID_ds_consume__DS] = run_consume,
    [OPCODE_ID_v_movreld_b32__VOP1] = run_movrel,
    [OPCODE_ID_v_movrels_b32__VOP1] = run_movrel,
    [OPCODE_ID_v_movrelsd_b32__VOP1] = run_movrel,
    [OPCODE_ID_v_movrelsd_2_b32__VOP1] = run_movrel,
    [OPCODE_ID_v_swap_b32__VOP1] = run_swap,
    [OPCODE_ID_v_swaprel_b32__VOP1] = run_swaprel,
};

handler_fn *lanes_handler(const struct instruction *in)
{
    bool modified = in->form == FORM_SDWA || in->form == FORM_DPP16 || in->form == FORM_DPP8 || in->gds;
    return modified ? NULL : handlers[in->opcode->id];
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
