#include "image.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum image_type { IMAGE_1D = 8, IMAGE_2D, IMAGE_3D, IMAGE_CUBE, IMAGE_1D_ARRAY, IMAGE_2D_ARRAY };

enum {
    LINEAR_ROW_BYTES = 256, // what rows of linear images are a multiple of
    BASE_LOG2 = 8,          // what addresses in descriptors are a multiple of
    ADDRESS_BITS = 47,
    MIN_LOD_ONE = 256, // units of a level
};

static uint32_t field(uint32_t word, unsigned high, unsigned low)
{
    return word >> low & (uint32_t)((1ull << (high - low + 1)) - 1);
}

static uint32_t align_log2(uint32_t value, unsigned log2)
{
    return (value + (1u << log2) - 1) >> log2 << log2;
}

static bool is_power_of_2(unsigned value) { return (value & (value - 1)) == 0; }

// --- Levels in memory: from the last one, which comes first, to level 0 ---

// Texels for which a level has room: half of the level before, rounded up.
static uint32_t room(uint32_t size, unsigned level) { return (size + (1u << level) - 1) >> level; }

// Texels that it has.
static uint32_t level_size(uint32_t size, unsigned level) { return size >> level ? size >> level : 1; }

static bool is_linear(const struct image *image) { return !image->tiling.block_log2[0]; }
static bool is_volume(const struct image *image) { return image->dimensions == 3; }

// Bytes of a level's rows, and of all its rows in one slice, in blocks.
static void level_measure(const struct image *image, unsigned level, uint64_t *row_bytes, uint64_t *bytes)
{
    const struct tiling *t = &image->tiling;
    uint32_t width = room(image->size[0], level), height = room(image->size[1], level);
    if (is_linear(image)) {
        *row_bytes = (uint64_t)width * image->format->bytes;
        *row_bytes = (*row_bytes + LINEAR_ROW_BYTES - 1) / LINEAR_ROW_BYTES * LINEAR_ROW_BYTES;
        if (image->pitch) *row_bytes = (uint64_t)image->pitch * image->format->bytes;
    } else {
        *row_bytes = (uint64_t)(align_log2(width, t->block_log2[0]) >> t->block_log2[0]) << t->size_log2;
    }
    *bytes = *row_bytes * (align_log2(height, t->block_log2[1]) >> t->block_log2[1]);
}

// The last levels share a block where they fit into half of it. Returns the first that does; chain_levels:
// none.
static unsigned tail_first(const struct image *image)
{
    enum { TAIL_LEVELS_FLAT = 8, TAIL_LEVELS_VOLUME = 5, TAIL_SIZE_LOG2 = 12 };
    const struct tiling *t = &image->tiling;
    if (image->chain_levels == 1 || t->size_log2 != TAIL_SIZE_LOG2) return image->chain_levels;
    bool volume = is_volume(image);
    uint32_t width = (1u << t->block_log2[0]) >> !volume, height = (1u << t->block_log2[1]) >> volume;
    unsigned level = 0, most = volume ? TAIL_LEVELS_VOLUME : TAIL_LEVELS_FLAT;
    while (level < image->chain_levels &&
           (room(image->size[0], level) > width || room(image->size[1], level) > height ||
            image->chain_levels - level > most))
        level++;
    return level;
}

// Where in their block the levels of a tail begin, in its parts of 256 bytes.
static void tail_place(const struct image *image, unsigned first, unsigned level, struct image_level *l)
{
    unsigned most = is_volume(image) ? 5 : 8, slot = most - 1 - (level - first);
    unsigned part = slot > 6 ? 1u << (slot - 4) : slot; // 0 to 15: x and y in turn, y first
    unsigned x = (part >> 1 & 1) | (part >> 2 & 2), y = (part & 1) | (part >> 1 & 2);
    l->within[0] = (uint16_t)(x << image->tiling.micro_log2[0]);
    l->within[1] = (uint16_t)(y << image->tiling.micro_log2[1]);
}

// Sets what about a level follows from the chain; returns the bytes that all of it takes in one slice of
// blocks.
static uint64_t chain_walk(const struct image *image, unsigned level, struct image_level *l)
{
    unsigned first = tail_first(image);
    uint64_t at = first < image->chain_levels ? 1ull << image->tiling.size_log2 : 0;
    *l = (struct image_level){.base = image->base};
    for (unsigned i = first; i-- > 0;) {
        uint64_t row_bytes, bytes;
        level_measure(image, i, &row_bytes, &bytes);
        if (i == level) l->base += at, l->row_bytes = row_bytes;
        at += bytes;
    }
    if (level >= first) tail_place(image, first, level, l);
    l->slice_bytes = at;
    return at;
}

void image_level_find(const struct image *image, unsigned level, struct image_level *l)
{
    unsigned number = image->first_level + level;
    chain_walk(image, number, l);
    for (unsigned i = 0; i < COORDINATES; i++) {
        bool shrinks = i < image->dimensions;
        l->size[i] = shrinks ? level_size(image->size[i], number) : image->size[i];
    }
}

// --- Descriptors ---

// What must be 0, and whose meaning this device does not have. What is neither here nor read below changes
// nothing: caches (LLC_NOALLOC, BIG_PAGE), how texels are laid out that are compressed (ITERATE_256 to
// META_DATA_ADDRESS), what texels read as that are not resident (PRT_DEFAULT), how far PERF_MIP and PERF_Z of
// a sampler go (PERF_MOD), which counters to use (COUNTER_BANK_ID).
static const struct {
    uint8_t word, high, low;
    const char *name;
} unknown[] = {
    {1, 29, 29, "reserved bits"},  {2, 13, 12, "reserved bits"},   {2, 30, 28, "reserved bits"},
    {4, 15, 14, "reserved bits"},  {4, 31, 29, "reserved bits"},   {5, 3, 0, "ARRAY_PITCH"},
    {5, 23, 23, "CORNER_SAMPLES"}, {5, 24, 24, "LINKED_RESOURCE"}, {5, 25, 25, "LOD_HDW_CNT_EN"},
    {5, 30, 27, "reserved bits"},  {6, 14, 11, "reserved bits"},   {6, 21, 20, "compression"},
};

static const char *unknown_find(const uint32_t words[IMAGE_WORDS])
{
    for (unsigned i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (field(words[unknown[i].word], unknown[i].high, unknown[i].low)) return unknown[i].name;
    return field(words[2], 31, 31) ? NULL : "RESOURCE_LEVEL"; // every driver sets it
}

static void sizes_decode(struct image *image, const uint32_t *words, enum image_type type)
{
    bool is_1d = type == IMAGE_1D || type == IMAGE_1D_ARRAY, has_depth = type == IMAGE_3D || image->is_array;
    uint32_t last = has_depth ? field(words[4], 12, 0) : 0, pitch = field(words[4], 13, 0) + 1;
    image->dimensions = is_1d ? 1 : type == IMAGE_3D ? 3 : 2;
    image->size[0] = (field(words[1], 31, 30) | field(words[2], 11, 0) << 2) + 1;
    image->size[1] = is_1d ? 1 : field(words[2], 27, 14) + 1;
    image->first_layer = image->is_array ? field(words[4], 28, 16) : 0;
    image->size[2] = last < image->first_layer ? 0 : last - image->first_layer + 1;
    // The descriptor has room for a pitch where it needs none for a depth.
    if (!has_depth && image->chain_levels == 1 && pitch > image->size[0]) image->pitch = pitch;
}

// Returns whether levels and sizes are such as memory can have. MIN_LOD counts from level 0 of memory. (What
// it leaves out is as if it were not there: Vulkan's image views ask for that, and hardware has it so.)
static bool levels_decode(struct image *image, const uint32_t *words)
{
    uint32_t first = field(words[3], 15, 12), last = field(words[3], 19, 16), highest = field(words[5], 7, 4);
    image->first_level = (uint8_t)first;
    image->levels = (uint8_t)(last - first + 1);
    image->chain_levels = (uint8_t)(highest + 1);
    image->least_lod = fmaxf((float)field(words[1], 19, 8) / MIN_LOD_ONE - (float)first, 0);
    image->first_accessible = (uint8_t)image->least_lod;
    return first <= last && last <= highest;
}

static const char *place_check(struct image *image)
{
    const struct tiling *t = &image->tiling;
    uint32_t in_block = (uint32_t)image->base & ((1u << t->size_log2) - 1);
    if (!is_linear(image) && in_block) {
        if (!t->is_xor) return "address";
        image->base -= in_block;
        image->xor = in_block;
    }
    struct image_level whole;
    uint64_t slices = (uint64_t)image->first_layer + image->size[2];
    uint64_t bytes =
        chain_walk(image, 0, &whole) * (align_log2((uint32_t)slices, t->block_log2[2]) >> t->block_log2[2]);
    return image->base + bytes > 1ull << ADDRESS_BITS ? "address" : NULL;
}

// BC_SWIZZLE names the border's components in the order in which a texel has them.
static bool border_decode(struct image *image, uint32_t swizzle)
{
    static const char *const names[] = {"XYZW", "XWYZ", "WZYX", "WXYZ", "ZYXW", "YXWZ"};
    if (swizzle >= sizeof names / sizeof *names) return false;
    image->border_alpha = (uint8_t)(strchr(names[swizzle], 'W') - names[swizzle]);
    return true;
}

// 1D and 2D images have a pitch where others have a depth, one bit less, and their first layer. (Of 3D images
// that says nothing while ARRAY_PITCH is 0: Mesa, radv_image_view.c.)
static const char *pitch_check(const struct image *image, const uint32_t words[IMAGE_WORDS])
{
    uint32_t pitch = field(words[4], 13, 0);
    if (image->is_array || is_volume(image)) return field(words[4], 13, 13) ? "reserved bits" : NULL;
    if (pitch && pitch + 1 < image->size[0]) return "pitch";
    return field(words[4], 28, 16) ? "layer" : NULL;
}

const char *image_decode(struct image *image, const uint32_t words[IMAGE_WORDS])
{
    enum image_type type = field(words[3], 31, 28);
    *image = (struct image){
        .format = image_format_find(field(words[1], 28, 20)),
        .base = (uint64_t)words[0] << BASE_LOG2 | (uint64_t)field(words[1], 7, 0) << 40,
        .is_array = type == IMAGE_1D_ARRAY || type == IMAGE_2D_ARRAY,
    };
    if (type < IMAGE_1D || type == IMAGE_CUBE || type > IMAGE_2D_ARRAY) return "type";
    if (!image->format || !is_power_of_2(image->format->bytes)) return "format";
    if (!levels_decode(image, words)) return "mip levels";
    const char *lacks = unknown_find(words);
    if (lacks) return lacks;
    if (!border_decode(image, field(words[3], 27, 25))) return "BC_SWIZZLE";
    image->warns_of_lod = field(words[5], 19, 8) != 0;
    if (!selectors_decode(words[3], image->selectors)) return "component selector";
    sizes_decode(image, words, type);
    lacks = pitch_check(image, words);
    if (lacks) return lacks;
    unsigned mode = field(words[3], 24, 20);
    if (!tiling_find(&image->tiling, mode, is_volume(image), image->format->bytes)) return "swizzle mode";
    if (image->dimensions == 1 && !is_linear(image)) return "swizzle mode";
    return place_check(image);
}

// --- Texels ---

void image_axis_find(const struct image *image, const struct image_level *level, unsigned axis, i32x16 at,
                     struct image_axis *a)
{
    typedef bool lane_bits __attribute__((ext_vector_type(16)));
    const struct tiling *t = &image->tiling;
    const uint64_t strides[COORDINATES] = {1ull << t->size_log2, level->row_bytes, level->slice_bytes};
    u32x16 coordinate = __builtin_bit_cast(u32x16, at), zero = {0};
    a->inside =
        __builtin_bit_cast(uint16_t, __builtin_convertvector(coordinate < level->size[axis], lane_bits));
    if (axis == 2) coordinate += image->first_layer;
    u32x16 block = coordinate >> (uint32_t)t->block_log2[axis];
    a->blocks = __builtin_convertvector(block, u64x16) * strides[axis];
    a->offset = is_linear(image) ? zero : tiling_offsets(t, axis, coordinate + level->within[axis]);
}

uint16_t image_axes_join(const struct image *image, const struct image_level *level,
                         const struct image_axis *const axes[COORDINATES], uint16_t lanes, u64x16 *address)
{
    u32x16 offset = axes[0]->offset ^ axes[1]->offset ^ axes[2]->offset ^ image->xor;
    u64x16 blocks = axes[0]->blocks + axes[1]->blocks + axes[2]->blocks + level->base;
    *address = blocks + __builtin_convertvector(offset, u64x16);
    return lanes & axes[0]->inside & axes[1]->inside & axes[2]->inside;
}

uint16_t image_texels(const struct image *image, const struct image_level *level,
                      const i32x16 at[COORDINATES], uint16_t lanes, u64x16 *address)
{
    struct image_axis axes[COORDINATES];
    const struct image_axis *const all[COORDINATES] = {&axes[0], &axes[1], &axes[2]};
    for (unsigned i = 0; i < COORDINATES; i++) image_axis_find(image, level, i, at[i], &axes[i]);
    return image_axes_join(image, level, all, lanes, address);
}
