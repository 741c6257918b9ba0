// What SPIR-V modules ask of images of every type, in every format that the device has: size, channels' order
// and type; and texels fetched, of the image itself and of one that was joined with a sampler before.
//
// usage: test_spirv_queries path/to/spirv-as
#define _GNU_SOURCE // environ
#include "assemble.h"
#include "group.h"

#include <string.h>

enum { WIDTH = 12, HEIGHT = 10, DEPTH = 6, LAYERS = 5, FIRST_ORDER = CL_R, FIRST_TYPE = CL_SNORM_INT8 };

static const struct type {
    cl_mem_object_type type;
    const char *dimension, *capability;
    unsigned place; // how many coordinates a texel has in SPIR-V
    unsigned sizes[3], count;
    bool depth;
} types[] = {
    {CL_MEM_OBJECT_IMAGE1D, "1D 0 0 0 0", "Sampled1D", 1, {WIDTH}, 1, false},
    {CL_MEM_OBJECT_IMAGE1D_ARRAY, "1D 0 1 0 0", "Sampled1D", 2, {WIDTH, LAYERS}, 2, false},
    {CL_MEM_OBJECT_IMAGE1D_BUFFER, "Buffer 0 0 0 0", "SampledBuffer", 1, {WIDTH}, 1, false},
    {CL_MEM_OBJECT_IMAGE2D, "2D 0 0 0 0", "Kernel", 2, {WIDTH, HEIGHT}, 2, false},
    {CL_MEM_OBJECT_IMAGE2D_ARRAY, "2D 0 1 0 0", "Kernel", 3, {WIDTH, HEIGHT, LAYERS}, 3, false},
    {CL_MEM_OBJECT_IMAGE2D, "2D 1 0 0 0", "Kernel", 2, {WIDTH, HEIGHT}, 2, true},
    {CL_MEM_OBJECT_IMAGE2D_ARRAY, "2D 1 1 0 0", "Kernel", 3, {WIDTH, HEIGHT, LAYERS}, 3, true},
    {CL_MEM_OBJECT_IMAGE3D, "3D 0 0 0 0", "Kernel", 3, {WIDTH, HEIGHT, DEPTH}, 3, false},
};
enum { TYPES = sizeof types / sizeof *types };

static const char *assembler;
static const struct type *current;

// ---- The module -----------------------------------------------------------------------------------------

static const char constants[] =
    "%void = OpTypeVoid\n%uint = OpTypeInt 32 0\n%v2uint = OpTypeVector %uint 2\n%v3uint = OpTypeVector "
    "%uint 3\n"
    "%v4uint = OpTypeVector %uint 4\n%float = OpTypeFloat 32\n%v4float = OpTypeVector %float 4\n"
    "%sampler = OpTypeSampler\n%words = OpTypePointer CrossWorkgroup %uint\n"
    "%texels = OpTypePointer CrossWorkgroup %v4float\n%nearest = OpConstantSampler %sampler ClampToEdge 0 "
    "Nearest\n"
    "%n0 = OpConstant %uint 0\n%n1 = OpConstant %uint 1\n%n2 = OpConstant %uint 2\n%n3 = OpConstant %uint 3\n"
    "%n4 = OpConstant %uint 4\n";

static void store_write(FILE *out, unsigned place, const char *value)
{
    fprintf(out, "%%p_%s = OpPtrAccessChain %%words %%out %%n%u\nOpStore %%p_%s %%%s Aligned 4\n", value,
            place, value, value);
}

// The last texel of each dimension is fetched; four coordinates of an image that has three.
static void place_write(FILE *out)
{
    for (unsigned i = 0; i < current->place; i++)
        fprintf(out, "%%last%u = OpISub %%uint %%size%u %%n1\n", i, i);
    if (current->place == 1) {
        fputs("%place = OpCopyObject %uint %last0\n", out);
    } else {
        unsigned count = current->place == 3 ? 4 : 2;
        fprintf(out, "%%place = OpCompositeConstruct %%v%uuint", count);
        for (unsigned i = 0; i < count; i++) fprintf(out, i < current->place ? " %%last%u" : " %%n0", i);
        fputc('\n', out);
    }
}

static void module_write(FILE *out)
{
    fprintf(
        out,
        "OpCapability Addresses\nOpCapability Kernel\nOpCapability ImageBasic\nOpCapability LiteralSampler\n"
        "OpCapability %s\nOpMemoryModel Physical64 OpenCL\nOpEntryPoint Kernel %%kernel \"ask\"\n%s"
        "%%image = OpTypeImage %%void %s Unknown ReadOnly\n%%joined = OpTypeSampledImage %%image\n"
        "%%type = OpTypeFunction %%void %%image %%words %%texels\n%%kernel = OpFunction %%void None %%type\n"
        "%%of = OpFunctionParameter %%image\n%%out = OpFunctionParameter %%words\n"
        "%%fetched = OpFunctionParameter %%texels\n%%begin = OpLabel\n%%form = OpImageQueryFormat %%uint "
        "%%of\n"
        "%%order = OpImageQueryOrder %%uint %%of\n",
        current->capability, constants, current->dimension);
    if (current->count == 1)
        fputs("%size0 = OpImageQuerySize %uint %of\n", out);
    else
        fprintf(out, "%%size = OpImageQuerySize %%v%uuint %%of\n", current->count);
    for (unsigned i = 0; current->count > 1 && i < current->count; i++)
        fprintf(out, "%%size%u = OpCompositeExtract %%uint %%size %u\n", i, i);
    store_write(out, 0, "form"), store_write(out, 1, "order");
    for (unsigned i = 0; i < current->count; i++) {
        char name[8];
        snprintf(name, sizeof name, "size%u", i);
        store_write(out, 2 + i, name);
    }
    place_write(out);
    fputs("%texel = OpImageFetch %v4float %of %place\nOpStore %fetched %texel Aligned 16\n"
          "%both = OpSampledImage %joined %of %nearest\n%again = OpImage %image %both\n"
          "%other = OpImageFetch %v4float %again %place\n%second = OpPtrAccessChain %texels %fetched %n1\n"
          "OpStore %second %other Aligned 16\nOpReturn\nOpFunctionEnd\n",
          out);
}

static cl_kernel kernel_make(void)
{
    struct file module = assemble(assembler, module_write);
    cl_int error;
    assert_non_null(module.words);
    cl_program program = clCreateProgramWithIL(session.context, module.words, module.size, &error);
    assert_int_equal(error, CL_SUCCESS);
    free(module.words);
    if (clBuildProgram(program, 1, &session.device, "", NULL, NULL)) {
        char log[4096] = "";
        clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
        fail_msg("%s: %s", current->dimension, log);
    }
    cl_kernel kernel = clCreateKernel(program, "ask", &error);
    assert_int_equal(error, CL_SUCCESS);
    clReleaseProgram(program);
    return kernel;
}

// ---- The tests ------------------------------------------------------------------------------------------

static cl_mem buffer_of(size_t size)
{
    cl_int error;
    cl_mem buffer = clCreateBuffer(session.context, 0, size, NULL, &error);
    assert_int_equal(error, CL_SUCCESS);
    return buffer;
}

static cl_mem image_of(const cl_image_format *format, cl_mem texels)
{
    const cl_image_desc description = {.image_type = current->type,
                                       .image_width = WIDTH,
                                       .image_height = HEIGHT,
                                       .image_depth = DEPTH,
                                       .image_array_size = LAYERS,
                                       .buffer = texels};
    cl_int error;
    cl_mem image = clCreateImage(session.context, CL_MEM_READ_ONLY, format, &description, NULL, &error);
    assert_int_equal(error, CL_SUCCESS);
    return image;
}

static void texel_fill(cl_mem image, const cl_float color[4])
{
    size_t origin[3] = {0}, region[3] = {1, 1, 1};
    for (unsigned i = 0; i < current->count; i++) origin[i] = current->sizes[i] - 1;
    assert_int_equal(clEnqueueFillImage(session.queue, image, color, origin, region, 0, NULL, NULL),
                     CL_SUCCESS);
}

static void format_ask(cl_kernel kernel, const cl_image_format *format)
{
    const size_t one = 1;
    const bool exact = format->image_channel_data_type == CL_FLOAT &&
                       (format->image_channel_order == CL_RGBA || current->depth);
    const cl_float color[4] = {0.25f, 2, 3, 4};
    cl_uint asked[5];
    cl_float fetched[2][4];
    bool buffered = current->type == CL_MEM_OBJECT_IMAGE1D_BUFFER;
    cl_mem texels = buffered ? buffer_of((size_t)WIDTH * 16) : NULL, image = image_of(format, texels);
    cl_mem words = buffer_of(sizeof asked), found = buffer_of(sizeof fetched);
    if (exact) texel_fill(image, color);
    clSetKernelArg(kernel, 0, sizeof image, &image);
    clSetKernelArg(kernel, 1, sizeof words, &words);
    assert_int_equal(clSetKernelArg(kernel, 2, sizeof found, &found), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    clEnqueueReadBuffer(session.queue, words, CL_TRUE, 0, sizeof asked, asked, 0, NULL, NULL);
    assert_int_equal(
        clEnqueueReadBuffer(session.queue, found, CL_TRUE, 0, sizeof fetched, fetched, 0, NULL, NULL),
        CL_SUCCESS);
    assert_int_equal(asked[0], format->image_channel_data_type - FIRST_TYPE);
    assert_int_equal(asked[1], format->image_channel_order - FIRST_ORDER);
    for (unsigned i = 0; i < current->count; i++) assert_int_equal(asked[2 + i], current->sizes[i]);
    size_t components = current->depth ? 1 : 4;
    if (exact)
        for (unsigned i = 0; i < 2; i++) assert_memory_equal(fetched[i], color, components * sizeof *color);
    clReleaseMemObject(image);
    if (texels) clReleaseMemObject(texels);
    clReleaseMemObject(words);
    clReleaseMemObject(found);
}

static void images_are_asked(void **state)
{
    (void)state;
    for (current = types; current < types + TYPES; current++) {
        cl_kernel kernel = kernel_make();
        cl_image_format formats[128];
        cl_uint count, asked = 0;
        assert_int_equal(clGetSupportedImageFormats(session.context, CL_MEM_READ_ONLY, current->type, 128,
                                                    formats, &count),
                         CL_SUCCESS);
        assert_in_range(count, 1, 128);
        for (cl_uint i = 0; i < count; i++) {
            if ((formats[i].image_channel_order == CL_DEPTH) != current->depth) continue;
            format_ask(kernel, &formats[i]);
            asked++;
        }
        assert_true(asked > 0);
        clReleaseKernel(kernel);
    }
}

int main(int count, char **arguments)
{
    if (count != 2) return 2;
    assembler = arguments[1];
    const struct CMUnitTest tests[] = {cmocka_unit_test(images_are_asked)};
    return cmocka_run_group_tests(tests, session_group_open, session_group_close);
}
