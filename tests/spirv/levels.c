// Levels of mipmaps in SPIR-V modules: read by number, by gradients and without a sampler, asked for, and
// written.
//
// usage: test_spirv_levels MODULE…, in the order of `types`
#include "file.h"
#include "group.h"

#include <CL/cl_ext.h>

enum { SIZE = 8, LEVELS = 3 };

static const struct type {
    cl_mem_object_type type;
    cl_channel_order order;
    bool last_shrinks; // what it is asked for last: a layer does not
} types[] = {
    {CL_MEM_OBJECT_IMAGE1D, CL_RGBA, true},        {CL_MEM_OBJECT_IMAGE1D_ARRAY, CL_RGBA, false},
    {CL_MEM_OBJECT_IMAGE2D, CL_RGBA, true},        {CL_MEM_OBJECT_IMAGE2D, CL_DEPTH, true},
    {CL_MEM_OBJECT_IMAGE2D_ARRAY, CL_RGBA, false}, {CL_MEM_OBJECT_IMAGE3D, CL_RGBA, true},
};
enum { TYPES = sizeof types / sizeof *types };

static char **modules;

static cl_kernel kernel_of(const char *path)
{
    struct file file = file_read(path);
    cl_int error;
    cl_program program = clCreateProgramWithIL(session.context, file.words, file.size, &error);
    assert_int_equal(error, CL_SUCCESS);
    if (clBuildProgram(program, 1, &session.device, "", NULL, NULL)) {
        char log[4096] = "";
        clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
        fail_msg("%s: %s", path, log);
    }
    cl_kernel kernel = clCreateKernel(program, "levels", &error);
    assert_int_equal(error, CL_SUCCESS);
    free(file.words);
    assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
    return kernel;
}

static cl_mem mipmap_of(const struct type *type)
{
    const cl_image_format format = {type->order, CL_FLOAT};
    const cl_image_desc description = {.image_type = type->type,
                                       .image_width = SIZE,
                                       .image_height = SIZE,
                                       .image_depth = SIZE,
                                       .image_array_size = SIZE,
                                       .num_mip_levels = LEVELS};
    cl_int error;
    cl_mem image = clCreateImage(session.context, 0, &format, &description, NULL, &error);
    assert_int_equal(error, CL_SUCCESS);
    return image;
}

// The first texel of a level, and all of it.
static void level_place(const struct type *type, size_t level, size_t origin[4], size_t region[3])
{
    bool array = type->type == CL_MEM_OBJECT_IMAGE1D_ARRAY || type->type == CL_MEM_OBJECT_IMAGE2D_ARRAY;
    bool flat = type->type == CL_MEM_OBJECT_IMAGE1D || type->type == CL_MEM_OBJECT_IMAGE1D_ARRAY;
    unsigned dimensions = flat ? 1 : type->type == CL_MEM_OBJECT_IMAGE3D ? 3 : 2;
    for (unsigned i = 0; i < 3; i++)
        region[i] = i < dimensions ? SIZE >> level : i == dimensions && array ? SIZE : 1;
    for (unsigned i = 0; i < 4; i++) origin[i] = i == dimensions + array ? level : 0;
}

static void level_run(cl_kernel kernel, const struct type *type, cl_uint level)
{
    cl_int error;
    cl_uint numbers[3];
    cl_float texels[3][4], written[4] = {0}, length = (float)(1u << level) / SIZE;
    const cl_float4 color = {{((float)level + 1) / 8, 5, 6, 7}};
    size_t origin[4], region[3];
    const size_t one[] = {1, 1, 1};
    cl_mem from = mipmap_of(type), to = mipmap_of(type);
    cl_mem found = clCreateBuffer(session.context, 0, sizeof texels, NULL, &error);
    cl_mem asked = clCreateBuffer(session.context, 0, sizeof numbers, NULL, &error);
    const cl_sampler_properties list[] = {CL_SAMPLER_ADDRESSING_MODE, CL_ADDRESS_CLAMP_TO_EDGE,
                                          CL_SAMPLER_MIP_FILTER_MODE_KHR, CL_FILTER_NEAREST, 0};
    cl_sampler sampler = clCreateSamplerWithProperties(session.context, list, &error);
    assert_int_equal(error, CL_SUCCESS);
    for (unsigned i = 0; i < LEVELS; i++) {
        const cl_float4 other = {{-1, -1, -1, -1}};
        level_place(type, i, origin, region);
        assert_int_equal(clEnqueueFillImage(session.queue, from, i == level ? &color : &other, origin, region,
                                            0, NULL, NULL),
                         CL_SUCCESS);
    }
    clSetKernelArg(kernel, 0, sizeof from, &from);
    clSetKernelArg(kernel, 1, sizeof to, &to);
    clSetKernelArg(kernel, 2, sizeof sampler, &sampler);
    clSetKernelArg(kernel, 3, sizeof found, &found);
    clSetKernelArg(kernel, 4, sizeof asked, &asked);
    clSetKernelArg(kernel, 5, sizeof level, &level);
    assert_int_equal(clSetKernelArg(kernel, 6, sizeof length, &length), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, one, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    level_place(type, level, origin, region);
    clEnqueueReadBuffer(session.queue, asked, CL_TRUE, 0, sizeof numbers, numbers, 0, NULL, NULL);
    clEnqueueReadBuffer(session.queue, found, CL_TRUE, 0, sizeof texels, texels, 0, NULL, NULL);
    assert_int_equal(
        clEnqueueReadImage(session.queue, to, CL_TRUE, origin, one, 0, 0, written, 0, NULL, NULL),
        CL_SUCCESS);
    const unsigned components = type->order == CL_DEPTH ? 1 : 4;
    for (unsigned i = 0; i < 3; i++) assert_memory_equal(texels[i], color.s, components * sizeof(cl_float));
    for (unsigned c = 0; c < components; c++) assert_true(written[c] == 2 * color.s[c]);
    assert_int_equal(numbers[0], LEVELS);
    assert_int_equal(numbers[1], SIZE >> level);
    assert_int_equal(numbers[2], type->last_shrinks ? SIZE >> level : SIZE);
    clReleaseSampler(sampler);
    clReleaseMemObject(from);
    clReleaseMemObject(to);
    clReleaseMemObject(found);
    clReleaseMemObject(asked);
}

static void levels_are_read_and_written(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        cl_kernel kernel = kernel_of(modules[i]);
        for (cl_uint level = 0; level < LEVELS; level++) level_run(kernel, &types[i], level);
        clReleaseKernel(kernel);
    }
}

int main(int count, char **arguments)
{
    if (count != 1 + TYPES) return 2;
    modules = arguments + 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(levels_are_read_and_written)};
    return cmocka_run_group_tests(tests, session_group_open, session_group_close);
}
