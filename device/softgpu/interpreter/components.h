// Texels' components in registers, for instructions that convert formats.
#pragma once

#include "device/softgpu/isa/image_format.h"

#include "op.h"

#include <immintrin.h>

// Runs the statement for each active lane, as `lane`.
#define EACH_ACTIVE(w, lane)                                                                                 \
    for (uint64_t lane##_left = wave_exec(w), lane;                                                          \
         lane##_left && (lane = (unsigned)__builtin_ctzll(lane##_left), true);                               \
         lane##_left &= lane##_left - 1)

// Between the two arithmetic is rounded to nearest.
static inline void arithmetic_begin(const struct wave *w) { _mm_setcsr(w->mxcsr[ARITHMETIC_NEAREST]); }
static inline void arithmetic_end(const struct wave *w) { _mm_setcsr(w->mxcsr[ARITHMETIC_F32]); }

static inline float half_value(uint32_t bits) { return (float)__builtin_bit_cast(_Float16, (uint16_t)bits); }

static inline uint32_t half_bits(uint32_t value)
{
    return __builtin_bit_cast(uint16_t, (_Float16)__builtin_bit_cast(float, value));
}

// Registers from `index` on have each component that `mask` names; with `halves` as f16, two a register.
static inline void components_put(struct wave *w, unsigned lane, unsigned index, unsigned mask, bool halves,
                                  const uint32_t components[COMPONENTS])
{
    for (unsigned c = 0, n = 0; c < COMPONENTS; c++) {
        if (!(mask >> c & 1)) continue;
        uint32_t *to = wave_lane(w, lane, index + (halves ? n / 2 : n));
        if (!halves)
            *to = components[c];
        else if (n % 2 == 0)
            *to = half_bits(components[c]);
        else
            *to |= half_bits(components[c]) << 16;
        n++;
    }
}

// Components that `mask` does not name are 0.
static inline void components_get(struct wave *w, unsigned lane, unsigned index, unsigned mask, bool halves,
                                  uint32_t components[COMPONENTS])
{
    for (unsigned c = 0, n = 0; c < COMPONENTS; c++) {
        components[c] = 0;
        if (!(mask >> c & 1)) continue;
        uint32_t value = *wave_lane(w, lane, index + (halves ? n / 2 : n));
        if (halves) value = __builtin_bit_cast(uint32_t, half_value(value >> 16 * (n & 1)));
        components[c] = value;
        n++;
    }
}
