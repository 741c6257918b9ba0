// The kernel argument segment: explicit arguments at the places the code object's metadata gives, and the
// hidden ones that code object v5 adds. Source: LLVM AMDGPUUsage, "Kernel Argument Segment" and "Code Object
// V5 Metadata".
#pragma once

#include "api/machinery/launch.h"

// Whether the kernel prints, and so needs a buffer to print into.
bool kernarg_prints(const struct kernel_metadata *);

// Whether it has __local arguments.
bool kernarg_takes_local(const struct kernel_metadata *);

// What the kernel asks of its surroundings that this driver does not offer; NULL: nothing.
const char *kernarg_unsupported(const struct kernel_metadata *);

// Fills `block` (kernel->values_size bytes): explicit arguments but for buffers, and LDS offsets. All
// explicit arguments are set.
void kernarg_fill(const struct kiln_kernel *, const struct kernel_device *, uint8_t *block);

// Fills in the hidden arguments of one dispatch of the launch, on this queue; `block` has at least
// metadata->kernarg_size bytes.
void kernarg_fill_hidden(const struct kernel_metadata *, const struct launch *, const struct piece *,
                         const struct device_queue *, uint8_t *block);
