// Images in memory and their descriptors, and kernels of images.s over items, for tests.
#pragma once

#include "code_object.h"
#include "image_reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum {
    ITEMS_MAX = 4096,
    GROUP = 32,
    MEMORY_BYTES = 1 << 20,
    GUARD_BYTES = 1 << 16,
    FLOAT_ONE = 0x3f800000,
    ADDRESS_DWORDS = 12,
    DESCRIPTOR_WORDS = 12, // an image's, then a sampler's
};
enum { TYPE_BUFFER = 0, TYPE_1D = 8, TYPE_2D, TYPE_3D, TYPE_CUBE, TYPE_1D_ARRAY, TYPE_2D_ARRAY };
enum {
    FORMAT_RGBA8 = 56,
    FORMAT_R16_FLOAT = 13,
    FORMAT_R32_UINT = 20,
    FORMAT_R32_FLOAT = 22,
    FORMAT_RGBA32_FLOAT = 77
};
enum { LEVELS_MAX = 15 };

extern uint8_t *memory; // what images lie in; what follows it cannot be accessed
extern struct item {
    uint32_t address[ADDRESS_DWORDS], data[4];
} items[ITEMS_MAX];

// What the descriptor says.
struct picture {
    const struct format *format;
    unsigned type, width, height, depth; // depth: layers, too
    unsigned levels, first_level;        // of memory; the first that the descriptor shows
    float min_lod;
    unsigned pitch; // texels, of level 0
    unsigned selectors[4];
    unsigned border_swizzle; // BC_SWIZZLE
    uint32_t sampler[4];
    uint8_t *base;
};
extern struct picture picture;

// Once, before and after all.
bool picture_setup(const char *code_object_path);
void picture_teardown(void);

uint32_t random_next(void);
void random_seed(uint64_t);
// The first instruction of a kernel. After a change: interpreter_forget_code().
uint32_t *picture_code(const char *kernel);
const struct format *format_of(unsigned number);

// An image that ends where memory ends, as near as its alignment allows, with any bytes in it.
void picture_make(unsigned format, unsigned type, unsigned width, unsigned height, unsigned depth);
// The same with mip levels; of 2D images and arrays.
void picture_make_levels(unsigned format, unsigned type, unsigned width, unsigned height, unsigned depth,
                         unsigned levels);
bool is_array(const struct picture *);
bool has_depth(const struct picture *);
unsigned level_width(unsigned level);
unsigned level_height(unsigned level);
uint8_t *texel_at(unsigned x, unsigned y, unsigned z);
uint8_t *level_texel_at(unsigned level, unsigned x, unsigned y, unsigned z);

void descriptor_fill(uint32_t words[DESCRIPTOR_WORDS]);
// Runs a kernel for `count` items, rounded up to groups.
bool try_words(const char *kernel, const uint32_t words[DESCRIPTOR_WORDS], unsigned count, struct fault *);
void run(const char *kernel, unsigned count);

// Whether the item's data are this texel, selected.
void expect_components(const uint32_t got[4], const uint32_t texel[4], unsigned item);

// The shapes that most kernels come for; `kernel_name` gives the name of one, until the next call.
struct shape_of_image {
    unsigned type, width, height, depth;
    const char *suffix;
};
enum { SHAPES = 5 };
extern const struct shape_of_image shapes[SHAPES];
const char *kernel_name(const char *prefix, unsigned shape);
