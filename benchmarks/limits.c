// Beside what the host's own vectors need for the same: as many FMAs as its units can do, and as many bytes
// as its memory gives.
#include "benchmark.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHAINS = 16, // of FMAs: an item's, and a thread's vectors
    ROUNDS = 256,
    ITEMS = 1 << 16,
    VECTOR = 16,         // floats
    TRIAD = 64 << 20,    // floats
    THREADS_MOST = 1024, // of the host
};

struct limit {
    const char *source;
    size_t items, bytes; // of each buffer
    unsigned buffers;
};

static const struct limit fma = {
    "kernel void limit(global float *out)\n"
    "{\n"
    "    size_t i = get_global_id(0);\n"
    "    float x[16], y = i * 0x1p-20f;\n"
    "    for (int k = 0; k < 16; k++) x[k] = k;\n"
    "    for (int round = 0; round < 256; round++)\n"
    "        for (int k = 0; k < 16; k++) x[k] = fma(x[k], y, y);\n"
    "    float sum = 0;\n"
    "    for (int k = 0; k < 16; k++) sum += x[k];\n"
    "    out[i] = sum;\n"
    "}\n",
    ITEMS,
    ITEMS * sizeof(float),
    1,
};

static const struct limit triad = {
    "kernel void limit(global const float *a, global const float *b, global float *out)\n"
    "{\n"
    "    size_t i = get_global_id(0);\n"
    "    out[i] = a[i] + 3 * b[i];\n"
    "}\n",
    TRIAD,
    TRIAD * sizeof(float),
    3,
};

// ---- The device ---------------------------------------------------------------------------------------

struct state {
    const struct limit *limit;
    cl_mem buffers[3];
    cl_kernel kernel;
};

static void *device_open(const struct target *target, const void *detail)
{
    struct state *state = alloc(sizeof *state);
    *state = (struct state){.limit = detail};
    state->kernel = target_kernel(target, state->limit->source, "", "limit");
    for (cl_uint i = 0; i < state->limit->buffers; i++) {
        const float one = 1; // memory that nobody has written may be the same page, over and over
        state->buffers[i] = target_buffer(target, state->limit->bytes, NULL);
        CL(clEnqueueFillBuffer(target->queue, state->buffers[i], &one, sizeof one, 0, state->limit->bytes, 0,
                               NULL, NULL));
        CL(clSetKernelArg(state->kernel, i, sizeof(cl_mem), &state->buffers[i]));
    }
    return state;
}

static void device_close(void *opened)
{
    struct state *state = opened;
    for (unsigned i = 0; i < state->limit->buffers; i++) CL(clReleaseMemObject(state->buffers[i]));
    CL(clReleaseKernel(state->kernel));
    free(state);
}

static struct cost device_sample(const struct target *target, void *opened)
{
    const struct state *state = opened;
    const size_t local = 256;
    struct cost begin = cost_now();
    CL(clEnqueueNDRangeKernel(target->queue, state->kernel, 1, NULL, &state->limit->items, &local, 0, NULL,
                              NULL));
    CL(clFinish(target->queue));
    return cost_since(begin, 1);
}

// ---- The host -----------------------------------------------------------------------------------------

struct share {
    float *a, *b, *out; // the triad's
    size_t count;       // of its floats, or of items
    float sum;          // of these
    pthread_t thread;
};

struct host {
    void *(*run)(void *share);
    size_t items;
    bool has_memory;
};

typedef float floats __attribute__((vector_size(VECTOR * sizeof(float))));

#define EACH_LEVEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))

EACH_LEVEL static float fma_sum(size_t items)
{
#pragma clang fp contract(fast)
    floats x[CHAINS] = {{0}}, y = {0}, sum = {0};
    for (size_t i = 0; i < items; i += VECTOR) {
        y += (float)i * 0x1p-30f;
        for (unsigned round = 0; round < ROUNDS; round++)
#pragma clang loop unroll(full)
            for (unsigned k = 0; k < CHAINS; k++) x[k] = x[k] * y + y;
    }
    for (unsigned k = 0; k < CHAINS; k++) sum += x[k];
    return sum[0];
}

EACH_LEVEL static void triad_do(const float *restrict a, const float *restrict b, float *restrict out,
                                size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = a[i] + 3 * b[i];
}

static void *fma_run(void *argument)
{
    struct share *share = argument;
    share->sum = fma_sum(share->count);
    return NULL;
}

static void *triad_run(void *argument)
{
    const struct share *share = argument;
    triad_do(share->a, share->b, share->out, share->count);
    return NULL;
}

static const struct host host_fma = {fma_run, ITEMS, false}, host_triad = {triad_run, TRIAD, true};

struct host_state {
    const struct host *host;
    unsigned threads;
    struct share shares[THREADS_MOST];
};

static unsigned threads_count(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
    return count < THREADS_MOST ? (unsigned)count : THREADS_MOST;
}

static void *host_open(const struct target *target, const void *detail)
{
    (void)target;
    struct host_state *state = alloc(sizeof *state);
    *state = (struct host_state){.host = detail, .threads = threads_count()};
    for (unsigned i = 0; i < state->threads; i++) {
        struct share *share = &state->shares[i];
        share->count = state->host->items / state->threads;
        if (!state->host->has_memory) continue;
        float **const buffers[] = {&share->a, &share->b, &share->out};
        for (unsigned k = 0; k < 3; k++) {
            *buffers[k] = alloc(share->count * sizeof(float));
            memset(*buffers[k], 1, share->count * sizeof(float));
        }
    }
    return state;
}

static void host_close(void *opened)
{
    struct host_state *state = opened;
    for (unsigned i = 0; i < state->threads; i++) {
        free(state->shares[i].a);
        free(state->shares[i].b);
        free(state->shares[i].out);
    }
    free(state);
}

static struct cost host_sample(const struct target *target, void *opened)
{
    (void)target;
    struct host_state *state = opened;
    struct cost begin = cost_now();
    for (unsigned i = 0; i < state->threads; i++)
        if (pthread_create(&state->shares[i].thread, NULL, state->host->run, &state->shares[i]))
            die("no thread for the host's limit");
    for (unsigned i = 0; i < state->threads; i++) pthread_join(state->shares[i].thread, NULL);
    return cost_since(begin, 1);
}

#define DEVICE(text, limit) {"limit: " text, &(limit), device_open, NULL, device_sample, device_close}
#define HOST(text, limit)                                                                                    \
    {"limit: " text ", the host's own", &(limit), host_open, NULL, host_sample, host_close, .alone = true}

static const struct figure figures[] = {
    DEVICE("268 million FMAs", fma),
    HOST("268 million FMAs", host_fma),
    DEVICE("triad of 768 MiB", triad),
    HOST("triad of 768 MiB", host_triad),
};
const struct figures limit_figures = {figures, sizeof figures / sizeof *figures};
