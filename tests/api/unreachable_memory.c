// Buffers whose storage the host cannot reach, as on most graphics cards: initial contents are uploaded,
// mappings are staging copies. On a device layer that has such memory; the soft GPU's is always within reach.
#include "fake_device.h"

#include <CL/cl.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SIZE = 4096 };

static cl_context context;
static cl_command_queue queue;
static uint8_t model[SIZE];

static int open_context(void **state)
{
    (void)state;
    cl_platform_id platform;
    cl_device_id device;
    cl_int status;
    assert_int_equal(clGetPlatformIDs(1, &platform, NULL), CL_SUCCESS);
    assert_int_equal(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL), CL_SUCCESS);
    context = clCreateContext(NULL, 1, &device, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    queue = clCreateCommandQueueWithProperties(context, device, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    for (unsigned i = 0; i < SIZE; i++) model[i] = (uint8_t)(i * 7 + i / 256);
    return 0;
}

static int close_context(void **state)
{
    (void)state;
    clReleaseCommandQueue(queue);
    clReleaseContext(context);
    assert_int_equal(fake_memory_count(), 0);
    return 0;
}

static cl_mem buffer_new(cl_mem_flags flags, void *host)
{
    cl_int status;
    cl_mem buffer = clCreateBuffer(context, flags, SIZE, host, &status);
    assert_int_equal(status, CL_SUCCESS);
    return buffer;
}

static void expect_contents(cl_mem buffer, const uint8_t *expected)
{
    uint8_t bytes[SIZE];
    assert_int_equal(clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, SIZE, bytes, 0, NULL, NULL), CL_SUCCESS);
    assert_memory_equal(bytes, expected, SIZE);
}

static uint8_t *map(cl_mem buffer, cl_map_flags flags, size_t offset, size_t size)
{
    cl_int status;
    uint8_t *bytes = clEnqueueMapBuffer(queue, buffer, CL_TRUE, flags, offset, size, 0, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    return bytes;
}

static void unmap(cl_mem buffer, void *bytes)
{
    assert_int_equal(clEnqueueUnmapMemObject(queue, buffer, bytes, 0, NULL, NULL), CL_SUCCESS);
    assert_int_equal(clFinish(queue), CL_SUCCESS);
}

static void initial_contents_are_uploaded(void **state)
{
    (void)state;
    size_t before = fake_bytes_copied();
    cl_mem buffer = buffer_new(CL_MEM_COPY_HOST_PTR, model);
    assert_int_equal(fake_bytes_copied() - before, SIZE);
    expect_contents(buffer, model);
    clReleaseMemObject(buffer);
}

static void mappings_are_copies(void **state)
{
    (void)state;
    uint8_t expected[SIZE];
    memcpy(expected, model, SIZE);
    cl_mem buffer = buffer_new(CL_MEM_COPY_HOST_PTR, model);
    unsigned memories = fake_memory_count();
    uint8_t *low = map(buffer, CL_MAP_READ | CL_MAP_WRITE, 100, 200),
            *high = map(buffer, CL_MAP_WRITE, 1000, 50);
    assert_int_equal(fake_memory_count(), memories + 2);
    assert_memory_equal(low, expected + 100, 200);
    memset(low, 1, 200);
    memset(high, 2, 50);
    expect_contents(buffer, model); // nothing is written back before unmapping
    memset(expected + 100, 1, 200);
    unmap(buffer, low);
    expect_contents(buffer, expected);
    memset(expected + 1000, 2, 50);
    unmap(buffer, high);
    expect_contents(buffer, expected);
    assert_in_range(fake_memory_count(), memories, memories + 2); // kept for the next mappings
    clReleaseMemObject(buffer);
}

static void only_what_is_needed_moves(void **state)
{
    (void)state;
    cl_mem buffer = buffer_new(CL_MEM_COPY_HOST_PTR, model);
    size_t before = fake_bytes_copied();
    uint8_t *bytes = map(buffer, CL_MAP_READ, 0, 64);
    memset(bytes, 9, 64);
    unmap(buffer, bytes);
    assert_int_equal(fake_bytes_copied() - before, 64); // read only: not written back
    expect_contents(buffer, model);
    before = fake_bytes_copied();
    bytes = map(buffer, CL_MAP_WRITE_INVALIDATE_REGION, 0, 64);
    assert_int_equal(fake_bytes_copied() - before, 0); // invalidated: not read
    memset(bytes, 9, 64);
    unmap(buffer, bytes);
    assert_int_equal(fake_bytes_copied() - before, 64);
    clReleaseMemObject(buffer);
}

static void sub_buffers_map_their_window(void **state)
{
    (void)state;
    uint8_t expected[SIZE];
    memcpy(expected, model, SIZE);
    cl_mem buffer = buffer_new(CL_MEM_COPY_HOST_PTR, model);
    const cl_buffer_region region = {1024, 512};
    cl_int status;
    cl_mem sub = clCreateSubBuffer(buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &status);
    assert_int_equal(status, CL_SUCCESS);
    uint8_t *bytes = map(sub, CL_MAP_READ | CL_MAP_WRITE, 10, 20);
    assert_memory_equal(bytes, expected + 1034, 20);
    memset(bytes, 3, 20);
    memset(expected + 1034, 3, 20);
    unmap(sub, bytes);
    expect_contents(buffer, expected);
    clReleaseMemObject(sub);
    clReleaseMemObject(buffer);
}

static void host_memory_is_mapped_in_place(void **state)
{
    (void)state;
    static uint8_t host[SIZE];
    size_t before = fake_bytes_copied();
    cl_mem buffer = buffer_new(CL_MEM_USE_HOST_PTR, host);
    uint8_t *bytes = map(buffer, CL_MAP_READ, 5, 10);
    assert_ptr_equal(bytes, host + 5);
    unmap(buffer, bytes);
    assert_int_equal(fake_bytes_copied(), before);
    clReleaseMemObject(buffer);
}

// Hardware may have to be told of what the host wrote in place: once for each mapping that could write.
static void writes_in_place_are_told(void **state)
{
    (void)state;
    static uint8_t host[SIZE];
    const struct {
        cl_mem_flags buffer;
        cl_map_flags flags;
        unsigned told;
    } cases[] = {{CL_MEM_USE_HOST_PTR, CL_MAP_WRITE, 1},
                 {CL_MEM_USE_HOST_PTR, CL_MAP_READ | CL_MAP_WRITE, 1},
                 {CL_MEM_USE_HOST_PTR, CL_MAP_WRITE_INVALIDATE_REGION, 1},
                 {CL_MEM_USE_HOST_PTR, CL_MAP_READ, 0},
                 {0, CL_MAP_WRITE, 0}}; // a staging copy is written back by the device
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cl_mem buffer = buffer_new(cases[i].buffer, cases[i].buffer ? host : NULL);
        unsigned before = fake_writes_told();
        unmap(buffer, map(buffer, cases[i].flags, 0, 64));
        assert_int_equal(fake_writes_told() - before, cases[i].told);
        clReleaseMemObject(buffer);
    }
}

static void other_writes_in_place_are_told(void **state)
{
    (void)state;
    unsigned before = fake_writes_told();
    clReleaseMemObject(buffer_new(CL_MEM_ALLOC_HOST_PTR | CL_MEM_COPY_HOST_PTR, model));
    assert_int_equal(fake_writes_told() - before, 1);
    void *shared = clSVMAlloc(context, CL_MEM_READ_WRITE, SIZE, 0);
    assert_non_null(shared);
    assert_int_equal(clEnqueueSVMMap(queue, CL_TRUE, CL_MAP_WRITE, shared, SIZE, 0, NULL, NULL), CL_SUCCESS);
    assert_int_equal(clEnqueueSVMUnmap(queue, shared, 0, NULL, NULL), CL_SUCCESS);
    assert_int_equal(fake_writes_told() - before, 2);
    clSVMFree(context, shared);
}

// A buffer that goes while it is mapped takes its staging copies along.
static void forgotten_mappings_are_freed(void **state)
{
    (void)state;
    unsigned memories = fake_memory_count();
    cl_mem buffer = buffer_new(0, NULL);
    map(buffer, CL_MAP_READ, 0, 64);
    clFinish(queue);
    clReleaseMemObject(buffer);
    assert_int_equal(fake_memory_count(), memories);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(initial_contents_are_uploaded),  cmocka_unit_test(mappings_are_copies),
        cmocka_unit_test(only_what_is_needed_moves),      cmocka_unit_test(sub_buffers_map_their_window),
        cmocka_unit_test(host_memory_is_mapped_in_place), cmocka_unit_test(writes_in_place_are_told),
        cmocka_unit_test(other_writes_in_place_are_told), cmocka_unit_test(forgotten_mappings_are_freed),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
