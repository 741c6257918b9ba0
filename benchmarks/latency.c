// What a command costs that does nothing: the way from the application to the device and back.
#include "benchmark.h"

enum { ROUND_TRIPS = 200, BURST = 10000, CHAIN = 1000 };

static void *empty_open(const struct target *target, const void *detail)
{
    (void)detail;
    return target_kernel(target, "kernel void empty(void) {}", "", "empty");
}

static void empty_close(void *kernel) { CL(clReleaseKernel(kernel)); }

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

static const struct figure figures[] = {
    {"empty kernel, enqueue + finish", NULL, empty_open, NULL, round_trip_sample, empty_close},
    {"10,000 empty kernels, each", NULL, empty_open, NULL, burst_sample, empty_close},
    {"chain of 1,000 events, each", NULL, empty_open, NULL, chain_sample, empty_close},
};
const struct figures latency_figures = {figures, sizeof figures / sizeof *figures};
