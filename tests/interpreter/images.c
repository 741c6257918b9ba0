// Image instructions (images.s) through real descriptors, against image_reference.c. The code object is the
// program's argument.
#include "picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
        for (unsigned s = 0; s < SELECTIONS && format_is_of_images(&formats[f]); s++) {
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
    if (format_is(f, "uscaled") || format_is(f, "sscaled"))
        return as_bits((float)(int32_t)random_next() / (float)(1u << (14 + any % 16)));
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
    if (format_is(f, "float") && f->bits[0] < 16) {
        uint32_t decoded[4];
        reference_decode(f, texel, decoded);
        unsigned bits = f->number < 37 ? (c == 2 ? 10 : 11) : (c == 0 ? 10 : 11); // 10_11_11, 11_11_10
        double expected = reference_small_float(bits, as_float(component)), got = as_float(decoded[c]);
        if (got != expected && !(isnan(got) && isnan(expected)))
            fail_msg("format %u: %a of %a, expected %a", f->number, got, as_float(component), expected);
        return;
    }
    if (format_is(f, "float")) {
        uint32_t expected = f->bits[0] == 16 ? half_of(component) : component;
        bool both_nan = f->bits[0] == 16 && isnan(as_float(component)) && (field & 0x7fff) > 0x7c00;
        if (field != expected && !both_nan)
            fail_msg("format %u: 0x%x, expected 0x%x", f->number, field, expected);
        return;
    }
    double error = reference_field_units(f, c, field) - reference_units(f, c, component);
    double allowed = format_is_integer(f) ? 0 : 0.5;
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

static bool format_is_stored(const struct format *f)
{
    return format_is_of_images(f) && !format_is(f, "srgb");
}

static void test_store_formats(void **state)
{
    (void)state;
    for (unsigned f = 0; f < format_count; f++)
        for (unsigned s = 0; s < SELECTIONS && format_is_stored(&formats[f]); s++) {
            picture_make(formats[f].number, TYPE_2D, 37, 13, 1);
            memcpy(picture.selectors, selections[s], sizeof selections[s]);
            unsigned count = items_for_all_texels();
            for (unsigned i = 0; i < count; i++)
                for (unsigned c = 0; c < 4; c++) items[i].data[c] = value_any(picture.format);
            run("store_2d", count);
            for (unsigned i = 0; i < count; i++) expect_stored(i % 37, i / 37, items[i].data);
        }
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

// Each level lies where it belongs, and nothing else is written.
static void test_all_levels(void **state)
{
    (void)state;
    static uint8_t before[MEMORY_BYTES];
    for (unsigned level = 0; level < 6; level++) {
        picture_make_levels(FORMAT_RGBA8, TYPE_2D, 37, 21, 1, 6);
        unsigned width = level_width(level), height = level_height(level), count = 0;
        memset(items, 0, sizeof items);
        for (; count < width * height; count++) {
            items[count].address[0] = count % width;
            items[count].address[1] = count / width;
            items[count].address[2] = level;
        }
        for (unsigned i = count; i < ITEMS_MAX; i++) items[i].address[2] = 6; // there is none
        run("load_mip", count);
        for (unsigned i = 0; i < count; i++) {
            uint32_t texel[4];
            reference_decode(picture.format, level_texel_at(level, i % width, i / width, 0), texel);
            expect_components(items[i].data, texel, i);
        }
        memcpy(before, memory, MEMORY_BYTES);
        for (unsigned i = 0; i < count; i++) memset(level_texel_at(level, i % width, i / width, 0), 0, 4);
        run("store_mip", count);
        assert_memory_equal(before, memory, MEMORY_BYTES);
        run("load_mip_raw", count);
        for (unsigned i = 0; i < count; i++)
            assert_memory_equal(items[i].data, level_texel_at(level, i % width, i / width, 0), 4);
    }
}

// Bytes as they are, extended to words; they come back whole.
static void test_raw(void **state)
{
    (void)state;
    static uint8_t before[MEMORY_BYTES];
    for (unsigned f = 0; f < format_count; f++) {
        if (!format_is_of_images(&formats[f])) continue;
        picture_make(formats[f].number, TYPE_2D, 37, 13, 1);
        unsigned count = items_for_all_texels(), bytes = format_bytes(&formats[f]);
        for (unsigned is_signed = 0; is_signed < 2; is_signed++) {
            run(is_signed ? "load_raw_signed" : "load_raw", count);
            for (unsigned i = 0; i < count; i++) {
                uint32_t words[4] = {0};
                memcpy(words, texel_at(i % 37, i / 37, 0), bytes);
                if (is_signed && bytes == 1) words[0] = (uint32_t)(int8_t)words[0];
                if (is_signed && bytes == 2) words[0] = (uint32_t)(int16_t)words[0];
                assert_memory_equal(items[i].data, words, sizeof words);
            }
        }
        memcpy(before, memory, MEMORY_BYTES);
        for (unsigned i = 0; i < count; i++) memset(texel_at(i % 37, i / 37, 0), 0, bytes);
        run("store_raw", count);
        assert_memory_equal(before, memory, MEMORY_BYTES);
    }
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
        memcpy(items[i].address, i % 5 == 4 ? (uint32_t[2]){37, 7} : (uint32_t[2]){5, 7}, 8);
        items[i].data[0] = i;
    }
    run("atomic_add", count);
    for (unsigned i = 0; i < count; i++) { // items run in order on one thread
        assert_int_equal(items[i].data[0], i % 5 == 4 ? 0 : sum);
        sum += i % 5 == 4 ? 0 : i;
    }
    assert_int_equal(*texel, sum);
    for (unsigned i = 0; i < GROUP; i++) {
        memcpy(items[i].address, (uint32_t[2]){5, 7}, 8);
        items[i].data[0] = i; // the new value
        items[i].data[1] = i == 9 ? sum : ~sum;
    }
    run("atomic_cmpswap", GROUP);
    assert_int_equal(*texel, 9);
    for (unsigned i = 0; i < GROUP; i++) items[i].data[0] = 1, items[i].data[1] = 0xdead;
    run("atomic_add_status", GROUP);
    for (unsigned i = 0; i < GROUP; i++) {
        assert_int_equal(items[i].data[0], 9 + i);
        assert_int_equal(items[i].data[1], 0xdead); // all is resident
    }
}

static void test_wide_atomics(void **state)
{
    (void)state;
    picture_make(62 /* 32_32_UINT */, TYPE_2D, 37, 13, 1);
    uint64_t *texel = (uint64_t *)texel_at(5, 7, 0), largest = 1ull << 40;
    *texel = largest;
    for (unsigned i = 0; i < 8 * GROUP; i++) {
        memcpy(items[i].address, (uint32_t[2]){5, i % 5 == 4 ? 13 : 7}, 8);
        items[i].data[0] = random_next();
        items[i].data[1] = random_next() >> 16;
    }
    static struct item before[8 * GROUP];
    memcpy(before, items, sizeof before);
    run("atomic_umax_wide", 8 * GROUP);
    for (unsigned i = 0; i < 8 * GROUP; i++) {
        uint64_t got, value;
        memcpy(&got, items[i].data, sizeof got);
        memcpy(&value, before[i].data, sizeof value);
        assert_true(got == (i % 5 == 4 ? 0 : largest));
        if (i % 5 != 4 && value > largest) largest = value;
    }
    assert_true(*texel == largest);
    for (unsigned i = 0; i < GROUP; i++) {
        memcpy(items[i].address, (uint32_t[2]){5, 7}, 8);
        uint64_t data[2] = {i, i == 9 ? largest : largest ^ 1ull << 63};
        memcpy(items[i].data, data, sizeof data);
    }
    run("atomic_cmpswap_wide", GROUP);
    assert_true(*texel == 9);
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

// A half takes its place in the register, and keeps what lies beside it.
static void test_buffer_single_halves(void **state)
{
    (void)state;
    static uint8_t before[MEMORY_BYTES];
    static const char *const kernels[2][2] = {{"buffer_load_low", "buffer_store_low"},
                                              {"buffer_load_high", "buffer_store_high"}};
    for (unsigned high = 0; high < 2; high++) {
        unsigned count = buffer_make(format_of(FORMAT_R16_FLOAT), 0), shift = 16 * high;
        for (unsigned i = 0; i < count; i++) items[i].data[0] = 0xabcdabcd;
        run(kernels[high][0], count);
        for (unsigned i = 0; i < count; i++) {
            uint16_t texel;
            memcpy(&texel, texel_at(i, 0, 0), sizeof texel);
            if ((texel & 0x7c00) != 0x7c00) assert_int_equal((uint16_t)(items[i].data[0] >> shift), texel);
            assert_int_equal((uint16_t)(items[i].data[0] >> (16 - shift)), 0xabcd);
        }
        memcpy(before, memory, MEMORY_BYTES);
        memset(texel_at(0, 0, 0), 0, count * 2);
        run(kernels[high][1], count);
        for (unsigned i = 0; i < count; i++) {
            uint16_t was, is;
            memcpy(&was, before + (texel_at(i, 0, 0) - memory), sizeof was);
            memcpy(&is, texel_at(i, 0, 0), sizeof is);
            if ((was & 0x7c00) != 0x7c00) assert_int_equal(is, was);
        }
    }
}

// A status tells of texels that are not resident: there are none.
static void test_status(void **state)
{
    (void)state;
    unsigned count = buffer_make(format_of(FORMAT_RGBA8), 0);
    for (unsigned i = 0; i < count; i++) items[i].data[3] = 0xdead;
    run("buffer_load_status", count);
    for (unsigned i = 0; i < count; i++) assert_int_equal(items[i].data[3], 0xdead);
    picture_make(FORMAT_RGBA8, TYPE_2D, 37, 13, 1);
    count = items_for_all_texels();
    for (unsigned i = 0; i < count; i++) items[i].data[3] = 0xdead;
    run("load_status", count);
    for (unsigned i = 0; i < count; i++) assert_int_equal(items[i].data[3], 0xdead);
}

// The instruction's format is what counts; the descriptor's, and its selectors, do not.
static void test_tbuffers(void **state)
{
    (void)state;
    static uint8_t before[MEMORY_BYTES];
    unsigned count = buffer_make(format_of(FORMAT_R32_UINT), 1);
    run("tbuffer_load", count);
    for (unsigned i = 0; i < count; i++) {
        uint32_t texel[4];
        reference_decode(format_of(FORMAT_RGBA8), texel_at(i, 0, 0), texel);
        assert_memory_equal(items[i].data, texel, sizeof texel);
    }
    memcpy(before, memory, MEMORY_BYTES);
    memset(texel_at(0, 0, 0), 0, count * 4);
    run("tbuffer_store", count);
    assert_memory_equal(before, memory, MEMORY_BYTES);
    run("tbuffer_load_two", count);
    for (unsigned i = 0; i < count; i++) {
        int16_t pair[2];
        memcpy(pair, texel_at(i, 0, 0), sizeof pair);
        for (unsigned c = 0; c < 2; c++) assert_true(as_float(items[i].data[c]) == pair[c]);
    }
    run("tbuffer_load_half", count);
    for (unsigned i = 0; i < count; i++) {
        int8_t texel[4];
        int16_t got[4];
        memcpy(texel, texel_at(i, 0, 0), sizeof texel);
        memcpy(got, items[i].data, sizeof got);
        for (unsigned c = 0; c < 4; c++) assert_int_equal(got[c], texel[c]);
    }
    memset(texel_at(0, 0, 0), 0, count * 4);
    run("tbuffer_store_half", count);
    assert_memory_equal(before, memory, MEMORY_BYTES);
}

// --- What this device lacks stops the kernel with its name ---

static void expect_stop(const char *kernel, const uint32_t words[DESCRIPTOR_WORDS], const char *text)
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
        {1, 0x1ff00000, 0, "format"},        {1, 0x1ff00000, 100u << 20, "format"},
        {1, 0, 0x1ff00000, "format"},        {3, 0xf0000000, 0, "type"},
        {3, 0xf0000000, 0xb0000000, "type"}, {3, 0, 1u << 16, "mip levels"},
        {3, 0, 1u << 12, "mip levels"},      {6, 0, 1u << 21, "compression"},
        {3, 7, 2, "component selector"},     {1, 0, 0x80, "address"},
        {11, 0, 3u << 30, "border colours"},
    };
    picture_make(FORMAT_RGBA8, TYPE_2D, 37, 13, 1);
    memset(items, 0, sizeof items);
    for (unsigned i = 0; i < sizeof refused / sizeof *refused; i++) {
        uint32_t words[DESCRIPTOR_WORDS];
        descriptor_fill(words);
        words[refused[i].word] = (words[refused[i].word] & ~refused[i].clear) | refused[i].set;
        expect_stop("sample_2d", words, refused[i].text);
        if (refused[i].word < 8) expect_stop("load_2d", words, refused[i].text);
    }
    uint32_t words[DESCRIPTOR_WORDS];
    descriptor_fill(words);
    words[8] |= 1u << 9; // 2 to 1
    words[10] |= 2u << 20;
    expect_stop("implicit", words, "anisotropic");
    expect_stop("gradients", words, "anisotropic");
    expect_stop("lod", words, "anisotropic");
    memset(words, 0, sizeof words);
    expect_stop("buffer_load_xyzw", words, "typed buffer not supported (format)");
    descriptor_fill(words);
    expect_stop("atomic_add", words, "atomic on this format");
}

// Cubes, several samples, texels in a row and rays: each form of them.
static void test_absent(void **state)
{
    (void)state;
    static const char *const dimensions[] = {"cube", "cube_sampled", "samples", "samples_array"};
    static const char *const instructions[][2] = {{"samples_loaded", "image_msaa_load"},
                                                  {"texels_in_a_row", "image_gather4h"},
                                                  {"ray", "image_bvh_intersect_ray"},
                                                  {"long_ray", "image_bvh64_intersect_ray"}};
    uint32_t words[DESCRIPTOR_WORDS];
    picture_make(FORMAT_RGBA8, TYPE_2D, 37, 13, 1);
    memset(items, 0, sizeof items);
    descriptor_fill(words);
    for (unsigned i = 0; i < 4; i++) expect_stop(dimensions[i], words, "image not supported (dimension)");
    for (unsigned i = 0; i < 4; i++) expect_stop(instructions[i][0], words, instructions[i][1]);
    for (uint32_t type = 11; type < 16; type++) { // of cubes and of several samples
        descriptor_fill(words);
        words[3] = (words[3] & 0x0fffffff) | type << 28;
        words[4] = 0;
        if (type != TYPE_1D_ARRAY && type != TYPE_2D_ARRAY) expect_stop("load_2d", words, "(type)");
    }
}

// The first half of a descriptor is all that r128 reads, of images that need no more.
static void test_short_descriptor(void **state)
{
    (void)state;
    uint32_t words[DESCRIPTOR_WORDS];
    picture_make(FORMAT_RGBA8, TYPE_1D, 64, 1, 1);
    descriptor_fill(words);
    for (unsigned i = 4; i < 8; i++) words[i] = 0xffffffff;
    unsigned count = items_for_all_texels();
    assert_true(try_words("load_1d_short", words, count, &(struct fault){0}));
    expect_all_loaded();
    picture_make(FORMAT_RGBA8, TYPE_2D_ARRAY, 20, 10, 7);
    descriptor_fill(words);
    expect_stop("load_1d_short", words, "descriptor of 128 bits");
    picture_make(FORMAT_RGBA8, TYPE_3D, 20, 10, 7);
    descriptor_fill(words);
    expect_stop("load_1d_short", words, "descriptor of 128 bits");
    picture_make_levels(FORMAT_RGBA8, TYPE_2D, 37, 21, 1, 6);
    descriptor_fill(words);
    expect_stop("load_1d_short", words, "mip levels");
}

// The hardware encodes no sRGB: whoever has it store numbers there has forgotten something.
static void test_srgb_is_not_stored(void **state)
{
    (void)state;
    static uint8_t before[MEMORY_BYTES];
    static const char *const kernels[] = {"store_2d", "store_half", "store_mip"};
    for (unsigned f = 0; f < format_count; f++) {
        if (!format_is(&formats[f], "srgb")) continue;
        uint32_t words[DESCRIPTOR_WORDS];
        picture_make(formats[f].number, TYPE_2D, 37, 13, 1);
        descriptor_fill(words);
        memset(items, 0, sizeof items);
        memcpy(before, memory, MEMORY_BYTES);
        for (unsigned i = 0; i < sizeof kernels / sizeof *kernels; i++)
            expect_stop(kernels[i], words, "image not supported (store to sRGB)");
        assert_memory_equal(before, memory, MEMORY_BYTES);
    }
}

// Layouts are as ROCr chooses them, or refused.
static void test_layouts_refused(void **state)
{
    (void)state;
    static const uint32_t flat = 1u << 0 | 1u << 1 | 1u << 2 | 1u << 5 | 1u << 6 | 1u << 21 | 1u << 22;
    uint32_t words[DESCRIPTOR_WORDS];
    struct fault fault;
    picture_make(FORMAT_RGBA8, TYPE_2D, 37, 13, 1);
    picture.base = memory;
    memset(items, 0, sizeof items);
    for (uint32_t mode = 0; mode < 32; mode++) {
        descriptor_fill(words);
        words[3] |= mode << 20;
        if (flat >> mode & 1)
            assert_true(try_words("load_2d", words, GROUP, &fault));
        else
            expect_stop("load_2d", words, "swizzle mode");
    }
}

// Any descriptor at all: it runs, or stops the kernel.
static void test_any_descriptor(void **state)
{
    (void)state;
    static const char *const kernels[] = {"load_2d",         "load_3d", "sample_2d",       "sample_3d",
                                          "sample_1d_array", "resinfo", "buffer_load_xyzw"};
    for (unsigned i = 0; i < 20000; i++) {
        uint32_t words[DESCRIPTOR_WORDS];
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
    if (argc != 2 || !picture_setup(argv[1])) return 2;
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
        cmocka_unit_test(test_all_levels),
        cmocka_unit_test(test_raw),
        cmocka_unit_test(test_resinfo),
        cmocka_unit_test(test_atomics),
        cmocka_unit_test(test_wide_atomics),
        cmocka_unit_test(test_buffer_loads),
        cmocka_unit_test(test_buffer_stores),
        cmocka_unit_test(test_buffer_halves),
        cmocka_unit_test(test_buffer_single_halves),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_tbuffers),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_short_descriptor),
        cmocka_unit_test(test_srgb_is_not_stored),
        cmocka_unit_test(test_layouts_refused),
        cmocka_unit_test(test_any_descriptor),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    picture_teardown();
    return failed;
}
