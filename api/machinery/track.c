#include "api/machinery/track.h"

#include "api/event.h"
#include "api/queue.h"

static void track_fault(void *argument, const struct device_fault *fault)
{
    const struct kiln_queue *queue = argument;
    context_notify(queue->context, fault->text);
}

cl_int track_open(struct kiln_queue *queue)
{
    static _Atomic(uint64_t) tracks;
    struct track *track = &queue->tracks[queue->track_count];
    const struct device_queue_options options = {
        .on_fault = track_fault,
        .argument = queue,
        .profiling = queue->properties & CL_QUEUE_PROFILING_ENABLE,
        .priority = queue->priority,
        .units = queue->device->units,
    };
    cl_int error = device_queue_create(queue->device->device, &options, &track->device_queue);
    if (error) return error;
    track->number = ++tracks;
    track->behind_barrier = queue->barrier;
    queue->track_count++;
    return CL_SUCCESS;
}

// The track that one of the events keeps busy: behind it a command needs no packet to wait for it.
static struct track *track_of_wait_list(const struct kiln_queue *queue, unsigned count,
                                        struct kiln_event *const *wait)
{
    struct track *found = NULL;
    for (unsigned i = 0; i < count; i++)
        if (wait[i]->queue == queue && wait[i]->track && device_signal_state(wait[i]->signal) == 1)
            found = wait[i]->track;
    return found;
}

// A fault ends the whole queue: its dead track refuses what comes then.
static struct track *track_dead(struct kiln_queue *queue)
{
    for (unsigned i = 0; i < queue->track_count; i++)
        if (device_queue_error(queue->tracks[i].device_queue)) return &queue->tracks[i];
    return NULL;
}

struct track *track_choose(struct kiln_queue *queue, unsigned wait_count, struct kiln_event *const *wait)
{
    struct track *track = track_dead(queue);
    if (!track) track = track_of_wait_list(queue, wait_count, wait);
    for (unsigned i = 0; !track && i < queue->track_count; i++)
        if (device_queue_idle(queue->tracks[i].device_queue)) track = &queue->tracks[i];
    if (track) return track;
    if (queue->track_count < TRACKS_MAX && !track_open(queue)) return &queue->tracks[queue->track_count - 1];
    queue->next_track = (queue->next_track + 1) % queue->track_count;
    return &queue->tracks[queue->next_track];
}

// A signal that ends when all that the track has so far has ended.
static cl_int track_tail(struct track *track, struct device_signal **tail)
{
    cl_int error = device_signal_create(tail);
    if (error) return error;
    error = device_queue_barrier(track->device_queue, &(struct device_command){.done = *tail});
    if (error) device_signal_release(*tail);
    return error;
}

cl_int track_wait_list(struct kiln_queue *queue, struct track *track, bool all,
                       struct device_signal *signals[TRACK_SIGNALS_MAX], unsigned *count)
{
    cl_int error = CL_SUCCESS;
    *count = 0;
    if (track->behind_barrier) device_signal_retain(signals[(*count)++] = queue->barrier);
    for (unsigned i = 0; all && !error && i < queue->track_count; i++)
        if (&queue->tracks[i] != track && !(error = track_tail(&queue->tracks[i], &signals[*count])))
            ++*count;
    while (error && *count) device_signal_release(signals[--*count]);
    return error;
}

void track_submitted(struct kiln_queue *queue, struct track *track, struct device_signal *barrier)
{
    track->behind_barrier = false;
    if (!barrier) return;
    if (queue->barrier) device_signal_release(queue->barrier);
    device_signal_retain(queue->barrier = barrier);
    for (unsigned i = 0; i < queue->track_count; i++)
        queue->tracks[i].behind_barrier = &queue->tracks[i] != track;
}
