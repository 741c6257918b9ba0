// usage: test_tool_load FILE...: loads each as a program binary; its kernel k makes a 5 a 12.
#include "session.h"

#include <stdio.h>

static char **files;
static unsigned char bytes[1 << 20];

static int kernel_run(const struct session *session, cl_kernel kernel)
{
    cl_int status, value = 5;
    const size_t items = 1;
    cl_mem buffer = clCreateBuffer(session->context, CL_MEM_COPY_HOST_PTR, sizeof value, &value, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof(cl_mem), &buffer), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session->queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(
        clEnqueueReadBuffer(session->queue, buffer, CL_TRUE, 0, sizeof value, &value, 0, NULL, NULL),
        CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    return value;
}

static size_t file_read(const char *name)
{
    FILE *file = fopen(name, "rb");
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (!size) fail_msg("cannot read %s", name);
    assert_true(size < sizeof bytes);
    if (file) fclose(file);
    return size;
}

static void files_run(void **state)
{
    (void)state;
    struct session session;
    session_open(&session);
    for (; *files; files++) {
        cl_int status, each;
        size_t size = file_read(*files);
        const unsigned char *binary = bytes;
        cl_program program =
            clCreateProgramWithBinary(session.context, 1, &session.device, &size, &binary, &each, &status);
        if (status) fail_msg("%s: error %d", *files, status);
        assert_int_equal(clBuildProgram(program, 0, NULL, "", NULL, NULL), CL_SUCCESS);
        cl_kernel kernel = clCreateKernel(program, "k", &status);
        assert_int_equal(status, CL_SUCCESS);
        assert_int_equal(kernel_run(&session, kernel), 12);
        assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
        assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
    }
    session_close(&session);
}

int main(int count, char **arguments)
{
    (void)count;
    const struct CMUnitTest tests[] = {cmocka_unit_test(files_run)};
    files = arguments + 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
