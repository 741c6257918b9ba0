#define _GNU_SOURCE
#include "linger.h"

#include <errno.h>
#include <time.h>

#define LINGER_SECONDS 2

bool linger_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LINGER_SECONDS;
    return pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &until) != ETIMEDOUT;
}
