// What OpenCL 3.1 has more than 3.0, and that it is reported.
#include "group.h"

#include <CL/cl_ext.h>
#include <stdio.h>
#include <string.h>

static const char *text_of(cl_device_info query, char text[4096])
{
    assert_int_equal(clGetDeviceInfo(session.device, query, 4096, text, NULL), CL_SUCCESS);
    return text;
}

static void versions(void **state)
{
    (void)state;
    char text[4096], platform[256];
    cl_version number;
    cl_name_version list[16];
    size_t size;
    assert_memory_equal(text_of(CL_DEVICE_VERSION, text), "OpenCL 3.1 ", 11);
    clGetPlatformInfo(session_platform(&session), CL_PLATFORM_VERSION, sizeof platform, platform, NULL);
    assert_memory_equal(platform, "OpenCL 3.1 ", 11);
    clGetPlatformInfo(session_platform(&session), CL_PLATFORM_NUMERIC_VERSION, sizeof number, &number, NULL);
    assert_int_equal(number, 0xC01000);
    clGetDeviceInfo(session.device, CL_DEVICE_NUMERIC_VERSION, sizeof number, &number, NULL);
    assert_int_equal(number, 0xC01000);
    clGetDeviceInfo(session.device, CL_DEVICE_OPENCL_C_ALL_VERSIONS, sizeof list, list, &size);
    static const cl_version wanted[] = {CL_MAKE_VERSION(1, 0, 0), CL_MAKE_VERSION(1, 1, 0),
                                        CL_MAKE_VERSION(1, 2, 0), CL_MAKE_VERSION(3, 0, 0),
                                        CL_MAKE_VERSION(3, 1, 0)};
    assert_int_equal(size / sizeof *list, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) assert_int_equal(list[i].version, wanted[i]);
}

static void extensions_that_are_required(void **state)
{
    (void)state;
    static const char *const names[] = {
        "device_uuid",
        "extended_bit_ops",
        "integer_dot_product",
        "spirv_queries",
        "subgroup_rotate",
        "subgroup_shuffle",
        "subgroup_shuffle_relative",
        "subgroup_extended_types",
        "suggested_local_work_size",
    };
    char text[4096], name[64];
    cl_uint sub_groups;
    text_of(CL_DEVICE_EXTENSIONS, text);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(name, sizeof name, "cl_khr_%s", names[i]);
        if (!strstr(text, name)) fail_msg("%s is not reported", name);
    }
    clGetDeviceInfo(session.device, CL_DEVICE_MAX_NUM_SUB_GROUPS, sizeof sub_groups, &sub_groups, NULL);
    assert_true(sub_groups);
    text_of(CL_DEVICE_IL_VERSION, text);
    for (int minor = 0; minor <= 4; minor++) {
        snprintf(name, sizeof name, "SPIR-V_1.%d", minor);
        assert_non_null(strstr(text, name));
    }
}

// Its functions are there without a pragma; sizes and differences are printed.
static const char source[] =
    "#if __OPENCL_C_VERSION__ != NUMBER || __OPENCL_VERSION__ != 310 || CL_VERSION_3_1 != "
    "310\n#error\n#endif\n"
    "#if !__opencl_c_subgroups || !__opencl_c_integer_dot_product_input_4x8bit_packed\n#error\n#endif\n"
    "kernel void use(global uint *out) {"
    "  uint i = get_sub_group_local_id();"
    "  out[0] = bitfield_insert(0u, 5u, 4u, 4u) == 0x50 && dot_4x8packed_uu_uint(0x01020304u, 0x01010101u) "
    "== 10 &&"
    "    sub_group_all(sub_group_shuffle_xor(i, 1u) == (i ^ 1)) &&"
    "    sub_group_all(sub_group_rotate(i, 1) == ((i + 1) & (get_max_sub_group_size() - 1)));"
    "  if (!get_global_id(0)) printf(\"%zu %zx %td %5zd|\\n\", get_global_size(0), "
    "(size_t)0xfedcba9876543210,"
    "    (global char *)out - (global char *)(out + 1), (ptrdiff_t)-7);"
    "}\n"
    "kernel void local_size(local int *a, local int *b, global int *out) { b[0] = 9; out[0] = b[0]; }\n";

static void language(void **state)
{
    (void)state;
    cl_uint got = 0;
    cl_mem out = clCreateBuffer(session.context, 0, sizeof got, NULL, NULL);
    cl_kernel kernel = session_kernel(&session, source, "use", "-cl-std=CL3.1 -DNUMBER=310 -Werror");
    clSetKernelArg(kernel, 0, sizeof out, &out);
    assert_string_equal(session_printed(&session, kernel, 32), "32 fedcba9876543210 -4    -7|\n");
    clEnqueueReadBuffer(session.queue, out, CL_TRUE, 0, sizeof got, &got, 0, NULL, NULL);
    assert_int_equal(got, 1);
    clReleaseKernel(kernel);
    // The last one counts.
    clReleaseKernel(session_kernel(&session, source, "use", "-cl-std=CL3.1 -cl-std=CL3.0 -DNUMBER=300"));
    clReleaseMemObject(out);
}

static void local_memory_of_no_size(void **state)
{
    (void)state;
    const size_t one = 1;
    cl_int got = 0;
    cl_mem out = clCreateBuffer(session.context, 0, sizeof got, NULL, NULL);
    cl_kernel kernel = session_kernel(&session, source, "local_size", "-cl-std=CL3.1 -DNUMBER=310");
    assert_int_equal(clSetKernelArg(kernel, 0, 0, NULL), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, 4, NULL), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 2, sizeof out, &out), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(session.queue, out, CL_TRUE, 0, sizeof got, &got, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(got, 9);
    clReleaseKernel(kernel);
    clReleaseMemObject(out);
}

static void suggested_local_size(void **state)
{
    (void)state;
    clGetKernelSuggestedLocalWorkSizeKHR_fn suggest =
        (clGetKernelSuggestedLocalWorkSizeKHR_fn)clGetExtensionFunctionAddressForPlatform(
            session_platform(&session), "clGetKernelSuggestedLocalWorkSize");
    assert_non_null(suggest);
    const size_t items = 256;
    size_t local = 0;
    cl_mem out = clCreateBuffer(session.context, 0, 4, NULL, NULL);
    cl_kernel kernel = session_kernel(&session, source, "use", "-cl-std=CL3.1 -DNUMBER=310");
    clSetKernelArg(kernel, 0, sizeof out, &out);
    assert_int_equal(suggest(session.queue, kernel, 1, NULL, &items, &local), CL_SUCCESS);
    assert_in_range(local, 1, 256);
    clReleaseKernel(kernel);
    clReleaseMemObject(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions),
        cmocka_unit_test(extensions_that_are_required),
        cmocka_unit_test(language),
        cmocka_unit_test(local_memory_of_no_size),
        cmocka_unit_test(suggested_local_size),
    };
    return cmocka_run_group_tests(tests, session_group_open, session_group_close);
}
