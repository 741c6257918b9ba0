// Threads of Kiln's own, in the application's process.
//
// One policy for signals: those that somebody sends (SIGTERM, SIGCHLD, a timer's, …) are for the
// application's own threads, and blocked in ours: its handlers expect threads that it knows. Those that an
// instruction of the thread itself raises (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS) stay
// deliverable: where they are blocked the kernel ends the process, and an application that serves faults of
// its memory with a handler expects that of memory which our threads copy too.
#pragma once

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

enum { THREAD_NAME_SIZE = 16 }; // bytes of a name with its end; the system's limit

// Starts a thread with this name (cut where it is too long), which runs `run(argument)`. It is to be joined;
// where `thread` is NULL it is detached. False: the system refuses, or memory is short; the reason is logged
// as information.
bool thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *argument);

// For calls into libraries that start threads: what they start meanwhile has the same policy. `before` is for
// thread_signals_restore.
void thread_signals_block(sigset_t *before);
void thread_signals_restore(const sigset_t *before);
