// Times a launch of a kernel and the finish after it; the table of what is launched is at the end.
#include "kernels.h"
#include "benchmark.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE = 4 }; // bytes

struct state {
    const struct workload *workload;
    void *in; // the host's copy
    cl_mem input, output;
    cl_kernel kernel;
};

static void inputs_fill(const struct workload *workload, void *in)
{
    uint64_t random = 1;
    for (size_t i = 0; i < workload->inputs; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        int32_t number = (int32_t)(random >> 32);
        if (workload->type == FLOATS)
            ((float *)in)[i] = (float)number / 2147483648.0f;
        else if (workload->type == HALVES)
            for (unsigned k = 0; k < 2; k++)
                ((_Float16 *)in)[2 * i + k] = (_Float16)((float)(int8_t)(number >> 8 * k) / 128);
        else
            ((uint32_t *)in)[i] = (uint32_t)(random >> 32);
    }
}

static void *kernel_open(const struct target *target, const void *detail)
{
    const struct workload *workload = detail;
    struct state *state = alloc(sizeof *state);
    char options[32];
    cl_uint argument = 0;
    snprintf(options, sizeof options, "-D ROUNDS=%u", workload->rounds);
    *state = (struct state){
        .workload = workload,
        .output = target_buffer(target, workload->outputs * VALUE, NULL),
        .kernel = target_kernel(target, workload->source, options, workload->name),
    };
    if (workload->inputs) {
        state->in = alloc(workload->inputs * VALUE);
        inputs_fill(workload, state->in);
        state->input = target_buffer(target, workload->inputs * VALUE, state->in);
        CL(clSetKernelArg(state->kernel, argument++, sizeof(cl_mem), &state->input));
    }
    CL(clSetKernelArg(state->kernel, argument, sizeof(cl_mem), &state->output));
    return state;
}

static void kernel_close(void *opened)
{
    struct state *state = opened;
    if (state->input) CL(clReleaseMemObject(state->input));
    CL(clReleaseMemObject(state->output));
    CL(clReleaseKernel(state->kernel));
    free(state->in);
    free(state);
}

static struct cost kernel_sample(const struct target *target, void *opened)
{
    struct state *state = opened;
    const struct workload *workload = state->workload;
    struct cost begin = cost_now();
    CL(clEnqueueNDRangeKernel(target->queue, state->kernel, workload->dimensions, NULL, workload->global,
                              workload->local, 0, NULL, NULL));
    CL(clFinish(target->queue));
    return cost_since(begin, 1);
}

static bool outputs_agree(const struct workload *workload, const void *out, const void *expected)
{
    if (workload->tolerance == 0) return !memcmp(out, expected, workload->outputs * VALUE);
    for (size_t i = 0; i < workload->outputs; i++) {
        double value = ((const float *)out)[i], wanted = ((const float *)expected)[i];
        if (!(fabs(value - wanted) <= workload->tolerance * fmax(1, fabs(wanted)))) return false;
    }
    return true;
}

static bool kernel_verify(const struct target *target, void *opened)
{
    struct state *state = opened;
    const struct workload *workload = state->workload;
    size_t size = workload->outputs * VALUE;
    void *out = alloc(size), *expected = alloc(size);
    memset(expected, 0, size);
    workload->reference(state->in, expected);
    memset(out, 0, size);
    CL(clEnqueueWriteBuffer(target->queue, state->output, CL_TRUE, 0, size, out, 0, NULL, NULL));
    kernel_sample(target, state);
    CL(clEnqueueReadBuffer(target->queue, state->output, CL_TRUE, 0, size, out, 0, NULL, NULL));
    bool right = outputs_agree(workload, out, expected);
    free(out);
    free(expected);
    return right;
}

#define FIGURE(name, workload)                                                                               \
    {"kernel: " name, &(workload), kernel_open, kernel_verify, kernel_sample, kernel_close}

static const struct figure figures[] = {
    FIGURE("triad", workload_triad),
    FIGURE("float4 scale", workload_scale),
    FIGURE("tiled matmul", workload_matmul),
    FIGURE("n-body", workload_nbody),
    FIGURE("mandelbrot", workload_mandelbrot),
    FIGURE("sin * exp", workload_sinexp),
    FIGURE("FMA chain", workload_fma),
    FIGURE("64-bit LCG", workload_lcg),
    FIGURE("histogram", workload_histogram),
    FIGURE("reduction", workload_reduction),
    FIGURE("convolution", workload_convolution),
    FIGURE("transpose", workload_transpose),
    FIGURE("scan", workload_scan),
    FIGURE("bitonic sort", workload_sort),
    FIGURE("radix-4 FFT pass", workload_fft),
    FIGURE("sparse matrix", workload_sparse),
    FIGURE("SHA-256", workload_sha256),
    FIGURE("byte search", workload_search),
    FIGURE("n-body, double", workload_nbody64),
    FIGURE("saxpy of halves", workload_half_saxpy),
    FIGURE("ray march", workload_march),
    FIGURE("Black-Scholes", workload_black_scholes),
    FIGURE("scratch and calls", workload_deal),
    FIGURE("mandelbrot, groups of 4 x 4", workload_mandelbrot_small),
    FIGURE("FMA chain, groups of 1", workload_fma_single),
};
const struct figures kernel_figures = {figures, sizeof figures / sizeof *figures};
