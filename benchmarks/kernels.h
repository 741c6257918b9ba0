// The kernels that are timed: each reads one buffer of 32-bit values and writes another. Indices are of
// type size_t: with narrower ones PoCL vectorises less.
#pragma once

#include <stddef.h>

enum value_type { FLOATS, WORDS };

struct workload {
    const char *name;   // of the kernel
    const char *source; // OpenCL C; the kernel's arguments are input (unless it has none) and output
    enum value_type type;
    size_t inputs, outputs; // values; inputs are pseudo-random, floats in [-1, 1); outputs start as 0
    unsigned rounds;        // ROUNDS in the source
    unsigned dimensions;
    size_t global[2], local[2];
    void (*reference)(const void *in, void *out); // the same on the host
    double tolerance;                             // |value - expected| / max(1, |expected|), for floats
};

extern const struct workload workload_triad, workload_scale, workload_matmul, workload_nbody,
    workload_mandelbrot, workload_sinexp, workload_fma, workload_lcg, workload_histogram, workload_reduction;
