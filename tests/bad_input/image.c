// Sections 5.3, 5.4, 5.6 and 5.7: images, pipes, shared virtual memory, samplers. A device may lack each of
// them: then the call's error is CL_INVALID_OPERATION, whatever else is wrong with it.
#include "table.h"

#include <CL/cl_ext.h>
#include <stdlib.h>

static size_t size;
static char text[256];
static const size_t origin[3], region[3] = {4, 4, 1};
static const struct {
    const size_t at[3], of[3];
} bad_regions[] = {
    {{0, 0, 0}, {0, 4, 1}},        {{0, 0, 0}, {4, 0, 1}},        {{0, 0, 0}, {4, 4, 0}},
    {{0, 0, 0}, {5, 4, 1}},        {{0, 0, 0}, {4, 5, 1}},        {{0, 0, 0}, {4, 4, 2}},
    {{1, 0, 0}, {4, 4, 1}},        {{0, 4, 0}, {1, 1, 1}},        {{0, 0, 1}, {1, 1, 1}},
    {{SIZE_MAX, 0, 0}, {2, 4, 1}}, {{1, 0, 0}, {SIZE_MAX, 4, 1}},
};
static const cl_image_format rgba8 = {CL_RGBA, CL_UNORM_INT8};
static const cl_image_desc square = {
    .image_type = CL_MEM_OBJECT_IMAGE2D, .image_width = 4, .image_height = 4};

#define BAD_IMAGE(expected, call) BAD(has_images ? (expected) : CL_INVALID_OPERATION, call)
#define BAD_PIPE(expected, call)  BAD(has_pipes ? (expected) : CL_INVALID_OPERATION, call)
#define BAD_SVM(expected, call)   BAD(has_svm ? (expected) : CL_INVALID_OPERATION, call)
#define BAD_IMAGE_HANDLES(call)                                                                              \
    BAD_HANDLES(image_mem, has_images ? CL_INVALID_MEM_OBJECT : CL_INVALID_OPERATION, call)
// A region that is none: nothing, too large, beyond the end, of more dimensions than the image. In the call
// it is `at` and `of`.
#define BAD_REGIONS(call)                                                                                    \
    for (unsigned i = 0; i < sizeof bad_regions / sizeof *bad_regions; i++) {                                \
        const size_t *at = bad_regions[i].at, *of = bad_regions[i].of;                                       \
        BAD_IMAGE(CL_INVALID_VALUE, call);                                                                   \
    }

// 5.3.1 Creating Image Objects, 5.3.2 Querying List of Supported Image Formats, 5.3.7 Image Object Queries
void images(void **state)
{
    (void)state;
    cl_image_format formats[4];
    const cl_image_format unknown = {0x7777, CL_FLOAT};
    const cl_image_desc none = {0}, narrow = {.image_type = CL_MEM_OBJECT_IMAGE2D, .image_height = 4};
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clCreateImage(bad, 0, &rgba8, &square, NULL, error_out));
    BAD_IMAGE(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR,
              cl->clCreateImage(context, 0, NULL, &square, NULL, error_out));
    BAD_IMAGE(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR,
              cl->clCreateImage(context, 0, &unknown, &square, NULL, error_out));
    BAD_IMAGE(CL_INVALID_IMAGE_DESCRIPTOR, cl->clCreateImage(context, 0, &rgba8, NULL, NULL, error_out));
    BAD_IMAGE(CL_INVALID_IMAGE_DESCRIPTOR, cl->clCreateImage(context, 0, &rgba8, &none, NULL, error_out));
    BAD_IMAGE(CL_INVALID_IMAGE_SIZE, cl->clCreateImage(context, 0, &rgba8, &narrow, NULL, error_out));
    BAD_IMAGE(CL_INVALID_HOST_PTR, cl->clCreateImage(context, 0, &rgba8, &square, host, error_out));
    BAD_IMAGE(CL_INVALID_VALUE, cl->clCreateImage(context, 1 << 6, &rgba8, &square, NULL, error_out));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT,
                cl->clCreateImageWithProperties(bad, NULL, 0, &rgba8, &square, NULL, error_out));
    BAD_IMAGE(CL_INVALID_PROPERTY,
              cl->clCreateImageWithProperties(context, (cl_mem_properties[]){0x7777, 1, 0}, 0, &rgba8,
                                              &square, NULL, error_out));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT,
                cl->clCreateImage2D(bad, 0, &rgba8, 4, 4, 0, NULL, error_out));
    BAD_IMAGE(CL_INVALID_IMAGE_SIZE, cl->clCreateImage2D(context, 0, &rgba8, 0, 4, 0, NULL, error_out));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT,
                cl->clCreateImage3D(bad, 0, &rgba8, 4, 4, 4, 0, 0, NULL, error_out));
    BAD_IMAGE(CL_INVALID_IMAGE_SIZE, cl->clCreateImage3D(context, 0, &rgba8, 0, 4, 4, 0, 0, NULL, error_out));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT,
                cl->clGetSupportedImageFormats(bad, 0, CL_MEM_OBJECT_IMAGE2D, 4, formats, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clGetSupportedImageFormats(context, 1 << 6, CL_MEM_OBJECT_IMAGE2D, 4, formats, NULL));
    BAD(CL_INVALID_VALUE, cl->clGetSupportedImageFormats(context, 0, CL_MEM_OBJECT_BUFFER, 4, formats, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clGetSupportedImageFormats(context, 0, CL_MEM_OBJECT_IMAGE2D, 0, formats, NULL));
    BAD_HANDLES(image_mem, CL_INVALID_MEM_OBJECT, cl->clGetImageInfo(bad, CL_IMAGE_WIDTH, 0, NULL, &size));
    if (!has_images) return;
    BAD(CL_INVALID_VALUE, cl->clGetImageInfo(image, CL_MEM_SIZE, sizeof text, text, &size));
    BAD(CL_INVALID_VALUE, cl->clGetImageInfo(image, CL_IMAGE_WIDTH, 4, text, &size));
}

#define BAD_DESCRIPTION(expected, flags, host, ...)                                                          \
    BAD_IMAGE(expected,                                                                                      \
              cl->clCreateImage(context, flags, &rgba8, &(cl_image_desc){__VA_ARGS__}, host, error_out))

// 5.3.1.2 Image Descriptor; 5.3.1.1 Image Format Descriptor
void image_descriptions(void **state)
{
    (void)state;
    enum { PLANE = CL_MEM_OBJECT_IMAGE2D, BOX = CL_MEM_OBJECT_IMAGE3D, LINES = CL_MEM_OBJECT_IMAGE1D_ARRAY };
    static const cl_image_format no_formats[] = {{CL_RGB, CL_UNORM_INT8},
                                                 {CL_R, CL_UNORM_SHORT_565},
                                                 {CL_ARGB, CL_FLOAT},
                                                 {CL_DEPTH, CL_UNORM_INT8},
                                                 {CL_LUMINANCE, CL_SIGNED_INT8},
                                                 {CL_sRGBA, CL_FLOAT},
                                                 {CL_RGBA, 0},
                                                 {CL_RGBA, CL_UNORM_INT24}};
    for (size_t i = 0; i < sizeof no_formats / sizeof *no_formats; i++)
        BAD_IMAGE(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR,
                  cl->clCreateImage(context, 0, &no_formats[i], &square, NULL, error_out));
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, 0, NULL, .image_type = CL_MEM_OBJECT_BUFFER,
                    .image_width = 4, .image_height = 4);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_SIZE, 0, NULL, .image_type = PLANE, .image_width = 4, .image_height = 0);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_SIZE, 0, NULL, .image_type = BOX, .image_width = 4, .image_height = 4,
                    .image_depth = 0);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_SIZE, 0, NULL, .image_type = LINES, .image_width = 4, .image_height = 0,
                    .image_depth = 0, .image_array_size = 0);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_SIZE, 0, NULL, .image_type = PLANE, .image_width = SIZE_MAX,
                    .image_height = 1);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_SIZE, 0, NULL, .image_type = PLANE, .image_width = 1,
                    .image_height = SIZE_MAX);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_SIZE, 0, NULL, .image_type = PLANE, .image_width = 1 << 20,
                    .image_height = 1);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_SIZE, 0, NULL, .image_type = BOX, .image_width = 1, .image_height = 1,
                    .image_depth = 1 << 20);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_SIZE, 0, NULL, .image_type = LINES, .image_width = 4, .image_height = 0,
                    .image_depth = 0, .image_array_size = 1 << 20);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, 0, NULL, .image_type = PLANE, .image_width = 4,
                    .image_height = 4, .image_row_pitch = 64);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, 0, NULL, .image_type = BOX, .image_width = 4,
                    .image_height = 4, .image_depth = 4, .image_slice_pitch = 64);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, CL_MEM_COPY_HOST_PTR, host, .image_type = PLANE,
                    .image_width = 4, .image_height = 4, .image_row_pitch = 12);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, CL_MEM_COPY_HOST_PTR, host, .image_type = PLANE,
                    .image_width = 4, .image_height = 4, .image_row_pitch = 18);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, CL_MEM_USE_HOST_PTR, host, .image_type = BOX,
                    .image_width = 4, .image_height = 4, .image_depth = 4, .image_slice_pitch = 48);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, CL_MEM_USE_HOST_PTR, host, .image_type = BOX,
                    .image_width = 4, .image_height = 4, .image_depth = 4, .image_slice_pitch = 72);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_SIZE, CL_MEM_USE_HOST_PTR, host, .image_type = BOX, .image_width = 4,
                    .image_height = 4, .image_depth = 4, .image_row_pitch = SIZE_MAX / 16 * 16);
    BAD_DESCRIPTION(CL_INVALID_HOST_PTR, CL_MEM_COPY_HOST_PTR, NULL, .image_type = PLANE, .image_width = 4,
                    .image_height = 4);
    BAD_DESCRIPTION(CL_INVALID_HOST_PTR, 0, host, .image_type = PLANE, .image_width = 4, .image_height = 4);
    BAD_DESCRIPTION(CL_INVALID_VALUE, CL_MEM_READ_ONLY | CL_MEM_WRITE_ONLY, NULL, .image_type = PLANE,
                    .image_width = 4, .image_height = 4);
    BAD_DESCRIPTION(CL_INVALID_VALUE, CL_MEM_KERNEL_READ_AND_WRITE, NULL, .image_type = PLANE,
                    .image_width = 4, .image_height = 4);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, 0, NULL, .image_type = PLANE, .image_width = 4,
                    .image_height = 4, .num_samples = 4);
    BAD_IMAGE(CL_INVALID_IMAGE_SIZE,
              cl->clCreateImage2D(context, CL_MEM_COPY_HOST_PTR, &rgba8, 4, 4, 12, host, error_out));
    BAD_IMAGE(CL_INVALID_IMAGE_SIZE,
              cl->clCreateImage3D(context, CL_MEM_COPY_HOST_PTR, &rgba8, 4, 4, 4, 16, 72, host, error_out));
}

// 5.3.1 Creating Image Objects: in a buffer, or of another image
void image_parents(void **state)
{
    (void)state;
    if (!has_images) return;
    enum {
        PLANE = CL_MEM_OBJECT_IMAGE2D,
        ROW = CL_MEM_OBJECT_IMAGE1D_BUFFER,
        BOX = CL_MEM_OBJECT_IMAGE3D,
        LINES = CL_MEM_OBJECT_IMAGE1D_ARRAY
    };
    BAD_HANDLES(any_mem, CL_INVALID_IMAGE_DESCRIPTOR,
                bad ? cl->clCreateImage(
                          context, 0, &rgba8,
                          &(cl_image_desc){
                              .image_type = PLANE, .image_width = 4, .image_height = 4, .mem_object = bad},
                          NULL, error_out)
                    : (error = CL_INVALID_IMAGE_DESCRIPTOR, (cl_mem)NULL));
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, 0, NULL, .image_type = ROW, .image_width = 4);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, 0, NULL, .image_type = ROW, .image_width = 4,
                    .mem_object = image);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_SIZE, 0, NULL, .image_type = CL_MEM_OBJECT_IMAGE1D,
                    .image_width = BUFFER_SIZE / 4 + 1, .mem_object = buffer);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, 0, NULL, .image_type = CL_MEM_OBJECT_IMAGE1D,
                    .image_width = 4, .mem_object = image);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_SIZE, 0, NULL, .image_type = BOX, .image_width = 4, .image_height = 4,
                    .image_depth = BUFFER_SIZE / 1024 + 1, .mem_object = buffer);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, 0, NULL, .image_type = BOX, .image_width = 4,
                    .image_height = 4, .image_depth = 4, .mem_object = cube);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR, 0, NULL, .image_type = BOX, .image_width = 4,
                    .image_height = 2, .image_depth = 2, .image_row_pitch = 16, .mem_object = buffer);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR, 0, NULL, .image_type = BOX, .image_width = 4,
                    .image_height = 2, .image_depth = 2, .image_slice_pitch = 528, .mem_object = buffer);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, 0, NULL, .image_type = BOX, .image_width = 4,
                    .image_height = 2, .image_depth = 2, .image_slice_pitch = 256, .mem_object = buffer);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR, 0, NULL, .image_type = LINES, .image_width = 4,
                    .image_array_size = 2, .image_slice_pitch = 20, .mem_object = buffer);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, 0, NULL, .image_type = PLANE, .image_width = 4,
                    .image_height = 4, .mem_object = cube);
    BAD_DESCRIPTION(CL_INVALID_CONTEXT, 0, NULL, .image_type = ROW, .image_width = 4,
                    .mem_object = other.buffer);
    BAD_DESCRIPTION(CL_INVALID_HOST_PTR, 0, host, .image_type = ROW, .image_width = 4, .mem_object = buffer);
    BAD_DESCRIPTION(CL_INVALID_VALUE, CL_MEM_COPY_HOST_PTR, host, .image_type = ROW, .image_width = 4,
                    .mem_object = buffer);
    BAD_DESCRIPTION(CL_INVALID_VALUE, CL_MEM_READ_ONLY, NULL, .image_type = ROW, .image_width = 4,
                    .mem_object = write_only);
    BAD_DESCRIPTION(CL_INVALID_VALUE, CL_MEM_HOST_READ_ONLY, NULL, .image_type = ROW, .image_width = 4,
                    .mem_object = host_no_access);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_SIZE, 0, NULL, .image_type = ROW, .image_width = BUFFER_SIZE / 4 + 1,
                    .mem_object = buffer);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_SIZE, 0, NULL, .image_type = PLANE, .image_width = 256,
                    .image_height = BUFFER_SIZE / 1024 + 1, .mem_object = buffer);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR, 0, NULL, .image_type = PLANE, .image_width = 3,
                    .image_height = 4, .image_row_pitch = 12, .mem_object = buffer);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, 0, NULL, .image_type = PLANE, .image_width = 4,
                    .image_height = 2, .mem_object = image);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, 0, NULL, .image_type = PLANE, .image_width = 4,
                    .image_height = 4, .mem_object = image, .image_row_pitch = 4096);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR, 0, NULL, .image_type = PLANE, .image_width = 4,
                    .image_height = 4, .mem_object = floats);
    const cl_image_format red = {CL_BGRA, CL_UNORM_INT8};
    BAD(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR,
        cl->clCreateImage(
            context, 0, &red,
            &(cl_image_desc){.image_type = PLANE, .image_width = 4, .image_height = 4, .mem_object = image},
            NULL, error_out));
}

// 5.3.1 "Mipmap Images", 5.3.6 "Specifying Mipmap Levels to Image Operations": an origin has the level behind
// its coordinates.
static const struct pyramid {
    cl_mem_object_type type;
    unsigned dimensions, coordinates;
} pyramids[] = {
    {CL_MEM_OBJECT_IMAGE1D, 1, 1},       {CL_MEM_OBJECT_IMAGE1D_ARRAY, 1, 2}, {CL_MEM_OBJECT_IMAGE2D, 2, 2},
    {CL_MEM_OBJECT_IMAGE2D_ARRAY, 2, 3}, {CL_MEM_OBJECT_IMAGE3D, 3, 3},
};

static cl_image_desc pyramid_description(const struct pyramid *pyramid, cl_uint levels)
{
    return (cl_image_desc){
        .image_type = pyramid->type,
        .image_width = 5,
        .image_height = pyramid->dimensions > 1 ? 5 : 0,
        .image_depth = pyramid->dimensions > 2 ? 5 : 0,
        .image_array_size = pyramid->coordinates > pyramid->dimensions ? 5 : 0,
        .num_mip_levels = levels,
    };
}

// 5.3.8 Querying Image Requirements (cl_ext_image_requirements_info)
void image_requirements(void **state)
{
    (void)state;
    clGetImageRequirementsInfoEXT_fn ask =
        (clGetImageRequirementsInfoEXT_fn)cl->clGetExtensionFunctionAddressForPlatform(
            platform, "clGetImageRequirementsInfoEXT");
    const cl_mem_properties none[] = {0x7777, 1, 0};
    const cl_image_format unknown = {CL_INTENSITY, CL_UNORM_SHORT_555};
    const cl_image_desc no_type = {.image_width = 4}, no_image = {.image_type = CL_MEM_OBJECT_BUFFER},
                        no_width = {.image_type = CL_MEM_OBJECT_IMAGE1D},
                        levels = pyramid_description(&pyramids[2], 2);
    static const cl_image_requirements_info_ext names[] = {CL_IMAGE_REQUIREMENTS_BASE_ADDRESS_ALIGNMENT_EXT,
                                                           CL_IMAGE_REQUIREMENTS_ROW_PITCH_ALIGNMENT_EXT,
                                                           CL_IMAGE_REQUIREMENTS_SLICE_PITCH_ALIGNMENT_EXT,
                                                           CL_IMAGE_REQUIREMENTS_SIZE_EXT,
                                                           CL_IMAGE_REQUIREMENTS_MAX_WIDTH_EXT,
                                                           CL_IMAGE_REQUIREMENTS_MAX_HEIGHT_EXT};
    if (!ask) return;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        cl_image_requirements_info_ext name = names[i];
        BAD_HANDLES(cl_context, CL_INVALID_CONTEXT,
                    ask(bad, NULL, 0, &rgba8, &square, name, sizeof size, &size, NULL));
        BAD_IMAGE(CL_INVALID_PROPERTY,
                  ask(context, none, 0, &rgba8, &square, name, sizeof size, &size, NULL));
        BAD_IMAGE(CL_INVALID_VALUE,
                  ask(context, NULL, 1 << 6, &rgba8, &square, name, sizeof size, &size, NULL));
        BAD_IMAGE(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR,
                  ask(context, NULL, 0, &unknown, &square, name, sizeof size, &size, NULL));
        BAD_IMAGE(CL_INVALID_IMAGE_DESCRIPTOR,
                  ask(context, NULL, 0, &rgba8, &no_image, name, sizeof size, &size, NULL));
        BAD_IMAGE(CL_INVALID_VALUE, ask(context, NULL, 0, &rgba8, &square, name, 3, &size, NULL));
        if (name >= CL_IMAGE_REQUIREMENTS_MAX_WIDTH_EXT) continue; // sizes may be left open
        BAD_IMAGE(CL_INVALID_IMAGE_DESCRIPTOR,
                  ask(context, NULL, 0, &rgba8, &no_type, name, sizeof size, &size, NULL));
        BAD_IMAGE(CL_INVALID_IMAGE_DESCRIPTOR,
                  ask(context, NULL, 0, &rgba8, &no_width, name, sizeof size, &size, NULL));
    }
    BAD_IMAGE(CL_INVALID_VALUE,
              ask(context, NULL, 0, &rgba8, &square, CL_IMAGE_FORMAT, sizeof size, &size, NULL));
    BAD_IMAGE(CL_INVALID_VALUE,
              ask(context, NULL, 0, NULL, &square, CL_IMAGE_REQUIREMENTS_SIZE_EXT, sizeof size, &size, NULL));
    BAD_IMAGE(CL_INVALID_VALUE,
              ask(context, NULL, 0, &rgba8, NULL, CL_IMAGE_REQUIREMENTS_SIZE_EXT, sizeof size, &size, NULL));
    BAD_IMAGE(CL_INVALID_IMAGE_DESCRIPTOR, ask(context, NULL, 0, &rgba8, &levels,
                                               CL_IMAGE_REQUIREMENTS_SIZE_EXT, sizeof size, &size, NULL));
}

// 5.3.3 Reading, Writing and Copying Image Objects, 5.3.4 Filling
void image_commands(void **state)
{
    (void)state;
    const cl_float4 color = {{0}};
    BAD_COMMAND(cl->clEnqueueReadImage(on, image, CL_TRUE, origin, region, 0, 0, host, WAIT, NULL));
    BAD_IMAGE_HANDLES(cl->clEnqueueReadImage(queue, bad, CL_TRUE, origin, region, 0, 0, host, 0, NULL, NULL));
    BAD_COMMAND(cl->clEnqueueWriteImage(on, image, CL_TRUE, origin, region, 0, 0, host, WAIT, NULL));
    BAD_IMAGE_HANDLES(
        cl->clEnqueueWriteImage(queue, bad, CL_TRUE, origin, region, 0, 0, host, 0, NULL, NULL));
    BAD_COMMAND(cl->clEnqueueFillImage(on, image, &color, origin, region, WAIT, NULL));
    BAD_IMAGE_HANDLES(cl->clEnqueueFillImage(queue, bad, &color, origin, region, 0, NULL, NULL));
    if (!has_images) return;
    BAD(CL_INVALID_CONTEXT,
        cl->clEnqueueReadImage(queue, other.image, CL_TRUE, origin, region, 0, 0, host, 0, NULL, NULL));
    BAD_REGIONS(cl->clEnqueueReadImage(queue, image, CL_TRUE, at, of, 0, 0, host, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clEnqueueReadImage(queue, image, CL_TRUE, NULL, region, 0, 0, host, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clEnqueueReadImage(queue, image, CL_TRUE, origin, NULL, 0, 0, host, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clEnqueueReadImage(queue, image, CL_TRUE, origin, region, 0, 0, NULL, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clEnqueueReadImage(queue, image, CL_TRUE, origin, region, 15, 0, host, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clEnqueueReadImage(queue, image, CL_TRUE, origin, region, 16, 64, host, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clEnqueueReadImage(queue, cube, CL_TRUE, origin, region, 16, 63, host, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clEnqueueReadImage(queue, image, CL_TRUE, origin, region, SIZE_MAX, 0, host, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clEnqueueReadImage(queue, lines, CL_TRUE, origin, region, 16, 15, host, 0, NULL, NULL));
    BAD(CL_INVALID_OPERATION,
        cl->clEnqueueReadImage(queue, image_hidden, CL_TRUE, origin, region, 0, 0, host, 0, NULL, NULL));
    BAD_REGIONS(cl->clEnqueueWriteImage(queue, image, CL_TRUE, at, of, 0, 0, host, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clEnqueueWriteImage(queue, image, CL_TRUE, origin, region, 0, 0, NULL, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clEnqueueWriteImage(queue, image, CL_TRUE, origin, region, 15, 0, host, 0, NULL, NULL));
    BAD(CL_INVALID_OPERATION,
        cl->clEnqueueWriteImage(queue, image_hidden, CL_TRUE, origin, region, 0, 0, host, 0, NULL, NULL));
    BAD_REGIONS(cl->clEnqueueFillImage(queue, image, &color, at, of, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE, cl->clEnqueueFillImage(queue, image, NULL, origin, region, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE, cl->clEnqueueFillImage(queue, image, &color, NULL, region, 0, NULL, NULL));
    BAD(CL_INVALID_CONTEXT,
        cl->clEnqueueFillImage(queue, other.image, &color, origin, region, 0, NULL, NULL));
}

// 5.3.3: between images, and between images and buffers
void image_copies(void **state)
{
    (void)state;
    static const size_t next[3] = {1, 0, 0}, small[3] = {3, 4, 1};
    BAD_COMMAND(cl->clEnqueueCopyImage(on, image, image_read, origin, origin, region, WAIT, NULL));
    BAD_IMAGE_HANDLES(cl->clEnqueueCopyImage(queue, bad, image, origin, origin, region, 0, NULL, NULL));
    BAD_IMAGE_HANDLES(cl->clEnqueueCopyImage(queue, image, bad, origin, origin, region, 0, NULL, NULL));
    BAD_COMMAND(cl->clEnqueueCopyImageToBuffer(on, image, buffer, origin, region, 0, WAIT, NULL));
    BAD_IMAGE_HANDLES(cl->clEnqueueCopyImageToBuffer(queue, bad, buffer, origin, region, 0, 0, NULL, NULL));
    BAD_COMMAND(cl->clEnqueueCopyBufferToImage(on, buffer, image, 0, origin, region, WAIT, NULL));
    BAD_IMAGE_HANDLES(cl->clEnqueueCopyBufferToImage(queue, buffer, bad, 0, origin, region, 0, NULL, NULL));
    if (!has_images) return;
    BAD(CL_IMAGE_FORMAT_MISMATCH,
        cl->clEnqueueCopyImage(queue, image, floats, origin, origin, region, 0, NULL, NULL));
    BAD(CL_INVALID_CONTEXT,
        cl->clEnqueueCopyImage(queue, image, other.image, origin, origin, region, 0, NULL, NULL));
    BAD(CL_MEM_COPY_OVERLAP, cl->clEnqueueCopyImage(queue, image, image, origin, next, small, 0, NULL, NULL));
    BAD_REGIONS(cl->clEnqueueCopyImage(queue, image, cube, at, origin, of, 0, NULL, NULL));
    BAD_REGIONS(cl->clEnqueueCopyImage(queue, cube, image, origin, at, of, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clEnqueueCopyImage(queue, image, image_read, origin, NULL, region, 0, NULL, NULL));
    BAD_HANDLES(cl_mem, CL_INVALID_MEM_OBJECT,
                cl->clEnqueueCopyImageToBuffer(queue, image, bad, origin, region, 0, 0, NULL, NULL));
    BAD_REGIONS(cl->clEnqueueCopyImageToBuffer(queue, image, buffer, at, of, 0, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE, cl->clEnqueueCopyImageToBuffer(queue, image, buffer, origin, region,
                                                         BUFFER_SIZE - 63, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clEnqueueCopyImageToBuffer(queue, image, buffer, origin, region, SIZE_MAX, 0, NULL, NULL));
    BAD(CL_INVALID_CONTEXT,
        cl->clEnqueueCopyImageToBuffer(queue, image, other.buffer, origin, region, 0, 0, NULL, NULL));
    BAD_HANDLES(cl_mem, CL_INVALID_MEM_OBJECT,
                cl->clEnqueueCopyBufferToImage(queue, bad, image, 0, origin, region, 0, NULL, NULL));
    BAD_REGIONS(cl->clEnqueueCopyBufferToImage(queue, buffer, image, 0, at, of, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE, cl->clEnqueueCopyBufferToImage(queue, buffer, image, BUFFER_SIZE - 63, origin,
                                                         region, 0, NULL, NULL));
}

// 5.3.6 Mapping Image Objects
void image_maps(void **state)
{
    (void)state;
    size_t pitch, slice;
    BAD_COMMAND(cl->clEnqueueMapImage(on, image, CL_TRUE, CL_MAP_READ, origin, region, &pitch, &slice, WAIT,
                                      NULL, error_out));
    BAD_IMAGE_HANDLES(cl->clEnqueueMapImage(queue, bad, CL_TRUE, CL_MAP_READ, origin, region, &pitch, &slice,
                                            0, NULL, NULL, error_out));
    if (!has_images) return;
    BAD_REGIONS(cl->clEnqueueMapImage(queue, image, CL_TRUE, CL_MAP_READ, at, of, &pitch, &slice, 0, NULL,
                                      NULL, error_out));
    BAD(CL_INVALID_VALUE, cl->clEnqueueMapImage(queue, image, CL_TRUE, 1 << 10, origin, region, &pitch,
                                                &slice, 0, NULL, NULL, error_out));
    BAD(CL_INVALID_VALUE, cl->clEnqueueMapImage(queue, image, CL_TRUE, CL_MAP_READ, origin, region, NULL,
                                                &slice, 0, NULL, NULL, error_out));
    BAD(CL_INVALID_VALUE, cl->clEnqueueMapImage(queue, cube, CL_TRUE, CL_MAP_READ, origin, region, &pitch,
                                                NULL, 0, NULL, NULL, error_out));
    BAD(CL_INVALID_OPERATION, cl->clEnqueueMapImage(queue, image_hidden, CL_TRUE, CL_MAP_READ, origin, region,
                                                    &pitch, &slice, 0, NULL, NULL, error_out));
    char *mapped = cl->clEnqueueMapImage(queue, image, CL_TRUE, CL_MAP_WRITE, origin, region, &pitch, &slice,
                                         0, NULL, NULL, error_out);
    BAD(CL_INVALID_OPERATION, cl->clEnqueueMapImage(queue, image, CL_TRUE, CL_MAP_WRITE, origin, region,
                                                    &pitch, &slice, 0, NULL, NULL, error_out));
    BAD(CL_INVALID_VALUE, cl->clEnqueueUnmapMemObject(queue, image, mapped + 4, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE, cl->clEnqueueUnmapMemObject(queue, image_read, mapped, 0, NULL, NULL));
    cl->clEnqueueUnmapMemObject(queue, image, mapped, 0, NULL, NULL);
    BAD(CL_INVALID_VALUE, cl->clEnqueueUnmapMemObject(queue, image, mapped, 0, NULL, NULL));
}

// Every command, at a place and of a size that are bad. `good` lie in level 1.
static void pyramid_commands(cl_mem mipmap, cl_int expected, const size_t at[4], const size_t of[3],
                             const size_t good[4])
{
    const cl_float4 color = {{0}};
    size_t pitch, slice;
    BAD(expected, cl->clEnqueueReadImage(queue, mipmap, CL_TRUE, at, of, 0, 0, host, 0, NULL, NULL));
    BAD(expected, cl->clEnqueueWriteImage(queue, mipmap, CL_TRUE, at, of, 0, 0, host, 0, NULL, NULL));
    BAD(expected, cl->clEnqueueFillImage(queue, mipmap, &color, at, of, 0, NULL, NULL));
    BAD(expected, cl->clEnqueueCopyImage(queue, mipmap, mipmap, at, good, of, 0, NULL, NULL));
    BAD(expected, cl->clEnqueueCopyImage(queue, mipmap, cube, at, origin, of, 0, NULL, NULL));
    BAD(expected, cl->clEnqueueCopyImage(queue, cube, mipmap, origin, at, of, 0, NULL, NULL));
    BAD(expected, cl->clEnqueueCopyImageToBuffer(queue, mipmap, buffer, at, of, 0, 0, NULL, NULL));
    BAD(expected, cl->clEnqueueCopyBufferToImage(queue, buffer, mipmap, 0, at, of, 0, NULL, NULL));
    BAD(expected, cl->clEnqueueMapImage(queue, mipmap, CL_TRUE, CL_MAP_READ, at, of, &pitch, &slice, 0, NULL,
                                        NULL, error_out));
}

static void pyramid_try(const struct pyramid *pyramid)
{
    const cl_image_desc whole = pyramid_description(pyramid, 3), more = pyramid_description(pyramid, 4),
                        most = pyramid_description(pyramid, CL_UINT_MAX);
    BAD(CL_INVALID_IMAGE_DESCRIPTOR, cl->clCreateImage(context, 0, &rgba8, &more, NULL, error_out));
    BAD(CL_INVALID_IMAGE_DESCRIPTOR, cl->clCreateImage(context, 0, &rgba8, &most, NULL, error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateImage(context, CL_MEM_COPY_HOST_PTR, &rgba8, &whole, host, error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateImage(context, CL_MEM_USE_HOST_PTR, &rgba8, &whole, host, error_out));
    BAD(CL_INVALID_HOST_PTR, cl->clCreateImage(context, 0, &rgba8, &whole, host, error_out));
    cl_mem mipmap = cl->clCreateImage(context, 0, &rgba8, &whole, NULL, NULL);
    const size_t one[3] = {1, 1, 1}, wide[3] = {3, 1, 1};
    size_t at[4] = {0}, good[4] = {0}, many[4] = {0};
    good[pyramid->coordinates] = at[pyramid->coordinates] = 1;
    pyramid_commands(mipmap, CL_INVALID_VALUE, at, wide, good); // level 1 has 2 texels
    at[0] = 2;
    pyramid_commands(mipmap, CL_INVALID_VALUE, at, one, good);
    at[0] = 0, at[pyramid->coordinates] = 3;
    many[pyramid->coordinates] = SIZE_MAX;
    pyramid_commands(mipmap, CL_INVALID_MIP_LEVEL, at, one, good);
    pyramid_commands(mipmap, CL_INVALID_MIP_LEVEL, many, one, good);
    BAD(CL_MEM_COPY_OVERLAP, cl->clEnqueueCopyImage(queue, mipmap, mipmap, good, good, one, 0, NULL, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clEnqueueReadImage(queue, mipmap, CL_TRUE, good, (size_t[]){0, 1, 1}, 0, 0, host, 0, NULL, NULL));
    cl->clReleaseMemObject(mipmap);
}

static void pyramids_elsewhere(void)
{
    enum { PLANE = CL_MEM_OBJECT_IMAGE2D, ROW = CL_MEM_OBJECT_IMAGE1D_BUFFER };
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, 0, NULL, .image_type = ROW, .image_width = 4,
                    .num_mip_levels = 2, .mem_object = buffer);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, 0, NULL, .image_type = PLANE, .image_width = 256,
                    .image_height = 2, .num_mip_levels = 2, .mem_object = buffer);
    BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, 0, NULL, .image_type = PLANE, .image_width = 4,
                    .image_height = 4, .num_mip_levels = 2, .mem_object = image);
}

void mipmaps(void **state)
{
    (void)state;
    if (!has_mipmaps) {
        BAD_DESCRIPTION(CL_INVALID_IMAGE_DESCRIPTOR, 0, NULL, .image_type = CL_MEM_OBJECT_IMAGE2D,
                        .image_width = 4, .image_height = 4, .num_mip_levels = 2);
        return;
    }
    for (size_t i = 0; i < sizeof pyramids / sizeof *pyramids; i++) pyramid_try(&pyramids[i]);
    pyramids_elsewhere();
}

// 5.4 Pipes
void pipes(void **state)
{
    (void)state;
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clCreatePipe(bad, 0, 4, 16, NULL, error_out));
    BAD_PIPE(CL_INVALID_VALUE, cl->clCreatePipe(context, CL_MEM_READ_ONLY, 4, 16, NULL, error_out));
    BAD_PIPE(CL_INVALID_PIPE_SIZE, cl->clCreatePipe(context, 0, 0, 16, NULL, error_out));
    BAD_PIPE(CL_INVALID_PIPE_SIZE, cl->clCreatePipe(context, 0, 4, 0, NULL, error_out));
    BAD_PIPE(CL_INVALID_VALUE,
             cl->clCreatePipe(context, 0, 4, 16, (cl_pipe_properties[]){0x7777, 1, 0}, error_out));
    BAD_HANDLES(cl_mem, CL_INVALID_MEM_OBJECT, cl->clGetPipeInfo(bad, CL_PIPE_PACKET_SIZE, 0, NULL, &size));
    BAD(CL_INVALID_MEM_OBJECT, cl->clGetPipeInfo(buffer, CL_PIPE_PACKET_SIZE, 0, NULL, &size));
}

// 5.6.1 SVM Sharing Granularity: allocating
void svm(void **state)
{
    (void)state;
    cl_svm_mem_flags atomics = CL_MEM_SVM_ATOMICS; // need a fine-grained buffer
    for (handle_first("cl_context"); handle_exists(); handle_next()) {
        NULL_RESULT(cl->clSVMAlloc(handle_bad(), CL_MEM_READ_WRITE, 64, 0));
        NO_RESULT(cl->clSVMFree(handle_bad(), NULL));
    }
    NULL_RESULT(cl->clSVMAlloc(context, CL_MEM_READ_WRITE, 0, 0));
    NULL_RESULT(cl->clSVMAlloc(context, CL_MEM_READ_WRITE, SIZE_MAX, 0));
    NULL_RESULT(cl->clSVMAlloc(context, CL_MEM_READ_WRITE, 64, 3));
    NULL_RESULT(cl->clSVMAlloc(context, CL_MEM_READ_WRITE, 64, 1U << 31));
    NULL_RESULT(cl->clSVMAlloc(context, CL_MEM_READ_ONLY | CL_MEM_WRITE_ONLY, 64, 0));
    NULL_RESULT(cl->clSVMAlloc(context, CL_MEM_USE_HOST_PTR, 64, 0));
    NULL_RESULT(cl->clSVMAlloc(context, CL_MEM_READ_WRITE | atomics, 64, 0));
    NULL_RESULT(cl->clSVMAlloc(context, 1 << 20, 64, 0));
    NO_RESULT(cl->clSVMFree(context, NULL));
}

#define BAD_SVM_COMMAND(call)                                                                                \
    do {                                                                                                     \
        if (has_svm)                                                                                         \
            BAD_COMMAND(call);                                                                               \
        else                                                                                                 \
            BAD_QUEUES(call);                                                                                \
    } while (0)

// 5.6.1 SVM Sharing Granularity: the commands
void svm_commands(void **state)
{
    (void)state;
    char *shared = cl->clSVMAlloc(context, CL_MEM_READ_WRITE, 256, 0);
    void *list[] = {shared};
    const void *parts[] = {shared};
    BAD_SVM_COMMAND(cl->clEnqueueSVMFree(on, 1, list, NULL, NULL, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMFree(on, 0, list, NULL, NULL, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMFree(on, 1, NULL, NULL, NULL, WAIT, NULL));
    BAD_SVM_COMMAND(cl->clEnqueueSVMMemcpy(on, CL_TRUE, host, shared, 16, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemcpy(on, CL_TRUE, NULL, shared, 16, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemcpy(on, CL_TRUE, host, NULL, 16, WAIT, NULL));
    BAD_SVM(CL_MEM_COPY_OVERLAP, cl->clEnqueueSVMMemcpy(on, CL_TRUE, shared, shared + 8, 16, WAIT, NULL));
    BAD_SVM_COMMAND(cl->clEnqueueSVMMemFill(on, shared, host, 4, 16, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemFill(on, NULL, host, 4, 16, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemFill(on, shared, NULL, 4, 16, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemFill(on, shared, host, 0, 16, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemFill(on, shared, host, 3, 15, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemFill(on, shared, host, 256, 256, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemFill(on, shared, host, 4, 18, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemFill(on, shared + 2, host, 4, 16, WAIT, NULL));
    BAD_SVM_COMMAND(cl->clEnqueueSVMMap(on, CL_TRUE, CL_MAP_READ, shared, 16, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMap(on, CL_TRUE, CL_MAP_READ, NULL, 16, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMap(on, CL_TRUE, CL_MAP_READ, shared, 0, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMap(on, CL_TRUE, 1 << 10, shared, 16, WAIT, NULL));
    BAD_SVM_COMMAND(cl->clEnqueueSVMUnmap(on, shared, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMUnmap(on, NULL, WAIT, NULL));
    BAD_SVM_COMMAND(cl->clEnqueueSVMMigrateMem(on, 1, parts, NULL, 0, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMigrateMem(on, 0, parts, NULL, 0, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMigrateMem(on, 1, NULL, NULL, 0, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMigrateMem(on, 1, parts, NULL, 1 << 10, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMigrateMem(on, 1, parts, &(size_t){4096}, 0, WAIT, NULL));
    cl->clSVMFree(context, shared);
}

#define BAD_SAMPLER(...)                                                                                     \
    BAD_IMAGE(CL_INVALID_VALUE, cl->clCreateSamplerWithProperties(                                           \
                                    context, (cl_sampler_properties[]){__VA_ARGS__, 0}, error_out))

// 5.7 Sampler Objects
void samplers(void **state)
{
    (void)state;
    const cl_sampler_properties unknown[] = {0x7777, 1, 0}, twice[] = {CL_SAMPLER_NORMALIZED_COORDS, 1,
                                                                       CL_SAMPLER_NORMALIZED_COORDS, 1, 0};
    enum { CLAMP = CL_ADDRESS_CLAMP, NEAREST = CL_FILTER_NEAREST };
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clCreateSampler(bad, CL_TRUE, CLAMP, NEAREST, error_out));
    BAD_IMAGE(CL_INVALID_VALUE, cl->clCreateSampler(context, 2, CLAMP, NEAREST, error_out));
    BAD_IMAGE(CL_INVALID_VALUE, cl->clCreateSampler(context, CL_TRUE, 0, NEAREST, error_out));
    BAD_IMAGE(CL_INVALID_VALUE, cl->clCreateSampler(context, CL_TRUE, CLAMP, 0, error_out));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clCreateSamplerWithProperties(bad, NULL, error_out));
    BAD_IMAGE(CL_INVALID_VALUE, cl->clCreateSamplerWithProperties(context, unknown, error_out));
    BAD_IMAGE(CL_INVALID_VALUE, cl->clCreateSamplerWithProperties(context, twice, error_out));
    BAD_SAMPLER(CL_SAMPLER_FILTER_MODE, CL_ADDRESS_CLAMP);
    BAD_SAMPLER(CL_SAMPLER_MIP_FILTER_MODE_KHR, 0);
    BAD_SAMPLER(CL_SAMPLER_LOD_MIN_KHR, 0x7fc00000); // no number
    BAD_SAMPLER(CL_SAMPLER_LOD_MAX_KHR, 0xffc00000);
    BAD_SAMPLER(CL_SAMPLER_LOD_MAX_KHR, 0xbf800000); // -1: less than the least
    BAD_SAMPLER(CL_SAMPLER_LOD_MIN_KHR, 0, CL_SAMPLER_LOD_MIN_KHR, 0);
    if (!has_mipmaps) BAD_SAMPLER(CL_SAMPLER_MIP_FILTER_MODE_KHR, CL_FILTER_LINEAR);
    BAD_HANDLES(cl_sampler, CL_INVALID_SAMPLER, cl->clRetainSampler(bad));
    BAD_HANDLES(cl_sampler, CL_INVALID_SAMPLER, cl->clReleaseSampler(bad));
    BAD_HANDLES(cl_sampler, CL_INVALID_SAMPLER,
                cl->clGetSamplerInfo(bad, CL_SAMPLER_CONTEXT, sizeof text, text, &size));
    if (!has_images) return;
    BAD(CL_INVALID_VALUE, cl->clGetSamplerInfo(sampler, 0, sizeof text, text, &size));
    BAD(CL_INVALID_VALUE, cl->clGetSamplerInfo(sampler, CL_SAMPLER_CONTEXT, 4, text, &size));
}
