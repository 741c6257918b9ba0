#include "sampler.h"

#include "memory.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum filter { FILTER_POINT, FILTER_LINEAR };
enum filter_z { FILTER_Z_AS_XY, FILTER_Z_POINT, FILTER_Z_LINEAR };
enum border { BORDER_TRANSPARENT_BLACK, BORDER_OPAQUE_BLACK, BORDER_OPAQUE_WHITE, BORDER_TABLE };

enum { WEIGHT_ONE = 256, FLOAT_ONE = 0x3f800000, COORDINATE_LIMIT = 1 << 24 };

static uint32_t field(uint32_t word, unsigned high, unsigned low)
{
    return word >> low & ((1u << (high - low + 1)) - 1);
}

const char *sampler_decode(struct sampler *sampler, const uint32_t words[SAMPLER_WORDS])
{
    uint32_t magnify = field(words[2], 21, 20), minify = field(words[2], 23, 22), z = field(words[2], 25, 24);
    uint32_t border = field(words[3], 31, 30);
    if (magnify > FILTER_LINEAR || minify > FILTER_LINEAR) return "anisotropic filter";
    if (magnify != minify) return "filter that depends on the level of detail";
    if (border == BORDER_TABLE) return "table of border colours";
    if (field(words[0], 30, 29) != 0) return "minimum or maximum filter";
    uint32_t colour = border == BORDER_OPAQUE_WHITE ? FLOAT_ONE : 0;
    uint32_t alpha = border == BORDER_TRANSPARENT_BLACK ? 0 : FLOAT_ONE;
    *sampler = (struct sampler){
        .clamp = {(uint8_t)field(words[0], 2, 0), (uint8_t)field(words[0], 5, 3),
                  (uint8_t)field(words[0], 8, 6)},
        .unnormalised = field(words[0], 15, 15),
        .linear = magnify == FILTER_LINEAR,
        .linear_z = z == FILTER_Z_AS_XY ? magnify == FILTER_LINEAR : z == FILTER_Z_LINEAR,
        .border = {colour, colour, colour, alpha},
    };
    return NULL;
}

// --- One dimension: which texels a coordinate is between, and how near to the second ---

struct span {
    int64_t texel[2]; // -1: the border
    float weight;     // of the second; 0 where there is one only
};

// Large values keep their sign, and lie outside every image.
static float limited(float value)
{
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

static struct span span_of(enum sampler_clamp clamp, bool normalised, bool linear, float coordinate,
                           int64_t size)
{
    struct span span = {.weight = 0};
    float position = position_clamp(clamp, position_of(clamp, normalised, coordinate, size), size);
    if (!linear) {
        span.texel[0] = span.texel[1] = texel_clamp(clamp, (int64_t)floorf(position), size);
        return span;
    }
    int64_t fixed = llrint(((double)position - 0.5) * WEIGHT_ONE);
    int64_t first = fixed >= 0 ? fixed / WEIGHT_ONE : -((WEIGHT_ONE - 1 - fixed) / WEIGHT_ONE);
    span.texel[0] = texel_clamp(clamp, first, size);
    span.texel[1] = texel_clamp(clamp, first + 1, size);
    span.weight = (float)(fixed - first * WEIGHT_ONE) / WEIGHT_ONE;
    return span;
}

// A layer is rounded to nearest even and clamped, whatever the sampler says.
static struct span layer_of(float coordinate, int64_t layers)
{
    int64_t layer = llrintf(limited(coordinate));
    layer = layer < 0 ? 0 : layer < layers ? layer : layers - 1;
    return (struct span){.texel = {layer, layer}};
}

// --- Filtering ---

static void texel_fetch(const struct sampler *s, const struct image *image, const struct image_level *level,
                        const int64_t at[COORDINATES], uint32_t texel[COMPONENTS])
{
    if (image_contains(level, at)) {
        texel_read(image->format, image_texel(image, level, at), texel);
        return;
    }
    bool integer = image_format_is_integer(image->format);
    for (unsigned c = 0; c < COMPONENTS; c++) texel[c] = integer ? s->border[c] != 0 : s->border[c];
}

// Adds one corner's share to the sums.
static void corner_add(const struct sampler *s, const struct image *image, const struct image_level *level,
                       const struct span spans[COORDINATES], unsigned corner, float sums[COMPONENTS])
{
    int64_t at[COORDINATES];
    uint32_t texel[COMPONENTS];
    float weight = 1;
    for (unsigned i = 0; i < COORDINATES; i++) {
        bool second = corner >> i & 1;
        at[i] = spans[i].texel[second];
        weight *= second ? spans[i].weight : 1 - spans[i].weight;
    }
    if (weight == 0) return; // a NaN or an infinity beside the sample has no share in it
    texel_fetch(s, image, level, at, texel);
    for (unsigned c = 0; c < COMPONENTS; c++) {
        float value;
        memcpy(&value, &texel[c], sizeof value);
        sums[c] += value * weight;
    }
}

void sampler_sample(const struct sampler *s, const struct image *image, const struct image_level *level,
                    const float coordinates[COORDINATES], uint32_t texel[COMPONENTS])
{
    struct span spans[COORDINATES];
    bool integer = image_format_is_integer(image->format), linear = false;
    for (unsigned i = 0; i < COORDINATES; i++) {
        bool wanted = !integer && (i < 2 ? s->linear : s->linear_z);
        bool is_layer = i == 2 && image->is_array, absent = image->dimensions <= i && !is_layer;
        if (absent)
            spans[i] = (struct span){.weight = 0};
        else if (is_layer)
            spans[i] = layer_of(coordinates[i], level->size[i]);
        else
            spans[i] = span_of(s->clamp[i], !s->unnormalised, wanted, coordinates[i], level->size[i]);
        linear |= spans[i].weight != 0;
    }
    if (!linear) {
        texel_fetch(s, image, level, (int64_t[]){spans[0].texel[0], spans[1].texel[0], spans[2].texel[0]},
                    texel);
        return;
    }
    float sums[COMPONENTS] = {0};
    for (unsigned corner = 0; corner < 1u << COORDINATES; corner++)
        corner_add(s, image, level, spans, corner, sums);
    memcpy(texel, sums, sizeof sums);
}
