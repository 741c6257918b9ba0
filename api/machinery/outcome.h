// What a build made for one device.
#pragma once

#include "api/machinery/executable.h"
#include "api/machinery/program_binary.h"

struct kiln_device;

struct outcome {
    cl_int error; // what the entry point returns
    char *log;
    struct program_binary *binary;
    struct executable *executable; // the binary, loaded, where it is one
};

// The compiler's result on a device. `error` is what its status means, `failed` what a code object means that
// the device does not take.
void outcome_make(struct outcome *, const struct kiln_device *, cl_program_binary_type,
                  const struct compiler_result *, cl_int error, cl_int failed);
