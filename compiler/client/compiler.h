// The driver's side of the compiler: jobs for kilnc, which runs as a process of its own (no LLVM in this
// process). Thread-safe; every call is synchronous.
//
// A large program comes in parts: first the names of its kernels, when only the making of their code is left
// to do, then code of some of them at a time, and at last the whole, which alone is cached.
#pragma once

#include "compiler/job.h"

#include <stdbool.h>
#include <stddef.h>

// Waits for the whole.
void compiler_run(const struct compiler_job *job, struct compiler_result *result);

struct compilation;

// Begins a job. NULL: it is done, and `result` filled. Else `names` is filled, with no code, and the rest is
// still being made.
struct compilation *compiler_begin(const struct compiler_job *job, struct compiler_result *result,
                                   struct compiler_part *names);

// Waits for the next part, and returns true; or for the whole, fills `result` and returns false.
bool compilation_next(struct compilation *compilation, struct compiler_part *part,
                      struct compiler_result *result);

// For other threads meanwhile: which kernel is wanted first; that nothing more is wanted, so that
// compilation_next ends soon, with COMPILER_CRASHED; and that nobody here waits for it, so that only a whole
// that will be cached is worth making.
void compilation_want(struct compilation *compilation, const char *kernel);
void compilation_stop(struct compilation *compilation);
void compilation_abandon(struct compilation *compilation);

// After the whole.
void compilation_free(struct compilation *compilation);

// Stops it, waits for that and frees it.
void compilation_drop(struct compilation *compilation);

// Starts a kilnc in the background if none runs, so that it is ready for the first job. Returns at once.
void compiler_prepare(void);

// Ends what of kilnc is idle.
void compiler_unload(void);

// Whether kilnc is there and can be started; on 0 `why` says what is missing (CL_DEVICE_COMPILER_AVAILABLE).
int compiler_available(char *why, size_t why_size);
