// Events: what a host thread sleeps on until the device (or another thread) raises it.
#pragma once

#include <stdint.h>

// Raises event `id` as hsaKmtSetEvent would; an id that names no event is ignored. Callable from any thread.
void event_raise(uint32_t id);

// Fills the process's memory events with a fatal access fault at `address` and raises them. ROCr calls the
// application's system event handler, or ends the process where it has none.
void event_raise_memory_fault(uint64_t address, int write);

// In a forked child: locks that other threads held at the time of the fork are free again.
void event_reset_after_fork(void);
