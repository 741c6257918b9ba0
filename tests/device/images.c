// Images against plain C on a mirror in ordinary memory: every format, type and layout, random regions.
#include "device/device_image.h"
#include "device/hsa/kick.h"
#include "fixture.h"

#include <math.h>

enum { TYPES = 6, PITCH = 256 };

static const cl_mem_object_type types[TYPES] = {
    CL_MEM_OBJECT_IMAGE1D,       CL_MEM_OBJECT_IMAGE2D,       CL_MEM_OBJECT_IMAGE3D,
    CL_MEM_OBJECT_IMAGE1D_ARRAY, CL_MEM_OBJECT_IMAGE2D_ARRAY, CL_MEM_OBJECT_IMAGE1D_BUFFER,
};

struct picture {
    struct device_image_description description;
    struct device_image *image;
    struct device_memory *memory; // of a 1D image in a buffer
    unsigned level;               // that is looked at
    size_t size[3], texel;
    uint8_t *mirror; // row behind row, slice behind slice
};

static struct device_queue *queue;
static uint32_t seed;

static size_t chosen(size_t least, size_t most)
{
    return least + (fixture_random(&seed) >> 8) % (most - least + 1);
}

static size_t picture_bytes(const struct picture *picture)
{
    return picture->size[0] * picture->size[1] * picture->size[2] * picture->texel;
}

// ---- Making them --------------------------------------------------------------------------------------

// A description whose sizes are `size`, of which the type takes what it has.
static struct device_image_description described(cl_mem_object_type type, cl_image_format format,
                                                 const size_t size[3], size_t sizes[3])
{
    struct device_image_description description = {.type = type, .format = format, .width = size[0]};
    for (int i = 0; i < 3; i++) sizes[i] = 1;
    sizes[0] = size[0];
    if (type == CL_MEM_OBJECT_IMAGE1D_ARRAY) sizes[1] = description.layers = size[2];
    if (type == CL_MEM_OBJECT_IMAGE2D_ARRAY) sizes[2] = description.layers = size[2];
    if (type == CL_MEM_OBJECT_IMAGE3D) sizes[2] = description.depth = size[2];
    if (type == CL_MEM_OBJECT_IMAGE2D || type == CL_MEM_OBJECT_IMAGE2D_ARRAY || type == CL_MEM_OBJECT_IMAGE3D)
        sizes[1] = description.height = size[1];
    return description;
}

static struct picture picture_open(cl_mem_object_type type, cl_image_format format, const size_t size[3],
                                   bool linear)
{
    struct picture picture = {.texel = device_image_texel_size(&format)};
    picture.description = described(type, format, size, picture.size);
    picture.description.linear = linear;
    if (type == CL_MEM_OBJECT_IMAGE1D_BUFFER) {
        uint32_t *words; // that begin in the middle
        picture.memory = fixture_words(picture_bytes(&picture) / 4 + 65, &words);
        picture.description.memory = (uint8_t *)device_memory_address(picture.memory) + 128;
    }
    assert_ok(device_image_create(&fixture.device, 1, &picture.description, &picture.image));
    bool tiled = !linear && (picture.description.height || picture.description.depth);
    assert_int_equal(device_image_laid_out(picture.image)->row_pitch == 0, tiled);
    picture.mirror = calloc(1, picture_bytes(&picture));
    return picture;
}

static void picture_close(struct picture *picture)
{
    device_image_destroy(picture->image);
    if (picture->memory) device_memory_destroy(picture->memory);
    free(picture->mirror);
}

// ---- Doing the same to image and mirror ---------------------------------------------------------------

struct region {
    size_t origin[3], size[3];
};

static struct region region_choose(const struct picture *picture)
{
    struct region region;
    for (int i = 0; i < 3; i++) {
        region.size[i] = chosen(1, picture->size[i]);
        region.origin[i] = chosen(0, picture->size[i] - region.size[i]);
    }
    return region;
}

static struct device_image_place place_at(const struct picture *picture, const struct region *region)
{
    struct device_image_place place = {.image = picture->image, .level = picture->level};
    memcpy(place.origin, region->origin, sizeof place.origin);
    return place;
}

static uint8_t *mirror_row(const struct picture *picture, const struct region *region, size_t y, size_t z)
{
    size_t row = (region->origin[2] + z) * picture->size[1] + region->origin[1] + y;
    return picture->mirror + (row * picture->size[0] + region->origin[0]) * picture->texel;
}

// Memory for a region: with odd pitches now and then, somewhere in a block of `size` bytes.
struct block {
    uint8_t *bytes;
    size_t size;
    struct device_rect rect, given; // `given` leaves out pitches
};

static struct block block_open(const struct picture *picture, const struct region *region)
{
    struct block block = {0};
    size_t row = region->size[0] * picture->texel, pad = chosen(0, 3);
    bool layers = picture->description.type == CL_MEM_OBJECT_IMAGE1D_ARRAY;
    block.rect.row_pitch = row + (pad == 1 ? chosen(0, 40) : pad == 2 ? picture->texel * chosen(0, 9) : 0);
    block.rect.slice_pitch = block.rect.row_pitch * region->size[1] + (pad == 1 ? chosen(0, 99) : 0);
    block.size = block.rect.slice_pitch * region->size[2] + 64;
    block.bytes = malloc(block.size);
    block.rect.base = block.bytes + chosen(0, 63);
    block.given = block.rect;
    if (layers) {
        block.given.slice_pitch = block.rect.row_pitch;
        block.given.row_pitch = row;
    }
    if (pad == 0) block.given.row_pitch = block.given.slice_pitch = 0;
    fixture_fill(block.bytes, block.size, (uint32_t)chosen(0, 9999));
    return block;
}

static uint8_t *block_row(const struct block *block, size_t y, size_t z)
{
    return block->rect.base + y * block->rect.row_pitch + z * block->rect.slice_pitch;
}

static void check_write(struct picture *picture)
{
    struct region region = region_choose(picture);
    struct block block = block_open(picture, &region);
    struct device_image_place place = place_at(picture, &region);
    struct device_command command = {0};
    assert_ok(device_queue_write_image(queue, &command, &place, &block.given, region.size));
    assert_ok(device_queue_finish(queue));
    for (size_t z = 0; z < region.size[2]; z++)
        for (size_t y = 0; y < region.size[1]; y++)
            memcpy(mirror_row(picture, &region, y, z), block_row(&block, y, z),
                   region.size[0] * picture->texel);
    free(block.bytes);
}

static void check_read_of(struct picture *picture, struct region region)
{
    struct block block = block_open(picture, &region);
    struct device_image_place place = place_at(picture, &region);
    uint8_t *expected = malloc(block.size); // nothing besides the region is written to
    memcpy(expected, block.bytes, block.size);
    for (size_t z = 0; z < region.size[2]; z++)
        for (size_t y = 0; y < region.size[1]; y++)
            memcpy(expected + (block_row(&block, y, z) - block.bytes), mirror_row(picture, &region, y, z),
                   region.size[0] * picture->texel);
    struct device_command command = {0};
    assert_ok(device_queue_read_image(queue, &command, &block.given, &place, region.size));
    assert_ok(device_queue_finish(queue));
    assert_memory_equal(block.bytes, expected, block.size);
    free(expected);
    free(block.bytes);
}

static void check_all(struct picture *picture)
{
    check_read_of(picture, (struct region){{0}, {picture->size[0], picture->size[1], picture->size[2]}});
}

static void check_read(struct picture *picture) { check_read_of(picture, region_choose(picture)); }

static void check_copy(struct picture *to, const struct picture *from)
{
    struct region target, source;
    for (int i = 0; i < 3; i++) {
        size_t most = to->size[i] < from->size[i] ? to->size[i] : from->size[i];
        target.size[i] = source.size[i] = chosen(1, most);
        target.origin[i] = chosen(0, to->size[i] - target.size[i]);
        source.origin[i] = chosen(0, from->size[i] - target.size[i]);
    }
    struct device_image_place to_place = place_at(to, &target), from_place = place_at(from, &source);
    struct device_command command = {0};
    assert_ok(device_queue_copy_image(queue, &command, &to_place, &from_place, target.size));
    assert_ok(device_queue_finish(queue));
    for (size_t z = 0; z < target.size[2]; z++)
        for (size_t y = 0; y < target.size[1]; y++)
            memcpy(mirror_row(to, &target, y, z), mirror_row(from, &source, y, z),
                   target.size[0] * to->texel);
}

// What the software GPU takes for the texels is what was written.
static void check_descriptor(const struct picture *level)
{
    if (level->memory) return; // a buffer has another kind of descriptor
    size_t row = level->size[0] * level->texel, bytes = picture_bytes(level);
    bool layers = level->description.type == CL_MEM_OBJECT_IMAGE1D_ARRAY;
    struct softgpu_texels texels = {
        .descriptor = device_image_descriptor(level->image, fixture.device),
        .level = level->level,
        .size = {(uint32_t)level->size[0], (uint32_t)level->size[1], (uint32_t)level->size[2]},
        .memory = calloc(1, bytes),
        .row_pitch = row,
        .slice_pitch = row * (layers ? 1 : level->size[1]),
        .read = true,
    };
    if (layers) texels.size[1] = 1, texels.size[2] = (uint32_t)level->size[1];
    assert_true(kick_texels_copy(&texels));
    assert_memory_equal(texels.memory, level->mirror, bytes);
    free(texels.memory);
}

// ---- Colors: a second opinion -------------------------------------------------------------------------

// Which component each channel holds, from the texel's lowest bits on. (sRGBx is filled as sRGBA.)
static const struct {
    cl_channel_order order;
    const char *channels;
} orders[] = {
    {CL_R, "r"},        {CL_A, "a"},        {CL_RG, "rg"},     {CL_RA, "ra"},       {CL_RGB, "rgb"},
    {CL_RGBA, "rgba"},  {CL_BGRA, "bgra"},  {CL_ARGB, "argb"}, {CL_INTENSITY, "r"}, {CL_LUMINANCE, "r"},
    {CL_Rx, "r"},       {CL_RGx, "rg"},     {CL_RGBx, "rgb"},  {CL_DEPTH, "r"},     {CL_sRGBx, "rgba"},
    {CL_sRGBA, "rgba"}, {CL_sBGRA, "bgra"}, {CL_ABGR, "abgr"},
};

static const char *channels_of(cl_channel_order order)
{
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (orders[i].order == order) return orders[i].channels;
    fail_msg("order %x", order);
    return "";
}

static bool order_is_srgb(cl_channel_order order)
{
    return order == CL_sRGBA || order == CL_sBGRA || order == CL_sRGBx;
}

static double component_float(const float color[4], char name, bool srgb)
{
    double value = (double)color[name == 'r' ? 0 : name == 'g' ? 1 : name == 'b' ? 2 : 3];
    if (!srgb || name == 'a') return value;
    if (value <= 0) return 0;
    if (value >= 1) return 1;
    return value < 0.0031308 ? value * 12.92 : pow(value, 1.0 / 2.4) * 1.055 - 0.055;
}

static uint32_t packed_bits(double value, uint32_t most)
{
    return (uint32_t)(int64_t)nearbyint(fmin(fmax(value, 0), 1) * most);
}

static void packed_texel(cl_channel_type type, const float color[4], void *texel)
{
    static const struct {
        cl_channel_type type;
        unsigned size, bits[4], shift[4]; // of red, green, blue, alpha
    } packings[] = {
        {CL_UNORM_SHORT_565, 2, {5, 6, 5, 0}, {11, 5, 0, 0}},
        {CL_UNORM_SHORT_555, 2, {5, 5, 5, 0}, {10, 5, 0, 0}},
        {CL_UNORM_INT_101010, 4, {10, 10, 10, 0}, {20, 10, 0, 0}},
        {CL_UNORM_INT_101010_2, 4, {10, 10, 10, 2}, {22, 12, 2, 0}},
    };
    for (size_t i = 0; i < sizeof packings / sizeof *packings; i++) {
        if (packings[i].type != type) continue;
        uint32_t word = 0;
        for (int j = 0; j < 4; j++)
            if (packings[i].bits[j])
                word |= packed_bits((double)color[j], (1u << packings[i].bits[j]) - 1)
                        << packings[i].shift[j];
        memcpy(texel, &word, packings[i].size);
    }
}

// One channel that is whole bytes; returns how many.
static size_t channel_bytes(cl_channel_type type, double real, int64_t integer, void *at)
{
#define STORE(kind, value)                                                                                   \
    do {                                                                                                     \
        kind stored = (kind)(value);                                                                         \
        memcpy(at, &stored, sizeof stored);                                                                  \
        return sizeof stored;                                                                                \
    } while (0)
#define BETWEEN(value, least, most) ((value) < (least) ? (least) : (value) > (most) ? (most) : (value))
    switch (type) {
    case CL_SNORM_INT8:
        STORE(int8_t, nearbyint(fmin(fmax(real, -1), 1) * 127));
    case CL_SNORM_INT16:
        STORE(int16_t, nearbyint(fmin(fmax(real, -1), 1) * 32767));
    case CL_UNORM_INT8:
        STORE(uint8_t, nearbyint(fmin(fmax(real, 0), 1) * 255));
    case CL_UNORM_INT16:
        STORE(uint16_t, nearbyint(fmin(fmax(real, 0), 1) * 65535));
    case CL_SIGNED_INT8:
        STORE(int8_t, BETWEEN((int32_t)integer, -128, 127));
    case CL_SIGNED_INT16:
        STORE(int16_t, BETWEEN((int32_t)integer, -32768, 32767));
    case CL_UNSIGNED_INT8:
        STORE(uint8_t, BETWEEN((uint32_t)integer, 0u, 255u));
    case CL_UNSIGNED_INT16:
        STORE(uint16_t, BETWEEN((uint32_t)integer, 0u, 65535u));
    case CL_SIGNED_INT32:
    case CL_UNSIGNED_INT32:
        STORE(uint32_t, integer);
    case CL_HALF_FLOAT:
        STORE(_Float16, real);
    case CL_FLOAT:
        STORE(float, real);
    default:
        return 0;
    }
#undef STORE
#undef BETWEEN
}

static bool type_is_integer(cl_channel_type type)
{
    return type >= CL_SIGNED_INT8 && type <= CL_UNSIGNED_INT32;
}

static void reference_texel(cl_image_format format, const uint32_t color[4], uint8_t texel[16])
{
    const char *channels = channels_of(format.image_channel_order);
    bool srgb = order_is_srgb(format.image_channel_order);
    float reals[4] = {0};
    memset(texel, 0, 16);
    if (!type_is_integer(format.image_channel_data_type)) memcpy(reals, color, sizeof reals);
    packed_texel(format.image_channel_data_type, reals, texel);
    size_t at = 0;
    for (; *channels; channels++) {
        double real = component_float(reals, *channels, srgb);
        unsigned index = *channels == 'r' ? 0 : *channels == 'g' ? 1 : *channels == 'b' ? 2 : 3;
        at += channel_bytes(format.image_channel_data_type, real, color[index], texel + at);
    }
}

static void color_choose(cl_image_format format, uint32_t color[4])
{
    static const float odd[] = {0, 1, -1, 2, -2, 0.5f, 1e-6f, 0.002f, 0.0031308f, 65504, 1e6f, -0.0f};
    for (int i = 0; i < 4; i++) {
        float real =
            chosen(0, 2) ? (float)chosen(0, 4096) / 4096 : odd[chosen(0, sizeof odd / sizeof *odd - 1)];
        memcpy(&color[i], &real, sizeof real);
        if (type_is_integer(format.image_channel_data_type))
            color[i] = fixture_random(&seed) >> chosen(0, 1) * 24 << chosen(0, 1) * 3;
    }
}

static void check_fill(struct picture *picture)
{
    struct region region = region_choose(picture);
    struct device_image_place place = place_at(picture, &region);
    uint32_t color[4];
    uint8_t texel[16];
    color_choose(picture->description.format, color);
    reference_texel(picture->description.format, color, texel);
    struct device_command command = {0};
    assert_ok(device_queue_fill_image(queue, &command, &place, color, region.size));
    assert_ok(device_queue_finish(queue));
    for (size_t z = 0; z < region.size[2]; z++)
        for (size_t y = 0; y < region.size[1]; y++)
            for (size_t x = 0; x < region.size[0]; x++)
                memcpy(mirror_row(picture, &region, y, z) + x * picture->texel, texel, picture->texel);
}

// ---- Tests --------------------------------------------------------------------------------------------

static void check_format(cl_mem_object_type type, cl_image_format format, bool linear)
{
    size_t size[2][3] = {{chosen(1, 90), chosen(1, 40), chosen(1, 7)},
                         {chosen(1, 90), chosen(1, 40), chosen(1, 7)}};
    struct picture one = picture_open(type, format, size[0], linear);
    struct picture other = picture_open(type, format, size[1], !linear);
    struct device_image_place all = {.image = one.image}, all_other = {.image = other.image};
    const uint32_t black[4] = {0};
    struct device_command command = {0};
    assert_ok(device_queue_fill_image(queue, &command, &all, black, one.size));
    assert_ok(device_queue_fill_image(queue, &command, &all_other, black, other.size));
    for (int i = 0; i < 3; i++) {
        check_write(&one);
        check_fill(&one);
        check_read(&one);
        check_copy(&other, &one);
        check_copy(&one, &other);
    }
    check_all(&one);
    check_all(&other);
    check_descriptor(&one);
    check_descriptor(&other);
    picture_close(&one);
    picture_close(&other);
}

static void formats_types_layouts(void **state)
{
    (void)state;
    unsigned checked = 0;
    for (int i = 0; i < TYPES; i++) {
        unsigned count;
        const struct device_image_format *formats = device_image_formats(fixture.device, types[i], &count);
        for (unsigned j = 0; j < count; j++, checked++) check_format(types[i], formats[j].format, j % 2);
    }
    assert_true(checked > 500);
}

// Each level of a mipmap is a picture of its own: nothing that is done to one is seen in another.
static void check_mipmap(cl_mem_object_type type, cl_image_format format)
{
    enum { LEVELS_MAX = 8 };
    size_t size[3] = {chosen(60, 130), chosen(1, 50), chosen(1, 5)}, sizes[3];
    struct picture levels[LEVELS_MAX] = {0};
    struct device_image_description description = described(type, format, size, sizes);
    struct device_image *image;
    unsigned count = description.levels = (unsigned)chosen(2, 6);
    assert_ok(device_image_create(&fixture.device, 1, &description, &image));
    const uint32_t *words = device_image_descriptor(image, fixture.device);
    assert_int_equal(words[3] >> 12 & 0xff, (count - 1) << 4); // the first and the last level
    assert_int_equal(words[5] >> 4 & 0xf, count - 1);
    for (unsigned i = 0; i < count; i++) {
        struct picture *level = &levels[i];
        *level = (struct picture){.description = description, .image = image, .level = i};
        level->texel = device_image_texel_size(&format);
        for (unsigned j = 0; j < 3; j++) {
            bool layers = (type == CL_MEM_OBJECT_IMAGE1D_ARRAY && j == 1) ||
                          (type == CL_MEM_OBJECT_IMAGE2D_ARRAY && j == 2);
            level->size[j] = layers ? sizes[j] : sizes[j] >> i ? sizes[j] >> i : 1;
        }
        level->mirror = calloc(1, picture_bytes(level));
        struct device_image_place place = {.image = image, .level = i};
        const uint32_t black[4] = {0};
        struct device_command command = {0};
        assert_ok(device_queue_fill_image(queue, &command, &place, black, level->size));
    }
    for (unsigned i = 0; i < 3 * count; i++) {
        check_write(&levels[i % count]);
        check_fill(&levels[i % count]);
        check_copy(&levels[i % count], &levels[(i + 1) % count]);
    }
    for (unsigned i = 0; i < count; i++) {
        check_all(&levels[i]);
        check_descriptor(&levels[i]);
        free(levels[i].mirror);
    }
    device_image_destroy(image);
}

static void mipmaps(void **state)
{
    (void)state;
    static const cl_image_format formats[] = {
        {CL_R, CL_UNORM_INT8}, {CL_RGBA, CL_UNORM_INT8}, {CL_RGBA, CL_FLOAT}, {CL_RG, CL_HALF_FLOAT}};
    for (int i = 0; i < TYPES - 1; i++) // not in buffers
        for (size_t j = 0; j < sizeof formats / sizeof *formats; j++) check_mipmap(types[i], formats[j]);
}

static const cl_image_format rgba8 = {CL_RGBA, CL_UNORM_INT8}, srgba8 = {CL_sRGBA, CL_UNORM_INT8},
                             gray32 = {CL_R, CL_FLOAT};

// FULL_PROFILE's least. (OpenCL 3.0, table 5)
static void limits(void **state)
{
    (void)state;
    const struct device_image_limits *most = device_image_limits(fixture.device);
    assert_true(most->max_width >= 16384 && most->max_height >= 16384 && most->max_layers >= 2048);
    for (int i = 0; i < 3; i++) assert_true(most->max_3d[i] >= 2048);
    assert_true(most->max_buffer_size >= 65536 && most->max_levels >= 1);
    assert_int_equal(most->pitch_alignment & (most->pitch_alignment - 1), 0);
}

// What FULL_PROFILE demands to be read and written. (OpenCL 3.0, table 15)
static void demanded_formats(void **state)
{
    (void)state;
    static const cl_channel_type plain[] = {
        CL_UNORM_INT8,     CL_UNORM_INT16,    CL_SNORM_INT8,   CL_SNORM_INT16,
        CL_SIGNED_INT8,    CL_SIGNED_INT16,   CL_SIGNED_INT32, CL_UNSIGNED_INT8,
        CL_UNSIGNED_INT16, CL_UNSIGNED_INT32, CL_HALF_FLOAT,   CL_FLOAT,
    };
    static const cl_channel_order orders_demanded[] = {CL_R, CL_RG, CL_RGBA};
    for (int type = 0; type < TYPES; type++) {
        unsigned count, found = 0;
        const struct device_image_format *formats = device_image_formats(fixture.device, types[type], &count);
        for (unsigned i = 0; i < count; i++)
            for (size_t j = 0; j < 3 * sizeof plain / sizeof *plain; j++)
                if (formats[i].format.image_channel_order == orders_demanded[j % 3] &&
                    formats[i].format.image_channel_data_type == plain[j / 3])
                    found +=
                        formats[i].uses == (DEVICE_IMAGE_READ | DEVICE_IMAGE_WRITE | DEVICE_IMAGE_READ_WRITE);
        assert_int_equal(found, 36);
    }
}

// Where a kernel finds its components, by the order's name; what it is told when it asks. In the numbers of
// HSA's enumerations and of DST_SEL in AMD's descriptors.
static void descriptors_of_all_orders(void **state)
{
    (void)state;
    static const struct {
        cl_channel_order order;
        uint32_t told, select; // alpha's in the highest bits
    } expected[] = {
        {CL_A, 0, 04000},          {CL_R, 1, 01004},      {CL_Rx, 2, 01004},     {CL_RG, 3, 01054},
        {CL_RGx, 4, 01054},        {CL_RA, 5, 05004},     {CL_RGB, 6, 01456},    {CL_RGBx, 7, 01456},
        {CL_RGBA, 8, 07654},       {CL_BGRA, 9, 07456},   {CL_ARGB, 10, 04765},  {CL_ABGR, 11, 04567},
        {CL_sRGBx, 13, 01654},     {CL_sRGBA, 14, 07654}, {CL_sBGRA, 15, 07456}, {CL_INTENSITY, 16, 04444},
        {CL_LUMINANCE, 17, 01444}, {CL_DEPTH, 18, 00004},
    };
    unsigned count, seen = 0;
    const struct device_image_format *formats =
        device_image_formats(fixture.device, CL_MEM_OBJECT_IMAGE2D, &count);
    for (unsigned i = 0; i < count; i++) {
        struct picture picture =
            picture_open(CL_MEM_OBJECT_IMAGE2D, formats[i].format, (size_t[]){5, 6, 1}, i % 2);
        const uint32_t *words = device_image_descriptor(picture.image, fixture.device);
        bool rotated = formats[i].format.image_channel_data_type == CL_UNORM_INT_101010_2;
        for (size_t j = 0; j < sizeof expected / sizeof *expected; j++) {
            if (expected[j].order != formats[i].format.image_channel_order) continue;
            assert_int_equal(words[9], expected[j].told);
            assert_int_equal(words[3] & 0xfff, rotated ? 04567 : expected[j].select);
            if (rotated) assert_int_equal(words[1] >> 20 & 0x1ff, 44); // 10_10_10_2_UNORM
            seen++;
        }
        picture_close(&picture);
    }
    assert_int_equal(seen, count);
}

// An image in a buffer, in the middle and with a pitch: what is written is there.
static void images_in_buffers(void **state)
{
    (void)state;
    enum { WIDTH = 70, HEIGHT = 9, ROW = 3 * PITCH, OFFSET = 2 * PITCH };
    uint32_t *words;
    struct device_memory *memory = fixture_words((OFFSET + ROW * HEIGHT) / 4, &words);
    struct device_image_description description = {
        .type = CL_MEM_OBJECT_IMAGE2D,
        .format = rgba8,
        .width = WIDTH,
        .height = HEIGHT,
        .memory = (uint8_t *)device_memory_address(memory) + OFFSET,
        .row_pitch = ROW,
    };
    struct device_image *image;
    assert_ok(device_image_create(&fixture.device, 1, &description, &image));
    const struct device_image_layout *layout = device_image_laid_out(image);
    assert_int_equal(layout->row_pitch, ROW);
    const float color[4] = {0, 0, 0, 1};
    struct device_image_place place = {.image = image, .origin = {1, 2, 0}};
    struct device_command command = {0};
    assert_ok(device_queue_fill_image(queue, &command, &place, color, (size_t[]){WIDTH - 1, HEIGHT - 2, 1}));
    assert_ok(device_queue_finish(queue));
    for (size_t y = 0; y < HEIGHT; y++)
        for (size_t x = 0; x < ROW / 4; x++)
            assert_int_equal(words[(OFFSET + y * ROW) / 4 + x], x > 0 && x < WIDTH && y > 1 ? 0xff000000 : 0);
    struct device_rect rect;
    assert_true(device_image_host(image, 0, &rect));
    assert_ptr_equal(rect.base, (uint8_t *)words + OFFSET);
    assert_int_equal(rect.row_pitch, ROW);
    device_image_destroy(image);
    device_memory_destroy(memory);
}

// The same texels by another format.
static void views(void **state)
{
    (void)state;
    struct picture picture = picture_open(CL_MEM_OBJECT_IMAGE2D, rgba8, (size_t[]){33, 20, 1}, false);
    struct device_image_description description = picture.description;
    struct device_image *view;
    description.view = picture.image;
    description.format = srgba8;
    assert_ok(device_image_create(&fixture.device, 1, &description, &view));
    const uint32_t *words = device_image_descriptor(picture.image, fixture.device),
                   *view_words = device_image_descriptor(view, fixture.device);
    assert_int_equal(words[0], view_words[0]);          // the address
    assert_int_equal(words[1] >> 20 & 0x1ff, 56);       // 8_8_8_8_UNORM
    assert_int_equal(view_words[1] >> 20 & 0x1ff, 130); // 8_8_8_8_SRGB
    struct device_image_place place = {.image = view};
    const float color[4] = {0.5f, 0.25f, 1, 0.5f};
    struct device_command command = {0};
    assert_ok(device_queue_fill_image(queue, &command, &place, color, picture.size));
    for (size_t i = 0; i < picture_bytes(&picture); i += 4)
        memcpy(picture.mirror + i, (uint8_t[]){188, 137, 255, 128}, 4);
    check_all(&picture);
    device_image_destroy(view);
    description.width--;
    assert_int_equal(device_image_create(&fixture.device, 1, &description, &view),
                     CL_INVALID_IMAGE_DESCRIPTOR);
    description.width++;
    description.format = (cl_image_format){CL_R, CL_UNORM_INT8};
    assert_int_equal(device_image_create(&fixture.device, 1, &description, &view),
                     CL_INVALID_IMAGE_DESCRIPTOR);
    picture_close(&picture);
}

static cl_int refused(const struct device_image_description *description)
{
    struct device_image *image = NULL;
    struct device_image_layout layout;
    cl_int error = device_image_create(&fixture.device, 1, description, &image);
    assert_null(image);
    if (!description->memory)
        assert_int_equal(error, device_image_layout(&fixture.device, 1, description, &layout));
    return error;
}

static void bad_descriptions(void **state)
{
    (void)state;
    const struct device_image_limits *most = device_image_limits(fixture.device);
    const struct device_image_description good = {
        .type = CL_MEM_OBJECT_IMAGE3D, .format = gray32, .width = 16, .height = 8, .depth = 4};
    uint32_t *words;
    struct device_memory *memory = fixture_words(1024, &words);
#define REFUSED(error, ...)                                                                                  \
    do {                                                                                                     \
        struct device_image_description bad = good;                                                          \
        __VA_ARGS__;                                                                                         \
        assert_int_equal(refused(&bad), error);                                                              \
    } while (0)
    REFUSED(CL_INVALID_IMAGE_DESCRIPTOR, bad.type = CL_MEM_OBJECT_BUFFER);
    REFUSED(CL_INVALID_IMAGE_DESCRIPTOR, bad.levels = most->max_levels + 1);
    REFUSED(CL_INVALID_IMAGE_DESCRIPTOR, bad.levels = 6); // 16 texels have 5
    REFUSED(CL_INVALID_IMAGE_SIZE, bad.levels = 2; bad.memory = words);
    REFUSED(CL_IMAGE_FORMAT_NOT_SUPPORTED, bad.format.image_channel_order = CL_RGB);
    REFUSED(CL_IMAGE_FORMAT_NOT_SUPPORTED, bad.format.image_channel_data_type = 7);
    REFUSED(CL_IMAGE_FORMAT_NOT_SUPPORTED, bad.format.image_channel_order = CL_DEPTH); // of a 3D image
    REFUSED(CL_INVALID_IMAGE_SIZE, bad.width = 0);
    REFUSED(CL_INVALID_IMAGE_SIZE, bad.height = 0);
    REFUSED(CL_INVALID_IMAGE_SIZE, bad.depth = 0);
    REFUSED(CL_INVALID_IMAGE_SIZE, bad.width = most->max_3d[0] + 1);
    REFUSED(CL_INVALID_IMAGE_SIZE, bad.depth = most->max_3d[2] + 1);
    REFUSED(CL_INVALID_IMAGE_SIZE, bad.width = SIZE_MAX);
    REFUSED(CL_INVALID_IMAGE_SIZE, bad.type = CL_MEM_OBJECT_IMAGE2D_ARRAY); // no layers
    REFUSED(CL_INVALID_IMAGE_SIZE, bad.memory = words + 1);
    REFUSED(CL_INVALID_IMAGE_SIZE, bad.memory = words; bad.row_pitch = PITCH / 2);
    REFUSED(CL_INVALID_IMAGE_SIZE, bad.memory = words; bad.row_pitch = PITCH + 4);
    REFUSED(CL_INVALID_IMAGE_SIZE, bad.memory = words; bad.row_pitch = 2 * PITCH); // 3D: the hardware's own
    REFUSED(CL_INVALID_IMAGE_SIZE, bad.memory = words; bad.slice_pitch = 9 * PITCH);
#undef REFUSED
    struct device_image_description large = good;
    struct device_image *image;
    large.width = large.height = 16384;
    large.depth = 8192;
    assert_int_equal(device_image_create(&fixture.device, 1, &large, &image),
                     CL_MEM_OBJECT_ALLOCATION_FAILURE);
    device_memory_destroy(memory);
}

static void bad_regions(void **state)
{
    (void)state;
    struct picture picture = picture_open(CL_MEM_OBJECT_IMAGE2D, rgba8, (size_t[]){8, 8, 1}, false);
    struct picture other = picture_open(CL_MEM_OBJECT_IMAGE2D, gray32, (size_t[]){8, 8, 1}, false);
    struct picture wide =
        picture_open(CL_MEM_OBJECT_IMAGE2D, (cl_image_format){CL_RG, CL_FLOAT}, (size_t[]){8, 8, 1}, false);
    static const size_t bad[][2][3] = {
        {{0, 0, 0}, {9, 1, 1}}, {{8, 0, 0}, {1, 1, 1}},        {{0, 0, 1}, {1, 1, 1}}, {{0, 0, 0}, {0, 1, 1}},
        {{0, 1, 0}, {1, 8, 1}}, {{1, 0, 0}, {SIZE_MAX, 1, 1}}, {{0, 0, 0}, {1, 1, 2}},
    };
    uint8_t bytes[256] = {0};
    struct device_rect rect = {.base = bytes};
    struct device_command command = {0};
    struct device_image_place good = {.image = other.image}, larger = {.image = wide.image};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct device_image_place place = {.image = picture.image};
        memcpy(place.origin, bad[i][0], sizeof place.origin);
        const size_t *region = bad[i][1];
        assert_int_equal(device_queue_read_image(queue, &command, &rect, &place, region), CL_INVALID_VALUE);
        assert_int_equal(device_queue_write_image(queue, &command, &place, &rect, region), CL_INVALID_VALUE);
        assert_int_equal(device_queue_fill_image(queue, &command, &place, bytes, region), CL_INVALID_VALUE);
        assert_int_equal(device_queue_copy_image(queue, &command, &place, &good, region), CL_INVALID_VALUE);
        assert_int_equal(device_queue_copy_image(queue, &command, &good, &place, region), CL_INVALID_VALUE);
    }
    assert_int_equal(device_queue_copy_image(queue, &command, &good, &larger, (size_t[]){1, 1, 1}),
                     CL_IMAGE_FORMAT_MISMATCH);
    picture_close(&picture);
    picture_close(&other);
    picture_close(&wide);
}

// Commands that nobody waits for in between are carried out in order.
static void commands_in_order(void **state)
{
    (void)state;
    enum { WIDTH = 300, HEIGHT = 200, ROUNDS = 20 };
    const size_t size[3] = {WIDTH, HEIGHT, 1};
    struct picture one = picture_open(CL_MEM_OBJECT_IMAGE2D, gray32, size, false);
    struct picture two = picture_open(CL_MEM_OBJECT_IMAGE2D, gray32, size, false);
    struct device_image_place to = {.image = one.image}, from = {.image = two.image};
    uint32_t *words;
    struct device_memory *memory = fixture_words((size_t)WIDTH * HEIGHT, &words);
    void *address = device_memory_address(memory);
    struct device_rect rect = {.base = address};
    struct device_command command = {0};
    for (int i = 0; i < ROUNDS; i++) {
        assert_ok(device_queue_write_image(queue, &command, &to, &rect, size));
        assert_ok(device_queue_copy_image(queue, &command, &from, &to, size));
        assert_ok(device_queue_read_image(queue, &command, &rect, &from, size));
        assert_ok(fixture_start(queue, NULL, "increment", &address, sizeof address,
                                WIDTH * HEIGHT / GROUP * GROUP));
    }
    assert_ok(device_queue_finish(queue));
    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT / GROUP * GROUP; i++) assert_int_equal(words[i], ROUNDS);
    device_memory_destroy(memory);
    picture_close(&one);
    picture_close(&two);
}

// The words of descriptors, as AMD's ISA has them.
static void samplers(void **state)
{
    (void)state;
    static const struct {
        struct device_sampler_description description;
        uint32_t words[4];
    } expected[] = {
        {{true, CL_ADDRESS_CLAMP_TO_EDGE, CL_FILTER_NEAREST, 0, 0, 0}, {0x92, 0xfff000, 0, 0}},
        {{false, CL_ADDRESS_CLAMP_TO_EDGE, CL_FILTER_LINEAR, 0, 0, 0}, {0x8092, 0xfff000, 0x500000, 0}},
        {{true, CL_ADDRESS_CLAMP, CL_FILTER_NEAREST, 0, 0, 0}, {0x1b6, 0xfff000, 0, 0}},
        {{true, CL_ADDRESS_REPEAT, CL_FILTER_LINEAR, 0, 0, 0}, {0, 0xfff000, 0x500000, 0}},
        {{true, CL_ADDRESS_MIRRORED_REPEAT, CL_FILTER_LINEAR, 0, 0, 0}, {0x49, 0xfff000, 0x500000, 0}},
        {{false, CL_ADDRESS_NONE, CL_FILTER_NEAREST, 0, 0, 0}, {0x8000, 0xfff000, 0, 0}},
        {{true, CL_ADDRESS_REPEAT, CL_FILTER_LINEAR, CL_FILTER_NEAREST, 0.5f, 100},
         {0, 0xfff080, 0x4500000, 0}},
        {{true, CL_ADDRESS_REPEAT, CL_FILTER_NEAREST, CL_FILTER_LINEAR, -1, 2}, {0, 0x200000, 0x8000000, 0}},
    };
    struct device_sampler *sampler;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_ok(device_sampler_create(&fixture.device, 1, &expected[i].description, &sampler));
        const uint32_t *words = device_sampler_descriptor(sampler, fixture.device);
        for (int j = 0; j < 4; j++) assert_int_equal(words[j], expected[i].words[j]);
        device_sampler_destroy(sampler);
    }
    struct device_sampler_description bad = {.addressing = 7, .filter = CL_FILTER_LINEAR};
    assert_int_equal(device_sampler_create(&fixture.device, 1, &bad, &sampler), CL_INVALID_VALUE);
    bad = (struct device_sampler_description){.addressing = CL_ADDRESS_CLAMP, .filter = 7};
    assert_int_equal(device_sampler_create(&fixture.device, 1, &bad, &sampler), CL_INVALID_VALUE);
}

static int images_open(void **state)
{
    (void)state;
    queue = fixture_queue();
    seed = 17;
    return 0;
}

static int images_close(void **state)
{
    (void)state;
    device_queue_destroy(queue);
    return 0;
}

int image_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits),
        cmocka_unit_test(demanded_formats),
        cmocka_unit_test(descriptors_of_all_orders),
        cmocka_unit_test(formats_types_layouts),
        cmocka_unit_test(images_in_buffers),
        cmocka_unit_test(views),
        cmocka_unit_test(bad_descriptions),
        cmocka_unit_test(bad_regions),
        cmocka_unit_test(commands_in_order),
        cmocka_unit_test(samplers),
        cmocka_unit_test(mipmaps),
    };
    return cmocka_run_group_tests_name("images", tests, images_open, images_close);
}
