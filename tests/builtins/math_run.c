#include "math_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FUNCTION_NAME = 32 };

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
        if (unary && count == MATH_HALVES && format == MATH_HALF)
            list[i].x = number_load(format, (unsigned char *)&i);
    }
}

// ---- Running ----------------------------------------------------------------------------------------------

enum { X, Y, Z, N, VALUE, SECOND, INTEGER };
static const char *const parameters[MATH_BUFFERS] = {"const TYPE *x", "const TYPE *y", "const TYPE *z",
                                                     "const int *n",  "TYPE *value",   "TYPE *second",
                                                     "int *integer"};

static size_t element_size(const struct math_run *run, int buffer)
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
    for (int b = 0; b < MATH_BUFFERS; b++) fprintf(out, "%sglobal %s", b ? ", " : "", parameters[b]);
    fputs(")\n{\n    size_t i = GLOBAL_ID;\n", out);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        if (!strcmp(bodies[i].signature, function->signature))
            fprintf(out, "    %s%s%s\n}\n", bodies[i].before, function->name, bodies[i].after);
}

char *math_source(int format)
{
    char *source;
    size_t size;
    FILE *out = open_memstream(&source, &size);
    assert_non_null(out);
    if (format == MATH_HALF) fputs("#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n", out);
    fputs("#define divide(x, y) ((x) / (y))\n#define recip(x) (1 / (x))\n"
          "#ifndef GLOBAL_ID\n#define GLOBAL_ID get_global_id(0)\n#endif\n",
          out);
    for (size_t f = 0; f < math_function_count; f++) kernel_write(&math_functions[f], out);
    fclose(out);
    return source;
}

static void arguments_send(struct math_run *run, size_t count)
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
        assert_int_equal(clEnqueueWriteBuffer(run->session->queue, run->buffers[b], CL_TRUE, 0, count * size,
                                              run->bytes, 0, NULL, NULL),
                         CL_SUCCESS);
    }
}

static void results_receive(struct math_run *run, size_t count)
{
    struct math_results *results = run->results;
    for (int b = VALUE; b <= INTEGER; b++) {
        size_t size = element_size(run, b);
        assert_int_equal(clEnqueueReadBuffer(run->session->queue, run->buffers[b], CL_TRUE, 0, count * size,
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

double math_run_limit(const struct math_run *run, size_t function)
{
    return run->correctly_rounded ? 0 : math_functions[function].limits[run->format];
}

static struct math_outcome outcome_of(const struct math_run *run, size_t function, size_t count)
{
    struct math_outcome outcome = {.worst = -1};
    double limit = math_run_limit(run, function);
    double (*error_of)(size_t, int, double, const struct math_operands *, const struct math_results *) =
        run->flushed ? math_error_flushed : math_error;
    for (size_t i = 0; i < count; i++) {
        double error = error_of(function, run->format, limit, &run->operands[i], &run->results[i]);
        outcome.wrong += isinf(error) || error > limit;
        if (error <= outcome.worst) continue;
        outcome.worst = error;
        outcome.operands = run->operands[i];
        outcome.results = run->results[i];
    }
    return outcome;
}

static double launch(struct math_run *run, cl_kernel kernel, size_t count)
{
    cl_ulong begin = 0, end = 0;
    cl_event event;
    for (cl_uint b = 0; b < MATH_BUFFERS; b++)
        assert_int_equal(clSetKernelArg(kernel, b, sizeof(cl_mem), &run->buffers[b]), CL_SUCCESS);
    assert_int_equal(
        clEnqueueNDRangeKernel(run->session->queue, kernel, 1, NULL, &count, NULL, 0, NULL, &event),
        CL_SUCCESS);
    assert_int_equal(clWaitForEvents(1, &event), CL_SUCCESS);
    // Nothing is told, and 0 is the result, where the queue does not measure.
    clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof begin, &begin, NULL);
    clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof end, &end, NULL);
    clReleaseEvent(event);
    return (double)(end - begin) / (double)count;
}

struct math_outcome math_run_function(struct math_run *run, size_t function, cl_program program)
{
    char name[FUNCTION_NAME];
    const char *signature = math_functions[function].signature;
    bool all = run->format == MATH_HALF && signature[2] != 'T' && signature[2] != 'N';
    size_t count = all && run->samples >= MATH_HALVES / 4 ? MATH_HALVES : run->samples;
    cl_int status;
    snprintf(name, sizeof name, "test_%s", math_functions[function].name);
    cl_kernel kernel = clCreateKernel(program, name, &status);
    assert_int_equal(status, CL_SUCCESS);
    operands_list(&math_functions[function], run->format, run->operands, count);
    arguments_send(run, count);
    double nanoseconds = launch(run, kernel, count);
    for (int i = 1; i < run->launches; i++) nanoseconds = fmin(nanoseconds, launch(run, kernel, count));
    results_receive(run, count);
    clReleaseKernel(kernel);
    struct math_outcome outcome = outcome_of(run, function, count);
    outcome.nanoseconds = nanoseconds;
    return outcome;
}

void math_run_open(struct math_run *run, const struct session *session, int format, size_t samples)
{
    size_t capacity = samples > MATH_HALVES ? samples : MATH_HALVES;
    *run = (struct math_run){.session = session, .format = format, .samples = samples, .launches = 1};
    run->operands = malloc(capacity * sizeof *run->operands);
    run->results = malloc(capacity * sizeof *run->results);
    run->bytes = malloc(capacity * format_size(MATH_DOUBLE));
    assert_true(run->operands && run->results && run->bytes);
    for (int b = 0; b < MATH_BUFFERS; b++) {
        cl_int status;
        run->buffers[b] = clCreateBuffer(session->context, 0, capacity * sizeof(double), NULL, &status);
        assert_int_equal(status, CL_SUCCESS);
    }
}

void math_run_close(struct math_run *run)
{
    for (int b = 0; b < MATH_BUFFERS; b++) clReleaseMemObject(run->buffers[b]);
    free(run->operands);
    free(run->results);
    free(run->bytes);
}
