// Every item reads many others' data: tiled matrix product through local memory, n-body.
#include "kernels.h"

#include <math.h>

enum { N = 192, TILE = 16, BODIES = 1024 };

static void matmul(const void *in, void *out)
{
    const float *a = in, *b = a + (size_t)N * N;
    for (unsigned row = 0; row < N; row++)
        for (unsigned column = 0; column < N; column++) {
            double sum = 0;
            for (unsigned k = 0; k < N; k++) sum += (double)a[row * N + k] * b[k * N + column];
            ((float *)out)[row * N + column] = (float)sum;
        }
}

const struct workload workload_matmul = {
    .name = "matmul",
    .source = "#define TILE 16\n"
              "kernel void matmul(global const float *a, global float *c)\n"
              "{\n"
              "    local float as[TILE][TILE], bs[TILE][TILE];\n"
              "    size_t x = get_local_id(0), y = get_local_id(1), column = get_global_id(0),\n"
              "           row = get_global_id(1), n = get_global_size(0);\n"
              "    global const float *b = a + n * n;\n"
              "    float sum = 0;\n"
              "    for (size_t t = 0; t < n; t += TILE) {\n"
              "        as[y][x] = a[row * n + t + x];\n"
              "        bs[y][x] = b[(t + y) * n + column];\n"
              "        barrier(CLK_LOCAL_MEM_FENCE);\n"
              "        for (size_t k = 0; k < TILE; k++) sum += as[y][k] * bs[k][x];\n"
              "        barrier(CLK_LOCAL_MEM_FENCE);\n"
              "    }\n"
              "    c[row * n + column] = sum;\n"
              "}\n",
    .type = FLOATS,
    .inputs = 2 * N * N,
    .outputs = N * N,
    .dimensions = 2,
    .global = {N, N},
    .local = {TILE, TILE},
    .reference = matmul,
    .tolerance = 1e-4,
};

static void nbody(const void *in, void *out)
{
    const float *body = in;
    for (unsigned i = 0; i < BODIES; i++) {
        double sum[4] = {0};
        for (unsigned j = 0; j < BODIES; j++) {
            double d[3], square = 0.1;
            for (unsigned k = 0; k < 3; k++) {
                d[k] = (double)body[4 * j + k] - body[4 * i + k];
                square += d[k] * d[k];
            }
            for (unsigned k = 0; k < 3; k++) sum[k] += d[k] * body[4 * j + 3] / (square * sqrt(square));
        }
        for (unsigned k = 0; k < 4; k++) ((float *)out)[4 * i + k] = (float)sum[k];
    }
}

const struct workload workload_nbody = {
    .name = "nbody",
    .source = "kernel void nbody(global const float4 *body, global float4 *acceleration)\n"
              "{\n"
              "    size_t i = get_global_id(0), count = get_global_size(0);\n"
              "    float4 me = body[i];\n"
              "    float3 sum = 0;\n"
              "    for (size_t j = 0; j < count; j++) {\n"
              "        float4 other = body[j];\n"
              "        float3 d = other.xyz - me.xyz;\n"
              "        float r = rsqrt(dot(d, d) + 0.1f);\n"
              "        sum += d * (other.w * r * r * r);\n"
              "    }\n"
              "    acceleration[i] = (float4)(sum, 0);\n"
              "}\n",
    .type = FLOATS,
    .inputs = 4 * BODIES,
    .outputs = 4 * BODIES,
    .dimensions = 1,
    .global = {BODIES},
    .local = {64},
    .reference = nbody,
    .tolerance = 1e-3, // terms of either sign cancel
};
