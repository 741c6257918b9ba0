// Which texels of one dimension coordinates mean, by a sampler: for whoever filters to have inlined.
#pragma once

#include "device/softgpu/isa/semantics/memory.h"
#include "sampler.h"

#define SPANS_INLINE static inline __attribute__((always_inline))

SPANS_INLINE uint16_t lanes_of(i32x16 truth)
{
    return __builtin_bit_cast(uint16_t, __builtin_convertvector(truth, lane_bits));
}
SPANS_INLINE bool lanes_any(i32x16 truth) { return lanes_of(truth) != 0; }

// Which texels coordinates are between, and how near to the second, with 8 bits.
struct spans {
    i32x16 texel[2]; // -1: the border
    f32x16 weight;   // 0 where there is one only
};

// All that images can have, and so little that it can be counted in fractions.
SPANS_INLINE f32x16 limited(f32x16 value)
{
    const float limit = 1 << 22;
    value = value == value ? value : (f32x16){0};
    value = value < -limit ? (f32x16){0} - limit : value;
    return value > limit ? (f32x16){0} + limit : value;
}

// Most coordinates are no farther from the image than its size.
SPANS_INLINE i32x16 modulo(i32x16 a, int32_t n)
{
    i32x16 near = a < 0 ? a + n : a >= n ? a - n : a;
    if (!lanes_any(near < 0 | near >= n)) return near;
    i32x16 rest = a % n;
    return rest < 0 ? rest + n : rest;
}

SPANS_INLINE i32x16 edge_clamp(i32x16 texel, int32_t size)
{
    texel = texel < 0 ? (i32x16){0} : texel;
    return texel < size ? texel : (i32x16){0} + (size - 1);
}

SPANS_INLINE i32x16 border_clamp(i32x16 texel, int32_t size)
{
    return texel < size && texel >= 0 ? texel : (i32x16){0} - 1;
}

SPANS_INLINE i32x16 mirrored_once(i32x16 texel) { return texel < 0 ? -1 - texel : texel; }

// Mirrors change texels' numbers, as GL and D3D have it, so a boundary in a mirrored tile belongs to the
// texel before it in the image. OpenCL's formula mirrors the position, and has the texel behind it there; but
// ROCm's device libraries hand over k / size for every place within texel k of a tile, mirrored ones, too,
// where nearest texels are wanted: had the hardware OpenCL's way, all of those would be one texel off.
SPANS_INLINE i32x16 texels_clamp(enum sampler_clamp clamp, i32x16 texel, int32_t size)
{
    switch (clamp) {
    case CLAMP_WRAP:
        return modulo(texel, size);
    case CLAMP_MIRROR:
        texel = modulo(texel, 2 * size);
        return texel < size ? texel : 2 * size - 1 - texel;
    case CLAMP_LAST_TEXEL:
        return edge_clamp(texel, size);
    case CLAMP_MIRROR_ONCE_LAST_TEXEL:
        return edge_clamp(mirrored_once(texel), size);
    case CLAMP_HALF_BORDER:
    case CLAMP_BORDER:
        return border_clamp(texel, size);
    case CLAMP_MIRROR_ONCE_HALF_BORDER:
    case CLAMP_MIRROR_ONCE_BORDER:
        return border_clamp(mirrored_once(texel), size);
    }
    return (i32x16){0} - 1;
}

// Half-border modes never go farther than the image's edge.
SPANS_INLINE f32x16 positions_clamp(enum sampler_clamp clamp, f32x16 position, float size)
{
    if (clamp != CLAMP_HALF_BORDER && clamp != CLAMP_MIRROR_ONCE_HALF_BORDER) return position;
    f32x16 low = clamp == CLAMP_HALF_BORDER ? (f32x16){0} : -position;
    position = position < low ? low : position;
    return position > size ? (f32x16){0} + size : position;
}

// A wrapping coordinate loses its whole turns while it is still exact.
SPANS_INLINE f32x16 positions_find(enum sampler_clamp clamp, bool normalised, f32x16 coordinate, float size)
{
    if (!normalised) return limited(coordinate);
    f32x16 rest = coordinate;
    if (clamp == CLAMP_WRAP) rest -= __builtin_elementwise_floor(coordinate);
    if (clamp == CLAMP_MIRROR) rest -= 2 * __builtin_elementwise_floor(coordinate / 2);
    rest = rest == rest ? rest : coordinate; // infinities have no turns
    return limited(rest * size);
}

// Large coordinates keep their sign, and lie outside every image; a NaN is 0. `offset`: in texels.
// `truncates`: fractions of those units are cut off, where else they are rounded.
//
// Positions in units of 1 / FRACTION_ONE: what texels and weights are found from, nearest texels too. (ROCm's
// device libraries rely on it: they hand over k * (1 / size) for texel k, which may be a little less.)
SPANS_INLINE struct spans sampler_spans(enum sampler_clamp clamp, bool normalised, enum filter filter,
                                        bool truncates, f32x16 coordinate, i32x16 offset, uint32_t size)
{
    struct spans spans = {.weight = (f32x16){0}};
    f32x16 position = positions_find(clamp, normalised, coordinate, (float)size);
    position = positions_clamp(clamp, position + __builtin_convertvector(offset, f32x16), (float)size);
    position *= FRACTION_ONE;
    if (!truncates) position = __builtin_elementwise_roundeven(position);
    i32x16 fixed = __builtin_convertvector(position, i32x16);
    if (filter == FILTER_POINT) {
        spans.texel[0] = spans.texel[1] = texels_clamp(clamp, fixed >> FRACTION_BITS, (int32_t)size);
        return spans;
    }
    fixed -= FRACTION_ONE / 2; // from the middle of a texel
    i32x16 first = fixed >> FRACTION_BITS;
    spans.texel[0] = texels_clamp(clamp, first, (int32_t)size);
    spans.texel[1] = texels_clamp(clamp, first + 1, (int32_t)size);
    spans.weight = __builtin_convertvector(fixed & (FRACTION_ONE - 1), f32x16) / FRACTION_ONE;
    return spans;
}

// Layers are rounded to nearest even, or truncated, and clamped.
SPANS_INLINE struct spans sampler_layers(f32x16 coordinate, bool truncates, uint32_t layers)
{
    f32x16 rounded = limited(coordinate);
    if (!truncates) rounded = __builtin_elementwise_roundeven(rounded);
    i32x16 layer = edge_clamp(__builtin_convertvector(rounded, i32x16), (int32_t)layers);
    return (struct spans){.texel = {layer, layer}};
}

// What filters come to. Which of several NaNs an addition passes on is the compiler's choice: none of them.
SPANS_INLINE u32x16 blended(f32x16 sum)
{
    return sum == sum ? __builtin_bit_cast(u32x16, sum) : (u32x16){0} + 0x7fc00000;
}
