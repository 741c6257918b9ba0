// Images in kernels whose sub-groups have any size there is: Kiln's own image functions are all of theirs.
#include "group.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDE = 64, HIGH = 3, DEEP = 2, TEXELS = WIDE * HIGH * DEEP, LEVELS = 3 };

// A component's value is a number of 0 to 63, by x; y and z turn it.
static const char source[] =
    "#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n"
    "#pragma OPENCL EXTENSION cl_khr_3d_image_writes : enable\n"
    "#pragma OPENCL EXTENSION cl_khr_mipmap_image : enable\n"
    "#pragma OPENCL EXTENSION cl_khr_mipmap_image_writes : enable\n"
    "#define KERNEL __attribute__((intel_reqd_sub_group_size(SIZE))) kernel void\n"
    "#define X (int)get_global_id(0)\n"
    "#define Y (int)get_global_id(1)\n"
    "#define Z (int)get_global_id(2)\n"
    "float4 color(void) { int4 n = (int4)(X, 63 - X, X * 5 % 64, X);\n"
    "  return convert_float4((n + 7 * Y + 11 * Z) % 64) / 63.0f; }\n"
    "KERNEL line(write_only image1d_t to) { write_imagef(to, X, color()); }\n"
    "KERNEL lines(write_only image1d_array_t to) { write_imagef(to, (int2)(X, Y), color()); }\n"
    "KERNEL flat(write_only image2d_t to) { write_imagef(to, (int2)(X, Y), color()); }\n"
    "KERNEL half_(write_only image2d_t to) { write_imageh(to, (int2)(X, Y), convert_half4(color())); }\n"
    "KERNEL both(read_write image2d_t to) { write_imagef(to, (int2)(X, Y), color()); }\n"
    "KERNEL flats(write_only image2d_array_t to) { write_imagef(to, (int4)(X, Y, Z, 0), color()); }\n"
    "KERNEL volume(write_only image3d_t to) { write_imagef(to, (int4)(X, Y, Z, 0), color()); }\n"
    "KERNEL level(write_only image2d_t to) { write_imagef(to, (int2)(X, Y), 1, color()); }\n"
    "KERNEL levels(read_only image2d_t from, global int *to) { to[X] = get_image_num_mip_levels(from); }\n";

static const struct write {
    const char *kernel;
    cl_mem_object_type type;
    size_t size[3];
    unsigned level; // there are LEVELS where it is not 0, and what is written is half as large
} writes[] = {
    {"line", CL_MEM_OBJECT_IMAGE1D, {WIDE, 1, 1}, 0},
    {"lines", CL_MEM_OBJECT_IMAGE1D_ARRAY, {WIDE, HIGH, 1}, 0},
    {"flat", CL_MEM_OBJECT_IMAGE2D, {WIDE, HIGH, 1}, 0},
    {"half_", CL_MEM_OBJECT_IMAGE2D, {WIDE, HIGH, 1}, 0},
    {"both", CL_MEM_OBJECT_IMAGE2D, {WIDE, HIGH, 1}, 0},
    {"flats", CL_MEM_OBJECT_IMAGE2D_ARRAY, {WIDE, HIGH, DEEP}, 0},
    {"volume", CL_MEM_OBJECT_IMAGE3D, {WIDE, HIGH, DEEP}, 0},
    {"level", CL_MEM_OBJECT_IMAGE2D, {WIDE, HIGH, 1}, 1},
};

static cl_mem image_create(const struct write *write)
{
    const cl_image_format format = {CL_sRGBA, CL_UNORM_INT8};
    bool layers = write->type == CL_MEM_OBJECT_IMAGE1D_ARRAY || write->type == CL_MEM_OBJECT_IMAGE2D_ARRAY;
    cl_int status;
    const cl_image_desc description = {
        .image_type = write->type,
        .image_width = write->size[0] << write->level,
        .image_height = write->size[1] << write->level,
        .image_depth = write->size[2],
        .image_array_size = layers ? write->size[write->type == CL_MEM_OBJECT_IMAGE1D_ARRAY ? 1 : 2] : 0,
        .num_mip_levels = write->level ? LEVELS : 0,
    };
    cl_mem image = clCreateImage(session.context, 0, &format, &description, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    return image;
}

static int encoded(int number)
{
    double linear = number / 63.0;
    return (int)lround(255 * (linear < 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055));
}

// What color() comes to. Half floats are exact to about a step of a byte.
static void texels_check(const struct write *write, uint8_t texels[][4])
{
    const size_t *size = write->size;
    for (int i = 0; i < (int)(size[0] * size[1] * size[2]); i++) {
        int x = i % WIDE, y = i / WIDE % (int)size[1], z = i / WIDE / (int)size[1];
        const int numbers[4] = {x, 63 - x, x * 5 % 64, x};
        for (int c = 0; c < 4; c++) {
            int number = (numbers[c] + 7 * y + 11 * z) % 64;
            int expected = c < 3 ? encoded(number) : (int)lround(number * 255 / 63.0);
            if (abs(texels[i][c] - expected) > 1)
                fail_msg("%s: %d, %d, %d: component %d is %d, not %d", write->kernel, x, y, z, c,
                         texels[i][c], expected);
        }
    }
}

static void write_check(const struct write *write, const char *options)
{
    static uint8_t texels[TEXELS][4];
    static const cl_float nothing[4];
    const size_t origin[4] = {0, 0, write->level, 0};
    cl_mem image = image_create(write);
    cl_kernel kernel = session_kernel(&session, source, write->kernel, options);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof image, &image), CL_SUCCESS);
    assert_int_equal(clEnqueueFillImage(session.queue, image, nothing, origin, write->size, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 3, NULL, write->size, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(
        clEnqueueReadImage(session.queue, image, CL_TRUE, origin, write->size, 0, 0, texels, 0, NULL, NULL),
        CL_SUCCESS);
    texels_check(write, texels);
    clReleaseKernel(kernel);
    clReleaseMemObject(image);
}

static void levels_check(const char *options)
{
    const size_t items = WIDE;
    cl_int counts[WIDE] = {0};
    cl_mem image = image_create(&writes[sizeof writes / sizeof *writes - 1]),
           out = clCreateBuffer(session.context, 0, sizeof counts, NULL, NULL);
    cl_kernel kernel = session_kernel(&session, source, "levels", options);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof image, &image), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, sizeof out, &out), CL_SUCCESS);
    clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL);
    assert_int_equal(
        clEnqueueReadBuffer(session.queue, out, CL_TRUE, 0, sizeof counts, counts, 0, NULL, NULL),
        CL_SUCCESS);
    for (int i = 0; i < WIDE; i++) assert_int_equal(counts[i], LEVELS);
    clReleaseKernel(kernel);
    clReleaseMemObject(out);
    clReleaseMemObject(image);
}

static void options_fill(char options[32], int size)
{
    snprintf(options, 32, "-DSIZE=%d -cl-std=CL3.0", size);
}

static void colors_are_encoded(void **state)
{
    (void)state;
    for (int size = 32; size <= 64; size *= 2) {
        char options[32];
        options_fill(options, size);
        for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) write_check(&writes[i], options);
    }
}

static void levels_are_counted(void **state)
{
    (void)state;
    for (int size = 32; size <= 64; size *= 2) {
        char options[32];
        options_fill(options, size);
        levels_check(options);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colors_are_encoded),
        cmocka_unit_test(levels_are_counted),
    };
    return cmocka_run_group_tests(tests, session_group_open, session_group_close);
}
