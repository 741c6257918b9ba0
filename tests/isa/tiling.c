// Where the texels of images lie, linear and tiled and of every mip level, against addrlib's answers.
#include "device/softgpu/isa/image/image.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BASE_LOG2 = 20, TYPE_1D = 8, TYPE_2D, TYPE_3D, TYPE_1D_ARRAY = 12, TYPE_2D_ARRAY };

static const struct sample {
    unsigned mode, dimensions, bytes, width, height, slices, levels;
    uint64_t size, hash;
} samples[] = {
#define TILED(...) {__VA_ARGS__},
#include "tiling.def"
#undef TILED
};

static int failures;

static void expect(bool good, const struct sample *s, const char *what)
{
    if (good) return;
    printf("mode %u, %uD, %u bytes, %ux%ux%u, %u levels: %s\n", s->mode, s->dimensions, s->bytes, s->width,
           s->height, s->slices, s->levels, what);
    failures++;
}

static void descriptor_fill(const struct sample *s, uint32_t words[IMAGE_WORDS])
{
    static const unsigned formats[] = {[1] = 5, [2] = 11, [4] = 20, [8] = 62, [16] = 75}; // UINT
    static const unsigned types[] = {TYPE_1D_ARRAY, TYPE_2D_ARRAY, TYPE_3D};
    memset(words, 0, IMAGE_WORDS * sizeof *words);
    words[0] = (1u << BASE_LOG2) >> 8;
    words[1] = formats[s->bytes] << 20 | ((s->width - 1) & 3) << 30;
    words[2] = (s->width - 1) >> 2 | (s->height - 1) << 14 | 1u << 31;
    words[3] = 0xfac | (s->levels - 1) << 16 | s->mode << 20 | types[s->dimensions - 1] << 28;
    words[4] = s->slices - 1;
    words[5] = (s->levels - 1) << 4;
}

// The offset of one texel; UINT64_MAX: the level has none there.
static uint64_t offset_of(const struct image *image, const struct image_level *level, int32_t x, int32_t y,
                          int32_t z)
{
    const i32x16 at[COORDINATES] = {(i32x16){x}, (i32x16){y}, (i32x16){z}};
    u64x16 address;
    return image_texels(image, level, at, 1, &address) ? address[0] - (1u << BASE_LOG2) : UINT64_MAX;
}

static void level_hash(const struct sample *s, const struct image *image, unsigned number, uint64_t *hash)
{
    struct image_level level;
    image_level_find(image, number, &level);
    for (int32_t z = 0; z < (int32_t)level.size[2]; z++)
        for (int32_t y = 0; y < (int32_t)level.size[1]; y++)
            for (int32_t x = 0; x < (int32_t)level.size[0]; x++) {
                uint64_t offset = offset_of(image, &level, x, y, z);
                expect(offset <= s->size - s->bytes, s, "outside");
                *hash = (*hash ^ offset) * 0x100000001b3;
            }
}

static void sample_check(const struct sample *s)
{
    uint32_t words[IMAGE_WORDS];
    struct image image;
    uint64_t hash = 0xcbf29ce484222325;
    descriptor_fill(s, words);
    const char *lacks = image_decode(&image, words);
    expect(!lacks, s, lacks ? lacks : "");
    if (lacks) return;
    for (unsigned level = 0; level < s->levels; level++) level_hash(s, &image, level, &hash);
    expect(hash == s->hash, s, "texels lie elsewhere");
}

// Bits of the base address that lie within a block are XORed to offsets there.
static void xor_check(void)
{
    const struct sample s = {22, 2, 4, 100, 50, 3, 1, 0, 0};
    uint32_t words[IMAGE_WORDS];
    struct image image, moved;
    struct image_level level, moved_level;
    descriptor_fill(&s, words);
    expect(!image_decode(&image, words), &s, "refused");
    image_level_find(&image, 0, &level);
    words[0] += 5;
    expect(!image_decode(&moved, words), &s, "refused with an XOR");
    image_level_find(&moved, 0, &moved_level);
    for (int32_t i = 0; i < 100; i++) {
        uint64_t offset = offset_of(&image, &level, i, i / 2, i % 3);
        expect((offset ^ 0x500) == offset_of(&moved, &moved_level, i, i / 2, i % 3), &s, "XOR");
    }
    words[3] = (words[3] & ~(31u << 20)) | 6u << 20;
    expect(image_decode(&moved, words), &s, "not refused without an XOR");
}

int main(void)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) sample_check(&samples[i]);
    xor_check();
    return failures != 0;
}
