#include "api/machinery/held.h"

#include <stdlib.h>

// A command's place among those that wait for an event.
struct held_wait {
    struct held_wait *next, *previous;
    struct kiln_event *event; // NULL: it is known
    struct held_command *of;
};

struct held_command {
    struct held *held;
    struct held_command *next, *previous;
    struct held_command *next_ready;
    struct command *command;
    uint64_t section;
    bool waits_all, barrier;
    bool failed;      // an event of its wait list has: it need not outlive the others
    bool ready;       // among those
    unsigned unknown; // events of its wait list
    unsigned wait_count;
    struct held_wait waits[];
};

// ---- With the holding lock held -----------------------------------------------------------------------

static void wait_enter(struct held_wait *wait)
{
    struct kiln_event *event = wait->event;
    wait->next = event->waiting;
    if (wait->next) wait->next->previous = wait;
    event->waiting = wait;
}

static void wait_leave(struct held_wait *wait)
{
    if (!wait->event) return;
    if (wait->next) wait->next->previous = wait->previous;
    if (wait->previous)
        wait->previous->next = wait->next;
    else
        wait->event->waiting = wait->next;
    wait->event = NULL;
}

// Waits for those events of the wait list that are not known.
static void waits_enter(struct held_command *held, struct kiln_event *const *events)
{
    for (unsigned i = 0; i < held->wait_count; i++) {
        struct kiln_event *event = events[i];
        struct held_wait *wait = &held->waits[i];
        *wait = (struct held_wait){.of = held};
        pthread_mutex_lock(&event->lock); // it cannot be submitted before it is seen who waits
        bool known = event_is_known_locked(event);
        if (!known) {
            wait->event = event;
            wait_enter(wait);
        }
        pthread_mutex_unlock(&event->lock);
        held->unknown += !known;
        held->failed |= known && event_result(event) < 0;
    }
}

static void held_list(struct held *held)
{
    struct holding *holding = held->holding;
    if (held->listed) return;
    held->listed = true;
    object_retain(held->queue);
    held->next = NULL;
    *(holding->first ? &holding->last->next : &holding->first) = held;
    holding->last = held;
}

// Puts the command among the ready ones if it may go.
static void command_consider(struct held_command *command)
{
    struct held *held = command->held;
    if (command->ready || (command->unknown && !command->failed)) return;
    if (command->section > held->open || (command->waits_all && command != held->first)) return;
    command->ready = true;
    command->next_ready = NULL;
    *(held->first_ready ? &held->last_ready->next_ready : &held->first_ready) = command;
    held->last_ready = command;
    held_list(held);
}

static void command_append(struct held *held, struct held_command *command)
{
    if (!held->count++) object_retain(held->queue);
    command->previous = held->last;
    *(held->last ? &held->last->next : &held->first) = command;
    held->last = command;
    command->section = held->section;
    held->section += command->barrier;
    held->barriers += command->barrier;
}

static void command_remove(struct held *held, struct held_command *command)
{
    *(command->previous ? &command->previous->next : &held->first) = command->next;
    *(command->next ? &command->next->previous : &held->last) = command->previous;
    held->count--;
    held->barriers -= command->barrier;
    for (unsigned i = 0; i < command->wait_count; i++) wait_leave(&command->waits[i]);
}

// The barrier's section is behind: the next one opens.
static void section_open(struct held *held, struct held_command *barrier)
{
    held->open++;
    for (struct held_command *command = barrier->next; command; command = command->next) {
        command_consider(command);
        if (command->barrier) return;
    }
}

// ---- Without it ---------------------------------------------------------------------------------------

cl_int held_add(struct held *held, struct command *command, const struct held_terms *terms)
{
    struct held_command *added = malloc(sizeof *added + terms->wait_count * sizeof *added->waits);
    if (!added) return CL_OUT_OF_HOST_MEMORY;
    *added = (struct held_command){.held = held,
                                   .command = command,
                                   .waits_all = terms->waits_all,
                                   .barrier = terms->barrier,
                                   .wait_count = terms->wait_count};
    pthread_mutex_lock(&held->holding->lock);
    command_append(held, added);
    waits_enter(added, terms->wait);
    command_consider(added);
    pthread_mutex_unlock(&held->holding->lock);
    return CL_SUCCESS;
}

struct command *held_take(struct held *held, bool *emptied)
{
    pthread_mutex_lock(&held->holding->lock);
    struct held_command *taken = held->first_ready;
    if (taken) {
        held->first_ready = taken->next_ready;
        command_remove(held, taken);
        if (held->first) command_consider(held->first);
        if (taken->barrier) section_open(held, taken);
        *emptied = !held->count;
    }
    pthread_mutex_unlock(&held->holding->lock);
    struct command *command = taken ? taken->command : NULL;
    free(taken);
    return command;
}

void held_event_known(struct kiln_event *event)
{
    struct holding *holding = &event->context->holding;
    bool failed = event_result(event) < 0;
    pthread_mutex_lock(&holding->lock);
    for (struct held_wait *wait; (wait = event->waiting);) {
        wait_leave(wait);
        wait->of->unknown--;
        wait->of->failed |= failed;
        command_consider(wait->of);
    }
    pthread_mutex_unlock(&holding->lock);
}

struct held *held_next(struct holding *holding)
{
    pthread_mutex_lock(&holding->lock);
    struct held *held = holding->first;
    if (held) {
        holding->first = held->next;
        held->listed = false;
    }
    pthread_mutex_unlock(&holding->lock);
    return held;
}
