// What of a kernel's arguments its metadata tells, and the hidden ones that code object v5 adds to the kernel
// argument segment. Source: LLVM AMDGPUUsage, "Kernel Argument Segment" and "Code Object
// V5 Metadata".
#pragma once

#include "api/machinery/launch.h"

// Whether the kernel prints, and so needs a buffer to print into.
bool kernarg_prints(const struct kernel_metadata *);

// Whether hidden arguments tell it of the queue that it runs in.
bool kernarg_tells_queue(const struct kernel_metadata *);

// Whether it has __local arguments.
bool kernarg_takes_local(const struct kernel_metadata *);

// How many samplers it takes.
uint32_t kernarg_samplers(const struct kernel_metadata *);

// What the kernel asks of its surroundings that this driver does not offer; NULL: nothing.
const char *kernarg_unsupported(const struct kernel_metadata *);

// Fills in the hidden arguments of one dispatch of the launch, on this queue (NULL: they do not tell of it);
// `block` has at least metadata->kernarg_size bytes.
void kernarg_fill_hidden(const struct kernel_metadata *, const struct launch *, const struct piece *,
                         const struct device_queue *, uint8_t *block);
