#include "api/machinery/event_guard.h"

#include <stdlib.h>
#include <string.h>

static int guard_compare(const void *a, const void *b)
{
    const struct event_guard *one = a, *other = b;
    if (one->track != other->track) return one->track < other->track ? -1 : 1;
    return (one->sequence > other->sequence) - (one->sequence < other->sequence);
}

// Moves those that matter to the front: of each track the last one. What is of the command's own track does
// not: a dead queue tells of itself.
static size_t guards_choose(uint64_t own_track, struct event_guard *list, size_t count)
{
    size_t pending = 0, kept = 0;
    for (size_t i = 0; i < count; i++)
        if (list[i].track != own_track && device_signal_state(list[i].signal) != CL_COMPLETE)
            list[pending++] = list[i];
    if (pending > 1) qsort(list, pending, sizeof *list, guard_compare);
    for (size_t i = 0; i < pending; i++)
        if (i + 1 == pending || list[i].track != list[i + 1].track) list[kept++] = list[i];
    return kept;
}

cl_int event_guards_create(uint64_t own_track, struct event_guard *candidates, size_t count,
                           struct event_guards **out)
{
    *out = NULL;
    size_t kept = guards_choose(own_track, candidates, count);
    if (!kept) return CL_SUCCESS;
    struct event_guards *guards = malloc(sizeof *guards + kept * sizeof *guards->list);
    if (!guards) return CL_OUT_OF_HOST_MEMORY;
    guards->count = (unsigned)kept;
    memcpy(guards->list, candidates, kept * sizeof *candidates);
    for (size_t i = 0; i < kept; i++) device_signal_retain(guards->list[i].signal);
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
