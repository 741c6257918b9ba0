// One row an instruction: what it computes, in MPFR.
#include "arithmetic_work.h"

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
int compute_mul_legacy(mpfr_t r, struct work *w)
{
    return either_zero(w) ? mpfr_set_ui(r, 0, w->round) : mul(r, w);
}
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
    mpfr_init2(single, format_f32.precision);
    into_range(single, mpfr_fma(single, A, B, C, w->round), &format_f32, w->round, &tiny);
    bool flushed = (tiny && !(w->mode & MODE_F32_DENORM_OUT)) ||
                   (below_normal(single, &format_f32) && !(w->mode & MODE_F32_DENORM_IN));
    if (flushed) mpfr_set_zero(single, mpfr_signbit(single) ? -1 : 1); // it goes out, and in again
    int inexact = mpfr_set(r, single, w->round);
    mpfr_clear(single);
    return inexact;
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
    {"v_mul_legacy_f32", compute_mul_legacy}, {"v_fma_legacy_f32", fused_legacy}, {"v_fmac_legacy_f32", fused_legacy},
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
    {"v_div_scale_f32", compute_div_scale}, {"v_div_scale_f64", compute_div_scale}, {"v_div_fmas_f32", compute_div_fmas}, {"v_div_fmas_f64", compute_div_fmas},
    ALL(div_fixup, compute_div_fixup) {"v_trig_preop_f64", compute_trig_preop},
    {"v_cubeid_f32", compute_cube_face}, {"v_cubesc_f32", compute_cube_s}, {"v_cubetc_f32", compute_cube_t}, {"v_cubema_f32", compute_cube_major},
    {"v_mullit_f32", compute_multiply_lit}, {"v_dot2_f32_f16", compute_dot}, {"v_dot2c_f32_f16", compute_dot}, ALL(cmp_class, compute_is_of_class)
    {"v_cvt_norm_i16_f16", compute_signed_normalized}, {"v_cvt_norm_u16_f16", compute_unsigned_normalized},
    {"v_cvt_pknorm_i16_f16", compute_signed_normalized2}, {"v_cvt_pknorm_u16_f16", compute_unsigned_normalized2},
    {"v_cvt_pknorm_i16_f32", compute_signed_normalized2}, {"v_cvt_pknorm_u16_f32", compute_unsigned_normalized2},
    {"v_cvt_pk_u8_f32", compute_insert_byte}, {"v_cvt_pkrtz_f16_f32", compute_convert_toward_zero}, {"v_cvt_off_f32_i4", compute_convert_sixteenths},
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

compute_fn *compute_of(const struct opcode *opcode)
{
    const struct row *row = row_find(opcode);
    return row ? row->compute : NULL;
}
