// From starting a process to its first result: loading the driver, opening the device, compiling a small
// program with empty caches, running it, reading the result. The child sees one driver only.
#include "benchmark.h"

#include <errno.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

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

// Starts this program again and returns what it prints, or NAN where it fails.
static double child_run(const char *name)
{
    int ends[2], status = 0;
    pid_t child;
    posix_spawn_file_actions_t actions;
    char *arguments[] = {"benchmark", "--folder", (char *)drivers_folder, "--cold", (char *)name, NULL};
    if (pipe(ends)) die("cannot make a pipe: %s", strerror(errno));
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    int error = posix_spawn(&child, "/proc/self/exe", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (error) die("cannot start a process: %s", strerror(error));
    FILE *output = fdopen(ends[0], "r");
    double done = NAN;
    if (!output || fscanf(output, "%lf", &done) != 1) done = NAN;
    if (output) fclose(output);
    if (waitpid(child, &status, 0) < 0 || status) done = NAN;
    return done;
}

static void *cold_open(const struct target *target, const void *detail)
{
    (void)detail;
    return (void *)(uintptr_t)target->name;
}

static void cold_close(void *state) { (void)state; }

static bool cold_verify(const struct target *target, void *state)
{
    (void)state;
    return !isnan(child_run(target->name));
}

static struct cost cold_sample(const struct target *target, void *state)
{
    (void)state;
    double begin = cost_now().wall, done = child_run(target->name);
    if (isnan(done)) die("%s: a new process failed", target->name);
    return (struct cost){done - begin, NAN};
}

static const struct figure figures[] = {
    {"new process to first result, cold", NULL, cold_open, cold_verify, cold_sample, cold_close},
};
const struct figures cold_figures = {figures, sizeof figures / sizeof *figures};
