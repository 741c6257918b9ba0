// Every kernel of kernels.cl, built from its text and from SPIR-V modules made of it: they must compute the
// same.
//
// usage: test_spirv_kernels kernels.cl MODULE…
#include "file.h"
#include "group.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ITEMS = 256, GROUP = 64, WORDS = 16 };

static const char *source_path;
static const char *const *module_paths;
static int module_count;
static cl_mem floats, numbers, results;

// ---- Programs -----------------------------------------------------------------------------------------

static void build(cl_program program, const char *options)
{
    if (!clBuildProgram(program, 1, &session.device, options, NULL, NULL)) return;
    char log[4096] = "";
    clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
    fail_msg("%s", log);
}

static cl_program program_of_text(void)
{
    struct file text = file_read(source_path);
    const char *source = (const char *)text.words;
    cl_int error;
    cl_program program = clCreateProgramWithSource(session.context, 1, &source, &text.size, &error);
    assert_int_equal(error, CL_SUCCESS);
    build(program, "-cl-std=CL3.0");
    free(text.words);
    return program;
}

static cl_program program_of_module(const char *path)
{
    struct file module = file_read(path);
    cl_int error;
    cl_program program = clCreateProgramWithIL(session.context, module.words, module.size, &error);
    assert_int_equal(error, CL_SUCCESS);
    build(program, "");
    free(module.words);
    return program;
}

// ---- Running ------------------------------------------------------------------------------------------

static cl_mem buffer_of(size_t size, const void *data)
{
    cl_int error;
    cl_mem buffer =
        clCreateBuffer(session.context, data ? CL_MEM_COPY_HOST_PTR : 0, size, (void *)data, &error);
    assert_int_equal(error, CL_SUCCESS);
    return buffer;
}

static void data_make(void)
{
    static const float samples[] = {0.5f,  -0.25f, 1.0f, 3.75f, -7.5f, 1e-3f,
                                    42.0f, -1.0f,  8.5f, 2.5f,  1e6f,  17.25f};
    float f[ITEMS * 8];
    int n[ITEMS * 8];
    uint32_t state = 1;
    for (int i = 0; i < ITEMS * 8; i++) {
        state = state * 1664525 + 1013904223;
        f[i] = samples[(state >> 20) % (sizeof samples / sizeof *samples)] + (float)(i % 7);
        n[i] = i % 3 ? (int)(state >> 24) - 100 : (int)state;
    }
    floats = buffer_of(sizeof f, f);
    numbers = buffer_of(sizeof n, n);
    results = buffer_of(sizeof(uint32_t) * WORDS * ITEMS, NULL);
}

static void run(cl_program program, const char *name, uint32_t out[ITEMS * WORDS])
{
    const size_t global = ITEMS, group = GROUP, size = sizeof(uint32_t) * ITEMS * WORDS;
    const uint32_t nothing = 0xdeadbeef;
    cl_int error;
    cl_kernel kernel = clCreateKernel(program, name, &error);
    assert_int_equal(error, CL_SUCCESS);
    const cl_mem arguments[] = {floats, numbers, results};
    for (cl_uint i = 0; i < 3; i++)
        assert_int_equal(clSetKernelArg(kernel, i, sizeof(cl_mem), &arguments[i]), CL_SUCCESS);
    cl_command_queue queue = session.queue;
    assert_int_equal(clEnqueueFillBuffer(queue, results, &nothing, sizeof nothing, 0, size, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, &group, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(queue, results, CL_TRUE, 0, size, out, 0, NULL, NULL), CL_SUCCESS);
    clReleaseKernel(kernel);
}

static bool is_nan(uint32_t bits) { return (bits & 0x7fffffff) > 0x7f800000; }

static int compare(const char *module, const char *name, const uint32_t *wanted, const uint32_t *got)
{
    int wrong = 0;
    for (int i = 0; i < ITEMS * WORDS; i++) {
        if (wanted[i] == got[i] || (is_nan(wanted[i]) && is_nan(got[i]))) continue;
        if (wrong++ < 3)
            print_error("%s: %s: word %d of item %d: %08x, not %08x\n", module, name, i % WORDS, i / WORDS,
                        got[i], wanted[i]);
    }
    return wrong;
}

// ---- The tests ----------------------------------------------------------------------------------------

static void kernels_compute_the_same(void **state)
{
    (void)state;
    static uint32_t wanted[ITEMS * WORDS], got[ITEMS * WORDS];
    cl_program text = program_of_text();
    char names[1024];
    int wrong = 0;
    assert_int_equal(clGetProgramInfo(text, CL_PROGRAM_KERNEL_NAMES, sizeof names, names, NULL), CL_SUCCESS);
    for (int i = 0; i < module_count; i++) {
        cl_program module = program_of_module(module_paths[i]);
        char left[sizeof names], *rest;
        memcpy(left, names, sizeof left);
        for (char *name = strtok_r(left, ";", &rest); name; name = strtok_r(NULL, ";", &rest)) {
            run(text, name, wanted);
            run(module, name, got);
            wrong += compare(module_paths[i], name, wanted, got);
        }
        clReleaseProgram(module);
    }
    clReleaseProgram(text);
    assert_int_equal(wrong, 0);
}

static int open(void **state)
{
    int error = session_group_open(state);
    if (!error) data_make();
    return error;
}

static int close(void **state)
{
    clReleaseMemObject(floats);
    clReleaseMemObject(numbers);
    clReleaseMemObject(results);
    return session_group_close(state);
}

int main(int count, char **arguments)
{
    if (count < 3) return 2;
    source_path = arguments[1];
    module_paths = (const char *const *)arguments + 2;
    module_count = count - 2;
    const struct CMUnitTest tests[] = {cmocka_unit_test(kernels_compute_the_same)};
    return cmocka_run_group_tests(tests, open, close);
}
