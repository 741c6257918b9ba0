#include "device/softgpu/machine/clock.h"

#include "thunk.h"

#include <string.h>

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
