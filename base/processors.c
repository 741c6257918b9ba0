#define _GNU_SOURCE
#include "processors.h"

#include <sched.h>

unsigned processors_count(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
    return count > 1 ? (unsigned)count : 1;
}
