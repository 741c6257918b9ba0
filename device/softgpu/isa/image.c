#include "image.h"

#include <stddef.h>

enum image_type { IMAGE_1D = 8, IMAGE_2D, IMAGE_3D, IMAGE_CUBE, IMAGE_1D_ARRAY, IMAGE_2D_ARRAY };

enum {
    LINEAR_ROW_BYTES = 256, // what rows of linear images are a multiple of
    ADDRESS_BITS = 47,
};

static uint32_t field(uint32_t word, unsigned high, unsigned low)
{
    return word >> low & (uint32_t)((1ull << (high - low + 1)) - 1);
}

// Texels a row takes. The descriptor has room for a pitch where it needs none for a depth.
static uint64_t row_texels(const struct image *image, const uint32_t *words, bool has_depth)
{
    uint64_t width = image->size[0], pitch = field(words[4], 13, 0) + 1ull;
    if (!has_depth && pitch > width) return pitch;
    uint32_t multiple = LINEAR_ROW_BYTES / image->format->bytes;
    return (width + multiple - 1) / multiple * multiple;
}

static void sizes_decode(struct image *image, const uint32_t *words, enum image_type type)
{
    bool is_1d = type == IMAGE_1D || type == IMAGE_1D_ARRAY, has_depth = type == IMAGE_3D || image->is_array;
    uint32_t last = has_depth ? field(words[4], 12, 0) : 0;
    image->dimensions = is_1d ? 1 : type == IMAGE_3D ? 3 : 2;
    image->size[0] = (field(words[1], 31, 30) | field(words[2], 11, 0) << 2) + 1;
    image->size[1] = is_1d ? 1 : field(words[2], 27, 14) + 1;
    image->first_layer = image->is_array ? field(words[4], 28, 16) : 0;
    image->size[2] = last < image->first_layer ? 0 : last - image->first_layer + 1;
    image->row_bytes = row_texels(image, words, has_depth) * image->format->bytes;
    image->slice_bytes = image->row_bytes * image->size[1];
}

const char *image_decode(struct image *image, const uint32_t words[IMAGE_WORDS])
{
    enum image_type type = field(words[3], 31, 28);
    *image = (struct image){
        .format = image_format_find(field(words[1], 28, 20)),
        .base = (uint64_t)words[0] << 8 | (uint64_t)field(words[1], 7, 0) << 40,
        .is_array = type == IMAGE_1D_ARRAY || type == IMAGE_2D_ARRAY,
    };
    if (type < IMAGE_1D || type == IMAGE_CUBE || type > IMAGE_2D_ARRAY) return "type";
    if (!image->format) return "format";
    if (field(words[3], 24, 20) != 0) return "swizzle mode";
    if (field(words[3], 19, 12) != 0 || field(words[5], 7, 4) != 0) return "mip levels";
    if (field(words[6], 21, 21) != 0) return "compression";
    if (!selectors_decode(words[3], image->selectors)) return "component selector";
    sizes_decode(image, words, type);
    uint64_t layers = (uint64_t)image->first_layer + image->size[2];
    if (image->base + layers * image->slice_bytes > 1ull << ADDRESS_BITS) return "address";
    return NULL;
}

bool image_contains(const struct image *image, const int64_t at[COORDINATES])
{
    bool inside = true;
    for (unsigned i = 0; i < COORDINATES; i++) inside &= at[i] >= 0 && at[i] < image->size[i];
    return inside;
}

uint64_t image_texel(const struct image *image, const int64_t at[COORDINATES])
{
    return image->base + ((uint64_t)at[2] + image->first_layer) * image->slice_bytes +
           (uint64_t)at[1] * image->row_bytes + (uint64_t)at[0] * image->format->bytes;
}
