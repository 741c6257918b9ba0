// Work-groups that exchange data through local memory: convolution, transpose, scan, sort, FFT.
#include "kernels.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// --- One pass of a separable convolution ---

enum { WIDTH = 512, HEIGHT = 128, RADIUS = 8, ROW = 64 };

static float tap(unsigned k) { return (float)(1 + k % (RADIUS + 1)) / 64; }

static void convolution(const void *in, void *out)
{
    const float *image = in;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            double sum = 0;
            for (int k = -RADIUS; k <= RADIUS; k++)
                if (x + k >= 0 && x + k < WIDTH)
                    sum += (double)tap((unsigned)(k + RADIUS)) * image[y * WIDTH + x + k];
            ((float *)out)[y * WIDTH + x] = (float)sum;
        }
}

const struct workload workload_convolution = {
    .name = "convolution",
    .source =
        "kernel void convolution(global const float *in, global float *out)\n"
        "{\n"
        "    local float row[4][80];\n"
        "    int x = get_global_id(0), width = get_global_size(0), lane = get_local_id(0), y = "
        "get_local_id(1);\n"
        "    global const float *line = in + get_global_id(1) * width;\n"
        "    for (int i = lane; i < 80; i += 64) {\n"
        "        int at = x - lane - 8 + i;\n"
        "        row[y][i] = at >= 0 && at < width ? line[at] : 0;\n"
        "    }\n"
        "    barrier(CLK_LOCAL_MEM_FENCE);\n"
        "    float sum = 0;\n"
        "    for (int k = 0; k < ROUNDS; k++) sum = fma((float)(1 + k % 9) / 64, row[y][lane + k], sum);\n"
        "    out[get_global_id(1) * width + x] = sum;\n"
        "}\n",
    .type = FLOATS,
    .inputs = WIDTH * HEIGHT,
    .outputs = WIDTH * HEIGHT,
    .rounds = 2 * RADIUS + 1,
    .dimensions = 2,
    .global = {WIDTH, HEIGHT},
    .local = {ROW, 4},
    .reference = convolution,
    .tolerance = 1e-5,
};

// --- Transpose ---

enum { SIDE = 512 };

static void transpose(const void *in, void *out)
{
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = 0; x < SIDE; x++)
            ((uint32_t *)out)[x * SIDE + y] = ((const uint32_t *)in)[y * SIDE + x];
}

const struct workload workload_transpose = {
    .name = "transpose",
    .source = "kernel void transpose(global const uint *in, global uint *out)\n"
              "{\n"
              "    local uint tile[16][17];\n"
              "    size_t x = get_local_id(0), y = get_local_id(1), n = get_global_size(0);\n"
              "    tile[y][x] = in[get_global_id(1) * n + get_global_id(0)];\n"
              "    barrier(CLK_LOCAL_MEM_FENCE);\n"
              "    out[(get_group_id(0) * 16 + y) * n + get_group_id(1) * 16 + x] = tile[x][y];\n"
              "}\n",
    .type = WORDS,
    .inputs = SIDE * SIDE,
    .outputs = SIDE * SIDE,
    .dimensions = 2,
    .global = {SIDE, SIDE},
    .local = {16, 16},
    .reference = transpose,
};

// --- Scan ---

enum { SCAN = 1 << 16, GROUP = 256 };

static void scan(const void *in, void *out)
{
    uint32_t sum = 0;
    for (unsigned i = 0; i < SCAN; i++) {
        if (i % GROUP == 0) sum = 0;
        ((uint32_t *)out)[i] = sum += ((const uint32_t *)in)[i];
    }
}

const struct workload workload_scan = {
    .name = "scan",
    .source = "kernel void scan(global const uint *in, global uint *out)\n"
              "{\n"
              "    local uint sums[2][256];\n"
              "    size_t i = get_local_id(0);\n"
              "    uint side = 0, sum = in[get_global_id(0)];\n"
              "    sums[0][i] = sum;\n"
              "    barrier(CLK_LOCAL_MEM_FENCE);\n"
              "    for (uint step = 1; step < 256; step *= 2) {\n"
              "        if (i >= step) sum += sums[side][i - step];\n"
              "        side = !side;\n"
              "        sums[side][i] = sum;\n"
              "        barrier(CLK_LOCAL_MEM_FENCE);\n"
              "    }\n"
              "    out[get_global_id(0)] = sum;\n"
              "}\n",
    .type = WORDS,
    .inputs = SCAN,
    .outputs = SCAN,
    .dimensions = 1,
    .global = {SCAN},
    .local = {GROUP},
    .reference = scan,
};

// --- Bitonic sort of each work-group's numbers ---

enum { SORTED = 1 << 15 };

static int words_compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void sort(const void *in, void *out)
{
    memcpy(out, in, SORTED * sizeof(uint32_t));
    for (unsigned i = 0; i < SORTED; i += 2 * GROUP)
        qsort((uint32_t *)out + i, (size_t)2 * GROUP, sizeof(uint32_t), words_compare);
}

const struct workload workload_sort = {
    .name = "sort",
    .source = "kernel void sort(global const uint *in, global uint *out)\n"
              "{\n"
              "    local uint a[512];\n"
              "    uint i = get_local_id(0);\n"
              "    size_t first = get_group_id(0) * 512 + i;\n"
              "    a[i] = in[first];\n"
              "    a[i + 256] = in[first + 256];\n"
              "    for (uint size = 2; size <= 512; size *= 2)\n"
              "        for (uint stride = size / 2; stride > 0; stride /= 2) {\n"
              "            barrier(CLK_LOCAL_MEM_FENCE);\n"
              "            uint low = 2 * i - (i & (stride - 1)), high = low + stride;\n"
              "            uint x = a[low], y = a[high];\n"
              "            bool up = !(low & size);\n"
              "            a[low] = up ? min(x, y) : max(x, y);\n"
              "            a[high] = up ? max(x, y) : min(x, y);\n"
              "        }\n"
              "    barrier(CLK_LOCAL_MEM_FENCE);\n"
              "    out[first] = a[i];\n"
              "    out[first + 256] = a[i + 256];\n"
              "}\n",
    .type = WORDS,
    .inputs = SORTED,
    .outputs = SORTED,
    .dimensions = 1,
    .global = {SORTED / 2},
    .local = {GROUP},
    .reference = sort,
};

// --- A radix-4 pass of an FFT; the factors come from memory ---

enum { BUTTERFLIES = 1 << 14 };

static void fft(const void *in, void *out)
{
    const float *x = in, *factor = x + 8 * (size_t)BUTTERFLIES;
    for (size_t i = 0; i < BUTTERFLIES; i++) {
        double re[4], im[4];
        for (size_t k = 0; k < 4; k++) {
            const float *v = x + 2 * (i + k * BUTTERFLIES), *w = factor + 2 * (i + (k - 1) * BUTTERFLIES);
            double wr = k ? w[0] : 1, wi = k ? w[1] : 0;
            re[k] = v[0] * wr - v[1] * wi;
            im[k] = v[0] * wi + v[1] * wr;
        }
        double ar = re[0] + re[2], ai = im[0] + im[2], br = re[0] - re[2], bi = im[0] - im[2];
        double cr = re[1] + re[3], ci = im[1] + im[3], dr = re[1] - re[3], di = im[1] - im[3];
        const double y[8] = {ar + cr, ai + ci, br + di, bi - dr, ar - cr, ai - ci, br - di, bi + dr};
        for (size_t k = 0; k < 8; k++) ((float *)out)[8 * i + k] = (float)y[k];
    }
}

const struct workload workload_fft = {
    .name = "fft",
    .source =
        "float2 times(float2 v, float2 w) { return (float2)(v.x * w.x - v.y * w.y, v.x * w.y + v.y * w.x); "
        "}\n"
        "kernel void fft(global const float2 *in, global float2 *out)\n"
        "{\n"
        "    size_t i = get_global_id(0), n = get_global_size(0);\n"
        "    global const float2 *factor = in + 4 * n;\n"
        "    float2 v0 = in[i], v1 = times(in[i + n], factor[i]);\n"
        "    float2 v2 = times(in[i + 2 * n], factor[i + n]), v3 = times(in[i + 3 * n], factor[i + 2 * n]);\n"
        "    float2 a = v0 + v2, b = v0 - v2, c = v1 + v3, d = v1 - v3;\n"
        "    d = (float2)(d.y, -d.x);\n"
        "    out[4 * i] = a + c;\n"
        "    out[4 * i + 1] = b + d;\n"
        "    out[4 * i + 2] = a - c;\n"
        "    out[4 * i + 3] = b - d;\n"
        "}\n",
    .type = FLOATS,
    .inputs = 14 * BUTTERFLIES,
    .outputs = 8 * BUTTERFLIES,
    .dimensions = 1,
    .global = {BUTTERFLIES},
    .local = {64},
    .reference = fft,
    .tolerance = 1e-5,
};
