#include "arithmetic_format.h"

// --- Formats ---

const struct format format_f16 = {11, 5, MODE_F16_F64_DENORM_IN, MODE_F16_F64_DENORM_OUT},
                    format_f32 = {24, 8, MODE_F32_DENORM_IN, MODE_F32_DENORM_OUT},
                    format_f64 = {53, 11, MODE_F16_F64_DENORM_IN, MODE_F16_F64_DENORM_OUT};

const struct format *format_of(unsigned type)
{
    switch (type) {
    case TYPE_F16:
    case TYPE_PK_F16:
        return &format_f16;
    case TYPE_F32:
        return &format_f32;
    case TYPE_F64:
        return &format_f64;
    default:
        return NULL;
    }
}

// --- Values ---

void value_init(struct value *x, int precision)
{
    mpfr_init2(x->v, precision);
    mpfr_set_zero(x->v, 1);
    x->signalling = false;
}

void float_read(struct value *x, uint64_t bits, const struct format *f, uint32_t mode)
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

void value_read(struct value *x, uint64_t bits, unsigned type, uint32_t mode)
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

uint64_t float_bits(const mpfr_t v, const struct format *f)
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

bool below_normal(const mpfr_t v, const struct format *f)
{
    return mpfr_regular_p(v) && mpfr_get_exp(v) < 2 - bias(f);
}

void into_range(mpfr_t v, int inexact, const struct format *f, mpfr_rnd_t round, bool *tiny)
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
