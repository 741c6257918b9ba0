// One wave's registers and state, and the resources of the work-group it belongs to.
#pragma once

#include "device/softgpu/isa/semantics/vector_state.h"
#include "device/softgpu/isa/table/isa.h"
#include "device/softgpu/machine/limits.h"
#include "interpreter.h"

#include <immintrin.h>
#include <stddef.h>

struct op;
struct code_cache;
struct native;
struct region;

enum {
    SLICE_LANES = 16,
    SLICES_MAX = 4,
    WAVES_MAX = GROUP_ITEMS_MAX / 32, // in wave32

    // Scalar registers are numbered as encoded. The slots behind them take what is written to NULL, and give
    // multi-dword operands at the end of the file room.
    SGPR_SINK = 144,
    SGPR_ZERO = 162, // never written
    SGPR_SLOTS = 164,

    // 256 registers and room behind them for multi-dword operands; then two dwords a source for scalars
    // spread to lanes and for sources with their modifiers applied, and two for source 0 after DPP. An odd
    // count, so that the slices of a register do not fall into one set of the L1 cache.
    VGPR_BROADCAST = 256 + 16,
    VGPR_FETCHED = VGPR_BROADCAST + 6,
    VGPR_EXCHANGED = VGPR_FETCHED + 6,
    VGPR_SLOTS = VGPR_EXCHANGED + 3,
    VGPR_SLICE_BYTES = VGPR_SLOTS * 64,

    LDS_GRANULE = 512,

    WAVE_BUDGET = 4096, // backward jumps from one look at the others and the cancel flag to the next
};

// Why a wave's handlers returned to the work-group loop. `wave.op` says where it goes on.
enum wave_state {
    WAVE_YIELDED,
    WAVE_AT_BARRIER,
    WAVE_ENDED,
    WAVE_STOPPED,      // a fault; `group.fault` is filled
    WAVE_UNTRANSLATED, // of translated code only: it lacks the next instruction
};

struct wave {
    const struct op *op; // where to go on; kept up to date at instructions that may fault
    struct group *group;
    uint64_t lane_mask; // all lanes of this wave's width
    uint64_t scc;
    uint32_t slices;
    uint32_t budget; // backward jumps until the next look at other waves and the cancel flag
    bool wave64;
    bool waiting, ended; // at a barrier; finished
    uint8_t slice;       // that memory is accessed for; of scalar loads lane 0's address is theirs
    uint32_t mode;
    uint32_t place;                   // in translated code: see translated.h
    uint32_t mxcsr[ARITHMETIC_COUNT]; // what `mode` asks of the host
    uint64_t flat_scratch;
    uint64_t vccz, execz; // while an instruction reads them
    uint8_t *lds;
    const struct native *native; // code that the wave runs in now; NULL: it is interpreted
    _Alignas(64) uint32_t sgpr[SGPR_SLOTS];
    struct lanes lanes[SLICES_MAX];
    u32x16 result[4]; // what is yet to be merged
    u32x16 vgpr[SLICES_MAX][VGPR_SLOTS];
};

// What the waves of the work-group that a compute unit runs have in common.
struct group {
    struct compute_unit *cu;
    const struct dispatch *dispatch;
    const bool *cancel;
    struct fault *fault;
    struct wave *running;
    uint64_t left;         // work-groups that have not ended
    bool under_way;        // the first of them has begun
    struct region *region; // of the dispatch's entry
    unsigned form;         // enum tier_form: that the last work-group is, or may be, native code of
    uint64_t since;        // that has been interpreted, as tier_enter said
    uint64_t last_since;   // as tier_last said of this work-group
    uint32_t wave_count;
    uint32_t id[3];
    uint32_t size[3]; // items, at the grid's edge less than the dispatch's local size
    bool rounds;      // the host rounds as the model does: nothing has run since that changes it
    uint64_t scratch; // backing store of wave 0
    uint64_t scratch_wave_bytes;
    unsigned scratch_sgpr; // holds the offset of a wave's scratch from wave 0's; SGPR_SLOTS: none does
};

// Two loads: registers that were written one by one cannot be forwarded to a wider load from the store
// buffer.
static inline uint64_t wave_read64(const struct wave *w, unsigned index)
{
    return w->sgpr[index] | (uint64_t)w->sgpr[index + 1] << 32;
}

static inline void wave_write64(struct wave *w, unsigned index, uint64_t value)
{
    w->sgpr[index] = (uint32_t)value;
    w->sgpr[index + 1] = (uint32_t)(value >> 32);
}

// A lane mask in SGPRs: a pair in wave64, one register in wave32.
static inline uint64_t wave_read_mask(const struct wave *w, unsigned index)
{
    return wave_read64(w, index) & w->lane_mask;
}

// The active lanes. EXEC_HI means nothing in wave32.
static inline uint64_t wave_exec(const struct wave *w) { return wave_read_mask(w, SGPR_EXEC); }

static inline void wave_write_mask(struct wave *w, unsigned index, uint64_t mask)
{
    w->sgpr[index] = (uint32_t)mask;
    if (w->wave64) w->sgpr[index + 1] = (uint32_t)(mask >> 32);
}

static inline u32x16 *wave_vgpr(struct wave *w, unsigned slice, unsigned index)
{
    return &w->vgpr[slice][index];
}

static inline uint32_t *wave_lane(struct wave *w, unsigned lane, unsigned index)
{
    return (uint32_t *)&w->vgpr[lane / SLICE_LANES][index] + lane % SLICE_LANES;
}

// Has the host round and flush as the wave does.
static inline void wave_set_rounding(const struct wave *w)
{
    if (w->mxcsr[ARITHMETIC_F32] != _mm_getcsr()) _mm_setcsr(w->mxcsr[ARITHMETIC_F32]);
}

// Sets the MODE register and what follows from it.
void wave_set_mode(struct wave *w, uint32_t mode);

// The waves of a dispatch start alike but for a few registers. `wave_prepare` sets the compute unit's model
// of them up (`model->lanes` are not part of it), `lanes_prepare` what stays the same in the lanes of a wave
// from one work-group to the next, and `wave_launch` wave `number` of its group, as the dispatcher does.
// Source: AMDGPUUsage, "Initial Kernel Execution State".
void wave_prepare(struct wave *model, struct group *g, const struct op *entry);
void lanes_prepare(struct wave *w, const struct group *g);
void wave_launch(struct wave *w, const struct group *g, uint32_t number);
// Has the model begin as all waves of a group do, whose items fill them, but for scratch_sgpr: for native
// code, which launches waves itself. False: others differ.
bool wave_model_launch(struct wave *model, const struct group *g);
