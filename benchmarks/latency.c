// What a command costs that does nothing: the way from the application to the device and back.
#include "benchmark.h"

#include <stdlib.h>

enum { ROUND_TRIPS = 200, BURST = 10000, CHAIN = 1000, ARGUMENTS = 8, BUFFERS = 200, BUFFER_SIZE = 1 << 20 };

static void *empty_open(const struct target *target, const void *detail)
{
    (void)detail;
    return target_kernel(target, "kernel void empty(void) {}", "", "empty");
}

static void empty_close(void *kernel) { CL(clReleaseKernel(kernel)); }

static void enqueue(cl_command_queue queue, cl_kernel kernel)
{
    const size_t global = 1;
    CL(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, NULL, 0, NULL, NULL));
}

static void empty_enqueue(const struct target *target, cl_kernel kernel, const cl_event *after,
                          cl_event *event)
{
    const size_t global = 1;
    CL(clEnqueueNDRangeKernel(target->queue, kernel, 1, NULL, &global, NULL, after ? 1 : 0, after, event));
}

static struct cost round_trip_sample(const struct target *target, void *kernel)
{
    struct cost begin = cost_now();
    for (unsigned i = 0; i < ROUND_TRIPS; i++) {
        empty_enqueue(target, kernel, NULL, NULL);
        CL(clFinish(target->queue));
    }
    return cost_since(begin, ROUND_TRIPS);
}

static struct cost burst_sample(const struct target *target, void *kernel)
{
    struct cost begin = cost_now();
    for (unsigned i = 0; i < BURST; i++) empty_enqueue(target, kernel, NULL, NULL);
    CL(clFinish(target->queue));
    return cost_since(begin, BURST);
}

// Each command waits for the event of the one before.
static struct cost chain_sample(const struct target *target, void *kernel)
{
    cl_event previous = NULL, event;
    struct cost begin = cost_now();
    for (unsigned i = 0; i < CHAIN; i++) {
        empty_enqueue(target, kernel, previous ? &previous : NULL, &event);
        if (previous) CL(clReleaseEvent(previous));
        previous = event;
    }
    CL(clWaitForEvents(1, &previous));
    struct cost cost = cost_since(begin, CHAIN);
    CL(clReleaseEvent(previous));
    return cost;
}

// ---- Out of order -------------------------------------------------------------------------------------

struct unordered {
    cl_command_queue queue;
    cl_kernel kernel;
};

static void *unordered_open(const struct target *target, const void *detail)
{
    const cl_queue_properties properties[] = {CL_QUEUE_PROPERTIES, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, 0};
    struct unordered *state = alloc(sizeof *state);
    cl_int error;
    state->kernel = empty_open(target, detail);
    state->queue = clCreateCommandQueueWithProperties(target->context, target->device, properties, &error);
    CL(error);
    return state;
}

static void unordered_close(void *opened)
{
    struct unordered *state = opened;
    CL(clReleaseCommandQueue(state->queue));
    CL(clReleaseKernel(state->kernel));
    free(state);
}

static struct cost unordered_sample(const struct target *target, void *opened)
{
    const struct unordered *state = opened;
    (void)target;
    struct cost begin = cost_now();
    for (unsigned i = 0; i < BURST; i++) enqueue(state->queue, state->kernel);
    CL(clFinish(state->queue));
    return cost_since(begin, BURST);
}

// ---- Arguments set anew for each launch ---------------------------------------------------------------

struct arguments {
    cl_kernel kernel;
    cl_mem buffers[2];
};

static void *arguments_open(const struct target *target, const void *detail)
{
    struct arguments *state = alloc(sizeof *state);
    (void)detail;
    state->kernel = target_kernel(
        target,
        "kernel void many(global int *a, global int *b, int c, int d, int e, int f, int g, int h) {"
        " if (c + d + e + f + g + h == 0) a[0] = b[0]; }",
        "", "many");
    for (unsigned i = 0; i < 2; i++) state->buffers[i] = target_buffer(target, 4096, NULL);
    return state;
}

static void arguments_close(void *opened)
{
    struct arguments *state = opened;
    for (unsigned i = 0; i < 2; i++) CL(clReleaseMemObject(state->buffers[i]));
    CL(clReleaseKernel(state->kernel));
    free(state);
}

static struct cost arguments_sample(const struct target *target, void *opened)
{
    const struct arguments *state = opened;
    struct cost begin = cost_now();
    for (cl_int i = 1; i <= CHAIN; i++) {
        for (unsigned k = 0; k < 2; k++)
            CL(clSetKernelArg(state->kernel, k, sizeof(cl_mem), &state->buffers[k]));
        for (unsigned k = 2; k < ARGUMENTS; k++) CL(clSetKernelArg(state->kernel, k, sizeof i, &i));
        enqueue(target->queue, state->kernel);
    }
    CL(clFinish(target->queue));
    return cost_since(begin, CHAIN);
}

// ---- Buffers made and released ------------------------------------------------------------------------

static void *nothing_open(const struct target *target, const void *detail)
{
    (void)target, (void)detail;
    return NULL;
}

static void nothing_close(void *nothing) { (void)nothing; }

static struct cost buffers_sample(const struct target *target, void *nothing)
{
    (void)nothing;
    struct cost begin = cost_now();
    for (unsigned i = 0; i < BUFFERS; i++) CL(clReleaseMemObject(target_buffer(target, BUFFER_SIZE, NULL)));
    return cost_since(begin, BUFFERS);
}

static const struct figure figures[] = {
    {"empty kernel, enqueue + finish", NULL, empty_open, NULL, round_trip_sample, empty_close},
    {"10,000 empty kernels, each", NULL, empty_open, NULL, burst_sample, empty_close},
    {"10,000 out of order, each", NULL, unordered_open, NULL, unordered_sample, unordered_close},
    {"8 arguments set, launched, each", NULL, arguments_open, NULL, arguments_sample, arguments_close},
    {"buffer of 1 MiB made, released", NULL, nothing_open, NULL, buffers_sample, nothing_close},
    {"chain of 1,000 events, each", NULL, empty_open, NULL, chain_sample, empty_close},
};
const struct figures latency_figures = {figures, sizeof figures / sizeof *figures};
