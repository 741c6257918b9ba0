// Kernels on mipmaps: every level of every type and format that devices report for them, read and written, by
// number and by gradients; samplers that choose levels.
#include "image_model.h"
#include "session.h"

#include <CL/cl_ext.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct session session;

// ---- Every type and format ----------------------------------------------------------------------------

// put_K_T: all texels of a level, from a buffer. get_K_T: to it, by the level's number and by gradients that
// come to it. K: f, i or u.
#define EACH_TYPE(kind, function, vector)                                                                    \
    "TYPE(" kind "1, image1d_t, x, u.x, g.x, 0.0f, " function ", " vector ")"                                \
    "TYPE(" kind "1a, image1d_array_t, (int2)(x, y), (float2)(u.x, y), g.x, 0.0f, " function ", " vector ")" \
    "TYPE(" kind "2, image2d_t, (int2)(x, y), u.xy, (float2)(0, g.y), g.xy / 4, " function ", " vector ")"   \
    "TYPE(" kind "2a, image2d_array_t, (int4)(x, y, z, 0), (float4)(u.xy, z, 0), (float2)(g.x, 0),"          \
    " g.xy / 4, " function ", " vector ")"                                                                   \
    "TYPE(" kind "3, image3d_t, (int4)(x, y, z, 0), u, (float4)(0, 0, g.z, 0), g / 4, " function ", " vector \
    ")\n"
static const char source[] =
    "#define PLACE int x = get_global_id(0), y = get_global_id(1), z = get_global_id(2);\\\n"
    "  int w = get_global_size(0), h = get_global_size(1), d = get_global_size(2), i = (z * h + y) * w + "
    "x;\\\n"
    "  float4 u = (float4)((x + 0.5f) / w, (y + 0.5f) / h, (z + 0.5f) / d, 0);\n"
    "#define TYPE(name, image, at, point, along, across, function, vector)\\\n"
    "kernel void put_##name(write_only image to, int level, global vector *from) {\\\n"
    "  PLACE write_image##function(to, at, level, from[i]); }\\\n"
    "kernel void get_##name(read_only image from, int level, global vector *to, sampler_t sampler,\\\n"
    "                       float4 g) {\\\n"
    "  PLACE to[2 * i] = read_image##function(from, sampler, point, (float)level);\\\n"
    "  to[2 * i + 1] = read_image##function(from, sampler, point, along, across); }\n" //
    EACH_TYPE("f", "f", "float4") EACH_TYPE("i", "i", "int4") EACH_TYPE("u", "ui", "uint4");

static const struct {
    cl_mem_object_type type;
    const char *name;
} types[] = {
    {CL_MEM_OBJECT_IMAGE1D, "1"},        {CL_MEM_OBJECT_IMAGE1D_ARRAY, "1a"}, {CL_MEM_OBJECT_IMAGE2D, "2"},
    {CL_MEM_OBJECT_IMAGE2D_ARRAY, "2a"}, {CL_MEM_OBJECT_IMAGE3D, "3"},
};
enum { TYPES = sizeof types / sizeof *types, LEVELS = 3 };

static cl_program program;

static cl_sampler sampler_create(cl_filter_mode mip_filter, float least, float most)
{
    cl_int status;
    uint32_t ends[2];
    memcpy(&ends[0], &least, 4);
    memcpy(&ends[1], &most, 4);
    const cl_sampler_properties list[] = {CL_SAMPLER_ADDRESSING_MODE,
                                          CL_ADDRESS_CLAMP_TO_EDGE,
                                          CL_SAMPLER_MIP_FILTER_MODE_KHR,
                                          mip_filter,
                                          CL_SAMPLER_LOD_MIN_KHR,
                                          ends[0],
                                          CL_SAMPLER_LOD_MAX_KHR,
                                          ends[1],
                                          0};
    cl_sampler sampler = clCreateSamplerWithProperties(session.context, list, &status);
    assert_int_equal(status, CL_SUCCESS);
    return sampler;
}

static cl_kernel kernel_create(const char *does, const struct model *model, const char *type)
{
    char name[32];
    cl_int status;
    snprintf(name, sizeof name, "%s_%c%s", does, format_kind(&model->format), type);
    cl_kernel kernel = clCreateKernel(program, name, &status);
    if (status) fail_msg("%s: %d", name, status);
    return kernel;
}

static void kernel_run(cl_kernel kernel, const struct model *model, cl_mem image, cl_mem buffer)
{
    cl_int level = (cl_int)model->level;
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof image, &image), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, sizeof level, &level), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 2, sizeof buffer, &buffer), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 3, NULL, model->size, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
}

// Four numbers a texel as a kernel has them.
struct colors {
    uint32_t *words;
    size_t size;
};

static struct colors colors_of(const struct model *model)
{
    size_t texels = model_bytes(model) / model->texel;
    struct colors colors = {.words = calloc(texels, 16), .size = texels * 16};
    for (size_t i = 0; i < texels * 4; i++) {
        double color[4];
        texel_decode(&model->format, model->texels + i / 4 * model->texel, color);
        float real = (float)color[i % 4];
        char kind = format_kind(&model->format);
        if (kind == 'f') memcpy(&colors.words[i], &real, 4);
        if (kind == 'i') colors.words[i] = (uint32_t)(int32_t)color[i % 4];
        if (kind == 'u') colors.words[i] = (uint32_t)color[i % 4];
    }
    return colors;
}

static void level_put(const struct model *model, const char *type, cl_mem image)
{
    static const size_t start[3];
    cl_int status;
    size_t told[4];
    struct colors colors = colors_of(model);
    cl_mem buffer = clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, colors.size, colors.words, &status);
    kernel_run(kernel_create("put", model, type), model, image, buffer);
    uint8_t *texels = malloc(model_bytes(model));
    model_origin(model, start, told);
    assert_int_equal(
        clEnqueueReadImage(session.queue, image, CL_TRUE, told, model->size, 0, 0, texels, 0, NULL, NULL),
        CL_SUCCESS);
    for (size_t i = 0; i < model_bytes(model); i += model->texel)
        if (!texels_equal(&model->format, texels + i, model->texels + i))
            fail_msg("written: type %s, format %x %x, level %u, texel %zu", type,
                     model->format.image_channel_order, model->format.image_channel_data_type, model->level,
                     i / model->texel);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    free(colors.words);
    free(texels);
}

static void number_compare(const struct model *model, const char *type, uint32_t found, uint32_t wanted,
                           size_t at)
{
    float numbers[2];
    memcpy(&numbers[0], &found, 4);
    memcpy(&numbers[1], &wanted, 4);
    bool equal = found == wanted;
    if (format_kind(&model->format) == 'f')
        equal |= fabsf(numbers[0] - numbers[1]) <= 2e-6f * fabsf(numbers[1]);
    if (!equal)
        fail_msg("read by %s: type %s, format %x %x, level %u, number %zu: %x (%g), not %x (%g)",
                 at / 4 % 2 ? "gradients" : "number", type, model->format.image_channel_order,
                 model->format.image_channel_data_type, model->level, at, found, (double)numbers[0], wanted,
                 (double)numbers[1]);
}

static void level_get(const struct model *model, const struct model *first, const char *type, cl_mem image,
                      cl_sampler sampler)
{
    cl_int status;
    cl_float4 gradient = {{0}};
    struct colors colors = colors_of(model);
    uint32_t *words = malloc(2 * colors.size);
    cl_mem buffer = clCreateBuffer(session.context, 0, 2 * colors.size, NULL, &status);
    cl_kernel kernel = kernel_create("get", model, type);
    for (unsigned i = 0; i < 3; i++) gradient.s[i] = (float)(1u << model->level) / (float)first->size[i];
    assert_int_equal(clSetKernelArg(kernel, 3, sizeof sampler, &sampler), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 4, sizeof gradient, &gradient), CL_SUCCESS);
    kernel_run(kernel, model, image, buffer);
    assert_int_equal(
        clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, 2 * colors.size, words, 0, NULL, NULL),
        CL_SUCCESS);
    for (size_t i = 0; i < 2 * colors.size / 4; i++)
        number_compare(model, type, words[i], colors.words[i / 8 * 4 + i % 4], i);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    free(words);
    free(colors.words);
}

static void format_try(cl_mem_object_type type, const char *name, const cl_image_format *format,
                       cl_sampler sampler)
{
    static const size_t most[3] = {21, 9, 5};
    struct model first, levels[LEVELS];
    cl_int status;
    model_create(&first, type, format, most);
    while (first.size[0] < 1 << (LEVELS - 1)) { // too small for so many
        model_destroy(&first);
        model_create(&first, type, format, most);
    }
    cl_image_desc description = model_description(&first);
    description.num_mip_levels = LEVELS;
    cl_mem image = clCreateImage(session.context, 0, format, &description, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    for (unsigned i = 0; i < LEVELS; i++) {
        model_create_level(&levels[i], &first, i);
        level_put(&levels[i], name, image);
    }
    for (unsigned i = 0; i < LEVELS; i++) {
        level_get(&levels[i], &first, name, image, sampler);
        model_destroy(&levels[i]);
    }
    model_destroy(&first);
    assert_int_equal(clReleaseMemObject(image), CL_SUCCESS);
}

static void kernels_read_and_write_levels_of_every_format(void **state)
{
    (void)state;
    cl_sampler sampler = sampler_create(CL_FILTER_NEAREST, 0, 100);
    program = session_program(&session, source, "-cl-std=CL3.0");
    for (unsigned i = 0; i < TYPES; i++) {
        cl_image_format formats[256];
        cl_uint count;
        assert_int_equal(clGetSupportedImageFormats(session.context, CL_MEM_READ_WRITE, types[i].type, 256,
                                                    formats, &count),
                         CL_SUCCESS);
        for (cl_uint j = 0; j < count; j++)
            if (formats[j].image_channel_order != CL_DEPTH) // tests/spirv/levels.c has depths
                format_try(types[i].type, types[i].name, &formats[j], sampler);
    }
    assert_int_equal(clReleaseSampler(sampler), CL_SUCCESS);
    assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
}

// ---- Samplers -----------------------------------------------------------------------------------------

enum { SIDE = 16, STEPS = 5 }; // texels and levels of an image whose level i is all i * 10

static cl_mem steps_create(cl_mem_object_type type)
{
    const cl_image_format format = {CL_R, CL_FLOAT};
    cl_int status;
    struct model model;
    const size_t sizes[3] = {1, 1, 1};
    model_create(&model, type, &format, sizes);
    cl_image_desc description = model_description(&model);
    description.image_width = SIDE;
    if (description.image_height) description.image_height = SIDE;
    if (description.image_depth) description.image_depth = SIDE;
    if (description.image_array_size) description.image_array_size = 3;
    description.num_mip_levels = STEPS;
    cl_mem image = clCreateImage(session.context, 0, &format, &description, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    model.mipmap = true;
    for (model.level = 0; model.level < STEPS; model.level++) {
        static const size_t start[3];
        const cl_float4 color = {{(float)model.level * 10, 0, 0, 0}};
        const size_t side = SIDE >> model.level;
        size_t told[4], region[3] = {side, 1, 1};
        if (description.image_height) region[1] = side;
        if (description.image_depth) region[2] = side;
        if (type == CL_MEM_OBJECT_IMAGE1D_ARRAY) region[1] = 3;
        if (type == CL_MEM_OBJECT_IMAGE2D_ARRAY) region[2] = 3;
        model_origin(&model, start, told);
        assert_int_equal(clEnqueueFillImage(session.queue, image, &color, told, region, 0, NULL, NULL),
                         CL_SUCCESS);
    }
    model_destroy(&model);
    return image;
}

// What a level of detail comes to with a sampler object; and, at [1], with a sampler of the kernel's own.
static void lods_read(cl_mem image, cl_sampler sampler, const char *type, const char *place, float lod,
                      float out[4])
{
    char text[1024];
    cl_int status;
    const size_t one = 1;
    snprintf(text, sizeof text,
             "constant sampler_t own = CLK_NORMALIZED_COORDS_TRUE | CLK_ADDRESS_CLAMP_TO_EDGE | "
             "CLK_FILTER_NEAREST;\n"
             "kernel void look(read_only %s image, sampler_t sampler, float lod, global float *out) {"
             " out[0] = read_imagef(image, sampler, %s, lod).x; out[1] = read_imagef(image, own, %s, lod).x;"
             " out[2] = read_imagef(image, sampler, %s).x; out[3] = get_image_num_mip_levels(image); }",
             type, place, place, place);
    cl_kernel kernel = session_kernel(&session, text, "look", "-cl-std=CL3.0");
    cl_mem buffer = clCreateBuffer(session.context, 0, 16, NULL, &status);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof image, &image), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, sizeof sampler, &sampler), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 2, sizeof lod, &lod), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 3, sizeof buffer, &buffer), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, 16, out, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
}

static void samplers_choose_levels(void **state)
{
    static const struct {
        const char *image, *place;
    } names[TYPES] = {{"image1d_t", "0.4f"},
                      {"image1d_array_t", "(float2)(0.4f, 1)"},
                      {"image2d_t", "(float2)(0.4f)"},
                      {"image2d_array_t", "(float4)(0.4f, 0.4f, 1, 0)"},
                      {"image3d_t", "(float4)(0.4f)"}};
    static const struct {
        cl_filter_mode filter;
        float least, most, lod, with, own; // what is read with such a sampler, and with one of the kernel's
    } rows[] = {
        {CL_FILTER_NEAREST, 0, 100, 0, 0, 0},       {CL_FILTER_NEAREST, 0, 100, 1.25f, 10, 10},
        {CL_FILTER_NEAREST, 0, 100, 2.75f, 30, 30}, {CL_FILTER_NEAREST, 0, 100, 99, 40, 40},
        {CL_FILTER_NEAREST, 0, 100, -5, 0, 0},      {CL_FILTER_NEAREST, 2, 100, 1, 20, 10},
        {CL_FILTER_NEAREST, 0, 1, 4, 10, 40},       {CL_FILTER_LINEAR, 0, 100, 1.25f, 12.5f, 10},
        {CL_FILTER_LINEAR, 0, 100, 3.5f, 35, -1},   {CL_FILTER_LINEAR, 0.5f, 2.5f, 0, 5, 0},
        {CL_FILTER_LINEAR, 0.5f, 2.5f, 3, 25, 30},
    };
    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        cl_mem image = steps_create(types[i].type);
        for (unsigned j = 0; j < sizeof rows / sizeof *rows; j++) {
            float out[4];
            cl_sampler sampler = sampler_create(rows[j].filter, rows[j].least, rows[j].most);
            lods_read(image, sampler, names[i].image, names[i].place, rows[j].lod, out);
            assert_float_equal(out[0], rows[j].with, 1e-5);
            if (rows[j].own >= 0) assert_float_equal(out[1], rows[j].own, 1e-5);
            if (rows[j].least <= 0) assert_float_equal(out[2], 0, 0); // the first level
            assert_float_equal(out[3], STEPS, 0);
            assert_int_equal(clReleaseSampler(sampler), CL_SUCCESS);
        }
        assert_int_equal(clReleaseMemObject(image), CL_SUCCESS);
    }
}

static void samplers_are_asked(void **state)
{
    cl_int status;
    cl_filter_mode filter;
    float least, most;
    (void)state;
    cl_sampler samplers[] = {
        sampler_create(CL_FILTER_LINEAR, 1.5f, 7),
        clCreateSampler(session.context, CL_TRUE, CL_ADDRESS_CLAMP, CL_FILTER_NEAREST, &status)};
    const struct {
        cl_filter_mode filter;
        float least, most;
    } expected[] = {{CL_FILTER_LINEAR, 1.5f, 7}, {CL_FILTER_NEAREST, 0, FLT_MAX}};
    for (unsigned i = 0; i < 2; i++) {
        clGetSamplerInfo(samplers[i], CL_SAMPLER_MIP_FILTER_MODE_KHR, sizeof filter, &filter, NULL);
        clGetSamplerInfo(samplers[i], CL_SAMPLER_LOD_MIN_KHR, sizeof least, &least, NULL);
        clGetSamplerInfo(samplers[i], CL_SAMPLER_LOD_MAX_KHR, sizeof most, &most, NULL);
        assert_int_equal(filter, expected[i].filter);
        assert_float_equal(least, expected[i].least, 0);
        assert_float_equal(most, expected[i].most, 0);
        assert_int_equal(clReleaseSampler(samplers[i]), CL_SUCCESS);
    }
}

static int open_session(void **state)
{
    (void)state;
    session_open(&session);
    return 0;
}

static int close_session(void **state)
{
    (void)state;
    session_close(&session);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_read_and_write_levels_of_every_format),
        cmocka_unit_test(samplers_choose_levels),
        cmocka_unit_test(samplers_are_asked),
    };
    return cmocka_run_group_tests(tests, open_session, close_session);
}
