// Every conversion between scalar types, in every rounding mode and saturated, of NaN, infinities, the limits
// of all types, their neighbours, and of random bits, against the host's exact arithmetic. (That vectors do
// the same is builtins.c's.) Conversions of what the destination cannot hold are undefined unless saturated:
// those are left out.
#include "session.h"
#include "source.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_MAX = 8192, RANDOM = 512 };
enum rounding { DEFAULT, RTE, RTZ, RTP, RTN, ROUNDINGS };

_Static_assert(LDBL_MANT_DIG >= 64, "long double holds every long");

static struct session session;
static unsigned elements; // a bit each: those that the device has
static const char *const suffixes[] = {"", "_rte", "_rtz", "_rtp", "_rtn"};

// ---- Values -------------------------------------------------------------------------------------------

static uint64_t values[VALUES_MAX]; // as bits of the source's type
static size_t value_count;

static uint64_t random_next(void)
{
    static uint64_t state = 0x2545f4914f6cdd1d;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static void value_add(enum element element, uint64_t bits)
{
    if (value_count == VALUES_MAX) abort();
    unsigned size = (unsigned)element_types[element].size;
    values[value_count++] = size == 8 ? bits : bits & ((UINT64_C(1) << 8 * size) - 1);
}

static uint64_t float_bits(enum element element, long double value)
{
    double wide = (double)value;
    float single = (float)value;
    _Float16 half = (_Float16)wide;
    uint64_t bits = 0;
    if (element == DOUBLE)
        memcpy(&bits, &wide, sizeof wide);
    else if (element == FLOAT)
        memcpy(&bits, &single, sizeof single);
    else
        memcpy(&bits, &half, sizeof half);
    return bits;
}

static long double value_of(enum element element, uint64_t bits)
{
    double wide;
    float single;
    _Float16 half;
    unsigned unused = 64 - 8 * (unsigned)element_types[element].size;
    memcpy(&wide, &bits, sizeof wide);
    memcpy(&single, &bits, sizeof single);
    memcpy(&half, &bits, sizeof half);
    if (element == DOUBLE) return wide;
    if (element == FLOAT) return single;
    if (element == HALF) return (float)half;
    if (element_types[element].is_signed) return (int64_t)(bits << unused) >> unused;
    return bits;
}

// What floating-point types have besides: fractions that round to even or not, and what is no number.
static void float_values_list(enum element element)
{
    static const uint64_t nans[ELEMENTS][2] = {[FLOAT] = {0x7fc00000, 0xff800001},
                                               [DOUBLE] = {0x7ff8000000000000, 0xfff0000000000001},
                                               [HALF] = {0x7e00, 0xfc01}};
    for (int quarter = -1040; quarter <= 1040; quarter++)
        value_add(element, float_bits(element, quarter * 0.25L));
    for (int i = 0; i < 2; i++) value_add(element, nans[element][i]);
    value_add(element, float_bits(element, INFINITY));
    value_add(element, float_bits(element, -INFINITY));
    value_add(element, float_bits(element, -0.0L));
    value_add(element, 1); // the smallest
}

// Around all powers of two, which all limits are next to, and the limits of floating-point types.
static void values_list(enum element element)
{
    bool floating = element_types[element].floating;
    value_count = 0;
    for (int power = 0; power <= (floating ? 129 : 64); power++)
        for (int64_t next = -2; next <= 2; next++)
            for (int sign = 0; sign < 2; sign++) {
                uint64_t whole = power < 64 ? UINT64_C(1) << power : 0;
                uint64_t bits = floating ? float_bits(element, ldexpl(1, power)) : whole;
                bits += (uint64_t)next;
                if (floating && sign)
                    bits |= UINT64_C(1) << (8 * element_types[element].size - 1);
                else if (sign)
                    bits = -bits;
                value_add(element, bits);
            }
    if (floating) float_values_list(element);
    for (int i = 0; i < RANDOM; i++) value_add(element, random_next());
    // Of few digits and any size, which integers often are.
    for (int i = 0; i < RANDOM; i++) {
        uint64_t some = random_next() >> (random_next() & 63);
        value_add(element, floating ? float_bits(element, some) : some);
    }
}

// ---- What is right ------------------------------------------------------------------------------------

static long double whole_round(long double x, enum rounding rounding)
{
    switch (rounding) {
    case RTE:
        return rintl(x);
    case RTP:
        return ceill(x);
    case RTN:
        return floorl(x);
    default:
        return truncl(x);
    }
}

// Digits, and the exponents of the largest and of the smallest number.
static const struct {
    int digits, largest, smallest;
} formats[ELEMENTS] = {[FLOAT] = {24, 127, -149}, [DOUBLE] = {53, 1023, -1074}, [HALF] = {11, 15, -24}};

static long double float_round(enum element to, long double x, enum rounding rounding)
{
    int digits = formats[to].digits, least = formats[to].smallest;
    if (x == 0 || !isfinite(x)) return x;
    int exponent = ilogbl(x) - digits + 1;
    long double unit = ldexpl(1, exponent < least ? least : exponent);
    long double rounded = whole_round(x / unit, rounding == DEFAULT ? RTE : rounding) * unit;
    long double largest = ldexpl(2 - ldexpl(1, 1 - digits), formats[to].largest);
    bool inward = rounding == RTZ || rounding == (x < 0 ? RTP : RTN);
    if (fabsl(rounded) > largest) return copysignl(inward ? largest : INFINITY, x);
    return copysignl(rounded, x);
}

static void integer_limits(enum element element, long double *lowest, long double *highest)
{
    int bits = 8 * (int)element_types[element].size - element_types[element].is_signed;
    *highest = ldexpl(1, bits) - 1;
    *lowest = element_types[element].is_signed ? -ldexpl(1, bits) : 0;
}

// False: undefined.
static bool converted(enum element to, long double x, enum rounding rounding, bool saturated,
                      long double *result)
{
    long double lowest, highest;
    if (element_types[to].floating) {
        *result = float_round(to, x, rounding);
        return true;
    }
    integer_limits(to, &lowest, &highest);
    *result = isnan(x) ? 0 : whole_round(x, rounding) + 0.0L; // integers have one zero
    if (!saturated) return !isnan(x) && *result >= lowest && *result <= highest;
    *result = *result < lowest ? lowest : *result > highest ? highest : *result;
    return true;
}

// ---- Running ------------------------------------------------------------------------------------------

struct conversion {
    enum element from, to;
    enum rounding rounding;
    bool saturated;
};

static cl_mem buffer_new(size_t size, const void *content)
{
    cl_int status;
    cl_mem buffer = clCreateBuffer(session.context, content ? CL_MEM_COPY_HOST_PTR : 0, size,
                                   (void *)(uintptr_t)content, &status);
    assert_int_equal(status, CL_SUCCESS);
    return buffer;
}

static void results_check(const struct conversion *conversion, const unsigned char *results)
{
    size_t size = element_types[conversion->to].size;
    for (size_t i = 0; i < value_count; i++) {
        uint64_t bits = 0;
        long double x = value_of(conversion->from, values[i]), expected;
        if (!converted(conversion->to, x, conversion->rounding, conversion->saturated, &expected)) continue;
        memcpy(&bits, results + i * size, size);
        long double actual = value_of(conversion->to, bits);
        if (isnan(expected) ? isnan(actual) : actual == expected && !signbit(actual) == !signbit(expected))
            continue;
        fail_msg("convert_%s%s%s(%s 0x%jx = %La) is %La, not %La", element_types[conversion->to].name,
                 conversion->saturated ? "_sat" : "", suffixes[conversion->rounding],
                 element_types[conversion->from].name, (uintmax_t)values[i], x, actual, expected);
    }
}

static void conversion_run(const struct conversion *conversion, cl_kernel kernel, cl_mem in, cl_mem out)
{
    static unsigned char results[VALUES_MAX * 8];
    clSetKernelArg(kernel, 0, sizeof in, &in);
    clSetKernelArg(kernel, 1, sizeof out, &out);
    assert_int_equal(
        clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &value_count, NULL, 0, NULL, NULL),
        CL_SUCCESS);
    assert_int_equal(
        clEnqueueReadBuffer(session.queue, out, CL_TRUE, 0, sizeof results, results, 0, NULL, NULL),
        CL_SUCCESS);
    results_check(conversion, results);
}

static size_t conversions_list(enum element from, struct conversion list[ELEMENTS * ROUNDINGS * 2])
{
    size_t count = 0;
    for (enum element to = 0; to < ELEMENTS; to++)
        for (enum rounding r = 0; r < ROUNDINGS && elements >> to & 1; r++)
            for (int saturated = 0; saturated < (element_types[to].floating ? 1 : 2); saturated++)
                list[count++] = (struct conversion){from, to, r, saturated};
    for (size_t i = 0; i * EVERY < count; i++) list[i] = list[i * EVERY];
    return (count + EVERY - 1) / EVERY;
}

static char *source_write(const struct conversion *list, size_t count)
{
    char *source;
    size_t size;
    FILE *out = open_memstream(&source, &size);
    assert_non_null(out);
    if (elements >> HALF & 1) fputs("#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n", out);
    for (size_t i = 0; i < count; i++)
        fprintf(out,
                "kernel void f%zu(global const %s *in, global %s *out)\n"
                "{\n    size_t i = get_global_id(0);\n    out[i] = convert_%s%s%s(in[i]);\n}\n",
                i, element_types[list[i].from].name, element_types[list[i].to].name,
                element_types[list[i].to].name, list[i].saturated ? "_sat" : "", suffixes[list[i].rounding]);
    fclose(out);
    return source;
}

static void conversions_run(enum element from, const char *options)
{
    struct conversion list[ELEMENTS * ROUNDINGS * 2];
    unsigned char packed[VALUES_MAX * 8];
    size_t count = conversions_list(from, list), size = element_types[from].size;
    char *source = source_write(list, count);
    cl_program program = session_program(&session, source, options);
    values_list(from);
    for (size_t i = 0; i < value_count; i++) memcpy(packed + i * size, &values[i], size);
    cl_mem in = buffer_new(sizeof packed, packed), out = buffer_new(sizeof packed, NULL);
    for (size_t i = 0; i < count; i++) {
        char name[16];
        cl_int status;
        snprintf(name, sizeof name, "f%zu", i);
        cl_kernel kernel = clCreateKernel(program, name, &status);
        assert_int_equal(status, CL_SUCCESS);
        conversion_run(&list[i], kernel, in, out);
        clReleaseKernel(kernel);
    }
    clReleaseMemObject(in);
    clReleaseMemObject(out);
    clReleaseProgram(program);
    free(source);
}

static void conversions(void **state)
{
    (void)state;
    for (enum element from = 0; from < ELEMENTS; from++)
        if (elements >> from & 1) conversions_run(from, "-cl-std=CL3.0 -O1");
}

static void conversions_unoptimised(void **state)
{
    (void)state;
    for (enum element from = 0; from < ELEMENTS; from++)
        if (elements >> from & 1) conversions_run(from, "-cl-opt-disable");
}

// There and back is no rounding to zero: not even where no signed zeros are asked for.
static void conversions_back(void **state)
{
    (void)state;
    static const char *const options[] = {"", "-cl-no-signed-zeros", "-cl-fast-relaxed-math"};
    static const char source[] = "kernel void f(global const float *in, global float2 *out)\n"
                                 "{\n"
                                 "    size_t i = get_global_id(0);\n"
                                 "    out[i] = (float2)(convert_float(convert_int_sat(in[i])), "
                                 "convert_float(convert_uint_sat(in[i])));\n"
                                 "}\n";
    const float values[] = {1e10F, -1e10F, 1.75F, -1.75F};
    const float expected[][2] = {{0x1p31F, 0x1p32F}, {-0x1p31F, 0}, {1, 1}, {-1, 0}};
    size_t count = sizeof values / sizeof *values;
    for (size_t o = 0; o < sizeof options / sizeof *options; o++) {
        float results[sizeof values / sizeof *values][2];
        cl_kernel kernel = session_kernel(&session, source, "f", options[o]);
        cl_mem in = buffer_new(sizeof values, values), out = buffer_new(sizeof results, NULL);
        clSetKernelArg(kernel, 0, sizeof in, &in);
        clSetKernelArg(kernel, 1, sizeof out, &out);
        assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &count, NULL, 0, NULL, NULL),
                         0);
        assert_int_equal(
            clEnqueueReadBuffer(session.queue, out, CL_TRUE, 0, sizeof results, results, 0, NULL, NULL), 0);
        for (size_t i = 0; i < count; i++)
            for (int c = 0; c < 2; c++)
                if (results[i][c] != expected[i][c])
                    fail_msg("%g becomes %g, not %g (%s)", values[i], results[i][c], expected[i][c],
                             options[o]);
        clReleaseMemObject(in);
        clReleaseMemObject(out);
        clReleaseKernel(kernel);
    }
}

static int setup(void **state)
{
    (void)state;
    char extensions[4096] = "";
    session_open(&session);
    clGetDeviceInfo(session.device, CL_DEVICE_EXTENSIONS, sizeof extensions, extensions, NULL);
    elements = (1u << DOUBLE) - 1; // all before it
    if (strstr(extensions, "cl_khr_fp64")) elements |= 1u << DOUBLE;
    if (strstr(extensions, "cl_khr_fp16")) elements |= 1u << HALF;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    session_close(&session);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(conversions),
                                       cmocka_unit_test(conversions_unoptimised),
                                       cmocka_unit_test(conversions_back)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
