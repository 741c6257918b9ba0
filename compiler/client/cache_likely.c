// An empty file in the cache's folder, named after the program, says that its builds are likely to be found.
#define _GNU_SOURCE
#include "cache.h"

#include "cache_folder.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char name[32]; // of the file; empty where there is none to be
static bool likely;   // what the file said when this process began

static void likely_read(void)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program);
    if (length < 0 || !cache_on()) return;
    struct digest digest = digest_of(program, (size_t)length);
    uint64_t number;
    memcpy(&number, &digest, sizeof number);
    snprintf(name, sizeof name, "known-%016llx", (unsigned long long)number);
    int folder = cache_folder_open(false);
    if (folder < 0) return;
    likely = !faccessat(folder, name, F_OK, 0);
    close(folder);
}

bool cache_likely(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, likely_read);
    return likely;
}

// A wrong guess is corrected; where a miss was expected, what was built is kept by now.
void cache_learn(bool found)
{
    static atomic_flag learnt = ATOMIC_FLAG_INIT;
    if (atomic_flag_test_and_set(&learnt)) return;
    bool before = cache_likely(), after = found || !before;
    int folder = *name && before != after ? cache_folder_open(false) : -1;
    if (folder < 0) return;
    if (after) {
        int file = openat(folder, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
        if (file >= 0) close(file);
    } else {
        unlinkat(folder, name, 0);
    }
    close(folder);
}
