#include "math_oracle.h"

#include <limits.h>
#include <math.h>
#include <string.h>

const struct math_format math_formats[MATH_FORMATS] = {
    [MATH_FLOAT] = {"float", 24, 127, -126, 96},
    [MATH_DOUBLE] = {"double", 53, 1023, -1022, 160},
    [MATH_HALF] = {"half", 11, 15, -14, 64},
};

// ---- What is right ----------------------------------------------------------------------------------------

struct operands {
    mpfr_t x, y, z;
    long n;
    const struct math_operands *from;
    const struct math_format *format;
};

struct answer {
    mpfr_t value, second;
    long integer;
    bool any_sign;    // of a zero
    bool any_integer; // unspecified
};

// MPFR's NaN has no sign.
static void own_copysign(struct answer *answer, const struct operands *in)
{
    mpfr_set_d(answer->value, copysign(in->from->x, in->from->y), MPFR_RNDN);
}

// Rounded to odd, so that rounding again, to the format, is as good as once.
static void own_fma(struct answer *answer, const struct operands *in)
{
    mpfr_ptr value = answer->value;
    bool inexact = mpfr_fma(value, in->x, in->y, in->z, MPFR_RNDZ);
    if (!inexact || !mpfr_regular_p(value) || mpfr_min_prec(value) == mpfr_get_prec(value)) return;
    if (mpfr_signbit(value))
        mpfr_nextbelow(value);
    else
        mpfr_nextabove(value);
}

static void own_fmax(struct answer *answer, const struct operands *in)
{
    mpfr_max(answer->value, in->x, in->y, MPFR_RNDN);
    answer->any_sign = true;
}

static void own_fmin(struct answer *answer, const struct operands *in)
{
    mpfr_min(answer->value, in->x, in->y, MPFR_RNDN);
    answer->any_sign = true;
}

static void own_maxmag(struct answer *answer, const struct operands *in)
{
    int order = mpfr_nan_p(in->x) || mpfr_nan_p(in->y) ? 0 : mpfr_cmpabs(in->x, in->y);
    own_fmax(answer, in);
    if (order) mpfr_set(answer->value, order > 0 ? in->x : in->y, MPFR_RNDN);
}

static void own_minmag(struct answer *answer, const struct operands *in)
{
    int order = mpfr_nan_p(in->x) || mpfr_nan_p(in->y) ? 0 : mpfr_cmpabs(in->x, in->y);
    own_fmin(answer, in);
    if (order) mpfr_set(answer->value, order < 0 ? in->x : in->y, MPFR_RNDN);
}

// Less than 1, even where the difference rounds to 1.
static void own_fract(struct answer *answer, const struct operands *in)
{
    mpfr_rint_floor(answer->second, in->x, MPFR_RNDN);
    if (mpfr_inf_p(in->x) || mpfr_zero_p(in->x)) {
        mpfr_set_zero(answer->value, mpfr_signbit(in->x) ? -1 : 1);
        return;
    }
    mpfr_sub(answer->value, in->x, answer->second, MPFR_RNDN);
    if (mpfr_zero_p(answer->value)) mpfr_set_zero(answer->value, 1);
    double below = 1 - ldexp(1, -in->format->digits);
    if (mpfr_cmp_d(answer->value, below) > 0) mpfr_set_d(answer->value, below, MPFR_RNDN);
}

static void own_modf(struct answer *answer, const struct operands *in)
{
    mpfr_rint_trunc(answer->second, in->x, MPFR_RNDN);
    mpfr_frac(answer->value, in->x, MPFR_RNDN);
}

static void own_frexp(struct answer *answer, const struct operands *in)
{
    mpfr_exp_t exponent = 0;
    answer->any_integer = !mpfr_number_p(in->x);
    mpfr_frexp(&exponent, answer->value, in->x, MPFR_RNDN);
    answer->integer = exponent;
}

static void own_ilogb(struct answer *answer, const struct operands *in)
{
    answer->integer = mpfr_regular_p(in->x) ? mpfr_get_exp(in->x) - 1
                      : mpfr_zero_p(in->x)  ? INT_MIN
                                            : INT_MAX;
}

static void own_logb(struct answer *answer, const struct operands *in)
{
    mpfr_abs(answer->value, in->x, MPFR_RNDN); // of infinity and NaN
    if (mpfr_zero_p(in->x)) mpfr_set_inf(answer->value, -1);
    if (mpfr_regular_p(in->x)) mpfr_set_si(answer->value, mpfr_get_exp(in->x) - 1, MPFR_RNDN);
}

// The sign at poles, and of NaN, is unspecified.
static void own_lgamma_r(struct answer *answer, const struct operands *in)
{
    int sign = 0;
    mpfr_lgamma(answer->value, &sign, in->x, MPFR_RNDN);
    answer->integer = sign;
    answer->any_integer = !mpfr_number_p(answer->value);
}

static void own_nextafter(struct answer *answer, const struct operands *in)
{
    const struct math_format *format = in->format;
    if (mpfr_nan_p(in->x) || mpfr_nan_p(in->y)) {
        mpfr_set_nan(answer->value);
        return;
    }
    int direction = mpfr_cmp(in->y, in->x);
    mpfr_set(answer->value, direction ? in->x : in->y, MPFR_RNDN);
    if (!direction) return;
    if (mpfr_inf_p(in->x)) {
        mpfr_set_d(answer->value,
                   copysign(ldexp(2 - ldexp(1, 1 - format->digits), format->largest), -direction), MPFR_RNDN);
        return;
    }
    long exponent = mpfr_zero_p(in->x) ? format->smallest : mpfr_get_exp(in->x) - 1;
    bool inward = !mpfr_zero_p(in->x) && (direction > 0) == (mpfr_sgn(in->x) < 0);
    bool power = mpfr_zero_p(in->x) || mpfr_min_prec(in->x) == 1;
    if (inward && power) exponent--;
    if (exponent < format->smallest) exponent = format->smallest;
    mpfr_t step;
    mpfr_init2(step, 2);
    mpfr_set_si_2exp(step, direction > 0 ? 1 : -1, exponent - format->digits + 1, MPFR_RNDN);
    mpfr_add(answer->value, in->x, step, MPFR_RNDN);
    if (mpfr_zero_p(answer->value)) mpfr_set_zero(answer->value, mpfr_signbit(in->x) ? -1 : 1);
    mpfr_clear(step);
}

// MPFR has powr(0, y) of IEEE 754, but not what OpenCL says of a negative zero and of NaN.
static void own_powr(struct answer *answer, const struct operands *in)
{
    mpfr_t magnitude;
    mpfr_init2(magnitude, in->format->digits);
    mpfr_abs(magnitude, in->x, MPFR_RNDN);
    mpfr_powr(answer->value, mpfr_zero_p(in->x) ? magnitude : in->x, in->y, MPFR_RNDN);
    if (mpfr_nan_p(in->x) || mpfr_nan_p(in->y)) mpfr_set_nan(answer->value);
    mpfr_clear(magnitude);
}

static void own_recip(struct answer *answer, const struct operands *in)
{
    mpfr_ui_div(answer->value, 1, in->x, MPFR_RNDN);
}

// Seven bits of the quotient, with its sign.
static void own_remquo(struct answer *answer, const struct operands *in)
{
    long quotient = 0;
    mpfr_remquo(answer->value, &quotient, in->x, in->y, MPFR_RNDN);
    answer->integer = quotient % 128;
    answer->any_integer = mpfr_nan_p(answer->value);
}

// As IEEE 754 has it, with the sign of zero.
static void own_rsqrt(struct answer *answer, const struct operands *in)
{
    mpfr_rec_sqrt(answer->value, in->x, MPFR_RNDN);
    if (mpfr_zero_p(in->x)) mpfr_set_inf(answer->value, mpfr_signbit(in->x) ? -1 : 1);
}

static void own_sincos(struct answer *answer, const struct operands *in)
{
    mpfr_sin(answer->value, in->x, MPFR_RNDN);
    mpfr_cos(answer->second, in->x, MPFR_RNDN);
}

// ---- The table --------------------------------------------------------------------------------------------

struct oracle {
    int (*unary)(mpfr_t, const mpfr_t, mpfr_rnd_t);
    int (*binary)(mpfr_t, const mpfr_t, const mpfr_t, mpfr_rnd_t);
    int (*integer)(mpfr_t, const mpfr_t, long, mpfr_rnd_t);
    void (*own)(struct answer *, const struct operands *);
};

static const struct oracle oracles[] = {
#define UNARY(function)                    .unary = (function)
#define BINARY(function)                   .binary = (function)
#define INTEGER(function)                  .integer = (function)
#define OWN(name)                          .own = own_##name
#define MATH(name, signature, oracle, ...) {oracle},
#include "math.def"
#undef MATH
};

const struct math_function math_functions[] = {
#define MATH(name, signature, oracle, ...) {#name, signature, {__VA_ARGS__}},
#include "math.def"
#undef MATH
};

const size_t math_function_count = sizeof math_functions / sizeof *math_functions;

// ---- Comparison -------------------------------------------------------------------------------------------

// Computes; both are to be cleared by answer_clear().
static void answer_make(const struct oracle *oracle, const struct math_format *format,
                        const struct math_operands *from, struct operands *in, struct answer *answer)
{
    mpfr_inits2(format->digits, in->x, in->y, in->z, (mpfr_ptr)NULL);
    mpfr_inits2(format->precision, answer->value, answer->second, (mpfr_ptr)NULL);
    mpfr_set_d(in->x, from->x, MPFR_RNDN);
    mpfr_set_d(in->y, from->y, MPFR_RNDN);
    mpfr_set_d(in->z, from->z, MPFR_RNDN);
    in->n = from->n;
    in->from = from;
    in->format = format;
    if (oracle->unary) oracle->unary(answer->value, in->x, MPFR_RNDN);
    if (oracle->binary) oracle->binary(answer->value, in->x, in->y, MPFR_RNDN);
    if (oracle->integer) oracle->integer(answer->value, in->x, in->n, MPFR_RNDN);
    if (oracle->own) oracle->own(answer, in);
}

static void answer_clear(struct operands *in, struct answer *answer)
{
    mpfr_clears(in->x, in->y, in->z, answer->value, answer->second, (mpfr_ptr)NULL);
}

// The exponent of the last digit.
static long ulp_exponent(const struct math_format *format, const mpfr_t x)
{
    long exponent = mpfr_regular_p(x) ? mpfr_get_exp(x) - 1 : format->smallest;
    if (exponent < format->smallest) exponent = format->smallest;
    return exponent - format->digits + 1;
}

static void format_round(const struct math_format *format, mpfr_t x)
{
    long exponent = ulp_exponent(format, x);
    if (!mpfr_regular_p(x)) return;
    mpfr_mul_2si(x, x, -exponent, MPFR_RNDN);
    mpfr_rint(x, x, MPFR_RNDN);
    mpfr_mul_2si(x, x, exponent, MPFR_RNDN);
}

// What is too large for the format counts as the power of two behind its largest number.
static void overflow_bound(const struct math_format *format, mpfr_t x)
{
    bool large = mpfr_inf_p(x) || (mpfr_regular_p(x) && mpfr_get_exp(x) - 1 > format->largest);
    if (large) mpfr_set_si_2exp(x, mpfr_signbit(x) ? -1 : 1, format->largest + 1, MPFR_RNDN);
}

static bool is_subnormal(const struct math_format *format, const mpfr_t x)
{
    return mpfr_regular_p(x) && mpfr_get_exp(x) - 1 < format->smallest;
}

struct rules {
    double limit;
    bool any_sign; // of a zero
    bool flushed;  // a zero will do for a subnormal number
};

static double number_error(const struct math_format *format, struct rules rules, const mpfr_t exact,
                           double result)
{
    mpfr_t right, got;
    if (rules.flushed && result == 0 && is_subnormal(format, exact)) return 0;
    double error = INFINITY;
    mpfr_inits2(format->precision, right, got, (mpfr_ptr)NULL);
    mpfr_set(right, exact, MPFR_RNDN);
    mpfr_set_d(got, result, MPFR_RNDN);
    if (rules.limit == 0) format_round(format, right);
    overflow_bound(format, right);
    overflow_bound(format, got);
    if (mpfr_nan_p(right) || mpfr_nan_p(got)) {
        error = mpfr_nan_p(right) && mpfr_nan_p(got) ? 0 : INFINITY;
    } else if (mpfr_zero_p(right)) {
        bool same = rules.any_sign || !mpfr_signbit(right) == !mpfr_signbit(got);
        error = mpfr_zero_p(got) && same ? 0 : INFINITY;
    } else {
        mpfr_sub(got, got, right, MPFR_RNDN);
        mpfr_mul_2si(got, got, -ulp_exponent(format, right), MPFR_RNDN);
        error = fabs(mpfr_get_d(got, MPFR_RNDA));
    }
    mpfr_clears(right, got, (mpfr_ptr)NULL);
    return error;
}

static double results_error(size_t function, int format, struct rules rules, const struct math_operands *from,
                            const struct math_results *results)
{
    const struct math_function *row = &math_functions[function];
    struct operands in;
    struct answer answer = {0};
    double error = 0;
    answer_make(&oracles[function], &math_formats[format], from, &in, &answer);
    if (strchr(row->signature, 'P'))
        error = number_error(&math_formats[format], rules, answer.second, results->second);
    rules.any_sign |= answer.any_sign;
    if (row->signature[0] == 'T')
        error = fmax(error, number_error(&math_formats[format], rules, answer.value, results->value));
    if (strpbrk(row->signature, "Q") || row->signature[0] == 'N')
        if (!answer.any_integer && answer.integer != results->integer) error = INFINITY;
    answer_clear(&in, &answer);
    return error;
}

double math_error(size_t function, int format, double limit, const struct math_operands *from,
                  const struct math_results *results)
{
    return results_error(function, format, (struct rules){.limit = limit}, from, results);
}

static double flush(const struct math_format *format, double x)
{
    return fabs(x) < ldexp(1, format->smallest) ? copysign(0, x) : x;
}

// Each operand for itself: a function may test one for zero that it flushes only where it computes. A zero
// that comes of one may have either sign.
double math_error_flushed(size_t function, int format, double limit, const struct math_operands *from,
                          const struct math_results *results)
{
    const struct math_format *numbers = &math_formats[format];
    double least = INFINITY;
    for (unsigned which = 0; which < 8 && (!which || least > limit); which++) {
        struct math_operands operands = *from;
        if (which & 1) operands.x = flush(numbers, from->x);
        if (which & 2) operands.y = flush(numbers, from->y);
        if (which & 4) operands.z = flush(numbers, from->z);
        bool changed = operands.x != from->x || operands.y != from->y || operands.z != from->z;
        struct rules rules = {.limit = limit, .any_sign = changed, .flushed = true};
        least = fmin(least, results_error(function, format, rules, &operands, results));
    }
    return least;
}

void math_expected(size_t function, int format, const struct math_operands *from, char *text, size_t size)
{
    struct operands in;
    struct answer answer = {0};
    answer_make(&oracles[function], &math_formats[format], from, &in, &answer);
    mpfr_snprintf(text, size, "%.10Ra, %.10Ra, %ld", answer.value, answer.second, answer.integer);
    answer_clear(&in, &answer);
}
