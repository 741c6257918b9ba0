// What all instructions have in common: flushing, rounding, output modifiers and clamping; and how far off a
// result is.
#include "arithmetic_work.h"

#include <math.h>

bool arithmetic_known(const struct opcode *opcode) { return compute_of(opcode) != NULL; }

// --- One instruction ---

// f16 results and f64 operands take the second rounding mode.
static mpfr_rnd_t rounding(const struct arithmetic_case *c)
{
    static const mpfr_rnd_t modes[] = {MPFR_RNDN, MPFR_RNDU, MPFR_RNDD, MPFR_RNDZ};
    const struct opcode *op = c->opcode;
    bool second = format_of(op->dst) == &format_f16 || op->dst == TYPE_F64 || op->src[0] == TYPE_F64;
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
    int inexact = compute_of(c->opcode)(r, &w);
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
    compute_of(c->opcode)(exact, &w);
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
