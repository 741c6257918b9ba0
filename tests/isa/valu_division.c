// The compiler's division sequences, which rely on how V_DIV_SCALE, V_DIV_FMAS and V_DIV_FIXUP work together,
// give correctly rounded quotients. LLVM, SIISelLowering.cpp, LowerFDIV32 and LowerFDIV64. Where f32's
// denormals are flushed, that is off between the steps, and quotients are those of what is left, flushed.
#include "valu_operands.h"
#include "valu_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdio.h>

#include <cmocka.h>
#include <xmmintrin.h>

enum { SLICES = 100000, MODE_KEEP_DENORMALS = 0xf0, MXCSR_FLUSH = 0x8040 };

extern vector_fn sem_v_div_scale_f32, sem_v_div_fmas_f32, sem_v_div_fixup_f32, sem_v_rcp_f32, sem_v_fma_f32,
    sem_v_mul_f32;
extern vector_fn sem_v_div_scale_f64, sem_v_div_fmas_f64, sem_v_div_fixup_f64, sem_v_rcp_f64, sem_v_fma_f64,
    sem_v_mul_f64;

// One slice of registers of up to 64 bits.
struct value {
    u32x16 v[2];
};

struct division {
    vector_fn *scale, *fmas, *fixup, *rcp, *fma, *mul;
    int type;
    uint64_t one, sign;
    struct lanes lanes;
    bool flushes;
};

static struct value run(struct division *d, vector_fn *f, struct value a, struct value b, struct value c)
{
    struct value r = {0};
    f(r.v, a.v, b.v, c.v, &d->lanes);
    return r;
}

// One of the steps, which see the mode that the program is in.
static struct value step(struct division *d, vector_fn *f, struct value a, struct value b, struct value c)
{
    unsigned mxcsr = _mm_getcsr();
    d->lanes.mode = MODE_KEEP_DENORMALS;
    if (d->flushes) {
        d->lanes.mode &= ~(uint32_t)(MODE_F32_DENORM_IN | MODE_F32_DENORM_OUT);
        _mm_setcsr(mxcsr | MXCSR_FLUSH);
    }
    struct value r = run(d, f, a, b, c);
    _mm_setcsr(mxcsr);
    return r;
}

static struct value splat(uint64_t bits)
{
    return (struct value){{(u32x16)(uint32_t)bits, (u32x16)(uint32_t)(bits >> 32)}};
}

static struct value negate(const struct division *d, struct value a)
{
    struct value sign = splat(d->sign);
    return (struct value){{a.v[0] ^ sign.v[0], a.v[1] ^ sign.v[1]}};
}

static struct value divide_f32(struct division *d, struct value x, struct value y)
{
    struct value none = {0}, one = splat(d->one);
    struct value denominator = step(d, d->scale, y, y, x), negated = negate(d, denominator);
    struct value numerator = step(d, d->scale, x, y, x);
    uint16_t scaled = d->lanes.mask_out;
    struct value rcp = step(d, d->rcp, denominator, none, none);
    struct value error = run(d, d->fma, negated, rcp, one);
    struct value better = run(d, d->fma, error, rcp, rcp);
    struct value quotient = run(d, d->mul, numerator, better, none);
    struct value rest = run(d, d->fma, negated, quotient, numerator);
    quotient = run(d, d->fma, rest, better, quotient);
    rest = run(d, d->fma, negated, quotient, numerator);
    d->lanes.mask_in = scaled;
    return step(d, d->fixup, step(d, d->fmas, rest, better, quotient), y, x);
}

static struct value divide_f64(struct division *d, struct value x, struct value y)
{
    struct value none = {0}, one = splat(d->one);
    struct value denominator = step(d, d->scale, y, y, x), negated = negate(d, denominator);
    struct value rcp = step(d, d->rcp, denominator, none, none);
    rcp = run(d, d->fma, rcp, run(d, d->fma, negated, rcp, one), rcp);
    rcp = run(d, d->fma, rcp, run(d, d->fma, negated, rcp, one), rcp);
    struct value numerator = step(d, d->scale, x, y, x);
    d->lanes.mask_in = d->lanes.mask_out;
    struct value quotient = run(d, d->mul, numerator, rcp, none);
    struct value rest = run(d, d->fma, negated, quotient, numerator);
    return step(d, d->fixup, step(d, d->fmas, rest, rcp, quotient), y, x);
}

static int check(struct division *d, struct value divide(struct division *, struct value, struct value))
{
    int failures = 0;
    for (int n = 0; n < SLICES / (d->type == TYPE_F64 ? 2 : 1); n++) {
        struct value x = {0}, y = {0};
        uint64_t want[16];
        for (int lane = 0; lane < 16; lane++) {
            uint32_t a[4], b[4];
            operand_pick(a, d->type), operand_pick(b, d->type);
            for (int k = 0; k < operand_dwords(d->type); k++) x.v[k][lane] = a[k], y.v[k][lane] = b[k];
            if (d->flushes) operand_flush(a, d->type), operand_flush(b, d->type);
            want[lane] = d->type == TYPE_F32 ? bits_of(float_of(a[0]) / float_of(b[0]))
                                             : bits_of_double(double_of(a[0] | (uint64_t)a[1] << 32) /
                                                              double_of(b[0] | (uint64_t)b[1] << 32));
        }
        struct value q = divide(d, x, y);
        for (int lane = 0; lane < 16; lane++) {
            uint32_t got[4] = {q.v[0][lane], q.v[1][lane]},
                     expected[4] = {(uint32_t)want[lane], (uint32_t)(want[lane] >> 32)};
            if (d->flushes) operand_flush(expected, d->type);
            // Whether what rounds up to the smallest normal number is flushed is open.
            if (d->flushes && (expected[0] & INT32_MAX) == 0x800000) continue;
            if (result_matches(COMPARE_VALUE, d->type, got, expected)) continue;
            if (failures++ < 3) {
                fprintf(stderr, "%08x%08x / %08x%08x = %08x%08x, not %08x%08x\n", x.v[1][lane], x.v[0][lane],
                        y.v[1][lane], y.v[0][lane], expected[1], expected[0], got[1], got[0]);
            }
        }
    }
    return failures;
}

void divisions_are_correctly_rounded(void **state)
{
    (void)state;
    struct division f32 = {
        .scale = sem_v_div_scale_f32,
        .fmas = sem_v_div_fmas_f32,
        .fixup = sem_v_div_fixup_f32,
        .rcp = sem_v_rcp_f32,
        .fma = sem_v_fma_f32,
        .mul = sem_v_mul_f32,
        .type = TYPE_F32,
        .one = bits_of(1),
        .sign = 0x80000000,
        .lanes = {.exec = 0xffff},
    };
    struct division f64 = {
        .scale = sem_v_div_scale_f64,
        .fmas = sem_v_div_fmas_f64,
        .fixup = sem_v_div_fixup_f64,
        .rcp = sem_v_rcp_f64,
        .fma = sem_v_fma_f64,
        .mul = sem_v_mul_f64,
        .type = TYPE_F64,
        .one = bits_of_double(1),
        .sign = 1ull << 63,
        .lanes = {.exec = 0xffff},
    };
    assert_int_equal(check(&f32, divide_f32), 0);
    f32.flushes = true;
    assert_int_equal(check(&f32, divide_f32), 0);
    assert_int_equal(check(&f64, divide_f64), 0);
}
