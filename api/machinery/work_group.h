// Work-group sizes: choosing one where the application leaves it to the driver, and checking one that it
// gives.
#pragma once

#include "api/machinery/kernel_device.h"

// Work-items a group of this kernel can have on a device: CL_KERNEL_WORK_GROUP_SIZE.
size_t work_group_limit(const struct kernel_device *);

// Fills local[0..2] for a launch of `dimensions` whose global sizes (unused ones 1) are given, of a kernel
// that requires no size: a divisor of the global size, best a multiple of the wavefront; where
// the kernel takes non-uniform groups and no good divisor exists, a multiple of the wavefront that leaves a
// remainder.
void work_group_choose(const struct kernel_device *, const uint64_t global[3], uint16_t local[3]);

// Checks and stores a size given by the application. CL_INVALID_WORK_ITEM_SIZE or CL_INVALID_WORK_GROUP_SIZE.
cl_int work_group_check(const struct kernel_device *, unsigned dimensions, const uint64_t global[3],
                        const size_t *given, uint16_t local[3]);
