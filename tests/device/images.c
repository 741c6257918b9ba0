// Images against plain C on a mirror in ordinary memory: every format, type and layout, random regions.
#include "device/device_image.h"
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
    struct device_image_place place = {.image = picture->image};
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

// ---- Colors: a second opinion -------------------------------------------------------------------------

// Which component each channel holds, from the texel's lowest bits on; x: none.
static const struct {
    cl_channel_order order;
    const char *channels;
} orders[] = {
    {CL_R, "r"},        {CL_A, "a"},        {CL_RG, "rg"},     {CL_RA, "ra"},       {CL_RGB, "rgb"},
    {CL_RGBA, "rgba"},  {CL_BGRA, "bgra"},  {CL_ARGB, "argb"}, {CL_INTENSITY, "r"}, {CL_LUMINANCE, "r"},
    {CL_Rx, "r"},       {CL_RGx, "rg"},     {CL_RGBx, "rgb"},  {CL_DEPTH, "r"},     {CL_sRGBx, "rgbx"},
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
        double real = *channels == 'x' ? 0 : component_float(reals, *channels, srgb);
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
        cmocka_unit_test(formats_types_layouts),
    };
    return cmocka_run_group_tests_name("images", tests, images_open, images_close);
}
