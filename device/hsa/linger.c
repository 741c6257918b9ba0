#define _GNU_SOURCE
#include "linger.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#define LINGER_SECONDS 2

bool linger_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LINGER_SECONDS;
    return pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &until) != ETIMEDOUT;
}

bool linger_start(void *(*function)(void *), void *argument)
{
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all); // the application's signals are for its own threads
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = !pthread_create(&thread, NULL, function, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started) pthread_detach(thread);
    return started;
}
