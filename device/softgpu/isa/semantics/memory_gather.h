// Dwords at 32-bit offsets from one address, below 2^31, where the host has gathers. Inactive lanes read
// nothing, and get 0.
#pragma once

#include "quarters.h"

#ifdef __AVX2__
#include <immintrin.h>

HOST_ACCESS u32x16 gather_near(uint64_t base, u32x16 offset, i32x16 mask)
{
#define HALF(v, i)                                                                                           \
    (__m256i) __builtin_shufflevector(v, v, 8 * (i), 8 * (i) + 1, 8 * (i) + 2, 8 * (i) + 3, 8 * (i) + 4,     \
                                      8 * (i) + 5, 8 * (i) + 6, 8 * (i) + 7)
#define GATHER_NEAR(i)                                                                                       \
    (u32x8) _mm256_mask_i32gather_epi32((__m256i){0}, (const int *)base, HALF(offset, i), HALF(mask, i), 1)
    u32x8 low = GATHER_NEAR(0), high = GATHER_NEAR(1);
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
#endif
