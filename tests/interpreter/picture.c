#include "picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

uint8_t *memory;
struct item items[ITEMS_MAX];
struct picture picture;

static struct code_object *object;

bool picture_setup(const char *code_object_path)
{
    object = code_object_load(code_object_path);
    memory = mmap(NULL, MEMORY_BYTES + GUARD_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory != MAP_FAILED && !mprotect(memory, MEMORY_BYTES, PROT_READ | PROT_WRITE);
}

void picture_teardown(void)
{
    munmap(memory, MEMORY_BYTES + GUARD_BYTES);
    code_object_free(object);
}

uint32_t *picture_code(const char *kernel) { return (uint32_t *)code_object_symbol(object, kernel); }

static uint64_t random_state = 0x9e3779b97f4a7c15;

void random_seed(uint64_t seed) { random_state ^= seed * 0xbf58476d1ce4e5b9; }

uint32_t random_next(void)
{
    random_state = random_state * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(random_state >> 32);
}

const struct format *format_of(unsigned number)
{
    for (unsigned i = 0; i < format_count; i++)
        if (formats[i].number == number) return &formats[i];
    fail_msg("no format %u", number);
    return NULL;
}

bool is_array(const struct picture *p) { return p->type >= TYPE_1D_ARRAY; }
bool has_depth(const struct picture *p) { return p->type == TYPE_3D || is_array(p); }

unsigned level_width(unsigned level) { return picture.width >> level ? picture.width >> level : 1; }
unsigned level_height(unsigned level) { return picture.height >> level ? picture.height >> level : 1; }

// Levels have room for their sizes rounded up; the last comes first.
static size_t level_pitch(unsigned level)
{
    unsigned multiple = 256 / format_bytes(picture.format),
             width = (picture.width + (1u << level) - 1) >> level;
    return picture.levels == 1 ? picture.pitch : (width + multiple - 1) / multiple * multiple;
}

static size_t level_texels(unsigned level)
{
    return level_pitch(level) * ((picture.height + (1u << level) - 1) >> level);
}

static size_t slice_texels(void)
{
    size_t texels = 0;
    for (unsigned level = 0; level < picture.levels; level++) texels += level_texels(level);
    return texels;
}

void picture_make_levels(unsigned format, unsigned type, unsigned width, unsigned height, unsigned depth,
                         unsigned levels)
{
    struct picture *p = &picture;
    *p = (struct picture){format_of(format), type, width, height, depth, levels, .selectors = {4, 5, 6, 7}};
    unsigned multiple = 256 / format_bytes(p->format);
    p->pitch = (width + multiple - 1) / multiple * multiple;
    if (type == TYPE_2D) p->pitch += multiple; // a pitch of its own
    if (type == TYPE_BUFFER) p->pitch = width;
    p->base = memory + MEMORY_BYTES - slice_texels() * depth * format_bytes(p->format);
    for (size_t i = 0; i < MEMORY_BYTES / 4; i++) ((uint32_t *)memory)[i] = random_next();
}

void picture_make(unsigned format, unsigned type, unsigned width, unsigned height, unsigned depth)
{
    picture_make_levels(format, type, width, height, depth, 1);
}

// A V#, as ROCr makes it for an image in a buffer, but for NUM_RECORDS.
static void buffer_descriptor_fill(uint32_t words[DESCRIPTOR_WORDS])
{
    const struct picture *p = &picture;
    uint64_t base = (uint64_t)p->base;
    memset(words, 0, DESCRIPTOR_WORDS * sizeof *words);
    words[0] = (uint32_t)base;
    words[1] = (uint32_t)(base >> 32) | format_bytes(p->format) << 16;
    words[2] = p->width;
    for (unsigned c = 0; c < 4; c++) words[3] |= p->selectors[c] << 3 * c;
    words[3] |= p->format->number << 12 | 1u << 24;
}

void descriptor_fill(uint32_t words[DESCRIPTOR_WORDS])
{
    const struct picture *p = &picture;
    if (p->type == TYPE_BUFFER) {
        buffer_descriptor_fill(words);
        return;
    }
    uint64_t base = (uint64_t)p->base >> 8;
    memset(words, 0, 8 * sizeof *words);
    words[0] = (uint32_t)base;
    words[1] = (uint32_t)(base >> 32) | p->format->number << 20 | ((p->width - 1) & 3) << 30;
    words[2] = (p->width - 1) >> 2 | (p->height - 1) << 14 | 1u << 31;
    for (unsigned c = 0; c < 4; c++) words[3] |= p->selectors[c] << 3 * c;
    words[1] |= (unsigned)(p->min_lod * 256) << 8;
    words[3] |= p->first_level << 12 | (p->levels - 1) << 16 | p->type << 28;
    words[3] |= p->border_swizzle << 25;
    words[5] = (p->levels - 1) << 4;
    words[4] = has_depth(p) ? p->depth - 1 : p->pitch - 1;
    memcpy(words + 8, p->sampler, sizeof p->sampler);
}

bool try_words(const char *kernel, const uint32_t words[DESCRIPTOR_WORDS], unsigned count,
               struct fault *fault)
{
    const struct {
        const void *descriptors, *items;
    } arguments = {words, items};
    struct shape shape = {.global = {(count + GROUP - 1) / GROUP * GROUP}, .local = {GROUP}};
    return kernel_run(object, kernel, shape, &arguments, sizeof arguments, fault);
}

void run(const char *kernel, unsigned count)
{
    uint32_t words[DESCRIPTOR_WORDS];
    struct fault fault;
    descriptor_fill(words);
    if (!try_words(kernel, words, count, &fault)) fail_msg("%s: %s", kernel, fault.text);
}

uint8_t *level_texel_at(unsigned level, unsigned x, unsigned y, unsigned z)
{
    size_t texel = z * slice_texels() + y * level_pitch(level) + x;
    for (unsigned after = level + 1; after < picture.levels; after++) texel += level_texels(after);
    return picture.base + texel * format_bytes(picture.format);
}

uint8_t *texel_at(unsigned x, unsigned y, unsigned z) { return level_texel_at(0, x, y, z); }

static bool is_nan(uint32_t bits) { return (bits & 0x7fffffff) > 0x7f800000; }

static bool same(uint32_t a, uint32_t b, bool integer)
{
    return a == b || (!integer && is_nan(a) && is_nan(b));
}

void expect_components(const uint32_t got[4], const uint32_t texel[4], unsigned item)
{
    const struct format *f = picture.format;
    bool integer = format_is_integer(f);
    for (unsigned c = 0; c < 4; c++) {
        unsigned selector = picture.selectors[c];
        uint32_t one = integer ? 1 : FLOAT_ONE,
                 expected = selector >= 4 ? texel[selector - 4] : selector * one;
        if (!same(got[c], expected, integer))
            fail_msg("format %u item %u component %u: 0x%08x, expected 0x%08x", f->number, item, c, got[c],
                     expected);
    }
}

const struct shape_of_image shapes[SHAPES] = {
    {TYPE_1D, 300, 1, 1, "1d"},
    {TYPE_2D, 70, 30, 1, "2d"},
    {TYPE_3D, 20, 10, 7, "3d"},
    {TYPE_1D_ARRAY, 100, 1, 9, "1d_array"},
    {TYPE_2D_ARRAY, 20, 10, 7, "2d_array"},
};

const char *kernel_name(const char *prefix, unsigned shape)
{
    static char name[40];
    snprintf(name, sizeof name, "%s_%s", prefix, shapes[shape].suffix);
    return name;
}
