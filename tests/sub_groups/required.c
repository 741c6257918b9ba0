// Kernels that ask for sub-groups of some size: they get it, and tell of it, or are not built.
#include "group.h"

#include <CL/cl_ext.h>
#include <stdio.h>
#include <string.h>

static size_t sizes[8], size_count;

static int open(void **state)
{
    size_t bytes;
    session_group_open(state);
    if (clGetDeviceInfo(session.device, CL_DEVICE_SUB_GROUP_SIZES_INTEL, sizeof sizes, sizes, &bytes))
        return -1;
    size_count = bytes / sizeof *sizes;
    return size_count ? 0 : -1;
}

static const char source[] =
    "#ifndef cl_intel_required_subgroup_size\n#error\n#endif\n"
    "__attribute__((intel_reqd_sub_group_size(SIZE))) kernel void asks(global uint *out)"
    "{ out[0] = get_max_sub_group_size(); }\n"
    "kernel void does_not(global uint *out) { out[0] = get_max_sub_group_size(); }\n";

static size_t told(cl_kernel kernel)
{
    size_t size;
    assert_int_equal(clGetKernelSubGroupInfo(kernel, session.device, CL_KERNEL_COMPILE_SUB_GROUP_SIZE_INTEL,
                                             0, NULL, sizeof size, &size, NULL),
                     CL_SUCCESS);
    return size;
}

static cl_uint run(cl_kernel kernel)
{
    const size_t items = 256;
    cl_uint got = 0;
    cl_mem out = clCreateBuffer(session.context, 0, sizeof got, NULL, NULL);
    clSetKernelArg(kernel, 0, sizeof out, &out);
    clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &items, &items, 0, NULL, NULL);
    assert_int_equal(clEnqueueReadBuffer(session.queue, out, CL_TRUE, 0, sizeof got, &got, 0, NULL, NULL),
                     CL_SUCCESS);
    clReleaseMemObject(out);
    return got;
}

static void kernels_get_what_they_ask_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < size_count; i++) {
        char options[32];
        snprintf(options, sizeof options, "-DSIZE=%zu -cl-std=CL3.0", sizes[i]);
        cl_kernel asks = session_kernel(&session, source, "asks", options);
        cl_kernel does_not = session_kernel(&session, source, "does_not", options);
        cl_ulong spilled;
        assert_int_equal(told(asks), sizes[i]);
        assert_int_equal(told(does_not), 0);
        assert_int_equal(run(asks), sizes[i]);
        assert_int_equal(clGetKernelWorkGroupInfo(asks, session.device, CL_KERNEL_SPILL_MEM_SIZE_INTEL,
                                                  sizeof spilled, &spilled, NULL),
                         CL_SUCCESS);
        assert_int_equal(spilled, 0);
        clReleaseKernel(asks);
        clReleaseKernel(does_not);
    }
}

static void other_sizes_are_refused(void **state)
{
    (void)state;
    const char *text = source;
    char log[1024] = "";
    cl_program program = clCreateProgramWithSource(session.context, 1, &text, NULL, NULL);
    assert_int_equal(clBuildProgram(program, 1, &session.device, "-DSIZE=8 -cl-std=CL3.0", NULL, NULL),
                     CL_BUILD_PROGRAM_FAILURE);
    clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
    if (!strstr(log, "asks asks for sub-groups of 8")) fail_msg("the log is: %s", log);
    clReleaseProgram(program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_get_what_they_ask_for),
        cmocka_unit_test(other_sizes_are_refused),
    };
    return cmocka_run_group_tests(tests, open, session_group_close);
}
