// Times the library's functions in double: a kernel each, which calls one for each of many numbers. Copying
// them is what all have in common. What they compute is compared with the host's library first.
#include "benchmark.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { NUMBERS = 1 << 16, GROUP = 256 };

struct function {
    const char *expression; // of x, in OpenCL C
    double (*reference)(double);
    double low, high; // what x is from and to
};

static double copied(double x) { return x; }
static double inverse_root(double x) { return 1 / sqrt(x); }
static double divided(double x) { return 3 / x; }

static const struct function function_copy = {"x", copied, -8, 8};
static const struct function function_sqrt = {"sqrt(x)", sqrt, 0, 1000};
static const struct function function_rsqrt = {"rsqrt(x)", inverse_root, 0.001, 1000};
static const struct function function_divide = {"3 / x", divided, 0.5, 1000};
static const struct function function_exp = {"exp(x)", exp, -700, 700};
static const struct function function_log2 = {"log2(x)", log2, 0.001, 1000};
static const struct function function_sin = {"sin(x)", sin, -10, 10};
static const struct function function_asin = {"asin(x)", asin, -1, 1};
static const struct function function_tanh = {"tanh(x)", tanh, -8, 8};
static const struct function function_tgamma = {"tgamma(x)", tgamma, 0.5, 100};

struct state {
    const struct function *function;
    double *in;
    cl_mem input, output;
    cl_kernel kernel;
};

static void *function_open(const struct target *target, const void *detail)
{
    const struct function *function = detail;
    struct state *state = alloc(sizeof *state);
    char source[256];
    uint64_t random = 1;
    *state = (struct state){.function = function, .in = alloc(NUMBERS * sizeof(double))};
    for (size_t i = 0; i < NUMBERS; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        state->in[i] = function->low + (function->high - function->low) * ((double)(random >> 11) * 0x1p-53);
    }
    snprintf(source, sizeof source,
             "kernel void function(global const double *in, global double *out)\n"
             "{\n"
             "    size_t i = get_global_id(0);\n"
             "    double x = in[i];\n"
             "    out[i] = %s;\n"
             "}\n",
             function->expression);
    state->kernel = target_kernel(target, source, "", "function");
    state->input = target_buffer(target, NUMBERS * sizeof(double), state->in);
    state->output = target_buffer(target, NUMBERS * sizeof(double), NULL);
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

// OpenCL allows up to 16 units in the last place.
static bool function_verify(const struct target *target, void *opened)
{
    struct state *state = opened;
    double *out = alloc(NUMBERS * sizeof *out);
    bool right = true;
    function_sample(target, state);
    CL(clEnqueueReadBuffer(target->queue, state->output, CL_TRUE, 0, NUMBERS * sizeof *out, out, 0, NULL,
                           NULL));
    for (size_t i = 0; i < NUMBERS; i++) {
        double expected = state->function->reference(state->in[i]);
        right &= fabs(out[i] - expected) <= fabs(expected) * 0x1p-48;
    }
    free(out);
    return right;
}

#define FIGURE(name, function)                                                                               \
    {"function: " name ", double",                                                                           \
     &(function),                                                                                            \
     function_open,                                                                                          \
     function_verify,                                                                                        \
     function_sample,                                                                                        \
     function_close}

static const struct figure figures[] = {
    FIGURE("copy", function_copy),     FIGURE("sqrt", function_sqrt), FIGURE("rsqrt", function_rsqrt),
    FIGURE("divide", function_divide), FIGURE("exp", function_exp),   FIGURE("log2", function_log2),
    FIGURE("sin", function_sin),       FIGURE("asin", function_asin), FIGURE("tanh", function_tanh),
    FIGURE("tgamma", function_tgamma),
};
const struct figures function_figures = {figures, sizeof figures / sizeof *figures};
