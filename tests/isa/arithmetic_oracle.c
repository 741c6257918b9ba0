// One row an instruction: what it computes, in MPFR. What all have in common, flushing, rounding, output
// modifiers and clamping, is in arithmetic_compute().
#include "arithmetic.h"

#include <math.h>
#include <mpfr.h>
#include <string.h>

enum {
    PRECISE = 220, // bits: far more than any result has
};

// --- Formats ---

struct format {
    int precision, exponent_bits;
    uint32_t in, out; // MODE's bits that keep denormals
};

static const struct format f16 = {11, 5, MODE_F16_F64_DENORM_IN, MODE_F16_F64_DENORM_OUT},
                           f32 = {24, 8, MODE_F32_DENORM_IN, MODE_F32_DENORM_OUT},
                           f64 = {53, 11, MODE_F16_F64_DENORM_IN, MODE_F16_F64_DENORM_OUT};

static const struct format *format_of(unsigned type)
{
    switch (type) {
    case TYPE_F16:
    case TYPE_PK_F16:
        return &f16;
    case TYPE_F32:
        return &f32;
    case TYPE_F64:
        return &f64;
    default:
        return NULL;
    }
}

static int bias(const struct format *f) { return (1 << (f->exponent_bits - 1)) - 1; }
static int width(const struct format *f) { return f->precision + f->exponent_bits; }

// --- Values ---

struct value {
    mpfr_t v;
    bool signalling;
};

static void value_init(struct value *x, int precision)
{
    mpfr_init2(x->v, precision);
    mpfr_set_zero(x->v, 1);
    x->signalling = false;
}

static void float_read(struct value *x, uint64_t bits, const struct format *f, uint32_t mode)
{
    uint64_t significand = bits & ((UINT64_C(1) << (f->precision - 1)) - 1);
    int exponent = (int)(bits >> (f->precision - 1)) & ((1 << f->exponent_bits) - 1);
    bool negative = bits >> (width(f) - 1) & 1;
    x->signalling = false;
    if (exponent == 2 * bias(f) + 1 && significand) {
        x->signalling = !(significand >> (f->precision - 2));
        mpfr_set_nan(x->v);
        return;
    }
    if (exponent == 2 * bias(f) + 1)
        mpfr_set_inf(x->v, 1);
    else if (exponent == 0 && (significand == 0 || !(mode & f->in)))
        mpfr_set_zero(x->v, 1);
    else if (exponent == 0)
        mpfr_set_uj_2exp(x->v, significand, 2 - bias(f) - f->precision, MPFR_RNDN);
    else
        mpfr_set_uj_2exp(x->v, significand | UINT64_C(1) << (f->precision - 1),
                         exponent - bias(f) + 1 - f->precision, MPFR_RNDN);
    if (negative) mpfr_neg(x->v, x->v, MPFR_RNDN);
}

static void value_read(struct value *x, uint64_t bits, unsigned type, uint32_t mode)
{
    const struct format *f = format_of(type);
    if (f) {
        float_read(x, bits & (width(f) == 64 ? UINT64_MAX : (UINT64_C(1) << width(f)) - 1), f, mode);
    } else if (type == TYPE_I32 || type == TYPE_I16) {
        mpfr_set_sj(x->v, type == TYPE_I32 ? (int32_t)bits : (int16_t)bits, MPFR_RNDN);
    } else {
        mpfr_set_uj(x->v, type == TYPE_U16 || type == TYPE_B16 ? (uint16_t)bits : (uint32_t)bits, MPFR_RNDN);
    }
}

// The bits of a value that the format has.
static uint64_t float_bits(const mpfr_t v, const struct format *f)
{
    uint64_t sign = mpfr_signbit(v) ? UINT64_C(1) << (width(f) - 1) : 0;
    uint64_t infinity = (uint64_t)(2 * bias(f) + 1) << (f->precision - 1);
    if (mpfr_nan_p(v)) return infinity | UINT64_C(1) << (f->precision - 2);
    if (mpfr_inf_p(v)) return sign | infinity;
    if (mpfr_zero_p(v)) return sign;
    mpfr_t scaled;
    mpfr_init2(scaled, 64);
    int exponent = (int)mpfr_get_exp(v) - 1 + bias(f); // biased; not positive: denormal
    if (exponent < 1) exponent = 1;
    mpfr_mul_2si(scaled, v, f->precision - 1 + bias(f) - exponent, MPFR_RNDN);
    mpfr_abs(scaled, scaled, MPFR_RNDN);
    uint64_t significand = mpfr_get_uj(scaled, MPFR_RNDN);
    mpfr_clear(scaled);
    return sign | (((uint64_t)(exponent - 1) << (f->precision - 1)) + significand);
}

static bool below_normal(const mpfr_t v, const struct format *f)
{
    return mpfr_regular_p(v) && mpfr_get_exp(v) < 2 - bias(f);
}

// `v`, which has the format's precision and was rounded with the ternary value `inexact`, into its range.
// Says in *tiny whether it was below the normal numbers before.
static void into_range(mpfr_t v, int inexact, const struct format *f, mpfr_rnd_t round, bool *tiny)
{
    mpfr_exp_t low = mpfr_get_emin(), high = mpfr_get_emax();
    *tiny = below_normal(v, f);
    mpfr_set_emin(3 - bias(f) - f->precision);
    mpfr_set_emax(bias(f) + 1);
    inexact = mpfr_check_range(v, inexact, round);
    mpfr_subnormalize(v, inexact, round);
    mpfr_set_emin(low);
    mpfr_set_emax(high);
}

// --- What instructions compute ---

struct work {
    const struct arithmetic_case *c;
    struct value s[3];
    mpfr_rnd_t round;
    uint32_t mode;
    bool mask, unspecified; // as struct arithmetic_result has them
};

// Computes into `r`, which has the destination's precision (64 bits for integers), and returns MPFR's ternary
// value.
typedef int compute_fn(mpfr_t r, struct work *w);

#define A (w->s[0].v)
#define B (w->s[1].v)
#define C (w->s[2].v)
#define COMPUTE(name, expression)                                                                            \
    static int name(mpfr_t r, struct work *w) { return (expression); }

COMPUTE(add, mpfr_add(r, A, B, w->round))
COMPUTE(sub, mpfr_sub(r, A, B, w->round))
COMPUTE(subrev, mpfr_sub(r, B, A, w->round))
COMPUTE(mul, mpfr_mul(r, A, B, w->round))
COMPUTE(fused, mpfr_fma(r, A, B, C, w->round))
COMPUTE(trunc_, mpfr_trunc(r, A) * 0)
COMPUTE(ceil_, mpfr_ceil(r, A) * 0)
COMPUTE(floor_, mpfr_floor(r, A) * 0)
COMPUTE(rndne, mpfr_roundeven(r, A) * 0)
COMPUTE(ldexp_, mpfr_mul_2si(r, A, mpfr_get_si(B, MPFR_RNDN), w->round))
COMPUTE(convert, mpfr_set(r, A, w->round))
COMPUTE(convert_byte0, mpfr_set_uj(r, w->c->s[0] & 255, w->round))
COMPUTE(convert_byte1, mpfr_set_uj(r, w->c->s[0] >> 8 & 255, w->round))
COMPUTE(convert_byte2, mpfr_set_uj(r, w->c->s[0] >> 16 & 255, w->round))
COMPUTE(convert_byte3, mpfr_set_uj(r, w->c->s[0] >> 24 & 255, w->round))

static bool either_zero(const struct work *w) { return mpfr_zero_p(A) || mpfr_zero_p(B); }
COMPUTE(mul_legacy, either_zero(w) ? mpfr_set_ui(r, 0, w->round) : mul(r, w))
COMPUTE(fused_legacy, either_zero(w) ? mpfr_set(r, C, w->round) : fused(r, w))

// x - floor(x), below 1 however it is rounded.
static int fract(mpfr_t r, struct work *w)
{
    mpfr_t whole;
    mpfr_init2(whole, PRECISE * 10);
    mpfr_floor(whole, A);
    int inexact = mpfr_sub(r, A, whole, w->round);
    mpfr_clear(whole);
    if (mpfr_nan_p(r) || mpfr_cmp_ui(r, 1) < 0) return inexact;
    mpfr_set_ui(r, 1, MPFR_RNDN);
    mpfr_nextbelow(r);
    return 0;
}

static int frexp_significand(mpfr_t r, struct work *w)
{
    mpfr_set(r, A, MPFR_RNDN);
    if (mpfr_regular_p(r)) mpfr_set_exp(r, 0);
    return 0;
}
COMPUTE(frexp_exponent, mpfr_set_si(r, mpfr_regular_p(A) ? mpfr_get_exp(A) : 0, MPFR_RNDN))

// Which of two numbers: a NaN loses, but in IEEE mode a signalling one wins; -0 is below +0.
static const struct value *ordered(const struct work *w, const struct value *x, const struct value *y,
                                   bool least)
{
    bool ieee = w->mode & MODE_IEEE;
    if (ieee && x->signalling) return x;
    if (ieee && y->signalling) return y;
    if (mpfr_nan_p(x->v)) return y;
    if (mpfr_nan_p(y->v)) return x;
    if (mpfr_zero_p(x->v) && mpfr_zero_p(y->v)) return !mpfr_signbit(x->v) == !least ? x : y;
    return (mpfr_cmp(x->v, y->v) < 0) == least ? x : y;
}

// A signalling NaN that won has become quiet.
static const struct value *ordered3(const struct work *w, bool least)
{
    struct value first = *ordered(w, &w->s[0], &w->s[1], least);
    first.signalling &= !(w->mode & MODE_IEEE);
    return ordered(w, &first, &w->s[2], least) == &w->s[2] ? &w->s[2] : ordered(w, &w->s[0], &w->s[1], least);
}

COMPUTE(minimum, mpfr_set(r, ordered(w, &w->s[0], &w->s[1], true)->v, MPFR_RNDN))
COMPUTE(maximum, mpfr_set(r, ordered(w, &w->s[0], &w->s[1], false)->v, MPFR_RNDN))
COMPUTE(minimum3, mpfr_set(r, ordered3(w, true)->v, MPFR_RNDN))
COMPUTE(maximum3, mpfr_set(r, ordered3(w, false)->v, MPFR_RNDN))

// The middle one, by the guide's cases in its order, which tells zeros apart; with a NaN the least.
static int median(mpfr_t r, struct work *w)
{
    const struct value *a = &w->s[0], *b = &w->s[1], *c = &w->s[2];
    if (mpfr_nan_p(A) || mpfr_nan_p(B) || mpfr_nan_p(C)) return minimum3(r, w);
    const struct value *greatest = ordered(w, ordered(w, a, b, false), c, false);
    if (mpfr_equal_p(greatest->v, A)) return mpfr_set(r, ordered(w, b, c, false)->v, MPFR_RNDN);
    return mpfr_set(r, ordered(w, a, mpfr_equal_p(greatest->v, B) ? c : b, false)->v, MPFR_RNDN);
}

// Comparisons: 1 where they hold.
static bool unordered(const struct work *w) { return mpfr_nan_p(A) || mpfr_nan_p(B); }
#define COMPARE(name, condition) COMPUTE(name, ((void)w, mpfr_set_ui(r, condition, MPFR_RNDN)))
COMPARE(never, 0)
COMPARE(always, 1)
COMPARE(less, mpfr_less_p(A, B) != 0)
COMPARE(equal, mpfr_equal_p(A, B) != 0)
COMPARE(less_equal, mpfr_lessequal_p(A, B) != 0)
COMPARE(greater, mpfr_greater_p(A, B) != 0)
COMPARE(less_greater, mpfr_lessgreater_p(A, B) != 0)
COMPARE(greater_equal, mpfr_greaterequal_p(A, B) != 0)
COMPARE(is_ordered, !unordered(w))
COMPARE(is_unordered, unordered(w))
COMPARE(not_greater_equal, !mpfr_greaterequal_p(A, B))
COMPARE(not_less_greater, !mpfr_lessgreater_p(A, B))
COMPARE(not_greater, !mpfr_greater_p(A, B))
COMPARE(not_less_equal, !mpfr_lessequal_p(A, B))
COMPARE(not_equal, !mpfr_equal_p(A, B))
COMPARE(not_less, !mpfr_less_p(A, B))

// To integers: toward zero after `whole`, saturating, NaN to 0.
static int to_integer(mpfr_t r, struct work *w)
{
    static const struct {
        unsigned type;
        int64_t low, high;
    } ranges[] = {{TYPE_I32, INT32_MIN, INT32_MAX},
                  {TYPE_U32, 0, UINT32_MAX},
                  {TYPE_I16, INT16_MIN, INT16_MAX},
                  {TYPE_U16, 0, UINT16_MAX}};
    mpfr_trunc(r, A);
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (ranges[i].type != w->c->opcode->dst) continue;
        if (mpfr_nan_p(A)) mpfr_set_zero(r, 1);
        if (mpfr_cmp_si(r, ranges[i].low) < 0) mpfr_set_sj(r, ranges[i].low, MPFR_RNDN);
        if (mpfr_cmp_si(r, ranges[i].high) > 0) mpfr_set_sj(r, ranges[i].high, MPFR_RNDN);
    }
    return 0;
}
static int to_integer_down(mpfr_t r, struct work *w)
{
    mpfr_floor(A, A);
    return to_integer(r, w);
}
static int to_integer_half_up(mpfr_t r, struct work *w)
{
    mpfr_add_d(A, A, 0.5, MPFR_RNDD); // as wide as it is, this is exact but where that does not matter
    return to_integer_down(r, w);
}

// f32 all the way, then to f16.
static int fused_then_half(mpfr_t r, struct work *w)
{
    bool tiny;
    mpfr_t single;
    mpfr_init2(single, f32.precision);
    into_range(single, mpfr_fma(single, A, B, C, w->round), &f32, w->round, &tiny);
    bool flushed = (tiny && !(w->mode & MODE_F32_DENORM_OUT)) ||
                   (below_normal(single, &f32) && !(w->mode & MODE_F32_DENORM_IN));
    if (flushed) mpfr_set_zero(single, mpfr_signbit(single) ? -1 : 1); // it goes out, and in again
    int inexact = mpfr_set(r, single, w->round);
    mpfr_clear(single);
    return inexact;
}

// --- Division ---

static const struct format *result_format(const struct work *w) { return format_of(w->c->opcode->dst); }

// The exponent's field.
static int biased_exponent(const struct work *w, const mpfr_t v)
{
    const struct format *f = result_format(w);
    if (!mpfr_number_p(v)) return 2 * bias(f) + 1;
    int exponent = mpfr_zero_p(v) ? 0 : (int)mpfr_get_exp(v) - 1 + bias(f);
    return exponent < 0 ? 0 : exponent;
}

// As LLVM's division needs it; that the mask is set for zeros, and for all quotients that may be denormal by
// their exponents, is what RDNA 3 does.
static int div_scale(mpfr_t r, struct work *w)
{
    const struct format *f = result_format(w);
    int power = f == &f64 ? 128 : 64, limit = f == &f64 ? 768 : 96, by = 0;
    int numerator = biased_exponent(w, C), difference = numerator - biased_exponent(w, B);
    mpfr_t least;
    mpfr_init2(least, PRECISE);
    mpfr_mul_2si(least, B, 1 - bias(f), MPFR_RNDN);
    bool small_quotient = difference <= 1 - bias(f) || mpfr_cmpabs(C, least) < 0;
    mpfr_set_ui_2exp(least, 1, bias(f) - 1, MPFR_RNDN); // of which the reciprocal is normal
    bool small_reciprocal = !mpfr_nan_p(B) && mpfr_cmpabs(B, least) > 0;
    bool is_denominator = mpfr_equal_p(A, B), is_numerator = mpfr_equal_p(A, C);
    mpfr_clear(least);
    w->unspecified = mpfr_inf_p(B); // the quotient is v_div_fixup's
    w->mask = true;
    if (mpfr_zero_p(B) || mpfr_zero_p(C)) {
        mpfr_set_nan(r);
        return 0;
    }
    if (difference >= limit) {
        by = is_denominator ? power : 0;
    } else if (below_normal(B, f)) {
        w->mask = small_quotient, by = power;
    } else if (small_reciprocal && small_quotient) {
        by = is_denominator ? -power : 0;
    } else if (small_reciprocal) {
        w->mask = false, by = -power;
    } else if (small_quotient) {
        by = is_numerator ? power : 0;
    } else {
        w->mask = false, by = numerator < f->precision ? power : 0;
    }
    return mpfr_mul_2si(r, A, by, w->round);
}

// Its sources are never flushed.
static int div_fmas(mpfr_t r, struct work *w)
{
    const struct format *f = result_format(w);
    for (int i = 0; i < 3; i++) value_read(&w->s[i], w->c->s[i], w->c->opcode->dst, UINT32_MAX);
    int power = f == &f64 ? 128 : 64;
    int by = !w->c->mask ? 0 : biased_exponent(w, C) > bias(f) ? power : -power;
    mpfr_mul_2si(A, A, by, MPFR_RNDN);
    mpfr_mul_2si(C, C, by, MPFR_RNDN);
    return mpfr_fma(r, A, B, C, w->round);
}

// The quotient is in A.
static int div_fixup(mpfr_t r, struct work *w)
{
    const struct format *f = result_format(w);
    bool negative = mpfr_signbit(B) != mpfr_signbit(C);
    int difference = biased_exponent(w, C) - biased_exponent(w, B), sign = negative ? -1 : 1, inexact = 0;
    if (mpfr_nan_p(B) || mpfr_nan_p(C) || (mpfr_zero_p(B) && mpfr_zero_p(C)) ||
        (mpfr_inf_p(B) && mpfr_inf_p(C)))
        mpfr_set_nan(r);
    else if (mpfr_zero_p(B) || mpfr_inf_p(C))
        mpfr_set_inf(r, sign);
    else if (mpfr_inf_p(B) || mpfr_zero_p(C))
        mpfr_set_zero(r, sign);
    else if (f != &f16 && difference < 1 - bias(f) - f->precision)
        inexact = mpfr_set_si_2exp(r, sign, -4 * bias(f), w->round);
    else if (mpfr_nan_p(A))
        inexact = mpfr_set_si_2exp(r, sign, 4 * bias(f), w->round);
    else
        mpfr_setsign(r, A, negative, MPFR_RNDN);
    return inexact;
}

// --- 2 / pi ---

// 53 bits of it, of 1201, from a place that the argument's exponent and a number say; toward zero.
static int trig_preop(mpfr_t r, struct work *w)
{
    int exponent = (int)(w->c->s[0] >> 52 & 2047), shift = (int)(w->c->s[1] & 31) * 53;
    if (exponent > 1077) shift += exponent - 1077;
    mpfr_t bits, before;
    mpfr_inits2(1201, bits, before, (mpfr_ptr)0);
    mpfr_const_pi(bits, MPFR_RNDU);
    mpfr_ui_div(bits, 2, bits, MPFR_RNDZ);
    mpfr_mul_2si(bits, bits, 1201, MPFR_RNDZ); // 2 / pi begins after the point
    mpfr_trunc(bits, bits);
    mpfr_mul_2si(bits, bits, shift - 1201, MPFR_RNDZ);
    mpfr_trunc(before, bits);
    mpfr_sub(bits, bits, before, MPFR_RNDZ);
    mpfr_mul_2si(bits, bits, 53, MPFR_RNDZ);
    mpfr_trunc(bits, bits);
    w->round = MPFR_RNDZ;
    int inexact = mpfr_mul_2si(r, bits, -53 - shift + (exponent >= 1968 ? 128 : 0), MPFR_RNDZ);
    mpfr_clears(bits, before, (mpfr_ptr)0);
    return inexact;
}

// --- Graphics ---

static bool as_large(const mpfr_t x, const mpfr_t y)
{
    return !mpfr_unordered_p(x, y) && mpfr_cmpabs(x, y) >= 0;
}

// Which of x, y, z is the largest.
static int major_axis(const struct work *w)
{
    return as_large(C, A) && as_large(C, B) ? 2 : as_large(B, A) ? 1 : 0;
}
static bool below_zero(const mpfr_t v) { return !mpfr_nan_p(v) && mpfr_sgn(v) < 0; }

static int cube_face(mpfr_t r, struct work *w)
{
    int axis = major_axis(w);
    return mpfr_set_si(r, 2 * axis + below_zero(w->s[axis].v), MPFR_RNDN);
}
static int cube_s(mpfr_t r, struct work *w)
{
    int axis = major_axis(w), from = axis == 0 ? 2 : 0;
    bool flip = axis == 0 ? !below_zero(A) : axis == 2 && below_zero(C);
    return flip ? mpfr_neg(r, w->s[from].v, MPFR_RNDN) : mpfr_set(r, w->s[from].v, MPFR_RNDN);
}
static int cube_t(mpfr_t r, struct work *w)
{
    int axis = major_axis(w), from = axis == 1 ? 2 : 1;
    bool flip = axis != 1 || below_zero(B);
    return flip ? mpfr_neg(r, w->s[from].v, MPFR_RNDN) : mpfr_set(r, w->s[from].v, MPFR_RNDN);
}
COMPUTE(cube_major, mpfr_mul_2ui(r, w->s[major_axis(w)].v, 1, w->round))

// The lowest number where b is that or a NaN, or c is not positive.
static int multiply_lit(mpfr_t r, struct work *w)
{
    mpfr_set_ui_2exp(r, 1, 128, MPFR_RNDN);
    mpfr_nextbelow(r);
    mpfr_neg(r, r, MPFR_RNDN);
    bool lit = !mpfr_nan_p(B) && mpfr_greater_p(B, r) && mpfr_cmp_ui(C, 0) > 0;
    return !lit || mpfr_nan_p(C) ? 0 : mul_legacy(r, w);
}

// --- Packed and normalized integers ---

// To the nearest multiple of 1 / scale.
static uint64_t normalized(const mpfr_t v, int scale, bool is_signed)
{
    mpfr_t scaled;
    mpfr_init2(scaled, PRECISE);
    mpfr_mul_si(scaled, v, scale, MPFR_RNDN);
    mpfr_roundeven(scaled, scaled);
    if (mpfr_nan_p(scaled)) mpfr_set_zero(scaled, 1);
    if (mpfr_cmp_si(scaled, is_signed ? -scale : 0) < 0)
        mpfr_set_si(scaled, is_signed ? -scale : 0, MPFR_RNDN);
    if (mpfr_cmp_si(scaled, scale) > 0) mpfr_set_si(scaled, scale, MPFR_RNDN);
    uint64_t result = (uint64_t)mpfr_get_si(scaled, MPFR_RNDN) & 0xffff;
    mpfr_clear(scaled);
    return result;
}
COMPUTE(signed_normalized, mpfr_set_uj(r, normalized(A, 32767, true), MPFR_RNDN))
COMPUTE(unsigned_normalized, mpfr_set_uj(r, normalized(A, 65535, false), MPFR_RNDN))
COMPUTE(signed_normalized2,
        mpfr_set_uj(r, normalized(A, 32767, true) | normalized(B, 32767, true) << 16, MPFR_RNDN))
COMPUTE(unsigned_normalized2,
        mpfr_set_uj(r, normalized(A, 65535, false) | normalized(B, 65535, false) << 16, MPFR_RNDN))

static int insert_byte(mpfr_t r, struct work *w)
{
    unsigned shift = w->c->s[1] % 4 * 8;
    mpfr_rint(A, A, w->round);
    uint64_t byte = mpfr_nan_p(A) || mpfr_sgn(A) <= 0 ? 0
                    : mpfr_cmp_ui(A, 255) > 0         ? 255
                                                      : mpfr_get_ui(A, MPFR_RNDN);
    return mpfr_set_uj(r, ((uint32_t)w->c->s[2] & ~(255u << shift)) | byte << shift, MPFR_RNDN);
}

static int convert_toward_zero(mpfr_t r, struct work *w)
{
    w->round = MPFR_RNDZ;
    return mpfr_set(r, A, w->round);
}
// The low four bits, signed.
COMPUTE(convert_sixteenths, mpfr_set_si_2exp(r, (int)(w->c->s[0] & 7) - (int)(w->c->s[0] & 8), -4, MPFR_RNDN))

// --- Dot products: every sum is rounded ---

static int dot(mpfr_t r, struct work *w)
{
    struct value high[2];
    for (int i = 0; i < 2; i++) {
        value_init(&high[i], PRECISE);
        float_read(&high[i], w->c->s[i] >> 16 & 0xffff, &f16, w->mode);
        mpfr_prec_round(w->s[i].v, PRECISE, MPFR_RNDN);
    }
    mpfr_mul(A, A, B, w->round);
    mpfr_mul(high[0].v, high[0].v, high[1].v, w->round);
    mpfr_add(r, A, high[0].v, w->round); // in f32's precision; its range does not matter here
    int inexact = mpfr_add(r, r, C, w->round);
    for (int i = 0; i < 2; i++) mpfr_clear(high[i].v);
    return inexact;
}

// --- Classes ---

static int is_of_class(mpfr_t r, struct work *w)
{
    const struct format *f = format_of(w->c->opcode->src[0]);
    struct value x = {0};
    value_init(&x, PRECISE);
    value_read(&x, w->c->s[0], w->c->opcode->src[0], UINT32_MAX);
    int class = mpfr_inf_p(x.v) ? 2 : mpfr_zero_p(x.v) ? 5 : below_normal(x.v, f) ? 4 : 3;
    if (!mpfr_signbit(x.v)) class = 11 - class;
    if (mpfr_nan_p(x.v)) class = x.signalling ? 0 : 1;
    mpfr_clear(x.v);
    return mpfr_set_ui(r, w->c->s[1] >> class & 1, MPFR_RNDN);
}

// --- The functions that the guide bounds; exact to PRECISE bits ---

COMPUTE(reciprocal, mpfr_ui_div(r, 1, A, MPFR_RNDN))
COMPUTE(square_root, mpfr_sqrt(r, A, MPFR_RNDN))
COMPUTE(power, mpfr_exp2(r, A, MPFR_RNDN))
COMPUTE(logarithm, mpfr_log2(r, A, MPFR_RNDN))
// Zeros keep their sign; the sine of other whole turns and halves of them is a positive zero.
static int sine(mpfr_t r, struct work *w)
{
    int inexact = mpfr_sinu(r, A, 1, MPFR_RNDN);
    if (mpfr_zero_p(r) && !mpfr_zero_p(A)) mpfr_set_zero(r, 1);
    return inexact;
}
COMPUTE(cosine, mpfr_cosu(r, A, 1, MPFR_RNDN))
static int reciprocal_root(mpfr_t r, struct work *w)
{
    if (mpfr_zero_p(A)) return reciprocal(r, w); // keeps its sign
    return mpfr_rec_sqrt(r, A, MPFR_RNDN);
}

static const struct row {
    const char *name;
    compute_fn *compute;
} rows[] = {
#define F16_F32(name, compute) {"v_" #name "_f16", compute}, {"v_" #name "_f32", compute},
#define F32_F64(name, compute) {"v_" #name "_f32", compute}, {"v_" #name "_f64", compute},
#define ALL(name, compute)     F16_F32(name, compute){"v_" #name "_f64", compute},
    // clang-format off
    ALL(add, add) F16_F32(sub, sub) F16_F32(subrev, subrev) ALL(mul, mul) ALL(fma, fused) F16_F32(fmac, fused)
    ALL(trunc, trunc_) ALL(ceil, ceil_) ALL(floor, floor_) ALL(rndne, rndne) ALL(fract, fract) ALL(ldexp, ldexp_)
    ALL(frexp_mant, frexp_significand) ALL(min, minimum) ALL(max, maximum)
    F16_F32(min3, minimum3) F16_F32(max3, maximum3) F16_F32(med3, median)
    ALL(cmp_f, never) ALL(cmp_lt, less) ALL(cmp_eq, equal) ALL(cmp_le, less_equal) ALL(cmp_gt, greater) ALL(cmp_lg, less_greater)
    ALL(cmp_ge, greater_equal) ALL(cmp_o, is_ordered) ALL(cmp_u, is_unordered) ALL(cmp_nge, not_greater_equal)
    ALL(cmp_nlg, not_less_greater) ALL(cmp_ngt, not_greater) ALL(cmp_nle, not_less_equal) ALL(cmp_neq, not_equal)
    ALL(cmp_nlt, not_less) ALL(cmp_tru, always)
    ALL(rcp, reciprocal) ALL(rsq, reciprocal_root) ALL(sqrt, square_root)
    F16_F32(exp, power) F16_F32(log, logarithm) F16_F32(sin, sine) F16_F32(cos, cosine)
    {"v_rcp_iflag_f32", reciprocal},
    {"v_mul_legacy_f32", mul_legacy}, {"v_fma_legacy_f32", fused_legacy}, {"v_fmac_legacy_f32", fused_legacy},
    {"v_frexp_exp_i16_f16", frexp_exponent}, {"v_frexp_exp_i32_f32", frexp_exponent}, {"v_frexp_exp_i32_f64", frexp_exponent},
    {"v_cvt_f32_f64", convert}, {"v_cvt_f64_f32", convert}, {"v_cvt_f16_f32", convert}, {"v_cvt_f32_f16", convert},
    {"v_cvt_f32_i32", convert}, {"v_cvt_f32_u32", convert}, {"v_cvt_f64_i32", convert}, {"v_cvt_f64_u32", convert},
    {"v_cvt_f16_i16", convert}, {"v_cvt_f16_u16", convert},
    {"v_cvt_f32_ubyte0", convert_byte0}, {"v_cvt_f32_ubyte1", convert_byte1},
    {"v_cvt_f32_ubyte2", convert_byte2}, {"v_cvt_f32_ubyte3", convert_byte3},
    {"v_cvt_i32_f32", to_integer}, {"v_cvt_u32_f32", to_integer}, {"v_cvt_i32_f64", to_integer}, {"v_cvt_u32_f64", to_integer},
    {"v_cvt_i16_f16", to_integer}, {"v_cvt_u16_f16", to_integer},
    {"v_cvt_flr_i32_f32", to_integer_down}, {"v_cvt_rpi_i32_f32", to_integer_half_up},
    {"v_pk_add_f16", add}, {"v_pk_mul_f16", mul}, {"v_pk_fma_f16", fused}, {"v_pk_fmac_f16", fused},
    {"v_pk_min_f16", minimum}, {"v_pk_max_f16", maximum},
    {"v_fmamk_f16", fused}, {"v_fmamk_f32", fused}, {"v_fmaak_f16", fused}, {"v_fmaak_f32", fused},
    {"v_div_scale_f32", div_scale}, {"v_div_scale_f64", div_scale}, {"v_div_fmas_f32", div_fmas}, {"v_div_fmas_f64", div_fmas},
    ALL(div_fixup, div_fixup) {"v_trig_preop_f64", trig_preop},
    {"v_cubeid_f32", cube_face}, {"v_cubesc_f32", cube_s}, {"v_cubetc_f32", cube_t}, {"v_cubema_f32", cube_major},
    {"v_mullit_f32", multiply_lit}, {"v_dot2_f32_f16", dot}, {"v_dot2c_f32_f16", dot}, ALL(cmp_class, is_of_class)
    {"v_cvt_norm_i16_f16", signed_normalized}, {"v_cvt_norm_u16_f16", unsigned_normalized},
    {"v_cvt_pknorm_i16_f16", signed_normalized2}, {"v_cvt_pknorm_u16_f16", unsigned_normalized2},
    {"v_cvt_pknorm_i16_f32", signed_normalized2}, {"v_cvt_pknorm_u16_f32", unsigned_normalized2},
    {"v_cvt_pk_u8_f32", insert_byte}, {"v_cvt_pkrtz_f16_f32", convert_toward_zero}, {"v_cvt_off_f32_i4", convert_sixteenths},
    {"v_fma_mix_f32", fused}, {"v_fma_mixlo_f16", fused_then_half}, {"v_fma_mixhi_f16", fused_then_half},
    // clang-format on
};

// V_CMPX compares as V_CMP does.
static const struct row *row_find(const struct opcode *opcode)
{
    bool exec = strncmp(opcode->name, "v_cmpx_", 7) == 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *name = rows[i].name;
        if (strcmp(name, opcode->name) == 0) return &rows[i];
        if (exec && strncmp(name, "v_cmp_", 6) == 0 && strcmp(name + 6, opcode->name + 7) == 0)
            return &rows[i];
    }
    return NULL;
}

bool arithmetic_known(const struct opcode *opcode) { return row_find(opcode) != NULL; }

// --- One instruction ---

// f16 results and f64 operands take the second rounding mode.
static mpfr_rnd_t rounding(const struct arithmetic_case *c)
{
    static const mpfr_rnd_t modes[] = {MPFR_RNDN, MPFR_RNDU, MPFR_RNDD, MPFR_RNDZ};
    const struct opcode *op = c->opcode;
    bool second = format_of(op->dst) == &f16 || op->dst == TYPE_F64 || op->src[0] == TYPE_F64;
    return modes[c->mode >> (second ? 2 : 0) & 3];
}

// v_ldexp_f16 takes a whole number where the table, for the sake of literals, has an f16.
static unsigned source_type(const struct opcode *opcode, int i)
{
    return opcode->id == OPCODE_ID_v_ldexp_f16__VOP2 && i == 1 ? TYPE_I16 : opcode->src[i];
}

static void work_init(struct work *w, const struct arithmetic_case *c, bool flush_always)
{
    *w = (struct work){.c = c, .round = rounding(c), .mode = c->mode};
    for (int i = 0; i < 3; i++) {
        value_init(&w->s[i], PRECISE * 2);
        if (c->opcode->src[i])
            value_read(&w->s[i], c->s[i], source_type(c->opcode, i), flush_always ? 0 : c->mode);
    }
}

static void work_clear(struct work *w)
{
    for (int i = 0; i < 3; i++) mpfr_clear(w->s[i].v);
}

static void flush(mpfr_t v, const struct format *f, uint32_t mode)
{
    if (below_normal(v, f) && !(mode & f->out)) mpfr_set_zero(v, mpfr_signbit(v) ? -1 : 1);
}

// Times 1, 2, 4 or 1/2. Ignored where results may be denormal or are packed, and in IEEE mode; negative
// zeros become positive.
static void output_modify(mpfr_t v, const struct arithmetic_case *c, const struct format *f, mpfr_rnd_t round,
                          bool flush_tiny)
{
    static const int exponents[] = {0, 1, 2, -1};
    bool tiny;
    if (!c->omod || c->opcode->dst == TYPE_PK_F16 || c->mode & (f->out | MODE_IEEE)) return;
    int inexact = mpfr_mul_2si(v, v, exponents[c->omod], round);
    into_range(v, inexact, f, round, &tiny);
    flush(v, f, c->mode);
    if (mpfr_zero_p(v) || (tiny && flush_tiny)) mpfr_set_zero(v, 1);
}

static void clamp(mpfr_t v, const struct arithmetic_case *c)
{
    if (!c->clamp || (mpfr_nan_p(v) && !(c->mode & MODE_DX10_CLAMP))) return;
    if (mpfr_nan_p(v) || mpfr_sgn(v) <= 0) mpfr_set_zero(v, 1);
    if (mpfr_cmp_ui(v, 1) > 0) mpfr_set_ui(v, 1, MPFR_RNDN);
}

static uint64_t finish(mpfr_t v, const struct arithmetic_case *c, const struct format *f, mpfr_rnd_t round,
                       bool flush_tiny)
{
    output_modify(v, c, f, round, flush_tiny);
    clamp(v, c);
    return float_bits(v, f);
}

static struct arithmetic_result float_result(mpfr_t v, int inexact, const struct arithmetic_case *c,
                                             const struct format *f, mpfr_rnd_t round)
{
    struct arithmetic_result result = {0};
    bool tiny;
    mpfr_t flushed;
    into_range(v, inexact, f, round, &tiny);
    mpfr_init2(flushed, f->precision);
    mpfr_set(flushed, v, MPFR_RNDN);
    bool open = tiny && !below_normal(v, f) && !(c->mode & f->out);
    if (open) mpfr_set_zero(flushed, mpfr_signbit(flushed) ? -1 : 1);
    flush(v, f, c->mode);
    flush(flushed, f, c->mode);
    result.value[0] = finish(v, c, f, round, false);
    result.value[1] = finish(flushed, c, f, round, true);
    result.nan = mpfr_nan_p(v);
    mpfr_clear(flushed);
    return result;
}

struct arithmetic_result arithmetic_compute(const struct arithmetic_case *c)
{
    struct arithmetic_result result = {0};
    const struct format *f = format_of(c->opcode->dst);
    struct work w;
    mpfr_t r;
    mpfr_init2(r, f ? f->precision : 64);
    work_init(&w, c, false);
    int inexact = row_find(c->opcode)->compute(r, &w);
    if (f)
        result = float_result(r, inexact, c, f, w.round);
    else
        result.value[0] = result.value[1] = (uint64_t)mpfr_get_sj(r, MPFR_RNDN);
    result.mask = w.mask;
    result.unspecified = w.unspecified;
    mpfr_clear(r);
    work_clear(&w);
    return result;
}

// --- Functions that are not exact ---

// f32's flush whatever the mode says, but sine and cosine.
static bool flushes_always(const struct opcode *opcode)
{
    return opcode->dst == TYPE_F32 && strcmp(opcode->name, "v_sin_f32") != 0 &&
           strcmp(opcode->name, "v_cos_f32") != 0;
}

static double distance(const mpfr_t exact, uint64_t got, const struct format *f)
{
    struct value value;
    value_init(&value, PRECISE * 2);
    float_read(&value, got, f, UINT32_MAX);
    mpfr_t difference;
    mpfr_init2(difference, PRECISE);
    mpfr_sub(difference, value.v, exact, MPFR_RNDN);
    mpfr_exp_t unit = mpfr_get_exp(exact);
    if (unit < 2 - bias(f)) unit = 2 - bias(f);
    mpfr_mul_2si(difference, difference, f->precision - unit, MPFR_RNDN);
    double error = fabs(mpfr_get_d(difference, MPFR_RNDA));
    mpfr_clear(difference);
    mpfr_clear(value.v);
    return error;
}

double arithmetic_error(const struct arithmetic_case *c, uint64_t got)
{
    const struct format *f = format_of(c->opcode->dst);
    bool always = flushes_always(c->opcode), keeps = !always && c->mode & f->out;
    struct work w;
    mpfr_t exact;
    double error;
    mpfr_init2(exact, PRECISE);
    work_init(&w, c, always);
    row_find(c->opcode)->compute(exact, &w);
    uint64_t magnitude = got & ((UINT64_C(1) << (width(f) - 1)) - 1);
    uint64_t infinity = (uint64_t)(2 * bias(f) + 1) << (f->precision - 1);
    bool overflows = mpfr_regular_p(exact) && mpfr_get_exp(exact) > bias(f) + 1;
    if (mpfr_nan_p(exact))
        error = magnitude > infinity ? 0 : INFINITY;
    else if (!mpfr_regular_p(exact))
        error = got == float_bits(exact, f) ? 0 : INFINITY;
    else if ((magnitude == 0 && !keeps && below_normal(exact, f)) || (magnitude == infinity && overflows))
        error = 0;
    else
        error = distance(exact, got, f);
    mpfr_clear(exact);
    work_clear(&w);
    return error;
}
