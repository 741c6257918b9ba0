#include "activity.h"

#include "futex.h"

#include <limits.h>

static uint32_t announcements, sleepers;

void activity_announce(void)
{
    __atomic_add_fetch(&announcements, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&sleepers, __ATOMIC_SEQ_CST)) futex_wake(&announcements, INT_MAX);
}

uint32_t activity_count(void) { return __atomic_load_n(&announcements, __ATOMIC_SEQ_CST); }

void activity_sleep(uint32_t seen, uint64_t nanoseconds)
{
    __atomic_add_fetch(&sleepers, 1, __ATOMIC_SEQ_CST);
    futex_wait(&announcements, seen, nanoseconds);
    __atomic_sub_fetch(&sleepers, 1, __ATOMIC_SEQ_CST);
}
