// Texels' components in the registers of a slice, for instructions that convert formats.
#pragma once

#include "device/softgpu/isa/image/image_format.h"

#include "exec_vector.h"
#include "op.h"

#include <immintrin.h>

// Between the two arithmetic is rounded to nearest, as mostly it is anyway.
static inline void arithmetic_switch(const struct wave *w, unsigned mode)
{
    if (w->mxcsr[ARITHMETIC_NEAREST] != w->mxcsr[ARITHMETIC_F32]) _mm_setcsr(w->mxcsr[mode]);
}
static inline void arithmetic_begin(const struct wave *w) { arithmetic_switch(w, ARITHMETIC_NEAREST); }
static inline void arithmetic_end(const struct wave *w) { arithmetic_switch(w, ARITHMETIC_F32); }

// The low halves of dwords, as numbers.
static inline f32x16 halves_value(u32x16 dwords)
{
    u16x16 halves = __builtin_convertvector(dwords, u16x16);
    return __builtin_convertvector(__builtin_bit_cast(f16x16, halves), f32x16);
}

static inline u32x16 halves_bits(u32x16 values)
{
    f16x16 halves = __builtin_convertvector(__builtin_bit_cast(f32x16, values), f16x16);
    return __builtin_convertvector(__builtin_bit_cast(u16x16, halves), u32x16);
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

// Registers from `index` on have each component that `mask` names, in the lanes of `exec`. What lies beside a
// half is kept.
static inline void components_put(struct wave *w, unsigned slice, uint16_t exec, unsigned index,
                                  unsigned mask, struct component_form form,
                                  const u32x16 components[COMPONENTS])
{
    for (unsigned c = 0, n = form.first; c < COMPONENTS; c++) {
        if (!(mask >> c & 1)) continue;
        u32x16 *to = wave_vgpr(w, slice, index + (form.halves ? n / 2 : n)), value = components[c];
        if (form.halves) {
            u32x16 half = form.integers ? value & 0xffff : halves_bits(value);
            value = n % 2 ? (*to & 0xffff) | half << 16 : (*to & 0xffff0000) | half;
        }
        lanes_merge(to, &value, 1, exec);
        n++;
    }
}

// Components that `mask` does not name are 0.
static inline void components_get(struct wave *w, unsigned slice, unsigned index, unsigned mask,
                                  struct component_form form, u32x16 components[COMPONENTS])
{
    for (unsigned c = 0, n = form.first; c < COMPONENTS; c++) {
        components[c] = (u32x16){0};
        if (!(mask >> c & 1)) continue;
        u32x16 value = *wave_vgpr(w, slice, index + (form.halves ? n / 2 : n));
        if (form.halves) {
            u32x16 half = value >> 16 * (n & 1) & 0xffff;
            i32x16 extended = __builtin_bit_cast(i32x16, half << 16) >> 16;
            value = !form.integers   ? __builtin_bit_cast(u32x16, halves_value(half))
                    : form.is_signed ? __builtin_bit_cast(u32x16, extended)
                                     : half;
        }
        components[c] = value;
        n++;
    }
}
