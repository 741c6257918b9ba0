// A code object loaded on one device. The program that built it, the program's kernels and their commands
// under way share it and each hold a reference, so a program may be rebuilt or released while its old code
// still runs.
#pragma once

#include "compiler/client/metadata.h"
#include "device/device.h"

#include <stdatomic.h>

struct executable {
    _Atomic(unsigned) references;
    struct device_program *program;
    struct program_metadata metadata;
    size_t global_variables; // bytes of program-scope variables in the global address space
};

// Parses and loads. CL_INVALID_BINARY where the bytes are no code object, or none for this device; *why (a
// constant string) then explains.
cl_int executable_create(struct device *, const void *code_object, size_t size, struct executable **,
                         const char **why);
void executable_retain(struct executable *);
void executable_release(struct executable *); // NULL is nothing

// The kernel of that name, or NULL.
const struct kernel_metadata *executable_kernel(const struct executable *, const char *name);
