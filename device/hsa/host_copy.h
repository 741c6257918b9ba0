// Copies and fills of memory that the host reaches as it reaches its own. Large ones are shared among
// threads.
#pragma once

#include "device/device.h"

// `extent` is bytes, rows, slices. Rows may overlap where they are copied from.
void host_copy(const struct device_rect *to, const struct device_rect *from, const size_t extent[3]);

// `size` need not be a multiple of `pattern_size`, which is 1 to HOST_PATTERN_MOST bytes.
#define HOST_PATTERN_MOST 128u
void host_fill(uint8_t *to, size_t size, const uint8_t *pattern, size_t pattern_size);
