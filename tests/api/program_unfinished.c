// Kernels of a program whose other kernels are still being made, with kilnc_halting.c as the compiler.
#define _GNU_SOURCE
#include "group.h"

#include "base/sanitizer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KERNELS = 16, ITEMS = 64 };

static char *source_of(void)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (int i = 0; i < KERNELS; i++)
        fprintf(out,
                "kernel void k%d(global uint *out, float f)\n{\n    float4 v = (float4)(f, 1, 2, 3);\n"
                "    for (int n = 0; n < 4; n++) v = sin(v) * %d.5f + cos(v.yzwx) + fmod(v, 7.0f);\n"
                "    out[get_global_id(0)] = get_global_id(0) * %du + (v.x < -1e9f);\n}\n",
                i, i, i + 1);
    fclose(out);
    return text;
}

static cl_program program_of(const char *options)
{
    char *source = source_of();
    cl_program program = session_program(&session, source, options);
    free(source);
    return program;
}

static cl_int kernel_try(cl_program program, int number, cl_kernel *kernel)
{
    char name[16];
    cl_int status;
    snprintf(name, sizeof name, "k%d", number);
    *kernel = clCreateKernel(program, name, &status);
    return status;
}

// Runs a kernel and gives it back.
static void kernel_expect(cl_kernel kernel, int number)
{
    const size_t items = ITEMS;
    cl_uint values[ITEMS];
    cl_int status;
    cl_mem out = clCreateBuffer(session.context, 0, sizeof values, NULL, &status);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof out, &out), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, sizeof(float), &(float){1.0F}), CL_SUCCESS);
    cl_command_queue queue = session_queue(&session);
    assert_int_equal(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL), CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(queue, out, CL_TRUE, 0, sizeof values, values, 0, NULL, NULL), 0);
    for (cl_uint i = 0; i < ITEMS; i++) assert_int_equal(values[i], i * ((cl_uint)number + 1));
    clReleaseCommandQueue(queue);
    clReleaseMemObject(out);
    clReleaseKernel(kernel);
}

static void first_expect(cl_program program)
{
    cl_kernel kernel;
    assert_int_equal(kernel_try(program, 0, &kernel), CL_SUCCESS);
    kernel_expect(kernel, 0);
}

static size_t binary_size(cl_program program)
{
    size_t size;
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof size, &size, NULL),
                     CL_SUCCESS);
    return size;
}

static cl_build_status build_status(cl_program program)
{
    cl_build_status status;
    assert_int_equal(
        clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_STATUS, sizeof status, &status, NULL),
        CL_SUCCESS);
    return status;
}

// The compiler never finishes here.
static void a_kernel_waits_for_its_own_code_only(void **state)
{
    (void)state;
    size_t count;
    cl_kernel kernel;
    cl_program_binary_type type;
    cl_program program = program_of("-DHALTS");
    first_expect(program);
    assert_int_equal(build_status(program), CL_BUILD_SUCCESS);
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_NUM_KERNELS, sizeof count, &count, NULL),
                     CL_SUCCESS);
    assert_int_equal(count, KERNELS);
    assert_int_equal(
        clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BINARY_TYPE, sizeof type, &type, NULL),
        CL_SUCCESS);
    assert_int_equal(type, CL_PROGRAM_BINARY_TYPE_EXECUTABLE);
    assert_int_equal(kernel_try(program, KERNELS, &kernel), CL_INVALID_KERNEL_NAME);
    clReleaseProgram(program);
}

// A kernel keeps its program, and that what is made of it.
static void a_program_may_go_before_its_code_is_made(void **state)
{
    (void)state;
    cl_kernel kernel;
    for (int i = 0; i < 4; i++) clReleaseProgram(program_of(i % 2 ? "" : "-DHALTS"));
    cl_program program = program_of("-DHALTS");
    assert_int_equal(kernel_try(program, 0, &kernel), CL_SUCCESS);
    clReleaseProgram(program);
    kernel_expect(kernel, 0);
}

static void a_program_is_built_again_meanwhile(void **state)
{
    (void)state;
    cl_kernel kernel;
    cl_program program = program_of("-DHALTS");
    first_expect(program);
    assert_int_equal(clBuildProgram(program, 1, &session.device, "", NULL, NULL), CL_SUCCESS);
    assert_int_equal(kernel_try(program, KERNELS - 1, &kernel), CL_SUCCESS);
    kernel_expect(kernel, KERNELS - 1);
    assert_true(binary_size(program) > 0);
    clReleaseProgram(program);
}

static void *kernels_wait(void *argument)
{
    cl_program program = argument;
    for (int i = 1; i < KERNELS; i++) {
        cl_kernel kernel;
        cl_int status = kernel_try(program, i, &kernel);
        if (status == CL_SUCCESS)
            clReleaseKernel(kernel);
        else if (status != CL_INVALID_PROGRAM_EXECUTABLE)
            return argument;
    }
    return NULL;
}

static void a_compiler_that_dies_fails_what_it_has_not_made(void **state)
{
    (void)state;
    static char log[1 << 16];
    pthread_t thread;
    void *wrong;
    cl_kernel kernel, other;
    cl_program program = program_of("-DDIES");
    assert_int_equal(pthread_create(&thread, NULL, kernels_wait, program), 0);
    assert_int_equal(kernel_try(program, 0, &kernel), CL_SUCCESS);
    pthread_join(thread, &wrong);
    assert_null(wrong);
    assert_int_equal(binary_size(program), 0);
    assert_int_equal(build_status(program), CL_BUILD_ERROR);
    assert_int_equal(
        clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL),
        CL_SUCCESS);
    assert_non_null(strstr(log, "the compiler process ended"));
    assert_int_equal(kernel_try(program, 1, &other), CL_INVALID_PROGRAM_EXECUTABLE);
    kernel_expect(kernel, 0); // it has its code
    clReleaseProgram(program);
}

// As where there was no memory for a part.
static void what_no_part_had_is_in_the_whole(void **state)
{
    (void)state;
    cl_program program = program_of("-DKEEPS");
    for (int i = KERNELS - 1; i >= 0; i -= 5) {
        cl_kernel kernel;
        assert_int_equal(kernel_try(program, i, &kernel), CL_SUCCESS);
        kernel_expect(kernel, i);
    }
    clReleaseProgram(program);
}

enum { THREADS = 4 };
struct worker {
    cl_program program;
    int start;
};

static void *kernels_use(void *argument)
{
    const struct worker *worker = argument;
    for (int i = 0; i < KERNELS; i++) {
        int number = (i * 5 + worker->start) % KERNELS;
        cl_kernel kernel;
        if (kernel_try(worker->program, number, &kernel)) return argument;
        kernel_expect(kernel, number);
    }
    return NULL;
}

static void threads_want_different_kernels(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    struct worker workers[THREADS];
    void *wrong;
    cl_program program = program_of("");
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){program, i * 7};
        assert_int_equal(pthread_create(&threads[i], NULL, kernels_use, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    assert_true(binary_size(program) > 0);
    clReleaseProgram(program);
}

// What its parent waits for does not come to a fork: it is told so.
static void a_fork_does_not_wait(void **state)
{
    (void)state;
    int status;
    cl_kernel kernel;
    if (SANITIZER_SHADOWS_MEMORY) skip(); // they do not support it
    cl_program program = program_of("-DHALTS");
    first_expect(program);
    pid_t child = fork();
    if (child == 0) {
        alarm(60);
        cl_int error = kernel_try(program, KERNELS - 1, &kernel);
        _exit(error == CL_SUCCESS || binary_size(program) != 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    first_expect(program); // the parent's is as it was
    clReleaseProgram(program);
}

// The process ends with it.
static void a_program_is_left_unfinished(void **state)
{
    (void)state;
    first_expect(program_of("-DHALTS"));
    program_of("");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kernel_waits_for_its_own_code_only),
        cmocka_unit_test(a_program_may_go_before_its_code_is_made),
        cmocka_unit_test(a_program_is_built_again_meanwhile),
        cmocka_unit_test(a_compiler_that_dies_fails_what_it_has_not_made),
        cmocka_unit_test(what_no_part_had_is_in_the_whole),
        cmocka_unit_test(threads_want_different_kernels),
        cmocka_unit_test(a_fork_does_not_wait),
        cmocka_unit_test(a_program_is_left_unfinished),
    };
    return cmocka_run_group_tests(tests, session_group_open, NULL);
}
