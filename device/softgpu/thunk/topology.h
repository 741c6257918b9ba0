// What the device says of itself.
#pragma once

#include <stdint.h>

// Bytes of VRAM: a share of the host's RAM.
uint64_t topology_vram_size(void);
