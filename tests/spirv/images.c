// Kernels on images and samplers, built from their text and from a module made of it: they must compute the
// same.
//
// usage: test_spirv_images images.cl images.spv
#include "file.h"
#include "group.h"

#include <stdlib.h>

enum { WIDTH = 16, HEIGHT = 8, TEXELS = WIDTH * HEIGHT };

struct results {
    float copied[TEXELS][4], sampled[TEXELS][2][4];
    cl_int sizes[2];
};

static const char *paths[2];
static float texels[TEXELS][4];

static cl_program program_of(int which)
{
    struct file file = file_read(paths[which]);
    const char *text = (const char *)file.words;
    cl_int error;
    cl_program program = which ? clCreateProgramWithIL(session.context, file.words, file.size, &error)
                               : clCreateProgramWithSource(session.context, 1, &text, &file.size, &error);
    assert_int_equal(error, CL_SUCCESS);
    free(file.words);
    if (clBuildProgram(program, 1, &session.device, which ? "" : "-cl-std=CL3.0", NULL, NULL)) {
        char log[4096] = "";
        clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
        fail_msg("%s", log);
    }
    return program;
}

static cl_mem image_of(cl_mem_flags flags, void *data)
{
    const cl_image_format format = {CL_RGBA, CL_FLOAT};
    const cl_image_desc description = {
        .image_type = CL_MEM_OBJECT_IMAGE2D, .image_width = WIDTH, .image_height = HEIGHT};
    cl_int error;
    cl_mem image = clCreateImage(session.context, flags, &format, &description, data, &error);
    assert_int_equal(error, CL_SUCCESS);
    return image;
}

static void run(cl_program program, const char *name, cl_mem image, size_t size, const void *second,
                cl_mem third)
{
    const size_t items[] = {WIDTH, HEIGHT};
    cl_int error;
    cl_kernel kernel = clCreateKernel(program, name, &error);
    assert_int_equal(error, CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof image, &image), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, size, second), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 2, sizeof third, &third), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 2, NULL, items, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    clReleaseKernel(kernel);
}

static void run_all(int which, struct results *results)
{
    const size_t origin[3] = {0}, region[] = {WIDTH, HEIGHT, 1};
    const cl_sampler_properties linear[] = {CL_SAMPLER_NORMALIZED_COORDS,
                                            CL_FALSE,
                                            CL_SAMPLER_ADDRESSING_MODE,
                                            CL_ADDRESS_CLAMP_TO_EDGE,
                                            CL_SAMPLER_FILTER_MODE,
                                            CL_FILTER_LINEAR,
                                            0};
    cl_int error;
    cl_program program = program_of(which);
    cl_mem from = image_of(CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR, texels),
           to = image_of(CL_MEM_WRITE_ONLY, NULL);
    cl_mem sizes = clCreateBuffer(session.context, 0, sizeof results->sizes, NULL, NULL);
    cl_mem out = clCreateBuffer(session.context, 0, sizeof results->sampled, NULL, NULL);
    cl_sampler sampler = clCreateSamplerWithProperties(session.context, linear, &error);
    assert_int_equal(error, CL_SUCCESS);
    run(program, "copy", from, sizeof(cl_mem), &to, sizes);
    run(program, "sample", from, sizeof sampler, &sampler, out);
    cl_command_queue queue = session.queue;
    clEnqueueReadImage(queue, to, CL_TRUE, origin, region, 0, 0, results->copied, 0, NULL, NULL);
    clEnqueueReadBuffer(queue, sizes, CL_TRUE, 0, sizeof results->sizes, results->sizes, 0, NULL, NULL);
    clEnqueueReadBuffer(queue, out, CL_TRUE, 0, sizeof results->sampled, results->sampled, 0, NULL, NULL);
    clReleaseSampler(sampler);
    clReleaseMemObject(from);
    clReleaseMemObject(to);
    clReleaseMemObject(sizes);
    clReleaseMemObject(out);
    clReleaseProgram(program);
}

static void kernels_compute_the_same(void **state)
{
    (void)state;
    static struct results text, module;
    for (int i = 0; i < TEXELS; i++)
        for (int k = 0; k < 4; k++) texels[i][k] = (float)(i * 7 % 31) + (float)k / 4;
    run_all(0, &text);
    run_all(1, &module);
    assert_int_equal(module.sizes[0], WIDTH);
    assert_int_equal(module.sizes[1], HEIGHT);
    for (int i = 0; i < TEXELS; i++) {
        for (int k = 0; k < 4; k++) {
            assert_true(module.copied[i][k] == 2 * texels[i][k]);
            assert_true(module.sampled[i][0][k] == texels[i][k]);
        }
    }
    assert_memory_equal(text.copied, module.copied, sizeof text.copied);
    assert_memory_equal(text.sampled, module.sampled, sizeof text.sampled);
}

int main(int count, char **arguments)
{
    if (count != 3) return 2;
    paths[0] = arguments[1];
    paths[1] = arguments[2];
    const struct CMUnitTest tests[] = {cmocka_unit_test(kernels_compute_the_same)};
    return cmocka_run_group_tests(tests, session_group_open, session_group_close);
}
