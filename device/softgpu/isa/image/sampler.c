#include "sampler.h"

#include <math.h>
#include <stddef.h>

static uint32_t field(uint32_t word, unsigned high, unsigned low)
{
    return word >> low & ((1u << (high - low + 1)) - 1);
}

// What must be 0, and whose meaning this device does not have. What is neither here nor read below changes
// nothing: of anisotropic filters (ANISO_THRESHOLD, ANISO_BIAS), of cubes (DISABLE_CUBE_WRAP), of texels that
// are not resident (BLEND_PRT), of the table of border colours (BORDER_COLOR_PTR).
static const struct {
    uint8_t word, high, low;
    const char *name;
} unknown[] = {
    {0, 19, 19, "MC_COORD_TRUNC"},     {1, 27, 24, "PERF_MIP"},        {1, 31, 28, "PERF_Z"},
    {2, 28, 28, "MIP_POINT_PRECLAMP"}, {2, 31, 31, "DERIV_ADJUST_EN"}, {3, 29, 12, "reserved bits"},
};

static float signed_fixed(uint32_t value, unsigned bits, unsigned fraction)
{
    return (float)((int32_t)(value << (32 - bits)) >> (32 - bits)) / (float)(1u << fraction);
}

const char *sampler_decode(struct sampler *sampler, const uint32_t words[SAMPLER_WORDS])
{
    enum { ANISOTROPIC = 2 }; // beside the filter; of the ratio 1 to 1 it changes nothing
    uint32_t ratio = field(words[0], 11, 9);
    uint32_t magnify = field(words[2], 21, 20), minify = field(words[2], 23, 22);
    *sampler = (struct sampler){
        .clamp = {(uint8_t)field(words[0], 2, 0), (uint8_t)field(words[0], 5, 3),
                  (uint8_t)field(words[0], 8, 6)},
        .unnormalised = field(words[0], 15, 15),
        .truncates = field(words[0], 27, 27),
        .magnify = magnify & FILTER_LINEAR,
        .minify = minify & FILTER_LINEAR,
        .anisotropic = ratio && (magnify | minify) & ANISOTROPIC,
        .single_isotropic = field(words[2], 29, 29),
        .forces_degamma = field(words[0], 20, 20),
        .skips_degamma = field(words[0], 31, 31),
        .z = (uint8_t)field(words[2], 25, 24),
        .mip = (uint8_t)field(words[2], 27, 26),
        .compare = (uint8_t)field(words[0], 14, 12),
        .reduction = (uint8_t)field(words[0], 30, 29),
        .border = (uint8_t)field(words[3], 31, 30),
        .lowest = (float)field(words[1], 11, 0) / FRACTION_ONE,
        .highest = (float)field(words[1], 23, 12) / FRACTION_ONE,
        .bias = signed_fixed(field(words[2], 13, 0), 14, 8) + signed_fixed(field(words[2], 19, 14), 6, 4),
    };
    for (unsigned i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (field(words[unknown[i].word], unknown[i].high, unknown[i].low)) return unknown[i].name;
    if (sampler->z > FILTER_Z_LINEAR || sampler->mip > FILTER_MIP_LINEAR) return "filter";
    // Its address is in TA_CS_BC_BASE_ADDR, which nothing sets on this device (cp/pm4.c refuses what would).
    if (sampler->border == BORDER_TABLE) return "table of border colours";
    if (sampler->reduction > REDUCE_MAXIMUM) return "minimum or maximum filter";
    return NULL;
}

// FORCE_DEGAMMA acts on what the filter makes, whatever the format, as is told; what of it is sure is what
// sRGB's formats do where one texel is all that a filter takes.
const char *sampler_degamma(const struct sampler *s, const struct image *image, bool plain,
                            const struct image_format **format)
{
    const struct image_format *other = image_format_other_gamma(image->format);
    bool single = s->magnify == FILTER_POINT && s->minify == FILTER_POINT && s->mip != FILTER_MIP_LINEAR &&
                  s->z != FILTER_Z_LINEAR;
    *format = image->format;
    if (s->skips_degamma && image->format->kind == TEXEL_SRGB) *format = other;
    if (!s->forces_degamma) return NULL;
    if (!plain || !single || s->skips_degamma || !other || image->format->kind == TEXEL_SRGB)
        return "FORCE_DEGAMMA";
    *format = other;
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
