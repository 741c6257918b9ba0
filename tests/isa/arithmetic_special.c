// What is neither IEEE 754's nor a function: division's steps, 2 / pi, cube maps and light, what is packed,
// dot products, classes.
#include "arithmetic_work.h"

#define EXPORTED(name, expression)                                                                           \
    int name(mpfr_t r, struct work *w) { return (expression); }

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

// Whether the quotient C / B may be denormal, by the exponents or for sure, and whether 1 / B is.
static bool quotient_is_small(const struct work *w)
{
    const struct format *f = result_format(w);
    mpfr_t least;
    mpfr_init2(least, PRECISE);
    mpfr_mul_2si(least, B, 1 - bias(f), MPFR_RNDN);
    bool small = biased_exponent(w, C) - biased_exponent(w, B) <= 1 - bias(f) || mpfr_cmpabs(C, least) < 0;
    mpfr_clear(least);
    return small;
}
static bool reciprocal_is_small(const struct work *w)
{
    mpfr_t most;
    mpfr_init2(most, PRECISE);
    mpfr_set_ui_2exp(most, 1, bias(result_format(w)) - 1, MPFR_RNDN);
    bool small = !mpfr_nan_p(B) && mpfr_cmpabs(B, most) > 0;
    mpfr_clear(most);
    return small;
}

// The power of two that A is scaled by, which is B or C. As LLVM's division needs it; that the mask is set
// for zeros, and for quotients that may be denormal, is what RDNA 3 does.
static int scale_of(struct work *w)
{
    const struct format *f = result_format(w);
    int power = f == &format_f64 ? 128 : 64, limit = f == &format_f64 ? 768 : 96;
    int numerator = biased_exponent(w, C);
    bool small_quotient = quotient_is_small(w), small_reciprocal = reciprocal_is_small(w);
    w->mask = true;
    if (numerator - biased_exponent(w, B) >= limit) return mpfr_equal_p(A, B) ? power : 0;
    if (below_normal(B, f)) {
        w->mask = small_quotient;
        return power;
    }
    if (small_reciprocal && small_quotient) return mpfr_equal_p(A, B) ? -power : 0;
    if (small_quotient) return mpfr_equal_p(A, C) ? power : 0;
    w->mask = false;
    return small_reciprocal ? -power : numerator < f->precision ? power : 0;
}

int compute_div_scale(mpfr_t r, struct work *w)
{
    w->unspecified = mpfr_inf_p(B); // the quotient is v_div_fixup's
    w->mask = true;
    if (!mpfr_zero_p(B) && !mpfr_zero_p(C)) return mpfr_mul_2si(r, A, scale_of(w), w->round);
    mpfr_set_nan(r);
    return 0;
}

// Its sources are never flushed.
int compute_div_fmas(mpfr_t r, struct work *w)
{
    const struct format *f = result_format(w);
    for (int i = 0; i < 3; i++) value_read(&w->s[i], w->c->s[i], w->c->opcode->dst, UINT32_MAX);
    int power = f == &format_f64 ? 128 : 64;
    int by = !w->c->mask ? 0 : biased_exponent(w, C) > bias(f) ? power : -power;
    mpfr_mul_2si(A, A, by, MPFR_RNDN);
    mpfr_mul_2si(C, C, by, MPFR_RNDN);
    return mpfr_fma(r, A, B, C, w->round);
}

// The quotient is in A.
int compute_div_fixup(mpfr_t r, struct work *w)
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
    else if (f != &format_f16 && difference < 1 - bias(f) - f->precision)
        inexact = mpfr_set_si_2exp(r, sign, -4 * bias(f), w->round);
    else if (mpfr_nan_p(A))
        inexact = mpfr_set_si_2exp(r, sign, 4 * bias(f), w->round);
    else
        mpfr_setsign(r, A, negative, MPFR_RNDN);
    return inexact;
}

// --- 2 / pi ---

// 53 bits of it, of 1201, from a place that the argument's exponent and a number say; toward zero.
int compute_trig_preop(mpfr_t r, struct work *w)
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

int compute_cube_face(mpfr_t r, struct work *w)
{
    int axis = major_axis(w);
    return mpfr_set_si(r, 2 * axis + below_zero(w->s[axis].v), MPFR_RNDN);
}
int compute_cube_s(mpfr_t r, struct work *w)
{
    int axis = major_axis(w), from = axis == 0 ? 2 : 0;
    bool flip = axis == 0 ? !below_zero(A) : axis == 2 && below_zero(C);
    return flip ? mpfr_neg(r, w->s[from].v, MPFR_RNDN) : mpfr_set(r, w->s[from].v, MPFR_RNDN);
}
int compute_cube_t(mpfr_t r, struct work *w)
{
    int axis = major_axis(w), from = axis == 1 ? 2 : 1;
    bool flip = axis != 1 || below_zero(B);
    return flip ? mpfr_neg(r, w->s[from].v, MPFR_RNDN) : mpfr_set(r, w->s[from].v, MPFR_RNDN);
}
EXPORTED(compute_cube_major, mpfr_mul_2ui(r, w->s[major_axis(w)].v, 1, w->round))

// The lowest number where b is that or a NaN, or c is not positive.
int compute_multiply_lit(mpfr_t r, struct work *w)
{
    mpfr_set_ui_2exp(r, 1, 128, MPFR_RNDN);
    mpfr_nextbelow(r);
    mpfr_neg(r, r, MPFR_RNDN);
    bool lit = !mpfr_nan_p(B) && mpfr_greater_p(B, r) && mpfr_cmp_ui(C, 0) > 0;
    return !lit || mpfr_nan_p(C) ? 0 : compute_mul_legacy(r, w);
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
EXPORTED(compute_signed_normalized, mpfr_set_uj(r, normalized(A, 32767, true), MPFR_RNDN))
EXPORTED(compute_unsigned_normalized, mpfr_set_uj(r, normalized(A, 65535, false), MPFR_RNDN))
EXPORTED(compute_signed_normalized2,
         mpfr_set_uj(r, normalized(A, 32767, true) | normalized(B, 32767, true) << 16, MPFR_RNDN))
EXPORTED(compute_unsigned_normalized2,
         mpfr_set_uj(r, normalized(A, 65535, false) | normalized(B, 65535, false) << 16, MPFR_RNDN))

int compute_insert_byte(mpfr_t r, struct work *w)
{
    unsigned shift = w->c->s[1] % 4 * 8;
    mpfr_rint(A, A, w->round);
    uint64_t byte = mpfr_nan_p(A) || mpfr_sgn(A) <= 0 ? 0
                    : mpfr_cmp_ui(A, 255) > 0         ? 255
                                                      : mpfr_get_ui(A, MPFR_RNDN);
    return mpfr_set_uj(r, ((uint32_t)w->c->s[2] & ~(255u << shift)) | byte << shift, MPFR_RNDN);
}

int compute_convert_toward_zero(mpfr_t r, struct work *w)
{
    w->round = MPFR_RNDZ;
    return mpfr_set(r, A, w->round);
}
// The low four bits, signed.
EXPORTED(compute_convert_sixteenths,
         mpfr_set_si_2exp(r, (int)(w->c->s[0] & 7) - (int)(w->c->s[0] & 8), -4, MPFR_RNDN))

// --- Dot products: every sum is rounded ---

int compute_dot(mpfr_t r, struct work *w)
{
    struct value high[2];
    for (int i = 0; i < 2; i++) {
        value_init(&high[i], PRECISE);
        float_read(&high[i], w->c->s[i] >> 16 & 0xffff, &format_f16, w->mode);
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

int compute_is_of_class(mpfr_t r, struct work *w)
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
