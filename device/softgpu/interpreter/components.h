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

// How components lie in registers: a dword each, or two halves a dword, from `first` (0 or 1) on.
struct component_form {
    bool halves, integers, is_signed;
    unsigned first;
};

// Integers that halves may not hold are not for them.
static inline bool halves_hold(const struct image_format *format)
{
    return !image_format_is_integer(format) || format->bits[0] <= 16;
}

static inline struct component_form component_form(const struct image_format *format, bool halves)
{
    return (struct component_form){
        .halves = halves,
        .integers = image_format_is_integer(format),
        .is_signed = format->kind == TEXEL_SINT,
    };
}

// Registers from `index` on have each component that `mask` names. What lies beside a half is kept.
static inline void components_put(struct wave *w, unsigned lane, unsigned index, unsigned mask,
                                  struct component_form form, const uint32_t components[COMPONENTS])
{
    for (unsigned c = 0, n = form.first; c < COMPONENTS; c++) {
        if (!(mask >> c & 1)) continue;
        uint32_t *to = wave_lane(w, lane, index + (form.halves ? n / 2 : n));
        uint32_t half = form.integers ? components[c] & 0xffff : half_bits(components[c]);
        if (!form.halves)
            *to = components[c];
        else
            *to = n % 2 ? (*to & 0xffff) | half << 16 : (*to & 0xffff0000) | half;
        n++;
    }
}

// Components that `mask` does not name are 0.
static inline void components_get(struct wave *w, unsigned lane, unsigned index, unsigned mask,
                                  struct component_form form, uint32_t components[COMPONENTS])
{
    for (unsigned c = 0, n = form.first; c < COMPONENTS; c++) {
        components[c] = 0;
        if (!(mask >> c & 1)) continue;
        uint32_t value = *wave_lane(w, lane, index + (form.halves ? n / 2 : n));
        uint16_t half = (uint16_t)(value >> 16 * (n & 1));
        if (!form.halves)
            components[c] = value;
        else if (form.integers)
            components[c] = form.is_signed ? (uint32_t)(int16_t)half : half;
        else
            components[c] = __builtin_bit_cast(uint32_t, half_value(half));
        n++;
    }
}
