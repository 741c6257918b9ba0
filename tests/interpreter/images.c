// Image instructions (images.s) through real descriptors, against image_reference.c. The code object is the
// program's argument.
#include "code_object.h"
#include "image_reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

enum { ITEMS_MAX = 4096, GROUP = 32, MEMORY_BYTES = 1 << 20, GUARD_BYTES = 1 << 16, FLOAT_ONE = 0x3f800000 };
enum { TYPE_BUFFER = 0, TYPE_1D = 8, TYPE_2D, TYPE_3D, TYPE_CUBE, TYPE_1D_ARRAY, TYPE_2D_ARRAY };
enum { FORMAT_RGBA8 = 56, FORMAT_R32_UINT = 20, FORMAT_RGBA32_FLOAT = 77 };

static struct code_object *object;
static uint8_t *memory; // what images lie in; what follows it cannot be accessed
static struct {
    uint32_t address[4], data[4];
} items[ITEMS_MAX];

// What the descriptor says.
static struct picture {
    const struct format *format;
    unsigned type, width, height, depth; // depth: layers, too
    unsigned pitch;                      // texels
    unsigned selectors[4];
    uint32_t sampler[4];
    uint8_t *base;
} picture;

static uint32_t random_next(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15;
    state = state * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(state >> 32);
}

static const struct format *format_of(unsigned number)
{
    for (unsigned i = 0; i < format_count; i++)
        if (formats[i].number == number) return &formats[i];
    fail_msg("no format %u", number);
    return NULL;
}

static bool is_array(const struct picture *p) { return p->type >= TYPE_1D_ARRAY; }
static bool has_depth(const struct picture *p) { return p->type == TYPE_3D || is_array(p); }

static size_t picture_bytes(const struct picture *p)
{
    return (size_t)p->pitch * p->height * p->depth * format_bytes(p->format);
}

// An image that ends where memory ends, as near as its alignment allows, with any bytes in it.
static void picture_make(unsigned format, unsigned type, unsigned width, unsigned height, unsigned depth)
{
    struct picture *p = &picture;
    *p = (struct picture){format_of(format), type, width, height, depth, .selectors = {4, 5, 6, 7}};
    unsigned multiple = 256 / format_bytes(p->format);
    p->pitch = (width + multiple - 1) / multiple * multiple;
    if (type == TYPE_2D) p->pitch += multiple; // a pitch of its own
    if (type == TYPE_BUFFER) p->pitch = width;
    p->base = memory + MEMORY_BYTES - picture_bytes(p);
    for (size_t i = 0; i < MEMORY_BYTES / 4; i++) ((uint32_t *)memory)[i] = random_next();
}

// A V#, as ROCr makes it for an image in a buffer, but for NUM_RECORDS.
static void buffer_descriptor_fill(uint32_t words[12])
{
    const struct picture *p = &picture;
    uint64_t base = (uint64_t)p->base;
    memset(words, 0, 12 * sizeof *words);
    words[0] = (uint32_t)base;
    words[1] = (uint32_t)(base >> 32) | format_bytes(p->format) << 16;
    words[2] = p->width;
    for (unsigned c = 0; c < 4; c++) words[3] |= p->selectors[c] << 3 * c;
    words[3] |= p->format->number << 12 | 1u << 24;
}

static void descriptor_fill(uint32_t words[12])
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
    words[3] |= p->type << 28;
    words[4] = has_depth(p) ? p->depth - 1 : p->pitch - 1;
    memcpy(words + 8, p->sampler, sizeof p->sampler);
}

static bool try_words(const char *kernel, const uint32_t words[12], unsigned count, struct fault *fault)
{
    const struct {
        const void *descriptors, *items;
    } arguments = {words, items};
    struct shape shape = {.global = {(count + GROUP - 1) / GROUP * GROUP}, .local = {GROUP}};
    return kernel_run(object, kernel, shape, &arguments, sizeof arguments, fault);
}

static void run(const char *kernel, unsigned count)
{
    uint32_t words[12];
    struct fault fault;
    descriptor_fill(words);
    if (!try_words(kernel, words, count, &fault)) fail_msg("%s: %s", kernel, fault.text);
}

static uint8_t *texel_at(unsigned x, unsigned y, unsigned z)
{
    const struct picture *p = &picture;
    return p->base + (((size_t)z * p->height + y) * p->pitch + x) * format_bytes(p->format);
}

static bool is_nan(uint32_t bits) { return (bits & 0x7fffffff) > 0x7f800000; }

static bool same(uint32_t a, uint32_t b, bool integer)
{
    return a == b || (!integer && is_nan(a) && is_nan(b));
}

static void expect_components(const uint32_t got[4], const uint32_t texel[4], unsigned item)
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

// Every texel of the image in order, one an item; returns how many. What fills the last group is outside.
static unsigned items_for_all_texels(void)
{
    const struct picture *p = &picture;
    unsigned count = 0;
    memset(items, 0, sizeof items);
    for (unsigned z = 0; z < p->depth; z++)
        for (unsigned y = 0; y < p->height; y++)
            for (unsigned x = 0; x < p->width; x++, count++) {
                uint32_t *a = items[count].address;
                a[0] = x;
                a[1] = p->type == TYPE_1D_ARRAY ? z : y;
                a[2] = p->type == TYPE_2D ? 0 : z;
            }
    assert_true(count <= ITEMS_MAX);
    for (unsigned i = count; i < ITEMS_MAX; i++) items[i].address[0] = 0xffffffff;
    return count;
}

static void expect_all_loaded(void)
{
    unsigned item = 0;
    for (unsigned z = 0; z < picture.depth; z++)
        for (unsigned y = 0; y < picture.height; y++)
            for (unsigned x = 0; x < picture.width; x++, item++) {
                uint32_t texel[4];
                reference_decode(picture.format, texel_at(x, y, z), texel);
                expect_components(items[item].data, texel, item);
            }
}

// --- Loads and stores ---

static const unsigned selections[][4] = {{4, 5, 6, 7}, {6, 5, 4, 7}, {5, 6, 7, 4}, {4, 0, 0, 1},
                                         {4, 4, 4, 1}, {4, 4, 4, 4}, {0, 0, 0, 4}, {5, 4, 7, 6}};
enum { SELECTIONS = sizeof selections / sizeof *selections };

static void test_load_formats(void **state)
{
    (void)state;
    for (unsigned f = 0; f < format_count; f++)
        for (unsigned s = 0; s < SELECTIONS; s++) {
            picture_make(formats[f].number, TYPE_2D, 37, 13, 1);
            memcpy(picture.selectors, selections[s], sizeof selections[s]);
            run("load_2d", items_for_all_texels());
            expect_all_loaded();
        }
}

// Numbers near and beyond what formats hold, and what is no number.
static uint32_t value_any(const struct format *f)
{
    static const uint32_t special[] = {0,          0x80000000, FLOAT_ONE,  0xbf800000,
                                       0x7f800000, 0xff800000, 0x7fc00000, 0x00000001,
                                       0x7f7fffff, 0xff7fffff, 0x3b4d2e1c, 0x477fe000};
    uint32_t any = random_next();
    if (format_is_integer(f)) return any >> any % 32;
    if (any % 8 == 0) return special[random_next() % (sizeof special / sizeof *special)];
    return as_bits((float)(int32_t)random_next() / 0x1p30f);
}

static uint16_t half_of(uint32_t bits)
{
    _Float16 half = (_Float16)as_float(bits);
    uint16_t result;
    memcpy(&result, &half, sizeof result);
    return result;
}

static void expect_field(const uint8_t *texel, unsigned c, uint32_t component)
{
    const struct format *f = picture.format;
    uint32_t field = reference_field(f, texel, c);
    if (format_is(f, "float")) {
        uint32_t expected = f->bits[0] == 16 ? half_of(component) : component;
        bool both_nan = f->bits[0] == 16 && is_nan(component) && (field & 0x7fff) > 0x7c00;
        if (field != expected && !both_nan)
            fail_msg("format %u: 0x%x, expected 0x%x", f->number, field, expected);
        return;
    }
    double error = reference_field_units(f, c, field) - reference_units(f, c, component);
    double allowed = format_is_integer(f) ? 0 : format_is(f, "srgb") ? 0.5001 : 0.5;
    if (fabs(error) > allowed)
        fail_msg("format %u component %u: 0x%x of 0x%08x is off by %g", f->number, c, field, component,
                 error);
}

// The component of the register that goes to component `c` of a texel; -1: none, and 0 is written.
static int register_of(unsigned c)
{
    for (unsigned i = 0; i < 4; i++)
        if (picture.selectors[i] == 4 + c) return (int)i;
    return -1;
}

static void expect_stored(unsigned x, unsigned y, const uint32_t data[4])
{
    const uint8_t *texel = texel_at(x, y, 0);
    for (unsigned c = 0; c < 4 && picture.format->bits[c]; c++) {
        int from = register_of(c);
        expect_field(texel, c, from < 0 ? 0 : data[from]);
    }
}

static void test_store_formats(void **state)
{
    (void)state;
    for (unsigned f = 0; f < format_count; f++)
        for (unsigned s = 0; s < SELECTIONS; s++) {
            picture_make(formats[f].number, TYPE_2D, 37, 13, 1);
            memcpy(picture.selectors, selections[s], sizeof selections[s]);
            unsigned count = items_for_all_texels();
            for (unsigned i = 0; i < count; i++)
                for (unsigned c = 0; c < 4; c++) items[i].data[c] = value_any(picture.format);
            run("store_2d", count);
            for (unsigned i = 0; i < count; i++) expect_stored(i % 37, i / 37, items[i].data);
        }
}

static const struct {
    unsigned type, width, height, depth;
    const char *suffix;
} shapes[] = {
    {TYPE_1D, 300, 1, 1, "1d"},
    {TYPE_2D, 70, 30, 1, "2d"},
    {TYPE_3D, 20, 10, 7, "3d"},
    {TYPE_1D_ARRAY, 100, 1, 9, "1d_array"},
    {TYPE_2D_ARRAY, 20, 10, 7, "2d_array"},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static const char *kernel_name(const char *prefix, unsigned shape)
{
    static char name[40];
    snprintf(name, sizeof name, "%s_%s", prefix, shapes[shape].suffix);
    return name;
}

static void shape_make(unsigned shape, unsigned format)
{
    picture_make(format, shapes[shape].type, shapes[shape].width, shapes[shape].height, shapes[shape].depth);
}

// Each texel lies where the next instruction looks for it, and nothing else is written.
static void test_shapes(void **state)
{
    (void)state;
    static uint8_t before[MEMORY_BYTES];
    for (unsigned s = 0; s < SHAPES; s++) {
        shape_make(s, FORMAT_RGBA8);
        run(kernel_name("load", s), items_for_all_texels());
        expect_all_loaded();
        memcpy(before, memory, MEMORY_BYTES);
        unsigned count = items_for_all_texels(), written = count / 2 / GROUP * GROUP;
        run(kernel_name("store", s), written); // black
        for (unsigned i = 0; i < written; i++) {
            unsigned x = i % picture.width, row = i / picture.width;
            memset(before + (texel_at(x, row % picture.height, row / picture.height) - memory), 0, 4);
        }
        assert_memory_equal(before, memory, MEMORY_BYTES);
    }
}

// Far and near outside in each coordinate: reads 0 (and what the selectors add), writes nothing.
static void test_outside(void **state)
{
    (void)state;
    static uint8_t before[MEMORY_BYTES];
    static const uint32_t far[] = {0xffffffff, 0x80000000, 0x7fffffff, 0x10000, 0x40000000};
    for (unsigned s = 0; s < SHAPES; s++) {
        shape_make(s, FORMAT_RGBA8);
        picture.selectors[3] = 1;
        memcpy(before, memory, MEMORY_BYTES);
        unsigned coordinates = shapes[s].type == TYPE_1D             ? 1
                               : shapes[s].type == TYPE_3D || s == 4 ? 3
                                                                     : 2,
                 count = 0;
        memset(items, 0, sizeof items);
        for (unsigned c = 0; c < coordinates; c++) {
            unsigned size = c == 0 ? shapes[s].width : c == 1 && s != 3 ? shapes[s].height : shapes[s].depth;
            for (unsigned i = 0; i < 6; i++) items[count++].address[c] = i < 5 ? far[i] : size;
        }
        while (count % GROUP) items[count++].address[0] = 0xffffffff;
        run(kernel_name("store", s), count);
        assert_memory_equal(before, memory, MEMORY_BYTES);
        run(kernel_name("load", s), count);
        for (unsigned i = 0; i < count; i++) expect_components(items[i].data, (uint32_t[4]){0}, i);
    }
}

// --- Forms of the instruction ---

static void test_load_scattered_address(void **state)
{
    (void)state;
    shape_make(2, FORMAT_RGBA32_FLOAT);
    run("load_scattered", items_for_all_texels());
    expect_all_loaded();
}

static void test_load_packed_address(void **state)
{
    (void)state;
    picture_make(FORMAT_RGBA8, TYPE_2D, 37, 13, 1);
    unsigned count = items_for_all_texels();
    for (unsigned i = 0; i < count; i++) items[i].address[0] |= items[i].address[1] << 16;
    run("load_a16", count);
    expect_all_loaded();
}

static void test_load_masked(void **state)
{
    (void)state;
    picture_make(FORMAT_RGBA8, TYPE_2D, 37, 13, 1);
    unsigned count = items_for_all_texels();
    for (unsigned i = 0; i < count; i++) items[i].data[2] = items[i].data[3] = 0xdead0000 + i;
    run("load_masked", count);
    for (unsigned i = 0; i < count; i++) {
        uint32_t texel[4];
        reference_decode(picture.format, texel_at(i % 37, i / 37, 0), texel);
        const uint32_t expected[4] = {texel[1], texel[3], 0xdead0000 + i, 0xdead0000 + i};
        assert_memory_equal(items[i].data, expected, sizeof expected);
    }
}

static void test_half_registers(void **state)
{
    (void)state;
    picture_make(FORMAT_RGBA8, TYPE_2D, 37, 13, 1);
    unsigned count = items_for_all_texels();
    run("load_half", count);
    for (unsigned i = 0; i < count; i++) {
        uint32_t texel[4];
        reference_decode(picture.format, texel_at(i % 37, i / 37, 0), texel);
        assert_int_equal(items[i].data[0], half_of(texel[0]) | (uint32_t)half_of(texel[1]) << 16);
        assert_int_equal(items[i].data[1], half_of(texel[2]) | (uint32_t)half_of(texel[3]) << 16);
    }
    // What 8 bits hold, halves hold: it comes back to the last bit.
    static uint8_t before[MEMORY_BYTES];
    memcpy(before, memory, MEMORY_BYTES);
    for (unsigned y = 0; y < 13; y++) memset(texel_at(0, y, 0), 0, 37 * 4);
    run("store_half", count);
    assert_memory_equal(before, memory, MEMORY_BYTES);
}

static void test_levels(void **state)
{
    (void)state;
    picture_make(FORMAT_RGBA8, TYPE_2D, 37, 13, 1);
    unsigned count = items_for_all_texels();
    run("load_mip", count);
    expect_all_loaded();
    for (unsigned i = 0; i < count; i++) items[i].address[2] = 1; // there is none
    run("load_mip", count);
    for (unsigned i = 0; i < count; i++) expect_components(items[i].data, (uint32_t[4]){0}, i);
}

static void test_resinfo(void **state)
{
    (void)state;
    for (unsigned s = 0; s < SHAPES; s++) {
        shape_make(s, FORMAT_RGBA8);
        memset(items, 0, sizeof items);
        items[1].address[0] = 1;
        run("resinfo", GROUP);
        const uint32_t level0[4] = {shapes[s].width, shapes[s].height, shapes[s].depth, 1},
                       level1[4] = {0, 0, 0, 1};
        assert_memory_equal(items[0].data, level0, sizeof level0);
        assert_memory_equal(items[1].data, level1, sizeof level1);
    }
}

// All items add to one texel; those outside return 0 and add nothing.
static void test_atomics(void **state)
{
    (void)state;
    picture_make(FORMAT_R32_UINT, TYPE_2D, 37, 13, 1);
    uint32_t *texel = (uint32_t *)texel_at(5, 7, 0), sum = 1000, count = 8 * GROUP;
    *texel = sum;
    for (unsigned i = 0; i < count; i++) {
        memcpy(items[i].address, i % 5 == 4 ? (uint32_t[4]){37, 7} : (uint32_t[4]){5, 7},
               sizeof items[i].address);
        items[i].data[0] = i;
    }
    run("atomic_add", count);
    for (unsigned i = 0; i < count; i++) { // items run in order on one thread
        assert_int_equal(items[i].data[0], i % 5 == 4 ? 0 : sum);
        sum += i % 5 == 4 ? 0 : i;
    }
    assert_int_equal(*texel, sum);
    for (unsigned i = 0; i < GROUP; i++) {
        memcpy(items[i].address, (uint32_t[4]){5, 7}, sizeof items[i].address);
        items[i].data[0] = i; // the new value
        items[i].data[1] = i == 9 ? sum : ~sum;
    }
    run("atomic_cmpswap", GROUP);
    assert_int_equal(*texel, 9);
}

// --- Typed buffers ---

// Every texel and those before and after; the last items lie outside.
static unsigned buffer_make(const struct format *f, unsigned selection)
{
    picture_make(f->number, TYPE_BUFFER, 301, 1, 1);
    memcpy(picture.selectors, selections[selection], sizeof selections[selection]);
    return items_for_all_texels();
}

static void test_buffer_loads(void **state)
{
    (void)state;
    static const char *const kernels[] = {"buffer_load_x", "buffer_load_xy", "buffer_load_xyz",
                                          "buffer_load_xyzw"};
    for (unsigned f = 0; f < format_count && formats[f].number < 128; f++)
        for (unsigned k = 0; k < 4 * SELECTIONS; k++) {
            unsigned count = buffer_make(&formats[f], k / 4), components = k % 4 + 1;
            for (unsigned i = 0; i < count; i++) memset(items[i].data, 0xee, sizeof items[i].data);
            run(kernels[k % 4], count);
            for (unsigned i = 0; i < count; i++) {
                uint32_t texel[4], whole[4];
                reference_decode(&formats[f], texel_at(i, 0, 0), texel);
                memcpy(whole, items[i].data, sizeof whole);
                for (unsigned c = components; c < 4; c++) {
                    assert_int_equal(whole[c], 0xeeeeeeee);
                    unsigned selector = picture.selectors[c];
                    uint32_t one = format_is_integer(&formats[f]) ? 1 : FLOAT_ONE;
                    whole[c] = selector >= 4 ? texel[selector - 4] : selector * one;
                }
                expect_components(whole, texel, i);
            }
            if (components == 4) expect_components(items[count].data, (uint32_t[4]){0}, count); // outside
        }
}

static void test_buffer_stores(void **state)
{
    (void)state;
    for (unsigned f = 0; f < format_count && formats[f].number < 128; f++)
        for (unsigned k = 0; k < 2 * SELECTIONS; k++) {
            unsigned count = buffer_make(&formats[f], k / 2);
            for (unsigned i = 0; i < count; i++)
                for (unsigned c = 0; c < 4; c++) items[i].data[c] = value_any(&formats[f]);
            run(k % 2 ? "buffer_store_xyzw" : "buffer_store_x", count);
            for (unsigned i = 0; i < count; i++) {
                uint32_t data[4] = {items[i].data[0]};
                if (k % 2) memcpy(data, items[i].data, sizeof data);
                expect_stored(i, 0, data);
            }
        }
}

static void test_buffer_halves(void **state)
{
    (void)state;
    static uint8_t before[MEMORY_BYTES];
    unsigned count = buffer_make(format_of(FORMAT_RGBA8), 0);
    run("buffer_load_half", count);
    for (unsigned i = 0; i < count; i++) {
        uint32_t texel[4];
        reference_decode(picture.format, texel_at(i, 0, 0), texel);
        assert_int_equal(items[i].data[0], half_of(texel[0]) | (uint32_t)half_of(texel[1]) << 16);
        assert_int_equal(items[i].data[1], half_of(texel[2]) | (uint32_t)half_of(texel[3]) << 16);
    }
    memcpy(before, memory, MEMORY_BYTES);
    memset(texel_at(0, 0, 0), 0, count * 4);
    run("buffer_store_half", count);
    assert_memory_equal(before, memory, MEMORY_BYTES);
}

// --- Samplers ---

static void sampler_set(unsigned clamp, bool normalised, bool linear, unsigned border)
{
    picture.sampler[0] = clamp | clamp << 3 | clamp << 6 | !normalised << 15;
    picture.sampler[1] = 0x00fff000;
    picture.sampler[2] = linear ? 5u << 20 : 0;
    picture.sampler[3] = border << 30;
}

// The layer that a coordinate means: to nearest even, and none outside.
static struct reference_span layer_span(double coordinate, int layers)
{
    int layer = (int)fmin(fmax(nearbyint(coordinate), 0), layers - 1);
    return (struct reference_span){{layer, layer}, 0};
}

static void reference_sample(const struct reference_span s[3], unsigned border, double components[4])
{
    for (unsigned c = 0; c < 4; c++) components[c] = 0;
    for (unsigned corner = 0; corner < 8; corner++) {
        uint32_t texel[4];
        double weight = 1;
        int at[3];
        for (unsigned i = 0; i < 3; i++) {
            bool second = corner >> i & 1;
            weight *= second ? s[i].weight : 1 - s[i].weight;
            at[i] = s[i].texel[second];
        }
        if (at[0] >= 0 && at[1] >= 0 && at[2] >= 0)
            reference_decode(picture.format, texel_at((unsigned)at[0], (unsigned)at[1], (unsigned)at[2]),
                             texel);
        else
            for (unsigned c = 0; c < 4; c++)
                texel[c] = border == 2 || (border == 1 && c == 3) ? FLOAT_ONE : 0;
        for (unsigned c = 0; c < 4; c++) components[c] += weight * as_float(texel[c]);
    }
}

// Coordinates are multiples of 1/64 of a texel, which are exact where sizes are powers of two; their weights
// are exact in 8 bits then.
static float coordinate_any(bool normalised, unsigned size)
{
    int position = (int)(random_next() % (size * 64 * 5)) - (int)(size * 64 * 2);
    return (float)position / 64 / (normalised ? (float)size : 1);
}

static void sample_check(unsigned shape, unsigned clamp, bool normalised, bool linear, unsigned border)
{
    static float at[ITEMS_MAX][3];
    unsigned sizes[3] = {picture.width, picture.height, picture.depth}, count = 8 * GROUP;
    bool flat = picture.type == TYPE_1D || picture.type == TYPE_1D_ARRAY;
    sampler_set(clamp, normalised, linear, border);
    memset(items, 0, sizeof items);
    for (unsigned i = 0; i < count; i++) {
        for (unsigned k = 0; k < 3; k++)
            at[i][k] = coordinate_any(normalised && !(k == 2 && is_array(&picture)), sizes[k]);
        unsigned n = 0;
        items[i].address[n++] = as_bits(at[i][0]);
        if (!flat) items[i].address[n++] = as_bits(at[i][1]);
        if (has_depth(&picture)) items[i].address[n++] = as_bits(at[i][2]);
    }
    run(kernel_name("sample", shape), count);
    for (unsigned i = 0; i < count; i++) {
        struct reference_span s[3] = {{{0, 0}, 0}, {{0, 0}, 0}, {{0, 0}, 0}};
        double expected[4];
        s[0] = reference_span(clamp, normalised, linear, at[i][0], (int)sizes[0]);
        if (!flat) s[1] = reference_span(clamp, normalised, linear, at[i][1], (int)sizes[1]);
        if (is_array(&picture))
            s[2] = layer_span(at[i][2], (int)sizes[2]);
        else if (picture.type == TYPE_3D)
            s[2] = reference_span(clamp, normalised, linear, at[i][2], (int)sizes[2]);
        reference_sample(s, border, expected);
        for (unsigned c = 0; c < 4; c++) {
            double got = as_float(items[i].data[c]);
            if (!(fabs(got - expected[c]) <= (linear ? 1e-6 : 0) + fabs(expected[c]) * 1e-6))
                fail_msg("%s clamp %u normalised %d linear %d at %g %g %g component %u: %g, expected %g",
                         shapes[shape].suffix, clamp, normalised, linear, at[i][0], at[i][1], at[i][2], c,
                         got, expected[c]);
        }
    }
}

static void test_samplers(void **state)
{
    (void)state;
    for (unsigned s = 0; s < SHAPES; s++) {
        bool flat = shapes[s].height == 1;
        picture_make(FORMAT_RGBA8, shapes[s].type, 16, flat ? 1 : 8, shapes[s].depth == 1 ? 1 : 4);
        for (unsigned clamp = 0; clamp < 8; clamp++)
            for (unsigned form = 0; form < 4; form++) sample_check(s, clamp, form & 1, form & 2, clamp % 3);
    }
}

// Weights have 8 bits: 1/1024 beside a texel's middle is none, and 3/1024 is 1/256.
static void test_weight_bits(void **state)
{
    (void)state;
    picture_make(FORMAT_RGBA32_FLOAT, TYPE_1D, 16, 1, 1);
    for (unsigned x = 0; x < 16; x++) *(float *)texel_at(x, 0, 0) = (float)x * 256;
    sampler_set(2, false, true, 0);
    memset(items, 0, sizeof items);
    for (unsigned i = 0; i < GROUP; i++) items[i].address[0] = as_bits(3.5f + (float)i / 1024);
    run("sample_1d", GROUP);
    for (unsigned i = 0; i < GROUP; i++)
        assert_true(as_float(items[i].data[0]) == 3 * 256 + nearbyint((double)i / 4));
}

// NaN, infinities and huge numbers, in every mode: some texel or the border, and no access outside.
static void test_strange_coordinates(void **state)
{
    (void)state;
    static const float strange[] = {NAN,    -NAN,    INFINITY, -INFINITY, 3e38f,
                                    -3e38f, 0x1p31f, -0x1p31f, 1e-45f,    0x1p24f};
    for (unsigned s = 0; s < SHAPES; s++) {
        shape_make(s, FORMAT_RGBA32_FLOAT);
        for (float *t = (float *)picture.base; t < (float *)(memory + MEMORY_BYTES); t++) *t = 1;
        for (unsigned mode = 0; mode < 32; mode++) {
            sampler_set(mode % 8, mode & 8, mode & 16, 0);
            for (unsigned i = 0; i < 8 * GROUP; i++)
                for (unsigned c = 0; c < 4; c++) items[i].address[c] = as_bits(strange[random_next() % 10]);
            run(kernel_name("sample", s), 8 * GROUP);
            for (unsigned i = 0; i < 8 * GROUP; i++) {
                float got = as_float(items[i].data[0]);
                assert_true(got >= 0 && got <= 1.000001f);
            }
        }
    }
}

static void test_sample_integers(void **state)
{
    (void)state;
    picture_make(60, TYPE_2D, 16, 8, 1);
    sampler_set(6, false, false, 2);
    memset(items, 0, sizeof items);
    for (unsigned i = 0; i < GROUP; i++) {
        items[i].address[0] = as_bits((float)i - 8);
        items[i].address[1] = as_bits(3.75f);
    }
    run("sample_2d", GROUP);
    for (unsigned i = 0; i < GROUP; i++) {
        uint32_t texel[4] = {1, 1, 1, 1};
        if (i >= 8 && i < 24) reference_decode(picture.format, texel_at(i - 8, 3, 0), texel);
        expect_components(items[i].data, texel, i);
    }
}

// --- What this device lacks stops the kernel with its name ---

static void expect_stop(const char *kernel, const uint32_t words[12], const char *text)
{
    struct fault fault = {0};
    if (try_words(kernel, words, GROUP, &fault)) fail_msg("%s: ran, expected \"%s\"", kernel, text);
    if (!strstr(fault.text, text)) fail_msg("%s: \"%s\", expected \"%s\"", kernel, fault.text, text);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        unsigned word;
        uint32_t clear, set;
        const char *text;
    } refused[] = {
        {1, 0x1ff00000, 0, "format"},
        {1, 0x1ff00000, 100u << 20, "format"},
        {1, 0, 0x1ff00000, "format"},
        {3, 0xf0000000, 0, "type"},
        {3, 0xf0000000, 0xb0000000, "type"},
        {3, 0, 3u << 20, "swizzle mode"},
        {3, 0, 1u << 16, "mip levels"},
        {3, 0, 1u << 12, "mip levels"},
        {6, 0, 1u << 21, "compression"},
        {3, 7, 2, "component selector"},
        {1, 0, 0x80, "address"},
        {10, 0, 2u << 20, "anisotropic"},
        {10, 0, 1u << 20, "level of detail"},
        {11, 0, 3u << 30, "border colours"},
    };
    picture_make(FORMAT_RGBA8, TYPE_2D, 37, 13, 1);
    memset(items, 0, sizeof items);
    for (unsigned i = 0; i < sizeof refused / sizeof *refused; i++) {
        uint32_t words[12];
        descriptor_fill(words);
        words[refused[i].word] = (words[refused[i].word] & ~refused[i].clear) | refused[i].set;
        expect_stop("sample_2d", words, refused[i].text);
        if (refused[i].word < 8) expect_stop("load_2d", words, refused[i].text);
    }
    uint32_t words[12] = {0};
    expect_stop("buffer_load_xyzw", words, "typed buffer not supported (format)");
    descriptor_fill(words);
    expect_stop("cube", words, "dimension");
    expect_stop("atomic_add", words, "atomic on this format");
}

// Any descriptor at all: it runs, or stops the kernel.
static void test_any_descriptor(void **state)
{
    (void)state;
    static const char *const kernels[] = {"load_2d",         "load_3d", "sample_2d",       "sample_3d",
                                          "sample_1d_array", "resinfo", "buffer_load_xyzw"};
    for (unsigned i = 0; i < 20000; i++) {
        uint32_t words[12];
        struct fault fault;
        for (unsigned k = 0; k < 12; k++) words[k] = random_next() & random_next();
        if (i % 2)
            words[3] = (words[3] & 0x00000fff) | (8u + random_next() % 6) << 28, words[5] = words[6] = 0;
        if (i % 2) words[1] = (words[1] & 0xe00000ff) | formats[random_next() % format_count].number << 20;
        for (unsigned k = 0; k < GROUP; k++)
            for (unsigned c = 0; c < 4; c++) items[k].address[c] = random_next() >> random_next() % 32;
        try_words(kernels[i % 7], words, GROUP, &fault);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    object = code_object_load(argv[1]);
    memory = mmap(NULL, MEMORY_BYTES + GUARD_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory, MEMORY_BYTES, PROT_READ | PROT_WRITE)) return 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_load_formats),
        cmocka_unit_test(test_store_formats),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_outside),
        cmocka_unit_test(test_load_scattered_address),
        cmocka_unit_test(test_load_packed_address),
        cmocka_unit_test(test_load_masked),
        cmocka_unit_test(test_half_registers),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_resinfo),
        cmocka_unit_test(test_atomics),
        cmocka_unit_test(test_buffer_loads),
        cmocka_unit_test(test_buffer_stores),
        cmocka_unit_test(test_buffer_halves),
        cmocka_unit_test(test_samplers),
        cmocka_unit_test(test_weight_bits),
        cmocka_unit_test(test_strange_coordinates),
        cmocka_unit_test(test_sample_integers),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_any_descriptor),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    munmap(memory, MEMORY_BYTES + GUARD_BYTES);
    code_object_free(object);
    return failed;
}
