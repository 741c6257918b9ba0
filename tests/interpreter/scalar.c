// Scalar semantics against definitions written bit by bit, over corner cases and random operands.
#include "device/softgpu/isa/table/isa.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RANDOM_OPERANDS = 40 };

static const uint64_t corners[] = {
    0,
    1,
    2,
    3,
    5,
    16,
    31,
    32,
    33,
    63,
    64,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x7fffffff,
    0x80000000,
    0x80000001,
    0xfffffffe,
    0xffffffff,
    0x100000000,
    0x7fffffffffffffff,
    0x8000000000000000,
    0xfffffffffffffffe,
    0xffffffffffffffff,
    0x00100004,
    0x00200000,
    0x0040001f,
    0x007f0003,
    0x00080018,
};
enum { CORNERS = sizeof corners / sizeof *corners, OPERANDS = CORNERS + RANDOM_OPERANDS };

static uint64_t operand(unsigned i)
{
    if (i < CORNERS) return corners[i];
    uint64_t x = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    return (x ^ x >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
}

// What an instruction must do: its result, and SCC where it writes that.
struct expected {
    uint64_t d;
    bool scc;
    uint64_t exec;
};

struct inputs {
    uint64_t a, b, d, exec; // sources, old destination, EXEC
    bool scc;
};

typedef struct expected reference_fn(struct inputs in);

// Definitions by loops over bits, so that they share nothing with the instructions' own formulas.
static unsigned bit_of(uint64_t value, unsigned i) { return value >> i & 1; }

static unsigned bits_set(uint64_t value, unsigned width)
{
    unsigned count = 0;
    for (unsigned i = 0; i < width; i++) count += bit_of(value, i);
    return count;
}

static uint64_t lowest(uint64_t value, unsigned width, unsigned wanted)
{
    for (unsigned i = 0; i < width; i++) {
        if (bit_of(value, i) == wanted) return i;
    }
    return UINT32_MAX;
}

static uint64_t leading(uint64_t value, unsigned width, unsigned wanted)
{
    for (unsigned i = 0; i < width; i++) {
        if (bit_of(value, width - 1 - i) == wanted) return i;
    }
    return UINT32_MAX;
}

static uint64_t field(uint64_t value, uint64_t spec, unsigned bits, bool sign)
{
    unsigned offset = spec % bits, width = spec >> 16 & 0x7f;
    uint64_t d = 0;
    for (unsigned i = 0; i < 64; i++) {
        unsigned from = i < width ? offset + i : offset + width - 1;
        bool inside = from < bits;
        unsigned bit = inside ? bit_of(value, from) : sign ? bit_of(value, bits - 1) : 0;
        if ((i < width || sign) && width > 0) d |= (uint64_t)bit << i;
    }
    return bits == 32 ? (uint32_t)d : d;
}

static uint64_t reversed(uint64_t value, unsigned width)
{
    uint64_t d = 0;
    for (unsigned i = 0; i < width; i++) d |= (uint64_t)bit_of(value, i) << (width - 1 - i);
    return d;
}

static uint64_t quads(uint64_t value, unsigned width, bool fill)
{
    uint64_t d = 0;
    for (unsigned i = 0; i < width; i++) {
        bool any = value >> (i / 4 * 4) & 0xf;
        if (any) d |= UINT64_C(1) << (fill ? i : i / 4);
    }
    return d;
}

static uint64_t replicated(uint64_t value)
{
    uint64_t d = 0;
    for (unsigned i = 0; i < 64; i++) d |= (uint64_t)bit_of(value, i / 2) << i;
    return d;
}

#define A32     ((uint32_t)in.a)
#define B32     ((uint32_t)in.b)
#define AS      ((int64_t)(int32_t)in.a)
#define BS      ((int64_t)(int32_t)in.b)
#define SIMM    ((int64_t)(int16_t)in.b)
#define UIMM    ((uint16_t)in.b)
#define FITS(x) ((x) >= INT32_MIN && (x) <= INT32_MAX)

// --- The rows of scalar.def, as functions and as a table ---

static uint64_t low_bits(uint64_t value, unsigned bits)
{
    return bits == 0 ? 0 : bits == 32 ? (uint32_t)value : value;
}

#define ROW(name, bits, result, condition)                                                                   \
    static struct expected expect_##name(struct inputs in)                                                   \
    {                                                                                                        \
        uint64_t d = low_bits((uint64_t)(result), bits);                                                     \
        int scc = (condition);                                                                               \
        return (struct expected){d, scc == 2 ? d != 0 : scc, in.exec};                                       \
    }
#define EXEC_ROW(name, bits, fresh, result)                                                                  \
    static struct expected expect_##name(struct inputs in)                                                   \
    {                                                                                                        \
        uint64_t exec = low_bits(fresh, bits);                                                               \
        return (struct expected){low_bits(result, bits), exec != 0, exec};                                   \
    }
#include "scalar.def"

static const struct {
    const char *name;
    reference_fn *expect;
} rows[] = {
#define ROW(name, ...)      {#name, expect_##name},
#define EXEC_ROW(name, ...) {#name, expect_##name},
#include "scalar.def"
};

static reference_fn *reference_find(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].name, name) == 0) return rows[i].expect;
    }
    return NULL;
}

// --- Tests ---

static void check(const struct opcode *opcode, reference_fn *reference, struct inputs in)
{
    bool wide = opcode->dst == TYPE_B64 || opcode->dst == TYPE_U64 || opcode->dst == TYPE_I64;
    struct expected expected = reference(in);
    struct scalar s = {.scc = in.scc, .d_in = in.d, .exec = in.exec};
    uint64_t d = opcode->scalar(in.a, in.b, &s);
    if (opcode->dst && low_bits(d, wide ? 64 : 32) != expected.d)
        fail_msg("%s(0x%llx, 0x%llx) = 0x%llx, expected 0x%llx", opcode->name, (long long)in.a,
                 (long long)in.b, (long long)d, (long long)expected.d);
    if (s.scc != expected.scc)
        fail_msg("%s(0x%llx, 0x%llx): SCC is %d", opcode->name, (long long)in.a, (long long)in.b, s.scc);
    uint64_t exec_mask = wide ? UINT64_MAX : UINT32_MAX;
    if ((s.exec ^ expected.exec) & exec_mask) fail_msg("%s: wrong EXEC", opcode->name);
}

// Every row of the opcode table that has a scalar meaning must be in scalar.def, and agree with it.
static void test_scalar(void **state)
{
    (void)state;
    for (unsigned id = 0; id < OPCODE_ID_COUNT; id++) {
        const struct opcode *opcode = &opcodes[id];
        if (opcode->encoding > ENCODING_SOPC) continue;
        reference_fn *reference = reference_find(opcode->name);
        if (!opcode->scalar && !reference) continue;
        if (!opcode->scalar || !reference) {
            fail_msg("%s is missing", opcode->name);
            return;
        }
        for (unsigned i = 0; i < OPERANDS * OPERANDS; i++) {
            struct inputs in = {operand(i % OPERANDS), operand(i / OPERANDS), operand(i % 61),
                                operand(i % 53), i % 2};
            if (opcode->encoding == ENCODING_SOPK) in.b = (uint64_t)(int16_t)in.b;
            check(opcode, reference, in);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_scalar)};
    return cmocka_run_group_tests_name("scalar", tests, NULL, NULL);
}
