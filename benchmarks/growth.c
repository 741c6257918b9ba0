// How the cost of a kernel grows: with its work-items, its length, and the size of its work-groups.
#include "benchmark.h"

#include <stdio.h>
#include <stdlib.h>

// A chain of `length` FMAs an item. What is reported is nanoseconds of one item, or of one of its FMAs.
struct growth {
    unsigned items, length, group;
    bool of_an_fma;
};

struct state {
    const struct growth *growth;
    cl_mem output;
    cl_kernel kernel;
};

enum { LINE = 32 }; // bytes of an FMA in the source, at most

static char *source_make(unsigned length)
{
    size_t size = 256 + (size_t)length * LINE, used;
    char *source = alloc(size);
    used = (size_t)snprintf(source, size,
                            "kernel void chain(global float *out)\n"
                            "{\n"
                            "    size_t i = get_global_id(0);\n"
                            "    float y = i * 0x1p-24f, x = y;\n");
    for (unsigned i = 0; i < length; i++)
        used += (size_t)snprintf(source + used, size - used, "    x = fma(x, y, %u);\n", i);
    snprintf(source + used, size - used, "    out[i] = x;\n}\n");
    return source;
}

static void *growth_open(const struct target *target, const void *detail)
{
    const struct growth *growth = detail;
    struct state *state = alloc(sizeof *state);
    char *source = source_make(growth->length);
    *state = (struct state){
        .growth = growth,
        .output = target_buffer(target, growth->items * sizeof(float), NULL),
        .kernel = target_kernel(target, source, "", "chain"),
    };
    free(source);
    CL(clSetKernelArg(state->kernel, 0, sizeof(cl_mem), &state->output));
    return state;
}

static void growth_close(void *opened)
{
    struct state *state = opened;
    CL(clReleaseMemObject(state->output));
    CL(clReleaseKernel(state->kernel));
    free(state);
}

static struct cost growth_sample(const struct target *target, void *opened)
{
    const struct state *state = opened;
    const struct growth *growth = state->growth;
    const size_t global = growth->items, local = growth->group;
    struct cost begin = cost_now();
    CL(clEnqueueNDRangeKernel(target->queue, state->kernel, 1, NULL, &global, &local, 0, NULL, NULL));
    CL(clFinish(target->queue));
    struct cost cost = cost_since(begin, growth->of_an_fma ? growth->items * growth->length : growth->items);
    cost.wall *= 1e9;
    return cost;
}

#define FIGURE(text, items, length, group, of_an_fma)                                                        \
    {"growth: " text, &(const struct growth){items, length, group, of_an_fma},                               \
     growth_open,     NULL,                                                                                  \
     growth_sample,   growth_close,                                                                          \
     .unit = "ns"}
#define ITEMS(text, items)   FIGURE(text " items, each", items, 64, 64, false)
#define LENGTH(text, length) FIGURE(text " FMAs, each", 1 << 14, length, 64, true)
#define GROUP(group)         FIGURE("groups of " #group ", each item", 1 << 14, 64, group, false)

static const struct figure figures[] = {
    ITEMS("1,024", 1 << 10),
    ITEMS("32,768", 1 << 15),
    ITEMS("1,048,576", 1 << 20),
    LENGTH("64", 64),
    LENGTH("512", 512),
    LENGTH("4,096", 4096),
    GROUP(1),
    GROUP(4),
    GROUP(16),
    GROUP(64),
    GROUP(256),
};
const struct figures growth_figures = {figures, sizeof figures / sizeof *figures};
