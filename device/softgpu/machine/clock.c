#include "clock.h"

uint64_t clock_read(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * CLOCK_HZ + (uint64_t)now.tv_nsec;
}

uint64_t clock_ticks(void) { return clock_read(CLOCK_BOOTTIME); }
