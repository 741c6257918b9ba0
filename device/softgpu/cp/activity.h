// A packet that waits for a value in memory looks now and then. What the device itself changes (signals it
// completes) it announces here, so that such waits end at once.
#pragma once

#include <stdint.h>

void activity_announce(void);

// Sleeps until an announcement that comes after `activity_count` returned `seen`, at most `nanoseconds`.
uint32_t activity_count(void);
void activity_sleep(uint32_t seen, uint64_t nanoseconds);
