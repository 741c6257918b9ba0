// Contexts: of devices and of types, with every property and error; destructor callbacks; several at once,
// and from several threads.
#include "session.h"

#include <pthread.h>
#include <string.h>

static void CL_CALLBACK notify_nothing(const char *text, const void *info, size_t size, void *user)
{
    (void)text, (void)info, (void)size, (void)user;
}

static cl_platform_id platform_of(cl_device_id device)
{
    cl_platform_id platform;
    assert_int_equal(clGetDeviceInfo(device, CL_DEVICE_PLATFORM, sizeof(cl_platform_id), &platform, NULL),
                     CL_SUCCESS);
    return platform;
}

static void properties(void **state)
{
    struct session session;
    (void)state;
    session_open(&session);
    const cl_context_properties platform = (cl_context_properties)platform_of(session.device);
    const struct {
        cl_context_properties list[7];
        cl_int error;
    } cases[] = {
        {{0}, CL_SUCCESS},
        {{CL_CONTEXT_PLATFORM, platform, 0}, CL_SUCCESS},
        {{CL_CONTEXT_INTEROP_USER_SYNC, CL_TRUE, CL_CONTEXT_PLATFORM, platform, 0}, CL_SUCCESS},
        {{CL_CONTEXT_INTEROP_USER_SYNC, 2, CL_CONTEXT_PLATFORM, platform, 0}, CL_INVALID_PROPERTY},
        {{CL_CONTEXT_PLATFORM, platform, CL_CONTEXT_PLATFORM, platform, 0}, CL_INVALID_PROPERTY},
        {{CL_CONTEXT_PLATFORM, platform, 0x7777, 1, 0}, CL_INVALID_PROPERTY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cl_int status[2];
        const cl_context contexts[] = {
            clCreateContext(cases[i].list, 1, &session.device, NULL, NULL, &status[0]),
            clCreateContextFromType(cases[i].list[0] ? cases[i].list : NULL, CL_DEVICE_TYPE_GPU, NULL, NULL,
                                    &status[1]),
        };
        for (int k = 0; k < (platform && cases[i].list[0] ? 2 : 1); k++) {
            assert_int_equal(status[k], cases[i].error);
            if (cases[i].error) {
                assert_null(contexts[k]);
                continue;
            }
            size_t size, used = 1;
            cl_context_properties list[7];
            while (cases[i].list[used - 1]) used += 2;
            assert_int_equal(clGetContextInfo(contexts[k], CL_CONTEXT_PROPERTIES, sizeof list, list, &size),
                             CL_SUCCESS);
            assert_int_equal(size, used * sizeof *list);
            assert_memory_equal(list, cases[i].list, size);
            assert_int_equal(clReleaseContext(contexts[k]), CL_SUCCESS);
        }
        if (!cases[i].list[0] && contexts[1]) clReleaseContext(contexts[1]);
    }
    session_close(&session);
}

static void types_and_arguments(void **state)
{
    static const struct {
        cl_device_type type;
        cl_int error;
    } types[] = {
        {CL_DEVICE_TYPE_DEFAULT, CL_SUCCESS},
        {CL_DEVICE_TYPE_GPU, CL_SUCCESS},
        {CL_DEVICE_TYPE_ALL, CL_SUCCESS},
        {CL_DEVICE_TYPE_GPU | CL_DEVICE_TYPE_CPU, CL_SUCCESS},
        {CL_DEVICE_TYPE_CPU, CL_DEVICE_NOT_FOUND},
        {CL_DEVICE_TYPE_ACCELERATOR, CL_DEVICE_NOT_FOUND},
        {CL_DEVICE_TYPE_CUSTOM, CL_DEVICE_NOT_FOUND},
        {0, CL_INVALID_DEVICE_TYPE},
        {(cl_device_type)1 << 40, CL_INVALID_DEVICE_TYPE},
    };
    struct session session;
    cl_int status;
    cl_device_id found;
    int user;
    (void)state;
    session_open(&session);
    const cl_context_properties list[] = {CL_CONTEXT_PLATFORM,
                                          (cl_context_properties)platform_of(session.device), 0};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        cl_context context = clCreateContextFromType(list, types[i].type, notify_nothing, &user, &status);
        assert_int_equal(status, types[i].error);
        if (status) continue;
        assert_int_equal(clGetContextInfo(context, CL_CONTEXT_DEVICES, sizeof(cl_device_id), &found, NULL),
                         CL_SUCCESS);
        assert_ptr_equal(found, session.device);
        assert_int_equal(clReleaseContext(context), CL_SUCCESS);
    }
    assert_null(clCreateContextFromType(list, CL_DEVICE_TYPE_ALL, NULL, &user, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    assert_null(clCreateContext(list, 1, &session.device, NULL, &user, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    assert_null(clCreateContext(list, 0, &session.device, NULL, NULL, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    assert_null(clCreateContext(list, 1, NULL, NULL, NULL, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    const cl_device_id twice[] = {session.device, session.device},
                       foreign[] = {session.device, (cl_device_id)session.queue};
    assert_null(clCreateContext(list, 2, foreign, NULL, NULL, &status));
    assert_int_equal(status, CL_INVALID_DEVICE);
    cl_uint count;
    cl_context context = clCreateContext(list, 2, twice, NULL, NULL, NULL);
    assert_int_equal(clGetContextInfo(context, CL_CONTEXT_NUM_DEVICES, sizeof count, &count, NULL),
                     CL_SUCCESS);
    assert_int_equal(count, 1);
    assert_int_equal(clReleaseContext(context), CL_SUCCESS);
    session_close(&session);
}

struct calls {
    int order[4];
    int count;
};

static struct calls calls;

static void CL_CALLBACK destructor(cl_context context, void *which)
{
    assert_non_null(context);
    calls.order[calls.count++] = *(const int *)which;
}

// In the reverse order of their registration, when the last object of the context is gone.
static void destructor_callbacks(void **state)
{
    static const int first = 1, second = 2;
    struct session session;
    cl_int status;
    (void)state;
    calls = (struct calls){0};
    session_open(&session);
    cl_mem buffer = clCreateBuffer(session.context, CL_MEM_READ_WRITE, 64, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clSetContextDestructorCallback(session.context, NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(clSetContextDestructorCallback(NULL, destructor, NULL), CL_INVALID_CONTEXT);
    assert_int_equal(clSetContextDestructorCallback(session.context, destructor, (void *)&first), CL_SUCCESS);
    assert_int_equal(clSetContextDestructorCallback(session.context, destructor, (void *)&second),
                     CL_SUCCESS);
    session_close(&session);
    assert_int_equal(calls.count, 0);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    assert_int_equal(calls.count, 2);
    assert_true(calls.order[0] == second && calls.order[1] == first);
}

static const char source[] = "kernel void add(global int *sum, int value) { atomic_add(sum, value); }";

static void *context_use(void *argument)
{
    const int value = *(const int *)argument;
    const size_t global = 1000;
    struct session session;
    cl_int sum = 0, status;
    session_open(&session);
    cl_kernel kernel = session_kernel(&session, source, "add", "");
    cl_mem buffer = clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, sizeof sum, &sum, &status);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof(cl_mem), &buffer), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, sizeof value, &value), CL_SUCCESS);
    for (int i = 0; i < 20; i++)
        assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &global, NULL, 0, NULL, NULL),
                         CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, sizeof sum, &sum, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(sum, 20 * 1000 * value);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    session_close(&session);
    return NULL;
}

// Each thread has a context of its own, and objects of one are no objects of another.
static void threads_with_contexts(void **state)
{
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    int values[THREADS];
    struct session one, other;
    cl_int status;
    (void)state;
    for (int i = 0; i < THREADS; i++) {
        values[i] = i + 1;
        assert_int_equal(pthread_create(&threads[i], NULL, context_use, &values[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);

    session_open(&one);
    session_open(&other);
    cl_mem buffer = clCreateBuffer(one.context, CL_MEM_READ_WRITE, 64, NULL, &status);
    assert_int_equal(clEnqueueReadBuffer(other.queue, buffer, CL_TRUE, 0, 4, values, 0, NULL, NULL),
                     CL_INVALID_CONTEXT);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    session_close(&one);
    session_close(&other);
}

// OpenCV's way to ask for any device.
static void every_bit_of_the_device_type(void **state)
{
    struct session session;
    cl_uint all = 0, every_bit = 0;
    (void)state;
    session_open(&session);
    cl_platform_id platform = session_platform(&session);
    assert_int_equal(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, NULL, &all), CL_SUCCESS);
    assert_int_equal(clGetDeviceIDs(platform, ~(cl_device_type)0, 0, NULL, &every_bit), CL_SUCCESS);
    assert_int_equal(every_bit, all);
    session_close(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bit_of_the_device_type), cmocka_unit_test(properties),
        cmocka_unit_test(types_and_arguments),          cmocka_unit_test(destructor_callbacks),
        cmocka_unit_test(threads_with_contexts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
