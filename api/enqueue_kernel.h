// Launching kernels, for what enqueues and what records them.
#pragma once

#include "api/kernel.h"
#include "api/machinery/command.h"
#include "api/machinery/launch.h"

// With all checks of clEnqueueNDRangeKernel but for the queue and the wait list.
cl_int kernel_enqueue(const struct command_request *, cl_kernel, const struct range *);

// Only what it checks of the sizes, for a kernel that it found wanting arguments (CL_INVALID_KERNEL_ARGS).
cl_int kernel_range_check(const struct kiln_queue *, cl_kernel, const struct range *);
