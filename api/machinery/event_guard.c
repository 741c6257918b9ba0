#include "api/machinery/event_guard.h"

#include "api/event.h"

#include <stdlib.h>

// Adds what has not ended well, and is not of the command's own track: a dead queue tells of itself.
static void guard_add(struct event_guards *guards, uint64_t own_track, const struct event_guard *guard)
{
    if (guard->track == own_track || device_signal_state(guard->signal) == CL_COMPLETE) return;
    unsigned i = 0;
    while (i < guards->count && guards->list[i].track != guard->track) i++;
    if (i < guards->count && guards->list[i].sequence >= guard->sequence) return;
    device_signal_retain(guard->signal);
    if (i < guards->count)
        device_signal_release(guards->list[i].signal);
    else
        guards->count++;
    guards->list[i] = *guard;
}

cl_int event_guards_create(uint64_t track, unsigned count, struct kiln_event *const *wait,
                           struct event_guards **out)
{
    size_t most = 0;
    *out = NULL;
    for (unsigned i = 0; i < count; i++) {
        most += wait[i]->track && wait[i]->track->number != track;
        most += wait[i]->guards ? wait[i]->guards->count : 0;
    }
    if (!most) return CL_SUCCESS;
    struct event_guards *guards = malloc(sizeof *guards + most * sizeof *guards->list);
    if (!guards) return CL_OUT_OF_HOST_MEMORY;
    guards->count = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct kiln_event *event = wait[i];
        for (unsigned k = 0; event->guards && k < event->guards->count; k++)
            guard_add(guards, track, &event->guards->list[k]);
        if (event->track)
            guard_add(guards, track,
                      &(struct event_guard){event->track->number, event->sequence, event->signal});
    }
    *out = guards;
    return CL_SUCCESS;
}

void event_guards_free(struct event_guards *guards)
{
    for (unsigned i = 0; guards && i < guards->count; i++) device_signal_release(guards->list[i].signal);
    free(guards);
}

bool event_guards_failed(const struct event_guards *guards)
{
    for (unsigned i = 0; guards && i < guards->count; i++)
        if (device_signal_state(guards->list[i].signal) < 0) return true;
    return false;
}
