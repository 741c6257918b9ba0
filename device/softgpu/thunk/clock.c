#include "clock.h"

#include <string.h>
#include <time.h>

#include "thunk.h"

static uint64_t clock_read(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * CLOCK_HZ + (uint64_t)now.tv_nsec;
}

uint64_t clock_ticks(void) { return clock_read(CLOCK_BOOTTIME); }

HSAKMT_STATUS hsaKmtGetClockCounters(HSAuint32 node, HsaClockCounters *counters)
{
    REQUIRE_OPEN();
    if (!counters) return HSAKMT_STATUS_INVALID_PARAMETER;
    if (node >= NODE_COUNT) return HSAKMT_STATUS_INVALID_NODE_UNIT;
    memset(counters, 0, sizeof *counters);
    counters->CPUClockCounter = clock_read(CLOCK_MONOTONIC_RAW);
    counters->SystemClockCounter = clock_ticks();
    counters->GPUClockCounter = node == NODE_GPU ? counters->SystemClockCounter : 0;
    counters->SystemClockFrequencyHz = CLOCK_HZ;
    return HSAKMT_STATUS_SUCCESS;
}
