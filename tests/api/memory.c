// Buffers and sub-buffers: creation, queries, and every command that moves their bytes, against host memory.
#include "group.h"

#include <CL/cl_ext.h>

#include <stdlib.h>
#include <string.h>

enum { SIZE = 4096 };

static void fill_random(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)rand();
}

static cl_mem buffer_new(cl_mem_flags flags, size_t size, void *host)
{
    cl_int status;
    cl_mem buffer = clCreateBuffer(session.context, flags, size, host, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_non_null(buffer);
    return buffer;
}

static void buffer_expect(cl_mem buffer, const uint8_t *expected, size_t size)
{
    uint8_t *bytes = malloc(size);
    assert_int_equal(clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, size, bytes, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_memory_equal(bytes, expected, size);
    free(bytes);
}

// ---- Creating -----------------------------------------------------------------------------------------

static void creation_errors(void **state)
{
    (void)state;
    static uint8_t host[64];
    cl_ulong most;
    assert_int_equal(clGetDeviceInfo(session.device, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof most, &most, NULL),
                     0);
    const struct {
        cl_mem_flags flags;
        size_t size;
        void *host;
        cl_int error;
    } cases[] = {
        {0, 0, NULL, CL_INVALID_BUFFER_SIZE},
        {0, most + 1, NULL, CL_INVALID_BUFFER_SIZE},
        {0, SIZE_MAX, NULL, CL_INVALID_BUFFER_SIZE},
        {0, 64, host, CL_INVALID_HOST_PTR},
        {CL_MEM_ALLOC_HOST_PTR, 64, host, CL_INVALID_HOST_PTR},
        {CL_MEM_USE_HOST_PTR, 64, NULL, CL_INVALID_HOST_PTR},
        {CL_MEM_COPY_HOST_PTR, 64, NULL, CL_INVALID_HOST_PTR},
        {CL_MEM_READ_WRITE | CL_MEM_READ_ONLY, 64, NULL, CL_INVALID_VALUE},
        {CL_MEM_READ_WRITE | CL_MEM_WRITE_ONLY, 64, NULL, CL_INVALID_VALUE},
        {CL_MEM_READ_ONLY | CL_MEM_WRITE_ONLY, 64, NULL, CL_INVALID_VALUE},
        {CL_MEM_USE_HOST_PTR | CL_MEM_ALLOC_HOST_PTR, 64, host, CL_INVALID_VALUE},
        {CL_MEM_USE_HOST_PTR | CL_MEM_COPY_HOST_PTR, 64, host, CL_INVALID_VALUE},
        {CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_WRITE_ONLY, 64, NULL, CL_INVALID_VALUE},
        {CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_NO_ACCESS, 64, NULL, CL_INVALID_VALUE},
        {CL_MEM_KERNEL_READ_AND_WRITE, 64, NULL, CL_INVALID_VALUE},
        {(cl_mem_flags)1 << 40, 64, NULL, CL_INVALID_VALUE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cl_int status = 1;
        assert_null(clCreateBuffer(session.context, cases[i].flags, cases[i].size, cases[i].host, &status));
        assert_int_equal(status, cases[i].error);
        assert_null(clCreateBuffer(session.context, cases[i].flags, cases[i].size, cases[i].host, NULL));
    }
    const cl_mem_properties unknown[] = {0x1234, 1, 0};
    cl_int status;
    assert_null(clCreateBufferWithProperties(session.context, unknown, 0, 64, NULL, &status));
    assert_int_equal(status, CL_INVALID_PROPERTY);
}

static void sub_buffer_errors(void **state)
{
    (void)state;
    cl_uint bits;
    assert_int_equal(clGetDeviceInfo(session.device, CL_DEVICE_MEM_BASE_ADDR_ALIGN, sizeof bits, &bits, NULL),
                     0);
    const size_t align = bits / 8;
    cl_mem read_only = buffer_new(CL_MEM_READ_ONLY | CL_MEM_HOST_READ_ONLY, SIZE, NULL);
    cl_mem write_only = buffer_new(CL_MEM_WRITE_ONLY | CL_MEM_HOST_WRITE_ONLY, SIZE, NULL);
    cl_mem hidden = buffer_new(CL_MEM_HOST_NO_ACCESS, SIZE, NULL);
    const struct {
        cl_mem buffer;
        cl_mem_flags flags;
        cl_buffer_region region;
        cl_int error;
    } cases[] = {
        {read_only, CL_MEM_READ_WRITE, {0, 64}, CL_INVALID_VALUE},
        {read_only, CL_MEM_WRITE_ONLY, {0, 64}, CL_INVALID_VALUE},
        {read_only, CL_MEM_HOST_WRITE_ONLY, {0, 64}, CL_INVALID_VALUE},
        {write_only, CL_MEM_READ_ONLY, {0, 64}, CL_INVALID_VALUE},
        {write_only, CL_MEM_HOST_READ_ONLY, {0, 64}, CL_INVALID_VALUE},
        {hidden, CL_MEM_HOST_READ_ONLY, {0, 64}, CL_INVALID_VALUE},
        {hidden, CL_MEM_COPY_HOST_PTR, {0, 64}, CL_INVALID_VALUE},
        {hidden, CL_MEM_USE_HOST_PTR, {0, 64}, CL_INVALID_VALUE},
        {hidden, 0, {0, 0}, CL_INVALID_BUFFER_SIZE},
        {hidden, 0, {0, SIZE + 1}, CL_INVALID_VALUE},
        {hidden, 0, {SIZE, 1}, CL_INVALID_VALUE},
        {hidden, 0, {SIZE_MAX, 2}, CL_INVALID_VALUE},
        {hidden, 0, {align / 2, 64}, CL_MISALIGNED_SUB_BUFFER_OFFSET},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cl_int status = 1;
        assert_null(clCreateSubBuffer(cases[i].buffer, cases[i].flags, CL_BUFFER_CREATE_TYPE_REGION,
                                      &cases[i].region, &status));
        assert_int_equal(status, cases[i].error);
    }
    const cl_buffer_region region = {align, align};
    cl_int status;
    assert_null(clCreateSubBuffer(hidden, 0, 0, &region, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    assert_null(clCreateSubBuffer(hidden, 0, CL_BUFFER_CREATE_TYPE_REGION, NULL, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    cl_mem sub = clCreateSubBuffer(hidden, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_null(clCreateSubBuffer(sub, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &status));
    assert_int_equal(status, CL_INVALID_MEM_OBJECT);
    clReleaseMemObject(sub);
    clReleaseMemObject(read_only);
    clReleaseMemObject(write_only);
    clReleaseMemObject(hidden);
}

#define expect_info(object, name, type, wanted)                                                              \
    do {                                                                                                     \
        type value_;                                                                                         \
        size_t size_ = 0;                                                                                    \
        assert_int_equal(clGetMemObjectInfo(object, name, sizeof(type), &value_, &size_), CL_SUCCESS);       \
        assert_int_equal(size_, sizeof(type));                                                               \
        assert_true(value_ == (wanted));                                                                     \
    } while (0)

static void queries(void **state)
{
    (void)state;
    static uint8_t host[SIZE] __attribute__((aligned(4096)));
    cl_int status;
    cl_mem buffer = buffer_new(CL_MEM_READ_ONLY | CL_MEM_USE_HOST_PTR, SIZE, host);
    const cl_buffer_region region = {1024, 512};
    cl_mem sub = clCreateSubBuffer(buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &status);
    assert_int_equal(status, CL_SUCCESS);
    expect_info(buffer, CL_MEM_TYPE, cl_mem_object_type, CL_MEM_OBJECT_BUFFER);
    expect_info(buffer, CL_MEM_FLAGS, cl_mem_flags, (cl_mem_flags)(CL_MEM_READ_ONLY | CL_MEM_USE_HOST_PTR));
    expect_info(sub, CL_MEM_FLAGS, cl_mem_flags, (cl_mem_flags)(CL_MEM_READ_ONLY | CL_MEM_USE_HOST_PTR));
    expect_info(buffer, CL_MEM_SIZE, size_t, (size_t)SIZE);
    expect_info(sub, CL_MEM_SIZE, size_t, (size_t)512);
    expect_info(buffer, CL_MEM_HOST_PTR, void *, (void *)host);
    expect_info(sub, CL_MEM_HOST_PTR, void *, (void *)(host + 1024));
    expect_info(buffer, CL_MEM_MAP_COUNT, cl_uint, 0u);
    expect_info(sub, CL_MEM_REFERENCE_COUNT, cl_uint, 1u);
    expect_info(buffer, CL_MEM_CONTEXT, cl_context, session.context);
    expect_info(buffer, CL_MEM_ASSOCIATED_MEMOBJECT, cl_mem, (cl_mem)NULL);
    expect_info(sub, CL_MEM_ASSOCIATED_MEMOBJECT, cl_mem, buffer);
    expect_info(buffer, CL_MEM_OFFSET, size_t, (size_t)0);
    expect_info(sub, CL_MEM_OFFSET, size_t, (size_t)1024);
    cl_device_svm_capabilities svm;
    assert_int_equal(clGetDeviceInfo(session.device, CL_DEVICE_SVM_CAPABILITIES, sizeof svm, &svm, NULL), 0);
    expect_info(buffer, CL_MEM_USES_SVM_POINTER, cl_bool,
                (cl_bool)(svm & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM ? CL_TRUE : CL_FALSE));
    size_t size = 99;
    assert_int_equal(clGetMemObjectInfo(buffer, CL_MEM_PROPERTIES, 0, NULL, &size), CL_SUCCESS);
    assert_int_equal(size, 0);
    assert_int_equal(clGetMemObjectInfo(buffer, 0x9999, 0, NULL, &size), CL_INVALID_VALUE);
    assert_int_equal(clGetMemObjectInfo(buffer, CL_MEM_SIZE, 4, &size, NULL), CL_INVALID_VALUE);
    clReleaseMemObject(sub);
    clReleaseMemObject(buffer);
}

// ---- Moving bytes -------------------------------------------------------------------------------------

static void read_and_write(void **state)
{
    (void)state;
    static uint8_t model[SIZE], bytes[SIZE];
    fill_random(model, SIZE);
    cl_mem buffer = buffer_new(CL_MEM_COPY_HOST_PTR, SIZE, model);
    buffer_expect(buffer, model, SIZE);
    for (unsigned i = 0; i < 200; i++) {
        size_t offset = rand() % SIZE, size = 1 + rand() % (SIZE - offset);
        fill_random(bytes, size);
        assert_int_equal(
            clEnqueueWriteBuffer(session.queue, buffer, i & 1, offset, size, bytes, 0, NULL, NULL), 0);
        memcpy(model + offset, bytes, size);
        size_t from = rand() % SIZE, length = 1 + rand() % (SIZE - from);
        uint8_t result[SIZE];
        assert_int_equal(
            clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, from, length, result, 0, NULL, NULL), 0);
        assert_memory_equal(result, model + from, length);
    }
    buffer_expect(buffer, model, SIZE);
    clReleaseMemObject(buffer);
}

// A box of bytes moved between two models of memory, as the specification defines it.
static void model_copy(uint8_t *to, const uint8_t *from, const size_t to_origin[3],
                       const size_t from_origin[3], const size_t region[3], size_t to_row, size_t to_slice,
                       size_t from_row, size_t from_slice)
{
    for (size_t z = 0; z < region[2]; z++)
        for (size_t y = 0; y < region[1]; y++)
            memcpy(to + (to_origin[2] + z) * to_slice + (to_origin[1] + y) * to_row + to_origin[0],
                   from + (from_origin[2] + z) * from_slice + (from_origin[1] + y) * from_row +
                       from_origin[0],
                   region[0]);
}

static void rectangles(void **state)
{
    (void)state;
    static uint8_t model[SIZE], other[SIZE], bytes[SIZE];
    fill_random(model, SIZE);
    fill_random(other, SIZE);
    cl_mem buffer = buffer_new(CL_MEM_COPY_HOST_PTR, SIZE, model),
           second = buffer_new(CL_MEM_COPY_HOST_PTR, SIZE, other);
    for (unsigned i = 0; i < 60; i++) {
        const size_t region[3] = {1 + rand() % 12, 1 + rand() % 6, 1 + rand() % 5};
        const size_t a[3] = {rand() % 4, rand() % 3, rand() % 3}, b[3] = {rand() % 4, rand() % 3, rand() % 3};
        const size_t row = 16 + rand() % 4, slice = row * (8 + rand() % 4), other_row = 17,
                     other_slice = 17 * 9;
        fill_random(bytes, SIZE);
        assert_int_equal(clEnqueueWriteBufferRect(session.queue, buffer, CL_TRUE, a, b, region, row, slice,
                                                  other_row, other_slice, bytes, 0, NULL, NULL),
                         CL_SUCCESS);
        model_copy(model, bytes, a, b, region, row, slice, other_row, other_slice);
        assert_int_equal(clEnqueueCopyBufferRect(session.queue, buffer, second, a, b, region, row, slice,
                                                 other_row, other_slice, 0, NULL, NULL),
                         CL_SUCCESS);
        model_copy(other, model, b, a, region, other_row, other_slice, row, slice);
        static uint8_t expected[SIZE];
        memcpy(expected, bytes, SIZE);
        assert_int_equal(clEnqueueReadBufferRect(session.queue, second, CL_TRUE, b, a, region, other_row,
                                                 other_slice, row, slice, bytes, 0, NULL, NULL),
                         CL_SUCCESS);
        model_copy(expected, other, a, b, region, row, slice, other_row, other_slice);
        assert_memory_equal(bytes, expected, SIZE);
    }
    buffer_expect(buffer, model, SIZE);
    buffer_expect(second, other, SIZE);
    clReleaseMemObject(buffer);
    clReleaseMemObject(second);
}

static void copies_and_fills(void **state)
{
    (void)state;
    static uint8_t model[SIZE], other[SIZE];
    fill_random(model, SIZE);
    fill_random(other, SIZE);
    cl_mem buffer = buffer_new(CL_MEM_COPY_HOST_PTR, SIZE, model),
           second = buffer_new(CL_MEM_COPY_HOST_PTR, SIZE, other);
    for (size_t size = 1; size <= 128; size *= 2) {
        uint8_t pattern[128];
        fill_random(pattern, size);
        size_t offset = size * (rand() % 4), count = 1 + rand() % (SIZE / size - 4);
        assert_int_equal(
            clEnqueueFillBuffer(session.queue, buffer, pattern, size, offset, count * size, 0, NULL, NULL),
            0);
        for (size_t i = 0; i < count; i++) memcpy(model + offset + i * size, pattern, size);
        size_t from = rand() % 1000, to = rand() % 1000, length = 1 + rand() % 3000;
        assert_int_equal(clEnqueueCopyBuffer(session.queue, buffer, second, from, to, length, 0, NULL, NULL),
                         CL_SUCCESS);
        memcpy(other + to, model + from, length);
        assert_int_equal(clEnqueueCopyBuffer(session.queue, second, second, 0, 2048, 2048, 0, NULL, NULL),
                         CL_SUCCESS);
        memcpy(other + 2048, other, 2048);
    }
    buffer_expect(buffer, model, SIZE);
    buffer_expect(second, other, SIZE);
    clReleaseMemObject(buffer);
    clReleaseMemObject(second);
}

static void copy_errors(void **state)
{
    (void)state;
    cl_mem buffer = buffer_new(0, SIZE, NULL), second = buffer_new(0, SIZE, NULL);
    const cl_buffer_region regions[] = {{0, 2048}, {1024, 2048}};
    cl_mem low = clCreateSubBuffer(buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &regions[0], NULL);
    cl_mem high = clCreateSubBuffer(buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &regions[1], NULL);
    const struct {
        cl_mem from, to;
        size_t from_offset, to_offset, size;
        cl_int error;
    } cases[] = {
        {buffer, buffer, 0, 100, 101, CL_MEM_COPY_OVERLAP},
        {buffer, buffer, 0, 100, 100, CL_SUCCESS},
        {buffer, buffer, 100, 0, 101, CL_MEM_COPY_OVERLAP},
        {buffer, buffer, 7, 7, 1, CL_MEM_COPY_OVERLAP},
        {low, high, 0, 0, 1024, CL_SUCCESS},
        {low, high, 0, 0, 1025, CL_MEM_COPY_OVERLAP},
        {high, low, 0, 1024, 1, CL_MEM_COPY_OVERLAP},
        {buffer, second, 0, 0, SIZE, CL_SUCCESS},
        {buffer, second, 1, 0, SIZE, CL_INVALID_VALUE},
        {buffer, second, 0, 1, SIZE, CL_INVALID_VALUE},
        {buffer, second, 0, 0, 0, CL_SUCCESS},
        {buffer, second, SIZE_MAX, 0, 2, CL_INVALID_VALUE},
        {NULL, second, 0, 0, 1, CL_INVALID_MEM_OBJECT},
        {buffer, NULL, 0, 0, 1, CL_INVALID_MEM_OBJECT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(clEnqueueCopyBuffer(session.queue, cases[i].from, cases[i].to, cases[i].from_offset,
                                             cases[i].to_offset, cases[i].size, 0, NULL, NULL),
                         cases[i].error);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    for (cl_mem *each = (cl_mem[]){low, high, buffer, second, NULL}; *each; each++) clReleaseMemObject(*each);
}

static void fill_errors(void **state)
{
    (void)state;
    cl_mem buffer = buffer_new(0, SIZE, NULL);
    static const uint8_t pattern[256];
    const struct {
        const void *pattern;
        size_t pattern_size, offset, size;
    } cases[] = {{NULL, 4, 0, 4},    {pattern, 0, 0, 4}, {pattern, 3, 0, 3},    {pattern, 256, 0, 256},
                 {pattern, 4, 2, 4}, {pattern, 4, 0, 6}, {pattern, 4, SIZE, 4}, {pattern, 4, 0, SIZE + 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(clEnqueueFillBuffer(session.queue, buffer, cases[i].pattern, cases[i].pattern_size,
                                             cases[i].offset, cases[i].size, 0, NULL, NULL),
                         CL_INVALID_VALUE);
    clReleaseMemObject(buffer);
}

static void host_access_flags(void **state)
{
    (void)state;
    static const struct {
        cl_mem_flags flags;
        bool readable, writable;
    } cases[] = {{CL_MEM_HOST_READ_ONLY, true, false},
                 {CL_MEM_HOST_WRITE_ONLY, false, true},
                 {CL_MEM_HOST_NO_ACCESS, false, false}};
    static const size_t origin[3], region[3] = {8, 2, 1};
    uint8_t bytes[64] = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cl_mem buffer = buffer_new(cases[i].flags, SIZE, NULL);
        cl_int reads = cases[i].readable ? CL_SUCCESS : CL_INVALID_OPERATION,
               writes = cases[i].writable ? CL_SUCCESS : CL_INVALID_OPERATION, status;
        assert_int_equal(clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, 64, bytes, 0, NULL, NULL),
                         reads);
        assert_int_equal(clEnqueueWriteBuffer(session.queue, buffer, CL_TRUE, 0, 64, bytes, 0, NULL, NULL),
                         writes);
        assert_int_equal(clEnqueueReadBufferRect(session.queue, buffer, CL_TRUE, origin, origin, region, 0, 0,
                                                 0, 0, bytes, 0, NULL, NULL),
                         reads);
        assert_int_equal(clEnqueueWriteBufferRect(session.queue, buffer, CL_TRUE, origin, origin, region, 0,
                                                  0, 0, 0, bytes, 0, NULL, NULL),
                         writes);
        for (cl_map_flags flag = CL_MAP_READ; flag <= CL_MAP_WRITE_INVALIDATE_REGION; flag <<= 1) {
            void *pointer =
                clEnqueueMapBuffer(session.queue, buffer, CL_TRUE, flag, 0, 64, 0, NULL, NULL, &status);
            assert_int_equal(status, flag == CL_MAP_READ ? reads : writes);
            if (pointer)
                assert_int_equal(clEnqueueUnmapMemObject(session.queue, buffer, pointer, 0, NULL, NULL),
                                 CL_SUCCESS);
        }
        clFinish(session.queue);
        clReleaseMemObject(buffer);
    }
}

// ---- Mapping ------------------------------------------------------------------------------------------

static void maps_show_and_store(void **state)
{
    (void)state;
    static uint8_t model[SIZE], host[SIZE] __attribute__((aligned(4096)));
    static const cl_mem_flags kinds[] = {CL_MEM_COPY_HOST_PTR, CL_MEM_COPY_HOST_PTR | CL_MEM_ALLOC_HOST_PTR,
                                         CL_MEM_USE_HOST_PTR};
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        fill_random(host, SIZE);
        memcpy(model, host, SIZE);
        cl_mem buffer = buffer_new(kinds[kind], SIZE, host);
        for (unsigned i = 0; i < 50; i++) {
            size_t offset = rand() % SIZE, size = 1 + rand() % (SIZE - offset);
            cl_int status;
            uint8_t *bytes = clEnqueueMapBuffer(session.queue, buffer, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE,
                                                offset, size, 0, NULL, NULL, &status);
            assert_int_equal(status, CL_SUCCESS);
            if (kinds[kind] & CL_MEM_USE_HOST_PTR) assert_ptr_equal(bytes, host + offset);
            assert_memory_equal(bytes, model + offset, size);
            fill_random(bytes, size);
            memcpy(model + offset, bytes, size);
            assert_int_equal(clEnqueueUnmapMemObject(session.queue, buffer, bytes, 0, NULL, NULL),
                             CL_SUCCESS);
        }
        buffer_expect(buffer, model, SIZE);
        clReleaseMemObject(buffer);
    }
}

static void map_book_keeping(void **state)
{
    (void)state;
    cl_mem buffer = buffer_new(0, SIZE, NULL);
    const cl_buffer_region region = {1024, 1024};
    cl_int status;
    cl_mem sub = clCreateSubBuffer(buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &status);
    void *a = clEnqueueMapBuffer(session.queue, buffer, CL_TRUE, CL_MAP_READ, 0, 100, 0, NULL, NULL, &status);
    void *b = clEnqueueMapBuffer(session.queue, buffer, CL_TRUE, CL_MAP_READ, 0, 100, 0, NULL, NULL, &status);
    void *c =
        clEnqueueMapBuffer(session.queue, buffer, CL_TRUE, CL_MAP_WRITE, 2000, 100, 0, NULL, NULL, &status);
    assert_true(a && b && c);
    expect_info(buffer, CL_MEM_MAP_COUNT, cl_uint, 3u);
    // What is mapped for writing cannot be mapped for writing again, by way of a sub-buffer neither.
    assert_null(
        clEnqueueMapBuffer(session.queue, buffer, CL_TRUE, CL_MAP_WRITE, 2050, 1, 0, NULL, NULL, &status));
    assert_int_equal(status, CL_INVALID_OPERATION);
    assert_null(
        clEnqueueMapBuffer(session.queue, sub, CL_TRUE, CL_MAP_WRITE, 1000, 1, 0, NULL, NULL, &status));
    assert_int_equal(status, CL_INVALID_OPERATION);
    // A pointer belongs to the object that was mapped, and to one unmapping each.
    assert_int_equal(clEnqueueUnmapMemObject(session.queue, sub, c, 0, NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(clEnqueueUnmapMemObject(session.queue, buffer, &status, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(clEnqueueUnmapMemObject(session.queue, buffer, NULL, 0, NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(clEnqueueUnmapMemObject(session.queue, buffer, c, 0, NULL, NULL), CL_SUCCESS);
    assert_int_equal(clEnqueueUnmapMemObject(session.queue, buffer, c, 0, NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(clEnqueueUnmapMemObject(session.queue, buffer, a, 0, NULL, NULL), CL_SUCCESS);
    assert_int_equal(clEnqueueUnmapMemObject(session.queue, buffer, b, 0, NULL, NULL), CL_SUCCESS);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    expect_info(buffer, CL_MEM_MAP_COUNT, cl_uint, 0u);
    static const struct {
        cl_map_flags flags;
        size_t offset, size;
    } bad[] = {{CL_MAP_READ, 0, 0},
               {CL_MAP_READ, SIZE, 1},
               {CL_MAP_READ, 1, SIZE},
               {(cl_map_flags)1 << 7, 0, 1},
               {CL_MAP_READ | CL_MAP_WRITE_INVALIDATE_REGION, 0, 1},
               {CL_MAP_READ, SIZE_MAX, 2}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_null(clEnqueueMapBuffer(session.queue, buffer, CL_TRUE, bad[i].flags, bad[i].offset,
                                       bad[i].size, 0, NULL, NULL, &status));
        assert_int_equal(status, CL_INVALID_VALUE);
    }
    clReleaseMemObject(sub);
    clReleaseMemObject(buffer);
}

// ---- Handles and lifetime -----------------------------------------------------------------------------

static unsigned destructor_calls;

static void CL_CALLBACK count_destructor(cl_mem memory, void *argument)
{
    (void)memory;
    // Newest first.
    assert_int_equal((uintptr_t)argument, 2 - destructor_calls++);
}

static void destructors_and_stale_handles(void **state)
{
    (void)state;
    uint8_t byte;
    cl_mem buffer = buffer_new(0, SIZE, NULL);
    assert_int_equal(clSetMemObjectDestructorCallback(buffer, NULL, NULL), CL_INVALID_VALUE);
    for (uintptr_t i = 0; i < 3; i++)
        assert_int_equal(clSetMemObjectDestructorCallback(buffer, count_destructor, (void *)i), CL_SUCCESS);
    assert_int_equal(clRetainMemObject(buffer), CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    assert_int_equal(destructor_calls, 0);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    assert_int_equal(destructor_calls, 3);
    cl_mem strangers[] = {(cl_mem)session.queue, NULL};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(clRetainMemObject(strangers[i]), CL_INVALID_MEM_OBJECT);
        assert_int_equal(clReleaseMemObject(strangers[i]), CL_INVALID_MEM_OBJECT);
        assert_int_equal(
            clEnqueueReadBuffer(session.queue, strangers[i], CL_TRUE, 0, 1, &byte, 0, NULL, NULL),
            CL_INVALID_MEM_OBJECT);
        assert_int_equal(clEnqueueMigrateMemObjects(session.queue, 1, &strangers[i], 0, 0, NULL, NULL),
                         CL_INVALID_MEM_OBJECT);
    }
}

static void commands_keep_their_buffers(void **state)
{
    (void)state;
    static uint8_t bytes[SIZE], model[SIZE];
    fill_random(model, SIZE);
    cl_int status;
    cl_event gate = clCreateUserEvent(session.context, &status);
    assert_int_equal(status, CL_SUCCESS);
    cl_mem buffer = buffer_new(CL_MEM_COPY_HOST_PTR, SIZE, model);
    assert_int_equal(clEnqueueReadBuffer(session.queue, buffer, CL_FALSE, 0, SIZE, bytes, 1, &gate, NULL),
                     CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    assert_int_equal(clSetUserEventStatus(gate, CL_COMPLETE), CL_SUCCESS);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    assert_memory_equal(bytes, model, SIZE);
    clReleaseEvent(gate);
}

static void argument_errors(void **state)
{
    (void)state;
    uint8_t bytes[64];
    static const size_t origin[3], region[3] = {8, 2, 1}, too_tall[3] = {8, SIZE, 1};
    cl_mem buffer = buffer_new(0, SIZE, NULL);
    cl_command_queue queue = session.queue;
    cl_event event = NULL;
    assert_int_equal(clEnqueueReadBuffer(NULL, buffer, CL_TRUE, 0, 1, bytes, 0, NULL, NULL),
                     CL_INVALID_COMMAND_QUEUE);
    assert_int_equal(clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, 1, NULL, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(clEnqueueReadBuffer(queue, buffer, CL_TRUE, SIZE, 1, bytes, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(clEnqueueReadBuffer(queue, buffer, CL_TRUE, 1, SIZE_MAX, bytes, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, 1, bytes, 1, NULL, NULL),
                     CL_INVALID_EVENT_WAIT_LIST);
    assert_int_equal(clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, 1, bytes, 0, &event, NULL),
                     CL_INVALID_EVENT_WAIT_LIST);
    assert_int_equal(clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, 1, bytes, 1, &event, NULL),
                     CL_INVALID_EVENT_WAIT_LIST);
    assert_int_equal(clEnqueueWriteBuffer(queue, buffer, CL_TRUE, 0, 1, NULL, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(clEnqueueWriteBuffer(queue, buffer, CL_TRUE, 0, SIZE + 1, bytes, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(clEnqueueReadBufferRect(queue, buffer, CL_TRUE, NULL, origin, region, 0, 0, 0, 0, bytes,
                                             0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(clEnqueueReadBufferRect(queue, buffer, CL_TRUE, origin, NULL, region, 0, 0, 0, 0, bytes,
                                             0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(clEnqueueReadBufferRect(queue, buffer, CL_TRUE, origin, origin, NULL, 0, 0, 0, 0, bytes,
                                             0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(clEnqueueReadBufferRect(queue, buffer, CL_TRUE, origin, origin, region, 7, 0, 0, 0,
                                             bytes, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(clEnqueueReadBufferRect(queue, buffer, CL_TRUE, origin, origin, region, 0, 0, 7, 0,
                                             bytes, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(clEnqueueReadBufferRect(queue, buffer, CL_TRUE, origin, origin, too_tall, 0, 0, 0, 0,
                                             bytes, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(
        clEnqueueCopyBufferRect(queue, buffer, buffer, origin, origin, region, 0, 0, 0, 0, 0, NULL, NULL),
        CL_MEM_COPY_OVERLAP);
    assert_int_equal(clEnqueueMigrateMemObjects(queue, 0, &buffer, 0, 0, NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(clEnqueueMigrateMemObjects(queue, 1, NULL, 0, 0, NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(clEnqueueMigrateMemObjects(queue, 1, &buffer, 1 << 9, 0, NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(
        clEnqueueMigrateMemObjects(queue, 1, &buffer, CL_MIGRATE_MEM_OBJECT_HOST, 0, NULL, &event),
        CL_SUCCESS);
    assert_int_equal(clWaitForEvents(1, &event), CL_SUCCESS);
    clReleaseEvent(event);
    clReleaseMemObject(buffer);
}

// Every way to reach bytes beyond 2^32; of the buffer only a few pages are ever touched.
static void more_than_four_gib(void **state)
{
    (void)state;
    static const char source[] = "kernel void mark(global uint *a, ulong first) {"
                                 " a[first + get_global_id(0) * 0x10000000UL] = 7 + get_global_id(0); }";
    const size_t size = ((size_t)5 << 30) + 4096, far = (size_t)1 << 32;
    cl_ulong most;
    assert_int_equal(clGetDeviceInfo(session.device, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof most, &most, NULL),
                     CL_SUCCESS);
    if (most < size) skip();
    cl_mem buffer = buffer_new(0, size, NULL);
    cl_kernel kernel = session_kernel(&session, source, "mark", "");
    const cl_ulong first = 3;
    const size_t items = 6; // a GiB apart: the last is beyond 5 GiB
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof buffer, &buffer), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, sizeof first, &first), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    uint32_t value;
    for (size_t i = 0; i < items; i++) {
        assert_int_equal(clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, first * 4 + (i << 30), 4, &value,
                                             0, NULL, NULL),
                         CL_SUCCESS);
        assert_int_equal(value, 7 + i);
    }
    value = 0x12345678;
    assert_int_equal(clEnqueueFillBuffer(session.queue, buffer, &value, 4, far - 8, 16, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(
        clEnqueueCopyBuffer(session.queue, buffer, buffer, far - 8, size - 16, 16, 0, NULL, NULL),
        CL_SUCCESS);
    const uint32_t *mapped =
        clEnqueueMapBuffer(session.queue, buffer, CL_TRUE, CL_MAP_READ, size - 20, 20, 0, NULL, NULL, NULL);
    assert_non_null(mapped);
    for (unsigned i = 1; i < 5; i++) assert_int_equal(mapped[i], value);
    assert_int_equal(clEnqueueUnmapMemObject(session.queue, buffer, (void *)(uintptr_t)mapped, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    clReleaseKernel(kernel);
    clReleaseMemObject(buffer);
}

// The device's memory runs out with an error, and is whole again afterwards.
static void memory_runs_out(void **state)
{
    (void)state;
    enum { BUFFERS = 64 };
    cl_ulong most, all;
    // ROCr notices by an exception of its own, which AddressSanitizer cannot pass on in a program without
    // C++.
    if (__has_feature(address_sanitizer)) skip();
    assert_int_equal(clGetDeviceInfo(session.device, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof most, &most, NULL),
                     0);
    assert_int_equal(clGetDeviceInfo(session.device, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof all, &all, NULL), 0);
    assert_true(most <= all && all / (most / 2) < BUFFERS);
    for (unsigned round = 0; round < 2; round++) {
        cl_mem buffers[BUFFERS];
        cl_int status = CL_SUCCESS;
        unsigned count = 0;
        while (count < BUFFERS) {
            buffers[count] = clCreateBuffer(session.context, 0, most / 2, NULL, &status);
            if (!buffers[count]) break;
            count++;
        }
        assert_int_equal(status, CL_MEM_OBJECT_ALLOCATION_FAILURE);
        assert_in_range(count, 1, all / (most / 2));
        assert_null(clSVMAlloc(session.context, 0, most / 2, 0));
        while (count) clReleaseMemObject(buffers[--count]);
    }
}

// Where a context has a new buffer of this size, which is released again after somebody wrote to it.
static void *storage_of_next(cl_context context, size_t size)
{
    cl_int status;
    cl_command_queue queue = clCreateCommandQueueWithProperties(context, session.device, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    cl_mem buffer = clCreateBuffer(context, 0, size, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    void *storage = clEnqueueMapBuffer(queue, buffer, CL_TRUE, CL_MAP_WRITE, 0, size, 0, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    memset(storage, 0x5a, size);
    assert_int_equal(clEnqueueUnmapMemObject(queue, buffer, storage, 0, NULL, NULL), CL_SUCCESS);
    assert_int_equal(clFinish(queue), CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    assert_int_equal(clReleaseCommandQueue(queue), CL_SUCCESS);
    return storage;
}

// A context's released storage serves its next buffer of about that size, and no other context's.
static void storage_is_kept(void **state)
{
    (void)state;
    cl_int status;
    const size_t sizes[] = {1, 4096, 70000, 1 << 20};
    cl_context other = clCreateContext(NULL, 1, &session.device, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const void *storage = storage_of_next(session.context, sizes[i]);
        assert_ptr_not_equal(storage_of_next(other, sizes[i]), storage);
        assert_ptr_equal(storage_of_next(session.context, sizes[i]), storage);
    }
    assert_int_equal(clReleaseContext(other), CL_SUCCESS);
}

static cl_ulong memory_unused(void)
{
    size_t unused[2];
    assert_int_equal(
        clGetDeviceInfo(session.device, CL_DEVICE_GLOBAL_FREE_MEMORY_AMD, sizeof unused, unused, NULL),
        CL_SUCCESS);
    return unused[0];
}

// What a context keeps is bounded, and ends with it.
static void storage_is_given_back(void **state)
{
    (void)state;
    enum { COUNT = 60, PIECE = 3 << 20, MOST_KIB = 40 << 10 };
    cl_int status;
    cl_mem buffers[COUNT];
    cl_ulong before = memory_unused();
    cl_context context = clCreateContext(NULL, 1, &session.device, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    for (unsigned i = 0; i < COUNT; i++) {
        buffers[i] = clCreateBuffer(context, 0, PIECE, NULL, &status);
        assert_int_equal(status, CL_SUCCESS);
    }
    assert_true(before - memory_unused() >= COUNT * (PIECE >> 10));
    for (unsigned i = 0; i < COUNT; i++) assert_int_equal(clReleaseMemObject(buffers[i]), CL_SUCCESS);
    assert_true(before - memory_unused() <= MOST_KIB);
    assert_int_equal(clReleaseContext(context), CL_SUCCESS);
    assert_int_equal(memory_unused(), before);
}

static void create_and_release(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        cl_mem buffer = buffer_new(0, 1 << 20, NULL);
        const cl_buffer_region region = {0, 1024};
        cl_mem sub = clCreateSubBuffer(buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, NULL);
        clReleaseMemObject(buffer);
        assert_int_equal(clEnqueueFillBuffer(session.queue, sub, &i, 4, 0, 1024, 0, NULL, NULL), CL_SUCCESS);
        clReleaseMemObject(sub);
    }
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creation_errors),
        cmocka_unit_test(sub_buffer_errors),
        cmocka_unit_test(queries),
        cmocka_unit_test(read_and_write),
        cmocka_unit_test(rectangles),
        cmocka_unit_test(copies_and_fills),
        cmocka_unit_test(copy_errors),
        cmocka_unit_test(fill_errors),
        cmocka_unit_test(host_access_flags),
        cmocka_unit_test(maps_show_and_store),
        cmocka_unit_test(map_book_keeping),
        cmocka_unit_test(destructors_and_stale_handles),
        cmocka_unit_test(commands_keep_their_buffers),
        cmocka_unit_test(argument_errors),
        cmocka_unit_test(more_than_four_gib),
        cmocka_unit_test(memory_runs_out),
        cmocka_unit_test(storage_is_kept),
        cmocka_unit_test(storage_is_given_back),
        cmocka_unit_test(create_and_release),
    };
    return cmocka_run_group_tests(tests, session_group_open, session_group_close);
}
