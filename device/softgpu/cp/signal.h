// Completing a packet's signal. Layout: <hsa/amd_hsa_signal.h>.
#pragma once

#include <stdint.h>

// When a packet began and ended, in ticks of the GPU's clock.
struct times {
    uint64_t start, end;
};

// Decrements the signal (an hsa_signal_t's handle; 0 is none), after writing the times if there are any, and
// raises its event if it has one.
void signal_complete(uint64_t handle, const struct times *times);

// The signal's value.
int64_t signal_value(uint64_t handle);
