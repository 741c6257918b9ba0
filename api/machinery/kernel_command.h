// Kernel commands: a launch with its arguments as they are when it is enqueued.
#pragma once

#include "api/kernel.h"
#include "api/machinery/command.h"
#include "api/machinery/launch.h"

// Makes and enqueues one. All arguments are set, and the range is not empty.
cl_int kernel_command_enqueue(const struct command_request *, const struct kiln_kernel *,
                              const struct kernel_device *, const struct range *);
