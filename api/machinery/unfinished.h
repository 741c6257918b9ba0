// A built program of which code is still being made, on one device: its kernels are known by name, and each
// can be loaded as soon as the part that it is in is made. A thread of its own receives the parts and at last
// the whole. Reference-counted and thread-safe.
#pragma once

#include "api/machinery/outcome.h"
#include "compiler/client/compiler.h"

#include <stdbool.h>

struct unfinished;

// Takes the compilation over, and the first part, which holds the names. NULL: out of memory.
struct unfinished *unfinished_create(struct compilation *, struct compiler_part *names);
void unfinished_retain(struct unfinished *);
void unfinished_release(struct unfinished *);

// Gives up the program's own reference: nobody waits for what is not made yet. NULL is nothing.
void unfinished_abandon(struct unfinished *);

// The program's kernels; constant.
size_t unfinished_count(const struct unfinished *);
const char *unfinished_name(const struct unfinished *, size_t index);

// A kernel's executable on the program's device, retained; waits for it, and lets it be made next. NULL and
// CL_SUCCESS where all is over and no part had it: what is to be known is the whole's. NULL and
// CL_INVALID_KERNEL_NAME; CL_INVALID_PROGRAM_EXECUTABLE where the device does not take its code;
// CL_OUT_OF_HOST_MEMORY.
cl_int unfinished_kernel(struct unfinished *, const struct kiln_device *, const char *name,
                         struct executable **);

// Waits for the whole.
void unfinished_await(struct unfinished *);

// Whether the whole has ended; then makes `outcome` of it. To be asked until it is so, by one thread at a
// time.
bool unfinished_ended(struct unfinished *, const struct kiln_device *, struct outcome *outcome);
