// The device's own threads.
#pragma once

#include <pthread.h>
#include <stdbool.h>

// Starts a thread with this name (at most 15 characters) that gets none of the process's signals, faults of
// its own excepted. Returns false when the system refuses.
bool thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *argument);
