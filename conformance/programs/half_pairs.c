// Half's functions of two arguments over very many pairs: each number with every STRIDE-th other (those
// differ from number to number; 1: all 2^32 pairs). Prints a row of a table for each: the limit of OpenCL and
// the largest error, in ULP, how many results are over the limit, and where the error is largest. An integer
// goes over the range of short.
//
// MPFR takes a microsecond a result. So double on the host comes first, which is exact for half's numbers, or
// off by less than 2^-40 of a ULP of half's; what it leaves in doubt, MPFR decides.
//
// usage: half_pairs STRIDE [FUNCTION…]
#include "tests/builtins/math_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 1 << 20, LARGEST = 15, SMALLEST = -14, DIGITS = 11 };

static double numbers[MATH_HALVES]; // by their bits

static double atan2_pi(double y, double x) { return atan2(y, x) / M_PI; }
static double divided(double x, double y) { return x / y; }
static double larger(double x, double y)
{
    return fabs(x) > fabs(y) ? x : fabs(y) > fabs(x) ? y : fmax(x, y);
}
static double smaller(double x, double y)
{
    return fabs(x) < fabs(y) ? x : fabs(y) < fabs(x) ? y : fmin(x, y);
}
static double positive_power(double x, double y) { return x < 0 ? NAN : pow(x, y); }
static double scaled(double x, double n) { return ldexp(x, (int)n); }
static double root(double x, double n)
{
    bool odd = fmod(n, 2) != 0;
    if (n == 0 || (x < 0 && !odd)) return NAN;
    return copysign(pow(fabs(x), 1 / n), odd ? x : 1);
}

static const struct pairs_function {
    const char *name;
    double (*host)(double x, double y);
} functions[] = {
    {"atan2", atan2},      {"atan2pi", atan2_pi}, {"copysign", copysign},   {"divide", divided},
    {"fdim", fdim},        {"fmax", fmax},        {"fmin", fmin},           {"fmod", fmod},
    {"hypot", hypot},      {"ldexp", scaled},     {"maxmag", larger},       {"minmag", smaller},
    {"pow", pow},          {"pown", pow},         {"powr", positive_power}, {"remainder", remainder},
    {"remquo", remainder}, {"rootn", root},
};

struct pairs {
    const struct pairs_function *function;
    size_t row; // of math_functions
    double limit;
    bool integer; // the second argument is one
    unsigned stride;
};

struct worst {
    double error;
    struct math_operands at;
    unsigned long wrong, doubtful;
};

// ---- What is right ----------------------------------------------------------------------------------------

static double bounded(double x)
{
    double bound = ldexp(1, LARGEST + 1);
    return fabs(x) < bound ? x : copysign(bound, x);
}

static double ulps(double got, double exact)
{
    int exponent = SMALLEST;
    exact = bounded(exact);
    if (fabs(exact) >= ldexp(1, SMALLEST)) exponent = ilogb(exact);
    return ldexp(fabs(bounded(got) - exact), DIGITS - 1 - exponent);
}

// Negative: that is for MPFR to say.
static double error_by_double(const struct pairs *p, double x, double y, double got)
{
    double exact = p->function->host(x, y);
    if (isnan(exact) && isnan(got)) return 0;
    if (isnan(exact) || isnan(got)) return -1;
    if (p->limit == 0) {
        double rounded = (double)(_Float16)exact;
        return rounded == got && !signbit(rounded) == !signbit(got) ? 0 : -1;
    }
    if (exact == 0 && (x == 0 || y == 0 || isinf(x) || isinf(y))) return -1; // its sign matters
    double error = ulps(got, exact);
    return error < 0.999 * p->limit ? error : -1;
}

// The low seven bits of the quotient, with its sign; the difference is exact.
static int quotient_of(double x, double y)
{
    double quotient = (x - remainder(x, y)) / y;
    return (int)fmod(quotient, 128);
}

static bool quotient_wrong(const struct pairs *p, double x, double y, int got)
{
    if (strcmp(p->function->name, "remquo") != 0 || !isfinite(x) || isnan(y) || y == 0) return false;
    return got != (isinf(y) ? 0 : quotient_of(x, y));
}

static void result_check(const struct pairs *p, struct worst *worst, double x, double y, uint32_t word)
{
    double got = numbers[word & 0xffff], error = error_by_double(p, x, y, got);
    int integer = (int16_t)(word >> 16);
    const struct math_operands at = {.x = x, .y = p->integer ? 0 : y, .n = p->integer ? (int)y : 0};
    if (error < 0 || quotient_wrong(p, x, y, integer)) {
        const struct math_results results = {.value = got, .integer = integer};
        error = math_error(p->row, MATH_HALF, p->limit, &at, &results);
        worst->doubtful++;
    }
    worst->wrong += isinf(error) || error > p->limit;
    if (error <= worst->error) return;
    worst->error = error;
    worst->at = at;
}

// ---- Running ----------------------------------------------------------------------------------------------

static cl_kernel kernel_make(const struct session *session, const struct pairs *p)
{
    const char *name = p->function->name, *second = p->integer ? "as_short((ushort)b)" : "as_half((ushort)b)";
    bool quotient = !strcmp(name, "remquo");
    char source[1024];
    snprintf(source, sizeof source,
             "#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n"
             "#define divide(x, y) ((x) / (y))\n"
             "kernel void pairs(uint first, uint stride, global uint *out)\n"
             "{\n"
             "    uint i = get_global_id(0), a = i & 0xffff;\n"
             "    uint b = (first + (i >> 16)) * stride + (a * 40503u >> 7) %% stride;\n"
             "    int quotient = 0;\n"
             "    half value = %s(as_half((ushort)a), %s%s);\n"
             "    out[i] = as_ushort(value) | (uint)quotient << 16;\n"
             "}\n",
             name, second, quotient ? ", &quotient" : "");
    return session_kernel(session, source, "pairs", "-cl-std=CL3.0");
}

static void batch_check(const struct pairs *p, struct worst *worst, unsigned first, const uint32_t *words)
{
    for (unsigned i = 0; i < BATCH; i++) {
        unsigned a = i % MATH_HALVES;
        unsigned b = (first + i / MATH_HALVES) * p->stride + (a * 40503u >> 7) % p->stride;
        result_check(p, worst, numbers[a], p->integer ? (int16_t)b : numbers[b], words[i]);
    }
}

static void pairs_run(const struct session *session, const struct pairs *p)
{
    static uint32_t words[BATCH];
    const size_t items = BATCH;
    struct worst worst = {.error = -1};
    cl_int status;
    cl_kernel kernel = kernel_make(session, p);
    cl_mem out = clCreateBuffer(session->context, 0, sizeof words, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    clSetKernelArg(kernel, 1, sizeof p->stride, &p->stride);
    clSetKernelArg(kernel, 2, sizeof out, &out);
    for (cl_uint first = 0; first < MATH_HALVES / p->stride; first += BATCH / MATH_HALVES) {
        clSetKernelArg(kernel, 0, sizeof first, &first);
        clEnqueueNDRangeKernel(session->queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL);
        assert_int_equal(
            clEnqueueReadBuffer(session->queue, out, CL_TRUE, 0, sizeof words, words, 0, NULL, NULL),
            CL_SUCCESS);
        batch_check(p, &worst, first, words);
    }
    clReleaseMemObject(out);
    clReleaseKernel(kernel);
    printf("| %s | %g | %.4g | %lu | %lu | %a, ", p->function->name, p->limit, worst.error, worst.wrong,
           worst.doubtful, worst.at.x);
    if (p->integer)
        printf("%d |\n", worst.at.n);
    else
        printf("%a |\n", worst.at.y);
    fflush(stdout);
}

static bool wanted(const char *name, int count, char **names)
{
    for (int i = 0; i < count; i++)
        if (!strcmp(names[i], name)) return true;
    return !count;
}

static void numbers_fill(void)
{
    for (unsigned i = 0; i < MATH_HALVES; i++) {
        uint16_t bits = (uint16_t)i;
        _Float16 number;
        memcpy(&number, &bits, sizeof number);
        numbers[i] = (double)number;
    }
}

int main(int count, char **arguments)
{
    unsigned stride = count > 1 ? (unsigned)strtoul(arguments[1], NULL, 10) : 0;
    if (!stride || MATH_HALVES / stride * stride != MATH_HALVES ||
        stride > MATH_HALVES / (BATCH / MATH_HALVES)) {
        fputs("usage: half_pairs STRIDE [FUNCTION…], STRIDE a power of two up to 4096\n", stderr);
        return 2;
    }
    struct session session;
    session_open(&session);
    numbers_fill();
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (!wanted(functions[i].name, count - 2, arguments + 2)) continue;
        struct pairs p = {.function = &functions[i], .stride = stride};
        while (strcmp(math_functions[p.row].name, functions[i].name) != 0) p.row++;
        p.limit = math_functions[p.row].limits[MATH_HALF];
        p.integer = strchr(math_functions[p.row].signature, 'N');
        pairs_run(&session, &p);
    }
    session_close(&session);
    mpfr_free_cache();
    return 0;
}
