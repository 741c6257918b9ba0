// The GPU's clock: nanoseconds since boot, suspended time included. The kernel driver's system clock counter,
// which ROCr hands out as HSA's timestamp, is the same clock, so translation between the two is exact.
#pragma once

#include <stdint.h>

#define CLOCK_HZ UINT64_C(1000000000)

uint64_t clock_ticks(void);
