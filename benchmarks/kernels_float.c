// Floats of other widths and the library: Black-Scholes, n-body in double, saxpy of halves.
#include "kernels.h"

#include <math.h>
#include <stdint.h>

// --- Black-Scholes ---

enum { OPTIONS = 1 << 15 };

static double normal(double x) { return 0.5 * erfc(-x * M_SQRT1_2); }

static void black_scholes(const void *in, void *out)
{
    const float *x = in;
    for (unsigned i = 0; i < OPTIONS; i++) {
        double spot = 20 + 10 * (double)x[i], strike = 20 + 10 * (double)x[i + OPTIONS];
        double years = 2 + (double)x[i + 2 * OPTIONS], root = 0.3 * sqrt(years);
        double d1 = (log(spot / strike) + (0.02 + 0.045) * years) / root;
        ((float *)out)[i] = (float)(spot * normal(d1) - strike * exp(-0.02 * years) * normal(d1 - root));
    }
}

const struct workload workload_black_scholes = {
    .name = "black_scholes",
    .source = "float normal(float x)\n"
              "{\n"
              "    float k = 1.0f / (1.0f + 0.2316419f * fabs(x));\n"
              "    float sum = k * (0.31938153f + k * (-0.356563782f + k * (1.781477937f + k *\n"
              "                (-1.821255978f + k * 1.330274429f))));\n"
              "    float tail = 0.3989422804f * exp(-0.5f * x * x) * sum;\n"
              "    return x < 0 ? tail : 1.0f - tail;\n"
              "}\n"
              "kernel void black_scholes(global const float *in, global float *out)\n"
              "{\n"
              "    size_t i = get_global_id(0), n = get_global_size(0);\n"
              "    float spot = 20 + 10 * in[i], strike = 20 + 10 * in[i + n], years = 2 + in[i + 2 * n];\n"
              "    float root = 0.3f * sqrt(years), d1 = (log(spot / strike) + 0.065f * years) / root;\n"
              "    out[i] = spot * normal(d1) - strike * exp(-0.02f * years) * normal(d1 - root);\n"
              "}\n",
    .type = FLOATS,
    .inputs = 3 * OPTIONS,
    .outputs = OPTIONS,
    .dimensions = 1,
    .global = {OPTIONS},
    .local = {256},
    .reference = black_scholes,
    .tolerance = 1e-4,
};

// --- n-body in double ---

enum { BODIES = 512 };

static void nbody64(const void *in, void *out)
{
    const float *body = in;
    for (unsigned i = 0; i < BODIES; i++) {
        double sum = 0;
        for (unsigned j = 0; j < BODIES; j++) {
            double d[3], square = 0.1;
            for (unsigned k = 0; k < 3; k++) {
                d[k] = (double)body[4 * j + k] - body[4 * i + k];
                square += d[k] * d[k];
            }
            sum += (d[0] + d[1] + d[2]) * body[4 * j + 3] / (square * sqrt(square));
        }
        ((float *)out)[i] = (float)sum;
    }
}

const struct workload workload_nbody64 = {
    .name = "nbody64",
    .source = "kernel void nbody64(global const float4 *body, global float *out)\n"
              "{\n"
              "    size_t i = get_global_id(0), count = get_global_size(0);\n"
              "    double4 me = convert_double4(body[i]);\n"
              "    double sum = 0;\n"
              "    for (size_t j = 0; j < count; j++) {\n"
              "        double4 other = convert_double4(body[j]);\n"
              "        double3 d = other.xyz - me.xyz;\n"
              "        double r = rsqrt(dot(d, d) + 0.1);\n"
              "        sum += (d.x + d.y + d.z) * (other.w * r * r * r);\n"
              "    }\n"
              "    out[i] = (float)sum;\n"
              "}\n",
    .type = FLOATS,
    .inputs = 4 * BODIES,
    .outputs = BODIES,
    .dimensions = 1,
    .global = {BODIES},
    .local = {64},
    .reference = nbody64,
    .tolerance = 1e-5,
};

// --- saxpy of halves, which all devices can load and store: exact ---

enum { HALF_COUNT = 1 << 18 };

static void half_saxpy(const void *in, void *out)
{
    const _Float16 *x = in, *y = x + HALF_COUNT;
    for (unsigned i = 0; i < HALF_COUNT; i++)
        ((_Float16 *)out)[i] = (_Float16)(1.5f * (float)x[i] + (float)y[i]);
}

const struct workload workload_half_saxpy = {
    .name = "half_saxpy",
    .source = "kernel void half_saxpy(global const half *in, global half *out)\n"
              "{\n"
              "    size_t i = get_global_id(0);\n"
              "    vstore_half(1.5f * vload_half(i, in) + vload_half(i + get_global_size(0), in), i, out);\n"
              "}\n",
    .type = HALVES,
    .inputs = HALF_COUNT,
    .outputs = HALF_COUNT / 2,
    .dimensions = 1,
    .global = {HALF_COUNT},
    .local = {256},
    .reference = half_saxpy,
};
