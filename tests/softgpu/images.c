// Images through ROCr's image extension: its own kernels import, export, copy and clear them, in all formats
// and layouts that ROCr has for this device. Where texels lie is compared with the descriptor's meaning,
// which isa_tiling compares with addrlib.
#include "device/softgpu/isa/image/image_box.h"

#include "support.h"

#include <stdlib.h>
#include <string.h>

// For what ROCr has kernels of its own do before it returns.
#define CHECK_DONE(call) (CHECK(call), sanitizer_acquire(SANITIZER_COPIES))

enum { PITCH_ALIGNMENT = 256, TEXELS_MAX = 1 << 16, GUARD = 4096, CANARY = 0xa5, TYPES = 16, ORDERS = 20 };

static struct device device;

struct shape {
    hsa_ext_image_geometry_t geometry;
    unsigned width, height, depth, layers;
};
static const struct shape shapes[] = {
    {HSA_EXT_IMAGE_GEOMETRY_1D, 130, 0, 0, 0},       {HSA_EXT_IMAGE_GEOMETRY_2D, 67, 37, 0, 0},
    {HSA_EXT_IMAGE_GEOMETRY_2D, 7, 5, 0, 0},         {HSA_EXT_IMAGE_GEOMETRY_3D, 19, 21, 9, 0},
    {HSA_EXT_IMAGE_GEOMETRY_1DA, 70, 0, 0, 5},       {HSA_EXT_IMAGE_GEOMETRY_2DA, 41, 35, 0, 3},
    {HSA_EXT_IMAGE_GEOMETRY_1DB, 130, 0, 0, 0},      {HSA_EXT_IMAGE_GEOMETRY_2DDEPTH, 67, 37, 0, 0},
    {HSA_EXT_IMAGE_GEOMETRY_2DADEPTH, 41, 35, 0, 3},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

struct picture {
    const struct shape *shape;
    hsa_ext_image_descriptor_t descriptor;
    bool linear;
    hsa_ext_image_t image;
    size_t size;
    uint8_t *memory;
    unsigned texel_bytes;
    hsa_dim3_t range; // all of it, as regions count
};

static uint32_t random_next(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15;
    state = state * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(state >> 32);
}

static unsigned at_least_1(unsigned size) { return size ? size : 1; }

static bool is_array_1d(const struct picture *p) { return p->shape->geometry == HSA_EXT_IMAGE_GEOMETRY_1DA; }

static bool is_depth(const struct shape *shape) { return shape->geometry >= HSA_EXT_IMAGE_GEOMETRY_2DDEPTH; }

// Bytes of a texel, as channel order and type tell.
static unsigned texel_bytes(unsigned order, unsigned type)
{
    static const uint8_t channels[ORDERS] = {1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 4, 3, 4, 4, 4, 1, 1, 1, 1};
    static const uint8_t bytes[TYPES] = {1, 2, 1, 2, 4, 2, 2, 4, 1, 2, 4, 1, 2, 4, 2, 4};
    bool packed = type >= HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT24 &&
                  type <= HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_101010;
    return packed ? bytes[type] : channels[order] * bytes[type];
}

static uint32_t capability_of(const struct picture *p)
{
    const hsa_ext_image_descriptor_t *d = &p->descriptor;
    uint32_t capability = 0;
    if (p->linear)
        CHECK(hsa.ext_image_get_capability_with_layout(device.gpu, d->geometry, &d->format,
                                                       HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR, &capability));
    else
        CHECK(hsa.ext_image_get_capability(device.gpu, d->geometry, &d->format, &capability));
    return capability;
}

static void picture_create(struct picture *p)
{
    const hsa_access_permission_t access = HSA_ACCESS_PERMISSION_RW;
    const hsa_ext_image_data_layout_t rows = HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR;
    hsa_ext_image_data_info_t info;
    size_t row = ((size_t)p->shape->width * p->texel_bytes + PITCH_ALIGNMENT - 1) & -(size_t)PITCH_ALIGNMENT;
    size_t slice = row * at_least_1(p->shape->height);
    if (p->linear)
        CHECK(hsa.ext_image_data_get_info_with_layout(device.gpu, &p->descriptor, access, rows, row, slice,
                                                      &info));
    else
        CHECK(hsa.ext_image_data_get_info(device.gpu, &p->descriptor, access, &info));
    p->size = info.size;
    p->memory = vram_alloc(&device, info.size + GUARD);
    assert_int_equal((uintptr_t)p->memory % info.alignment, 0);
    memset(p->memory, CANARY, info.size + GUARD);
    if (p->linear)
        CHECK(hsa.ext_image_create_with_layout(device.gpu, &p->descriptor, p->memory, access, rows, row,
                                               slice, &p->image));
    else
        CHECK(hsa.ext_image_create(device.gpu, &p->descriptor, p->memory, access, &p->image));
}

// Returns false where ROCr has no such image.
static bool picture_make(struct picture *p, const struct shape *shape, unsigned order, unsigned type,
                         bool is_linear)
{
    memset(p, 0, sizeof *p);
    p->shape = shape;
    p->linear = is_linear;
    p->texel_bytes = texel_bytes(order, type);
    p->descriptor = (hsa_ext_image_descriptor_t){shape->geometry, shape->width,  shape->height,
                                                 shape->depth,    shape->layers, {type, order}};
    p->range = (hsa_dim3_t){shape->width, at_least_1(is_array_1d(p) ? shape->layers : shape->height),
                            at_least_1(is_array_1d(p) ? 1 : shape->depth + shape->layers)};
    if (!capability_of(p)) return false;
    picture_create(p);
    return true;
}

static void picture_free(struct picture *p)
{
    for (size_t i = 0; i < GUARD; i++) assert_int_equal(p->memory[p->size + i], CANARY);
    CHECK(hsa.ext_image_destroy(device.gpu, p->image));
    CHECK(hsa.amd_memory_pool_free(p->memory));
}

static size_t picture_texels(const struct picture *p) { return (size_t)p->range.x * p->range.y * p->range.z; }

// The address of a texel as the descriptor says it.
static const uint8_t *texel_at(const struct picture *p, unsigned x, unsigned y, unsigned z)
{
    const uint32_t *words = (const uint32_t *)p->image.handle;
    if (p->shape->geometry == HSA_EXT_IMAGE_GEOMETRY_1DB) return p->memory + (size_t)x * p->texel_bytes;
    struct image image;
    struct image_level level;
    const char *lacks = image_decode(&image, words);
    if (lacks) fail_msg("descriptor: %s", lacks);
    image_level_find(&image, 0, &level);
    const i32x16 at[COORDINATES] = {(i32x16){(int32_t)x}, (i32x16){is_array_1d(p) ? 0 : (int32_t)y},
                                    (i32x16){(int32_t)(is_array_1d(p) ? y : z)}};
    u64x16 addresses;
    assert_int_equal(image_texels(&image, &level, at, 1, &addresses), 1);
    const uint8_t *address = (const uint8_t *)addresses[0];
    assert_true(address >= p->memory && address + p->texel_bytes <= p->memory + p->size);
    return address;
}

static void expect_texels(const struct picture *p, const uint8_t *rows, const char *after)
{
    for (unsigned z = 0, i = 0; z < p->range.z; z++)
        for (unsigned y = 0; y < p->range.y; y++)
            for (unsigned x = 0; x < p->range.x; x++, i++)
                if (memcmp(texel_at(p, x, y, z), rows + (size_t)i * p->texel_bytes, p->texel_bytes) != 0)
                    fail_msg("%s: geometry %d order %u type %u linear %d: texel %u %u %u", after,
                             p->shape->geometry, p->descriptor.format.channel_order,
                             p->descriptor.format.channel_type, p->linear, x, y, z);
}

static void import_and_export(struct picture *p, uint8_t *rows, uint8_t *back)
{
    size_t bytes = picture_texels(p) * p->texel_bytes;
    hsa_ext_image_region_t all = {{0, 0, 0}, p->range};
    for (size_t i = 0; i < bytes; i++) rows[i] = (uint8_t)random_next();
    CHECK_DONE(hsa.ext_image_import(device.gpu, rows, 0, 0, p->image, &all));
    expect_texels(p, rows, "import");
    memset(back, 0, bytes);
    CHECK_DONE(hsa.ext_image_export(device.gpu, p->image, back, 0, 0, &all));
    assert_memory_equal(rows, back, bytes);
}

// What the library copies without a kernel is what kernels do: some box is written to the image, and others
// are read, of which some have odd pitches.
static void boxes(struct picture *p, uint8_t *rows, uint8_t *back)
{
    struct image image;
    struct image_level level;
    const uint32_t size[] = {p->range.x, is_array_1d(p) ? 1 : p->range.y,
                             is_array_1d(p) ? p->range.y : p->range.z};
    size_t row = (size_t)p->range.x * p->texel_bytes, slice = row * size[1];
    if (p->shape->geometry == HSA_EXT_IMAGE_GEOMETRY_1DB) return;
    assert_null(image_decode(&image, (const uint32_t *)p->image.handle));
    image_level_find(&image, 0, &level);
    for (unsigned i = 0; i < 6; i++) {
        struct image_box box = {.row_pitch = row + i, .slice_pitch = (row + i) * size[1]};
        for (unsigned j = 0; j < COORDINATES; j++) {
            box.size[j] = 1 + random_next() % size[j];
            box.origin[j] = random_next() % (size[j] - box.size[j] + 1);
        }
        size_t first = box.origin[0] * (size_t)p->texel_bytes + box.origin[1] * row + box.origin[2] * slice;
        size_t bytes = box.size[0] * (size_t)p->texel_bytes;
        box.memory = back;
        if (i % 2) {
            for (size_t j = 0; j < box.slice_pitch * size[2]; j++) back[j] = (uint8_t)random_next();
            image_box_copy(&image, &level, &box, false);
        } else {
            image_box_copy(&image, &level, &box, true);
        }
        for (uint32_t z = 0; z < box.size[2]; z++)
            for (uint32_t y = 0; y < box.size[1]; y++) {
                uint8_t *texels = rows + first + z * slice + y * row;
                const uint8_t *there = back + z * box.slice_pitch + y * box.row_pitch;
                if (i % 2) memcpy(texels, there, bytes);
                assert_memory_equal(texels, there, bytes);
            }
        expect_texels(p, rows, "box");
    }
    hsa_ext_image_region_t all = {{0, 0, 0}, p->range};
    CHECK_DONE(hsa.ext_image_export(device.gpu, p->image, back, 0, 0, &all));
    assert_memory_equal(rows, back, picture_texels(p) * p->texel_bytes);
}

// A box in the middle: of the image `p`, whose texels `rows` has, moved by one in x.
static void copy_box(struct picture *p, struct picture *to, const uint8_t *rows, uint8_t *expected)
{
    hsa_dim3_t from_at = {p->range.x / 4, p->range.y / 4, p->range.z / 4};
    hsa_dim3_t to_at = {from_at.x + 1, from_at.y, from_at.z};
    hsa_dim3_t range = {at_least_1(p->range.x / 2), at_least_1(p->range.y / 2), at_least_1(p->range.z / 2)};
    for (size_t i = 0; i < picture_texels(to) * to->texel_bytes; i++) expected[i] = (uint8_t)random_next();
    hsa_ext_image_region_t all = {{0, 0, 0}, to->range};
    CHECK_DONE(hsa.ext_image_import(device.gpu, expected, 0, 0, to->image, &all));
    CHECK_DONE(hsa.ext_image_copy(device.gpu, p->image, &from_at, to->image, &to_at, &range));
    for (unsigned z = 0; z < range.z; z++)
        for (unsigned y = 0; y < range.y; y++) {
            size_t from = ((from_at.z + z) * p->range.y + from_at.y + y) * (size_t)p->range.x + from_at.x;
            size_t at = ((to_at.z + z) * to->range.y + to_at.y + y) * (size_t)to->range.x + to_at.x;
            memcpy(expected + at * p->texel_bytes, rows + from * p->texel_bytes,
                   (size_t)range.x * p->texel_bytes);
        }
    expect_texels(to, expected, "copy");
}

// What zeros and ones come to in memory: all bits alike in most formats.
static void clear(struct picture *p, uint8_t *expected)
{
    static const uint32_t zeros[4];
    hsa_ext_image_region_t box = {
        {p->range.x / 4, p->range.y / 4, p->range.z / 4},
        {at_least_1(p->range.x / 2), at_least_1(p->range.y / 2), at_least_1(p->range.z / 2)}};
    hsa_ext_image_region_t all = {{0, 0, 0}, p->range};
    for (size_t i = 0; i < picture_texels(p) * p->texel_bytes; i++) expected[i] = 0x55;
    CHECK_DONE(hsa.ext_image_import(device.gpu, expected, 0, 0, p->image, &all));
    CHECK_DONE(hsa.ext_image_clear(device.gpu, p->image, zeros, &box));
    for (unsigned z = 0; z < box.range.z; z++)
        for (unsigned y = 0; y < box.range.y; y++) {
            size_t row = (box.offset.z + z) * (size_t)p->range.y + box.offset.y + y;
            memset(expected + (row * p->range.x + box.offset.x) * p->texel_bytes, 0,
                   (size_t)box.range.x * p->texel_bytes);
        }
    expect_texels(p, expected, "clear");
}

static unsigned kind_check(const struct shape *shape, unsigned order, unsigned type, bool is_linear)
{
    static uint8_t *rows, *other;
    struct picture p, to;
    if (!rows) rows = host_alloc(&device, TEXELS_MAX * 16), other = host_alloc(&device, TEXELS_MAX * 16);
    if (!picture_make(&p, shape, order, type, is_linear)) return 0;
    assert_true(picture_make(&to, shape, order, type, is_linear));
    import_and_export(&p, rows, other);
    boxes(&p, rows, other);
    // ROCr copies from one buffer's image to another's with a kernel that takes the second for a 1D image, …
    if (shape->geometry != HSA_EXT_IMAGE_GEOMETRY_1DB) copy_box(&p, &to, rows, other);
    // … and clears no depth images.
    if (!is_depth(shape)) clear(&p, other);
    picture_free(&p);
    picture_free(&to);
    return 1;
}

static void every_kind(void **state, bool is_linear)
{
    (void)state;
    unsigned count = 0;
    for (unsigned s = 0; s < SHAPES; s++)
        for (unsigned order = 0; order < ORDERS; order++)
            for (unsigned type = 0; type < TYPES; type++)
                count += kind_check(&shapes[s], order, type, is_linear);
    assert_true(count > 500);
}

static void tiled(void **state) { every_kind(state, false); }
static void linear(void **state) { every_kind(state, true); }

static int setup(void **state)
{
    (void)state;
    device_open(&device);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    device_close(&device);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiled),
        cmocka_unit_test(linear),
    };
    libraries_open();
    return cmocka_run_group_tests_name("softgpu images", tests, setup, teardown);
}
