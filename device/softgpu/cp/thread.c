#define _GNU_SOURCE
#include "thread.h"

#include <signal.h>
#include <string.h>

#include "base/log.h"

static const int fault_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};

bool thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *argument)
{
    sigset_t blocked, saved;
    sigfillset(&blocked);
    for (size_t i = 0; i < sizeof fault_signals / sizeof *fault_signals; i++)
        sigdelset(&blocked, fault_signals[i]);
    pthread_sigmask(SIG_SETMASK, &blocked, &saved);
    int error = pthread_create(thread, NULL, run, argument);
    pthread_sigmask(SIG_SETMASK, &saved, NULL);
    if (error) {
        log_error("cannot start thread %s: %s", name, strerror(error));
        return false;
    }
    pthread_setname_np(*thread, name);
    return true;
}
