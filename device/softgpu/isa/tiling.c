#include "tiling.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { TEXEL_SIZES = 5, MICRO_LOG2 = 8 };

// The address bit that each bit of a coordinate flips, from the lowest on, as hexadecimal digits.
struct bits {
    const char *of[COORDINATES];
};

// Of the first 256 bytes, by the texel's size.
static const struct bits standard_256[TEXEL_SIZES] = {
    {{"0123", "4567", ""}}, {{"1237", "456", ""}}, {{"237", "456", ""}},
    {{"367", "45", ""}},    {{"67", "45", ""}},
};
static const struct bits display_256[TEXEL_SIZES] = {
    {{"0126", "4357", ""}}, {{"1237", "456", ""}}, {{"236", "457", ""}},
    {{"356", "47", ""}},    {{"46", "57", ""}},
};
// Of blocks of 4 KiB of 3D images.
static const struct bits volume_4k[TEXEL_SIZES] = {
    {{"0169", "358b", "247a"}}, {{"169", "358b", "247a"}}, {{"269", "358b", "47a"}},
    {{"369", "58b", "47a"}},    {{"69", "58b", "47a"}},
};
// What follows those: the rest of a block, and bits of what lies above it, which are XORed.
static const struct bits none = {{"", "", ""}}, rest_4k = {{"9b", "8a", ""}};
static const struct bits above_flat = {{"a8", "b9", "ba98"}}, above_volume = {{"ba8", "a9", "b98"}};

static const struct layout {
    uint8_t mode, size_log2;
    bool is_volume;
    const struct bits *first; // by the texel's size; NULL: linear
    const struct bits *rest, *above;
} layouts[] = {
    {SWIZZLE_LINEAR, 0, false, NULL, NULL, NULL},
    {SWIZZLE_LINEAR, 0, true, NULL, NULL, NULL},
    {SWIZZLE_256B_S, 8, false, standard_256, &none, NULL},
    {SWIZZLE_256B_D, 8, false, display_256, &none, NULL},
    {SWIZZLE_4KB_S, 12, false, standard_256, &rest_4k, NULL},
    {SWIZZLE_4KB_D, 12, false, display_256, &rest_4k, NULL},
    {SWIZZLE_4KB_S_X, 12, false, standard_256, &rest_4k, &above_flat},
    {SWIZZLE_4KB_D_X, 12, false, display_256, &rest_4k, &above_flat},
    {SWIZZLE_4KB_S, 12, true, volume_4k, &none, NULL},
    {SWIZZLE_4KB_S_X, 12, true, volume_4k, &none, &above_volume},
};
enum { LAYOUTS = sizeof layouts / sizeof *layouts };

static struct tiling tilings[LAYOUTS][TEXEL_SIZES];

// Appends address bits to an axis's.
static void bits_append(uint8_t bits[TILING_PERIOD], unsigned *count, const char *digits)
{
    for (; *digits; digits++) {
        const char digit[] = {*digits, 0};
        bits[(*count)++] = (uint8_t)strtoul(digit, NULL, 16);
    }
}

static void axis_make(struct tiling *t, const struct layout *l, unsigned texel_log2, unsigned axis)
{
    uint8_t bits[TILING_PERIOD];
    unsigned count = 0;
    bits_append(bits, &count, l->first[texel_log2].of[axis]);
    bits_append(bits, &count, l->rest->of[axis]);
    t->block_log2[axis] = (uint8_t)count;
    for (unsigned b = 0; b < count; b++) t->micro_log2[axis] += bits[b] < MICRO_LOG2;
    if (l->above) bits_append(bits, &count, l->above->of[axis]);
    for (unsigned at = 0; at < TILING_PERIOD; at++)
        for (unsigned b = 0; b < count; b++) t->offset[axis][at] ^= (uint16_t)((at >> b & 1) << bits[b]);
}

static void tilings_make(void)
{
    for (unsigned i = 0; i < LAYOUTS; i++)
        for (unsigned log2 = 0; log2 < TEXEL_SIZES; log2++) {
            const struct layout *l = &layouts[i];
            struct tiling *t = &tilings[i][log2];
            t->size_log2 = l->first ? l->size_log2 : (uint8_t)log2;
            t->is_xor = l->above;
            for (unsigned axis = 0; l->first && axis < COORDINATES; axis++) axis_make(t, l, log2, axis);
        }
}

const struct tiling *tiling_find(unsigned mode, bool is_volume, unsigned texel_bytes)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    unsigned log2 = (unsigned)__builtin_ctz(texel_bytes);
    pthread_once(&once, tilings_make);
    if (texel_bytes != 1u << log2 || log2 >= TEXEL_SIZES) return NULL;
    for (unsigned i = 0; i < LAYOUTS; i++)
        if (layouts[i].mode == mode && layouts[i].is_volume == is_volume) return &tilings[i][log2];
    return NULL;
}
