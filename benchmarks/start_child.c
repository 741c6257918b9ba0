// What a new process does for the figures of start.c.
#include "heavy.h"
#include "start.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COUNT = 256, KERNELS = 32 };

static double resident_megabytes(void)
{
    char line[128] = "", *resident;
    FILE *file = fopen("/proc/self/statm", "r"); // pages: all, resident, …
    if (!file || !fgets(line, sizeof line, file)) die("cannot read /proc/self/statm");
    fclose(file);
    strtol(line, &resident, 10);
    return strtod(resident, NULL) * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

// Runs a kernel over 0, 1, 2, … and reads what it made of them.
static void kernel_run(const struct target *target, cl_kernel kernel, cl_uint out[COUNT])
{
    const size_t count = COUNT;
    cl_uint in[COUNT];
    for (cl_uint i = 0; i < COUNT; i++) in[i] = i;
    cl_mem buffers[] = {target_buffer(target, sizeof in, in), target_buffer(target, sizeof in, NULL)};
    for (cl_uint i = 0; i < 2; i++) CL(clSetKernelArg(kernel, i, sizeof(cl_mem), &buffers[i]));
    CL(clEnqueueNDRangeKernel(target->queue, kernel, 1, NULL, &count, NULL, 0, NULL, NULL));
    CL(clEnqueueReadBuffer(target->queue, buffers[1], CL_TRUE, 0, sizeof in, out, 0, NULL, NULL));
    for (cl_uint i = 0; i < 2; i++) CL(clReleaseMemObject(buffers[i]));
}

// A small program, told apart by a number, until its result is there.
static void small_run(const struct target *target, unsigned number)
{
    char source[256];
    cl_uint out[COUNT];
    snprintf(source, sizeof source,
             "kernel void square(global const uint *in, global uint *out)\n"
             "{\n"
             "    size_t i = get_global_id(0);\n"
             "    out[i] = in[i] * in[i] + %u;\n"
             "}\n",
             number);
    cl_kernel kernel = target_kernel(target, source, "", "square");
    kernel_run(target, kernel, out);
    for (cl_uint i = 0; i < COUNT; i++)
        if (out[i] != i * i + number) die("%s: the first result of a program is wrong", target->name);
    CL(clReleaseKernel(kernel));
}

static void first_do(const struct target *target, double *own)
{
    struct cost begin = cost_now();
    small_run(target, 1);
    *own = cost_since(begin, 1).wall;
}

// The same kernel as first_do's, from SPIR-V.
static void spirv_do(const struct target *target, double *own)
{
    static const cl_uint words[] = {
#include "square_spirv.def"
    };
    struct cost begin = cost_now();
    cl_int status;
    cl_program program = clCreateProgramWithIL(target->context, words, sizeof words, &status);
    cl_check(status, "clCreateProgramWithIL");
    CL(clBuildProgram(program, 1, &target->device, "", NULL, NULL));
    cl_kernel kernel = clCreateKernel(program, "square", &status);
    cl_check(status, "clCreateKernel");
    cl_uint out[COUNT];
    kernel_run(target, kernel, out);
    for (cl_uint i = 0; i < COUNT; i++)
        if (out[i] != i * i + 1) die("%s: the result of a SPIR-V module is wrong", target->name);
    CL(clReleaseKernel(kernel));
    CL(clReleaseProgram(program));
    *own = cost_since(begin, 1).wall;
}

static void second_do(const struct target *target, double *own)
{
    small_run(target, 1);
    struct cost begin = cost_now();
    small_run(target, 2);
    *own = cost_since(begin, 1).wall;
}

// Kernels of four kinds, with functions in common, as one program.
static char *many_source(void)
{
    static const char *const bodies[] = {
        "for (uint n = 0; n < %u; n++) v = step(v, n);",
        "float f = v; for (uint n = 0; n < %u; n++) f = mad(f, 0.5f, wave(f)); v = (uint)f;",
        "local uint tile[64]; tile[i & 63] = v; barrier(CLK_LOCAL_MEM_FENCE); v += %u + 0 * tile[~i & 63];",
        "uint4 w = (uint4)(v, v + 1, v + 2, v + 3); w = w * w + %u; v = w.x + w.y + w.z + w.w;",
    };
    size_t size = 32768, used;
    char *source = alloc(size);
    used = (size_t)snprintf(source, size,
                            "uint step(uint v, uint n) { return v * 1664525 + (v >> 7) + n; }\n"
                            "float wave(float f) { return sin(f) * exp(-f) + sqrt(fabs(f)); }\n");
    for (unsigned i = 0; i < KERNELS; i++) {
        used += (size_t)snprintf(source + used, size - used,
                                 "kernel void k%u(global const uint *in, global uint *out)\n"
                                 "{\n    size_t i = get_global_id(0); uint v = in[i];\n    ",
                                 i);
        // NOLINTNEXTLINE: four known formats
        used += (size_t)snprintf(source + used, size - used, bodies[i % 4], i + 1);
        used += (size_t)snprintf(source + used, size - used, "\n    out[i] = v;\n}\n");
    }
    return source;
}

// What kernel `i` makes of `v`, for the kinds that calculate with integers.
static bool many_right(unsigned i, cl_uint v, cl_uint result)
{
    const cl_uint constant = i + 1;
    cl_uint stepped = v, squares = 0;
    for (cl_uint n = 0; n < constant; n++) stepped = stepped * 1664525 + (stepped >> 7) + n;
    for (cl_uint n = 0; n < 4; n++) squares += (v + n) * (v + n) + constant;
    const cl_uint right[] = {stepped, result, v + constant, squares};
    return result == right[i % 4];
}

static void many_do(const struct target *target, double *own)
{
    char *text = many_source();
    struct cost begin = cost_now();
    cl_int status;
    cl_program program = target_program(target, text, "", "many kernels");
    for (unsigned i = 0; i < KERNELS; i++) {
        char name[16];
        cl_uint out[COUNT];
        snprintf(name, sizeof name, "k%u", i);
        cl_kernel kernel = clCreateKernel(program, name, &status);
        cl_check(status, "clCreateKernel");
        kernel_run(target, kernel, out);
        CL(clReleaseKernel(kernel));
        for (cl_uint v = 0; v < COUNT; v++)
            if (!many_right(i, v, out[v])) die("%s: kernel %u of many is wrong", target->name, i);
    }
    *own = cost_since(begin, 1).wall;
    CL(clReleaseProgram(program));
    free(text);
}

static void heavy_first_do(const struct target *target, double *own) { *own = heavy_run(target, 1); }

static void heavy_all_do(const struct target *target, double *own)
{
    *own = heavy_run(target, HEAVY_KERNELS);
}

// ---- Native code --------------------------------------------------------------------------------------

// How much longer a kernel's first launch takes than its second, at the median of the benchmark's kernels.
static void native_do(const struct target *target, double *own)
{
    double *waits = alloc(kernel_figures.count * sizeof *waits);
    for (size_t i = 0; i < kernel_figures.count; i++) {
        const struct figure *figure = &kernel_figures.first[i];
        void *state = figure->open(target, figure->detail);
        waits[i] = figure->sample(target, state).wall;
        waits[i] -= figure->sample(target, state).wall;
        figure->close(state);
    }
    *own = median(waits, (unsigned)kernel_figures.count);
    free(waits);
}

static void fma_do(const struct target *target, double *own)
{
    enum { WARM_UP = 3, SAMPLES = 9 };
    const struct figure *fma = limit_figures.first;
    void *state = fma->open(target, fma->detail);
    double times[SAMPLES];
    for (unsigned i = 0; i < WARM_UP; i++) fma->sample(target, state);
    for (unsigned i = 0; i < SAMPLES; i++) times[i] = fma->sample(target, state).wall;
    *own = median(times, SAMPLES);
    fma->close(state);
}

static _Noreturn void clinfo_become(void)
{
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0) die("cannot open /dev/null");
    execlp("clinfo", "clinfo", (char *)NULL);
    die("clinfo does not start");
}

static const struct task {
    const char *name;
    void (*run)(const struct target *, double *own);
    const char *translate, *cpus; // Kiln's options; NULL: as they are
} tasks[] = {{"first", first_do, NULL, NULL},
             {"spirv", spirv_do, NULL, NULL},
             {"second", second_do, NULL, NULL},
             {"many", many_do, NULL, NULL},
             {"heavy_first", heavy_first_do, NULL, NULL},
             {"heavy_all", heavy_all_do, NULL, NULL},
             {"native", native_do, "always", NULL},
             {"one_thread", fma_do, "always", "1"},
             {"all_threads", fma_do, "always", NULL}};

static const struct task *task_find(const char *name)
{
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
        if (!strcmp(name, tasks[i].name)) return &tasks[i];
    die("no task is called %s", name);
}

int start_child(const char *folder, unsigned which, const char *task, const char *cache)
{
    struct target target;
    struct answer answer = {0};
    drivers_choose(folder, target_names[which], cache);
    if (!strcmp(task, "clinfo")) clinfo_become();
    const struct task *to_do = task_find(task);
    if (to_do->translate) setenv("KILN_TRANSLATE", to_do->translate, 1);
    if (to_do->cpus) setenv("KILN_CPUS", to_do->cpus, 1);
    double before = resident_megabytes();
    target_open(&target, which);
    to_do->run(&target, &answer.own);
    answer.done = cost_now().wall;
    answer.memory = resident_megabytes() - before;
    printf("%.9f %.9f %.6f\n", answer.done, answer.own, answer.memory);
    target_close(&target);
    return 0;
}
