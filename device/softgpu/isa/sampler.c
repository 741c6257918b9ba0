#include "sampler.h"

#include <math.h>
#include <stddef.h>

enum { FRACTION_BITS = 8, FRACTION_ONE = 1 << FRACTION_BITS }; // units of weights and of levels of detail

static uint32_t field(uint32_t word, unsigned high, unsigned low)
{
    return word >> low & ((1u << (high - low + 1)) - 1);
}

const char *sampler_decode(struct sampler *sampler, const uint32_t words[SAMPLER_WORDS])
{
    uint32_t bias = field(words[2], 13, 0);
    *sampler = (struct sampler){
        .clamp = {(uint8_t)field(words[0], 2, 0), (uint8_t)field(words[0], 5, 3),
                  (uint8_t)field(words[0], 8, 6)},
        .unnormalised = field(words[0], 15, 15),
        .magnify = (uint8_t)field(words[2], 21, 20),
        .minify = (uint8_t)field(words[2], 23, 22),
        .z = (uint8_t)field(words[2], 25, 24),
        .mip = (uint8_t)field(words[2], 27, 26),
        .compare = (uint8_t)field(words[0], 14, 12),
        .reduction = (uint8_t)field(words[0], 30, 29),
        .border = (uint8_t)field(words[3], 31, 30),
        .lowest = (float)field(words[1], 11, 0) / FRACTION_ONE,
        .highest = (float)field(words[1], 23, 12) / FRACTION_ONE,
        .bias = (float)((int32_t)(bias << 18) >> 18) / FRACTION_ONE,
    };
    if (sampler->magnify > FILTER_LINEAR || sampler->minify > FILTER_LINEAR) return "anisotropic filter";
    if (sampler->z > FILTER_Z_LINEAR || sampler->mip > FILTER_MIP_LINEAR) return "filter";
    if (sampler->border == BORDER_TABLE) return "table of border colours";
    if (sampler->reduction > REDUCE_MAXIMUM) return "minimum or maximum filter";
    return NULL;
}

// --- Levels ---

// A NaN is 0.
static float limited_lod(float lod, float lowest, float highest)
{
    if (isnan(lod)) lod = 0;
    return fminf(fmaxf(lod, lowest), highest);
}

float sampler_lod(const struct sampler *s, float lod, float bias, float lowest)
{
    enum { BIAS_LIMIT = 32 };
    bias = limited_lod(s->bias + limited_lod(bias, -BIAS_LIMIT, BIAS_LIMIT), -BIAS_LIMIT, BIAS_LIMIT);
    return limited_lod(limited_lod(lod + bias, fmaxf(s->lowest, lowest), INFINITY), 0, s->highest);
}

struct levels sampler_levels(const struct sampler *s, const struct image *image, float lod)
{
    struct levels levels = {.filter = lod > 0 ? s->minify : s->magnify};
    if (s->mip == FILTER_MIP_NONE || !(lod > 0)) return levels;
    unsigned last = image->levels - 1u;
    unsigned fixed = (unsigned)lrintf(fminf(lod, (float)last) * FRACTION_ONE);
    if (s->mip == FILTER_MIP_POINT) fixed = (fixed + FRACTION_ONE / 2) / FRACTION_ONE * FRACTION_ONE;
    levels.level[0] = fixed / FRACTION_ONE;
    levels.weight = (float)(fixed % FRACTION_ONE) / FRACTION_ONE;
    levels.level[1] = levels.level[0] + (levels.weight > 0);
    return levels;
}

bool sampler_needs_lod(const struct sampler *s, const struct image *image)
{
    return s->magnify != s->minify || (s->mip != FILTER_MIP_NONE && image->levels > 1);
}

float sampler_derivatives_lod(const struct sampler *s, const struct image *image,
                              const float derivatives[2][COORDINATES])
{
    struct image_level level;
    float largest = 0;
    image_level_find(image, 0, &level);
    for (unsigned k = 0; k < 2; k++) {
        float sum = 0;
        for (unsigned i = 0; i < image->dimensions; i++) {
            float texels = derivatives[k][i] * (s->unnormalised ? 1 : (float)level.size[i]);
            sum += texels * texels;
        }
        largest = fmaxf(largest, sum);
    }
    return log2f(largest) / 2;
}

// --- One dimension ---

static const i32x16 zero;
static const f32x16 zero_float;

// All that images can have, and so little that it can be counted in fractions.
static f32x16 limited(f32x16 value)
{
    const float limit = 1 << 22;
    value = value == value ? value : zero_float;
    value = value < -limit ? zero_float - limit : value;
    return value > limit ? zero_float + limit : value;
}

static i32x16 modulo(i32x16 a, int32_t n)
{
    i32x16 rest = a % n;
    return rest < 0 ? rest + n : rest;
}

static i32x16 edge_clamp(i32x16 texel, int32_t size)
{
    texel = texel < 0 ? zero : texel;
    return texel < size ? texel : zero + (size - 1);
}

static i32x16 border_clamp(i32x16 texel, int32_t size)
{
    return texel < size && texel >= 0 ? texel : zero - 1;
}

static i32x16 mirrored_once(i32x16 texel) { return texel < 0 ? -1 - texel : texel; }

static i32x16 texels_clamp(enum sampler_clamp clamp, i32x16 texel, int32_t size)
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
    return zero - 1;
}

// Half-border modes never go farther than the image's edge.
static f32x16 positions_clamp(enum sampler_clamp clamp, f32x16 position, float size)
{
    if (clamp != CLAMP_HALF_BORDER && clamp != CLAMP_MIRROR_ONCE_HALF_BORDER) return position;
    f32x16 low = clamp == CLAMP_HALF_BORDER ? zero_float : -position;
    position = position < low ? low : position;
    return position > size ? zero_float + size : position;
}

// A wrapping coordinate loses its whole turns while it is still exact.
static f32x16 positions_find(enum sampler_clamp clamp, bool normalised, f32x16 coordinate, float size)
{
    if (!normalised) return limited(coordinate);
    f32x16 rest = coordinate;
    if (clamp == CLAMP_WRAP) rest -= __builtin_elementwise_floor(coordinate);
    if (clamp == CLAMP_MIRROR) rest -= 2 * __builtin_elementwise_floor(coordinate / 2);
    rest = rest == rest ? rest : coordinate; // infinities have no turns
    return limited(rest * size);
}

// Positions in units of 1 / FRACTION_ONE: what texels and weights are found from, nearest texels too. (ROCm's
// device libraries rely on it: they hand over k * (1 / size) for texel k, which may be a little less.)
struct spans sampler_spans(enum sampler_clamp clamp, bool normalised, enum filter filter, f32x16 coordinate,
                           i32x16 offset, uint32_t size)
{
    struct spans spans = {.weight = zero_float};
    f32x16 position = positions_find(clamp, normalised, coordinate, (float)size);
    position = positions_clamp(clamp, position + __builtin_convertvector(offset, f32x16), (float)size);
    i32x16 fixed = __builtin_convertvector(__builtin_elementwise_roundeven(position * FRACTION_ONE), i32x16);
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

struct spans sampler_layers(f32x16 coordinate, uint32_t layers)
{
    f32x16 rounded = __builtin_elementwise_roundeven(limited(coordinate));
    i32x16 layer = edge_clamp(__builtin_convertvector(rounded, i32x16), (int32_t)layers);
    return (struct spans){.texel = {layer, layer}};
}
