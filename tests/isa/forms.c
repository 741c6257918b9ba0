// Every vector ALU instruction of the table in each of its encodings, with random modifiers, run by the
// interpreter: all that surrounds an instruction's meaning against a model of it, lane by lane, written from
// the ISA guide. The meaning itself has references of its own (valu_semantics.c, arithmetic.c).
//
// usage: test_isa_forms [instances]
//
// instances: how many of each encoding of each instruction, with operands, modifiers, MODE and EXEC that are
// random each time.
#include "generate.h"
#include "one_wave.h"
#include "valu_operands.h"

#include <fenv.h>
#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>

enum { INSTANCES = 40, TRIES = 400, FAILURES_SHOWN = 3, ROWS = SLICES_MAX, S_ENDPGM = (int)0xbf810000 };
enum { SGPRS = 128, VGPRS = 256, CODE_WORDS = GENERATED_WORDS + 1 };

// --- The registers that a program sees ---

struct registers {
    uint32_t sgpr[SGPRS];
    uint64_t scc;
    u32x16 vgpr[ROWS][VGPRS];
};

static void registers_read(struct registers *r, const struct wave *w)
{
    memcpy(r->sgpr, w->sgpr, sizeof r->sgpr);
    r->scc = w->scc;
    for (unsigned row = 0; row < w->slices; row++) memcpy(r->vgpr[row], w->vgpr[row], sizeof r->vgpr[row]);
}

static void registers_fill(struct wave *w)
{
    for (unsigned i = 0; i < SGPRS; i++) w->sgpr[i] = operand_random();
    for (unsigned row = 0; row < w->slices; row++)
        for (unsigned i = 0; i < VGPRS; i++)
            for (unsigned lane = 0; lane < 16; lane++) w->vgpr[row][i][lane] = operand_random();
}

// Edge values where the instruction reads, and lanes that are active or not.
static void registers_prepare(struct wave *w, const struct instruction *in)
{
    for (unsigned i = 0; i < 3; i++) {
        const struct operand *o = &in->src[i];
        uint32_t v[4];
        for (unsigned lane = 0; lane < 16 * w->slices && o->file == FILE_VGPR; lane++) {
            operand_pick(v, o->type);
            for (unsigned k = 0; k < o->dwords && k < 2 && o->index + k < VGPRS; k++)
                *wave_lane(w, lane, o->index + k) = v[k];
        }
        operand_pick(v, o->type);
        for (unsigned k = 0; k < o->dwords && k < 2 && o->file == FILE_SGPR; k++)
            if (o->index + k < SGPRS) w->sgpr[o->index + k] = v[k];
    }
    uint64_t exec = operand_random() | (uint64_t)operand_random() << 32;
    unsigned kind = operand_random() % 8;
    exec = kind < 4 ? UINT64_MAX : kind == 4 ? 0 : kind == 5 ? exec << 32 >> 16 : exec;
    w->sgpr[SGPR_EXEC] = (uint32_t)exec;
    w->sgpr[SGPR_EXEC + 1] = (uint32_t)(exec >> 32);
    w->scc = operand_random() & 1;
}

// --- Types ---

static bool is_half(unsigned type) { return type >= TYPE_B16 && type <= TYPE_F16; }
static bool is_packed(unsigned type) { return type >= TYPE_PK_B16 && type <= TYPE_PK_F16; }

static uint64_t sign_of(unsigned type)
{
    return type == TYPE_F64                          ? UINT64_C(1) << 63
           : type == TYPE_F16 || type == TYPE_PK_F16 ? 0x8000
                                                     : 0x80000000;
}

static bool is_nan(uint64_t bits, unsigned type)
{
    if (type == TYPE_F64) return (bits & INT64_MAX) > UINT64_C(0x7ff) << 52;
    if (type == TYPE_F32) return (bits & INT32_MAX) > 0x7f800000;
    return type == TYPE_F16 && (bits & 0x7fff) > 0x7c00;
}

// --- Sources ---

// A source before DPP and modifiers, of one lane.
static uint64_t operand_read(const struct registers *r, bool wave64, const struct operand *o, unsigned row,
                             unsigned lane)
{
    uint64_t high_word = 0, exec = r->sgpr[SGPR_EXEC], vcc = r->sgpr[SGPR_VCC];
    if (wave64) {
        exec |= (uint64_t)r->sgpr[SGPR_EXEC + 1] << 32;
        vcc |= (uint64_t)r->sgpr[SGPR_VCC + 1] << 32;
    }
    switch (o->file) {
    case FILE_VGPR:
        if (o->dwords > 1) high_word = r->vgpr[row][o->index + 1][lane];
        return r->vgpr[row][o->index][lane] | high_word << 32;
    case FILE_SGPR:
        if (o->dwords > 1) high_word = r->sgpr[o->index + 1];
        return r->sgpr[o->index] | high_word << 32;
    case FILE_CONSTANT:
        return o->value;
    case FILE_SPECIAL:
        return o->index == CODE_SCC ? r->scc : o->index == CODE_VCCZ ? vcc == 0 : exec == 0;
    default:
        return 0;
    }
}

// The lane of a row of 16 that DPP has this one read; outside 0..15: none.
static int dpp_lane(const struct instruction *in, int lane)
{
    unsigned control = in->dpp_ctrl, count = control & 15;
    if (in->form == FORM_DPP8) return (lane & 8) + (int)(in->dpp8 >> 3 * (lane & 7) & 7);
    if (control <= 0xff) return (lane & 12) + (int)(control >> 2 * (lane & 3) & 3);
    if (control <= 0x10f) return lane + (int)count;
    if (control <= 0x11f) return lane - (int)count;
    if (control <= 0x12f) return (lane + 16 - (int)count) % 16;
    if (control == 0x140) return 15 - lane;
    if (control == 0x141) return (lane & 8) + 7 - (lane & 7);
    return control <= 0x15f ? (int)count : lane ^ (int)count;
}

static bool is_dpp(const struct instruction *in) { return in->form == FORM_DPP16 || in->form == FORM_DPP8; }

// Where lane `lane` gets source 0 from under DPP; -1: from nowhere.
static int dpp_source(const struct registers *r, const struct instruction *in, unsigned row, unsigned lane)
{
    int from = dpp_lane(in, (int)lane);
    if (from < 0 || from > 15) return -1;
    unsigned number = row * 16 + (unsigned)from;
    bool active = r->sgpr[SGPR_EXEC + number / 32] >> number % 32 & 1;
    return active || in->fetch_inactive ? from : -1;
}

static uint64_t half_of(uint64_t value, bool high) { return (high ? value >> 16 : value) & 0xffff; }

static uint64_t sdwa_select(uint64_t value, const struct operand *o)
{
    unsigned bits = o->sdwa == SDWA_DWORD ? 32 : o->sdwa >= SDWA_WORD_0 ? 16 : 8;
    unsigned shift = o->sdwa == SDWA_DWORD    ? 0
                     : o->sdwa >= SDWA_WORD_0 ? (o->sdwa - SDWA_WORD_0) * 16u
                                              : o->sdwa * 8u;
    uint64_t field = value >> shift & ((UINT64_C(1) << bits) - 1);
    bool negative = o->sext && field >> (bits - 1) & 1;
    return negative ? (field | ~((UINT64_C(1) << bits) - 1)) & UINT32_MAX : field;
}

static uint64_t mixed_source(uint64_t value, const struct operand *o)
{
    if (o->op_sel & 2) value = bits_of((float)f16_value((uint16_t)half_of(value, o->op_sel & 1)));
    if (o->neg_hi) value &= INT32_MAX;
    return o->neg ? value ^ 0x80000000 : value;
}

static uint64_t packed_source(uint64_t value, const struct operand *o)
{
    uint64_t low = half_of(value, o->op_sel & 1), high = half_of(value, o->op_sel & 2);
    bool flips = o->type == TYPE_PK_F16;
    if (flips && o->neg) low ^= 0x8000;
    if (flips && o->neg_hi) high ^= 0x8000;
    return low | high << 16;
}

static uint64_t source_modify(uint64_t value, const struct instruction *in, unsigned i)
{
    const struct operand *o = &in->src[i];
    if (opcode_is_mixed_precision(in->opcode)) return mixed_source(value, o);
    bool packed = in->opcode->encoding == ENCODING_VOP3P; // op_sel is of halves: 32-bit sources have none
    if (packed && is_packed(o->type)) return packed_source(value, o);
    if (in->form == FORM_SDWA && i < 2) value = sdwa_select(value, o);
    if (o->op_sel & 1 && !packed) value = half_of(value, true);
    if (o->abs) value &= ~sign_of(o->type);
    return o->neg ? value ^ sign_of(o->type) : value;
}

static void source_fetch(u32x16 to[4], const struct registers *r, bool wave64, const struct instruction *in,
                         unsigned i, unsigned row)
{
    const struct operand *o = &in->src[i];
    for (unsigned lane = 0; lane < 16; lane++) {
        int from = i == 0 && is_dpp(in) ? dpp_source(r, in, row, lane) : (int)lane;
        uint64_t value = from < 0 ? 0 : operand_read(r, wave64, o, row, (unsigned)from);
        value = source_modify(value, in, i);
        to[0][lane] = (uint32_t)value;
        to[1][lane] = (uint32_t)(value >> 32);
        for (unsigned k = 2; k < 4; k++)
            to[k][lane] = o->file == FILE_VGPR && o->dwords > k ? r->vgpr[row][o->index + k][lane] : 0;
    }
}

// --- Results ---

// Multiplied by a power of two, which is exact but for overflow. What is below the normal numbers is +0: of
// f16's what is so once it is rounded.
static uint64_t omod_float(uint64_t bits, unsigned type, double factor, int rounding)
{
    static const int host[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    long double exact = type == TYPE_F64   ? double_of(bits)
                        : type == TYPE_F32 ? float_of((uint32_t)bits)
                                           : f16_value((uint16_t)bits);
    long double smallest = type == TYPE_F64 ? 0x1p-1022L : type == TYPE_F32 ? 0x1p-126L : 0x1p-14L;
    exact *= factor;
    if (type != TYPE_F16 && fabsl(exact) < smallest) return 0;
    fesetround(host[rounding]);
    volatile long double product = exact;
    uint64_t result = type == TYPE_F64   ? bits_of_double((double)product)
                      : type == TYPE_F32 ? bits_of((float)product)
                                         : f16_round((double)product);
    fesetround(FE_TONEAREST);
    return type == TYPE_F16 && !(result & 0x7c00) ? 0 : result;
}

static uint64_t omod(uint64_t bits, const struct instruction *in, uint32_t mode)
{
    static const double factors[] = {1, 2, 4, 0.5};
    unsigned type = in->dst.type;
    bool single = type == TYPE_F32;
    bool ignored = mode & (MODE_IEEE | (single ? MODE_F32_DENORM_OUT : MODE_F16_F64_DENORM_OUT));
    bool has = single || type == TYPE_F64 || type == TYPE_F16;
    if (!in->omod || ignored || !has || is_nan(bits, type)) return bits;
    // Moved through, not computed, it may still be denormal.
    uint32_t parts[2] = {(uint32_t)bits, (uint32_t)(bits >> 32)};
    if (!(mode & (single ? MODE_F32_DENORM_IN : MODE_F16_F64_DENORM_IN))) operand_flush(parts, type);
    bits = parts[0] | (uint64_t)parts[1] << 32;
    bool second = !single || in->src[0].type == TYPE_F64; // of the rounding modes
    bool nearest = arithmetic_of(in->opcode) == ARITHMETIC_NEAREST ||
                   arithmetic_of(in->opcode) == ARITHMETIC_F64_NEAREST;
    return omod_float(bits, type, factors[in->omod], nearest ? 0 : mode >> (second ? 2 : 0) & 3);
}

static uint64_t clamp_float(uint64_t bits, unsigned type, uint32_t mode)
{
    uint64_t one = type == TYPE_F64 ? UINT64_C(0x3ff) << 52 : type == TYPE_F32 ? 0x3f800000 : 0x3c00;
    if (is_nan(bits, type)) return mode & MODE_DX10_CLAMP ? 0 : bits;
    if (bits & sign_of(type)) return 0;
    return bits < one ? bits : one;
}

static uint64_t clamp(uint64_t bits, const struct instruction *in, uint32_t mode)
{
    unsigned type = in->dst.type;
    if (!in->clamp || !operand_is_float(type)) return bits;
    if (type != TYPE_PK_F16) return clamp_float(bits, type, mode);
    return clamp_float(bits & 0xffff, TYPE_F16, mode) | clamp_float(bits >> 16, TYPE_F16, mode) << 16;
}

// What the register becomes of which SDWA or op_sel writes a part.
static uint32_t part_write(uint32_t result, uint32_t old, const struct instruction *in)
{
    bool high = in->dst_op_sel || in->opcode->id == OPCODE_ID_v_fma_mixhi_f16__VOP3P;
    if (in->form != FORM_SDWA) {
        if (!is_half(in->dst.type)) return result;
        return high ? result << 16 | (old & 0xffff) : (old & 0xffff0000) | (result & 0xffff);
    }
    if (in->dst_sdwa == SDWA_DWORD) return result;
    unsigned bits = in->dst_sdwa >= SDWA_WORD_0 ? 16 : 8;
    unsigned shift = in->dst_sdwa >= SDWA_WORD_0 ? (in->dst_sdwa - SDWA_WORD_0) * 16u : in->dst_sdwa * 8u;
    uint32_t field = ((1u << bits) - 1) << shift, placed = result << shift & field;
    if (in->dst_unused == SDWA_UNUSED_PRESERVE) return placed | (old & ~field);
    bool negative = in->dst_unused == SDWA_UNUSED_SEXT && placed >> (shift + bits - 1) & 1;
    return negative ? placed | ~(field | (field - 1)) : placed;
}

static bool lane_is_written(const struct registers *r, const struct instruction *in, unsigned row,
                            unsigned lane)
{
    unsigned number = row * 16 + lane;
    if (!(r->sgpr[SGPR_EXEC + number / 32] >> number % 32 & 1)) return false;
    if (in->form == FORM_DPP8) return true;
    if (in->form != FORM_DPP16) return true;
    bool masked = !(in->row_mask >> row & 1) || !(in->bank_mask >> lane / 4 & 1);
    return !masked && (in->bound_ctrl || dpp_source(r, in, row, lane) >= 0);
}

static uint64_t mask_read(const struct registers *r, const struct operand *o, bool wave64)
{
    if (o->file != FILE_SGPR) return 0;
    return r->sgpr[o->index] | (wave64 ? (uint64_t)r->sgpr[o->index + 1] << 32 : 0);
}

// The carry-in or the selecting mask.
static uint64_t mask_in(const struct registers *r, const struct instruction *in, bool wave64)
{
    for (unsigned i = 0; i < 4; i++)
        if (in->src[i].type == TYPE_LANE_MASK && in->src[i].file != FILE_NONE)
            return mask_read(r, &in->src[i], wave64);
    return 0;
}

static void mask_write(struct registers *r, const struct instruction *in, bool wave64, uint64_t mask)
{
    const struct operand *o = in->dst.type == TYPE_LANE_MASK ? &in->dst : &in->dst2;
    if (o->type != TYPE_LANE_MASK || o->file != FILE_SGPR) return;
    r->sgpr[o->index] = (uint32_t)mask;
    if (wave64) r->sgpr[o->index + 1] = (uint32_t)(mask >> 32);
}

// --- The instruction ---

static void result_write(struct registers *r, const struct registers *old, const struct instruction *in,
                         const u32x16 d[4], uint32_t mode, unsigned row, unsigned lane)
{
    uint64_t bits = d[0][lane];
    if (in->dst.file != FILE_VGPR) return;
    if (in->dst.dwords > 1) bits |= (uint64_t)d[1][lane] << 32;
    bits = clamp(omod(bits, in, mode), in, mode);
    u32x16 *to = &r->vgpr[row][in->dst.index];
    to[0][lane] = part_write((uint32_t)bits, old->vgpr[row][in->dst.index][lane], in);
    if (in->dst.dwords > 1) to[1][lane] = (uint32_t)(bits >> 32);
    for (unsigned k = 2; k < in->dst.dwords; k++) to[k][lane] = d[k][lane];
}

static void meaning_run(u32x16 d[4], u32x16 s[3][4], struct lanes *lanes, const struct opcode *op,
                        const struct wave *w)
{
    unsigned host = _mm_getcsr();
    _mm_setcsr(w->mxcsr[arithmetic_of(op)]);
    op->vector(d, s[0], s[1], s[2], lanes);
    _mm_setcsr(host);
}

// What the registers become.
static void model_run(struct registers *r, const struct registers *old, const struct instruction *in,
                      const struct wave *w, uint32_t mode)
{
    uint64_t in_mask = mask_in(old, in, w->wave64), out_mask = 0;
    for (unsigned row = 0; row < w->slices; row++) {
        u32x16 s[3][4], d[4];
        struct lanes lanes = {.exec = (uint16_t)(old->sgpr[SGPR_EXEC + row / 2] >> row % 2 * 16),
                              .mask_in = (uint16_t)(in_mask >> 16 * row),
                              .first_lane = (uint8_t)(16 * row),
                              .wave64 = w->wave64,
                              .clamp = in->clamp && !operand_is_float(in->dst.type),
                              .mode = mode,
                              .m0 = old->sgpr[SGPR_M0]};
        memset(d, 0, sizeof d);
        for (unsigned i = 0; i < 3; i++) source_fetch(s[i], old, w->wave64, in, i, row);
        meaning_run(d, s, &lanes, in->opcode, w);
        for (unsigned lane = 0; lane < 16; lane++) {
            if (!lane_is_written(old, in, row, lane)) continue;
            out_mask |= (uint64_t)(lanes.mask_out >> lane & 1) << (16 * row + lane);
            result_write(r, old, in, d, mode, row, lane);
        }
    }
    mask_write(r, in, w->wave64, out_mask);
}

// --- Comparing ---

static bool halves_match(uint32_t got, uint32_t want)
{
    for (unsigned shift = 0; shift < 32; shift += 16) {
        uint32_t g = got >> shift & 0xffff, e = want >> shift & 0xffff;
        if (g != e && !(is_nan(g, TYPE_F16) && is_nan(e, TYPE_F16))) return false;
    }
    return true;
}

// Which of several NaNs wins is the host's affair.
static bool lane_matches(const struct instruction *in, const u32x16 *got, const u32x16 *want, unsigned lane)
{
    unsigned type = in->dst.type;
    uint64_t g = got[0][lane], e = want[0][lane];
    if (g == e && (in->dst.dwords < 2 || got[1][lane] == want[1][lane])) return true;
    if (type == TYPE_F16 || type == TYPE_PK_F16) return halves_match((uint32_t)g, (uint32_t)e);
    if (type == TYPE_F64) {
        g |= (uint64_t)got[1][lane] << 32;
        e |= (uint64_t)want[1][lane] << 32;
    }
    return is_nan(g, type) && is_nan(e, type);
}

static bool registers_match(const struct instruction *in, const struct registers *got,
                            const struct registers *want, unsigned rows)
{
    if (memcmp(got->sgpr, want->sgpr, sizeof got->sgpr) != 0 || got->scc != want->scc) return false;
    for (unsigned row = 0; row < rows; row++)
        for (unsigned i = 0; i < VGPRS; i++) {
            const u32x16 *g = &got->vgpr[row][i], *e = &want->vgpr[row][i];
            if (memcmp((const uint32_t *)g, (const uint32_t *)e, sizeof *g) == 0) continue;
            bool result =
                in->dst.file == FILE_VGPR && i >= in->dst.index && i < in->dst.index + in->dst.dwords;
            if (!result) return false;
            for (unsigned lane = 0; lane < 16; lane++)
                if (!lane_matches(in, &got->vgpr[row][in->dst.index], &want->vgpr[row][in->dst.index], lane))
                    return false;
        }
    return true;
}

static void failure_print(const struct instruction *in, const struct registers *old,
                          const struct registers *got, const struct registers *want, const struct wave *w,
                          uint32_t mode)
{
    char text[200];
    instruction_print(text, sizeof text, in, w->wave64);
    fprintf(stderr, "%s, wave%d, mode %x, exec %08x%08x\n", text, w->wave64 ? 64 : 32, mode,
            old->sgpr[SGPR_EXEC + 1], old->sgpr[SGPR_EXEC]);
    for (unsigned i = 0; i < SGPRS; i++)
        if (got->sgpr[i] != want->sgpr[i])
            fprintf(stderr, "  s%u %08x, expected %08x\n", i, got->sgpr[i], want->sgpr[i]);
    unsigned shown = 0;
    for (unsigned i = 0; i < VGPRS; i++)
        for (unsigned lane = 0; lane < 16 * w->slices && shown < 2; lane++) {
            uint32_t g = got->vgpr[lane / 16][i][lane % 16], e = want->vgpr[lane / 16][i][lane % 16];
            if (g == e) continue;
            shown++;
            fprintf(stderr, "  v%u of lane %u %08x, expected %08x, was %08x; sources", i, lane, g, e,
                    old->vgpr[lane / 16][i][lane % 16]);
            for (unsigned k = 0; k < 3; k++)
                fprintf(stderr, " %llx",
                        (unsigned long long)operand_read(old, w->wave64, &in->src[k], lane / 16, lane % 16));
            fprintf(stderr, "\n");
        }
}

// --- Instances ---

// Apertures are this device's own; there are neither parameters nor primitives.
static bool is_modelled(const struct instruction *in)
{
    for (unsigned i = 0; i < 3; i++) {
        const struct operand *o = &in->src[i];
        if (o->file == FILE_SPECIAL && o->index != CODE_SCC && o->index != CODE_VCCZ &&
            o->index != CODE_EXECZ)
            return false;
    }
    return true;
}

static bool instance_make(struct generator *g, const struct opcode *row, enum vector_form form, bool wave64,
                          uint32_t code[CODE_WORDS], struct instruction *in)
{
    for (unsigned i = 0; i < TRIES; i++) {
        generate_instruction(g, row, form, code);
        if (!instruction_decode(in, code, GENERATED_WORDS * sizeof *code, wave64)) continue;
        if (in->opcode != row || in->form != form || !is_modelled(in)) continue;
        code[in->size / 4] = (uint32_t)S_ENDPGM;
        return true;
    }
    return false;
}

static bool instance_check(struct wave *w, const struct instruction *in, const uint32_t *code, bool quiet)
{
    static struct registers old, got, want;
    uint32_t mode = operand_random() & 0x3ff;
    registers_prepare(w, in);
    const struct op *entry = one_wave_decode(w, code);
    if (!entry) abort();
    registers_read(&old, w);
    want = old;
    one_wave_run(w, entry, mode);
    registers_read(&got, w);
    model_run(&want, &old, in, w, mode);
    bool matches = registers_match(in, &got, &want, w->slices);
    if (!matches && !quiet) failure_print(in, &old, &got, &want, w, mode);
    return matches;
}

static int form_check(struct wave *waves[2], const struct opcode *row, enum vector_form form, int instances)
{
    static uint32_t code[CODE_WORDS];
    struct generator g = {.state = row->id * 8u + form};
    int failures = 0;
    for (int n = 0; n < instances; n++) {
        struct wave *w = waves[n & 1];
        struct instruction in;
        if (!instance_make(&g, row, form, w->wave64, code, &in)) {
            fprintf(stderr, "no instance of %s, form %d\n", row->name, form);
            return failures + 1;
        }
        if (!instance_check(w, &in, code, failures >= FAILURES_SHOWN)) failures++;
    }
    if (failures) fprintf(stderr, "%s, form %d: %d of %d differ\n", row->name, form, failures, instances);
    return failures;
}

static bool is_lane_by_lane(const struct opcode *row)
{
    return row->encoding >= ENCODING_VOP1 && row->encoding <= ENCODING_VOP3P && row->vector;
}

int main(int argc, char **argv)
{
    int instances = argc > 1 ? (int)strtol(argv[1], NULL, 10) : INSTANCES, failed = 0, forms = 0;
    struct wave *waves[2] = {one_wave_open(false), one_wave_open(true)};
    if (!waves[0] || !waves[1]) return 2;
    for (unsigned i = 0; i < 2; i++) registers_fill(waves[i]);
    for (unsigned id = 0; id < OPCODE_ID_COUNT; id++)
        for (unsigned form = FORM_NATIVE; form <= FORM_DPP8; form++) {
            const struct opcode *row = &opcodes[id];
            if (!is_lane_by_lane(row) || !form_exists(row, form)) continue;
            forms++;
            failed += form_check(waves, row, form, instances) != 0;
        }
    printf("%d encodings of instructions, %d differ\n", forms, failed);
    return failed != 0;
}
