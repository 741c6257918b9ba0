// Kernels that read and write images of every type and format that the device reports, against a plain model
// in C; samplers; what kernels are told of images; images that are read and written by one kernel.
#include "image_model.h"
#include "session.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct session session;

// ---- Every type and format ----------------------------------------------------------------------------

// read_K_T: all texels to a buffer; copy_K_T: to another image of the same sizes. K: f, i, u, or d for depth.
#define EACH_TYPE(kind, function, vector)                                                                    \
    "READ(" kind "1, image1d_t, x, " function ", " vector ")"                                                \
    "READ(" kind "1a, image1d_array_t, (int2)(x, y), " function ", " vector ")"                              \
    "READ(" kind "1b, image1d_buffer_t, x, " function ", " vector ")"                                        \
    "READ(" kind "2, image2d_t, (int2)(x, y), " function ", " vector ")"                                     \
    "READ(" kind "2a, image2d_array_t, (int4)(x, y, z, 0), " function ", " vector ")"                        \
    "READ(" kind "3, image3d_t, (int4)(x, y, z, 0), " function ", " vector ")\n"
static const char source[] =
    "#define PLACE int x = get_global_id(0), y = get_global_id(1), z = get_global_id(2);\\\n"
    "  int w = get_global_size(0), h = get_global_size(1);\n"
    "#define READ(name, image, at, function, vector)\\\n"
    "kernel void read_##name(read_only image from, global vector *to) {\\\n"
    "  PLACE to[(z * h + y) * w + x] = read_image##function(from, at); }\\\n"
    "kernel void copy_##name(read_only image from, write_only image to) {\\\n"
    "  PLACE write_image##function(to, at, read_image##function(from, at)); }\n" //
    EACH_TYPE("f", "f", "float4") EACH_TYPE("i", "i", "int4")
        EACH_TYPE("u", "ui", "uint4") "READ(d2, image2d_depth_t, (int2)(x, y), f, float)\n"
                                      "READ(d2a, image2d_array_depth_t, (int4)(x, y, z, 0), f, float)\n";

static const struct {
    cl_mem_object_type type;
    const char *name;
} types[] = {
    {CL_MEM_OBJECT_IMAGE1D, "1"}, {CL_MEM_OBJECT_IMAGE1D_ARRAY, "1a"}, {CL_MEM_OBJECT_IMAGE1D_BUFFER, "1b"},
    {CL_MEM_OBJECT_IMAGE2D, "2"}, {CL_MEM_OBJECT_IMAGE2D_ARRAY, "2a"}, {CL_MEM_OBJECT_IMAGE3D, "3"},
};
enum { TYPES = sizeof types / sizeof *types };

static cl_uint formats_find(cl_mem_object_type type, cl_mem_flags flags, cl_image_format formats[256])
{
    cl_uint count;
    assert_int_equal(clGetSupportedImageFormats(session.context, flags, type, 256, formats, &count),
                     CL_SUCCESS);
    assert_in_range(count, 1, 256);
    return count;
}

// An image of the model's, and the buffer that it lies in: NULL.
static cl_mem image_create(const struct model *model, const void *texels, cl_mem *buffer)
{
    cl_int status;
    cl_image_desc description = model_description(model);
    *buffer = NULL;
    if (model->type == CL_MEM_OBJECT_IMAGE1D_BUFFER) {
        *buffer = clCreateBuffer(session.context, texels ? CL_MEM_COPY_HOST_PTR : 0, model_bytes(model),
                                 (void *)(uintptr_t)texels, &status);
        assert_int_equal(status, CL_SUCCESS);
        description.mem_object = *buffer;
        texels = NULL;
    }
    cl_mem image = clCreateImage(session.context, texels ? CL_MEM_COPY_HOST_PTR : 0, &model->format,
                                 &description, (void *)(uintptr_t)texels, &status);
    if (status)
        fail_msg("type %x, format %x %x: %d", model->type, model->format.image_channel_order,
                 model->format.image_channel_data_type, status);
    return image;
}

static void image_release(cl_mem image, cl_mem buffer)
{
    assert_int_equal(clReleaseMemObject(image), CL_SUCCESS);
    if (buffer) assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
}

static cl_kernel kernel_create(cl_program program, const char *does, const struct model *model)
{
    char name[32];
    cl_int status;
    unsigned type = 0;
    while (types[type].type != model->type) type++;
    bool depth = model->format.image_channel_order == CL_DEPTH;
    snprintf(name, sizeof name, "%s_%c%s", does, depth ? 'd' : format_kind(&model->format), types[type].name);
    cl_kernel kernel = clCreateKernel(program, name, &status);
    if (status) fail_msg("%s: %d", name, status);
    return kernel;
}

static void kernel_run(cl_kernel kernel, const struct model *model, cl_mem from, cl_mem to)
{
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof from, &from), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, sizeof to, &to), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 3, NULL, model->size, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
}

static double number_at(const void *colors, char kind, size_t index)
{
    if (kind == 'i') return ((const int32_t *)colors)[index];
    if (kind == 'u') return ((const uint32_t *)colors)[index];
    return (double)((const float *)colors)[index];
}

static void colors_compare(const struct model *model, const void *colors)
{
    char kind = format_kind(&model->format);
    unsigned channels = model->format.image_channel_order == CL_DEPTH ? 1 : 4;
    for (size_t i = 0; i < model_bytes(model) / model->texel; i++) {
        double expected[4];
        texel_decode(&model->format, model->texels + i * model->texel, expected);
        for (unsigned c = 0; c < channels; c++) {
            double found = number_at(colors, kind, i * channels + c);
            if (!(fabs(found - expected[c]) <= 2e-6 * fabs(expected[c])))
                fail_msg("type %x, format %x %x, texel %zu, channel %u: %.9g, not %.9g", model->type,
                         model->format.image_channel_order, model->format.image_channel_data_type, i, c,
                         found, expected[c]);
        }
    }
}

static void texels_compare(const struct model *model, const uint8_t *texels, const char *what)
{
    for (size_t i = 0; i < model_bytes(model); i += model->texel)
        if (!texels_equal(&model->format, texels + i, model->texels + i))
            fail_msg("%s: type %x, format %x %x, texel %zu", what, model->type,
                     model->format.image_channel_order, model->format.image_channel_data_type,
                     i / model->texel);
}

static void format_read(cl_program program, const struct model *model, cl_mem image)
{
    cl_int status;
    size_t size = model_bytes(model) / model->texel * 16;
    void *colors = malloc(size);
    cl_mem buffer = clCreateBuffer(session.context, 0, size, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    kernel_run(kernel_create(program, "read", model), model, image, buffer);
    assert_int_equal(clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, size, colors, 0, NULL, NULL),
                     CL_SUCCESS);
    colors_compare(model, colors);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    free(colors);
}

static void format_copy(cl_program program, const struct model *model, cl_mem image)
{
    static const size_t origin[3];
    cl_mem buffer, copy = image_create(model, NULL, &buffer);
    uint8_t *texels = malloc(model_bytes(model));
    kernel_run(kernel_create(program, "copy", model), model, image, copy);
    assert_int_equal(
        clEnqueueReadImage(session.queue, copy, CL_TRUE, origin, model->size, 0, 0, texels, 0, NULL, NULL),
        CL_SUCCESS);
    texels_compare(model, texels, "written by a kernel");
    image_release(copy, buffer);
    free(texels);
}

enum { OFFSET = 4096 }; // of images in buffers

// What a kernel has written lies where the pitches say, and nothing else is written.
static void buffer_compare(const struct model *model, cl_mem buffer, const size_t pitches[2])
{
    size_t size, row = model->size[0] * model->texel;
    clGetMemObjectInfo(buffer, CL_MEM_SIZE, sizeof size, &size, NULL);
    uint8_t *bytes = malloc(size);
    assert_int_equal(clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, size, bytes, 0, NULL, NULL),
                     CL_SUCCESS);
    for (size_t i = 0; i < size; i++) {
        size_t rows = i < OFFSET ? 0 : (i - OFFSET) / pitches[0],
               at = i < OFFSET ? row : (i - OFFSET) % pitches[0];
        if (at >= row) assert_int_equal(bytes[i], 0);
        if (at >= row || at % model->texel) continue;
        if (!texels_equal(&model->format, bytes + i, model->texels + rows * row + at))
            fail_msg("in a buffer: type %x, format %x %x, byte %zu", model->type,
                     model->format.image_channel_order, model->format.image_channel_data_type, i);
    }
    free(bytes);
}

static bool list_has(const cl_image_format *list, cl_uint count, const cl_image_format *format)
{
    for (cl_uint i = 0; i < count; i++)
        if (!memcmp(&list[i], format, sizeof *format)) return true;
    return false;
}

static void every_format(bool in_buffers)
{
    static const size_t most[3] = {37, 11, 5};
    cl_program program = session_program(&session, source, "-cl-std=CL3.0");
    for (unsigned i = 0; i < TYPES; i++) {
        cl_image_format formats[256], written[256];
        cl_uint count = formats_find(types[i].type, CL_MEM_READ_ONLY, formats);
        cl_uint written_count = formats_find(types[i].type, CL_MEM_READ_WRITE, written);
        for (cl_uint j = 0; j < count; j++) {
            struct model model;
            cl_mem buffer;
            model_create(&model, types[i].type, &formats[j], most);
            if (!list_has(written, written_count, &formats[j])) {
                model_destroy(&model); // sampled only: views_of_images
                continue;
            }
            size_t pitches[2];
            cl_mem image = in_buffers ? model_in_buffer(&model, session.context, OFFSET, pitches, &buffer)
                                      : image_create(&model, model.texels, &buffer);
            format_read(program, &model, image);
            format_copy(program, &model, image);
            if (in_buffers) {
                kernel_run(kernel_create(program, "copy", &model), &model, image, image);
                buffer_compare(&model, buffer, pitches);
            }
            image_release(image, buffer);
            model_destroy(&model);
        }
    }
    assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
}

static void kernels_read_and_write_every_format(void **state)
{
    (void)state;
    every_format(false);
}

static void kernels_read_and_write_every_format_in_buffers(void **state)
{
    (void)state;
    every_format(true);
}

// A kernel could not write the x of sRGBx, for which the Khronos suite looks.
static void srgbx_is_read_only(void **state)
{
    static const cl_mem_flags written[] = {CL_MEM_WRITE_ONLY, CL_MEM_READ_WRITE,
                                           CL_MEM_KERNEL_READ_AND_WRITE};
    const cl_image_format srgbx = {CL_sRGBx, CL_UNORM_INT8};
    cl_image_format formats[256];
    cl_uint count = formats_find(CL_MEM_OBJECT_IMAGE2D, CL_MEM_READ_ONLY, formats);
    (void)state;
    assert_true(list_has(formats, count, &srgbx));
    for (unsigned i = 0; i < sizeof written / sizeof *written; i++) {
        count = formats_find(CL_MEM_OBJECT_IMAGE2D, written[i], formats);
        assert_false(list_has(formats, count, &srgbx));
    }
}

// What OpenCL 3.0 demands of a device with images (5.3.2.1), of every type, and of kernels that read and
// write.
static void formats_that_must_be(void **state)
{
    static const cl_channel_order orders[] = {CL_R, CL_RG, CL_RGBA};
    static const cl_channel_type channel_types[] = {CL_UNORM_INT8,     CL_UNORM_INT16,   CL_SNORM_INT8,
                                                    CL_SNORM_INT16,    CL_SIGNED_INT8,   CL_SIGNED_INT16,
                                                    CL_SIGNED_INT32,   CL_UNSIGNED_INT8, CL_UNSIGNED_INT16,
                                                    CL_UNSIGNED_INT32, CL_HALF_FLOAT,    CL_FLOAT};
    static const cl_mem_flags flags[] = {CL_MEM_READ_ONLY, CL_MEM_WRITE_ONLY, CL_MEM_READ_WRITE,
                                         CL_MEM_KERNEL_READ_AND_WRITE};
    (void)state;
    for (unsigned i = 0; i < TYPES; i++)
        for (unsigned j = 0; j < sizeof flags / sizeof *flags; j++) {
            cl_image_format formats[256];
            cl_uint count = formats_find(types[i].type, flags[j], formats);
            for (unsigned k = 0; k < sizeof orders / sizeof *orders; k++)
                for (unsigned l = 0; l < sizeof channel_types / sizeof *channel_types; l++)
                    assert_true(list_has(formats, count, &(cl_image_format){orders[k], channel_types[l]}));
            assert_true(list_has(formats, count, &(cl_image_format){CL_BGRA, CL_UNORM_INT8}));
        }
}

// ---- What kernels are told ----------------------------------------------------------------------------

static const char told_source[] =
    "#define TOLD(name, type, a, b, c)\\\n"
    "kernel void told_##name(read_only type image, global int *out) {\\\n"
    "  out[0] = get_image_width(image); out[1] = a; out[2] = b; out[3] = c;\\\n"
    "  out[4] = get_image_channel_order(image); out[5] = get_image_channel_data_type(image); }\n"
    "TOLD(1, image1d_t, 0, 0, 0)\n"
    "TOLD(1a, image1d_array_t, 0, 0, get_image_array_size(image))\n"
    "TOLD(1b, image1d_buffer_t, 0, 0, 0)\n"
    "TOLD(2, image2d_t, get_image_height(image), 0, 0)\n"
    "TOLD(2a, image2d_array_t, get_image_height(image), 0, get_image_array_size(image))\n"
    "TOLD(3, image3d_t, get_image_height(image), get_image_depth(image), 0)\n"
    "TOLD(d2, image2d_depth_t, get_image_height(image), 0, 0)\n"
    "TOLD(d2a, image2d_array_depth_t, get_image_height(image), 0, get_image_array_size(image))\n";

static void kernel_is_told(cl_program program, const struct model *model, const char *type_name)
{
    char name[32];
    cl_int status, told[6];
    cl_image_desc description = model_description(model);
    bool depth = model->format.image_channel_order == CL_DEPTH;
    snprintf(name, sizeof name, "told_%s%s", depth ? "d" : "", type_name);
    cl_kernel kernel = clCreateKernel(program, name, &status);
    assert_int_equal(status, CL_SUCCESS);
    cl_mem buffer, image = image_create(model, NULL, &buffer);
    cl_mem out = clCreateBuffer(session.context, 0, sizeof told, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    kernel_run(kernel, &(struct model){.size = {1, 1, 1}}, image, out);
    assert_int_equal(clEnqueueReadBuffer(session.queue, out, CL_TRUE, 0, sizeof told, told, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(told[0], description.image_width);
    assert_int_equal(told[1], description.image_height);
    assert_int_equal(told[2], description.image_depth);
    assert_int_equal(told[3], description.image_array_size);
    assert_int_equal(told[4], model->format.image_channel_order);
    assert_int_equal(told[5], model->format.image_channel_data_type);
    image_release(image, buffer);
    assert_int_equal(clReleaseMemObject(out), CL_SUCCESS);
}

static void kernels_are_told_sizes_and_formats(void **state)
{
    static const size_t most[3] = {200, 100, 50};
    (void)state;
    cl_program program = session_program(&session, told_source, "-cl-std=CL3.0");
    for (unsigned i = 0; i < TYPES; i++) {
        cl_image_format formats[256];
        cl_uint count = formats_find(types[i].type, CL_MEM_READ_WRITE, formats);
        for (cl_uint j = 0; j < count; j++) {
            struct model model;
            model_create(&model, types[i].type, &formats[j], most);
            kernel_is_told(program, &model, types[i].name);
            model_destroy(&model);
        }
    }
    assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
}

// ---- Samplers -----------------------------------------------------------------------------------------

enum { WIDTH = 13, HEIGHT = 7, POINTS = 512 };

static float plane[HEIGHT][WIDTH]; // red of a CL_R CL_FLOAT image

// OpenCL 3.0, 8.2 "Image Addressing and Filtering": the texel that an addressing mode leads to; -1: the
// border.
static int address(int at, int size, cl_addressing_mode mode)
{
    switch (mode) {
    case CL_ADDRESS_CLAMP:
        return at < 0 || at >= size ? -1 : at;
    case CL_ADDRESS_REPEAT:
        return (at % size + size) % size;
    case CL_ADDRESS_MIRRORED_REPEAT:
        at = (at % (2 * size) + 2 * size) % (2 * size);
        return at < size ? at : 2 * size - 1 - at;
    default:
        return at < 0 ? 0 : at >= size ? size - 1 : at;
    }
}

static double texel_at(int x, int y, cl_addressing_mode mode)
{
    x = address(x, WIDTH, mode);
    y = address(y, HEIGHT, mode);
    return x < 0 || y < 0 ? 0 : (double)plane[y][x]; // the border of CL_R is black, and red is looked at
}

static double sample(double u, double v, cl_addressing_mode mode, cl_filter_mode filter)
{
    if (filter == CL_FILTER_NEAREST) return texel_at((int)floor(u), (int)floor(v), mode);
    int x = (int)floor(u - 0.5), y = (int)floor(v - 0.5);
    double a = u - 0.5 - x, b = v - 0.5 - y;
    return (1 - a) * (1 - b) * texel_at(x, y, mode) + a * (1 - b) * texel_at(x + 1, y, mode) +
           (1 - a) * b * texel_at(x, y + 1, mode) + a * b * texel_at(x + 1, y + 1, mode);
}

// Far enough from where the nearest texel changes that rounding coordinates makes no difference.
static float coordinate(uint32_t size, bool outside)
{
    float whole = (float)random_number(outside ? 5 * size : size) - (outside ? 2.0f * (float)size : 0.0f);
    return whole + 0.05f + 0.9f * (float)random_number(1024) / 1024.0f;
}

struct sampling {
    bool normalized;
    cl_addressing_mode addressing;
    cl_filter_mode filter;
};

// Reads with a sampler object, and with the same as a constant of the kernel's.
static void sampled_read(const struct sampling *with, cl_mem image, const float (*points)[2], float *object,
                         float *constant)
{
    static const char *const modes[] = {"NONE", "CLAMP_TO_EDGE", "CLAMP", "REPEAT", "MIRRORED_REPEAT"};
    char text[1024];
    cl_int status;
    const size_t global = POINTS;
    snprintf(text, sizeof text,
             "constant sampler_t own = CLK_NORMALIZED_COORDS_%s | CLK_ADDRESS_%s | CLK_FILTER_%s;\n"
             "kernel void sample(read_only image2d_t image, sampler_t given, global float2 *points,"
             " global float *object, global float *constant_one) { int i = get_global_id(0);"
             " object[i] = read_imagef(image, given, points[i]).x;"
             " constant_one[i] = read_imagef(image, own, points[i]).x; }",
             with->normalized ? "TRUE" : "FALSE", modes[with->addressing - CL_ADDRESS_NONE],
             with->filter == CL_FILTER_LINEAR ? "LINEAR" : "NEAREST");
    cl_kernel kernel = session_kernel(&session, text, "sample", "");
    cl_sampler sampler =
        clCreateSampler(session.context, with->normalized, with->addressing, with->filter, &status);
    assert_int_equal(status, CL_SUCCESS);
    cl_mem in = clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, POINTS * sizeof *points,
                               (void *)(uintptr_t)points, &status);
    cl_mem out[2];
    for (int i = 0; i < 2; i++) out[i] = clCreateBuffer(session.context, 0, POINTS * 4, NULL, &status);
    const void *arguments[] = {&image, &sampler, &in, &out[0], &out[1]};
    for (cl_uint i = 0; i < 5; i++)
        assert_int_equal(clSetKernelArg(kernel, i, sizeof(cl_mem), arguments[i]), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &global, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clReleaseSampler(sampler), CL_SUCCESS); // the command keeps it
    assert_int_equal(
        clEnqueueReadBuffer(session.queue, out[0], CL_TRUE, 0, POINTS * 4, object, 0, NULL, NULL),
        CL_SUCCESS);
    assert_int_equal(
        clEnqueueReadBuffer(session.queue, out[1], CL_TRUE, 0, POINTS * 4, constant, 0, NULL, NULL),
        CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(in), CL_SUCCESS);
    for (int i = 0; i < 2; i++) assert_int_equal(clReleaseMemObject(out[i]), CL_SUCCESS);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
}

static void sampling_check(const struct sampling *with, cl_mem image)
{
    static float points[POINTS][2], object[POINTS], constant[POINTS];
    double u[POINTS][2];
    // Weights have 8 bits, and normalised coordinates are rounded.
    double tolerance = with->filter == CL_FILTER_LINEAR ? 0.01 : 0;
    for (unsigned i = 0; i < POINTS; i++) {
        bool outside = with->addressing != CL_ADDRESS_NONE;
        const float scale[] = {with->normalized ? WIDTH : 1, with->normalized ? HEIGHT : 1};
        for (unsigned k = 0; k < 2; k++) {
            points[i][k] = coordinate(k ? HEIGHT : WIDTH, outside) / scale[k];
            u[i][k] = (double)points[i][k] * (double)scale[k];
        }
    }
    sampled_read(with, image, (const float (*)[2])points, object, constant);
    for (unsigned i = 0; i < POINTS; i++) {
        double expected = sample(u[i][0], u[i][1], with->addressing, with->filter);
        if (fabs((double)object[i] - expected) > tolerance || object[i] != constant[i])
            fail_msg("%s coordinates, mode %x, filter %x, at %g %g: object %g, constant %g, expected %g",
                     with->normalized ? "normalised" : "plain", with->addressing, with->filter, u[i][0],
                     u[i][1], (double)object[i], (double)constant[i], expected);
    }
}

static void samplers_address_and_filter(void **state)
{
    cl_int status;
    const cl_image_format format = {CL_R, CL_FLOAT};
    const cl_image_desc description = {
        .image_type = CL_MEM_OBJECT_IMAGE2D, .image_width = WIDTH, .image_height = HEIGHT};
    (void)state;
    for (unsigned i = 0; i < WIDTH * HEIGHT; i++) (&plane[0][0])[i] = (float)(random_number(256)) / 256.0f;
    cl_mem image =
        clCreateImage(session.context, CL_MEM_COPY_HOST_PTR, &format, &description, plane, &status);
    assert_int_equal(status, CL_SUCCESS);
    for (cl_addressing_mode mode = CL_ADDRESS_NONE; mode <= CL_ADDRESS_MIRRORED_REPEAT; mode++)
        for (int normalized = mode >= CL_ADDRESS_REPEAT; normalized < 2; normalized++)
            for (cl_filter_mode filter = CL_FILTER_NEAREST; filter <= CL_FILTER_LINEAR; filter++)
                if (mode != CL_ADDRESS_NONE || filter == CL_FILTER_NEAREST) // else it reads beyond the edge
                    sampling_check(&(struct sampling){normalized, mode, filter}, image);
    assert_int_equal(clReleaseMemObject(image), CL_SUCCESS);
}

// Beyond the edge, of every format: transparent black, or opaque where texels have no alpha; by a sampler
// object, and by the same as a constant of the kernel's. (x of RGBx and its like is no alpha for the Khronos
// suite, either, though the specification's table has it transparent.)
static bool is_opaque(cl_channel_order order)
{
    static const cl_channel_order orders[] = {CL_R,  CL_RG,  CL_RGB,  CL_LUMINANCE, CL_sRGB,
                                              CL_Rx, CL_RGx, CL_RGBx, CL_sRGBx};
    for (unsigned i = 0; i < sizeof orders / sizeof *orders; i++)
        if (order == orders[i]) return true;
    return false;
}

static void edge_check(cl_program program, cl_sampler sampler, const cl_image_format *format)
{
    enum { RESULTS = 4, COMPONENTS = 4 };
    static const uint8_t texels[16 * 16];
    static const char *const names[] = {"edge_f", "edge_i", "edge_u"};
    const size_t one = 1;
    const cl_image_desc description = {
        .image_type = CL_MEM_OBJECT_IMAGE2D, .image_width = 4, .image_height = 4};
    uint32_t got[RESULTS][COMPONENTS];
    cl_int status;
    char kind = format_kind(format);
    cl_mem image = clCreateImage(session.context, CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR, format,
                                 &description, (void *)(uintptr_t)texels, &status);
    assert_int_equal(status, CL_SUCCESS);
    cl_mem out = clCreateBuffer(session.context, 0, sizeof got, NULL, &status);
    cl_kernel kernel = clCreateKernel(program, names[kind == 'i' ? 1 : kind == 'u' ? 2 : 0], &status);
    const void *arguments[] = {&image, &sampler, &out};
    for (cl_uint i = 0; i < 3; i++)
        assert_int_equal(clSetKernelArg(kernel, i, sizeof(cl_mem), arguments[i]), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(session.queue, out, CL_TRUE, 0, sizeof got, got, 0, NULL, NULL),
                     CL_SUCCESS);
    for (unsigned i = 0; i < RESULTS; i++) {
        uint32_t alpha = !is_opaque(format->image_channel_order) ? 0 : kind == 'f' ? 0x3f800000 : 1;
        if (got[i][0] || got[i][1] || got[i][2] || got[i][3] != alpha)
            fail_msg("order %x, type %x, result %u: %x %x %x %x", format->image_channel_order,
                     format->image_channel_data_type, i, got[i][0], got[i][1], got[i][2], got[i][3]);
    }
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(out), CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(image), CL_SUCCESS);
}

static void beyond_the_edge_is_the_border(void **state)
{
    cl_image_format formats[256];
    cl_int status;
    (void)state;
    cl_program program = session_program(
        &session,
        "constant sampler_t own = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_CLAMP | CLK_FILTER_NEAREST;\n"
        "#define EDGE(name, function, vector)\\\n"
        "kernel void edge_##name(read_only image2d_t image, sampler_t given, global vector *to) {\\\n"
        "  to[0] = read_image##function(image, given, (int2)(-1, 2));\\\n"
        "  to[1] = read_image##function(image, own, (int2)(-1, 2));\\\n"
        "  to[2] = read_image##function(image, own, (float2)(1.5f, -7.5f));\\\n"
        "  to[3] = read_image##function(image, own, (float2)(9.0f, 1.0f)); }\n"
        "EDGE(f, f, float4) EDGE(i, i, int4) EDGE(u, ui, uint4)\n",
        "");
    cl_sampler sampler =
        clCreateSampler(session.context, CL_FALSE, CL_ADDRESS_CLAMP, CL_FILTER_NEAREST, &status);
    assert_int_equal(status, CL_SUCCESS);
    cl_uint count = formats_find(CL_MEM_OBJECT_IMAGE2D, CL_MEM_READ_ONLY, formats);
    for (cl_uint i = 0; i < count; i++)
        if (formats[i].image_channel_order != CL_DEPTH) edge_check(program, sampler, &formats[i]);
    assert_int_equal(clReleaseSampler(sampler), CL_SUCCESS);
    assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
}

static void samplers_are_asked(void **state)
{
    const cl_sampler_properties list[] = {CL_SAMPLER_ADDRESSING_MODE, CL_ADDRESS_REPEAT,
                                          CL_SAMPLER_FILTER_MODE, CL_FILTER_LINEAR, 0};
    cl_sampler_properties kept[5];
    cl_int status;
    cl_uint references;
    cl_bool normalized;
    cl_addressing_mode addressing;
    cl_filter_mode filter;
    size_t size;
    (void)state;
    cl_sampler sampler = clCreateSamplerWithProperties(session.context, list, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clRetainSampler(sampler), CL_SUCCESS);
    clGetSamplerInfo(sampler, CL_SAMPLER_REFERENCE_COUNT, sizeof references, &references, NULL);
    clGetSamplerInfo(sampler, CL_SAMPLER_NORMALIZED_COORDS, sizeof normalized, &normalized, NULL);
    clGetSamplerInfo(sampler, CL_SAMPLER_ADDRESSING_MODE, sizeof addressing, &addressing, NULL);
    clGetSamplerInfo(sampler, CL_SAMPLER_FILTER_MODE, sizeof filter, &filter, NULL);
    assert_int_equal(references, 2);
    assert_true(normalized && addressing == CL_ADDRESS_REPEAT && filter == CL_FILTER_LINEAR);
    assert_int_equal(clGetSamplerInfo(sampler, CL_SAMPLER_PROPERTIES, sizeof kept, kept, &size), CL_SUCCESS);
    assert_int_equal(size, sizeof list);
    assert_memory_equal(kept, list, sizeof list);
    assert_int_equal(clReleaseSampler(sampler), CL_SUCCESS);
    assert_int_equal(clReleaseSampler(sampler), CL_SUCCESS);
    sampler = clCreateSampler(session.context, CL_FALSE, CL_ADDRESS_CLAMP, CL_FILTER_NEAREST, &status);
    assert_int_equal(clGetSamplerInfo(sampler, CL_SAMPLER_PROPERTIES, sizeof kept, kept, &size), CL_SUCCESS);
    assert_int_equal(size, 0);
    assert_int_equal(clReleaseSampler(sampler), CL_SUCCESS);
}

// ---- Reading and writing in one kernel ----------------------------------------------------------------

static void one_kernel_reads_and_writes(void **state)
{
    static const size_t origin[3], most[3] = {50, 20, 6};
    cl_program program = session_program(
        &session,
        "#define ADD(name, type, at)\\\n"
        "kernel void add_##name(read_write type image, uint n) {\\\n"
        "  int x = get_global_id(0), y = get_global_id(1), z = get_global_id(2);\\\n"
        "  for (uint i = 0; i < n; i++) {\\\n"
        "    write_imageui(image, at, read_imageui(image, at) + 1);\\\n"
        "    atomic_work_item_fence(CLK_IMAGE_MEM_FENCE, memory_order_acq_rel, memory_scope_work_item); } }\n"
        "ADD(1, image1d_t, x) ADD(1a, image1d_array_t, (int2)(x, y)) ADD(1b, image1d_buffer_t, x)\n"
        "ADD(2, image2d_t, (int2)(x, y)) ADD(2a, image2d_array_t, (int4)(x, y, z, 0))\n"
        "ADD(3, image3d_t, (int4)(x, y, z, 0))\n",
        "-cl-std=CL3.0");
    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        const cl_uint times = 3;
        const cl_image_format format = {CL_RG, CL_UNSIGNED_INT32};
        struct model model;
        cl_mem buffer;
        char name[32];
        cl_int status;
        model_create(&model, types[i].type, &format, most);
        uint32_t *texels = malloc(model_bytes(&model));
        cl_mem image = image_create(&model, model.texels, &buffer);
        snprintf(name, sizeof name, "add_%s", types[i].name);
        cl_kernel kernel = clCreateKernel(program, name, &status);
        assert_int_equal(clSetKernelArg(kernel, 0, sizeof image, &image), CL_SUCCESS);
        assert_int_equal(clSetKernelArg(kernel, 1, sizeof times, &times), CL_SUCCESS);
        assert_int_equal(
            clEnqueueNDRangeKernel(session.queue, kernel, 3, NULL, model.size, NULL, 0, NULL, NULL),
            CL_SUCCESS);
        assert_int_equal(clEnqueueReadImage(session.queue, image, CL_TRUE, origin, model.size, 0, 0, texels,
                                            0, NULL, NULL),
                         CL_SUCCESS);
        for (size_t k = 0; k < model_bytes(&model) / 4; k++)
            assert_int_equal(texels[k], ((uint32_t *)model.texels)[k] + times);
        clReleaseKernel(kernel);
        image_release(image, buffer);
        model_destroy(&model);
        free(texels);
    }
    assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
}

// A command keeps its images and samplers when the application has let go of them, and a kernel's argument
// information says what they are.
static void arguments_are_kept_and_told(void **state)
{
    enum { SIDE = 4 };
    cl_int status;
    cl_kernel_arg_access_qualifier access;
    char type[64];
    const cl_image_format format = {CL_R, CL_FLOAT};
    const cl_image_desc description = {
        .image_type = CL_MEM_OBJECT_IMAGE2D, .image_width = SIDE, .image_height = SIDE};
    float texels[SIDE * SIDE], out[SIDE * SIDE];
    const size_t global[2] = {SIDE, SIDE};
    (void)state;
    for (int i = 0; i < SIDE * SIDE; i++) texels[i] = (float)i;
    cl_kernel kernel =
        session_kernel(&session,
                       "kernel void copy(read_only image2d_t from, sampler_t sampler, global float *to) {"
                       " int2 at = (int2)(get_global_id(0), get_global_id(1));"
                       " to[at.y * get_global_size(0) + at.x] = read_imagef(from, sampler, at).x; }",
                       "copy", "");
    clGetKernelArgInfo(kernel, 0, CL_KERNEL_ARG_ACCESS_QUALIFIER, sizeof access, &access, NULL);
    clGetKernelArgInfo(kernel, 0, CL_KERNEL_ARG_TYPE_NAME, sizeof type, type, NULL);
    assert_int_equal(access, CL_KERNEL_ARG_ACCESS_READ_ONLY);
    assert_string_equal(type, "image2d_t");
    clGetKernelArgInfo(kernel, 1, CL_KERNEL_ARG_TYPE_NAME, sizeof type, type, NULL);
    assert_string_equal(type, "sampler_t");
    cl_event gate = clCreateUserEvent(session.context, &status);
    cl_mem image =
        clCreateImage(session.context, CL_MEM_COPY_HOST_PTR, &format, &description, texels, &status);
    cl_sampler sampler =
        clCreateSampler(session.context, CL_FALSE, CL_ADDRESS_CLAMP_TO_EDGE, CL_FILTER_NEAREST, &status);
    cl_mem buffer = clCreateBuffer(session.context, 0, sizeof out, NULL, &status);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof image, &image), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, sizeof sampler, &sampler), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 2, sizeof buffer, &buffer), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 2, NULL, global, NULL, 1, &gate, NULL),
                     CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(image), CL_SUCCESS);
    assert_int_equal(clReleaseSampler(sampler), CL_SUCCESS);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    assert_int_equal(clSetUserEventStatus(gate, CL_COMPLETE), CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, sizeof out, out, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_memory_equal(out, texels, sizeof out);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    assert_int_equal(clReleaseEvent(gate), CL_SUCCESS);
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
        cmocka_unit_test(formats_that_must_be),
        cmocka_unit_test(srgbx_is_read_only),
        cmocka_unit_test(kernels_read_and_write_every_format),
        cmocka_unit_test(kernels_read_and_write_every_format_in_buffers),
        cmocka_unit_test(kernels_are_told_sizes_and_formats),
        cmocka_unit_test(samplers_address_and_filter),
        cmocka_unit_test(beyond_the_edge_is_the_border),
        cmocka_unit_test(samplers_are_asked),
        cmocka_unit_test(one_kernel_reads_and_writes),
        cmocka_unit_test(arguments_are_kept_and_told),
    };
    return cmocka_run_group_tests(tests, open_session, close_session);
}
