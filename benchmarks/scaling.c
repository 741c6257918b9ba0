// What one of many costs: for 1,000, 10,000 and 100,000 of a kind it should be the same.
#include "benchmark.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAPPED = 64 }; // bytes of each mapping

// How many, and what is done with them.
struct scaling {
    unsigned count;
    void (*run)(const struct target *, cl_command_queue unordered, cl_kernel empty, unsigned count);
};

struct state {
    const struct scaling *scaling;
    cl_command_queue unordered;
    cl_kernel empty;
};

static void *scaling_open(const struct target *target, const void *detail)
{
    const cl_queue_properties properties[] = {CL_QUEUE_PROPERTIES, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, 0};
    struct state *state = alloc(sizeof *state);
    cl_int error;
    state->scaling = detail;
    state->empty = target_kernel(target, "kernel void empty(void) {}", "", "empty");
    state->unordered =
        clCreateCommandQueueWithProperties(target->context, target->device, properties, &error);
    CL(error);
    return state;
}

static void scaling_close(void *opened)
{
    struct state *state = opened;
    CL(clReleaseCommandQueue(state->unordered));
    CL(clReleaseKernel(state->empty));
    free(state);
}

static struct cost scaling_sample(const struct target *target, void *opened)
{
    const struct state *state = opened;
    const struct scaling *scaling = state->scaling;
    struct cost begin = cost_now();
    scaling->run(target, state->unordered, state->empty, scaling->count);
    return cost_since(begin, scaling->count);
}

static cl_event *gates_make(const struct target *target, unsigned count)
{
    cl_event *gates = alloc(count * sizeof *gates);
    cl_int error;
    for (unsigned i = 0; i < count; i++) {
        gates[i] = clCreateUserEvent(target->context, &error);
        CL(error);
    }
    return gates;
}

static void events_release(cl_event *events, unsigned count)
{
    for (unsigned i = 0; i < count; i++) CL(clReleaseEvent(events[i]));
    free(events);
}

static void launch(cl_command_queue queue, cl_kernel kernel, const cl_event *after, cl_event *event)
{
    const size_t global = 1;
    CL(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, NULL, after ? 1 : 0, after, event));
}

// ---- Commands and events ------------------------------------------------------------------------------

static void gate_each(const struct target *target, cl_command_queue unordered, cl_kernel empty,
                      unsigned count)
{
    (void)unordered;
    cl_event *gates = gates_make(target, count);
    for (unsigned i = 0; i < count; i++) launch(target->queue, empty, &gates[i], NULL);
    for (unsigned i = 0; i < count; i++) CL(clSetUserEventStatus(gates[i], CL_COMPLETE));
    CL(clFinish(target->queue));
    events_release(gates, count);
}

static void reverse(const struct target *target, cl_command_queue unordered, cl_kernel empty, unsigned count)
{
    cl_event *gates = gates_make(target, count);
    for (unsigned i = 0; i < count; i++) launch(unordered, empty, &gates[i], NULL);
    for (unsigned i = count; i--;) CL(clSetUserEventStatus(gates[i], CL_COMPLETE));
    CL(clFinish(unordered));
    events_release(gates, count);
}

static void marker(const struct target *target, cl_command_queue unordered, cl_kernel empty, unsigned count)
{
    (void)unordered, (void)empty;
    cl_event *gates = gates_make(target, count);
    CL(clEnqueueMarkerWithWaitList(target->queue, count, gates, NULL));
    for (unsigned i = 0; i < count; i++) CL(clSetUserEventStatus(gates[i], CL_COMPLETE));
    CL(clFinish(target->queue));
    events_release(gates, count);
}

static atomic_uint called;
static void CL_CALLBACK call(cl_event event, cl_int status, void *unused)
{
    (void)event, (void)status, (void)unused;
    atomic_fetch_add(&called, 1);
}

static void callbacks(const struct target *target, cl_command_queue unordered, cl_kernel empty,
                      unsigned count)
{
    (void)unordered, (void)empty;
    cl_event *gate = gates_make(target, 1);
    atomic_store(&called, 0);
    for (unsigned i = 0; i < count; i++) CL(clSetEventCallback(*gate, CL_COMPLETE, call, NULL));
    CL(clSetUserEventStatus(*gate, CL_COMPLETE));
    while (atomic_load(&called) < count) usleep(50);
    events_release(gate, 1);
}

// ---- Mappings and objects -----------------------------------------------------------------------------

static void maps(const struct target *target, cl_command_queue unordered, cl_kernel empty, unsigned count)
{
    (void)unordered, (void)empty;
    cl_int error;
    cl_mem buffer = target_buffer(target, (size_t)count * MAPPED, NULL);
    void **mapped = alloc(count * sizeof *mapped);
    for (unsigned i = 0; i < count; i++) {
        mapped[i] = clEnqueueMapBuffer(target->queue, buffer, CL_FALSE, CL_MAP_WRITE, (size_t)i * MAPPED,
                                       MAPPED, 0, NULL, NULL, &error);
        CL(error);
    }
    for (unsigned i = 0; i < count; i++)
        CL(clEnqueueUnmapMemObject(target->queue, buffer, mapped[i], 0, NULL, NULL));
    CL(clFinish(target->queue));
    free(mapped);
    CL(clReleaseMemObject(buffer));
}

static void live_events(const struct target *target, cl_command_queue unordered, cl_kernel empty,
                        unsigned count)
{
    (void)unordered, (void)empty;
    cl_event *events = alloc(count * sizeof *events);
    for (unsigned i = 0; i < count; i++) launch(target->queue, empty, NULL, &events[i]);
    CL(clFinish(target->queue));
    events_release(events, count);
}

static void live_buffers(const struct target *target, cl_command_queue unordered, cl_kernel empty,
                         unsigned count)
{
    (void)unordered, (void)empty;
    cl_mem *buffers = alloc(count * sizeof *buffers);
    for (unsigned i = 0; i < count; i++) buffers[i] = target_buffer(target, MAPPED, NULL);
    for (unsigned i = 0; i < count; i++) CL(clReleaseMemObject(buffers[i]));
    free(buffers);
}

// At 100,000 PoCL takes minutes for some. The warm-up is the smallest one's, for one pair of the larger ones
// takes long.
#define FIGURE(text, function, number, pairs, only_kiln)                                                     \
    {text,                                                                                                   \
     &(const struct scaling){number, function},                                                              \
     scaling_open,                                                                                           \
     NULL,                                                                                                   \
     scaling_sample,                                                                                         \
     scaling_close,                                                                                          \
     .most_pairs = pairs,                                                                                    \
     .alone = only_kiln}
#define FIGURES(text, function, only_kiln)                                                                   \
    FIGURE("1,000 " text, function, 1000, 0, false), FIGURE("10,000 " text, function, 10000, 3, false),      \
        FIGURE("100,000 " text, function, 100000, 3, only_kiln)

static const struct figure list[] = {
    FIGURES("commands with a gate each", gate_each, false),
    FIGURES("gates opened in reverse", reverse, false),
    FIGURES("user events of a marker", marker, true),
    FIGURES("callbacks of an event", callbacks, true),
    FIGURES("maps of a buffer", maps, true),
    FIGURES("live events", live_events, false),
    FIGURES("live buffers", live_buffers, false),
};
const struct figures scaling_figures = {list, sizeof list / sizeof *list};
