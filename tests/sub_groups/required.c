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

// One program's kernels with each size, a function that both call, and variables that they share. All that
// depends on lanes is asked for by every third lane, too.
static const char mixed[] =
    "global int calls = 0; int next(void) { static global int last = 100; calls++; return ++last; }\n"
    "__attribute__((noinline)) int twice(int x) { return 2 * x + sub_group_broadcast(x, 0); }\n"
    "#define KERNEL(size) __attribute__((intel_reqd_sub_group_size(size))) kernel void of_##size(global int "
    "*out)\\\n"
    "{ int lane = get_sub_group_local_id(), i = get_global_id(0), x = 1000 + lane, n = 0; long wide = "
    "(long)x << 33;\\\n"
    "global int *own = out + i * 20; int size_ = get_max_sub_group_size();\\\n"
    "own[n++] = size_;\\\n"
    "own[n++] = sub_group_shuffle(x, (lane * 5 + 3) % size_) == 1000 + (lane * 5 + 3) % size_;\\\n"
    "own[n++] = sub_group_shuffle_xor(wide, size_ / 2) == (long)(1000 + (lane ^ size_ / 2)) << 33;\\\n"
    "int up = sub_group_shuffle_up(x, 3); own[n++] = lane < 3 || up == 1000 + lane - 3;\\\n"
    "own[n++] = sub_group_rotate(x, 7) == 1000 + (lane + 7) % size_;\\\n"
    "own[n++] = sub_group_reduce_add(x) == size_ * 1000 + size_ * (size_ - 1) / 2;\\\n"
    "own[n++] = sub_group_scan_inclusive_add(wide) == (long)((lane + 1) * 1000 + lane * (lane + 1) / 2) << "
    "33;\\\n"
    "own[n++] = sub_group_scan_exclusive_max(x) == (lane ? 1000 + lane - 1 : INT_MIN);\\\n"
    "own[n++] = sub_group_clustered_reduce_min(x, (uint)size_) == 1000;\\\n"
    "own[n++] = sub_group_clustered_reduce_max(x, 16u) == 1000 + (lane | 15);\\\n"
    "own[n++] = twice(x) == 2 * x + 1000;\\\n"
    "uint4 odd = sub_group_ballot(lane & 1); own[n++] = sub_group_ballot_bit_count(odd) == size_ / 2;\\\n"
    "own[n++] = work_group_reduce_add(1) == 256;\\\n"
    "own[n++] = work_group_scan_inclusive_add(1) == (int)get_local_linear_id() + 1;\\\n"
    "if (lane % 3 == 1) { int before = lane / 3, count = (size_ + 1) / 3;\\\n"
    "own[n++] = sub_group_non_uniform_reduce_add(1) == count;\\\n"
    "own[n++] = sub_group_non_uniform_scan_exclusive_add(1) == before;\\\n"
    "own[n++] = sub_group_non_uniform_scan_inclusive_mul(-1) == (before % 2 ? 1 : -1);\\\n"
    "} else { own[n++] = 1; own[n++] = 1; own[n++] = 1; }\\\n"
    "if (!i) { own[n++] = next(); own[n] = calls; } }\n"
    "KERNEL(32)\nKERNEL(64)\n";

enum { RESULTS = 20, COUNTER = 17, MIXED_ITEMS = 256 };

static void mixed_run(cl_kernel kernel, int size, int counter)
{
    const size_t items = MIXED_ITEMS;
    static int got[MIXED_ITEMS * RESULTS];
    cl_mem out = clCreateBuffer(session.context, 0, sizeof got, NULL, NULL);
    clSetKernelArg(kernel, 0, sizeof out, &out);
    clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &items, &items, 0, NULL, NULL);
    assert_int_equal(clEnqueueReadBuffer(session.queue, out, CL_TRUE, 0, sizeof got, got, 0, NULL, NULL),
                     CL_SUCCESS);
    clReleaseMemObject(out);
    for (int i = 0; i < MIXED_ITEMS; i++) {
        assert_int_equal(got[i * RESULTS], size);
        for (int n = 1; n < COUNTER; n++)
            if (got[i * RESULTS + n] != 1) fail_msg("sub-groups of %d: item %d, result %d", size, i, n);
    }
    assert_int_equal(got[COUNTER], 100 + counter);
    assert_int_equal(got[COUNTER + 1], counter);
}

static size_t sub_groups_of(cl_kernel kernel, cl_kernel_sub_group_info query)
{
    const size_t items = MIXED_ITEMS;
    size_t answer = 0;
    assert_int_equal(clGetKernelSubGroupInfo(kernel, session.device, query, sizeof items, &items,
                                             sizeof answer, &answer, NULL),
                     CL_SUCCESS);
    return answer;
}

static void sizes_are_mixed(void **state)
{
    (void)state;
    if (size_count < 2) skip();
    static const char *const options[] = {"-cl-std=CL3.0", "-cl-std=CL3.0 -O0", "-cl-std=CL3.0 -g"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        cl_kernel narrow = session_kernel(&session, mixed, "of_32", options[i]), wide;
        cl_program program;
        cl_int status;
        clGetKernelInfo(narrow, CL_KERNEL_PROGRAM, sizeof program, &program, NULL);
        wide = clCreateKernel(program, "of_64", &status);
        assert_int_equal(status, CL_SUCCESS);
        mixed_run(narrow, 32, 1);
        mixed_run(wide, 64, 2);
        mixed_run(narrow, 32, 3);
        assert_int_equal(sub_groups_of(narrow, CL_KERNEL_SUB_GROUP_COUNT_FOR_NDRANGE), MIXED_ITEMS / 32);
        assert_int_equal(sub_groups_of(wide, CL_KERNEL_SUB_GROUP_COUNT_FOR_NDRANGE), MIXED_ITEMS / 64);
        assert_int_equal(sub_groups_of(wide, CL_KERNEL_MAX_SUB_GROUP_SIZE_FOR_NDRANGE), 64);
        clReleaseKernel(narrow);
        clReleaseKernel(wide);
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
        cmocka_unit_test(sizes_are_mixed),
        cmocka_unit_test(other_sizes_are_refused),
    };
    return cmocka_run_group_tests(tests, open, session_group_close);
}
