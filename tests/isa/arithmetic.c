// Arithmetic instructions, run by the interpreter with all that surrounds their meaning (MODE's rounding,
// denormals, DX10_CLAMP and IEEE; neg, abs, omod, clamp), against MPFR; and that standing.def says what is
// so.
//
// usage: test_isa_arithmetic [runs]
//
// runs: how often each instruction runs, with 32 lanes of random and edge operands in a random mode each
// time; more than what ctest does finds rarer cases.
#include "arithmetic.h"
#include "one_instruction.h"
#include "one_wave.h"
#include "valu_operands.h"

#include "device/softgpu/isa/table/standing.h"

#include <stdio.h>
#include <stdlib.h>

enum { LANES = 32, FAILURES_SHOWN = 3, RUNS = 120 };

static struct wave *wave;

// --- Comparing ---

static uint64_t float_sign(unsigned type)
{
    return type == TYPE_F64      ? UINT64_C(1) << 63
           : type == TYPE_F32    ? 0x80000000
           : type == TYPE_PK_F16 ? 0x80008000
                                 : 0x8000;
}

static uint64_t modified(uint64_t bits, unsigned type, const struct form *v, unsigned i)
{
    if (v->abs >> i & 1) bits &= ~float_sign(type);
    return v->neg >> i & 1 ? bits ^ float_sign(type) : bits;
}

static void case_print(const struct arithmetic_case *c, uint64_t got)
{
    static const char *const roundings[] = {"nearest", "up", "down", "zero"};
    fprintf(stderr, "%s f32 to %s, f64 to %s, denormals %x, dx10_clamp %d, ieee %d, omod %d, clamp %d:",
            c->opcode->name, roundings[c->mode & 3], roundings[c->mode >> 2 & 3], c->mode >> 4 & 15,
            c->mode >> 8 & 1, c->mode >> 9 & 1, c->omod, c->clamp);
    for (unsigned i = 0; i < INSTRUCTION_SOURCES && c->opcode->src[i]; i++)
        fprintf(stderr, " %llx", (unsigned long long)c->s[i]);
    fprintf(stderr, ", mask %d -> %llx", c->mask, (unsigned long long)got);
}

static bool is_nan(uint64_t bits, unsigned type)
{
    if (type == TYPE_F64) return (bits & INT64_MAX) > UINT64_C(0x7ff) << 52;
    return type == TYPE_F32 ? (bits & INT32_MAX) > 0x7f800000 : (bits & 0x7fff) > 0x7c00;
}

// How far off; infinite where it is wrong.
static double exact_check(const struct arithmetic_case *c, uint64_t got, bool got_mask)
{
    unsigned type = c->opcode->dst;
    struct arithmetic_result want = arithmetic_compute(c);
    uint64_t mask = operand_dwords(type) == 2 ? UINT64_MAX
                    : type == TYPE_F16 || type == TYPE_PK_F16 || type == TYPE_I16 || type == TYPE_U16
                        ? 0xffff
                        : UINT32_MAX;
    if (want.unspecified) return 0;
    if (instruction_writes_vcc(c->opcode) && want.mask != got_mask) return (double)INFINITY;
    if (want.nan && is_nan(want.value[0], type) && is_nan(got & mask, type)) return 0;
    return (got & mask) == (want.value[0] & mask) || (got & mask) == (want.value[1] & mask)
               ? 0
               : (double)INFINITY;
}

// Over the halves of what is packed. What converts two f32 to two halves has a source for each.
static double lane_check(struct arithmetic_case c, uint64_t got, bool got_mask, bool bounded)
{
    double error = 0;
    uint64_t second = c.s[1];
    unsigned halves = c.opcode->dst == TYPE_PK_F16 ? 2 : 1;
    for (unsigned half = 0; half < halves; half++) {
        double this = bounded ? arithmetic_error(&c, got) : exact_check(&c, got, got_mask);
        if (this > error) error = this;
        for (int i = 0; i < INSTRUCTION_SOURCES; i++) c.s[i] >>= 16;
        if (c.opcode->src[0] == TYPE_F32) c.s[0] = second;
        got >>= 16;
    }
    return error;
}

// --- One instruction ---

struct tally {
    double worst;
    int failures;
};

static double limit_of(const struct opcode *op) { return opcode_standing(op)->ulp; }

// Source i of a lane, put where the program has it; v_div_scale's first is one of the others.
static uint64_t source_pick(const struct opcode *op, const struct form *v, unsigned lane, unsigned i,
                            const uint64_t others[INSTRUCTION_SOURCES])
{
    uint32_t picked[4];
    if (instruction_literal(op) == i) return v->literal;
    operand_pick(picked, op->src[i]);
    if (instruction_writes_vcc(op) && i == 0) {
        uint64_t same = others[1 + operand_random() % 2];
        picked[0] = (uint32_t)same, picked[1] = (uint32_t)(same >> 32);
    }
    for (unsigned k = 0; k < 2; k++) *wave_lane(wave, lane, 2 * i + k) = picked[k];
    return modified(instruction_source(wave, lane, op, i), op->src[i], v, i);
}

static void instruction_run(const struct opcode *op, const struct op *entry, const struct form *v,
                            uint32_t mode, struct tally *t)
{
    uint64_t s[LANES][INSTRUCTION_SOURCES];
    bool bounded = opcode_standing(op)->kind == STANDING_BOUNDED;
    uint32_t vcc = operand_random();
    wave->sgpr[SGPR_EXEC] = UINT32_MAX;
    wave->sgpr[SGPR_VCC] = vcc;
    for (unsigned lane = 0; lane < LANES; lane++) {
        for (unsigned i = INSTRUCTION_SOURCES; i-- > 0;) s[lane][i] = source_pick(op, v, lane, i, s[lane]);
        *wave_lane(wave, lane, INSTRUCTION_DESTINATION) = 0;
    }
    one_wave_run(wave, entry, mode);
    for (unsigned lane = 0; lane < LANES; lane++) {
        const uint64_t *from = s[lane];
        struct arithmetic_case c = {
            op, mode, v->omod, v->clamp, vcc >> lane & 1, {from[0], from[1], from[2]}};
        uint64_t got = instruction_result(wave, lane, op);
        if (op->id == OPCODE_ID_v_fma_mixhi_f16__VOP3P) got >>= 16;
        double error = lane_check(c, got, wave->sgpr[SGPR_VCC] >> lane & 1, bounded);
        if (error > t->worst) t->worst = error;
        if (error <= limit_of(op)) continue;
        if (t->failures++ >= FAILURES_SHOWN) continue;
        case_print(&c, got);
        if (bounded)
            fprintf(stderr, ", off by %g\n", error);
        else
            fprintf(stderr, ", expected %llx\n", (unsigned long long)arithmetic_compute(&c).value[0]);
    }
}

static bool takes_sign(const struct opcode *op)
{
    return op->encoding != ENCODING_VOP3P && operand_is_float(op->src[0]) &&
           !instruction_is_native_only(op) && !instruction_writes_vcc(op);
}

// Clamp and omod of results that are bounded only would hide what the bound is about; integers' saturate, or
// are not for the oracle.
static struct form variant_pick(const struct opcode *op)
{
    struct form v = {0};
    bool modifiable = operand_is_float(op->dst) && opcode_standing(op)->kind != STANDING_BOUNDED &&
                      !instruction_is_native_only(op);
    bool packed = op->encoding == ENCODING_VOP3P;
    if (modifiable && (packed || op->flags & OPCODE_CLAMP)) v.clamp = operand_random() % 4 == 0;
    if (modifiable && !packed && op->flags & OPCODE_OMOD)
        v.omod = operand_random() % 8 > 3 ? operand_random() % 4 : 0;
    if (takes_sign(op)) v.neg = operand_random() % 8 == 0, v.abs = operand_random() % 8 == 0;
    return v;
}

static int instruction_check(const struct opcode *op, int runs)
{
    static uint32_t code[OPCODE_ID_COUNT][INSTRUCTION_WORDS];
    enum { VARIANTS = 8 };
    struct tally t = {0};
    for (int variant = 0; variant < VARIANTS; variant++) {
        struct form v = variant ? variant_pick(op) : (struct form){0};
        uint32_t literal[4];
        operand_pick(literal, op->src[2]);
        v.literal = literal[0];
        instruction_encode(code[op->id], op, &v);
        const struct op *entry = one_wave_decode(wave, code[op->id]);
        if (!entry) abort();
        for (int i = 0; i < runs / VARIANTS; i++)
            instruction_run(op, entry, &v, operand_random() & 0x3ff, &t);
    }
    if (t.failures) fprintf(stderr, "%s: %d lanes differ\n", op->name, t.failures);
    if (limit_of(op) > 0) printf("%-18s within %.3f ulp\n", op->name, t.worst);
    return t.failures;
}

static bool has_vop3(const struct opcode *op)
{
    bool vector = op->encoding >= ENCODING_VOP1 && op->encoding <= ENCODING_VOP3P;
    return vector && op->vector;
}

static bool has_floats(const struct opcode *op)
{
    bool floats = operand_is_float(op->dst);
    for (unsigned i = 0; i < INSTRUCTION_SOURCES; i++) floats |= operand_is_float(op->src[i]);
    return floats;
}

// Moves bits, as it has them: valu_semantics.c.
static bool is_move(const struct opcode *op) { return op->id == OPCODE_ID_v_pack_b32_f16__VOP3; }

// No row is forgotten.
static bool oracle_is_missing(const struct opcode *op)
{
    return has_floats(op) && !is_move(op) && !arithmetic_known(op);
}

int main(int argc, char **argv)
{
    int runs = argc > 1 ? (int)strtol(argv[1], NULL, 10) : RUNS, failed = 0, checked = 0;
    wave = one_wave_open(false);
    if (!wave) return 2;
    for (int id = 0; id < OPCODE_ID_COUNT; id++) {
        const struct opcode *op = &opcodes[id];
        if (!has_vop3(op)) continue;
        if (oracle_is_missing(op)) fprintf(stderr, "%s has no oracle\n", op->name), failed++;
        if (!arithmetic_known(op)) continue;
        checked++;
        failed += instruction_check(op, runs) != 0;
    }
    printf("%d instructions, %d differ\n", checked, failed);
    return failed != 0;
}
