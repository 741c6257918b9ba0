// The driver's side of the compiler: jobs for kilnc, which runs as a process of its own (no LLVM in this
// process). Thread-safe; every call is synchronous.
#pragma once

#include "compiler/job.h"

#include <stddef.h>

void compiler_run(const struct compiler_job *job, struct compiler_result *result);

// Starts a kilnc in the background if none runs, so that it is ready for the first job. Returns at once.
void compiler_prepare(void);

// Ends what of kilnc is idle.
void compiler_unload(void);

// Whether kilnc is there and can be started; on 0 `why` says what is missing (CL_DEVICE_COMPILER_AVAILABLE).
int compiler_available(char *why, size_t why_size);
