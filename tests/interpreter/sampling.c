// The forms of instructions that sample images (images.s): levels of detail, comparisons, offsets, gathers
// and packed operands. The code object is the program's argument.
#include "picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 64, HEIGHT = 32, LEVELS = 7, WRAP = 0, CLAMP_TO_EDGE = 2 };
enum { POINT, LINEAR, ANISOTROPIC, MIP_NONE = 0, MIP_POINT, MIP_LINEAR };

static struct {
    unsigned clamp, magnify, minify, mip, compare, reduction, border;
    bool unnormalised;
    float lowest, highest, bias, second_bias;
} sampler;

static void sampler_default(void)
{
    memset(&sampler, 0, sizeof sampler);
    sampler.clamp = CLAMP_TO_EDGE;
    sampler.highest = 15;
}

static void sampler_fill(void)
{
    picture.sampler[0] = sampler.clamp * 0111 | sampler.compare << 12 | (unsigned)sampler.unnormalised << 15 |
                         sampler.reduction << 29;
    picture.sampler[1] = (unsigned)(sampler.lowest * 256) | (unsigned)(sampler.highest * 256) << 12;
    picture.sampler[2] = ((unsigned)(int)(sampler.bias * 256) & 0x3fff) |
                         ((unsigned)(int)(sampler.second_bias * 16) & 0x3f) << 14 | sampler.magnify << 20 |
                         sampler.minify << 22 | sampler.mip << 26;
    picture.sampler[3] = sampler.border << 30;
}

// Each level is of one colour: its number in x.
static void levels_make(unsigned layers)
{
    picture_make_levels(FORMAT_RGBA32_FLOAT, layers > 1 ? TYPE_2D_ARRAY : TYPE_2D, WIDTH, HEIGHT, layers,
                        LEVELS);
    for (unsigned level = 0; level < LEVELS; level++)
        for (unsigned z = 0; z < layers; z++)
            for (unsigned y = 0; y < level_height(level); y++)
                for (unsigned x = 0; x < level_width(level); x++)
                    *(float *)level_texel_at(level, x, y, z) = (float)level + 100 * (float)z;
    sampler_default();
    memset(items, 0, sizeof items);
}

// What such an image gives at a level of detail.
static double level_expected(double lod)
{
    double fixed = nearbyint(fmin(fmax(lod, 0), LEVELS - 1) * 256) / 256;
    if (sampler.mip == MIP_NONE) return 0;
    return sampler.mip == MIP_POINT ? floor(fixed + 0.5) : fixed;
}

static void expect_near(double got, double expected, double allowed, const char *what, unsigned item)
{
    if (!(fabs(got - expected) <= allowed))
        fail_msg("%s item %u: %g, expected %g", what, item, got, expected);
}

static float item_level(unsigned i) { return (float)i / 32 - 2; } // -2 to 6 for 8 groups

static void expect_levels(const char *kernel, double allowed)
{
    sampler_fill();
    run(kernel, 8 * GROUP);
    for (unsigned i = 0; i < 8 * GROUP; i++) {
        float biased = item_level(i) + sampler.bias + sampler.second_bias;
        float lod = fminf(fmaxf(fmaxf(biased, sampler.lowest), 0), sampler.highest);
        expect_near(as_float(items[i].data[0]), level_expected(lod), allowed, kernel, i);
    }
}

static void test_level_given(void **state)
{
    (void)state;
    levels_make(1);
    for (unsigned i = 0; i < 8 * GROUP; i++) items[i].address[2] = as_bits(item_level(i));
    for (unsigned i = 0; i < 8 * GROUP; i++) {
        items[i].address[4] = items[i].address[1]; // for the scattered form
        items[i].address[9] = items[i].address[2];
    }
    for (sampler.mip = MIP_NONE; sampler.mip <= MIP_LINEAR; sampler.mip++) {
        sampler.lowest = 0, sampler.highest = 15, sampler.bias = sampler.second_bias = 0;
        expect_levels("level", 1e-6);
        expect_levels("scattered", 1e-6);
        sampler.lowest = 1.25f, sampler.highest = 4.5f;
        expect_levels("level", 1e-6);
        sampler.bias = -0.75f;
        expect_levels("level", 1e-6);
        for (sampler.second_bias = -2; sampler.second_bias < 2; sampler.second_bias += 0.4375f)
            expect_levels("level", 1e-6);
        sampler.second_bias = 0;
        sampler.magnify = ANISOTROPIC | POINT, sampler.minify = ANISOTROPIC | LINEAR; // of the ratio 1 to 1
        expect_levels("level", 1e-6);
        sampler.magnify = sampler.minify = POINT;
    }
}

static void test_level_of_layer(void **state)
{
    (void)state;
    levels_make(3);
    sampler.mip = MIP_LINEAR;
    for (unsigned i = 0; i < 8 * GROUP; i++) {
        items[i].address[2] = as_bits((float)(i % 3));
        items[i].address[3] = as_bits(item_level(i));
    }
    sampler_fill();
    run("level_array", 8 * GROUP);
    for (unsigned i = 0; i < 8 * GROUP; i++)
        expect_near(as_float(items[i].data[0]), level_expected(item_level(i)) + 100 * (i % 3), 1e-4, "layer",
                    i);
}

static void test_level_zero(void **state)
{
    (void)state;
    levels_make(1);
    sampler.mip = MIP_LINEAR, sampler.bias = 3, sampler.lowest = 2;
    sampler_fill();
    run("level_zero", GROUP);
    for (unsigned i = 0; i < GROUP; i++) expect_near(as_float(items[i].data[0]), 0, 0, "level_zero", i);
}

// Samplers come to no less than MIN_LOD, which counts from level 0 of memory, whatever the first level shown.
static void expect_least_sampled(void)
{
    double least = fmax((double)(picture.min_lod - (float)picture.first_level), 0);
    for (unsigned i = 0; i < 8 * GROUP; i++) items[i].address[2] = as_bits(item_level(i));
    run("level", 8 * GROUP);
    for (unsigned i = 0; i < 8 * GROUP; i++)
        expect_near(as_float(items[i].data[0]),
                    level_expected(fmax((double)item_level(i), least) + picture.first_level), 1e-6, "least",
                    i);
    run("level_zero", GROUP);
    for (unsigned i = 0; i < GROUP; i++)
        expect_near(as_float(items[i].data[0]), level_expected(least + picture.first_level), 1e-6,
                    "least of zero", i);
}

// Levels before MIN_LOD's are not there.
static void expect_least_accessed(void)
{
    static uint8_t before[MEMORY_BYTES];
    unsigned least = (unsigned)picture.min_lod;
    for (unsigned level = 0; level + picture.first_level < LEVELS; level++) {
        unsigned number = level + picture.first_level;
        double expected = number < least ? 0 : number;
        for (unsigned i = 0; i < GROUP; i++) items[i].address[2] = as_bits((float)level);
        run("gather_level", GROUP);
        for (unsigned i = 0; i < 4 * GROUP; i++)
            expect_near(as_float(items[i / 4].data[i % 4]), expected, 0, "gathered", i);
        for (unsigned i = 0; i < GROUP; i++) items[i].address[2] = level;
        run("load_mip", GROUP);
        for (unsigned i = 0; i < GROUP; i++)
            expect_near(as_float(items[i].data[0]), expected, 0, "loaded", i);
        run(level ? "load_mip" : "load_2d", GROUP);
        for (unsigned i = 0; i < GROUP; i++)
            expect_near(as_float(items[i].data[0]), expected, 0, "loaded", i);
        memcpy(before, memory, MEMORY_BYTES);
        for (unsigned i = 0; i < GROUP; i++) items[i].data[0] = as_bits((float)number), items[i].data[1] = 1;
        run(level ? "store_mip" : "store_2d", GROUP);
        if (number >= least) memcpy(before + (level_texel_at(number, 0, 0, 0) - memory), items[0].data, 16);
        assert_memory_equal(before, memory, MEMORY_BYTES);
    }
}

static void test_least_level(void **state)
{
    (void)state;
    static const float least[] = {0, 1.5f, 3, 5.75f, 9};
    for (unsigned first = 0; first < 4; first++)
        for (unsigned i = 0; i < sizeof least / sizeof *least; i++) {
            levels_make(1);
            sampler.mip = MIP_LINEAR;
            picture.first_level = first;
            picture.min_lod = least[i];
            sampler_fill();
            expect_least_sampled();
            expect_least_accessed();
        }
}

// What needs no derivatives is not anisotropic.
static void test_anisotropic(void **state)
{
    (void)state;
    levels_make(1);
    *(float *)level_texel_at(0, 0, 0, 0) = 1; // beside 0
    sampler.magnify = ANISOTROPIC | LINEAR;
    for (unsigned i = 0; i < GROUP; i++) {
        items[i].address[0] = as_bits(1.f / WIDTH);
        items[i].address[1] = as_bits(0.5f / HEIGHT);
    }
    sampler_fill();
    picture.sampler[0] |= 4u << 9; // 16 to 1
    run("level", GROUP);
    for (unsigned i = 0; i < GROUP; i++) expect_near(as_float(items[i].data[0]), 0.5, 0, "level", i);
    run("sample_2d", GROUP);
    for (unsigned i = 0; i < GROUP; i++) expect_near(as_float(items[i].data[0]), 0.5, 0, "level 0", i);
}

// NaN and infinities: some level.
static void test_level_strange(void **state)
{
    (void)state;
    static const float strange[] = {NAN, INFINITY, -INFINITY, 3e38f, -3e38f, 1e-45f};
    levels_make(1);
    for (unsigned i = 0; i < GROUP; i++) items[i].address[2] = as_bits(strange[i % 6]);
    for (sampler.mip = MIP_NONE; sampler.mip <= MIP_LINEAR; sampler.mip++) {
        sampler_fill();
        run("level", GROUP);
        for (unsigned i = 0; i < GROUP; i++) {
            double expected = sampler.mip && strange[i % 6] > 1 ? LEVELS - 1 : 0;
            expect_near(as_float(items[i].data[0]), expected, 0, "strange", i);
        }
    }
}

// The filter is that of magnification up to level 0.
static void test_filters_by_level(void **state)
{
    (void)state;
    levels_make(1);
    *(float *)level_texel_at(0, 0, 0, 0) = 1; // beside 0
    sampler.minify = LINEAR;
    for (unsigned i = 0; i < GROUP; i++) {
        items[i].address[0] = as_bits(1.f / WIDTH);
        items[i].address[1] = as_bits(0.5f / HEIGHT);
        items[i].address[2] = as_bits((float)i / 16 - 1);
    }
    sampler_fill();
    run("level", GROUP);
    for (unsigned i = 0; i < GROUP; i++)
        expect_near(as_float(items[i].data[0]), i <= 16 ? 0 : 0.5, 0, "filter", i);
}

// Derivatives of 2^k texels in one direction or both, of 8 bits' accuracy.
static void gradients_make(bool half)
{
    levels_make(1);
    sampler.mip = MIP_LINEAR;
    for (unsigned i = 0; i < 8 * GROUP; i++) {
        float texels = exp2f(item_level(i)), d[4] = {0};
        unsigned axis = i % 4;
        d[axis] = (i & 4 ? -texels : texels) / (float)(axis % 2 ? HEIGHT : WIDTH);
        d[(axis + 2) % 4] = d[axis] / 3; // by the other direction there is less
        for (unsigned k = 0; k < 4; k++) items[i].address[k] = as_bits(d[k]);
        if (!half) continue;
        for (unsigned k = 0; k < 2; k++) {
            _Float16 pair[2] = {(_Float16)d[2 * k], (_Float16)d[2 * k + 1]};
            memcpy(&items[i].address[k], pair, sizeof pair);
        }
    }
}

static void test_gradients(void **state)
{
    (void)state;
    gradients_make(false);
    expect_levels("gradients", 0.0045);
    expect_levels("gradients_coarse", 0.0045);
    gradients_make(true);
    expect_levels("gradients_half", 0.0065);
    gradients_make(false);
    for (unsigned i = 0; i < 8 * GROUP; i++) items[i].address[6] = as_bits(2.5f); // the lowest level
    sampler_fill();
    run("gradients_clamped", 8 * GROUP);
    for (unsigned i = 0; i < 8 * GROUP; i++)
        expect_near(as_float(items[i].data[0]), level_expected(fmaxf(item_level(i), 2.5f)), 0.0045, "clamped",
                    i);
}

// By x within pairs of items, by y between pairs.
static void implicit_make(float texels)
{
    levels_make(1);
    sampler.mip = MIP_LINEAR;
    for (unsigned i = 0; i < GROUP; i++) {
        items[i].address[0] = as_bits(0.25f + (float)(i % 2) * texels / WIDTH);
        items[i].address[1] = as_bits(0.25f + (float)(i / 2 % 2) * texels / 2 / HEIGHT);
    }
}

static void test_level_implicit(void **state)
{
    (void)state;
    for (unsigned step = 0; step < 10; step++) {
        float lod = (float)step / 2;
        implicit_make(exp2f(lod));
        sampler_fill();
        run("implicit", GROUP);
        for (unsigned i = 0; i < GROUP; i++)
            expect_near(as_float(items[i].data[0]), lod, 0.0045, "implicit", i);
        for (unsigned i = 0; i < GROUP; i++) items[i].address[2] = as_bits((float)i / 8);
        run("clamped", GROUP);
        for (unsigned i = 0; i < GROUP; i++)
            expect_near(as_float(items[i].data[0]), fmaxf(lod, (float)i / 8), 0.0045, "clamped", i);
        run("lod", GROUP);
        for (unsigned i = 0; i < GROUP; i++)
            for (unsigned k = 0; k < 2; k++) expect_near(as_float(items[i].data[k]), lod, 1e-5, "lod", i);
    }
}

static void test_bias(void **state)
{
    (void)state;
    implicit_make(4);
    for (unsigned i = 0; i < GROUP; i++) {
        memmove(&items[i].address[1], &items[i].address[0], 2 * sizeof(uint32_t));
        items[i].address[0] = as_bits((float)i / 4 - 3);
        items[i].address[3] = as_bits(1);
    }
    sampler_fill();
    run("biased", GROUP);
    for (unsigned i = 0; i < GROUP; i++)
        expect_near(as_float(items[i].data[0]), fmin(fmax(2 + (double)i / 4 - 3, 0), 6), 0.0045, "biased", i);
    run("biased_clamped", GROUP);
    for (unsigned i = 0; i < GROUP; i++)
        expect_near(as_float(items[i].data[0]), fmin(fmax(2 + (double)i / 4 - 3, 1), 6), 0.0045, "clamped",
                    i);
    for (unsigned i = 0; i < GROUP; i++) {
        _Float16 bias = (_Float16)((float)i / 4 - 3);
        _Float16 at[2] = {(_Float16)as_float(items[i].address[1]), (_Float16)as_float(items[i].address[2])};
        memcpy(&items[i].address[0], &bias, sizeof bias);
        memcpy(&items[i].address[1], at, sizeof at);
    }
    run("biased_half", GROUP);
    for (unsigned i = 0; i < GROUP; i++)
        expect_near(as_float(items[i].data[0]), fmin(fmax(2 + (double)i / 4 - 3, 0), 6), 0.0045, "half", i);
}

// --- Comparisons ---

static bool compares(unsigned how, float reference, float value)
{
    const bool all[] = {false, reference<value, reference == value, reference <= value, reference> value,
                        reference != value, reference >= value, true};
    return all[how];
}

static void ramp_make(void)
{
    picture_make(FORMAT_R32_FLOAT, TYPE_2D, 16, 16, 1);
    for (unsigned y = 0; y < 16; y++)
        for (unsigned x = 0; x < 16; x++) *(float *)texel_at(x, y, 0) = (float)x;
    sampler_default();
    sampler.unnormalised = true;
    memset(items, 0, sizeof items);
}

static void test_comparisons(void **state)
{
    (void)state;
    ramp_make();
    for (unsigned i = 0; i < 8 * GROUP; i++) {
        items[i].address[0] = as_bits(i % 33 == 32 ? NAN : (float)(i % 33) / 2); // the reference value
        items[i].address[1] = as_bits(8.5f);
    }
    for (sampler.compare = 0; sampler.compare < 8; sampler.compare++) {
        sampler_fill();
        run("compared", 8 * GROUP);
        for (unsigned i = 0; i < 8 * GROUP; i++) {
            float reference = as_float(items[i].address[0]);
            expect_near(as_float(items[i].data[0]), compares(sampler.compare, reference, 8), 0, "compared",
                        i);
        }
    }
}

// What is filtered is how many pass.
static void test_comparisons_filtered(void **state)
{
    (void)state;
    ramp_make();
    sampler.magnify = sampler.minify = LINEAR;
    sampler.compare = 1;
    for (unsigned i = 0; i < GROUP; i++) {
        items[i].address[0] = as_bits(7.5f);
        items[i].address[1] = as_bits(7.5f + (float)i / 16);
        items[i].address[2] = as_bits(3);
    }
    sampler_fill();
    run("compared", GROUP);
    for (unsigned i = 0; i < GROUP; i++)
        expect_near(as_float(items[i].data[0]), fmin((double)i / 16, 1), 1e-6, "filtered", i);
}

static void test_all_operands_at_once(void **state)
{
    (void)state;
    ramp_make();
    sampler.compare = 4;
    for (unsigned i = 0; i < GROUP; i++) {
        items[i].address[0] = 2;                 // offset in x
        items[i].address[1] = as_bits((float)i); // reference
        items[i].address[6] = as_bits(5.5f);     // x, behind four derivatives
    }
    sampler_fill();
    run("all_of_it", GROUP);
    for (unsigned i = 0; i < GROUP; i++) expect_near(as_float(items[i].data[0]), i > 7, 0, "all", i);
}

// --- Offsets ---

static void test_offsets(void **state)
{
    (void)state;
    picture_make(FORMAT_RGBA8, TYPE_3D, 16, 16, 16);
    sampler_default();
    sampler.unnormalised = true, sampler.clamp = WRAP;
    memset(items, 0, sizeof items);
    for (unsigned i = 0; i < 8 * GROUP; i++) {
        items[i].address[0] = random_next();
        for (unsigned k = 0; k < 3; k++)
            items[i].address[1 + k] = as_bits(0.5f + (float)(random_next() % 16));
    }
    sampler_fill();
    run("shifted_3d", 8 * GROUP);
    for (unsigned i = 0; i < 8 * GROUP; i++) {
        unsigned at[3];
        for (unsigned k = 0; k < 3; k++) { // six bits of each byte
            int offset = (int)(items[i].address[0] >> 8 * k & 63);
            at[k] =
                (unsigned)((int)as_float(items[i].address[1 + k]) + (offset < 32 ? offset : offset - 64)) &
                15;
        }
        uint32_t texel[4];
        reference_decode(picture.format, texel_at(at[0], at[1], at[2]), texel);
        expect_components(items[i].data, texel, i);
    }
}

// --- Gathers ---

static void expect_gathered(const char *kernel, unsigned component, unsigned first_coordinate, int shift)
{
    static const int corners[4][2] = {{0, 1}, {1, 1}, {1, 0}, {0, 0}};
    sampler_fill();
    run(kernel, 8 * GROUP);
    for (unsigned i = 0; i < 8 * GROUP; i++)
        for (unsigned k = 0; k < 4; k++) {
            const uint32_t *a = items[i].address + first_coordinate;
            int x = (int)floorf(as_float(a[0]) - 0.5f) + corners[k][0] + shift;
            int y = (int)floorf(as_float(a[1]) - 0.5f) + corners[k][1];
            uint32_t texel[4];
            x = x < 0 ? 0 : x > 15 ? 15 : x;
            y = y < 0 ? 0 : y > 15 ? 15 : y;
            reference_decode(picture.format, texel_at((unsigned)x, (unsigned)y, 0), texel);
            if (items[i].data[k] != texel[component])
                fail_msg("%s item %u: 0x%x, expected 0x%x", kernel, i, items[i].data[k], texel[component]);
        }
}

static void gather_make(unsigned format, unsigned first_coordinate)
{
    picture_make(format, TYPE_2D, 16, 16, 1);
    sampler_default();
    sampler.unnormalised = true;
    memset(items, 0, sizeof items);
    for (unsigned i = 0; i < 8 * GROUP; i++)
        for (unsigned k = 0; k < 2; k++)
            items[i].address[first_coordinate + k] =
                as_bits((float)(random_next() % 1280) / 64 - 2 + 1.f / 128);
}

static void test_gathers(void **state)
{
    (void)state;
    static const unsigned some[] = {FORMAT_RGBA8, FORMAT_RGBA32_FLOAT, 60 /* 8_8_8_8_UINT */};
    for (unsigned f = 0; f < 3; f++) {
        gather_make(some[f], 0);
        expect_gathered("gather_x", 0, 0, 0);
        expect_gathered("gather_y", 1, 0, 0);
        expect_gathered("gather_z", 2, 0, 0);
        expect_gathered("gather_w", 3, 0, 0);
        expect_gathered("gather_level", 0, 0, 0);
        picture.selectors[0] = 6;
        expect_gathered("gather_x", 2, 0, 0);
        gather_make(some[f], 1);
        for (unsigned i = 0; i < 8 * GROUP; i++) items[i].address[0] = 61; // -3
        expect_gathered("gather_shifted", 0, 1, -3);
    }
}

static void test_gather_compared(void **state)
{
    (void)state;
    ramp_make();
    sampler.compare = 4;
    for (unsigned i = 0; i < GROUP; i++) {
        items[i].address[0] = as_bits((float)i / 2);
        items[i].address[1] = items[i].address[2] = as_bits(8);
    }
    sampler_fill();
    run("gather_compared", GROUP);
    for (unsigned i = 0; i < GROUP; i++)
        for (unsigned k = 0; k < 4; k++)
            expect_near(as_float(items[i].data[k]), (float)i / 2 > (k == 1 || k == 2 ? 8 : 7), 0, "gather",
                        i);
}

// --- Operands ---

static void test_packed_operands(void **state)
{
    (void)state;
    levels_make(1);
    sampler.mip = MIP_POINT;
    for (unsigned i = 0; i < GROUP; i++) {
        _Float16 level = (_Float16)item_level(8 * i);
        memcpy(&items[i].address[1], &level, sizeof level);
    }
    sampler_fill();
    run("packed", GROUP);
    for (unsigned i = 0; i < GROUP; i++)
        expect_near(as_float(items[i].data[0]), level_expected(item_level(8 * i)), 0, "packed", i);
}

static void test_half_data(void **state)
{
    (void)state;
    gather_make(FORMAT_RGBA8, 0);
    sampler_fill();
    run("level_zero", 8 * GROUP);
    static struct item whole[8 * GROUP];
    memcpy(whole, items, sizeof whole);
    run("half_data", 8 * GROUP);
    for (unsigned i = 0; i < 8 * GROUP; i++)
        for (unsigned c = 0; c < 4; c++) {
            _Float16 half[2];
            memcpy(half, &items[i].data[c / 2], sizeof half);
            assert_true(half[c % 2] == (_Float16)as_float(whole[i].data[c]));
        }
}

// A status tells of texels that are not resident: there are none.
static void test_status(void **state)
{
    (void)state;
    gather_make(FORMAT_RGBA8, 0);
    for (unsigned i = 0; i < 8 * GROUP; i++) items[i].data[3] = 0xdead;
    sampler_fill();
    run("status", 8 * GROUP);
    for (unsigned i = 0; i < 8 * GROUP; i++) assert_int_equal(items[i].data[3], 0xdead);
}

// --- Samplers ---

static void test_reductions(void **state)
{
    (void)state;
    ramp_make();
    sampler.magnify = sampler.minify = LINEAR;
    for (unsigned i = 0; i < GROUP; i++) {
        items[i].address[0] = as_bits(1 + (float)i / 4);
        items[i].address[1] = as_bits(3.5f);
    }
    for (sampler.reduction = 1; sampler.reduction <= 2; sampler.reduction++) {
        sampler_fill();
        run("level_zero", GROUP);
        for (unsigned i = 0; i < GROUP; i++) {
            double position = 0.5 + (double)i / 4;
            double expected = sampler.reduction == 1 ? floor(position) : ceil(position);
            expect_near(as_float(items[i].data[0]), expected, 0, "reduced", i);
        }
    }
}

// Alpha's place in a texel is what BC_SWIZZLE says.
static void test_border_alpha(void **state)
{
    (void)state;
    static const struct {
        unsigned swizzle, selectors[4];
    } orders[] = {{0, {4, 5, 6, 7}}, {2, {7, 6, 5, 4}}, {3, {5, 6, 7, 4}}, {4, {6, 5, 4, 7}}};
    for (unsigned i = 0; i < 4; i++) {
        picture_make(FORMAT_RGBA8, TYPE_2D, 16, 16, 1);
        memcpy(picture.selectors, orders[i].selectors, sizeof picture.selectors);
        sampler_default();
        sampler.clamp = 6, sampler.border = 1;
        sampler_fill();
        memset(items, 0, sizeof items);
        for (unsigned k = 0; k < GROUP; k++) items[k].address[0] = as_bits(2);
        uint32_t words[DESCRIPTOR_WORDS];
        struct fault fault;
        descriptor_fill(words);
        words[3] |= orders[i].swizzle << 25;
        assert_true(try_words("level_zero", words, GROUP, &fault));
        const uint32_t opaque[4] = {0, 0, 0, FLOAT_ONE};
        assert_memory_equal(items[0].data, opaque, sizeof opaque);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2 || !picture_setup(argv[1])) return 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_level_given),
        cmocka_unit_test(test_level_of_layer),
        cmocka_unit_test(test_level_zero),
        cmocka_unit_test(test_level_strange),
        cmocka_unit_test(test_filters_by_level),
        cmocka_unit_test(test_gradients),
        cmocka_unit_test(test_level_implicit),
        cmocka_unit_test(test_bias),
        cmocka_unit_test(test_comparisons),
        cmocka_unit_test(test_comparisons_filtered),
        cmocka_unit_test(test_all_operands_at_once),
        cmocka_unit_test(test_offsets),
        cmocka_unit_test(test_least_level),
        cmocka_unit_test(test_anisotropic),
        cmocka_unit_test(test_gathers),
        cmocka_unit_test(test_gather_compared),
        cmocka_unit_test(test_packed_operands),
        cmocka_unit_test(test_half_data),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_reductions),
        cmocka_unit_test(test_border_alpha),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    picture_teardown();
    return failed;
}
