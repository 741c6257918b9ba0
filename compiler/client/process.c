#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

struct launch {
    const char *path;
    char *const *arguments, *const *environment;
    const int *descriptors;
    int error;
};

static int spawn(const struct launch *launch, posix_spawn_file_actions_t *files,
                 posix_spawnattr_t *attributes)
{
    pid_t pid;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &all);
    int error = 0;
    for (int i = 0; i < 3 && !error; i++)
        error = posix_spawn_file_actions_adddup2(files, launch->descriptors[i], i);
    if (!error) error = posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
    return error ? error
                 : posix_spawn(&pid, launch->path, files, attributes, launch->arguments, launch->environment);
}

// The process in between: it shares our memory, and our thread stands still until it ends. AddressSanitizer
// does not know its stack.
__attribute__((no_sanitize("address"))) static int intermediary(void *argument)
{
    struct launch *launch = argument;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    launch->error = posix_spawn_file_actions_init(&files);
    if (launch->error) _exit(launch->error);
    launch->error = posix_spawnattr_init(&attributes);
    if (!launch->error) {
        launch->error = spawn(launch, &files, &attributes);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&files);
    _exit(launch->error);
}

// ThreadSanitizer's state must not be shared with a child: there only the status tells of errors.
#if __has_feature(thread_sanitizer)
enum { SHARED = 0 };
#else
enum { SHARED = CLONE_VM };
#endif

int process_launch(const char *path, char *const *arguments, char *const *environment,
                   const int descriptors[3])
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static _Alignas(16) char stack[128 * 1024];
    struct launch launch = {path, arguments, environment, descriptors, 0};
    sigset_t all, before;
    sigfillset(&all);
    pthread_mutex_lock(&lock);
    // The application's signal handlers must not run in there.
    pthread_sigmask(SIG_SETMASK, &all, &before);
    // It ends with no signal, so that only __WCLONE finds it and no SIGCHLD tells of it.
    pid_t pid = clone(intermediary, stack + sizeof stack, SHARED | CLONE_VFORK, &launch);
    int error = pid < 0 ? errno : launch.error, status = 0;
    while (pid > 0 && waitpid(pid, &status, __WCLONE) < 0 && errno == EINTR) {
    }
    if (!SHARED && WIFEXITED(status)) error = WEXITSTATUS(status);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_mutex_unlock(&lock);
    return error;
}
