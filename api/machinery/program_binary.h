// A program's binary for one device, as clGetProgramInfo gives it out and clCreateProgramWithBinary takes it
// back: what the compiler made, in an envelope that tells what it is and that it is undamaged. A bare AMDGPU
// code object is taken as an executable too. Immutable and reference-counted: a build under way keeps its
// inputs whatever becomes of the programs they came from.
#pragma once

#include "compiler/client/compiler.h"

#include <CL/cl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct program_binary {
    _Atomic(unsigned) references;
    cl_program_binary_type type;
    size_t size;   // of `bytes`
    size_t header; // bytes in front of what the compiler made
    uint8_t bytes[];
};

// Seals what the compiler made for an ISA; copies. NULL: out of memory.
struct program_binary *program_binary_create(cl_program_binary_type, const char *isa, const void *content,
                                             size_t size);

// Takes what the application brings; copies. CL_INVALID_BINARY where it is damaged, for another ISA or
// nothing of this driver's making.
cl_int program_binary_parse(const void *bytes, size_t size, const char *isa, struct program_binary **);

// What the compiler made: a code object, or an input of the linker.
struct compiler_blob program_binary_content(const struct program_binary *);

struct program_binary *
program_binary_retain(struct program_binary *);       // NULL is nothing; returns its argument
void program_binary_release(struct program_binary *); // NULL is nothing
