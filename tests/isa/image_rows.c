// The short way to texels and the long one come to the same bits: random images, samplers and coordinates,
// with denormals and without. And what normalised formats hold is the nearest.
#include "device/softgpu/isa/image/image_rows.h"
#include "device/softgpu/isa/image/sample.h"
#include "device/softgpu/isa/image/texel_words.h"

#include <immintrin.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 16, MEMORY_BYTES = 1 << 20, TRIES = 60000, TYPE_1D = 8, TYPE_2D, TYPE_3D, TYPE_2D_ARRAY = 13 };

static _Alignas(4096) uint8_t memory[MEMORY_BYTES];

static uint32_t random_next(void)
{
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 32);
}

// Half of the words are floats that are somehow special.
static void memory_fill(void)
{
    static const uint32_t special[] = {0,          0x80000000, 0x7f800000, 0xff800000,
                                       0x7fc00001, 0x00000001, 0x807fffff, 0x3f800000};
    uint32_t word;
    for (size_t i = 0; i < MEMORY_BYTES; i += sizeof word) {
        word = random_next() % 2 ? special[random_next() % 8] : random_next();
        memcpy(memory + i, &word, sizeof word);
    }
}

static void image_any(uint32_t words[IMAGE_WORDS])
{
    static const uint8_t types[] = {TYPE_1D, TYPE_2D, TYPE_2D, TYPE_3D, TYPE_2D_ARRAY};
    static const uint8_t usual[] = {56, 56, 77, 77, 75, 22, 71};
    uint64_t base = (uint64_t)memory >> 8;
    uint32_t type = types[random_next() % sizeof types], width = random_next() % 20, last = random_next() % 6;
    uint32_t format = random_next() % 2 ? usual[random_next() % sizeof usual] : random_next() % 136;
    uint32_t first = random_next() % 3;
    memset(words, 0, IMAGE_WORDS * sizeof *words);
    words[0] = (uint32_t)base;
    words[1] = (uint32_t)(base >> 32) | format << 20 | (width & 3) << 30;
    if (random_next() % 4 == 0) words[1] |= random_next() % 0x100 << 8; // MIN_LOD
    words[2] = width >> 2 | random_next() % 12 << 14 | 1u << 31;
    words[3] = 0xfac | type << 28 | random_next() % 6 << 25;
    if (random_next() % 4 == 0)
        for (unsigned c = 0; c < COMPONENTS; c++)
            words[3] = (words[3] & ~(7u << 3 * c)) | (random_next() % 3 ? 4 + random_next() % 4 : c % 2)
                                                         << 3 * c;
    words[4] = type <= TYPE_2D ? width + random_next() % 40 : last | (first % (last + 1)) << 16;
}

static void sampler_any(uint32_t words[SAMPLER_WORDS])
{
    uint32_t filter = random_next() % 2;
    words[0] = (random_next() & 0x1ff) | random_next() % 2 << 15;
    words[1] = 0;
    words[2] = filter << 20 | filter << 22 | random_next() % 3 << 24;
    words[3] = random_next() % 3 << 30;
}

// Some lie exactly on or between texels; some far away.
static u32x16 coordinate_any(bool normalised)
{
    u32x16 bits;
    unsigned kind = random_next() % 4;
    for (unsigned i = 0; i < LANES; i++) {
        float at = (float)(int32_t)(random_next() % 96 - 32) / (float)(kind == 3 ? 3 : 1u << kind);
        if (normalised) at /= 16;
        bits[i] = __builtin_bit_cast(uint32_t, at);
        if (random_next() % 64 == 0) bits[i] = random_next();
    }
    return bits;
}

static bool same(const u32x16 a[COMPONENTS], const u32x16 b[COMPONENTS], uint16_t lanes, const char *what,
                 const uint32_t *words, const uint32_t *sampler)
{
    for (unsigned c = 0; c < COMPONENTS; c++)
        for (unsigned i = 0; i < LANES; i++) {
            if (!(lanes >> i & 1) || a[c][i] == b[c][i]) continue;
            printf("%s: component %u of lane %u: %08x, not %08x; image %08x %08x %08x %08x %08x, sampler "
                   "%08x %08x "
                   "%08x\n",
                   what, c, i, a[c][i], b[c][i], words[0], words[1], words[2], words[3], words[4], sampler[0],
                   sampler[2], sampler[3]);
            return false;
        }
    return true;
}

// What is written in a normalised format is the nearest integer, to nearest even: around each place just
// between two.
static bool fields_right(unsigned bits)
{
    double ones = (double)((1u << bits) - 1);
    for (unsigned k = 0; k < 1u << bits; k++) {
        f32x16 value;
        uint32_t middle = __builtin_bit_cast(uint32_t, (float)((k + 0.5) / ones));
        for (unsigned i = 0; i < LANES; i++) value[i] = __builtin_bit_cast(float, middle + i - LANES / 2);
        u32x16 field = unorm_field(value, bits);
        for (unsigned i = 0; i < LANES; i++) {
            double expected = nearbyint(fmin((double)value[i], 1) * ones);
            if ((double)field[i] == expected) continue;
            printf("%a of %u bits: %u, not %g\n", (double)value[i], bits, field[i], expected);
            return false;
        }
    }
    return true;
}

struct subject {
    uint32_t words[IMAGE_WORDS], sampler_words[SAMPLER_WORDS];
    struct image image;
    struct image_rows rows;
    struct sampler sampler;
    struct rows_sampler short_sampler;
};

static bool sample_try(const struct subject *s, uint16_t lanes)
{
    u32x16 bits[COORDINATES], texel[COMPONENTS], expected[COMPONENTS], found[COMPONENTS];
    const u32x16 *at[COORDINATES];
    struct image_levels levels = {0};
    struct samples samples = {.one_level = true, .levels = {sampler_levels(&s->sampler, &s->image, 0)}};
    for (unsigned i = 0; i < COORDINATES; i++) {
        bool layer = i == 2 && s->image.is_array;
        bits[i] = coordinate_any(!s->sampler.unnormalised && !layer);
        at[i] = &bits[i];
        samples.coordinates[i] = __builtin_bit_cast(f32x16, bits[i]);
    }
    samples_filter(&s->sampler, &s->image, &levels, &samples, lanes, texel);
    components_select(s->image.format, s->image.selectors, texel, expected);
    rows_sample(&s->rows, &s->short_sampler, at, lanes, found);
    return same(found, expected, lanes, "sampled", s->words, s->sampler_words);
}

// Coordinates of neighbours in a row, as most are, or any.
static u32x16 place_any(unsigned axis, unsigned kind)
{
    u32x16 at = {0};
    for (unsigned k = 0; k < LANES; k++) {
        if (kind == 0)
            at[k] = axis ? random_next() % 4 : k;
        else
            at[k] = random_next() % (kind == 1 ? 4 : 24) - random_next() % 2;
        if (kind == 0 && axis && k) at[k] = at[0];
    }
    return at;
}

// Coordinates as they lie in registers, where they lie, and as numbers, as many as the image has.
static void places_make(const struct subject *s, u32x16 bits[COORDINATES], const u32x16 *at[COORDINATES],
                        i32x16 integers[COORDINATES])
{
    unsigned kind = random_next() % 3;
    for (unsigned i = 0; i < COORDINATES; i++) {
        bits[i] = place_any(i, kind);
        at[i] = &bits[i];
        if (i < s->rows.coordinates) integers[i] = __builtin_bit_cast(i32x16, bits[i]);
    }
}

static bool load_try(const struct subject *s, uint16_t lanes)
{
    u32x16 bits[COORDINATES], texel[COMPONENTS], expected[COMPONENTS], found[COMPONENTS];
    const u32x16 *at[COORDINATES];
    i32x16 integers[COORDINATES] = {{0}};
    struct image_level level;
    u64x16 address;
    places_make(s, bits, at, integers);
    image_level_find(&s->image, 0, &level);
    uint16_t inside = image_texels(&s->image, &level, integers, lanes, &address);
    texels_read(s->image.format, &address, inside, texel);
    components_select(s->image.format, s->image.selectors, texel, expected);
    rows_load(&s->rows, at, lanes, found);
    return same(found, expected, lanes, "loaded", s->words, s->sampler_words);
}

// Half of the components lie just between two integers of normalised formats.
static u32x16 components_any(void)
{
    u32x16 bits;
    for (unsigned k = 0; k < LANES; k++) {
        static const unsigned ones[] = {1, 3, 31, 63, 255, 1023, 65535};
        unsigned most = ones[random_next() % (sizeof ones / sizeof *ones)];
        float between = ((float)(random_next() % (most + 1)) + 0.5f) / (float)most;
        bits[k] = random_next() % 2 ? __builtin_bit_cast(uint32_t, between) : random_next();
    }
    return bits;
}

static bool store_try(const struct subject *s, uint16_t lanes)
{
    static uint8_t before[MEMORY_BYTES], expected[MEMORY_BYTES];
    u32x16 bits[COORDINATES], components[COMPONENTS], texel[COMPONENTS];
    const u32x16 *at[COORDINATES];
    i32x16 integers[COORDINATES] = {{0}};
    struct image_level level;
    u64x16 address;
    places_make(s, bits, at, integers);
    for (unsigned c = 0; c < COMPONENTS; c++) components[c] = components_any();
    image_level_find(&s->image, 0, &level);
    uint16_t inside = image_texels(&s->image, &level, integers, lanes, &address);
    components_deselect(s->image.selectors, components, texel);
    size_t bytes = level.slice_bytes * (s->image.first_layer + s->image.size[2]);
    memcpy(before, memory, bytes);
    texels_write(s->image.format, &address, inside, texel);
    memcpy(expected, memory, bytes);
    memcpy(memory, before, bytes);
    rows_store(&s->rows, at, lanes, components);
    bool good = !memcmp(memory, expected, bytes);
    memcpy(memory, before, bytes);
    if (!good)
        printf("stored otherwise: image %08x %08x %08x %08x %08x\n", s->words[0], s->words[1], s->words[2],
               s->words[3], s->words[4]);
    return good;
}

int main(void)
{
    unsigned sampled = 0, failures = 0;
    struct subject s;
    for (unsigned bits = 1; bits <= 16; bits++) failures += !fields_right(bits);
    memory_fill();
    for (unsigned i = 0; i < TRIES && failures < 10; i++) {
        enum { FLUSHED = 0x8040 };
        uint16_t lanes = random_next() % 2 ? 0xffff : (uint16_t)(random_next() | 1);
        _mm_setcsr(0x1f80 | (i % 2 ? FLUSHED : 0));
        image_any(s.words);
        sampler_any(s.sampler_words);
        if (image_decode(&s.image, s.words) || !image_rows_find(&s.rows, &s.image)) continue;
        failures += !load_try(&s, lanes);
        if (image_format_is_stored(s.image.format)) failures += !store_try(&s, lanes);
        if (sampler_decode(&s.sampler, s.sampler_words)) continue;
        if (!rows_sampler_find(&s.short_sampler, &s.sampler, &s.image)) continue;
        failures += !sample_try(&s, lanes);
        sampled++;
    }
    printf("%u images sampled\n", sampled);
    return failures || sampled < TRIES / 3;
}
