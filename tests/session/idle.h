// Looking at what the process's other threads do, for tests in which something must not happen, or be under
// way. Both wait for as long as it takes: on a busy machine that is long, and where the state never comes,
// the test's time-out tells.
#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static inline int64_t idle_clock(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

// Processor time of all threads but this one, in nanoseconds. It may seem to go back by what passes between
// the two looks at a clock.
static inline int64_t others_time(void)
{
    return idle_clock(CLOCK_PROCESS_CPUTIME_ID) - idle_clock(CLOCK_THREAD_CPUTIME_ID);
}

// Whether another thread runs, or waits for a processor to run on.
static inline bool others_run(void)
{
    bool found = false;
    DIR *threads = opendir("/proc/self/task");
    if (!threads) abort();
    for (const struct dirent *entry; !found && (entry = readdir(threads));) {
        char path[300], state = 0;
        if (entry->d_name[0] == '.' || strtol(entry->d_name, NULL, 10) == syscall(SYS_gettid)) continue;
        snprintf(path, sizeof path, "/proc/self/task/%s/stat", entry->d_name);
        FILE *file = fopen(path, "r");
        if (!file) continue; // it has ended
        found = fscanf(file, "%*d (%*[^)]) %c", &state) == 1 && state == 'R';
        fclose(file);
    }
    closedir(threads);
    return found;
}

// Until nothing moves any more: what could happen has happened. While the other threads are looked at, and
// ten times none of them is seen running, they take under 2 % of a core. A thread that spins is always seen;
// one that polls may be, for it is soon asleep again.
static inline void idle_wait(void)
{
    enum { LOOKS = 10, LOOK_MICROSECONDS = 10000, PART = 50 };
    int64_t begin, worked;
    do {
        begin = idle_clock(CLOCK_MONOTONIC);
        worked = others_time();
        for (int calm = 0; calm < LOOKS; calm += !others_run()) usleep(LOOK_MICROSECONDS);
    } while ((others_time() - worked) * PART >= idle_clock(CLOCK_MONOTONIC) - begin);
}

// Until the other threads have worked for 20 ms of processor time: a kernel that takes longer runs by now.
static inline void work_wait(void)
{
    int64_t begin = others_time();
    while (others_time() - begin < 20000000) usleep(1000);
}
