// The kernel argument segment: explicit arguments at the places the code object's metadata gives, and the
// hidden ones that code object v5 adds. Source: LLVM AMDGPUUsage, "Kernel Argument Segment" and "Code Object
// V5 Metadata".
#pragma once

#include "api/kernel.h"

// A launch, all three dimensions filled in (1, and offset 0, where unused).
struct launch {
    uint32_t dimensions;
    uint32_t global[3]; // work-items
    uint16_t local[3];
    uint64_t offset[3];
    uint32_t group_size;    // LDS bytes, static and dynamic
    uint64_t printf_buffer; // address; 0: the kernel does not print
};

// Whether the kernel prints, and so needs a buffer to print into.
bool kernarg_prints(const struct kernel_metadata *);

// What the kernel asks of its surroundings that this driver does not offer; NULL: nothing.
const char *kernarg_unsupported(const struct kernel_metadata *);

// Fills `block` (kernel->values_size bytes): explicit arguments, LDS offsets, hidden arguments. All explicit
// arguments are set and all buffers valid.
void kernarg_fill(const struct kiln_kernel *, const struct kernel_device *, const struct launch *,
                  uint8_t *block);
