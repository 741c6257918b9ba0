// Instructions that sample images (images.s) through real descriptors, against image_reference.c. The code
// object is the program's argument.
#include "picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void shape_make(unsigned shape, unsigned format)
{
    picture_make(format, shapes[shape].type, shapes[shape].width, shapes[shape].height, shapes[shape].depth);
}

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

// TRUNC_COORD: what is beyond 8 bits is cut off, in all dimensions, and layers lose their fraction.
static void test_truncated(void **state)
{
    (void)state;
    picture_make(FORMAT_RGBA32_FLOAT, TYPE_2D_ARRAY, 16, 8, 7);
    for (unsigned z = 0; z < 7; z++)
        for (unsigned y = 0; y < 8; y++)
            for (unsigned x = 0; x < 16; x++)
                *(float *)texel_at(x, y, z) = (float)(256 * x) + (float)(65536 * y) + (float)(1048576 * z);
    for (unsigned linear = 0; linear < 2; linear++) {
        sampler_set(2, false, linear, 0);
        picture.sampler[0] |= 1u << 27;
        memset(items, 0, sizeof items);
        for (unsigned i = 0; i < 8 * GROUP; i++) {
            items[i].address[0] = as_bits(3.5f + (float)i / 1024);
            items[i].address[1] = as_bits(linear ? 2.5f : 2.9990f);
            items[i].address[2] = as_bits((float)i / 40 - 0.3f);
        }
        run("sample_2d_array", 8 * GROUP);
        for (unsigned i = 0; i < 8 * GROUP; i++) {
            double x = linear ? 3 * 256 + floor((double)i / 4) : 256 * floor(3.5 + (double)i / 1024);
            double layer = fmax(truncf((float)i / 40 - 0.3f), 0);
            assert_true(as_float(items[i].data[0]) == x + 65536 * 2 + 1048576 * layer);
        }
    }
}

static void degamma_check(unsigned format, uint32_t bits, unsigned decoded)
{
    picture_make(format, TYPE_2D, 16, 8, 1);
    sampler_set(2, false, false, 0);
    picture.sampler[0] |= bits;
    memset(items, 0, sizeof items);
    for (unsigned i = 0; i < 4 * GROUP; i++) {
        items[i].address[0] = as_bits((float)(i % 16));
        items[i].address[1] = as_bits((float)i / 16);
    }
    run("sample_2d", 4 * GROUP);
    for (unsigned i = 0; i < 4 * GROUP; i++) {
        uint32_t expected[4];
        reference_decode(format_of(decoded), texel_at(i % 16, i / 16, 0), expected);
        expect_components(items[i].data, expected, i);
    }
}

static void expect_no_degamma(const char *kernel)
{
    struct fault fault = {0};
    uint32_t words[DESCRIPTOR_WORDS];
    descriptor_fill(words);
    if (try_words(kernel, words, GROUP, &fault)) fail_msg("%s: ran", kernel);
    if (!strstr(fault.text, "(FORCE_DEGAMMA)")) fail_msg("%s: %s", kernel, fault.text);
}

// FORCE_DEGAMMA and SKIP_DEGAMMA: with sRGB's curve and without. Where it is not sure what the former acts
// on, it stops the kernel.
static void test_degamma(void **state)
{
    (void)state;
    static const unsigned pairs[][2] = {{1, 128}, {14, 129}, {56, 130}};
    const uint32_t force = 1u << 20, skip = 1u << 31;
    for (unsigned i = 0; i < 3; i++) {
        degamma_check(pairs[i][0], force, pairs[i][1]);
        degamma_check(pairs[i][1], skip, pairs[i][0]);
        degamma_check(pairs[i][0], skip, pairs[i][0]);
    }
    memset(items, 0, sizeof items);
    for (unsigned format = 0; format < format_count; format++) {
        if (!format_is_of_images(&formats[format])) continue;
        picture_make(formats[format].number, TYPE_2D, 16, 8, 1);
        bool bytes = formats[format].bits[0] == 8 && format_is(&formats[format], "unorm");
        sampler_set(2, false, bytes, 0); // of bytes, a filter
        picture.sampler[0] |= force;
        expect_no_degamma("sample_2d");
    }
    picture_make(FORMAT_RGBA8, TYPE_2D, 16, 8, 1);
    sampler_set(2, false, false, 0);
    picture.sampler[0] |= force;
    expect_no_degamma("gather_x");
    expect_no_degamma("compared");
    picture.sampler[0] |= skip;
    expect_no_degamma("sample_2d");
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

int main(int argc, char **argv)
{
    if (argc != 2 || !picture_setup(argv[1])) return 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samplers),
        cmocka_unit_test(test_weight_bits),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_degamma),
        cmocka_unit_test(test_strange_coordinates),
        cmocka_unit_test(test_sample_integers),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    picture_teardown();
    return failed;
}
