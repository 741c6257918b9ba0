#include "sampler.h"

#include <math.h>
#include <stddef.h>

enum { FRACTION_ONE = 256 }; // units of weights and of levels of detail

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

static float limited(float value)
{
    enum { COORDINATE_LIMIT = 1 << 24 };
    if (isnan(value)) return 0;
    return fminf(fmaxf(value, -COORDINATE_LIMIT), COORDINATE_LIMIT);
}

static int64_t modulo(int64_t a, int64_t n) { return (a % n + n) % n; }

static int64_t inside_or_border(int64_t texel, int64_t size)
{
    return texel >= 0 && texel < size ? texel : -1;
}

static int64_t texel_clamp(enum sampler_clamp clamp, int64_t texel, int64_t size)
{
    switch (clamp) {
    case CLAMP_WRAP:
        return modulo(texel, size);
    case CLAMP_MIRROR:
        texel = modulo(texel, 2 * size);
        return texel < size ? texel : 2 * size - 1 - texel;
    case CLAMP_LAST_TEXEL:
        return texel < 0 ? 0 : texel < size ? texel : size - 1;
    case CLAMP_MIRROR_ONCE_LAST_TEXEL:
        texel = texel < 0 ? -1 - texel : texel;
        return texel < size ? texel : size - 1;
    case CLAMP_HALF_BORDER:
    case CLAMP_BORDER:
        return inside_or_border(texel, size);
    case CLAMP_MIRROR_ONCE_HALF_BORDER:
    case CLAMP_MIRROR_ONCE_BORDER:
        return inside_or_border(texel < 0 ? -1 - texel : texel, size);
    }
    return -1;
}

// Half-border modes never go farther than the image's edge.
static float position_clamp(enum sampler_clamp clamp, float position, int64_t size)
{
    if (clamp == CLAMP_HALF_BORDER) return fminf(fmaxf(position, 0), (float)size);
    if (clamp == CLAMP_MIRROR_ONCE_HALF_BORDER) return fminf(fabsf(position), (float)size);
    return position;
}

// A wrapping coordinate loses its whole turns while it is still exact.
static float position_of(enum sampler_clamp clamp, bool normalised, float coordinate, int64_t size)
{
    if (!normalised) return limited(coordinate);
    if (clamp == CLAMP_WRAP && isfinite(coordinate)) coordinate -= floorf(coordinate);
    if (clamp == CLAMP_MIRROR && isfinite(coordinate)) coordinate -= 2 * floorf(coordinate / 2);
    return limited(coordinate * (float)size);
}

// A position in units of 1 / FRACTION_ONE: what texels and weights are found from, nearest texels too.
// (ROCm's device libraries rely on it: they hand over k * (1 / size) for texel k, which may be a little
// less.)
static int64_t position_fixed(double position) { return llrint(position * FRACTION_ONE); }

static int64_t fixed_floor(int64_t fixed)
{
    return fixed >= 0 ? fixed / FRACTION_ONE : -((FRACTION_ONE - 1 - fixed) / FRACTION_ONE);
}

struct span sampler_span(enum sampler_clamp clamp, bool normalised, enum filter filter, float coordinate,
                         int offset, int64_t size)
{
    struct span span = {.weight = 0};
    float position = position_of(clamp, normalised, coordinate, size) + (float)offset;
    position = position_clamp(clamp, position, size);
    if (filter == FILTER_POINT) {
        span.texel[0] = span.texel[1] =
            texel_clamp(clamp, fixed_floor(position_fixed((double)position)), size);
        return span;
    }
    int64_t fixed = position_fixed((double)position - 0.5), first = fixed_floor(fixed);
    span.texel[0] = texel_clamp(clamp, first, size);
    span.texel[1] = texel_clamp(clamp, first + 1, size);
    span.weight = (float)(fixed - first * FRACTION_ONE) / FRACTION_ONE;
    return span;
}

struct span sampler_layer(float coordinate, int64_t layers)
{
    int64_t layer = llrintf(limited(coordinate));
    layer = layer < 0 ? 0 : layer < layers ? layer : layers - 1;
    return (struct span){.texel = {layer, layer}};
}
