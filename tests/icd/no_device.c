// usage: no_device libkiln.so, where neither an AMD GPU nor the software GPU is to be found. The platform is
// there and says so; nothing crashes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <CL/cl_icd.h>
#include <dlfcn.h>

static const char *library_path;

static void platform_without_device(void **state)
{
    cl_platform_id platform;
    cl_uint count = 77;
    cl_int status;
    char name[32] = "";
    (void)state;
    void *library = dlopen(library_path, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(library);
    clIcdGetPlatformIDsKHR_fn get = dlsym(library, "clIcdGetPlatformIDsKHR");
    assert_non_null(get);
    assert_int_equal(get(1, &platform, &count), CL_SUCCESS);
    assert_int_equal(count, 1);
    const cl_icd_dispatch *cl = *(const cl_icd_dispatch *const *)platform;
    assert_int_equal(cl->clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof name, name, NULL), CL_SUCCESS);
    assert_string_equal(name, "Kiln");
    assert_int_equal(cl->clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, NULL, &count), CL_DEVICE_NOT_FOUND);
    assert_int_equal(cl->clGetDeviceIDs(platform, CL_DEVICE_TYPE_GPU, 0, NULL, &count), CL_DEVICE_NOT_FOUND);
    assert_null(cl->clCreateContextFromType(NULL, CL_DEVICE_TYPE_DEFAULT, NULL, NULL, &status));
    assert_int_equal(status, CL_DEVICE_NOT_FOUND);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(platform_without_device)};
    if (argc != 2) return 2;
    library_path = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
