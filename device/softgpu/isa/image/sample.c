#include "sample.h"

#include "sampler_spans.h"

#include <math.h>
#include <string.h>

enum { FLOAT_ONE = 0x3f800000 };

static const u32x16 zero;
static const f32x16 zero_float;

static f32x16 float_of(u32x16 bits) { return __builtin_bit_cast(f32x16, bits); }

// --- Which texels ---

static void spans_find(const struct sampler *s, const struct image *image, const struct image_level *level,
                       const struct samples *samples, const uint8_t filters[COORDINATES],
                       struct spans spans[COORDINATES])
{
    for (unsigned i = 0; i < COORDINATES; i++) {
        if (i == 2 && image->is_array)
            spans[i] = sampler_layers(samples->coordinates[i], s->truncates, level->size[i]);
        else if (i < image->dimensions)
            spans[i] = sampler_spans(s->clamp[i], !s->unnormalised, filters[i], s->truncates,
                                     samples->coordinates[i], samples->offset[i], level->size[i]);
        else
            spans[i] = (struct spans){.weight = zero_float};
    }
}

// --- What they hold ---

// Fills in those of `lanes`.
static void border_fill(const struct sampler *s, const struct image *image, uint16_t lanes,
                        u32x16 texel[COMPONENTS])
{
    uint32_t border[COMPONENTS];
    if (!lanes) return;
    sampler_border(s, image, border);
    for (unsigned c = 0; c < COMPONENTS; c++) texel[c] = truth_of(lanes) ? zero + border[c] : texel[c];
}

// Which lanes' reference values pass. A normalised format holds nothing beyond 0 and 1 that could be compared
// with. A NaN is just unequal.
static i32x16 passing(const struct sampler *s, const struct image *image, f32x16 reference, f32x16 value)
{
    enum { LESS = 1, EQUAL = 2, GREATER = 4, NOT_EQUAL = LESS | GREATER };
    i32x16 pass = {0};
    if (image->format->kind == TEXEL_UNORM) {
        reference = reference < 0 ? zero_float : reference;
        reference = reference > 1 ? zero_float + 1 : reference;
    }
    if (s->compare & LESS) pass |= reference < value;
    if (s->compare & EQUAL) pass |= reference == value;
    if (s->compare & GREATER) pass |= reference > value;
    if ((s->compare & NOT_EQUAL) == NOT_EQUAL) pass |= (reference != reference) | (value != value);
    return pass;
}

static void texels_fetch(const struct sampler *s, const struct image *image, const struct image_level *level,
                         const struct samples *samples, const struct image_axis *const axes[COORDINATES],
                         uint16_t lanes, u32x16 texel[COMPONENTS])
{
    u64x16 address;
    uint16_t inside = image_axes_join(image, level, axes, lanes, &address);
    texels_read(image->format, &address, inside, texel);
    border_fill(s, image, lanes & (uint16_t)~inside, texel);
    if (!samples->compares) return;
    texel[0] = passing(s, image, samples->reference, float_of(texel[0])) ? zero + FLOAT_ONE : zero;
    for (unsigned c = 1; c < COMPONENTS; c++) texel[c] = zero;
}

// --- Filters ---

// What has been added up of some texels.
struct sum {
    f32x16 value[COMPONENTS];
    u32x16 whole[COMPONENTS]; // of lanes that have but one texel: bit by bit
    uint16_t begun, only;
};

static void sum_add(const struct sampler *s, struct sum *sum, const u32x16 texel[COMPONENTS], f32x16 weight,
                    uint16_t lanes)
{
    i32x16 has_share = truth_of(lanes), is_first = truth_of((uint16_t)~sum->begun);
    uint16_t only = lanes & lanes_of(weight == 1);
    for (unsigned c = 0; c < COMPONENTS; c++) {
        f32x16 value = float_of(texel[c]), before = sum->value[c], after;
        if (s->reduction == REDUCE_BLEND)
            after = before + value * weight;
        else if (s->reduction == REDUCE_MINIMUM)
            after = (is_first | (value < before)) ? value : before;
        else
            after = (is_first | (value > before)) ? value : before;
        sum->value[c] = has_share ? after : before;
        sum->whole[c] = truth_of(only) ? texel[c] : sum->whole[c];
    }
    sum->begun |= lanes;
    sum->only |= only;
}

static void sum_end(const struct sum *sum, uint16_t lanes, u32x16 texel[COMPONENTS])
{
    for (unsigned c = 0; c < COMPONENTS; c++) {
        u32x16 result = truth_of(sum->only) ? sum->whole[c] : blended(sum->value[c]);
        texel[c] = truth_of(lanes) ? result : texel[c];
    }
}

// The texels that coordinates are between, in one dimension, and their shares.
struct span_places {
    struct image_axis axis[2];
    f32x16 weight[2];
    bool single; // all lanes have the first one only
};

static void places_find(const struct image *image, const struct image_level *level, unsigned i,
                        const struct spans *span, struct span_places *places)
{
    places->weight[0] = 1 - span->weight;
    places->weight[1] = span->weight;
    places->single = !lanes_of(span->weight != 0);
    image_axis_find(image, level, i, span->texel[0], &places->axis[0]);
    if (!places->single) image_axis_find(image, level, i, span->texel[1], &places->axis[1]);
}

// Where all lanes have but one texel.
static void texel_take(const struct sampler *s, const struct image *image, const struct image_level *level,
                       const struct samples *samples, const struct span_places places[COORDINATES],
                       uint16_t lanes, u32x16 texel[COMPONENTS])
{
    const struct image_axis *const axes[] = {&places[0].axis[0], &places[1].axis[0], &places[2].axis[0]};
    u32x16 fetched[COMPONENTS];
    texels_fetch(s, image, level, samples, axes, lanes, fetched);
    for (unsigned c = 0; c < COMPONENTS; c++) texel[c] = truth_of(lanes) ? fetched[c] : texel[c];
}

// One level. A texel without weight has no share, be it a NaN.
static void level_filter(const struct sampler *s, const struct image *image, const struct image_level *level,
                         const struct samples *samples, enum filter filter, uint16_t lanes,
                         u32x16 texel[COMPONENTS])
{
    uint8_t filters[COORDINATES];
    struct spans spans[COORDINATES];
    struct span_places places[COORDINATES];
    struct sum sum = {.begun = 0};
    sampler_filters(s, image, filter, filters);
    spans_find(s, image, level, samples, filters, spans);
    for (unsigned i = 0; i < COORDINATES; i++) places_find(image, level, i, &spans[i], &places[i]);
    if (places[0].single && places[1].single && places[2].single) {
        texel_take(s, image, level, samples, places, lanes, texel);
        return;
    }
    for (unsigned corner = 0; corner < 1u << COORDINATES; corner++) {
        const bool second[COORDINATES] = {corner & 1, corner >> 1 & 1, corner >> 2 & 1};
        const struct image_axis *axes[COORDINATES];
        u32x16 fetched[COMPONENTS];
        f32x16 weight = zero_float + 1;
        bool none = false;
        for (unsigned i = 0; i < COORDINATES; i++) {
            none |= second[i] && places[i].single;
            axes[i] = &places[i].axis[second[i]];
            weight *= places[i].weight[second[i]];
        }
        uint16_t shares = none ? 0 : lanes & lanes_of(weight != 0);
        if (!shares) continue;
        texels_fetch(s, image, level, samples, axes, shares, fetched);
        sum_add(s, &sum, fetched, weight, shares);
    }
    sum_end(&sum, lanes, texel);
}

// The lanes of `lanes` that take the same level with the same filter as the first of them.
static uint16_t lanes_alike(const struct samples *samples, unsigned which, uint16_t lanes)
{
    const struct levels *first = &samples->levels[__builtin_ctz(lanes)];
    uint16_t alike = 0;
    if (samples->one_level) return lanes;
    for (unsigned i = 0; i < SAMPLES; i++) {
        const struct levels *other = &samples->levels[i];
        bool same = other->level[which] == first->level[which] && other->filter == first->filter;
        alike |= (uint16_t)(same << i);
    }
    return alike & lanes;
}

// The first or second level of each of `lanes`.
static void levels_filter(const struct sampler *s, const struct image *image, struct image_levels *levels,
                          const struct samples *samples, unsigned which, uint16_t lanes,
                          u32x16 texel[COMPONENTS])
{
    while (lanes) {
        uint16_t alike = lanes_alike(samples, which, lanes);
        const struct levels *of = &samples->levels[samples->one_level ? 0 : __builtin_ctz(lanes)];
        level_filter(s, image, image_levels_get(levels, image, of->level[which]), samples, of->filter, alike,
                     texel);
        lanes &= (uint16_t)~alike;
    }
}

void samples_filter(const struct sampler *s, const struct image *image, struct image_levels *levels,
                    const struct samples *samples, uint16_t lanes, u32x16 texel[COMPONENTS])
{
    uint16_t between = 0; // lanes that are between two levels
    f32x16 weight = zero_float;
    for (unsigned c = 0; c < COMPONENTS; c++) texel[c] = zero;
    levels_filter(s, image, levels, samples, 0, lanes, texel);
    if (image_format_is_integer(image->format) || (samples->one_level && samples->levels[0].weight == 0))
        return;
    for (unsigned i = 0; i < SAMPLES; i++) {
        weight[i] = samples->levels[samples->one_level ? 0 : i].weight;
        between |= (uint16_t)((weight[i] > 0) << i);
    }
    between &= lanes;
    if (!between) return;
    u32x16 other[COMPONENTS] = {zero};
    struct sum sum = {.begun = 0};
    levels_filter(s, image, levels, samples, 1, between, other);
    sum_add(s, &sum, texel, 1 - weight, between);
    sum_add(s, &sum, other, weight, between);
    sum_end(&sum, between, texel);
}

static void level_gather(const struct sampler *s, const struct image *image, const struct image_level *level,
                         const struct samples *samples, uint16_t lanes, unsigned component, u32x16 texels[4])
{
    static const uint8_t filters[COORDINATES] = {FILTER_LINEAR, FILTER_LINEAR, FILTER_POINT};
    static const uint8_t corners[4][2] = {{0, 1}, {1, 1}, {1, 0}, {0, 0}};
    struct spans spans[COORDINATES];
    struct image_axis axes[COORDINATES][2];
    spans_find(s, image, level, samples, filters, spans);
    for (unsigned i = 0; i < COORDINATES; i++)
        for (unsigned k = 0; k < 2; k++) image_axis_find(image, level, i, spans[i].texel[k], &axes[i][k]);
    for (unsigned i = 0; i < 4; i++) {
        const struct image_axis *const at[] = {&axes[0][corners[i][0]], &axes[1][corners[i][1]], &axes[2][0]};
        u32x16 texel[COMPONENTS], selected[COMPONENTS];
        texels_fetch(s, image, level, samples, at, lanes, texel);
        components_select(image->format, image->selectors, texel, selected);
        texels[i] = truth_of(lanes) ? selected[component] : texels[i];
    }
}

void samples_gather(const struct sampler *s, const struct image *image, struct image_levels *levels,
                    const struct samples *samples, uint16_t lanes, unsigned component, u32x16 texels[4])
{
    for (unsigned i = 0; i < 4; i++) texels[i] = zero;
    while (lanes) {
        uint16_t alike = lanes_alike(samples, 0, lanes);
        unsigned level = samples->levels[samples->one_level ? 0 : __builtin_ctz(lanes)].level[0];
        if (level >= image->first_accessible)
            level_gather(s, image, image_levels_get(levels, image, level), samples, alike, component, texels);
        lanes &= (uint16_t)~alike;
    }
}
