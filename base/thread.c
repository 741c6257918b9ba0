#define _GNU_SOURCE
#include "thread.h"

#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// What an instruction of the thread itself raises.
static const int own_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};

void thread_signals_block(sigset_t *before)
{
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, before);
    sigfillset(&blocked);
    for (size_t i = 0; i < sizeof own_signals / sizeof *own_signals; i++) sigdelset(&blocked, own_signals[i]);
    pthread_sigmask(SIG_SETMASK, &blocked, NULL);
}

void thread_signals_restore(const sigset_t *before) { pthread_sigmask(SIG_SETMASK, before, NULL); }

struct start {
    void *(*run)(void *);
    void *argument;
    char name[THREAD_NAME_SIZE];
};

// The thread gives itself its name: that takes no file in /proc, and nobody sees it without.
static void *thread_run(void *argument)
{
    struct start start = *(struct start *)argument;
    free(argument);
    pthread_setname_np(pthread_self(), start.name);
    return start.run(start.argument);
}

static int thread_create(pthread_t *thread, struct start *start)
{
    sigset_t before;
    thread_signals_block(&before);
    int error = pthread_create(thread, NULL, thread_run, start);
    thread_signals_restore(&before);
    return error;
}

bool thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *argument)
{
    pthread_t detached;
    struct start *start = malloc(sizeof *start);
    int error = start ? 0 : ENOMEM;
    if (start) {
        *start = (struct start){.run = run, .argument = argument};
        memcpy(start->name, name, strnlen(name, sizeof start->name - 1));
        error = thread_create(thread ? thread : &detached, start);
    }
    if (error) {
        log_info("cannot start thread %s: %s", name, strerror(error));
        free(start);
        return false;
    }
    if (!thread) pthread_detach(detached);
    return true;
}
