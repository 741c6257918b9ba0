// usage: dispatch libkiln.so. No slot of the dispatch table is empty, and ICD 1.0 and 2.0 agree on every
// function.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <CL/cl_icd.h>
#include <dlfcn.h>

struct _cl_platform_id {
    void *const *dispatch;
    void *loader_data;
};

typedef cl_int CL_API_CALL set_data_fn(cl_platform_id, void *);
typedef void *CL_API_CALL get_function_fn(cl_platform_id, const char *);

enum { ICD2_GET_PLATFORM_IDS = offsetof(cl_icd_dispatch, clGetPlatformIDs) / sizeof(void *) };
enum { ICD2_UNLOAD_COMPILER = offsetof(cl_icd_dispatch, clUnloadCompiler) / sizeof(void *) };
enum { LAST_SLOT = sizeof(cl_icd_dispatch) / sizeof(void *) }; // of OpenCL 3.1; the headers end with 3.0
static void *const icd2_tag = (void *)0x4F50454E434C3331;

static const char *library_path;
static void *library;
static cl_platform_id platform;

static int library_open(void **state)
{
    (void)state;
    library = dlopen(library_path, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(library);
    cl_api_clGetExtensionFunctionAddress address = dlsym(library, "clGetExtensionFunctionAddress");
    assert_non_null(address);
    assert_null(address("clNoSuchFunction"));
    assert_null(address(NULL));
    clIcdGetPlatformIDsKHR_fn get = address("clIcdGetPlatformIDsKHR");
    assert_ptr_equal(get, dlsym(library, "clIcdGetPlatformIDsKHR"));
    assert_int_equal(get(1, &platform, NULL), CL_SUCCESS);
    return 0;
}

static void no_slot_is_empty(void **state)
{
    (void)state;
    for (size_t i = 0; i <= LAST_SLOT; i++)
        if (!platform->dispatch[i]) fail_msg("slot %zu is NULL", i);
}

static void tags_of_icd2(void **state)
{
    (void)state;
    assert_ptr_equal(platform->dispatch[ICD2_GET_PLATFORM_IDS], icd2_tag);
    assert_ptr_equal(platform->dispatch[ICD2_UNLOAD_COMPILER], icd2_tag);
}

static void functions_by_name(void **state)
{
    const cl_icd_dispatch *table = (const void *)platform->dispatch;
    get_function_fn *get = dlsym(library, "clIcdGetFunctionAddressForPlatformKHR");
    (void)state;
    assert_non_null(get);
    assert_ptr_equal(get(platform, "clCreateContext"), table->clCreateContext);
    assert_ptr_equal(get(platform, "clSetContextDestructorCallback"), table->clSetContextDestructorCallback);
    assert_non_null(get(platform, "clGetPlatformIDs")); // no tag here
    assert_ptr_not_equal(get(platform, "clGetPlatformIDs"), icd2_tag);
    assert_ptr_equal(get(platform, "clGetKernelSuggestedLocalWorkSize"), platform->dispatch[LAST_SLOT]);
    assert_null(get(platform, "clNoSuchFunction"));
    assert_null(get(NULL, "clCreateContext"));
}

static void loader_data_reaches_objects(void **state)
{
    const cl_icd_dispatch *table = (const void *)platform->dispatch;
    set_data_fn *set = dlsym(library, "clIcdSetPlatformDispatchDataKHR");
    int data;
    cl_int status;
    cl_device_id device;
    (void)state;
    assert_non_null(set);
    assert_int_equal(set(NULL, &data), CL_INVALID_PLATFORM);
    assert_int_equal(set(platform, &data), CL_SUCCESS);
    assert_ptr_equal(platform->loader_data, &data);
    assert_int_equal(table->clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL), CL_SUCCESS);
    assert_ptr_equal(((cl_platform_id)device)->loader_data, &data);
    assert_int_equal(set(platform, &status), CL_SUCCESS); // another loader in this process
    assert_ptr_equal(((cl_platform_id)device)->loader_data, &status);
    assert_int_equal(set(platform, &data), CL_SUCCESS);
    cl_context context = table->clCreateContext(NULL, 1, &device, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_ptr_equal(((cl_platform_id)context)->loader_data, &data);
    assert_int_equal(table->clReleaseContext(context), CL_SUCCESS);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_slot_is_empty),
        cmocka_unit_test(tags_of_icd2),
        cmocka_unit_test(functions_by_name),
        cmocka_unit_test(loader_data_reaches_objects),
    };
    if (argc != 2) return 2;
    library_path = argv[1];
    return cmocka_run_group_tests(tests, library_open, NULL);
}
