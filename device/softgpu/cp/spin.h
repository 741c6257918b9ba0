// Looking at memory for a change that is about to come, which is quicker than being woken.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct spin {
    uint64_t start, last; // ticks of the first and the latest look at the clock; 0: none yet
    unsigned looks;
};

enum { LOOK_AROUND = 20 * 1000 }; // nanoseconds that a thread looks for work before it sleeps

// To be called between two looks. Returns false when it is better to sleep: `nanoseconds` have passed since
// the first look, or another thread has had this CPU meanwhile (it may be the very one whose store is waited
// for).
bool spin_on(struct spin *spin, uint64_t nanoseconds);
