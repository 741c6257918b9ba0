// What a context has of its held commands (held.h).
#pragma once

#include <pthread.h>

struct held;

struct holding {
    pthread_mutex_t lock;      // guards all queues' held commands and who waits for which event
    struct held *first, *last; // the queues' that have commands to go on with
};
