// Instruction snippets (snippets.s) against plain C. The wave32 and the wave64 code object are the program's
// arguments.
#include "code_object.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { LANES_MAX = 64, MEMORY_BYTES = 16384, FIRST_SCALAR = 8, SCALARS = 16, VECTORS = 8 };

// Registers and memory before a snippet.
static struct {
    uint32_t s[SCALARS];
    uint32_t v[VECTORS][LANES_MAX];
    uint8_t memory[MEMORY_BYTES];
} in;

// And after it, as the snippets' epilogue stores them.
static struct {
    uint32_t s[SCALARS], scc, vcc[2], exec[2], m0, unused[42];
    uint32_t v[VECTORS][LANES_MAX];
} out;

static uint8_t *memory;                // MEMORY_BYTES, with nothing behind them
static struct code_object *objects[2]; // wave32, wave64
static unsigned lanes;

#define S(n)               (in.s[(n) - FIRST_SCALAR])
#define V(n)               (in.v[(n) - 1][lane])
#define VL(n, lane_number) (in.v[(n) - 1][lane_number])
#define F(n)               (as_float(V(n)))
#define OUT_S(n)           (out.s[(n) - FIRST_SCALAR])
#define OUT_V(n)           (out.v[(n) - 1][lane])
#define EACH_LANE          for (unsigned lane = 0; lane < lanes; lane++)
// v_n is `expression` in every lane.
#define EXPECT(n, expression) EACH_LANE expect_lane(n, lane, OUT_V(n), (uint32_t)(expression))

static float as_float(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t as_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void expect_lane(unsigned n, unsigned lane, uint32_t got, uint32_t expected)
{
    if (got != expected) fail_msg("v%u lane %u: 0x%08x, expected 0x%08x", n, lane, got, expected);
}

static uint32_t mem32(uint32_t at)
{
    uint32_t value;
    memcpy(&value, in.memory + at, sizeof value);
    return value;
}

static uint32_t now32(uint32_t at)
{
    uint32_t value;
    memcpy(&value, memory + at, sizeof value);
    return value;
}

static uint64_t pair(uint32_t low, uint32_t high) { return low | (uint64_t)high << 32; }

// v1, v2, v8: any bits; v3: a pattern that shows where nothing was written; v4: lane numbers; v5, v6: floats;
// v7: two small f16 numbers.
static void inputs_fill(void)
{
    uint32_t state = 0x2545f491;
    for (unsigned i = 0; i < sizeof in / 4; i++) {
        state = state * 1664525 + 1013904223;
        ((uint32_t *)&in)[i] = state ^ state >> 15;
    }
    for (unsigned lane = 0; lane < LANES_MAX; lane++) {
        V(3) = 0xdead0000 + lane;
        V(4) = (lane * 7 + 3) % 32;
        V(5) = as_bits((float)(int)(V(5) % 2001) / 8 - 100);
        V(6) = as_bits((float)(int)(V(6) % 2001) / 1024 - 1);
        V(7) = 0x3c004000 + (lane << 16) + lane;
    }
    memcpy(memory, in.memory, MEMORY_BYTES);
    memset(&out, 0xee, sizeof out);
}

static bool snippet_try(const char *name, unsigned width, struct fault *fault)
{
    lanes = width;
    inputs_fill();
    const struct {
        const void *s, *v;
        void *out, *memory;
    } arguments = {in.s, in.v, &out, memory};
    struct shape shape = {.global = {width}, .local = {(uint16_t)width}};
    return kernel_run(objects[width == 64], name, shape, &arguments, sizeof arguments, fault);
}

static void snippet_run(const char *name, unsigned width)
{
    struct fault fault;
    if (!snippet_try(name, width, &fault)) fail_msg("%s: %s", name, fault.text);
}

#define SNIPPET(name)                                                                                        \
    static void check_##name(void);                                                                          \
    static void test_##name(void **state)                                                                    \
    {                                                                                                        \
        (void)state;                                                                                         \
        snippet_run(#name, 32);                                                                              \
        check_##name();                                                                                      \
    }                                                                                                        \
    static void check_##name(void)
#define SNIPPET64(name)                                                                                      \
    static void check_##name(void);                                                                          \
    static void test_##name(void **state)                                                                    \
    {                                                                                                        \
        (void)state;                                                                                         \
        snippet_run(#name, 64);                                                                              \
        check_##name();                                                                                      \
    }                                                                                                        \
    static void check_##name(void)

// --- EXEC and masks ---

SNIPPET(exec_merge)
{
    EXPECT(3, 0x0ff000f5u >> lane & 1 ? V(1) + V(2) : V(3));
    assert_int_equal(out.exec[0], 0x0ff000f5);
}

SNIPPET(exec_merge_bits)
{
    EACH_LANE
    {
        const uint32_t all = INT32_MAX, sign = ~all, at = lane * 16;
        bool active = 0x00f5a3c9u >> lane & 1;
        expect_lane(1, lane, OUT_V(1), active ? (V(1) & all) | (mem32(at) & sign) : V(1));
        expect_lane(2, lane, OUT_V(2), active ? (mem32(at + 4) & all) | (V(2) & sign) : V(2));
        expect_lane(8, lane, OUT_V(8), active ? (V(8) & mem32(at + 8)) | (~V(8) & all) : V(8));
    }
}
SNIPPET(exec_empty) { EXPECT(3, V(3)); }

SNIPPET64(exec_merge_64)
{
    const uint64_t exec = 0x800000010ff000f5;
    EXPECT(3, exec >> lane & 1 ? V(1) << 7 : V(3));
    EXPECT(4, exec >> lane & 1 ? pair(V(1), V(2)) << 7 >> 32 : V(4));
}

static uint32_t lane_mask(bool (*condition)(unsigned lane), unsigned first)
{
    uint32_t mask = 0;
    for (unsigned i = 0; i < 32; i++) mask |= (uint32_t)condition(first + i) << i;
    return mask;
}

static bool less_unsigned(unsigned lane) { return V(1) < V(2); }
static bool less_signed(unsigned lane) { return (int32_t)V(1) < (int32_t)V(2); }
static bool greater_unsigned(unsigned lane) { return V(1) > V(2); }

SNIPPET(compare_inactive) { assert_int_equal(out.vcc[0], lane_mask(less_unsigned, 0) & 0x00ff00ff); }

SNIPPET64(compare_sgpr_64)
{
    assert_int_equal(OUT_S(10), lane_mask(less_signed, 0));
    assert_int_equal(OUT_S(11), lane_mask(less_signed, 32));
}

SNIPPET(cmpx)
{
    assert_int_equal(out.exec[0], lane_mask(greater_unsigned, 0));
    assert_int_equal(out.vcc[0], 0);
    EXPECT(3, V(1) > V(2) ? 7 : V(3));
}

SNIPPET(carry_chain)
{
    EXPECT(3, V(1) + V(2));
    EXPECT(4, (pair(V(1), V(2)) + pair(V(2), V(8))) >> 32);
    EACH_LANE assert_int_equal(out.vcc[0] >> lane & 1,
                               ((__uint128_t)pair(V(1), V(2)) + pair(V(2), V(8))) >> 64);
}

SNIPPET(select_sgpr) { EXPECT(3, 0x5a5a1234u >> lane & 1 ? V(2) : V(1)); }

SNIPPET(mad_wide)
{
    EACH_LANE
    {
        uint64_t product = (uint64_t)V(1) * V(2), sum = product + pair(V(1), V(2));
        expect_lane(3, lane, OUT_V(3), (uint32_t)sum);
        expect_lane(4, lane, OUT_V(4), (uint32_t)(sum >> 32));
        assert_int_equal(OUT_S(10) >> lane & 1, sum < product);
    }
}

SNIPPET(saveexec)
{
    assert_int_equal(OUT_S(9), 0xffffffff);
    EXPECT(3, lane >= 8 && lane < 24 ? 1 : 2);
    assert_int_equal(out.scc, 1);
}

// --- Scalar sources ---

SNIPPET(scalar_sources)
{
    EXPECT(3, (S(8) ^ V(1)) + S(9));
    EXPECT(4, 0x12345678 + V(1));
    EXPECT(5, 1 + V(1));
    EXPECT(6, V(1));
    EXPECT(7, 1 + V(1));
}

SNIPPET(scalar_pair)
{
    EXPECT(3, pair(S(8), S(9)) << (V(1) & 63));
    EXPECT(4, pair(S(8), S(9)) << (V(1) & 63) >> 32);
    EXPECT(5, (uint64_t)S(10) * S(10) + 0x3ff0000000000000);
    EXPECT(6, ((uint64_t)S(10) * S(10) + 0x3ff0000000000000) >> 32);
}

// Both in one instruction: VCC is 0, EXEC is not.
SNIPPET(zero_flags)
{
    EXPECT(3, 1);
    EXPECT(4, UINT32_MAX);
    assert_int_equal(OUT_S(8), 1);
    assert_int_equal(OUT_S(9), UINT32_MAX);
}

SNIPPET(apertures)
{
    const uint32_t expected[] = {0, 0x10000, 0, 0x20000, 0xffffffff, 0x10000};
    assert_memory_equal(&OUT_S(8), expected, sizeof expected);
}

// --- Modifiers ---

SNIPPET(signs)
{
    EXPECT(3, as_bits(fmaf(-F(5), fabsf(F(6)), -fabsf(F(5)))));
    EACH_LANE assert_int_equal(out.vcc[0] >> lane & 1, -fabsf(F(5)) < F(6));
}

SNIPPET(clamp_omod)
{
    EXPECT(3, as_bits(fminf(fmaxf(F(5) * F(6), 0), 1)));
    EXPECT(4, as_bits(F(5) * F(6) * 4));
    EXPECT(7, V(1) + V(2) < V(1) ? 0xffffffff : V(1) + V(2));
}

SNIPPET(denormals)
{
    EXPECT(3, 0);
    EXPECT(4, 64);
    EXPECT(6, 64);
    EXPECT(7, 0);
}

static uint32_t byte_of(uint32_t value, unsigned n) { return value >> 8 * n & 0xff; }

SNIPPET(sdwa)
{
    EXPECT(3, (V(3) & 0xffff00ff) | ((byte_of(V(1), 3) + (V(2) >> 16)) & 0xff) << 8);
    EXPECT(4, (uint32_t)(int8_t)byte_of(V(1), 2) + byte_of(V(2), 0));
    EXPECT(5, V(1) << 16);
    EXPECT(6, (uint32_t)(int32_t)(int8_t)byte_of(V(1), 1) << 16);
    EACH_LANE assert_int_equal(out.vcc[0] >> lane & 1, byte_of(V(1), 0) == byte_of(V(8), 0));
}

SNIPPET(sdwa_scalar) { EXPECT(3, S(8) >> 16 ^ V(2)); }

static float half_to_float(uint16_t bits)
{
    _Float16 value;
    memcpy(&value, &bits, sizeof value);
    return (float)value;
}

static uint16_t float_to_half(float value)
{
    _Float16 half = (_Float16)value;
    uint16_t bits;
    memcpy(&bits, &half, sizeof bits);
    return bits;
}

SNIPPET(short_halves)
{
    EXPECT(3, (V(3) & 0xffff0000) | float_to_half(2 * half_to_float((uint16_t)V(7))));
    EXPECT(4, (V(4) & 0xffff) | ((V(1) >> 16) + V(2)) << 16);
    EXPECT(5, (V(5) & 0xffff0000) | (V(1) * V(2) & 0xffff));
}

static uint32_t both(uint32_t low, uint32_t high) { return (low & 0xffff) | high << 16; }

static int32_t saturated(int32_t value)
{
    return value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value;
}

SNIPPET(packed)
{
    EXPECT(3, both(V(1) + V(2), (V(1) >> 16) + (V(2) >> 16)));
    EXPECT(4, both((V(1) >> 16) + V(2), V(1) + (V(2) >> 16)));
    EXPECT(5, both((uint32_t)saturated((int16_t)V(1) - (int16_t)V(2)),
                   (uint32_t)saturated((int16_t)(V(1) >> 16) - (int16_t)(V(2) >> 16))));
    EXPECT(6, both(V(1) << 3, V(1) >> 16 << 3));
}

SNIPPET(fma_mix)
{
    EXPECT(3, as_bits(fmaf(half_to_float((uint16_t)(V(7) >> 16)), F(5), F(6))));
    EXPECT(4, as_bits(fmaf(-half_to_float((uint16_t)V(7)), fabsf(F(5)), F(6))));
}

// --- DPP ---

#define ROW    (lane & ~15u)
#define COLUMN (lane & 15)

SNIPPET(dpp_shifts)
{
    static const unsigned quad[] = {3, 1, 0, 2};
    EXPECT(3, COLUMN + 3 < 16 ? VL(1, lane + 3) : 0);
    EXPECT(4, COLUMN >= 2 ? VL(1, lane - 2) : V(4));
    EXPECT(5, VL(1, ROW + ((lane - 5) & 15)));
    EXPECT(6, VL(1, (lane & ~3u) + quad[lane & 3]));
    EXPECT(7, lane < 16 ? VL(1, 15 - lane) : V(7));
    EXPECT(8, COLUMN / 4 % 2 == 0 ? VL(1, lane ^ 7) : V(8));
}

SNIPPET(dpp_share)
{
    EXPECT(3, VL(1, ROW + 6) + V(2));
    EXPECT(4, VL(1, lane ^ 9) + V(2));
    EXPECT(5, VL(1, lane ^ 7));
    // v5 holds integers as written above; their bits as floats are only compared.
    EXPECT(6, COLUMN ? as_bits(fmaxf(-as_float(out.v[4][lane - 1]), fabsf(F(6)))) : V(6));
}

SNIPPET(dpp_inactive)
{
    const uint32_t exec = 0x0f0f7777;
#define ACTIVE(n) (exec >> (n) & 1)
    EXPECT(3, ACTIVE(lane) && COLUMN < 15 && ACTIVE(lane + 1) ? VL(1, lane + 1) : V(3));
    EXPECT(4, !ACTIVE(lane) ? V(4) : COLUMN < 15 && ACTIVE(lane + 1) ? VL(1, lane + 1) : 0);
    EXPECT(5, ACTIVE(lane) && COLUMN < 15 ? VL(1, lane + 1) : V(5));
    EACH_LANE
    {
        unsigned from = (lane & ~7u) + ((lane + 1) & 7);
        expect_lane(6, lane, OUT_V(6), !ACTIVE(lane) ? V(6) : ACTIVE(from) ? VL(1, from) : 0);
    }
}

// --- Across lanes ---

SNIPPET(lanes)
{
    assert_int_equal(OUT_S(8), VL(1, 4));
    assert_int_equal(OUT_S(9), VL(1, 3));
    assert_int_equal(OUT_S(10), VL(1, 37 % 32));
    assert_int_equal(OUT_S(12), VL(1, 0));
    EXPECT(3, lane == 2 ? S(11) : V(3));
}

SNIPPET(permlane)
{
    static const unsigned select[] = {7, 6, 5, 4, 3, 2, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7};
    EXPECT(3, VL(1, ROW + select[COLUMN]));
    EXPECT(4, VL(1, (ROW ^ 16) + select[COLUMN]));
    EXPECT(5, lane == 15 || ROW == 0 ? V(5) : VL(1, 31));
    EXPECT(6, lane == 15 ? V(6) : VL(1, ROW + 15));
    EXPECT(7, lane == 15 ? V(7) : ROW == 0 ? 0 : VL(1, 31));
}

SNIPPET(permutes)
{
    EXPECT(3, VL(1, V(4)));
    EACH_LANE expect_lane(5, lane, out.v[4][((lane ^ 7) + 1) & 31], V(1));
    EXPECT(6, VL(1, (lane & 4) | 3)); // "00p11": the top two bits 0, the middle one kept, the low two 1
    EXPECT(7, VL(1, lane ^ 1));
    EXPECT(8, lane == 0 ? V(8) : V(4) == 0 ? 0 : VL(1, V(4)));
}

SNIPPET64(bpermute_64) { EXPECT(3, VL(1, (lane & 32) + V(4))); } // within each half of the wave

SNIPPET64(swizzles_64) // FFT: the guide's examples
{
    static const uint8_t all[] = {0, 16, 8, 24, 4, 20, 12, 28, 2, 18, 10, 26, 6, 22, 14, 30,
                                  1, 17, 9, 25, 5, 21, 13, 29, 3, 19, 11, 27, 7, 23, 15, 31};
    static const uint8_t rows[] = {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15};
    EXPECT(2, VL(1, (lane & 32) + all[lane & 31]));
    EXPECT(3, VL(1, ROW + rows[COLUMN]));
    EXPECT(4, V(1));
    EXPECT(5, VL(1, (lane & 32) + ((lane + 3) & 31)));
    EXPECT(6, VL(1, (lane & 32) + ((lane - 3) & 31)));
    EXPECT(7, lane == 1 ? V(7) : lane == 0 ? 0 : VL(1, (lane & 32) + ((lane + 1) & 31)));
    EACH_LANE
    {
        unsigned from = ROW + (pair(S(8), S(9)) >> 4 * COLUMN & 15);
        expect_lane(8, lane, OUT_V(8), lane == 1 || from == 1 ? V(8) : VL(1, from));
    }
}

SNIPPET64(mbcnt_64) { EXPECT(3, __builtin_popcountll(pair(S(8), S(9)) & ((UINT64_C(1) << lane) - 1))); }

SNIPPET(movrel)
{
    EXPECT(3, V(3));
    EXPECT(6, V(1));
    EXPECT(7, V(8));
    EXPECT(8, V(7));
    assert_int_equal(OUT_S(10), S(10));
    assert_int_equal(OUT_S(14), S(8));
    assert_int_equal(OUT_S(15), S(9));
    assert_int_equal(out.m0, 2);
}

SNIPPET(movrel_2)
{
    EXPECT(3, V(3));
    EXPECT(6, V(3));
    assert_int_equal(OUT_S(20), S(10));
    assert_int_equal(OUT_S(21), 0x1234567);
    assert_int_equal(OUT_S(17), S(17));
}

SNIPPET64(subvectors_64)
{
    static const uint64_t executed[] = {0x123456780ff000f5, 0x0ff000f5, UINT64_C(0x80000001) << 32};
    static const uint32_t rounds[] = {2, 1, 1, 0};
    EACH_LANE
    {
        uint32_t times = 0;
        for (unsigned i = 0; i < 3; i++) times += executed[i] >> lane & 1;
        expect_lane(3, lane, OUT_V(3), V(3) + times);
        expect_lane(4, lane, OUT_V(4), V(4) + times); // EXEC is whole again
    }
    for (unsigned i = 0; i < 4; i++) assert_int_equal(OUT_S(12 + i), S(12 + i) + rounds[i]);
}

// --- Scalar memory and hardware registers ---

SNIPPET(scalar_loads)
{
    assert_int_equal(OUT_S(8), mem32(0x10));
    assert_memory_equal(&OUT_S(10), in.memory + 0x20, 8);
    assert_memory_equal(&OUT_S(12), in.memory + 0x30, 16);
    assert_int_equal(OUT_S(9), mem32(0xf8));
    assert_memory_equal(&OUT_S(16), in.memory + 0x40, 16);
}

SNIPPET(buffer_loads) // of 24 bytes
{
    assert_int_equal(OUT_S(8), mem32(16));
    assert_int_equal(OUT_S(9), mem32(20));
    assert_int_equal(OUT_S(10), 0);
    assert_int_equal(OUT_S(11), 0);
    assert_int_equal(OUT_S(12), mem32(4));
    EXPECT(3, lane < 6 ? mem32(4 * lane) : 0);
    EXPECT(4, lane < 4 ? mem32(4 * lane + 4) : 0);
    EXPECT(5, lane < 4 ? mem32(4 * lane + 8) : 0);
    EACH_LANE assert_int_equal(now32(4 * lane), lane < 6 ? V(1) : mem32(4 * lane));
}

SNIPPET(hardware_registers)
{
    assert_int_equal(OUT_S(8) & 0xff, 0xc0); // the assembler's default: f32 denormals flushed, to nearest
    assert_int_equal(OUT_S(9), 3);
    assert_int_equal(OUT_S(10), 0xf1);
    assert_int_equal(OUT_S(11), 0x00010002);
    EACH_LANE
    {
        double exact = (double)F(5) + F(6); // no rounding: both have few bits
        float zero = as_float(OUT_V(3)), up = as_float(OUT_V(4));
        double beyond = nextafterf(zero, zero < 0 ? -INFINITY : INFINITY);
        assert_true(fabs((double)zero) <= fabs(exact) && fabs(beyond) > fabs(exact));
        assert_true((double)up >= exact && (double)nextafterf(up, -INFINITY) < exact);
    }
}

SNIPPET(calls) { assert_int_equal(OUT_S(8), (1 * 3 + 100) * 3); }

// --- LDS ---

SNIPPET(lds_widths)
{
    EACH_LANE
    {
        uint32_t word = (V(1) & 0xff) | (V(1) >> 16 & 0xff) << 8 | V(1) << 16;
        expect_lane(3, lane, OUT_V(3), word);
        expect_lane(4, lane, OUT_V(4), word & 0xff);
        expect_lane(5, lane, OUT_V(5), (uint32_t)(int8_t)(word >> 8));
        expect_lane(6, lane, OUT_V(6), word >> 16);
        expect_lane(7, lane, OUT_V(7), (uint32_t)(int16_t)(word >> 16));
        expect_lane(8, lane, OUT_V(8), (V(8) & 0xffff) | (word & 0xffff0000));
    }
}

SNIPPET(lds_wide)
{
    EXPECT(3, V(4));
    EXPECT(4, V(8));
    EXPECT(5, V(2));
    EXPECT(6, V(4));
    EXPECT(7, V(8));
    EXPECT(8, V(2));
}

SNIPPET(lds_two)
{
    EXPECT(3, V(2));
    EXPECT(4, V(1));
    EXPECT(5, V(4));
    EXPECT(6, V(8));
}

SNIPPET(lds_outside)
{
    EXPECT(3, 0);
    EXPECT(4, VL(2, 1));
}

SNIPPET(lds_atomics)
{
    uint32_t sum = 5, most = 5 + 32;
    EACH_LANE
    {
        expect_lane(3, lane, OUT_V(3), sum++);
        expect_lane(4, lane, OUT_V(4), most);
        most = most < 4 * lane ? 4 * lane : most;
    }
    EXPECT(5, V(1));
    EXPECT(6, V(2));
    EXPECT(7, V(2));
    EXPECT(8, V(8) - V(1));
}

SNIPPET(lds_append)
{
    EACH_LANE
    {
        bool active = 0x00ff0f0fu >> lane & 1;
        assert_int_equal(OUT_V(4) - OUT_V(3), active ? 16 : V(4) - V(3));
        assert_int_equal(OUT_V(5) - OUT_V(4), active ? 16 : V(5) - V(4));
    }
}

// --- Global and flat memory ---

SNIPPET(global_widths)
{
#define AT(offset) (in.memory[4 * lane + (offset)])
    EXPECT(1, AT(1));
    EXPECT(2, (int8_t)AT(2));
    EXPECT(3, AT(1) | AT(2) << 8);
    EXPECT(4, (int16_t)(AT(2) | AT(3) << 8));
    EXPECT(5, (V(5) & 0xffff0000) | AT(2) | AT(3) << 8);
    EXPECT(6, (V(6) & 0xffff) | (uint32_t)AT(3) << 16);
    EXPECT(7, mem32(16 * lane + 8));
    EXPECT(8, mem32(16 * lane + 12));
}

SNIPPET(global_wide)
{
    EXPECT(3, mem32(16 * lane + 4));
    EXPECT(4, mem32(16 * lane + 8));
    EXPECT(5, mem32(16 * lane + 12));
    EXPECT(6, lane % 2 ? mem32(16 * lane) : lane < 2 ? out.v[5][lane] : mem32(4 * lane - 8));
    EXPECT(7, lane % 2 ? mem32(16 * lane + 8) : mem32(4 * lane));
    EXPECT(8, lane % 2 ? mem32(16 * lane + 12) : mem32(4 * lane + 4));
}

SNIPPET(global_stores)
{
    EACH_LANE
    {
        bool active = lane < 30;
        assert_int_equal(now32(16 * lane), active ? V(1) : mem32(16 * lane));
        assert_int_equal(now32(16 * lane + 4), active ? V(2) : mem32(16 * lane + 4));
        assert_int_equal(memory[16 * lane + 9], active ? V(8) & 0xff : in.memory[16 * lane + 9]);
        assert_int_equal(memory[16 * lane + 8], in.memory[16 * lane + 8]);
        assert_int_equal(now32(16 * lane + 12) & 0xffff,
                         (active ? V(8) >> 16 : mem32(16 * lane + 12)) & 0xffff);
        assert_int_equal(memory[4 * lane + 2047], active ? V(8) >> 16 & 0xff : in.memory[4 * lane + 2047]);
    }
}

SNIPPET(global_store4)
{
    EACH_LANE
    {
        const uint32_t expected[] = {V(1), V(2), V(4), V(8)};
        assert_memory_equal(memory + 16 * lane, expected, sizeof expected);
    }
}

SNIPPET(flat_apertures)
{
    EACH_LANE
    {
        uint32_t before = lane < 16 ? V(1) : mem32(4 * lane);
        expect_lane(3, lane, OUT_V(3), before);
        expect_lane(4, lane, OUT_V(4), before);
        expect_lane(5, lane, OUT_V(5), before + V(2));
        assert_int_equal(now32(4 * lane), lane < 16 ? mem32(4 * lane) : before + V(2));
    }
}

SNIPPET(scratch_private)
{
    EXPECT(3, V(1));
    EXPECT(4, V(1));
    EXPECT(5, V(2));
    EXPECT(6, pair(V(1), V(2)) >> 32 & 0xffff);
    EXPECT(7, (int8_t)V(8));
}

static void expect_small_rows(uint32_t exec)
{
    EACH_LANE
    {
        bool on = exec >> lane & 1;
        uint32_t half = mem32(5 + 2 * lane) & 0xffff, byte = (uint32_t)(int8_t)mem32(6 + lane);
        expect_lane(3, lane, OUT_V(3), on ? (uint8_t)mem32(1 + lane) : V(3));
        expect_lane(4, lane, OUT_V(4), on ? (uint32_t)(int8_t)mem32(2 + lane) : V(4));
        expect_lane(5, lane, OUT_V(5), on ? (uint16_t)mem32(3 + 2 * lane) : V(5));
        expect_lane(6, lane, OUT_V(6), on ? (uint32_t)(int16_t)mem32(4 + 2 * lane) : V(6));
        expect_lane(7, lane, OUT_V(7), on ? (V(7) & 0xffff0000) | half : V(7));
        expect_lane(8, lane, OUT_V(8), on ? (V(8) & 0xffff) | byte << 16 : V(8));
        assert_int_equal((uint8_t)now32(512 + lane), (uint8_t)(on ? V(1) : mem32(512 + lane)));
        assert_int_equal((uint8_t)now32(768 + lane), (uint8_t)(on ? V(1) >> 16 : mem32(768 + lane)));
        assert_int_equal((uint16_t)now32(1024 + 2 * lane), (uint16_t)(on ? V(2) : mem32(1024 + 2 * lane)));
        assert_int_equal((uint16_t)now32(1537 + 2 * lane),
                         (uint16_t)(on ? V(2) >> 16 : mem32(1537 + 2 * lane)));
    }
    for (unsigned at = 508; at < 1700; at++) { // and nothing beside them
        bool written = (at >= 512 && at < 544) || (at >= 768 && at < 800) || (at >= 1024 && at < 1088) ||
                       (at >= 1537 && at < 1601);
        if (!written) assert_int_equal((uint8_t)now32(at), (uint8_t)mem32(at));
    }
}

SNIPPET(small_rows_whole) { expect_small_rows(UINT32_MAX); }
SNIPPET(small_rows_part) { expect_small_rows(0xfff07ffe); }

SNIPPET64(lane_numbers_64) { EXPECT(3, mem32(8 + 4 * lane)); }

SNIPPET(lane_numbers)
{
    EACH_LANE
    {
        bool active = 0x00ff3333u >> lane & 1;
        expect_lane(3, lane, OUT_V(3), mem32(8 + 4 * lane));
        expect_lane(6, lane, OUT_V(6), active ? mem32(1024 + 4 * lane) : V(6));
        assert_int_equal(now32(512 + 4 * lane), active ? V(1) : mem32(512 + 4 * lane));
    }
}

SNIPPET(global_atomics)
{
    EACH_LANE
    {
        uint32_t at = 4 * lane, third = mem32(512 + at), fifth = mem32(1024 + at);
        uint64_t wide = pair(mem32(1280 + 4 * at), mem32(1284 + 4 * at)) + pair(V(1), V(2));
        int32_t second = (int32_t)mem32(256 + at);
        expect_lane(3, lane, OUT_V(3), mem32(at));
        assert_int_equal(now32(at), mem32(at) + V(2));
        assert_int_equal((int32_t)now32(256 + at), second > (int32_t)V(1) ? second : (int32_t)V(1));
        expect_lane(4, lane, OUT_V(4), third);
        assert_int_equal(now32(512 + at), third < V(1) ? third : V(1));
        expect_lane(5, lane, OUT_V(5), mem32(768 + at));
        assert_int_equal(now32(768 + at), mem32(768 + at) == V(2) ? V(1) : mem32(768 + at));
        expect_lane(6, lane, OUT_V(6), fifth);
        assert_int_equal(now32(1024 + at), fifth >= V(8) ? 0 : fifth + 1);
        assert_int_equal(now32(1280 + 4 * at), (uint32_t)wide);
        expect_lane(7, lane, OUT_V(7), lane ? 4 * (lane - 1) : mem32(2044)); // one dword, lane after lane
    }
    assert_int_equal(now32(2044), 4 * 31);
}

// --- Stopping ---

static struct fault stop(const char *name)
{
    struct fault fault;
    assert_false(snippet_try(name, 32, &fault));
    return fault;
}

static void test_unsupported(void **state)
{
    (void)state;
    struct fault fault = stop("unsupported");
    assert_int_equal(fault.kind, FAULT_ILLEGAL_INSTRUCTION);
    assert_non_null(strstr(fault.text, "s_sethalt"));
}

static void test_movrel_outside(void **state)
{
    (void)state;
    assert_int_equal(stop("movrel_outside").kind, FAULT_ILLEGAL_INSTRUCTION);
}

static void test_undecodable(void **state)
{
    (void)state;
    assert_int_equal(stop("undecodable").kind, FAULT_ILLEGAL_INSTRUCTION);
}

static void test_jump_nowhere(void **state)
{
    (void)state;
    struct fault fault = stop("jump_nowhere");
    assert_int_equal(fault.kind, FAULT_MEMORY);
    assert_int_equal(fault.address, 0x1000);
}

static void test_scratch_outside(void **state)
{
    (void)state;
    struct fault fault = stop("scratch_outside");
    assert_int_equal(fault.kind, FAULT_MEMORY);
    assert_int_equal(fault.address, 0x0002000000000100);
    assert_false(fault.write);
}

// Rows are stored from the lowest address on: what lies below the fault's has been.
static void test_stores_over_end(void **state)
{
    (void)state;
    struct fault fault = stop("store4_over_end");
    assert_int_equal(fault.kind, FAULT_MEMORY);
    assert_true(fault.write);
    assert_int_equal(fault.address, (uintptr_t)memory + MEMORY_BYTES);
    for (unsigned lane = 0; lane < 5; lane++) {
        const uint32_t at = MEMORY_BYTES - 80 + 16 * lane, stored[] = {V(1), V(2), V(4), V(8)};
        for (unsigned k = 0; k < 4; k++) assert_int_equal(now32(at + 4 * k), stored[k]);
    }
    fault = stop("store2_over_end");
    assert_int_equal(fault.address, (uintptr_t)memory + MEMORY_BYTES);
    for (unsigned lane = 0; lane < 6; lane++) {
        assert_int_equal(now32(MEMORY_BYTES - 48 + 8 * lane), V(1));
        assert_int_equal(now32(MEMORY_BYTES - 44 + 8 * lane), V(2));
    }
}

static uint8_t *memory_map(void)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *pages = mmap(NULL, MEMORY_BYTES + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages, MEMORY_BYTES, PROT_READ | PROT_WRITE) != 0) return NULL;
    return pages;
}

int main(int count, char **paths)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test(test_##name)
        T(exec_merge),
        T(exec_empty),
        T(exec_merge_bits),
        T(exec_merge_64),
        T(compare_inactive),
        T(compare_sgpr_64),
        T(cmpx),
        T(carry_chain),
        T(select_sgpr),
        T(mad_wide),
        T(saveexec),
        T(scalar_sources),
        T(scalar_pair),
        T(zero_flags),
        T(apertures),
        T(signs),
        T(clamp_omod),
        T(denormals),
        T(sdwa),
        T(sdwa_scalar),
        T(short_halves),
        T(packed),
        T(fma_mix),
        T(dpp_shifts),
        T(dpp_share),
        T(dpp_inactive),
        T(lanes),
        T(permlane),
        T(permutes),
        T(bpermute_64),
        T(swizzles_64),
        T(mbcnt_64),
        T(movrel),
        T(scalar_loads),
        T(buffer_loads),
        T(hardware_registers),
        T(calls),
        T(lds_widths),
        T(lds_wide),
        T(lds_two),
        T(lds_outside),
        T(lds_atomics),
        T(lds_append),
        T(global_widths),
        T(global_wide),
        T(global_stores),
        T(global_store4),
        T(flat_apertures),
        T(scratch_private),
        T(global_atomics),
        T(unsupported),
        T(undecodable),
        T(jump_nowhere),
        T(scratch_outside),
        T(movrel_2),
        T(movrel_outside),
        T(subvectors_64),
        T(lane_numbers),
        T(lane_numbers_64),
        T(small_rows_whole),
        T(small_rows_part),
        T(stores_over_end),
    };
    memory = memory_map();
    if (count != 3 || !memory) return 1;
    objects[0] = code_object_load(paths[1]);
    objects[1] = code_object_load(paths[2]);
    int failed = cmocka_run_group_tests_name("snippets", tests, NULL, NULL);
    code_object_free(objects[0]);
    code_object_free(objects[1]);
    return failed;
}
