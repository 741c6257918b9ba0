#include "api/lane.h"

#include "api/event.h"
#include "api/queue.h"

static void lane_fault(void *argument, const struct device_fault *fault)
{
    const struct kiln_queue *queue = argument;
    context_notify(queue->context, fault->text);
}

cl_int lane_open(struct kiln_queue *queue)
{
    static _Atomic(uint64_t) lanes;
    struct lane *lane = &queue->lanes[queue->lane_count];
    const struct device_queue_options options = {
        .on_fault = lane_fault,
        .argument = queue,
        .profiling = queue->properties & CL_QUEUE_PROFILING_ENABLE,
        .priority = queue->priority,
        .units = queue->device->units,
    };
    cl_int error = device_queue_create(queue->device->device, &options, &lane->device_queue);
    if (error) return error;
    lane->number = ++lanes;
    lane->behind_barrier = queue->barrier;
    queue->lane_count++;
    return CL_SUCCESS;
}

// The lane that one of the events keeps busy: behind it a command needs no packet to wait for it.
static struct lane *lane_of_wait_list(const struct kiln_queue *queue, unsigned count,
                                      struct kiln_event *const *wait)
{
    struct lane *found = NULL;
    for (unsigned i = 0; i < count; i++)
        if (wait[i]->queue == queue && wait[i]->lane && device_signal_state(wait[i]->signal) == 1)
            found = wait[i]->lane;
    return found;
}

// A fault ends the whole queue: its dead lane refuses what comes then.
static struct lane *lane_dead(struct kiln_queue *queue)
{
    for (unsigned i = 0; i < queue->lane_count; i++)
        if (device_queue_error(queue->lanes[i].device_queue)) return &queue->lanes[i];
    return NULL;
}

struct lane *lane_choose(struct kiln_queue *queue, unsigned wait_count, struct kiln_event *const *wait)
{
    struct lane *lane = lane_dead(queue);
    if (!lane) lane = lane_of_wait_list(queue, wait_count, wait);
    for (unsigned i = 0; !lane && i < queue->lane_count; i++)
        if (device_queue_idle(queue->lanes[i].device_queue)) lane = &queue->lanes[i];
    if (lane) return lane;
    if (queue->lane_count < LANES_MAX && !lane_open(queue)) return &queue->lanes[queue->lane_count - 1];
    queue->next_lane = (queue->next_lane + 1) % queue->lane_count;
    return &queue->lanes[queue->next_lane];
}

// A signal that ends when all that the lane has so far has ended.
static cl_int lane_tail(struct lane *lane, struct device_signal **tail)
{
    cl_int error = device_signal_create(tail);
    if (error) return error;
    error = device_queue_barrier(lane->device_queue, &(struct device_command){.done = *tail});
    if (error) device_signal_release(*tail);
    return error;
}

cl_int lane_wait_list(struct kiln_queue *queue, struct lane *lane, bool all,
                      struct device_signal *signals[LANE_SIGNALS_MAX], unsigned *count)
{
    cl_int error = CL_SUCCESS;
    *count = 0;
    if (lane->behind_barrier) device_signal_retain(signals[(*count)++] = queue->barrier);
    for (unsigned i = 0; all && !error && i < queue->lane_count; i++)
        if (&queue->lanes[i] != lane && !(error = lane_tail(&queue->lanes[i], &signals[*count]))) ++*count;
    while (error && *count) device_signal_release(signals[--*count]);
    return error;
}

void lane_submitted(struct kiln_queue *queue, struct lane *lane, struct device_signal *barrier)
{
    lane->behind_barrier = false;
    if (!barrier) return;
    if (queue->barrier) device_signal_release(queue->barrier);
    device_signal_retain(queue->barrier = barrier);
    for (unsigned i = 0; i < queue->lane_count; i++)
        queue->lanes[i].behind_barrier = &queue->lanes[i] != lane;
}
