#include "api/machinery/track.h"

#include "api/event.h"

cl_int tracks_open(struct tracks *tracks)
{
    static _Atomic(uint64_t) numbers;
    struct track *track = &tracks->list[tracks->count];
    cl_int error = device_queue_create(tracks->device, &tracks->options, &track->device_queue);
    if (error) return error;
    track->number = ++numbers;
    track->behind_barrier = tracks->barrier;
    tracks->count++;
    return CL_SUCCESS;
}

void tracks_close(struct tracks *tracks)
{
    for (unsigned i = 0; i < tracks->count; i++) device_queue_destroy(tracks->list[i].device_queue);
    if (tracks->barrier) device_signal_release(tracks->barrier);
    for (unsigned i = 0; i < tracks->count; i++) works_release(tracks->list[i].under_way.first);
}

// The track that one of the events keeps busy: behind it a command needs no packet to wait for it.
static struct track *track_of_wait_list(struct tracks *tracks, unsigned count, struct kiln_event *const *wait)
{
    struct track *found = NULL;
    for (unsigned i = 0; i < count; i++)
        for (unsigned k = 0; k < tracks->count; k++)
            if (wait[i]->place.track == tracks->list[k].number && device_signal_state(wait[i]->signal) == 1)
                found = &tracks->list[k];
    return found;
}

// A fault ends the whole queue: its dead track refuses what comes then.
static struct track *track_dead(struct tracks *tracks)
{
    for (unsigned i = 0; i < tracks->count; i++)
        if (device_queue_error(tracks->list[i].device_queue)) return &tracks->list[i];
    return NULL;
}

struct track *tracks_choose(struct tracks *tracks, unsigned wait_count, struct kiln_event *const *wait)
{
    struct track *track = track_dead(tracks);
    if (!track) track = track_of_wait_list(tracks, wait_count, wait);
    for (unsigned i = 0; !track && i < tracks->count; i++)
        if (device_queue_idle(tracks->list[i].device_queue)) track = &tracks->list[i];
    if (track) return track;
    if (tracks->count < TRACKS_MAX && !tracks_open(tracks)) return &tracks->list[tracks->count - 1];
    tracks->next = (tracks->next + 1) % tracks->count;
    return &tracks->list[tracks->next];
}

// A signal that ends when all that the track has so far, and `wait`, has ended.
static cl_int track_tail(struct track *track, struct device_signal *const *wait, unsigned count,
                         struct device_signal **tail)
{
    cl_int error = device_signal_create(tail);
    if (error) return error;
    const struct device_command command = {.wait = wait, .wait_count = count, .done = *tail};
    error = device_queue_barrier(track->device_queue, &command);
    if (error) device_signal_release(*tail);
    return error;
}

cl_int tracks_wait_list(struct tracks *tracks, struct track *track, bool all,
                        struct device_signal *signals[TRACK_SIGNALS_MAX], unsigned *count)
{
    cl_int error = CL_SUCCESS;
    *count = 0;
    if (track->behind_barrier) device_signal_retain(signals[(*count)++] = tracks->barrier);
    for (unsigned i = 0; all && !error && i < tracks->count; i++)
        if (&tracks->list[i] != track && !(error = track_tail(&tracks->list[i], NULL, 0, &signals[*count])))
            ++*count;
    while (error && *count) device_signal_release(signals[--*count]);
    return error;
}

void tracks_submitted(struct tracks *tracks, struct track *track, struct device_signal *barrier)
{
    track->behind_barrier = false;
    if (!barrier) return;
    if (tracks->barrier) device_signal_release(tracks->barrier);
    device_signal_retain(tracks->barrier = barrier);
    for (unsigned i = 0; i < tracks->count; i++) tracks->list[i].behind_barrier = &tracks->list[i] != track;
}

cl_int tracks_tail(struct tracks *tracks, struct device_signal **tail)
{
    struct device_signal *others[TRACK_SIGNALS_MAX];
    unsigned count, busy = 0;
    *tail = NULL;
    for (unsigned i = 0; i < tracks->count; i++) busy += tracks->list[i].under_way.first != NULL;
    if (!busy) return CL_SUCCESS;
    cl_int error = tracks_wait_list(tracks, &tracks->list[0], true, others, &count);
    if (error) return error;
    error = track_tail(&tracks->list[0], others, count, tail);
    for (unsigned i = 0; i < count; i++) device_signal_release(others[i]);
    if (error) *tail = NULL;
    return error;
}
