// The GPU's clock: nanoseconds since boot, suspended time included. The kernel driver's system clock counter,
// which ROCr hands out as HSA's timestamp, is the same clock, so translation between the two is exact.
#pragma once

#include <stdint.h>
#include <time.h>

#define CLOCK_HZ UINT64_C(1000000000)

uint64_t clock_ticks(void);

// Any of the system's clocks, in nanoseconds.
uint64_t clock_read(clockid_t clock);
