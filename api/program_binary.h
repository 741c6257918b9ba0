// A program's binary for one device, as clGetProgramInfo gives it out and clCreateProgramWithBinary takes it
// back. An executable is a plain AMDGPU ELF, readable by any tool; objects and libraries carry a small header
// that says which they are. Immutable and reference-counted: a build under way keeps its inputs whatever
// becomes of the programs they came from.
#pragma once

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

// Wraps what the compiler made; copies. NULL: out of memory.
struct program_binary *program_binary_create(cl_program_binary_type, const void *content, size_t size);

// Takes what the application brings; copies. CL_INVALID_BINARY where it is nothing of this driver's making.
cl_int program_binary_parse(const void *bytes, size_t size, struct program_binary **);

struct program_binary *
program_binary_retain(struct program_binary *);       // NULL is nothing; returns its argument
void program_binary_release(struct program_binary *); // NULL is nothing
