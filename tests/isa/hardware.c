// The values of hardware.def, run by the interpreter.
#include "one_instruction.h"
#include "one_wave.h"
#include "valu_operands.h"
#include "valu_reference.h"

#include <stdio.h>
#include <stdlib.h>

enum { LANES = 32 };
enum { MODE = MODE_F16_F64_DENORM_IN | MODE_F16_F64_DENORM_OUT | MODE_DX10_CLAMP | MODE_IEEE };

struct row {
    const char *name;
    struct form form;
    bool mask;
    uint64_t source[INSTRUCTION_SOURCES];
    enum { BITS, NANS, NUMBER } kind;
    uint64_t result;
    double error;
    bool mask_result;
};

static struct wave *wave;

static const struct opcode *opcode_find(const char *name)
{
    for (int id = 0; id < OPCODE_ID_COUNT; id++)
        if (strcmp(opcodes[id].name, name) == 0 && opcodes[id].vector) return &opcodes[id];
    fprintf(stderr, "there is no %s\n", name);
    exit(2);
}

static double number(uint64_t bits, unsigned type)
{
    if (type == TYPE_F64) return double_of(bits);
    return type == TYPE_F32 ? (double)float_of((uint32_t)bits) : f16_value((uint16_t)bits);
}

static uint64_t run(const struct row *row, const struct opcode *op)
{
    static uint32_t code[INSTRUCTION_WORDS];
    unsigned literal = instruction_literal(op);
    struct form form = row->form;
    if (literal < INSTRUCTION_SOURCES) form.literal = (uint32_t)row->source[literal];
    instruction_encode(code, op, &form);
    const struct op *entry = one_wave_decode(wave, code);
    if (!entry) abort();
    wave->sgpr[SGPR_EXEC] = UINT32_MAX;
    wave->sgpr[SGPR_VCC] = row->mask ? UINT32_MAX : 0;
    for (unsigned lane = 0; lane < LANES; lane++) {
        for (unsigned k = 0; k < 2; k++) *wave_lane(wave, lane, INSTRUCTION_DESTINATION + k) = 0;
        for (unsigned i = 0; i < 2 * INSTRUCTION_SOURCES; i++)
            *wave_lane(wave, lane, i) = (uint32_t)(row->source[i / 2] >> 32 * (i % 2));
    }
    one_wave_run(wave, entry, MODE);
    return instruction_result(wave, LANES - 1, op);
}

static bool result_fits(const struct row *row, const struct opcode *op, uint64_t got)
{
    if (instruction_writes_vcc(op) && (wave->sgpr[SGPR_VCC] >> (LANES - 1)) != row->mask_result) return false;
    if (row->kind == BITS) return got == row->result;
    double value = number(got, op->dst);
    return row->kind == NANS ? isnan(value) : fabs(value - number(row->result, op->dst)) <= row->error;
}

// ---- The table
// ----------------------------------------------------------------------------------------------

#define F32_INF        0x7f800000
#define F32_MINUS_INF  0xff800000
#define F32_MINUS_ZERO 0x80000000
#define F32_NAN        0x7fc00000
#define F(x)           bits_of((float)(x))
#define D(x)           bits_of_double(x)
#define H(x)           ((uint32_t)f16_round(x))
#define COMMA          ,
// clang-format off
#define ONE(a)         {a, 0, 0}
#define TWO(a, b)      {a, b, 0}
#define THREE(a, b, c) {a, b, c}
#define IS(name, sources, result)          {#name, {0}, false, sources, BITS, result, 0, false},
#define ISF(form, name, sources, result)   {#name, {form}, false, sources, BITS, result, 0, false},
#define IS_NAN(name, sources)              {#name, {0}, false, sources, NANS, 0, 0, false},
#define NEAR(name, sources, result, error) {#name, {0}, false, sources, NUMBER, result, error, false},
#define MASKED(name, in, sources, result, out)     {#name, {0}, in, sources, BITS, result, 0, out},
#define MASKED_NAN(name, in, sources, out)         {#name, {0}, in, sources, NANS, 0, 0, out},
// clang-format on

int main(void)
{
    const struct row rows[] = {
#include "hardware.def"
    };
    int failures = 0;
    wave = one_wave_open(false);
    if (!wave) return 2;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        const struct opcode *op = opcode_find(row->name);
        uint64_t got = run(row, op);
        if (result_fits(row, op, got)) continue;
        fprintf(stderr, "%s %llx %llx %llx is %llx, VCC %x\n", row->name, (unsigned long long)row->source[0],
                (unsigned long long)row->source[1], (unsigned long long)row->source[2],
                (unsigned long long)got, wave->sgpr[SGPR_VCC]);
        failures++;
    }
    printf("%zu values, %d differ\n", sizeof rows / sizeof *rows, failures);
    return failures != 0;
}
