// The self-check: a table of small programs, each compiled, run and compared with the host's own result.
#pragma once

#include <CL/cl.h>
#include <stdbool.h>
#include <stddef.h>

struct session {
    cl_device_id device;
    cl_context context;
    cl_command_queue queue; // in order, with profiling
    const char *options;    // of every build
};

// One check. `run` sets the kernel's arguments, runs it through check_run, and returns whether every value it
// read back agrees with the host's.
struct check {
    const char *name;
    const char *source; // OpenCL C with a kernel called `name`
    bool (*run)(const struct session *, cl_kernel);
};

extern const struct check check_saxpy, check_matmul, check_mandelbrot, check_histogram, check_reduction,
    check_nbody;

// Every OpenCL call goes through this: an error is printed with the call's text and ends the check's process.
#define CL(call) check_status((call), #call)
void check_status(cl_int status, const char *call);

// A buffer of `size` bytes, filled from `data` unless that is NULL.
cl_mem check_buffer(const struct session *, size_t size, const void *data);

// Reads `size` bytes of the buffer and releases it.
void check_read(const struct session *, cl_mem, void *data, size_t size);

// Runs the kernel and adds its time on the device to the check's.
void check_run(const struct session *, cl_kernel, unsigned dimensions, const size_t *global,
               const size_t *local);

// Whether |value - expected| <= tolerance * max(1, |expected|).
bool check_close(double value, double expected, double tolerance);

// The same pseudo-random floats in [-1, 1) on every machine.
void check_random(float *values, size_t count, unsigned seed);

// malloc that ends the process with a message when there is none.
void *check_alloc(size_t size);
