// What the device reports works: a kernel for each extension and feature, and none reported without one. What
// it does not report, the compiler does not define.
#include "feature_kernels.h"
#include "session.h"

#include <stdio.h>
#include <string.h>

// What devices may have or lack.
static const char *const optional[] = {
    "__opencl_c_images",
    "__opencl_c_pipes",
    "__opencl_c_device_enqueue",
    "__opencl_c_read_write_images",
    "__opencl_c_3d_image_writes",
    "cl_khr_3d_image_writes",
    "cl_khr_depth_images",
    "cl_khr_mipmap_image",
    "cl_intel_subgroup_local_block_io",
};

static const struct feature *feature_find(const char *name)
{
    for (size_t i = 0; i < sizeof features / sizeof *features; i++)
        if (!strcmp(features[i].name, name)) return &features[i];
    fail_msg("%s is reported, and no test uses it", name);
    return NULL;
}

static void feature_run(const struct session *session, const struct feature *feature)
{
    char source[4096];
    cl_int status, out[ITEMS] = {0};
    const size_t global = ITEMS, local = LOCAL;
    feature_source(feature, source, sizeof source);
    cl_kernel kernel = session_kernel(session, source, "use", "-cl-std=CL3.0");
    cl_mem buffer = clCreateBuffer(session->context, CL_MEM_COPY_HOST_PTR, sizeof out, out, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof(cl_mem), &buffer), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session->queue, kernel, 1, NULL, &global, &local, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(session->queue, buffer, CL_TRUE, 0, sizeof out, out, 0, NULL, NULL),
                     CL_SUCCESS);
    for (int i = 0; i < ITEMS; i++)
        if (out[i] != 1) fail_msg("%s: work-item %d has %d", feature->name, i, out[i]);
    clReleaseMemObject(buffer);
    clReleaseKernel(kernel);
}

static void all_that_is_reported(const struct session *session, cl_device_info list)
{
    cl_name_version names[128];
    size_t size;
    assert_int_equal(clGetDeviceInfo(session->device, list, sizeof names, names, &size), CL_SUCCESS);
    assert_true(size >= sizeof *names);
    for (size_t i = 0; i < size / sizeof *names; i++) {
        const struct feature *feature = feature_find(names[i].name);
        if (feature->body) feature_run(session, feature);
    }
}

static void extensions_work(void **state)
{
    struct session session;
    (void)state;
    session_open(&session);
    all_that_is_reported(&session, CL_DEVICE_EXTENSIONS_WITH_VERSION);
    session_close(&session);
}

static void features_work(void **state)
{
    struct session session;
    (void)state;
    session_open(&session);
    all_that_is_reported(&session, CL_DEVICE_OPENCL_C_FEATURES);
    session_close(&session);
}

static bool list_has(const struct session *session, cl_device_info list, const char *name)
{
    cl_name_version names[128];
    size_t size;
    assert_int_equal(clGetDeviceInfo(session->device, list, sizeof names, names, &size), CL_SUCCESS);
    for (size_t i = 0; i < size / sizeof *names; i++)
        if (!strcmp(names[i].name, name)) return true;
    return false;
}

static bool is_reported(const struct session *session, const char *name)
{
    return list_has(session, CL_DEVICE_EXTENSIONS_WITH_VERSION, name) ||
           list_has(session, CL_DEVICE_OPENCL_C_FEATURES, name);
}

static void what_is_not_reported_is_not_defined(void **state)
{
    struct session session;
    char source[4096] = "";
    cl_bool images;
    (void)state;
    session_open(&session);
    for (size_t i = 0; i < sizeof optional / sizeof *optional; i++) {
        size_t used = strlen(source);
        if (!is_reported(&session, optional[i]))
            snprintf(source + used, sizeof source - used, "#ifdef %s\n#error %s\n#endif\n", optional[i],
                     optional[i]);
    }
    assert_int_equal(clGetDeviceInfo(session.device, CL_DEVICE_IMAGE_SUPPORT, sizeof images, &images, NULL),
                     CL_SUCCESS);
    snprintf(source + strlen(source), sizeof source - strlen(source),
             "#if%s __IMAGE_SUPPORT__\n#error __IMAGE_SUPPORT__\n#endif\n", images ? "ndef" : "def");
    size_t used = strlen(source);
    snprintf(source + used, sizeof source - used, "kernel void empty() {}");
    clReleaseKernel(session_kernel(&session, source, "empty", "-cl-std=CL3.0"));
    clReleaseKernel(session_kernel(&session, source, "empty", "-cl-std=CL1.2"));
    clReleaseKernel(session_kernel(&session, source, "empty", ""));
    session_close(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extensions_work),
        cmocka_unit_test(features_work),
        cmocka_unit_test(what_is_not_reported_is_not_defined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
