#include "exec_scalar.h"

#include "device/softgpu/isa/semantics/memory_scalar.h"
#include "inlined.h"
#include "report.h"
#include "special.h"

#include <x86intrin.h>

// --- Operands ---

bool scalar_computed(const struct operand *in)
{
    return in->file == FILE_SPECIAL && (in->index == CODE_VCCZ || in->index == CODE_EXECZ);
}

void scalar_compute(struct wave *w, const struct operand *in)
{
    if (in->index == CODE_VCCZ)
        w->vccz = wave_read_mask(w, SGPR_VCC) == 0;
    else
        w->execz = wave_exec(w) == 0;
}

struct source scalar_source(const struct operand *in, uint64_t *constant)
{
    if (in->file == FILE_SGPR)
        return (struct source){offsetof(struct wave, sgpr) + in->index * 4u, UINTPTR_MAX};
    if (in->file == FILE_SPECIAL && in->index == CODE_SCC)
        return (struct source){offsetof(struct wave, scc), UINTPTR_MAX};
    if (scalar_computed(in)) {
        bool vccz = in->index == CODE_VCCZ;
        return (struct source){vccz ? offsetof(struct wave, vccz) : offsetof(struct wave, execz),
                               UINTPTR_MAX};
    }
    *constant = in->file == FILE_CONSTANT  ? in->value
                : in->file == FILE_SPECIAL ? special_constant(in->index)
                                           : 0;
    return (struct source){(uintptr_t)constant, 0};
}

uint32_t scalar_destination(const struct operand *in)
{
    unsigned index = in->file == FILE_SGPR ? in->index : SGPR_SINK;
    return (uint32_t)(offsetof(struct wave, sgpr) + index * 4u);
}

// --- Results ---

static inline void destination_write(struct wave *w, const struct op *op, uint64_t value)
{
    uint32_t *d = (uint32_t *)((char *)w + op->d);
    d[0] = (uint32_t)value;
    if (op->d_dwords == 2) d[1] = (uint32_t)(value >> 32);
}

// With VCCZ or EXECZ as a source.
static enum wave_state run_computed(struct wave *w, const struct op *op)
{
    for (int i = 0; i < 2; i++) {
        if (scalar_computed(&op->in->src[i])) scalar_compute(w, &op->in->src[i]);
    }
    handler_fn *run = inlined_scalar(op->in->opcode->id);
    BECOME(run, w, op);
}

// --- Relative moves: M0 is added to a register number ---

enum { SGPR_RELATIVE_END = SGPR_LAST + 1 };

// Register `base` + `by`, with its operand's size; SGPR_RELATIVE_END where that is beyond the file.
static unsigned relative_index(const struct operand *base, uint32_t by)
{
    uint64_t index = (uint64_t)base->index + by;
    return index + base->dwords > SGPR_RELATIVE_END ? SGPR_RELATIVE_END : (unsigned)index;
}

static enum wave_state stop_relative(struct wave *w, const struct op *op)
{
    return wave_stop(w, op, FAULT_ILLEGAL_INSTRUCTION, "relative SGPR out of range");
}

static enum wave_state run_movrels(struct wave *w, const struct op *op)
{
    unsigned from = relative_index(&op->in->src[0], w->sgpr[SGPR_M0]);
    if (from == SGPR_RELATIVE_END) return stop_relative(w, op);
    destination_write(w, op, wave_read64(w, from));
    NEXT(w, op);
}

static enum wave_state run_movreld(struct wave *w, const struct op *op)
{
    unsigned to = relative_index(&op->in->dst, w->sgpr[SGPR_M0]);
    if (to == SGPR_RELATIVE_END) return stop_relative(w, op);
    uint64_t value = source_scalar(w, &op->s[0]);
    w->sgpr[to] = (uint32_t)value;
    if (op->d_dwords == 2) w->sgpr[to + 1] = (uint32_t)(value >> 32);
    NEXT(w, op);
}

// M0 has two numbers, of ten bits each. A constant is what it is.
static enum wave_state run_movrelsd_2(struct wave *w, const struct op *op)
{
    uint32_t m0 = w->sgpr[SGPR_M0];
    bool constant = op->in->src[0].file != FILE_SGPR;
    unsigned from = constant ? 0 : relative_index(&op->in->src[0], m0 & 0x3ff);
    unsigned to = relative_index(&op->in->dst, m0 >> 16 & 0x3ff);
    if (from == SGPR_RELATIVE_END || to == SGPR_RELATIVE_END) return stop_relative(w, op);
    w->sgpr[to] = constant ? (uint32_t)source_scalar(w, &op->s[0]) : w->sgpr[from];
    NEXT(w, op);
}

// --- Hardware registers ---

static unsigned field_id(const struct op *op) { return op->in->offset & HWREG_ID; }
static unsigned field_offset(const struct op *op) { return op->in->offset >> 6 & 31; }

static uint32_t field_mask(const struct op *op)
{
    unsigned size = ((unsigned)op->in->offset >> 11 & 31) + 1;
    return size == 32 ? UINT32_MAX : (1u << size) - 1;
}

static void mode_change(struct wave *w, uint32_t mode)
{
    wave_set_mode(w, mode);
    _mm_setcsr(w->mxcsr[ARITHMETIC_F32]);
}

static bool hardware_register_read(const struct wave *w, unsigned id, uint32_t *value)
{
    switch (id) {
    case HWREG_MODE:
        *value = w->mode;
        return true;
    case HWREG_SH_MEM_BASES:
        *value = (uint32_t)(APERTURE_SHARED >> 48 << 16 | APERTURE_PRIVATE >> 48);
        return true;
    case HWREG_FLAT_SCR_LO:
        *value = (uint32_t)w->flat_scratch;
        return true;
    case HWREG_FLAT_SCR_HI:
        *value = (uint32_t)(w->flat_scratch >> 32);
        return true;
    case HWREG_SHADER_CYCLES:
        *value = (uint32_t)__rdtsc() & 0xfffff;
        return true;
    default:
        return false;
    }
}

static bool hardware_register_write(struct wave *w, unsigned id, uint32_t value)
{
    switch (id) {
    case HWREG_MODE:
        mode_change(w, value);
        return true;
    case HWREG_FLAT_SCR_LO:
        w->flat_scratch = (w->flat_scratch & ~(uint64_t)UINT32_MAX) | value;
        return true;
    case HWREG_FLAT_SCR_HI:
        w->flat_scratch = (uint32_t)w->flat_scratch | (uint64_t)value << 32;
        return true;
    default:
        return false;
    }
}

static enum wave_state stop_register(struct wave *w, const struct op *op)
{
    return wave_stop(w, op, FAULT_ILLEGAL_INSTRUCTION, "hardware register %u not supported", field_id(op));
}

static enum wave_state run_getreg(struct wave *w, const struct op *op)
{
    uint32_t value;
    if (!hardware_register_read(w, field_id(op), &value)) return stop_register(w, op);
    destination_write(w, op, value >> field_offset(op) & field_mask(op));
    NEXT(w, op);
}

static enum wave_state run_setreg(struct wave *w, const struct op *op)
{
    uint32_t old, mask = field_mask(op) << field_offset(op);
    uint32_t value = (uint32_t)source_scalar(w, &op->s[0]) << field_offset(op);
    if (!hardware_register_read(w, field_id(op), &old) ||
        !hardware_register_write(w, field_id(op), (old & ~mask) | (value & mask)))
        return stop_register(w, op);
    NEXT(w, op);
}

static enum wave_state run_round_mode(struct wave *w, const struct op *op)
{
    mode_change(w, (w->mode & ~0xfu) | (op->in->offset & 0xf));
    NEXT(w, op);
}

static enum wave_state run_denorm_mode(struct wave *w, const struct op *op)
{
    mode_change(w, (w->mode & ~0xf0u) | (op->in->offset & 0xf) << 4);
    NEXT(w, op);
}

// --- Scalar memory ---

typedef uint32_t __attribute__((aligned(4), may_alias)) host_dword;

__attribute__((no_sanitize("address", "thread", "null", "pointer-overflow"))) static inline void
dwords_load(uint32_t *d, uint64_t from, unsigned count)
{
    for (unsigned i = 0; i < count; i++) d[i] = ((const host_dword *)from)[i];
}

// The offset of a scalar load: SOFFSET is s[1].
static inline uint64_t scalar_offset(const struct wave *w, const struct op *op)
{
    return op->offset + (uint32_t)source_scalar(w, &op->s[1]);
}

static enum wave_state run_load(struct wave *w, const struct op *op)
{
    w->op = op;
    uint64_t address = (source_scalar(w, &op->s[0]) + scalar_offset(w, op)) & ~UINT64_C(3);
    w->lanes[0].address[0] = address; // for a report
    dwords_load((uint32_t *)((char *)w + op->d), address, op->d_dwords);
    NEXT(w, op);
}

static enum wave_state run_buffer_load(struct wave *w, const struct op *op)
{
    w->op = op;
    const uint32_t *descriptor = source_at(w, &op->s[0]);
    const uint32_t words[] = {descriptor[0], descriptor[1], descriptor[2]}; // which may be overwritten
    uint64_t offset = scalar_offset(w, op) & ~UINT64_C(3);
    uint32_t *d = (uint32_t *)((char *)w + op->d);
    for (unsigned i = 0; i < op->d_dwords; i++, offset += 4) {
        uint64_t from = buffer_dword(words[0], words[1], words[2], offset);
        d[i] = 0;
        if (from == BUFFER_OUTSIDE) continue;
        w->lanes[0].address[0] = from;
        dwords_load(&d[i], from, 1);
    }
    NEXT(w, op);
}

// --- Lowering ---

static handler_fn *const of_registers[REGISTERS_COUNT] = {
    [REGISTERS_S_MOVRELS] = run_movrels,       [REGISTERS_S_MOVRELD] = run_movreld,
    [REGISTERS_S_MOVRELSD_2] = run_movrelsd_2, [REGISTERS_GETREG] = run_getreg,
    [REGISTERS_SETREG] = run_setreg,           [REGISTERS_ROUND_MODE] = run_round_mode,
    [REGISTERS_DENORM_MODE] = run_denorm_mode,
};

handler_fn *scalar_handler(const struct instruction *in)
{
    const struct opcode *opcode = in->opcode;
    if (opcode->smem) return opcode->smem == SMEM_LOAD ? run_load : run_buffer_load;
    if (opcode->registers) return of_registers[opcode->registers];
    handler_fn *run = inlined_scalar(opcode->id);
    return run && (scalar_computed(&in->src[0]) || scalar_computed(&in->src[1])) ? run_computed : run;
}

void scalar_lower(struct op *op)
{
    const struct instruction *in = op->in;
    op->d = scalar_destination(&in->dst);
    op->d_dwords = in->dst.dwords;
    if (in->opcode->encoding == ENCODING_SMEM) op->offset = (uint64_t)(int64_t)in->offset;
    op->s[0] = scalar_source(&in->src[0], &op->constant[0]);
    op->s[1] = scalar_source(&in->src[1], &op->constant[1]);
}
