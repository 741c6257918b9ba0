// Clocks. "RDNA 2" ISA guide, chapter 12.6.
#include "salu.h"

#include <time.h>

PURE(s_memtime) { return __builtin_readcyclecounter(); }

// 100 MHz.
PURE(s_memrealtime)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (uint64_t)now.tv_sec * 100000000 + (uint64_t)now.tv_nsec / 10;
}
