// From starting a process to its first result, and what compiling costs: each sample is a new process that
// sees one driver only, with empty caches or with those that an earlier one filled.
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum sample { UNTIL_RESULT, UNTIL_EXIT, OWN_TIME, OWN_MEMORY };

struct start {
    const char *task;
    bool cached;
    enum sample sample;
};

struct state {
    const struct start *start;
    char cache[4096]; // "": each process begins with an empty one
};

static pid_t child_start(const struct state *state, const char *driver, int output)
{
    pid_t child;
    posix_spawn_file_actions_t actions;
    const char *arguments[] = {
        "benchmark",  "--folder", drivers_folder,     "--child",
        driver,       "--task",   state->start->task, state->cache[0] ? "--cache" : NULL,
        state->cache, NULL};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    int error = posix_spawn(&child, "/proc/self/exe", &actions, NULL, (char *const *)arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error) die("cannot start a process: %s", strerror(error));
    return child;
}

static double seconds(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec * 1e-6; }

// Also for processes that the child left behind, compilers: as their reaper we are told what they used.
static double others_wait(void)
{
    double cpu = 0;
    struct rusage usage;
    while (wait4(-1, NULL, 0, &usage) > 0) cpu += seconds(usage.ru_utime) + seconds(usage.ru_stime);
    return cpu;
}

static bool answer_read(int input, struct answer *answer)
{
    char line[128] = "";
    FILE *stream = fdopen(input, "r");
    if (!stream) die("cannot read from a pipe: %s", strerror(errno));
    const char *got = fgets(line, sizeof line, stream);
    fclose(stream);
    char *next = line;
    answer->done = strtod(next, &next);
    answer->own = strtod(next, &next);
    answer->memory = strtod(next, &next);
    return got && *next == '\n';
}

// Starts this program again. Processor time is that of the new process and of all that it started.
static bool child_run(const struct state *state, const char *driver, struct cost *cost)
{
    int output[2], status;
    struct rusage usage;
    struct answer answer;
    if (pipe2(output, O_CLOEXEC)) die("cannot make a pipe: %s", strerror(errno));
    double begin = cost_now().wall;
    pid_t child = child_start(state, driver, output[1]);
    close(output[1]);
    bool answered = answer_read(output[0], &answer);
    if (wait4(child, &status, 0, &usage) != child || status) return false;
    double end = cost_now().wall;
    const double walls[] = {[UNTIL_RESULT] = answer.done - begin,
                            [UNTIL_EXIT] = end - begin,
                            [OWN_TIME] = answer.own,
                            [OWN_MEMORY] = answer.memory};
    cost->wall = walls[state->start->sample];
    cost->cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime) + others_wait();
    return answered || state->start->sample == UNTIL_EXIT;
}

static void *start_open(const struct target *target, const void *detail)
{
    struct state *state = alloc(sizeof *state);
    *state = (struct state){.start = detail};
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (!state->start->cached) return state;
    snprintf(state->cache, sizeof state->cache, "%s/kept.%s.XXXXXX", drivers_folder, target->name);
    if (!mkdtemp(state->cache)) die("cannot make a folder in %s", drivers_folder);
    return state;
}

// Also fills the cache.
static bool start_verify(const struct target *target, void *state)
{
    struct cost cost;
    return child_run(state, target->name, &cost);
}

static struct cost start_sample(const struct target *target, void *state)
{
    struct cost cost;
    if (!child_run(state, target->name, &cost)) die("%s: a new process failed", target->name);
    return cost;
}

static const struct start cold = {"first", false, UNTIL_RESULT}, spirv = {"spirv", false, UNTIL_RESULT},
                          cached = {"first", true, UNTIL_RESULT}, second = {"second", false, OWN_TIME},
                          many = {"many", false, OWN_TIME}, heavy_first = {"heavy_first", false, OWN_TIME},
                          heavy_all = {"heavy_all", false, OWN_TIME}, memory = {"first", true, OWN_MEMORY},
                          clinfo = {"clinfo", true, UNTIL_EXIT}, native = {"native", false, OWN_TIME},
                          native_kept = {"native", true, OWN_TIME},
                          one_thread = {"one_thread", true, OWN_TIME},
                          all_threads = {"all_threads", true, OWN_TIME};

#define FIGURE(title, start, ...) {title, &(start), start_open, start_verify, start_sample, free, __VA_ARGS__}
static const struct figure figures[] = {
    FIGURE("new process to first result, cold", cold, 0, NULL),
    FIGURE("new process to first result, cold, SPIR-V", spirv, 0, NULL, true), // few drivers read it
    FIGURE("new process to first result, cached", cached, 0, NULL),
    FIGURE("second build of a process, cold", second, 0, NULL),
    FIGURE("32 kernels until each ran, cold", many, 3, NULL),
    FIGURE("32 heavy kernels until the first ran, cold", heavy_first, 5, NULL),
    FIGURE("32 heavy kernels until each ran, cold", heavy_all, 5, NULL),
    FIGURE("memory added to a process, cached", memory, 0, "MB"),
    FIGURE("clinfo", clinfo, 0, NULL),
    FIGURE("native code: of a kernel, median", native, 5, NULL, true),
    FIGURE("native code: of a kernel, kept", native_kept, 0, NULL, true),
    FIGURE("native code: FMAs on one thread", one_thread, 0, NULL, true),
    FIGURE("native code: FMAs on all threads", all_threads, 0, NULL, true),
};
const struct figures start_figures = {figures, sizeof figures / sizeof *figures};
