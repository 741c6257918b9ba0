// Times the library's functions in double and half: a kernel each, which calls one for each of many numbers.
// Copying them is what all have in common. What they compute is compared with the host's library first.
#include "benchmark.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { NUMBERS = 1 << 16, GROUP = 256 };

enum format { DOUBLE, HALF, FORMATS };

static const struct {
    const char *name, *source; // and how a program that uses it begins
    size_t size;
    double error; // allowed, relative: OpenCL has up to 16 units in the last place in double, 4 in half
} formats[FORMATS] = {
    [DOUBLE] = {"double", "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n", sizeof(double), 0x1p-48},
    [HALF] = {"half", "#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n", sizeof(_Float16), 0x1p-8},
};

struct function {
    const char *expression; // of x, in OpenCL C
    double (*reference)(double);
    struct {
        double low, high;
    } range[FORMATS]; // what x is from and to
};

// A function in a format: what a figure measures.
struct subject {
    const struct function *function;
    enum format format;
};

static double copied(double x) { return x; }
static double inverse_root(double x) { return 1 / sqrt(x); }
static double divided(double x) { return 3 / x; }

static const struct function function_copy = {"x", copied, {{-8, 8}, {-8, 8}}};
static const struct function function_sqrt = {"sqrt(x)", sqrt, {{0, 1000}, {0, 1000}}};
static const struct function function_rsqrt = {"rsqrt(x)", inverse_root, {{0.001, 1000}, {0.001, 1000}}};
static const struct function function_divide = {"3 / x", divided, {{0.5, 1000}, {0.5, 1000}}};
static const struct function function_exp = {"exp(x)", exp, {{-700, 700}, {-9, 11}}};
static const struct function function_log2 = {"log2(x)", log2, {{0.001, 1000}, {0.001, 1000}}};
static const struct function function_sin = {"sin(x)", sin, {{-10, 10}, {-10, 10}}};
static const struct function function_asin = {"asin(x)", asin, {{-1, 1}, {-1, 1}}};
static const struct function function_tanh = {"tanh(x)", tanh, {{-8, 8}, {-8, 8}}};
static const struct function function_tgamma = {"tgamma(x)", tgamma, {{0.5, 100}, {0.5, 8}}};

struct state {
    const struct subject *subject;
    void *in; // numbers of the format
    cl_mem input, output;
    cl_kernel kernel;
};

static double number_load(enum format format, const void *numbers, size_t i)
{
    return format == HALF ? (double)((const _Float16 *)numbers)[i] : ((const double *)numbers)[i];
}

static void number_store(enum format format, void *numbers, size_t i, double x)
{
    if (format == HALF)
        ((_Float16 *)numbers)[i] = (_Float16)x;
    else
        ((double *)numbers)[i] = x;
}

static void inputs_fill(const struct subject *subject, void *numbers)
{
    const double low = subject->function->range[subject->format].low;
    const double high = subject->function->range[subject->format].high;
    uint64_t random = 1;
    for (size_t i = 0; i < NUMBERS; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        number_store(subject->format, numbers, i, low + (high - low) * ((double)(random >> 11) * 0x1p-53));
    }
}

static void *function_open(const struct target *target, const void *detail)
{
    const struct subject *subject = detail;
    const enum format format = subject->format;
    const size_t size = NUMBERS * formats[format].size;
    struct state *state = alloc(sizeof *state);
    char source[384], options[16];
    *state = (struct state){.subject = subject, .in = alloc(size)};
    inputs_fill(subject, state->in);
    snprintf(source, sizeof source,
             "%skernel void function(global const T *in, global T *out)\n"
             "{\n"
             "    size_t i = get_global_id(0);\n"
             "    T x = in[i];\n"
             "    out[i] = %s;\n"
             "}\n",
             formats[format].source, subject->function->expression);
    snprintf(options, sizeof options, "-DT=%s", formats[format].name);
    state->kernel = target_kernel(target, source, options, "function");
    state->input = target_buffer(target, size, state->in);
    state->output = target_buffer(target, size, NULL);
    CL(clSetKernelArg(state->kernel, 0, sizeof(cl_mem), &state->input));
    CL(clSetKernelArg(state->kernel, 1, sizeof(cl_mem), &state->output));
    return state;
}

static void function_close(void *opened)
{
    struct state *state = opened;
    CL(clReleaseMemObject(state->input));
    CL(clReleaseMemObject(state->output));
    CL(clReleaseKernel(state->kernel));
    free(state->in);
    free(state);
}

static struct cost function_sample(const struct target *target, void *opened)
{
    static const size_t global = NUMBERS, local = GROUP;
    struct state *state = opened;
    struct cost begin = cost_now();
    CL(clEnqueueNDRangeKernel(target->queue, state->kernel, 1, NULL, &global, &local, 0, NULL, NULL));
    CL(clFinish(target->queue));
    return cost_since(begin, 1);
}

static bool function_verify(const struct target *target, void *opened)
{
    struct state *state = opened;
    const enum format format = state->subject->format;
    const size_t size = NUMBERS * formats[format].size;
    void *out = alloc(size);
    bool right = true;
    function_sample(target, state);
    CL(clEnqueueReadBuffer(target->queue, state->output, CL_TRUE, 0, size, out, 0, NULL, NULL));
    for (size_t i = 0; i < NUMBERS; i++) {
        double expected = state->subject->function->reference(number_load(format, state->in, i));
        right &= fabs(number_load(format, out, i) - expected) <= fabs(expected) * formats[format].error;
    }
    free(out);
    return right;
}

#define FIGURE(id, in, text, needs)                                                                          \
    {.name = "function: " #id ", " text,                                                                     \
     .detail = &(const struct subject){&function_##id, in},                                                  \
     .open = function_open,                                                                                  \
     .verify = function_verify,                                                                              \
     .sample = function_sample,                                                                              \
     .close = function_close,                                                                                \
     .extension = needs}
#define FIGURES(id) FIGURE(id, DOUBLE, "double", "cl_khr_fp64"), FIGURE(id, HALF, "half", "cl_khr_fp16")

static const struct figure figures[] = {
    FIGURES(copy), FIGURES(sqrt), FIGURES(rsqrt), FIGURES(divide), FIGURES(exp),
    FIGURES(log2), FIGURES(sin),  FIGURES(asin),  FIGURES(tanh),   FIGURES(tgamma),
};
const struct figures function_figures = {figures, sizeof figures / sizeof *figures};
