// Work-groups that work together: histogram by atomics in local and global memory, reduction over barriers.
#include "kernels.h"

#include <stdint.h>

enum { BINS = 256, GROUP = 256, PIXELS = 1 << 18, PER_ITEM = 16, TERMS = 1 << 18 };

static void histogram(const void *in, void *out)
{
    for (unsigned i = 0; i < PIXELS; i++) ((uint32_t *)out)[((const uint32_t *)in)[i] % BINS]++;
}

// Launched again, it adds to what is there; only the first result is compared.
const struct workload workload_histogram = {
    .name = "histogram",
    .source = "kernel void histogram(global const uint *in, global uint *out)\n"
              "{\n"
              "    local uint bins[256];\n"
              "    size_t bin = get_local_id(0), first = get_global_id(0);\n"
              "    bins[bin] = 0;\n"
              "    barrier(CLK_LOCAL_MEM_FENCE);\n"
              "    for (uint i = 0; i < ROUNDS; i++)\n"
              "        atomic_inc(&bins[in[first + i * get_global_size(0)] % 256]);\n"
              "    barrier(CLK_LOCAL_MEM_FENCE);\n"
              "    atomic_add(&out[bin], bins[bin]);\n"
              "}\n",
    .type = WORDS,
    .inputs = PIXELS,
    .outputs = BINS,
    .rounds = PER_ITEM,
    .dimensions = 1,
    .global = {PIXELS / PER_ITEM},
    .local = {GROUP},
    .reference = histogram,
};

static void reduction(const void *in, void *out)
{
    for (unsigned group = 0; group < TERMS / GROUP; group++) {
        double sum = 0;
        for (unsigned i = 0; i < GROUP; i++) sum += ((const float *)in)[group * GROUP + i];
        ((float *)out)[group] = (float)sum;
    }
}

const struct workload workload_reduction = {
    .name = "reduction",
    .source = "kernel void reduction(global const float *in, global float *out)\n"
              "{\n"
              "    local float sums[256];\n"
              "    size_t i = get_local_id(0);\n"
              "    sums[i] = in[get_global_id(0)];\n"
              "    for (size_t half_size = 128; half_size > 0; half_size /= 2) {\n"
              "        barrier(CLK_LOCAL_MEM_FENCE);\n"
              "        if (i < half_size) sums[i] += sums[i + half_size];\n"
              "    }\n"
              "    if (i == 0) out[get_group_id(0)] = sums[0];\n"
              "}\n",
    .type = FLOATS,
    .inputs = TERMS,
    .outputs = TERMS / GROUP,
    .dimensions = 1,
    .global = {TERMS},
    .local = {GROUP},
    .reference = reduction,
    .tolerance = 1e-5,
};
