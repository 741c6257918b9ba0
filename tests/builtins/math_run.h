// Runs math functions on the device over arguments that are often wrong, edges and random ones, and compares
// what they return with MPFR. For the test, and for the table that conformance/measure makes.
#pragma once

#include "math_oracle.h"
#include "session.h"

enum {
    MATH_HALVES = 65536, // how many numbers half has
    MATH_BUFFERS = 7,
};

struct math_run {
    const struct session *session;
    int format;
    size_t samples; // arguments of a function; of half's functions of one argument all, unless there are few
    int launches;   // to measure the time of
    bool correctly_rounded; // whatever the functions' limits are
    bool flushed;           // subnormal numbers may count as zeros
    cl_mem buffers[MATH_BUFFERS];
    struct math_operands *operands;
    struct math_results *results;
    unsigned char *bytes;
};

struct math_outcome {
    double worst;                  // error, in ULP
    struct math_operands operands; // and where
    struct math_results results;
    size_t wrong;       // results that are over the limit
    double nanoseconds; // a work-item took, in the fastest launch; 0 where the queue does not measure
};

// OpenCL C with a kernel "test_<name>" for each function; TYPE is to be defined, GLOBAL_ID may be. malloc'd.
char *math_source(int format);

void math_run_open(struct math_run *, const struct session *, int format, size_t samples);
struct math_outcome math_run_function(struct math_run *, size_t function, cl_program);
double math_run_limit(const struct math_run *, size_t function); // ULP
void math_run_close(struct math_run *);
