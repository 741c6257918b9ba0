// Bound by memory on most devices: triad, float4 scale.
#include "kernels.h"

enum { TRIAD = 1 << 18, SCALE = 1 << 18 };

static void triad(const void *in, void *out)
{
    const float *a = in, *b = a + TRIAD;
    for (unsigned i = 0; i < TRIAD; i++) ((float *)out)[i] = a[i] + 3.0f * b[i];
}

const struct workload workload_triad = {
    .name = "triad",
    .source = "kernel void triad(global const float *in, global float *out)\n"
              "{\n"
              "    size_t i = get_global_id(0);\n"
              "    out[i] = in[i] + 3.0f * in[i + get_global_size(0)];\n"
              "}\n",
    .type = FLOATS,
    .inputs = 2 * TRIAD,
    .outputs = TRIAD,
    .dimensions = 1,
    .global = {TRIAD},
    .local = {256},
    .reference = triad,
    .tolerance = 1e-6,
};

static void scale(const void *in, void *out)
{
    for (unsigned i = 0; i < SCALE; i++) ((float *)out)[i] = ((const float *)in)[i] * 1.5f;
}

const struct workload workload_scale = {
    .name = "scale",
    .source = "kernel void scale(global const float4 *in, global float4 *out)\n"
              "{\n"
              "    size_t i = get_global_id(0);\n"
              "    out[i] = in[i] * 1.5f;\n"
              "}\n",
    .type = FLOATS,
    .inputs = SCALE,
    .outputs = SCALE,
    .dimensions = 1,
    .global = {SCALE / 4},
    .local = {256},
    .reference = scale,
};
