#include "sampler.h"

#include <math.h>
#include <stddef.h>

static uint32_t field(uint32_t word, unsigned high, unsigned low)
{
    return word >> low & ((1u << (high - low + 1)) - 1);
}

const char *sampler_decode(struct sampler *sampler, const uint32_t words[SAMPLER_WORDS])
{
    enum { ANISOTROPIC = 2 }; // beside the filter; of the ratio 1 to 1 it changes nothing
    uint32_t bias = field(words[2], 13, 0), ratio = field(words[0], 11, 9);
    uint32_t magnify = field(words[2], 21, 20), minify = field(words[2], 23, 22);
    *sampler = (struct sampler){
        .clamp = {(uint8_t)field(words[0], 2, 0), (uint8_t)field(words[0], 5, 3),
                  (uint8_t)field(words[0], 8, 6)},
        .unnormalised = field(words[0], 15, 15),
        .magnify = magnify & FILTER_LINEAR,
        .minify = minify & FILTER_LINEAR,
        .anisotropic = ratio && (magnify | minify) & ANISOTROPIC,
        .z = (uint8_t)field(words[2], 25, 24),
        .mip = (uint8_t)field(words[2], 27, 26),
        .compare = (uint8_t)field(words[0], 14, 12),
        .reduction = (uint8_t)field(words[0], 30, 29),
        .border = (uint8_t)field(words[3], 31, 30),
        .lowest = (float)field(words[1], 11, 0) / FRACTION_ONE,
        .highest = (float)field(words[1], 23, 12) / FRACTION_ONE,
        .bias = (float)((int32_t)(bias << 18) >> 18) / FRACTION_ONE,
    };
    if (sampler->z > FILTER_Z_LINEAR || sampler->mip > FILTER_MIP_LINEAR) return "filter";
    // Its address is in TA_CS_BC_BASE_ADDR, which nothing sets on this device (cp/pm4.c refuses what would).
    if (sampler->border == BORDER_TABLE) return "table of border colours";
    if (sampler->reduction > REDUCE_MAXIMUM) return "minimum or maximum filter";
    return NULL;
}

void sampler_filters(const struct sampler *s, const struct image *image, enum filter flat,
                     uint8_t filters[COORDINATES])
{
    bool integer = image_format_is_integer(image->format);
    enum filter z = s->z == FILTER_Z_AS_XY ? flat : s->z == FILTER_Z_LINEAR ? FILTER_LINEAR : FILTER_POINT;
    filters[0] = filters[1] = integer ? FILTER_POINT : flat;
    filters[2] = integer ? FILTER_POINT : z;
}

void sampler_border(const struct sampler *s, const struct image *image, uint32_t border[COMPONENTS])
{
    enum { FLOAT_ONE = 0x3f800000 };
    uint32_t one = image_format_is_integer(image->format) ? 1 : FLOAT_ONE;
    for (unsigned c = 0; c < COMPONENTS; c++) {
        bool is_one = c == image->border_alpha ? s->border != BORDER_TRANSPARENT_BLACK
                                               : s->border == BORDER_OPAQUE_WHITE;
        border[c] = is_one ? one : 0;
    }
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
