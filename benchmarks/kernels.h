// The kernels that are timed: each reads one buffer of 32-bit values and writes another. Indices are of
// type size_t: with narrower ones PoCL vectorises less.
#pragma once

#include <stddef.h>

enum value_type { FLOATS, WORDS, HALVES };

struct workload {
    const char *name;       // of the kernel
    const char *source;     // OpenCL C; the kernel's arguments are input (unless it has none) and output
    enum value_type type;   // of the input
    size_t inputs, outputs; // of 32 bits; inputs are pseudo-random, floats in [-1, 1); outputs start as 0
    unsigned rounds;        // ROUNDS in the source
    unsigned dimensions;
    size_t global[2], local[2];
    void (*reference)(const void *in, void *out); // the same on the host
    double tolerance; // |value - expected| / max(1, |expected|), of floats; 0: all bits are the same
};

extern const struct workload workload_triad, workload_scale, workload_matmul, workload_nbody,
    workload_mandelbrot, workload_mandelbrot_small, workload_sinexp, workload_fma, workload_fma_single,
    workload_lcg, workload_histogram, workload_reduction, workload_convolution, workload_transpose,
    workload_scan, workload_sort, workload_fft, workload_sparse, workload_sha256, workload_search,
    workload_march, workload_deal, workload_black_scholes, workload_nbody64, workload_half_saxpy;
