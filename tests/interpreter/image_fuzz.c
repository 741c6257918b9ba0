// Any image descriptor, layout, sampler and coordinate: no instruction touches memory outside of the image.
// What follows the image cannot be accessed, and what lies before it must stay as it is.
//
// usage: test_interpreter_image_fuzz <code object> <images>
#include "picture.h"

#include "device/softgpu/isa/image.h"

#include <stdlib.h>
#include <string.h>

static unsigned images;
static uint8_t before[MEMORY_BYTES];

static const char *const kernels[] = {
    "load_1d",   "load_2d",         "load_3d",   "load_1d_array", "load_2d_array",  "load_mip",
    "load_a16",  "load_raw",        "level",     "level_array",   "implicit",       "biased",
    "shifted",   "gradients",       "gather_x",  "gather_level",  "gather_shifted", "shifted_3d",
    "sample_1d", "sample_1d_array", "sample_3d", "compared",      "resinfo",        "lod",
};
static const char *const writers[] = {"store_1d",       "store_2d",   "store_3d",  "store_1d_array",
                                      "store_2d_array", "store_half", "store_mip", "store_raw"};
#define ANY(table) table[random_next() % (sizeof(table) / sizeof *(table))]

// A descriptor of some layout that this device has, at `base`.
static void words_any(uint32_t words[DESCRIPTOR_WORDS], const uint8_t *base)
{
    static const uint8_t modes[] = {0, 0, 1, 2, 5, 6, 21, 22}, types[] = {8, 9, 10, 12, 13};
    const struct format *format = &formats[random_next() % format_count];
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
        memcpy(before, memory, MEMORY_BYTES - bytes);
        run_any(ANY(writers), words);
        assert_memory_equal(before, memory, MEMORY_BYTES - bytes);
    }
    assert_true(found > images / 4);
}

int main(int argc, char **argv)
{
    if (argc != 3 || !picture_setup(argv[1])) return 2;
    images = (unsigned)strtoul(argv[2], NULL, 10);
    for (size_t i = 0; i < MEMORY_BYTES / 4; i++) ((uint32_t *)memory)[i] = random_next();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_images)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    picture_teardown();
    return failed;
}
