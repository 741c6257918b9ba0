#include "tiling.h"

#include <stddef.h>

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

// Appends address bits, each of which the next bit of the coordinate flips.
static void bits_append(struct tiling *t, unsigned axis, unsigned *count, const char *digits)
{
    for (; *digits; digits++, ++*count) {
        unsigned bit = (unsigned)(*digits <= '9' ? *digits - '0' : *digits - 'a' + 10), i = 0;
        unsigned shift = bit - *count; // no bit lies below the coordinate's own
        while (i < t->shifts[axis] && t->bits[axis][i].shift != shift) i++;
        if (i == t->shifts[axis]) t->bits[axis][t->shifts[axis]++] = (struct tiling_bits){0, (uint8_t)shift};
        t->bits[axis][i].mask |= (uint8_t)(1u << *count);
    }
}

static void axis_make(struct tiling *t, const struct layout *l, unsigned texel_log2, unsigned axis)
{
    const char *first = l->first[texel_log2].of[axis], *rest = l->rest->of[axis];
    unsigned count = 0;
    bits_append(t, axis, &count, first);
    bits_append(t, axis, &count, rest);
    t->block_log2[axis] = (uint8_t)count;
    for (; *first; first++) t->micro_log2[axis] += *first < '0' + MICRO_LOG2;
    if (l->above) bits_append(t, axis, &count, l->above->of[axis]);
}

bool tiling_find(struct tiling *t, unsigned mode, bool is_volume, unsigned texel_bytes)
{
    unsigned log2 = (unsigned)__builtin_ctz(texel_bytes);
    const struct layout *l = layouts, *end = layouts + sizeof layouts / sizeof *layouts;
    while (l < end && (l->mode != mode || l->is_volume != is_volume)) l++;
    if (l == end || texel_bytes != 1u << log2 || log2 >= TEXEL_SIZES) return false;
    *t = (struct tiling){
        .size_log2 = l->first ? l->size_log2 : (uint8_t)log2,
        .is_xor = l->above,
    };
    for (unsigned axis = 0; l->first && axis < COORDINATES; axis++) axis_make(t, l, log2, axis);
    return true;
}
