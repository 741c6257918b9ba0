// Threads of this layer that have nothing to do stay a while, since starting one takes longer than most
// commands.
#pragma once

#include <pthread.h>
#include <stdbool.h>

// Sleeps until the condition is signalled (true) or a while has passed (false).
bool linger_wait(pthread_cond_t *, pthread_mutex_t *);
