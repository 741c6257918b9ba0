// Scalar loads from buffers.
#pragma once

#include <stdint.h>

#define BUFFER_OUTSIDE UINT64_MAX

// Where dword `offset` (bytes) of the buffer lies whose descriptor begins with these words; BUFFER_OUTSIDE
// where that is beyond its end, and reads 0.
uint64_t buffer_dword(uint32_t word0, uint32_t word1, uint32_t word2, uint64_t offset);
