// Events: what a host thread sleeps on until the device (or another thread) raises it. As in the kernel
// driver, an auto-reset event that is raised while threads wait for it lets all of them go; raised while
// nobody waits, it stays raised for the next one.
#pragma once

#include "machine.h"

#include <stdbool.h>
#include <stdint.h>

struct event;

// What ROCr sees of an event, and the event it belongs to.
HsaEvent *event_shared(struct event *event);
struct event *event_of(HsaEvent *shared);

// NULL when memory or the room for events is short.
struct event *event_create(const HsaEventDescriptor *descriptor, bool manual, bool raised);
bool event_destroy(struct event *event); // false: it was destroyed before
void event_reset(struct event *event);
bool event_is_raised(struct event *event);

enum event_wait { EVENT_WAIT_CAME, EVENT_WAIT_TIMEOUT, EVENT_WAIT_NO_MEMORY };

// Sleeps until one or all of the events are raised; 0xfffffffe milliseconds and more are for ever.
enum event_wait events_wait(HsaEvent *events[], uint32_t count, bool all, uint32_t milliseconds);

// Raises event `id`; an id that names no event is ignored. Callable from any thread.
void event_raise(uint32_t id);

// Fills the process's memory events with a fatal access fault at `address` and raises them. ROCr calls the
// application's system event handler, or ends the process where it has none.
void event_raise_memory_fault(uint64_t address, int write);

// In a forked child: locks that other threads held at the time of the fork are free again.
void event_reset_after_fork(void);
