// A thousand small kernels, enqueued one by one with their arguments set, and replayed from a command buffer:
// what the application's thread pays for each, and what passes until all have ended.
#include "benchmark.h"

#include <CL/cl_ext.h>

#include <stdlib.h>
#include <time.h>

enum { KERNELS = 1000, ITEMS = 64 };

// cl_khr_command_buffer 1.0; Debian's headers have another.
typedef cl_int(CL_API_CALL record_kernel)(cl_command_buffer_khr, cl_command_queue, const cl_properties *,
                                          cl_kernel, cl_uint, const size_t *, const size_t *, const size_t *,
                                          cl_uint, const cl_sync_point_khr *, cl_sync_point_khr *,
                                          cl_mutable_command_khr *);

struct replay {
    cl_kernel kernel;
    cl_mem memory;
    cl_command_buffer_khr buffer; // NULL: kernels are enqueued one by one
    clEnqueueCommandBufferKHR_fn enqueue;
    clReleaseCommandBufferKHR_fn release;
};

static void *function_find(const struct target *target, const char *name)
{
    cl_platform_id platform;
    CL(clGetDeviceInfo(target->device, CL_DEVICE_PLATFORM, sizeof platform, (void *)&platform, NULL));
    void *function = clGetExtensionFunctionAddressForPlatform(platform, name);
    if (!function) die("%s has no %s", target->name, name);
    return function;
}

static void arguments_set(const struct replay *state)
{
    const cl_int one = 1;
    CL(clSetKernelArg(state->kernel, 0, sizeof state->memory, (void *)&state->memory));
    CL(clSetKernelArg(state->kernel, 1, sizeof one, &one));
}

static void record(const struct target *target, struct replay *state)
{
    const size_t items = ITEMS;
    cl_int error;
    record_kernel *record_one = (record_kernel *)function_find(target, "clCommandNDRangeKernelKHR");
    clCreateCommandBufferKHR_fn create =
        (clCreateCommandBufferKHR_fn)function_find(target, "clCreateCommandBufferKHR");
    clFinalizeCommandBufferKHR_fn finalize =
        (clFinalizeCommandBufferKHR_fn)function_find(target, "clFinalizeCommandBufferKHR");
    state->enqueue = (clEnqueueCommandBufferKHR_fn)function_find(target, "clEnqueueCommandBufferKHR");
    state->release = (clReleaseCommandBufferKHR_fn)function_find(target, "clReleaseCommandBufferKHR");
    state->buffer = create(1, &target->queue, NULL, &error);
    CL(error);
    for (unsigned i = 0; i < KERNELS; i++) {
        arguments_set(state);
        CL(record_one(state->buffer, NULL, NULL, state->kernel, 1, NULL, &items, &items, 0, NULL, NULL,
                      NULL));
    }
    CL(finalize(state->buffer));
}

static void *replay_open(const struct target *target, const void *replayed)
{
    struct replay *state = alloc(sizeof *state);
    *state = (struct replay){0};
    state->kernel = target_kernel(
        target, "kernel void add(global int *a, int n) { a[get_global_id(0)] += n; }", "", "add");
    state->memory = target_buffer(target, ITEMS * sizeof(cl_int), NULL);
    if (replayed) record(target, state);
    return state;
}

static void replay_close(void *opened)
{
    struct replay *state = opened;
    if (state->buffer) CL(state->release(state->buffer));
    CL(clReleaseMemObject(state->memory));
    CL(clReleaseKernel(state->kernel));
    free(state);
}

static void all_enqueue(const struct target *target, const struct replay *state)
{
    const size_t items = ITEMS;
    if (state->buffer) CL(state->enqueue(0, NULL, state->buffer, 0, NULL, NULL));
    for (unsigned i = 0; !state->buffer && i < KERNELS; i++) {
        arguments_set(state);
        CL(clEnqueueNDRangeKernel(target->queue, state->kernel, 1, NULL, &items, &items, 0, NULL, NULL));
    }
}

// Of this thread's processor time: whom the machine lets run meanwhile is not its cost.
static struct cost enqueue_sample(const struct target *target, void *opened)
{
    struct timespec begin, end;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
    all_enqueue(target, opened);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    CL(clFinish(target->queue));
    double each =
        ((double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) * 1e-9) / KERNELS;
    return (struct cost){each, each};
}

static struct cost end_sample(const struct target *target, void *opened)
{
    struct cost begin = cost_now();
    all_enqueue(target, opened);
    CL(clFinish(target->queue));
    return cost_since(begin, KERNELS);
}

static bool replay_verify(const struct target *target, void *opened)
{
    const struct replay *state = opened;
    cl_int before, after;
    CL(clEnqueueReadBuffer(target->queue, state->memory, CL_TRUE, 0, sizeof before, &before, 0, NULL, NULL));
    all_enqueue(target, state);
    CL(clEnqueueReadBuffer(target->queue, state->memory, CL_TRUE, 0, sizeof after, &after, 0, NULL, NULL));
    return (cl_uint)after - (cl_uint)before == KERNELS;
}

static const struct figure figures[] = {
    {"1,000 kernels enqueued, each", NULL, replay_open, replay_verify, enqueue_sample, replay_close},
    {"1,000 kernels replayed, each", "replayed", replay_open, replay_verify, enqueue_sample, replay_close,
     .alone = true},
    {"1,000 kernels enqueued and ended", NULL, replay_open, replay_verify, end_sample, replay_close},
    {"1,000 kernels replayed and ended", "replayed", replay_open, replay_verify, end_sample, replay_close,
     .alone = true},
};
const struct figures replay_figures = {figures, sizeof figures / sizeof *figures};
