// Sections 5.2 and 5.5: buffers, and what holds for all memory objects.
#include "table.h"

#include <stdlib.h>

enum { PAST = BUFFER_SIZE + 1 };
static const cl_int pattern[32];
static size_t size;
static char text[256];

// 5.2.1 Creating Buffer Objects
void buffers(void **state)
{
    (void)state;
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clCreateBuffer(bad, 0, 16, NULL, error_out));
    BAD(CL_INVALID_BUFFER_SIZE, cl->clCreateBuffer(context, 0, 0, NULL, error_out));
    BAD(CL_INVALID_BUFFER_SIZE, cl->clCreateBuffer(context, 0, SIZE_MAX, NULL, error_out));
    BAD(CL_INVALID_HOST_PTR, cl->clCreateBuffer(context, 0, 16, host, error_out));
    BAD(CL_INVALID_HOST_PTR, cl->clCreateBuffer(context, CL_MEM_ALLOC_HOST_PTR, 16, host, error_out));
    BAD(CL_INVALID_HOST_PTR, cl->clCreateBuffer(context, CL_MEM_USE_HOST_PTR, 16, NULL, error_out));
    BAD(CL_INVALID_HOST_PTR, cl->clCreateBuffer(context, CL_MEM_COPY_HOST_PTR, 16, NULL, error_out));
    static const cl_mem_flags forbidden[] = {
        CL_MEM_READ_WRITE | CL_MEM_WRITE_ONLY,
        CL_MEM_READ_WRITE | CL_MEM_READ_ONLY,
        CL_MEM_WRITE_ONLY | CL_MEM_READ_ONLY,
        CL_MEM_HOST_NO_ACCESS | CL_MEM_HOST_READ_ONLY,
        CL_MEM_HOST_NO_ACCESS | CL_MEM_HOST_WRITE_ONLY,
        CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_WRITE_ONLY,
        CL_MEM_USE_HOST_PTR | CL_MEM_ALLOC_HOST_PTR,
        CL_MEM_USE_HOST_PTR | CL_MEM_COPY_HOST_PTR,
        CL_MEM_KERNEL_READ_AND_WRITE,
        CL_MEM_SVM_FINE_GRAIN_BUFFER,
        1 << 6,
        (cl_mem_flags)1 << 63,
    };
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        void *data = forbidden[i] & CL_MEM_USE_HOST_PTR ? host : NULL;
        BAD(CL_INVALID_VALUE, cl->clCreateBuffer(context, forbidden[i], 16, data, error_out));
        BAD(CL_INVALID_VALUE,
            cl->clCreateBufferWithProperties(context, NULL, forbidden[i], 16, data, error_out));
    }
    const cl_mem_properties unknown[] = {0x7777, 1, 0};
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT,
                cl->clCreateBufferWithProperties(bad, NULL, 0, 16, NULL, error_out));
    BAD(CL_INVALID_PROPERTY, cl->clCreateBufferWithProperties(context, unknown, 0, 16, NULL, error_out));
    BAD(CL_INVALID_BUFFER_SIZE, cl->clCreateBufferWithProperties(context, NULL, 0, 0, NULL, error_out));
    BAD(CL_INVALID_HOST_PTR, cl->clCreateBufferWithProperties(context, NULL, 0, 16, host, error_out));
}

// 5.2.1 Creating Buffer Objects: sub-buffers
void sub_buffers(void **state)
{
    (void)state;
    enum { REGION = CL_BUFFER_CREATE_TYPE_REGION };
    const cl_buffer_region good = {0, 16}, empty = {0, 0}, after = {BUFFER_SIZE, 16},
                           long_one = {0, BUFFER_SIZE + 1}, wraps = {16, SIZE_MAX}, misaligned = {4, 16};
    BAD_HANDLES(cl_mem, CL_INVALID_MEM_OBJECT, cl->clCreateSubBuffer(bad, 0, REGION, &good, error_out));
    BAD(CL_INVALID_MEM_OBJECT, cl->clCreateSubBuffer(sub_buffer, 0, REGION, &good, error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateSubBuffer(buffer, 0, 0, &good, error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateSubBuffer(buffer, 0, REGION, NULL, error_out));
    BAD(CL_INVALID_BUFFER_SIZE, cl->clCreateSubBuffer(buffer, 0, REGION, &empty, error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateSubBuffer(buffer, 0, REGION, &after, error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateSubBuffer(buffer, 0, REGION, &long_one, error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateSubBuffer(buffer, 0, REGION, &wraps, error_out));
    BAD(CL_MISALIGNED_SUB_BUFFER_OFFSET, cl->clCreateSubBuffer(buffer, 0, REGION, &misaligned, error_out));
    struct {
        cl_mem of;
        cl_mem_flags flags;
    } const forbidden[] = {
        {buffer, CL_MEM_USE_HOST_PTR},
        {buffer, CL_MEM_ALLOC_HOST_PTR},
        {buffer, CL_MEM_COPY_HOST_PTR},
        {buffer, CL_MEM_READ_ONLY | CL_MEM_WRITE_ONLY},
        {buffer, CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_NO_ACCESS},
        {buffer, 1 << 6},
        {write_only, CL_MEM_READ_WRITE},
        {write_only, CL_MEM_READ_ONLY},
        {read_only, CL_MEM_READ_WRITE},
        {read_only, CL_MEM_WRITE_ONLY},
        {host_writes, CL_MEM_HOST_READ_ONLY},
        {host_reads, CL_MEM_HOST_WRITE_ONLY},
        {host_no_access, CL_MEM_HOST_READ_ONLY},
        {host_no_access, CL_MEM_HOST_WRITE_ONLY},
    };
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        BAD(CL_INVALID_VALUE,
            cl->clCreateSubBuffer(forbidden[i].of, forbidden[i].flags, REGION, &good, error_out));
}

// 5.2.2 Reading, Writing and Copying Buffer Objects
void reads_and_writes(void **state)
{
    (void)state;
    BAD_COMMAND(cl->clEnqueueReadBuffer(on, buffer, CL_TRUE, 0, 16, host, WAIT, NULL));
    BAD_HANDLES(cl_mem, CL_INVALID_MEM_OBJECT,
                cl->clEnqueueReadBuffer(queue, bad, CL_TRUE, 0, 16, host, 0, NULL, NULL));
    BAD(CL_INVALID_CONTEXT, cl->clEnqueueReadBuffer(queue, other.buffer, CL_TRUE, 0, 16, host, WAIT, NULL));
    BAD(CL_INVALID_CONTEXT, cl->clEnqueueReadBuffer(other.queue, buffer, CL_TRUE, 0, 16, host, WAIT, NULL));
    BAD(CL_INVALID_VALUE, cl->clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, 16, NULL, WAIT, NULL));
    BAD(CL_INVALID_VALUE, cl->clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, PAST, host, WAIT, NULL));
    BAD(CL_INVALID_VALUE, cl->clEnqueueReadBuffer(queue, buffer, CL_TRUE, PAST, 16, host, WAIT, NULL));
    BAD(CL_INVALID_VALUE, cl->clEnqueueReadBuffer(queue, buffer, CL_TRUE, 16, SIZE_MAX, host, WAIT, NULL));
    BAD(CL_INVALID_VALUE, cl->clEnqueueReadBuffer(queue, buffer, CL_TRUE, SIZE_MAX, 16, host, WAIT, NULL));
    BAD(CL_INVALID_OPERATION,
        cl->clEnqueueReadBuffer(queue, host_no_access, CL_TRUE, 0, 16, host, WAIT, NULL));
    BAD(CL_INVALID_OPERATION, cl->clEnqueueReadBuffer(queue, host_writes, CL_TRUE, 0, 16, host, WAIT, NULL));

    BAD_COMMAND(cl->clEnqueueWriteBuffer(on, buffer, CL_TRUE, 0, 16, host, WAIT, NULL));
    BAD_HANDLES(cl_mem, CL_INVALID_MEM_OBJECT,
                cl->clEnqueueWriteBuffer(queue, bad, CL_TRUE, 0, 16, host, 0, NULL, NULL));
    BAD(CL_INVALID_CONTEXT, cl->clEnqueueWriteBuffer(queue, other.buffer, CL_TRUE, 0, 16, host, WAIT, NULL));
    BAD(CL_INVALID_VALUE, cl->clEnqueueWriteBuffer(queue, buffer, CL_TRUE, 0, 16, NULL, WAIT, NULL));
    BAD(CL_INVALID_VALUE, cl->clEnqueueWriteBuffer(queue, buffer, CL_TRUE, 0, PAST, host, WAIT, NULL));
    BAD(CL_INVALID_VALUE, cl->clEnqueueWriteBuffer(queue, buffer, CL_TRUE, 16, SIZE_MAX, host, WAIT, NULL));
    BAD(CL_INVALID_OPERATION,
        cl->clEnqueueWriteBuffer(queue, host_no_access, CL_TRUE, 0, 16, host, WAIT, NULL));
    BAD(CL_INVALID_OPERATION, cl->clEnqueueWriteBuffer(queue, host_reads, CL_TRUE, 0, 16, host, WAIT, NULL));
}

static const size_t zero[3], box[3] = {4, 4, 4};

// A read and a write of one box, which differ in their name only.
#define BAD_BOX(expected, ...)                                                                               \
    do {                                                                                                     \
        BAD(expected, cl->clEnqueueReadBufferRect(on, __VA_ARGS__, WAIT, NULL));                             \
        BAD(expected, cl->clEnqueueWriteBufferRect(on, __VA_ARGS__, WAIT, NULL));                            \
    } while (0)

// 5.2.2 Reading, Writing and Copying Buffer Objects: boxes
void rectangles(void **state)
{
    (void)state;
    const size_t flat[3] = {4, 4, 0}, far[3] = {0, 0, 256}, huge[3] = {SIZE_MAX, 1, 1};
    BAD_COMMAND(
        cl->clEnqueueReadBufferRect(on, buffer, CL_TRUE, zero, zero, box, 0, 0, 0, 0, host, WAIT, NULL));
    BAD_COMMAND(
        cl->clEnqueueWriteBufferRect(on, buffer, CL_TRUE, zero, zero, box, 0, 0, 0, 0, host, WAIT, NULL));
    BAD_HANDLES(
        cl_mem, CL_INVALID_MEM_OBJECT,
        cl->clEnqueueReadBufferRect(queue, bad, CL_TRUE, zero, zero, box, 0, 0, 0, 0, host, 0, NULL, NULL));
    BAD_HANDLES(
        cl_mem, CL_INVALID_MEM_OBJECT,
        cl->clEnqueueWriteBufferRect(queue, bad, CL_TRUE, zero, zero, box, 0, 0, 0, 0, host, 0, NULL, NULL));
    BAD_BOX(CL_INVALID_CONTEXT, other.buffer, CL_TRUE, zero, zero, box, 0, 0, 0, 0, host);
    BAD_BOX(CL_INVALID_VALUE, buffer, CL_TRUE, NULL, zero, box, 0, 0, 0, 0, host);
    BAD_BOX(CL_INVALID_VALUE, buffer, CL_TRUE, zero, NULL, box, 0, 0, 0, 0, host);
    BAD_BOX(CL_INVALID_VALUE, buffer, CL_TRUE, zero, zero, NULL, 0, 0, 0, 0, host);
    BAD_BOX(CL_INVALID_VALUE, buffer, CL_TRUE, zero, zero, box, 0, 0, 0, 0, NULL);
    BAD_BOX(CL_INVALID_VALUE, buffer, CL_TRUE, zero, zero, flat, 0, 0, 0, 0, host);
    BAD_BOX(CL_INVALID_VALUE, buffer, CL_TRUE, zero, zero, huge, 0, 0, 0, 0, host);
    BAD_BOX(CL_INVALID_VALUE, buffer, CL_TRUE, far, zero, box, 0, 0, 0, 0, host);
    BAD_BOX(CL_INVALID_VALUE, buffer, CL_TRUE, zero, zero, box, 3, 0, 0, 0,
            host); // a row of 4 in a pitch of 3
    BAD_BOX(CL_INVALID_VALUE, buffer, CL_TRUE, zero, zero, box, 0, 0, 3, 0, host);
    BAD_BOX(CL_INVALID_VALUE, buffer, CL_TRUE, zero, zero, box, 4, 15, 0, 0, host); // a slice of 4 rows in 15
    BAD_BOX(CL_INVALID_VALUE, buffer, CL_TRUE, zero, zero, box, 0, 0, 4, 15, host);
    BAD_BOX(CL_INVALID_VALUE, buffer, CL_TRUE, zero, zero, box, 8, 36, 0, 0,
            host); // not a multiple of the row's
    BAD_BOX(CL_INVALID_VALUE, buffer, CL_TRUE, zero, zero, box, SIZE_MAX, 0, 0, 0, host);
    BAD_BOX(CL_INVALID_OPERATION, host_no_access, CL_TRUE, zero, zero, box, 0, 0, 0, 0, host);
    BAD(CL_INVALID_OPERATION, cl->clEnqueueReadBufferRect(queue, host_writes, CL_TRUE, zero, zero, box, 0, 0,
                                                          0, 0, host, WAIT, NULL));
    BAD(CL_INVALID_OPERATION, cl->clEnqueueWriteBufferRect(queue, host_reads, CL_TRUE, zero, zero, box, 0, 0,
                                                           0, 0, host, WAIT, NULL));
}

// A copy within or between buffers, by bytes or boxes.
#define BAD_COPY(expected, ...)     BAD(expected, cl->clEnqueueCopyBuffer(queue, __VA_ARGS__, WAIT, NULL))
#define BAD_BOX_COPY(expected, ...) BAD(expected, cl->clEnqueueCopyBufferRect(queue, __VA_ARGS__, WAIT, NULL))

// 5.2.2 Reading, Writing and Copying Buffer Objects: copies
void copies(void **state)
{
    (void)state;
    const size_t half = BUFFER_SIZE / 2, flat[3] = {4, 0, 4}, near[3] = {2, 0, 0}, far[3] = {0, 0, 256},
                 apart[3] = {0, 0, 64};
    BAD_COMMAND(cl->clEnqueueCopyBuffer(on, buffer, read_only, 0, 0, 16, WAIT, NULL));
    BAD_HANDLES(cl_mem, CL_INVALID_MEM_OBJECT,
                cl->clEnqueueCopyBuffer(queue, bad, buffer, 0, 0, 16, 0, NULL, NULL));
    BAD_HANDLES(cl_mem, CL_INVALID_MEM_OBJECT,
                cl->clEnqueueCopyBuffer(queue, buffer, bad, 0, 0, 16, 0, NULL, NULL));
    BAD_COPY(CL_INVALID_CONTEXT, buffer, other.buffer, 0, 0, 16);
    BAD_COPY(CL_INVALID_CONTEXT, other.buffer, buffer, 0, 0, 16);
    BAD_COPY(CL_INVALID_VALUE, buffer, read_only, PAST, 0, 16);
    BAD_COPY(CL_INVALID_VALUE, buffer, read_only, 0, PAST, 16);
    BAD_COPY(CL_INVALID_VALUE, buffer, read_only, 0, 0, PAST);
    BAD_COPY(CL_INVALID_VALUE, buffer, read_only, 16, 16, SIZE_MAX);
    BAD_COPY(CL_MEM_COPY_OVERLAP, buffer, buffer, 0, 8, 16);
    BAD_COPY(CL_MEM_COPY_OVERLAP, buffer, buffer, 8, 0, 16);
    BAD_COPY(CL_MEM_COPY_OVERLAP, buffer, sub_buffer, half, 8, 16);
    BAD_COMMAND(cl->clEnqueueCopyBufferRect(on, buffer, read_only, zero, zero, box, 0, 0, 0, 0, WAIT, NULL));
    BAD_HANDLES(cl_mem, CL_INVALID_MEM_OBJECT,
                cl->clEnqueueCopyBufferRect(queue, bad, buffer, zero, zero, box, 0, 0, 0, 0, 0, NULL, NULL));
    BAD_HANDLES(cl_mem, CL_INVALID_MEM_OBJECT,
                cl->clEnqueueCopyBufferRect(queue, buffer, bad, zero, zero, box, 0, 0, 0, 0, 0, NULL, NULL));
    BAD_BOX_COPY(CL_INVALID_CONTEXT, buffer, other.buffer, zero, zero, box, 0, 0, 0, 0);
    BAD_BOX_COPY(CL_INVALID_VALUE, buffer, read_only, NULL, zero, box, 0, 0, 0, 0);
    BAD_BOX_COPY(CL_INVALID_VALUE, buffer, read_only, zero, NULL, box, 0, 0, 0, 0);
    BAD_BOX_COPY(CL_INVALID_VALUE, buffer, read_only, zero, zero, NULL, 0, 0, 0, 0);
    BAD_BOX_COPY(CL_INVALID_VALUE, buffer, read_only, zero, zero, flat, 0, 0, 0, 0);
    BAD_BOX_COPY(CL_INVALID_VALUE, buffer, read_only, far, zero, box, 0, 0, 0, 0);
    BAD_BOX_COPY(CL_INVALID_VALUE, buffer, read_only, zero, far, box, 0, 0, 0, 0);
    BAD_BOX_COPY(CL_INVALID_VALUE, buffer, read_only, zero, zero, box, 3, 0, 0, 0);
    BAD_BOX_COPY(CL_INVALID_VALUE, buffer, read_only, zero, zero, box, 0, 0, 3, 0);
    BAD_BOX_COPY(CL_INVALID_VALUE, buffer, read_only, zero, zero, box, 4, 15, 0, 0);
    BAD_BOX_COPY(CL_INVALID_VALUE, buffer, read_only, zero, zero, box, 0, 0, 4, 15);
    BAD_BOX_COPY(CL_INVALID_VALUE, buffer, buffer, zero, apart, box, 4, 16, 8, 32); // one buffer, two pitches
    BAD_BOX_COPY(CL_MEM_COPY_OVERLAP, buffer, buffer, zero, near, box, 8, 64, 8, 64);
}

#define BAD_FILL(expected, ...) BAD(expected, cl->clEnqueueFillBuffer(queue, __VA_ARGS__, WAIT, NULL))

// 5.2.3 Filling Buffer Objects
void fills(void **state)
{
    (void)state;
    BAD_COMMAND(cl->clEnqueueFillBuffer(on, buffer, pattern, 4, 0, 16, WAIT, NULL));
    BAD_HANDLES(cl_mem, CL_INVALID_MEM_OBJECT,
                cl->clEnqueueFillBuffer(queue, bad, pattern, 4, 0, 16, 0, NULL, NULL));
    BAD_FILL(CL_INVALID_CONTEXT, other.buffer, pattern, 4, 0, 16);
    BAD_FILL(CL_INVALID_VALUE, buffer, NULL, 4, 0, 16);
    BAD_FILL(CL_INVALID_VALUE, buffer, pattern, 0, 0, 16);
    BAD_FILL(CL_INVALID_VALUE, buffer, pattern, 3, 0, 15);
    BAD_FILL(CL_INVALID_VALUE, buffer, pattern, 256, 0, 256);
    BAD_FILL(CL_INVALID_VALUE, buffer, pattern, SIZE_MAX, 0, 256);
    BAD_FILL(CL_INVALID_VALUE, buffer, pattern, 4, 2, 16);
    BAD_FILL(CL_INVALID_VALUE, buffer, pattern, 4, 0, 18);
    BAD_FILL(CL_INVALID_VALUE, buffer, pattern, 4, 0, BUFFER_SIZE + 4);
    BAD_FILL(CL_INVALID_VALUE, buffer, pattern, 4, BUFFER_SIZE, 4);
    BAD_FILL(CL_INVALID_VALUE, buffer, pattern, 4, 16, SIZE_MAX - 3);
}

#define BAD_MAP(expected, ...)                                                                               \
    BAD(expected, cl->clEnqueueMapBuffer(queue, __VA_ARGS__, WAIT, NULL, error_out))

// 5.2.4 Mapping Buffer Objects
void maps(void **state)
{
    (void)state;
    BAD_COMMAND(cl->clEnqueueMapBuffer(on, buffer, CL_TRUE, CL_MAP_READ, 0, 16, WAIT, NULL, error_out));
    BAD_HANDLES(cl_mem, CL_INVALID_MEM_OBJECT,
                cl->clEnqueueMapBuffer(queue, bad, CL_TRUE, CL_MAP_READ, 0, 16, 0, NULL, NULL, error_out));
    BAD_MAP(CL_INVALID_CONTEXT, other.buffer, CL_TRUE, CL_MAP_READ, 0, 16);
    BAD_MAP(CL_INVALID_VALUE, buffer, CL_TRUE, CL_MAP_READ, 0, 0);
    BAD_MAP(CL_INVALID_VALUE, buffer, CL_TRUE, CL_MAP_READ, 0, PAST);
    BAD_MAP(CL_INVALID_VALUE, buffer, CL_TRUE, CL_MAP_READ, PAST, 16);
    BAD_MAP(CL_INVALID_VALUE, buffer, CL_TRUE, CL_MAP_READ, 16, SIZE_MAX);
    BAD_MAP(CL_INVALID_VALUE, buffer, CL_TRUE, 1 << 10, 0, 16);
    BAD_MAP(CL_INVALID_VALUE, buffer, CL_TRUE, CL_MAP_WRITE | CL_MAP_WRITE_INVALIDATE_REGION, 0, 16);
    BAD_MAP(CL_INVALID_VALUE, buffer, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE_INVALIDATE_REGION, 0, 16);
    BAD_MAP(CL_INVALID_OPERATION, host_no_access, CL_TRUE, CL_MAP_READ, 0, 16);
    BAD_MAP(CL_INVALID_OPERATION, host_no_access, CL_TRUE, CL_MAP_WRITE, 0, 16);
    BAD_MAP(CL_INVALID_OPERATION, host_writes, CL_TRUE, CL_MAP_READ, 0, 16);
    BAD_MAP(CL_INVALID_OPERATION, host_writes, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, 0, 16);
    BAD_MAP(CL_INVALID_OPERATION, host_reads, CL_TRUE, CL_MAP_WRITE, 0, 16);
    BAD_MAP(CL_INVALID_OPERATION, host_reads, CL_TRUE, CL_MAP_WRITE_INVALIDATE_REGION, 0, 16);
}

// 5.5.2 Unmapping Mapped Memory Objects
void unmaps(void **state)
{
    (void)state;
    void *mapped = cl->clEnqueueMapBuffer(queue, buffer, CL_TRUE, CL_MAP_READ, 64, 16, 0, NULL, NULL, NULL);
    BAD_COMMAND(cl->clEnqueueUnmapMemObject(on, buffer, mapped, WAIT, NULL));
    BAD_HANDLES(any_mem, CL_INVALID_MEM_OBJECT,
                cl->clEnqueueUnmapMemObject(queue, bad, mapped, 0, NULL, NULL));
    BAD(CL_INVALID_CONTEXT, cl->clEnqueueUnmapMemObject(queue, other.buffer, mapped, WAIT, NULL));
    BAD(CL_INVALID_VALUE, cl->clEnqueueUnmapMemObject(queue, read_only, mapped, WAIT, NULL));
    BAD(CL_INVALID_VALUE, cl->clEnqueueUnmapMemObject(queue, buffer, NULL, WAIT, NULL));
    BAD(CL_INVALID_VALUE, cl->clEnqueueUnmapMemObject(queue, buffer, host, WAIT, NULL));
    BAD(CL_SUCCESS, cl->clEnqueueUnmapMemObject(queue, buffer, mapped, WAIT, NULL)); // none of them did
    BAD(CL_INVALID_VALUE, cl->clEnqueueUnmapMemObject(queue, buffer, mapped, WAIT, NULL));
}

#define BAD_MIGRATION(expected, ...)                                                                         \
    BAD(expected, cl->clEnqueueMigrateMemObjects(queue, __VA_ARGS__, WAIT, NULL))

// 5.5.4 Migrating Memory Objects
void migrations(void **state)
{
    (void)state;
    BAD_COMMAND(cl->clEnqueueMigrateMemObjects(on, 1, &buffer, 0, WAIT, NULL));
    BAD_HANDLES(any_mem, CL_INVALID_MEM_OBJECT,
                cl->clEnqueueMigrateMemObjects(queue, 2, (cl_mem[]){buffer, bad}, 0, 0, NULL, NULL));
    BAD_MIGRATION(CL_INVALID_CONTEXT, 1, &other.buffer, 0);
    BAD_MIGRATION(CL_INVALID_VALUE, 0, &buffer, 0);
    BAD_MIGRATION(CL_INVALID_VALUE, 1, NULL, 0);
    BAD_MIGRATION(CL_INVALID_VALUE, 1, &buffer, 1 << 10);
}

static void CL_CALLBACK not_called(cl_mem of, void *user)
{
    (void)of, (void)user;
    abort();
}

// 5.5.1 Retaining and Releasing Memory Objects, 5.5.5 Memory Object Queries
void memory_objects(void **state)
{
    (void)state;
    BAD_HANDLES(any_mem, CL_INVALID_MEM_OBJECT, cl->clRetainMemObject(bad));
    BAD_HANDLES(any_mem, CL_INVALID_MEM_OBJECT, cl->clReleaseMemObject(bad));
    BAD_HANDLES(any_mem, CL_INVALID_MEM_OBJECT, cl->clSetMemObjectDestructorCallback(bad, not_called, NULL));
    BAD(CL_INVALID_VALUE, cl->clSetMemObjectDestructorCallback(buffer, NULL, NULL));
    BAD_HANDLES(any_mem, CL_INVALID_MEM_OBJECT, cl->clGetMemObjectInfo(bad, CL_MEM_SIZE, 0, NULL, &size));
    BAD(CL_INVALID_VALUE, cl->clGetMemObjectInfo(buffer, 0, sizeof text, text, &size));
    BAD(CL_INVALID_VALUE, cl->clGetMemObjectInfo(buffer, CL_MEM_SIZE, 4, text, &size));
}
