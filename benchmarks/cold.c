// From starting a process to its first result: loading the driver, opening the device, compiling a small
// program with empty caches, running it, reading the result. The child sees one driver only.
#include "benchmark.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COUNT = 256 };

static const char source[] = "kernel void square(global const uint *in, global uint *out)\n"
                             "{\n"
                             "    size_t i = get_global_id(0);\n"
                             "    out[i] = in[i] * in[i] + 1;\n"
                             "}\n";

// Prints the time of the first result on the clock that parent and child share.
int cold_child(unsigned which)
{
    struct target target;
    const size_t count = COUNT;
    cl_uint in[COUNT], out[COUNT];
    for (cl_uint i = 0; i < COUNT; i++) in[i] = i * 77777;
    target_open(&target, which);
    cl_kernel kernel = target_kernel(&target, source, "", "square");
    cl_mem buffers[] = {target_buffer(&target, sizeof in, in), target_buffer(&target, sizeof out, NULL)};
    for (cl_uint i = 0; i < 2; i++) CL(clSetKernelArg(kernel, i, sizeof(cl_mem), &buffers[i]));
    CL(clEnqueueNDRangeKernel(target.queue, kernel, 1, NULL, &count, NULL, 0, NULL, NULL));
    CL(clEnqueueReadBuffer(target.queue, buffers[1], CL_TRUE, 0, sizeof out, out, 0, NULL, NULL));
    struct cost done = cost_now();
    for (cl_uint i = 0; i < COUNT; i++)
        if (out[i] != in[i] * in[i] + 1) die("%s: the first result of a new process is wrong", target.name);
    printf("%.9f\n", done.wall);
    for (cl_uint i = 0; i < 2; i++) CL(clReleaseMemObject(buffers[i]));
    CL(clReleaseKernel(kernel));
    target_close(&target);
    return 0;
}

static pid_t child_start(const char *name, int output[2])
{
    pid_t child;
    posix_spawn_file_actions_t actions;
    char *arguments[] = {"benchmark", "--folder", (char *)drivers_folder, "--cold", (char *)name, NULL};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, output[0]);
    posix_spawn_file_actions_addclose(&actions, output[1]);
    int error = posix_spawn(&child, "/proc/self/exe", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error) die("cannot start a process: %s", strerror(error));
    return child;
}

static double seconds(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec * 1e-6; }

// Starts this program again. Processor time is that of the new process and of those that it waited for:
// compilers.
static bool child_run(const char *name, struct cost *cost)
{
    int output[2], status;
    struct rusage usage;
    if (pipe(output)) die("cannot make a pipe: %s", strerror(errno));
    double begin = cost_now().wall;
    pid_t child = child_start(name, output);
    close(output[1]);
    FILE *stream = fdopen(output[0], "r");
    if (!stream) die("cannot read from a pipe: %s", strerror(errno));
    char answer[64] = "", *end;
    bool answered = fgets(answer, sizeof answer, stream) != NULL;
    double done = strtod(answer, &end);
    fclose(stream);
    if (wait4(child, &status, 0, &usage) != child || status || !answered || end == answer) return false;
    *cost = (struct cost){done - begin, seconds(usage.ru_utime) + seconds(usage.ru_stime)};
    return true;
}

static void *cold_open(const struct target *target, const void *detail)
{
    (void)target;
    (void)detail;
    return NULL;
}

static void cold_close(void *state) { (void)state; }

static bool cold_verify(const struct target *target, void *state)
{
    (void)state;
    struct cost cost;
    return child_run(target->name, &cost);
}

static struct cost cold_sample(const struct target *target, void *state)
{
    (void)state;
    struct cost cost;
    if (!child_run(target->name, &cost)) die("%s: a new process failed", target->name);
    return cost;
}

static const struct figure figures[] = {
    {"new process to first result, cold", NULL, cold_open, cold_verify, cold_sample, cold_close},
};
const struct figures cold_figures = {figures, sizeof figures / sizeof *figures};
