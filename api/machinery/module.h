// A SPIR-V module as the application gave it, and its specialization constants. All else about it is kilnc's.
//
// Source: SPIR-V 1.6, "Physical Layout of a SPIR-V Module and Instruction"; OpenCL 3.0 API, 5.8.3.
#pragma once

#include "compiler/job.h"

#include <CL/cl.h>
#include <stdbool.h>

struct module {
    void *words;                         // as given, of either byte order
    size_t size;                         // bytes
    struct compiler_constant *constants; // all that the module has
    bool *set;                           // by the application, one for each of them
    size_t constant_count;
};

// Copies a module. CL_INVALID_VALUE where it is none, or an instruction reaches beyond its end.
cl_int module_create(const void *words, size_t size, struct module **);
void module_destroy(struct module *); // may be NULL

// CL_INVALID_SPEC_ID for a constant that the module does not have; CL_INVALID_VALUE where it is of another
// size.
cl_int module_constant_set(struct module *, cl_uint id, size_t size, const void *value);

// The constants that are set, malloc'd. NULL: out of memory.
struct compiler_constant *module_constants_copy(const struct module *, size_t *count);
