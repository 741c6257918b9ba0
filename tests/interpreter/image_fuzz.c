// Any descriptor of an image or a typed buffer, layout, sampler and coordinate: no instruction touches memory
// outside of the image. What follows it cannot be accessed, and what lies before it must stay as it is. Boxes
// of its texels are where its instructions have them, and boxes that are written change nothing else.
//
// usage: test_interpreter_image_fuzz <code object> <images> [seed]
#include "picture.h"

#include "device/softgpu/isa/image/image_box.h"

#include <stdlib.h>
#include <string.h>

static unsigned images;
static uint8_t before[MEMORY_BYTES];

static const char *const kernels[] = {
    "load_1d",         "load_1d_short", "load_2d",        "load_3d",    "load_1d_array",
    "load_2d_array",   "load_mip",      "load_a16",       "load_raw",   "level",
    "level_array",     "implicit",      "biased",         "shifted",    "gradients",
    "gather_x",        "gather_level",  "gather_shifted", "shifted_3d", "sample_1d",
    "sample_1d_array", "sample_3d",     "compared",       "resinfo",    "lod",
};
static const char *const writers[] = {"store_1d",       "store_2d",   "store_3d",  "store_1d_array",
                                      "store_2d_array", "store_half", "store_mip", "store_raw"};
static const char *const atomics[] = {"atomic_add", "atomic_add_status", "atomic_cmpswap", "atomic_umax_wide",
                                      "atomic_cmpswap_wide"};
static const char *const buffer_kernels[] = {
    "buffer_load_x",    "buffer_load_xyz",   "buffer_load_xyzw",   "buffer_load_half",
    "buffer_load_high", "tbuffer_load",      "buffer_load_status", "tbuffer_load_two",
    "buffer_load_both", "tbuffer_load_half", "buffer_load_xy",     "tbuffer_load_float",
};
static const char *const buffer_writers[] = {
    "buffer_store_x", "buffer_store_xyzw", "buffer_store_half",  "buffer_store_high",  "buffer_store_both",
    "tbuffer_store",  "buffer_store_low",  "tbuffer_store_half", "tbuffer_store_float"};
#define ANY(table) table[random_next() % (sizeof(table) / sizeof *(table))]

// A descriptor of some layout that this device has, at `base`.
static void words_any(uint32_t words[DESCRIPTOR_WORDS], const uint8_t *base)
{
    static const uint8_t modes[] = {0, 0, 1, 2, 5, 6, 21, 22}, types[] = {8, 9, 10, 12, 13};
    static const uint8_t of_atomics[] = {20, 21, 22, 62, 63};
    const struct format *format =
        random_next() % 4 ? &formats[random_next() % format_count] : format_of(ANY(of_atomics));
    uint32_t type = ANY(types), levels = random_next() % 4 ? 0 : random_next() % 7, last = random_next() % 9;
    uint32_t width = random_next() % 50, height = random_next() % 40, first = random_next() % 4;
    uint64_t address = (uint64_t)base >> 8;
    memset(words, 0, DESCRIPTOR_WORDS * sizeof *words);
    words[0] = (uint32_t)address;
    words[1] = (uint32_t)(address >> 32) | format->number << 20 | (width & 3) << 30;
    if (random_next() % 4 == 0) words[1] |= random_next() % 0x800 << 8; // MIN_LOD
    words[2] = width >> 2 | height << 14 | 1u << 31;
    for (unsigned c = 0; c < 4; c++) words[3] |= (4 + random_next() % 4) << 3 * c;
    words[3] |= (uint32_t)ANY(modes) << 20 | levels << 16 | type << 28;
    words[4] = last | (first % (last + 1)) << 16;
    if (type == TYPE_1D || type == TYPE_2D) words[4] = random_next() % 2 ? width + random_next() % 300 : 0;
    words[5] = levels << 4;
    words[8] = random_next() & 0x000ff1ff;
    words[9] = random_next() & 0x00ffffff;
    words[10] = random_next() & 0x0d503fff;
    words[11] = random_next() % 3 << 30;
}

// Bytes that all of it takes, as addrlib says (isa_tiling).
static size_t image_bytes(const struct image *image)
{
    struct image_level level;
    image_level_find(image, 0, &level);
    unsigned log2 = image->tiling.block_log2[2];
    return level.slice_bytes * ((image->first_layer + image->size[2] + (1u << log2) - 1) >> log2);
}

static uint32_t coordinate_any(void)
{
    static const uint32_t special[] = {0x7f800000, 0xff800000, 0x7fc00000,
                                       0x7fffffff, 0x80000000, 0xffffffff};
    switch (random_next() % 4) {
    case 0:
        return random_next() % 64;
    case 1:
        return as_bits((float)(int32_t)random_next() / 0x1p24f);
    case 2:
        return ANY(special);
    default:
        return random_next();
    }
}

static void items_any(void)
{
    for (unsigned i = 0; i < 2 * GROUP; i++) {
        for (unsigned k = 0; k < ADDRESS_DWORDS; k++) items[i].address[k] = coordinate_any();
        for (unsigned k = 0; k < 4; k++) items[i].data[k] = random_next();
    }
}

// The image's last byte is the last of memory, as near as the alignment of 4 KiB allows. Returns its bytes;
// 0: there is no such image, or none so small.
static size_t image_any(uint32_t words[DESCRIPTOR_WORDS])
{
    enum { ALIGNMENT = 4096 };
    struct image image;
    words_any(words, memory);
    if (image_decode(&image, words)) return 0;
    size_t bytes = (image_bytes(&image) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (bytes == 0 || bytes > MEMORY_BYTES) return 0;
    uint64_t address = (uint64_t)(memory + MEMORY_BYTES - bytes) >> 8;
    words[0] = (uint32_t)address;
    words[1] = (words[1] & ~0xffu) | (uint32_t)(address >> 32);
    return bytes;
}

static void run_any(const char *kernel, const uint32_t words[DESCRIPTOR_WORDS])
{
    struct fault fault = {0};
    items_any();
    if (!try_words(kernel, words, 2 * GROUP, &fault) && strstr(fault.text, "memory access"))
        fail_msg("%s: %s", kernel, fault.text);
}

// The writer keeps what lies before the image's last `bytes` bytes.
static void writer_run(const char *kernel, const uint32_t words[DESCRIPTOR_WORDS], size_t bytes)
{
    memcpy(before, memory, MEMORY_BYTES - bytes);
    run_any(kernel, words);
    assert_memory_equal(before, memory, MEMORY_BYTES - bytes);
}

// --- Boxes ---

static uint8_t *texel_find(const struct image *image, const struct image_level *level,
                           const uint32_t place[3])
{
    const i32x16 at[COORDINATES] = {(i32x16){(int32_t)place[0]}, (i32x16){(int32_t)place[1]},
                                    (i32x16){(int32_t)place[2]}};
    u64x16 address;
    assert_int_equal(image_texels(image, level, at, 1, &address), 1);
    return (uint8_t *)address[0];
}

// What was copied is the texels that instructions find.
static void box_compare(const struct image *image, const struct image_level *level,
                        const struct image_box *box)
{
    unsigned bytes = image->format->bytes;
    for (uint32_t z = 0; z < box->size[2]; z++)
        for (uint32_t y = 0; y < box->size[1]; y++)
            for (uint32_t x = 0; x < box->size[0]; x++) {
                const uint32_t at[] = {box->origin[0] + x, box->origin[1] + y, box->origin[2] + z};
                const uint8_t *copied = box->memory + z * box->slice_pitch + y * box->row_pitch + x * bytes;
                assert_memory_equal(copied, texel_find(image, level, at), bytes);
            }
}

// Reads a box, writes others' texels there, and puts back what was there: all is as it was.
static void boxes_try(const uint32_t words[DESCRIPTOR_WORDS])
{
    struct image image;
    struct image_level level;
    struct image_box box = {.streams = random_next() % 2};
    if (image_decode(&image, words) || image.size[2] == 0) return;
    image_level_find(&image, random_next() % image.levels, &level);
    for (unsigned i = 0; i < COORDINATES; i++) {
        box.origin[i] = random_next() % level.size[i];
        box.size[i] = 1 + random_next() % (level.size[i] - box.origin[i]);
    }
    box.row_pitch = box.size[0] * image.format->bytes + random_next() % 3 * 5;
    box.slice_pitch = box.row_pitch * box.size[1] + random_next() % 3 * 7;
    size_t last_row = box.size[0] * image.format->bytes,
           size = box.slice_pitch * (box.size[2] - 1) + box.row_pitch * (box.size[1] - 1) + last_row;
    uint8_t *kept = box.memory = malloc(size), *others = malloc(size);
    assert_true(kept && others);
    for (size_t i = 0; i < size; i++) others[i] = (uint8_t)random_next();
    memcpy(before, memory, MEMORY_BYTES);
    image_box_copy(&image, &level, &box, true);
    box_compare(&image, &level, &box);
    box.memory = others;
    image_box_copy(&image, &level, &box, false);
    box_compare(&image, &level, &box);
    box.memory = kept;
    image_box_copy(&image, &level, &box, false);
    assert_memory_equal(before, memory, MEMORY_BYTES);
    free(kept);
    free(others);
}

// --- Buffers ---

// One that ends where memory does. Returns its bytes. (Two of the four ways to be in range allow more than
// the buffer: those of an index only, and of an empty buffer.)
static size_t buffer_any(uint32_t words[DESCRIPTOR_WORDS])
{
    const struct format *format = &formats[random_next() % format_count];
    uint32_t stride = random_next() % 4 ? random_next() % 40 : 0, records = random_next() % 300;
    bool raw = random_next() % 2;
    size_t bytes = raw || stride == 0 ? records : (size_t)records * stride;
    uint64_t base = (uint64_t)(memory + MEMORY_BYTES - bytes);
    memset(words, 0, DESCRIPTOR_WORDS * sizeof *words);
    words[0] = (uint32_t)base;
    words[1] = (uint32_t)(base >> 32) | stride << 16;
    words[2] = records;
    for (unsigned c = 0; c < 4; c++) words[3] |= (4 + random_next() % 4) << 3 * c;
    words[3] |= (format->number & 0x7f) << 12 | 1u << 24 | (raw ? 3u << 28 : 0);
    return bytes;
}

static void test_buffers(void **state)
{
    (void)state;
    for (unsigned i = 0; i < images; i++) {
        uint32_t words[DESCRIPTOR_WORDS];
        size_t bytes = buffer_any(words);
        run_any(ANY(buffer_kernels), words);
        writer_run(ANY(buffer_writers), words, bytes);
    }
}

static void test_images(void **state)
{
    (void)state;
    unsigned found = 0;
    for (unsigned i = 0; i < images; i++) {
        uint32_t words[DESCRIPTOR_WORDS];
        size_t bytes = image_any(words);
        if (!bytes) continue;
        found++;
        run_any(ANY(kernels), words);
        writer_run(ANY(writers), words, bytes);
        writer_run(ANY(atomics), words, bytes);
        boxes_try(words);
    }
    assert_true(found > images / 4);
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc > 4 || !picture_setup(argv[1])) return 2;
    images = (unsigned)strtoul(argv[2], NULL, 10);
    if (argc > 3) random_seed(strtoull(argv[3], NULL, 10));
    for (size_t i = 0; i < MEMORY_BYTES / 4; i++) ((uint32_t *)memory)[i] = random_next();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_images), cmocka_unit_test(test_buffers)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    picture_teardown();
    return failed;
}
