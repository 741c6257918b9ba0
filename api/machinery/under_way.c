#include "api/machinery/under_way.h"

struct work *under_way_take(struct under_way *list, uint64_t place)
{
    struct work *first = list->first, *last = NULL;
    while (list->first_signalled && list->first_signalled->place <= place)
        list->first_signalled = list->first_signalled->next_signalled;
    for (; list->first && list->first->place <= place; list->first = list->first->next) last = list->first;
    if (!last) return NULL;
    last->next = NULL;
    if (!list->first) list->last = NULL;
    return first;
}

struct work *under_way_take_ended(struct under_way *list)
{
    uint64_t place = 0;
    for (struct work *work = list->first_signalled; work && device_signal_state(work->done) != 1;
         work = work->next_signalled)
        place = work->place;
    return place ? under_way_take(list, place) : NULL;
}

void works_release(struct work *work)
{
    for (struct work *next; work; work = next) {
        next = work->next;
        work->release(work);
    }
}
