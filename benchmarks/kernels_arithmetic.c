// Bound by arithmetic: mandelbrot (divergent), sin * exp (library), a chain of FMAs, a 64-bit generator.
#include "kernels.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { WIDTH = 256, HEIGHT = 192, LIMIT = 200, SINEXP = 1 << 16, FMA = 1 << 14, FMA_ROUNDS = 256 };
enum { LCG = 1 << 14, LCG_ROUNDS = 128 };

// FMAs and powers of two only: exact, so that host and device agree at every pixel.
static void mandelbrot(const void *in, void *out)
{
    (void)in;
    for (unsigned y = 0; y < HEIGHT; y++)
        for (unsigned x = 0; x < WIDTH; x++) {
            float cr = fmaf((float)x, 0x1p-7f, -1.5f), ci = fmaf((float)y, 0x1p-7f, -0.75f), zr = 0, zi = 0;
            uint32_t i = 0;
            while (i < LIMIT && fmaf(zr, zr, zi * zi) <= 4.0f) {
                float t = fmaf(zr, zr, fmaf(-zi, zi, cr));
                zi = fmaf(2.0f * zr, zi, ci);
                zr = t;
                i++;
            }
            ((uint32_t *)out)[y * WIDTH + x] = i;
        }
}

// With work-groups of other sizes, too.
#define MANDELBROT(items...)                                                                                 \
    .name = "mandelbrot",                                                                                    \
    .source = "kernel void mandelbrot(global uint *image)\n"                                                 \
              "{\n"                                                                                          \
              "    size_t x = get_global_id(0), y = get_global_id(1);\n"                                     \
              "    uint i = 0;\n"                                                                            \
              "    float cr = fma((float)x, 0x1p-7f, -1.5f), ci = fma((float)y, 0x1p-7f, -0.75f);\n"         \
              "    float zr = 0, zi = 0;\n"                                                                  \
              "    while (i < ROUNDS && fma(zr, zr, zi * zi) <= 4.0f) {\n"                                   \
              "        float t = fma(zr, zr, fma(-zi, zi, cr));\n"                                           \
              "        zi = fma(2.0f * zr, zi, ci);\n"                                                       \
              "        zr = t;\n"                                                                            \
              "        i++;\n"                                                                               \
              "    }\n"                                                                                      \
              "    image[y * get_global_size(0) + x] = i;\n"                                                 \
              "}\n",                                                                                         \
    .type = WORDS, .outputs = WIDTH * HEIGHT, .rounds = LIMIT, .dimensions = 2, .global = {WIDTH, HEIGHT},   \
    .reference = mandelbrot, .local = {items}

const struct workload workload_mandelbrot = {MANDELBROT(16, 16)};
const struct workload workload_mandelbrot_small = {MANDELBROT(4, 4)};

static void sinexp(const void *in, void *out)
{
    const float *x = in;
    for (unsigned i = 0; i < SINEXP; i++)
        ((float *)out)[i] = (float)(sin(8 * (double)x[i]) * exp((double)x[i]));
}

const struct workload workload_sinexp = {
    .name = "sinexp",
    .source = "kernel void sinexp(global const float *in, global float *out)\n"
              "{\n"
              "    size_t i = get_global_id(0);\n"
              "    out[i] = sin(8.0f * in[i]) * exp(in[i]);\n"
              "}\n",
    .type = FLOATS,
    .inputs = SINEXP,
    .outputs = SINEXP,
    .dimensions = 1,
    .global = {SINEXP},
    .local = {256},
    .reference = sinexp,
    .tolerance = 4e-6,
};

static void fma_chain(const void *in, void *out)
{
    for (unsigned i = 0; i < FMA; i++) {
        float a = ((const float *)in)[i], sum = a;
        for (unsigned round = 0; round < FMA_ROUNDS; round++) sum = fmaf(sum, a, 0.5f);
        ((float *)out)[i] = sum;
    }
}

// With work-groups of other sizes, too.
#define FMA_CHAIN(items...)                                                                                  \
    .name = "chain",                                                                                         \
    .source = "kernel void chain(global const float *in, global float *out)\n"                               \
              "{\n"                                                                                          \
              "    size_t i = get_global_id(0);\n"                                                           \
              "    float a = in[i], sum = a;\n"                                                              \
              "    for (uint round = 0; round < ROUNDS; round++) sum = fma(sum, a, 0.5f);\n"                 \
              "    out[i] = sum;\n"                                                                          \
              "}\n",                                                                                         \
    .type = FLOATS, .inputs = FMA, .outputs = FMA, .rounds = FMA_ROUNDS, .dimensions = 1, .global = {FMA},   \
    .reference = fma_chain, .local = {items}

const struct workload workload_fma = {FMA_CHAIN(256)};
const struct workload workload_fma_single = {FMA_CHAIN(1)};

static void lcg(const void *in, void *out)
{
    for (unsigned i = 0; i < LCG; i++) {
        uint64_t state;
        memcpy(&state, (const char *)in + i * sizeof state, sizeof state);
        for (unsigned round = 0; round < LCG_ROUNDS; round++)
            state = state * 6364136223846793005u + 1442695040888963407u;
        memcpy((char *)out + i * sizeof state, &state, sizeof state);
    }
}

const struct workload workload_lcg = {
    .name = "lcg",
    .source = "kernel void lcg(global const ulong *in, global ulong *out)\n"
              "{\n"
              "    size_t i = get_global_id(0);\n"
              "    ulong state = in[i];\n"
              "    for (uint round = 0; round < ROUNDS; round++)\n"
              "        state = state * 6364136223846793005UL + 1442695040888963407UL;\n"
              "    out[i] = state;\n"
              "}\n",
    .type = WORDS,
    .inputs = 2 * LCG,
    .outputs = 2 * LCG,
    .rounds = LCG_ROUNDS,
    .dimensions = 1,
    .global = {LCG},
    .local = {256},
    .reference = lcg,
};
