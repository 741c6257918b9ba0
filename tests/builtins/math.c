// Every math function in every format that the device has, against MPFR: how far results are off, over edge
// arguments, over such as are often wrong (next to integers, and to quarters of them) and over random ones;
// half's functions of one argument over all of them. (That vectors do the same is builtins.c's.)
//
// usage: test_builtins_math [FUNCTION]
#include "math_oracle.h"
#include "session.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARGUMENTS = 65536, FUNCTION_NAME = 32 };

static struct session session;
static const char *only;

// ---- Arguments --------------------------------------------------------------------------------------------

static uint64_t random_next(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static size_t format_size(int format) { return format == MATH_DOUBLE ? 8 : format == MATH_FLOAT ? 4 : 2; }

static void number_store(int format, unsigned char *to, double x)
{
    float single = (float)x;
    _Float16 half = (_Float16)x;
    if (format == MATH_FLOAT) memcpy(to, &single, sizeof single);
    if (format == MATH_DOUBLE) memcpy(to, &x, sizeof x);
    if (format == MATH_HALF) memcpy(to, &half, sizeof half);
}

static double number_load(int format, const unsigned char *from)
{
    double wide;
    float single;
    _Float16 half;
    memcpy(&half, from, sizeof half);
    if (format == MATH_HALF) return (double)half;
    memcpy(&single, from, sizeof single);
    if (format == MATH_FLOAT) return single;
    memcpy(&wide, from, sizeof wide);
    return wide;
}

// `x` in the format, and `next` numbers further from zero.
static double number_near(int format, double x, int next)
{
    uint64_t bits = 0;
    number_store(format, (unsigned char *)&bits, x);
    if (isfinite(x)) bits += (uint64_t)next;
    return number_load(format, (unsigned char *)&bits);
}

static const double edges[] = {0,     0.25, 0.5,    0.75, 1,       1.5,      2,     2.5,      3,
                               4,     5,    7,      8.5,  10,      16,       30.25, 31.75,    33.5,
                               34.99, 41.5, 88.625, 127,  1048575, 16777217, 1e18,  INFINITY, NAN};
enum { EDGES = sizeof edges / sizeof *edges, LIMITS = 6, EDGES_ALL = 2 * (EDGES + LIMITS) };

static double edge_number(int format, size_t i)
{
    const struct math_format *f = &math_formats[format];
    const double limits[LIMITS] = {ldexp(1, f->smallest - f->digits + 1),
                                   ldexp(1, f->smallest),
                                   number_near(format, ldexp(1, f->smallest), -1),
                                   ldexp(2 - ldexp(1, 1 - f->digits), f->largest),
                                   number_near(format, 1, -1),
                                   number_near(format, 1, 1)};
    size_t at = i % EDGES_ALL / 2;
    double x = at < EDGES ? number_near(format, edges[at], 0) : limits[at - EDGES];
    return i % 2 ? -x : x;
}

static double random_number(int format)
{
    const struct math_format *f = &math_formats[format];
    uint64_t bits = random_next(), kind = random_next() % 4;
    double unit = (double)(random_next() >> 11) * 0x1p-53, sign = bits & 1 ? -1 : 1;
    if (kind == 0) return number_load(format, (unsigned char *)&bits);
    if (kind == 1) return number_near(format, sign * (double)(bits >> 1 & 255) / 4, (int)(bits >> 9 & 7) - 3);
    if (kind == 2) return number_near(format, sign * ldexp(1 + unit, (int)(bits >> 1 & 31) - 16), 0);
    return number_near(format, sign * unit * 1.5 * f->largest, 0);
}

static int random_integer(void)
{
    uint64_t bits = random_next();
    return bits & 3 ? (int)(bits >> 2) % (bits & 1 ? 12 : 1200) : (int)(bits >> 2);
}

static void operands_list(const struct math_function *function, int format, struct math_operands *list,
                          size_t count)
{
    bool unary = function->signature[2] != 'T' && function->signature[2] != 'N';
    for (size_t i = 0; i < count; i++) {
        size_t edge = unary ? i : i % EDGES_ALL, other = i / EDGES_ALL;
        bool random = other >= (unary ? 1 : EDGES_ALL);
        list[i].x = random ? random_number(format) : edge_number(format, edge);
        list[i].y = random ? random_number(format) : edge_number(format, other);
        list[i].z = random_next() % 4 ? random_number(format) : edge_number(format, random_next());
        list[i].n = other < 24 ? (int)other - 12 : random_integer();
        if (unary && count == ARGUMENTS) list[i].x = number_load(format, (unsigned char *)&i);
    }
}

// ---- Running ----------------------------------------------------------------------------------------------

enum { X, Y, Z, N, VALUE, SECOND, INTEGER, BUFFERS };
static const char *const parameters[BUFFERS] = {"const TYPE *x", "const TYPE *y", "const TYPE *z",
                                                "const int *n",  "TYPE *value",   "TYPE *second",
                                                "int *integer"};

struct run {
    int format;
    cl_mem buffers[BUFFERS];
    struct math_operands *operands;
    unsigned char *bytes;
    unsigned wrong;
};

static size_t element_size(const struct run *run, int buffer)
{
    return buffer == N || buffer == INTEGER ? sizeof(int) : format_size(run->format);
}

static const struct body {
    const char *signature, *before, *after;
} bodies[] = {
    {"TT", "value[i] = ", "(x[i]);"},
    {"TTT", "value[i] = ", "(x[i], y[i]);"},
    {"TTTT", "value[i] = ", "(x[i], y[i], z[i]);"},
    {"TTN", "value[i] = ", "(x[i], n[i]);"},
    {"NT", "integer[i] = ", "(x[i]);"},
    {"TTP", "value[i] = ", "(x[i], &second[i]);"},
    {"TTQ", "value[i] = ", "(x[i], &integer[i]);"},
    {"TTTQ", "value[i] = ", "(x[i], y[i], &integer[i]);"},
};

static void kernel_write(const struct math_function *function, FILE *out)
{
    fprintf(out, "kernel void test_%s(", function->name);
    for (int b = 0; b < BUFFERS; b++) fprintf(out, "%sglobal %s", b ? ", " : "", parameters[b]);
    fputs(")\n{\n    size_t i = get_global_id(0);\n", out);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        if (!strcmp(bodies[i].signature, function->signature))
            fprintf(out, "    %s%s%s\n}\n", bodies[i].before, function->name, bodies[i].after);
}

static cl_program program_make(const char *options, int format)
{
    char *source, all[256];
    size_t size;
    FILE *out = open_memstream(&source, &size);
    assert_non_null(out);
    if (format == MATH_HALF) fputs("#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n", out);
    fputs("#define divide(x, y) ((x) / (y))\n#define recip(x) (1 / (x))\n", out);
    for (size_t f = 0; f < math_function_count; f++) kernel_write(&math_functions[f], out);
    fclose(out);
    snprintf(all, sizeof all, "-cl-std=CL3.0 -DTYPE=%s %s", math_formats[format].name, options);
    cl_program program = session_program(&session, source, all);
    free(source);
    return program;
}

static void arguments_send(struct run *run, size_t count)
{
    for (int b = X; b <= N; b++) {
        size_t size = element_size(run, b);
        for (size_t i = 0; i < count; i++) {
            const struct math_operands *in = &run->operands[i];
            if (b == N)
                memcpy(run->bytes + i * size, &in->n, size);
            else
                number_store(run->format, run->bytes + i * size, b == X ? in->x : b == Y ? in->y : in->z);
        }
        assert_int_equal(clEnqueueWriteBuffer(session.queue, run->buffers[b], CL_TRUE, 0, count * size,
                                              run->bytes, 0, NULL, NULL),
                         CL_SUCCESS);
    }
}

static void results_receive(struct run *run, struct math_results *results, size_t count)
{
    for (int b = VALUE; b <= INTEGER; b++) {
        size_t size = element_size(run, b);
        assert_int_equal(clEnqueueReadBuffer(session.queue, run->buffers[b], CL_TRUE, 0, count * size,
                                             run->bytes, 0, NULL, NULL),
                         CL_SUCCESS);
        for (size_t i = 0; i < count; i++) {
            const unsigned char *from = run->bytes + i * size;
            if (b == VALUE) results[i].value = number_load(run->format, from);
            if (b == SECOND) results[i].second = number_load(run->format, from);
            if (b == INTEGER) memcpy(&results[i].integer, from, size);
        }
    }
}

static void function_report(struct run *run, size_t function, const struct math_results *results,
                            size_t count)
{
    const struct math_function *row = &math_functions[function];
    char expected[160];
    double worst = -1, limit = row->limits[run->format];
    size_t at = 0, failed = 0;
    for (size_t i = 0; i < count; i++) {
        double error = math_error(function, run->format, &run->operands[i], &results[i]);
        failed += isinf(error) || error > limit;
        if (error > worst) at = i;
        if (error > worst) worst = error;
    }
    const struct math_operands *in = &run->operands[at];
    math_expected(function, run->format, in, expected, sizeof expected);
    print_message("%s %-10s %10.4g of %g ULP", math_formats[run->format].name, row->name, worst, limit);
    if (failed)
        print_message(", %zu wrong: (%a, %a, %a, %d) is %a, %a, %d, not %s", failed, in->x, in->y, in->z,
                      in->n, results[at].value, results[at].second, results[at].integer, expected);
    print_message("\n");
    run->wrong += failed != 0;
}

static void function_run(struct run *run, size_t function, cl_program program)
{
    char name[FUNCTION_NAME];
    const char *signature = math_functions[function].signature;
    bool all = run->format == MATH_HALF && signature[2] != 'T' && signature[2] != 'N';
    size_t count = all && SAMPLES >= ARGUMENTS / 4 ? ARGUMENTS : SAMPLES;
    cl_int status;
    struct math_results *results = malloc(count * sizeof *results);
    assert_non_null(results);
    snprintf(name, sizeof name, "test_%s", math_functions[function].name);
    cl_kernel kernel = clCreateKernel(program, name, &status);
    assert_int_equal(status, CL_SUCCESS);
    operands_list(&math_functions[function], run->format, run->operands, count);
    arguments_send(run, count);
    for (cl_uint b = 0; b < BUFFERS; b++)
        assert_int_equal(clSetKernelArg(kernel, b, sizeof(cl_mem), &run->buffers[b]), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &count, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    results_receive(run, results, count);
    function_report(run, function, results, count);
    clReleaseKernel(kernel);
    free(results);
}

static void format_run(int format, const char *options)
{
    struct run run = {.format = format, .operands = malloc(ARGUMENTS * sizeof *run.operands)};
    run.bytes = malloc(ARGUMENTS * format_size(MATH_DOUBLE));
    assert_non_null(run.operands);
    assert_non_null(run.bytes);
    for (int b = 0; b < BUFFERS; b++) {
        cl_int status;
        run.buffers[b] = clCreateBuffer(session.context, 0, ARGUMENTS * sizeof(double), NULL, &status);
        assert_int_equal(status, CL_SUCCESS);
    }
    cl_program program = program_make(options, format);
    for (size_t f = 0; f < math_function_count; f++)
        if (!only || !strcmp(only, math_functions[f].name)) function_run(&run, f, program);
    clReleaseProgram(program);
    for (int b = 0; b < BUFFERS; b++) clReleaseMemObject(run.buffers[b]);
    free(run.operands);
    free(run.bytes);
    assert_int_equal(run.wrong, 0);
}

static bool device_has(const char *extension)
{
    char extensions[4096] = "";
    clGetDeviceInfo(session.device, CL_DEVICE_EXTENSIONS, sizeof extensions, extensions, NULL);
    return strstr(extensions, extension);
}

static void single(void **state)
{
    (void)state;
    format_run(MATH_FLOAT, "");
}

static void wide(void **state)
{
    (void)state;
    if (!device_has("cl_khr_fp64")) skip();
    format_run(MATH_DOUBLE, "");
}

static void half(void **state)
{
    (void)state;
    if (!device_has("cl_khr_fp16")) skip();
    format_run(MATH_HALF, "");
}

static int setup(void **state)
{
    (void)state;
    session_open(&session);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    session_close(&session);
    mpfr_free_cache();
    return 0;
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(single), cmocka_unit_test(wide),
                                       cmocka_unit_test(half)};
    if (count > 1) only = arguments[1];
    return cmocka_run_group_tests(tests, setup, teardown);
}
