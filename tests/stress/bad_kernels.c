// Sources and kernels that go wrong: the right error each time, the process alive, and the next queue works.
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// After every fault: a new queue of the same context computes correctly.
static void works_again(const struct session *session)
{
    cl_int status, value = 41;
    const size_t global = 1;
    cl_command_queue queue = session_queue(session);
    cl_kernel kernel = session_kernel(session, "kernel void next(global int *a) { a[0]++; }", "next", "");
    cl_mem buffer = clCreateBuffer(session->context, CL_MEM_COPY_HOST_PTR, sizeof value, &value, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof buffer, &buffer), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, sizeof value, &value, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(value, 42);
    clReleaseMemObject(buffer);
    clReleaseKernel(kernel);
    clReleaseCommandQueue(queue);
}

// Runs one item of a kernel that must fault; checks its event, the callback, and what the callback's text
// names.
static void faults(const char *source, const char *const expected[])
{
    struct session session;
    cl_event event;
    const size_t global = 1;
    session_open(&session);
    cl_kernel kernel = session_kernel(&session, source, "culprit", "");
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &global, NULL, 0, NULL, &event),
                     CL_SUCCESS);
    assert_int_not_equal(clWaitForEvents(1, &event), CL_SUCCESS);
    assert_true(session_status(event) < 0);
    while (!__atomic_load_n(&session.fault_count, __ATOMIC_ACQUIRE)) usleep(1000);
    assert_int_equal(session.fault_count, 1);
    for (; *expected; expected++)
        if (!strstr(session.fault_text, *expected))
            fail_msg("'%s' is not in: %s", *expected, session.fault_text);
    assert_int_not_equal(clFinish(session.queue), CL_SUCCESS);
    works_again(&session);
    clReleaseEvent(event);
    clReleaseKernel(kernel);
    session_close(&session);
}

static void store_out_of_bounds(void **state)
{
    (void)state;
    faults("kernel void culprit(void) { *(volatile global int *)0x123456780 = 1; }",
           (const char *const[]){"culprit", "global_store_dword", "0x123456780", NULL});
}

static void load_out_of_bounds(void **state)
{
    (void)state;
    faults("kernel void culprit(void) { (void)*(volatile global int *)0x123456780; }",
           (const char *const[]){"culprit", "global_load_dword", "0x123456780", NULL});
}

static void unimplemented_instruction(void **state)
{
    (void)state;
    faults("kernel void culprit(void) { __asm volatile(\"exp mrt0 v0, v0, v0, v0 done vm\"); }",
           (const char *const[]){"culprit", "exp mrt0", NULL});
}

static void undefined_instruction(void **state)
{
    (void)state;
    faults("kernel void culprit(void) { __asm volatile(\".long 0xbfff0000\"); }",
           (const char *const[]){"culprit", "0xbfff0000", NULL});
}

static void trap(void **state)
{
    (void)state;
    faults("kernel void culprit(void) { __builtin_trap(); }",
           (const char *const[]){"culprit", "s_trap", NULL});
}

// Builds and expects a failure whose log names `expected`.
static void build_fails(const struct session *session, const char *source, const char *options,
                        const char *expected)
{
    cl_int status;
    cl_build_status built;
    char log[16384] = "";
    cl_program program = clCreateProgramWithSource(session->context, 1, &source, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clBuildProgram(program, 1, &session->device, options, NULL, NULL),
                     CL_BUILD_PROGRAM_FAILURE);
    assert_int_equal(
        clGetProgramBuildInfo(program, session->device, CL_PROGRAM_BUILD_STATUS, sizeof built, &built, NULL),
        CL_SUCCESS);
    assert_int_equal(built, CL_BUILD_ERROR);
    size_t size = 0;
    assert_int_equal(clGetProgramBuildInfo(program, session->device, CL_PROGRAM_BUILD_LOG, 0, NULL, &size),
                     CL_SUCCESS);
    char *whole = malloc(size);
    assert_int_equal(clGetProgramBuildInfo(program, session->device, CL_PROGRAM_BUILD_LOG, size, whole, NULL),
                     CL_SUCCESS);
    snprintf(log, sizeof log, "%s", whole);
    free(whole);
    if (!strstr(log, expected)) fail_msg("'%s' is not in the log: %s", expected, log);
    clReleaseProgram(program);
}

static void source_with_errors(void **state)
{
    struct session session;
    (void)state;
    session_open(&session);
    build_fails(&session, "kernel void bad(global int *a)\n{\n    a[0] = nowhere;\n}\n", "",
                "3:12: error: use of undeclared identifier 'nowhere'");
    build_fails(&session, "kernel void bad(global int *a) { a[0] = undefined_function(1); }", "",
                "undefined_function");
    build_fails(&session, "#error by request\n", "", "by request");
    works_again(&session);
    session_close(&session);
}

static void endless_include(void **state)
{
    struct session session;
    char folder[] = "/tmp/kiln-endless-XXXXXX", path[64], options[64];
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/again.h", folder);
    snprintf(options, sizeof options, "-I %s", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    if (!file) return; // clang-tidy does not know that the line above does not return then
    fputs("#include \"again.h\"\n", file);
    fclose(file);
    session_open(&session);
    build_fails(&session, "#include \"again.h\"\nkernel void bad(void) {}\n", options, "nested too deeply");
    works_again(&session);
    session_close(&session);
    unlink(path);
    rmdir(folder);
}

static void unknown_option(void **state)
{
    struct session session;
    cl_int status;
    const char *source = "kernel void good(void) {}";
    (void)state;
    session_open(&session);
    cl_program program = clCreateProgramWithSource(session.context, 1, &source, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clBuildProgram(program, 1, &session.device, "-no-such-option", NULL, NULL),
                     CL_INVALID_BUILD_OPTIONS);
    clReleaseProgram(program);
    session_close(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_out_of_bounds),
        cmocka_unit_test(load_out_of_bounds),
        cmocka_unit_test(unimplemented_instruction),
        cmocka_unit_test(undefined_instruction),
        cmocka_unit_test(trap),
        cmocka_unit_test(source_with_errors),
        cmocka_unit_test(endless_include),
        cmocka_unit_test(unknown_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
