// Every query answers with a size, fills exactly that many bytes, and refuses one byte less.
#include "session.h"

#include <CL/cl_ext.h>
#include <stdlib.h>
#include <string.h>

typedef cl_int query_fn(const struct session *, cl_uint query, size_t, void *, size_t *);

static cl_int query_device(const struct session *s, cl_uint query, size_t size, void *value, size_t *size_ret)
{
    return clGetDeviceInfo(s->device, query, size, value, size_ret);
}

static cl_int query_context(const struct session *s, cl_uint query, size_t size, void *value,
                            size_t *size_ret)
{
    return clGetContextInfo(s->context, query, size, value, size_ret);
}

static cl_int query_queue(const struct session *s, cl_uint query, size_t size, void *value, size_t *size_ret)
{
    return clGetCommandQueueInfo(s->queue, query, size, value, size_ret);
}

static cl_int query_platform(const struct session *s, cl_uint query, size_t size, void *value,
                             size_t *size_ret)
{
    cl_platform_id platform;
    cl_int error = clGetDeviceInfo(s->device, CL_DEVICE_PLATFORM, sizeof(cl_platform_id), &platform, NULL);
    return error ? error : clGetPlatformInfo(platform, query, size, value, size_ret);
}

static void query_check(const struct session *session, query_fn *ask, cl_uint query)
{
    size_t size = 12345, again = 0;
    if (ask(session, query, 0, NULL, &size)) fail_msg("query 0x%x is not answered", query);
    unsigned char *answer = malloc(size + 1);
    answer[size] = 0xa5;
    assert_int_equal(ask(session, query, size, answer, &again), CL_SUCCESS);
    assert_int_equal(again, size);
    assert_int_equal(answer[size], 0xa5);
    if (size) assert_int_equal(ask(session, query, size - 1, answer, NULL), CL_INVALID_VALUE);
    free(answer);
}

static void all_queries(void **state)
{
    static const struct {
        query_fn *ask;
        cl_uint first, last; // a range without holes
    } ranges[] = {
        {query_platform, CL_PLATFORM_PROFILE, CL_PLATFORM_NUMERIC_VERSION},
        {query_platform, CL_PLATFORM_ICD_SUFFIX_KHR, CL_PLATFORM_ICD_SUFFIX_KHR},
        {query_device, CL_DEVICE_TYPE, CL_DEVICE_PLATFORM},
        {query_device, CL_DEVICE_DOUBLE_FP_CONFIG, CL_DEVICE_HALF_FP_CONFIG},
        {query_device, CL_DEVICE_PREFERRED_VECTOR_WIDTH_HALF, CL_DEVICE_OPENCL_C_VERSION},
        {query_device, CL_DEVICE_LINKER_AVAILABLE, CL_DEVICE_PARTITION_AFFINITY_DOMAIN},
        {query_device, CL_DEVICE_PARTITION_TYPE, CL_DEVICE_PREFERRED_LOCAL_ATOMIC_ALIGNMENT},
        {query_device, CL_DEVICE_IL_VERSION, CL_DEVICE_SUB_GROUP_INDEPENDENT_FORWARD_PROGRESS},
        {query_device, CL_DEVICE_NUMERIC_VERSION, CL_DEVICE_OPENCL_C_FEATURES},
        {query_device, CL_DEVICE_DEVICE_ENQUEUE_CAPABILITIES, CL_DEVICE_LATEST_CONFORMANCE_VERSION_PASSED},
        {query_device, CL_DEVICE_UUID_KHR, CL_DEVICE_NODE_MASK_KHR},
        {query_device, CL_DEVICE_PCI_BUS_INFO_KHR, CL_DEVICE_PCI_BUS_INFO_KHR},
        {query_device, 0x1076, 0x1076}, // cl_khr_kernel_clock
        {query_device, 0x4231, 0x4233}, // cl_ext_float_atomics
        {query_device, CL_DEVICE_INTEGER_DOT_PRODUCT_CAPABILITIES_KHR,
         CL_DEVICE_INTEGER_DOT_PRODUCT_ACCELERATION_PROPERTIES_4x8BIT_PACKED_KHR},
        {query_device, CL_DEVICE_PROFILING_TIMER_OFFSET_AMD, CL_DEVICE_GLOBAL_FREE_MEMORY_AMD},
        {query_device, CL_DEVICE_SIMD_PER_COMPUTE_UNIT_AMD, CL_DEVICE_AVAILABLE_ASYNC_QUEUES_AMD},
        {query_context, CL_CONTEXT_REFERENCE_COUNT, CL_CONTEXT_NUM_DEVICES},
        {query_queue, CL_QUEUE_CONTEXT, CL_QUEUE_PROPERTIES},
        {query_queue, CL_QUEUE_DEVICE_DEFAULT, CL_QUEUE_DEVICE_DEFAULT},
        {query_queue, CL_QUEUE_PROPERTIES_ARRAY, CL_QUEUE_PROPERTIES_ARRAY},
    };
    struct session session;
    (void)state;
    session_open(&session);
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        for (cl_uint query = ranges[i].first; query <= ranges[i].last; query++)
            query_check(&session, ranges[i].ask, query);
    query_fn *const asks[] = {query_platform, query_device, query_context, query_queue};
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++)
        assert_int_equal(asks[i](&session, 0x7777, 0, NULL, NULL), CL_INVALID_VALUE);
    session_close(&session);
}

// What is reported has to fit together. Source: OpenCL 3.0, "Device Queries", footnotes and minimum values.
static void honest_device(void **state)
{
    struct session session;
    cl_bool images;
    cl_ulong memory, allocation;
    size_t group;
    char extensions[4096];
    (void)state;
    session_open(&session);
    assert_int_equal(clGetDeviceInfo(session.device, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof memory, &memory, NULL),
                     CL_SUCCESS);
    assert_int_equal(
        clGetDeviceInfo(session.device, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof allocation, &allocation, NULL),
        CL_SUCCESS);
    assert_true(allocation <= memory && allocation >= memory / 4);
    assert_int_equal(
        clGetDeviceInfo(session.device, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof group, &group, NULL),
        CL_SUCCESS);
    assert_int_equal(group, 256);
    assert_int_equal(
        clGetDeviceInfo(session.device, CL_DEVICE_EXTENSIONS, sizeof extensions, extensions, NULL),
        CL_SUCCESS);
    assert_int_equal(clGetDeviceInfo(session.device, CL_DEVICE_IMAGE_SUPPORT, sizeof images, &images, NULL),
                     CL_SUCCESS);
    assert_true(images || !strstr(extensions, "cl_khr_3d_image_writes"));
    session_close(&session);
}

// Free memory is less by what buffers take, once kernels or copies have touched them.
static void free_memory(void **state)
{
    struct session session;
    size_t before[2], after[2];
    const cl_uint zero = 0;
    const size_t size = 64 << 20;
    cl_int status;
    (void)state;
    session_open(&session);
    assert_int_equal(
        clGetDeviceInfo(session.device, CL_DEVICE_GLOBAL_FREE_MEMORY_AMD, sizeof before, before, NULL),
        CL_SUCCESS);
    assert_true(before[1] <= before[0]);
    cl_mem buffer = clCreateBuffer(session.context, CL_MEM_READ_WRITE, size, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clEnqueueFillBuffer(session.queue, buffer, &zero, sizeof zero, 0, size, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    assert_int_equal(
        clGetDeviceInfo(session.device, CL_DEVICE_GLOBAL_FREE_MEMORY_AMD, sizeof after, after, NULL),
        CL_SUCCESS);
    assert_true(after[0] + size / 1024 <= before[0]);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    session_close(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_queries), cmocka_unit_test(honest_device),
                                       cmocka_unit_test(free_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
