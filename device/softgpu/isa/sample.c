#include "sample.h"

#include <math.h>
#include <string.h>

enum { FLOAT_ONE = 0x3f800000 };

static float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// --- Which texels ---

static void spans_find(const struct sampler *s, const struct image *image, const struct image_level *level,
                       const struct sample *sample, const enum filter filters[COORDINATES],
                       struct span spans[COORDINATES])
{
    for (unsigned i = 0; i < COORDINATES; i++) {
        if (i == 2 && image->is_array)
            spans[i] = sampler_layer(sample->coordinates[i], level->size[i]);
        else if (i < image->dimensions)
            spans[i] = sampler_span(s->clamp[i], !s->unnormalised, filters[i], sample->coordinates[i],
                                    sample->offset[i], level->size[i]);
        else
            spans[i] = (struct span){.weight = 0};
    }
}

// Integers are not filtered.
static void filters_choose(const struct sampler *s, const struct image *image, enum filter flat,
                           enum filter filters[COORDINATES])
{
    bool integer = image_format_is_integer(image->format);
    enum filter z = s->z == FILTER_Z_AS_XY ? flat : s->z == FILTER_Z_LINEAR ? FILTER_LINEAR : FILTER_POINT;
    filters[0] = filters[1] = integer ? FILTER_POINT : flat;
    filters[2] = integer ? FILTER_POINT : z;
}

// --- What they hold ---

static void border_fill(const struct sampler *s, const struct image *image, uint32_t texel[COMPONENTS])
{
    uint32_t one = image_format_is_integer(image->format) ? 1 : FLOAT_ONE;
    for (unsigned c = 0; c < COMPONENTS; c++) {
        bool is_one = c == image->border_alpha ? s->border != BORDER_TRANSPARENT_BLACK
                                               : s->border == BORDER_OPAQUE_WHITE;
        texel[c] = is_one ? one : 0;
    }
}

// A normalised format holds nothing beyond 0 and 1 that could be compared with.
static bool passes(const struct sampler *s, const struct image *image, float reference, float value)
{
    enum { LESS = 1, EQUAL = 2, GREATER = 4, NOT_EQUAL = LESS | GREATER };
    if (image->format->kind == TEXEL_UNORM) reference = fminf(fmaxf(reference, 0), 1);
    if (isnan(reference) || isnan(value)) return (s->compare & NOT_EQUAL) == NOT_EQUAL;
    return s->compare & (reference < value ? LESS : reference == value ? EQUAL : GREATER);
}

static void texel_fetch(const struct sampler *s, const struct image *image, const struct image_level *level,
                        const struct sample *sample, const int64_t at[COORDINATES],
                        uint32_t texel[COMPONENTS])
{
    if (image_contains(level, at))
        texel_read(image->format, image_texel(image, level, at), texel);
    else
        border_fill(s, image, texel);
    if (!sample->compares) return;
    texel[0] = passes(s, image, sample->reference, float_of(texel[0])) ? FLOAT_ONE : 0;
    for (unsigned c = 1; c < COMPONENTS; c++) texel[c] = 0;
}

// --- Filters ---

static void reduce(const struct sampler *s, float sums[COMPONENTS], const uint32_t texel[COMPONENTS],
                   float weight, bool first)
{
    for (unsigned c = 0; c < COMPONENTS; c++) {
        float value = float_of(texel[c]);
        if (s->reduction == REDUCE_BLEND)
            sums[c] += value * weight;
        else if (first)
            sums[c] = value;
        else
            sums[c] = s->reduction == REDUCE_MINIMUM ? fminf(sums[c], value) : fmaxf(sums[c], value);
    }
}

// One level.
static void level_filter(const struct sampler *s, const struct image *image, const struct image_level *level,
                         const struct sample *sample, uint32_t texel[COMPONENTS])
{
    enum filter filters[COORDINATES];
    struct span spans[COORDINATES];
    float sums[COMPONENTS] = {0};
    bool first = true;
    filters_choose(s, image, sample->levels.filter, filters);
    spans_find(s, image, level, sample, filters, spans);
    for (unsigned corner = 0; corner < 1u << COORDINATES; corner++) {
        int64_t at[COORDINATES];
        float weight = 1;
        for (unsigned i = 0; i < COORDINATES; i++) {
            bool second = corner >> i & 1;
            at[i] = spans[i].texel[second];
            weight *= second ? spans[i].weight : 1 - spans[i].weight;
        }
        if (weight == 0) continue; // a NaN or an infinity beside the sample has no share in it
        texel_fetch(s, image, level, sample, at, texel);
        if (weight == 1) return; // bit by bit: integers, and what NaNs hold
        reduce(s, sums, texel, weight, first);
        first = false;
    }
    memcpy(texel, sums, sizeof sums);
}

void sample_filter(const struct sampler *s, const struct image *image, struct image_levels *levels,
                   const struct sample *sample, uint32_t texel[COMPONENTS])
{
    const struct levels *between = &sample->levels;
    level_filter(s, image, image_levels_get(levels, image, between->level[0]), sample, texel);
    if (between->weight == 0 || image_format_is_integer(image->format)) return;
    uint32_t other[COMPONENTS];
    float sums[COMPONENTS] = {0};
    level_filter(s, image, image_levels_get(levels, image, between->level[1]), sample, other);
    reduce(s, sums, texel, 1 - between->weight, true);
    reduce(s, sums, other, between->weight, false);
    memcpy(texel, sums, sizeof sums);
}

void sample_gather(const struct sampler *s, const struct image *image, struct image_levels *levels,
                   const struct sample *sample, unsigned component, uint32_t texels[4])
{
    static const enum filter filters[COORDINATES] = {FILTER_LINEAR, FILTER_LINEAR, FILTER_POINT};
    static const uint8_t corners[4][2] = {{0, 1}, {1, 1}, {1, 0}, {0, 0}};
    const struct image_level *level = image_levels_get(levels, image, sample->levels.level[0]);
    struct span spans[COORDINATES];
    spans_find(s, image, level, sample, filters, spans);
    for (unsigned i = 0; i < 4; i++) {
        const int64_t at[] = {spans[0].texel[corners[i][0]], spans[1].texel[corners[i][1]],
                              spans[2].texel[0]};
        uint32_t texel[COMPONENTS], selected[COMPONENTS];
        texel_fetch(s, image, level, sample, at, texel);
        components_select(image->format, image->selectors, texel, selected);
        texels[i] = selected[component];
    }
}
