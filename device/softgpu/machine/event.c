#include "event.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct waiter {
    pthread_cond_t wake;
    unsigned missing; // events still to come
};

// A waiter's place in an event's list.
struct link {
    struct link *next;
    struct waiter *waiter;
    bool raised;
};

struct event {
    HsaEvent shared;  // what ROCr sees; first, for event_of
    uint64_t mailbox; // written by whoever completes a signal of this event
    bool live, manual, raised;
    struct link *waiting;
    struct event *next_free;
};

// Events are never freed, only used again: a completing packet may still write the mailbox of one just
// destroyed.
enum { CHUNK = 256, CHUNKS_MAX = 256, LINKS_ON_STACK = 32 };

static struct event *chunks[CHUNKS_MAX];
static uint32_t events_made; // ids 1 … events_made have been used
static struct event *events_free;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void event_reset_after_fork(void) { pthread_mutex_init(&lock, NULL); }

struct event *event_of(HsaEvent *shared) { return (struct event *)shared; }
HsaEvent *event_shared(struct event *event) { return &event->shared; }

static struct event *event_find(uint32_t id)
{
    if (id == 0 || id > events_made) return NULL;
    return &chunks[(id - 1) / CHUNK][(id - 1) % CHUNK];
}

// A slot that is not in use; NULL when memory or slots have run out.
static struct event *event_claim(void)
{
    struct event *event = events_free;
    if (event) {
        events_free = event->next_free;
        return event;
    }
    if (events_made == CHUNK * CHUNKS_MAX) return NULL;
    struct event **chunk = &chunks[events_made / CHUNK];
    if (!*chunk && !(*chunk = calloc(CHUNK, sizeof **chunk))) return NULL;
    event = event_find(++events_made);
    event->shared.EventId = events_made;
    return event;
}

struct event *event_create(const HsaEventDescriptor *descriptor, bool manual, bool raised)
{
    pthread_mutex_lock(&lock);
    struct event *event = event_claim();
    if (event) {
        HsaEventData *data = &event->shared.EventData;
        memset(data, 0, sizeof *data);
        data->EventType = descriptor->EventType;
        if (descriptor->EventType == HSA_EVENTTYPE_SIGNAL) {
            data->EventData.SyncVar = descriptor->SyncVar;
            data->HWData2 = (uint64_t)&event->mailbox;
        }
        event->live = true;
        event->manual = manual;
        event->raised = raised;
    }
    pthread_mutex_unlock(&lock);
    return event;
}

bool event_destroy(struct event *event)
{
    pthread_mutex_lock(&lock);
    bool known = event->live;
    event->live = false;
    if (known) {
        event->next_free = events_free;
        events_free = event;
    }
    pthread_mutex_unlock(&lock);
    return known;
}

static void raise_locked(struct event *event)
{
    event->raised = event->manual || !event->waiting;
    for (struct link *link = event->waiting; link; link = link->next) {
        if (link->raised) continue;
        link->raised = true;
        struct waiter *waiter = link->waiter;
        if (waiter->missing == 1) pthread_cond_signal(&waiter->wake);
        if (waiter->missing) waiter->missing--;
    }
}

void event_raise(uint32_t id)
{
    pthread_mutex_lock(&lock);
    struct event *event = event_find(id);
    if (event && event->live) raise_locked(event);
    pthread_mutex_unlock(&lock);
}

void event_raise_memory_fault(uint64_t address, int write)
{
    pthread_mutex_lock(&lock);
    for (uint32_t id = 1; id <= events_made; id++) {
        struct event *event = event_find(id);
        if (!event->live || event->shared.EventData.EventType != HSA_EVENTTYPE_MEMORY) continue;
        HsaMemoryAccessFault *fault = &event->shared.EventData.EventData.MemoryAccessFault;
        fault->NodeId = NODE_GPU;
        fault->VirtualAddress = address;
        fault->Failure.NotPresent = 1;
        fault->Failure.ReadOnly = write != 0;
        fault->Flags = HSA_EVENTID_MEMORY_FATAL_PROCESS;
        raise_locked(event);
    }
    pthread_mutex_unlock(&lock);
}

void event_reset(struct event *event)
{
    pthread_mutex_lock(&lock);
    event->raised = false;
    pthread_mutex_unlock(&lock);
}

bool event_is_raised(struct event *event)
{
    pthread_mutex_lock(&lock);
    bool raised = event->raised;
    pthread_mutex_unlock(&lock);
    return raised;
}

// Joins the events' lists; events that are raised already count at once. Returns with waiter->missing set.
static void links_enter(struct link *links, HsaEvent *events[], uint32_t count, bool all,
                        struct waiter *waiter)
{
    unsigned raised = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct event *event = event_of(events[i]);
        links[i] = (struct link){event->waiting, waiter, event->raised};
        raised += event->raised;
    }
    waiter->missing = all ? count - raised : raised == 0;
    for (uint32_t i = 0; i < count; i++) {
        struct event *event = event_of(events[i]);
        if (!event->manual) event->raised = false;
        links[i].next = event->waiting;
        event->waiting = &links[i];
    }
}

static void links_leave(struct link *links, HsaEvent *events[], uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct link **at = &event_of(events[i])->waiting;
        while (*at != &links[i]) at = &(*at)->next;
        *at = links[i].next;
    }
}

static bool waiter_sleep(struct waiter *waiter, uint32_t milliseconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    uint64_t nanoseconds = (uint64_t)until.tv_nsec + (uint64_t)milliseconds * 1000000;
    until.tv_sec += (time_t)(nanoseconds / 1000000000);
    until.tv_nsec = (long)(nanoseconds % 1000000000);
    bool forever = milliseconds >= 0xFFFFFFFE; // ROCr's longest wait, and the thunk's
    int error = 0;
    while (waiter->missing && error != ETIMEDOUT)
        error = forever ? pthread_cond_wait(&waiter->wake, &lock)
                        : pthread_cond_timedwait(&waiter->wake, &lock, &until);
    return waiter->missing == 0;
}

static void waiter_init(struct waiter *waiter)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&waiter->wake, &attributes);
    pthread_condattr_destroy(&attributes);
}

enum event_wait events_wait(HsaEvent *events[], uint32_t count, bool all, uint32_t milliseconds)
{
    struct link few[LINKS_ON_STACK];
    struct link *links = count > LINKS_ON_STACK ? calloc(count, sizeof *links) : few;
    if (!links) return EVENT_WAIT_NO_MEMORY;
    struct waiter waiter;
    waiter_init(&waiter);

    pthread_mutex_lock(&lock);
    links_enter(links, events, count, all, &waiter);
    bool came = waiter_sleep(&waiter, milliseconds);
    links_leave(links, events, count);
    pthread_mutex_unlock(&lock);

    pthread_cond_destroy(&waiter.wake);
    if (links != few) free(links);
    return came ? EVENT_WAIT_CAME : EVENT_WAIT_TIMEOUT;
}
