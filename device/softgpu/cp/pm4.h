// PM4 packets, of which ROCr sends one: invalidate the instruction cache.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Processes `count` dwords of packets. Returns false with one line in `why` for a packet that is not
// supported.
bool pm4_process(const uint32_t *packets, size_t count, char *why, size_t size);
