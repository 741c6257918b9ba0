// cl_khr_external_memory, dma_buf and opaque_fd: memory that another process has made, which hands it over as
// drivers do, by its file descriptor; both see what the other writes. And what is refused.
#define _GNU_SOURCE
#include "group.h"

#include "api/device_address.h"
#include "api/external_memory.h"

#include <CL/cl_ext.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { INTS = 4096, BYTES = INTS * sizeof(cl_int), WIDTH = 60, HEIGHT = 16, PITCH = 256 };

static clEnqueueAcquireExternalMemObjectsKHR_fn acquire;
static clEnqueueReleaseExternalMemObjectsKHR_fn release;

static const cl_mem_properties types[] = {CL_EXTERNAL_MEMORY_HANDLE_DMA_BUF_KHR,
                                          CL_EXTERNAL_MEMORY_HANDLE_OPAQUE_FD_KHR};

// ---- The other process ------------------------------------------------------------------------------------

static int line; // to it
static pid_t other;

static void file_send(int to, int file)
{
    char byte = 0;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof file)];
    } control = {.header = {CMSG_LEN(sizeof file), SOL_SOCKET, SCM_RIGHTS}};
    struct iovec data = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes};
    memcpy(CMSG_DATA(&control.header), &file, sizeof file);
    if (sendmsg(to, &message, 0) != 1) _exit(3);
}

static int file_receive(int from)
{
    char byte;
    int file;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof file)];
    } control;
    struct iovec data = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes};
    assert_int_equal(recvmsg(from, &message, MSG_CMSG_CLOEXEC), 1);
    memcpy(&file, CMSG_DATA(&control.header), sizeof file);
    return file;
}

// For each letter on the line: 'n' new memory, whose numbers count up; '+' 1000 is added to each; '?' their
// sum is told. No OpenCL is here.
static void other_serve(int from)
{
    cl_int *numbers = NULL;
    char letter;
    while (read(from, &letter, 1) == 1) {
        cl_long sum = 0;
        if (letter == 'n') {
            int file = memfd_create("other", MFD_CLOEXEC);
            if (file < 0 || ftruncate(file, BYTES) != 0) _exit(1);
            numbers = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
            if (numbers == MAP_FAILED) _exit(2);
            for (int i = 0; i < INTS; i++) numbers[i] = i;
            file_send(from, file);
            close(file);
        }
        if (!numbers) _exit(3);
        for (int i = 0; letter == '+' && i < INTS; i++) numbers[i] += 1000;
        for (int i = 0; letter == '?' && i < INTS; i++) sum += numbers[i];
        if (letter != 'n' && write(from, &sum, sizeof sum) != sizeof sum) _exit(4);
    }
    _exit(0);
}

static cl_long other_asked(char letter)
{
    cl_long sum;
    assert_int_equal(write(line, &letter, 1), 1);
    assert_int_equal(read(line, &sum, sizeof sum), sizeof sum);
    return sum;
}

static int memory_of_other(void)
{
    assert_int_equal(write(line, "n", 1), 1);
    return file_receive(line);
}

static int open_group(void **state)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
    other = fork();
    if (!other) {
        close(ends[0]);
        other_serve(ends[1]);
    }
    close(ends[1]);
    line = ends[0];
    session_group_open(state);
    cl_platform_id platform = session_platform(&session);
    acquire = (clEnqueueAcquireExternalMemObjectsKHR_fn)clGetExtensionFunctionAddressForPlatform(
        platform, "clEnqueueAcquireExternalMemObjectsKHR");
    release = (clEnqueueReleaseExternalMemObjectsKHR_fn)clGetExtensionFunctionAddressForPlatform(
        platform, "clEnqueueReleaseExternalMemObjectsKHR");
    return acquire && release ? 0 : -1;
}

static int close_group(void **state)
{
    int status;
    close(line);
    if (waitpid(other, &status, 0) != other || status != 0) return -1;
    return session_group_close(state);
}

// ---- Buffers ----------------------------------------------------------------------------------------------

static cl_mem import(cl_mem_properties type, int file, size_t size)
{
    const cl_mem_properties properties[] = {type, (cl_mem_properties)file, 0};
    cl_int error;
    cl_mem buffer =
        clCreateBufferWithProperties(session.context, properties, CL_MEM_READ_WRITE, size, NULL, &error);
    assert_int_equal(error, CL_SUCCESS);
    return buffer;
}

static void take(cl_mem object)
{
    assert_int_equal(acquire(session.queue, 1, &object, 0, NULL, NULL), CL_SUCCESS);
}

static void give(cl_mem object)
{
    assert_int_equal(release(session.queue, 1, &object, 0, NULL, NULL), CL_SUCCESS);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
}

static void kernel_run(const char *text, cl_mem object, size_t width, size_t height)
{
    const size_t items[] = {width, height};
    cl_kernel kernel = session_kernel(&session, text, "k", "-cl-std=CL3.0");
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof object, &object), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 2, NULL, items, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    clReleaseKernel(kernel);
}

// Of 0, 1, … with something added to each.
static cl_long sum_with(cl_long added) { return (cl_long)INTS * (INTS - 1) / 2 + INTS * added; }

static void both_see_what_the_other_writes(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        cl_int numbers[INTS];
        int file = memory_of_other();
        cl_mem buffer = import(types[i], file, BYTES);
        close(file); // it stays the application's
        take(buffer);
        kernel_run("kernel void k(global int *out) { out[get_global_id(0)] += 5; }", buffer, INTS, 1);
        give(buffer);
        assert_int_equal(other_asked('?'), sum_with(5));

        other_asked('+');
        take(buffer);
        assert_int_equal(
            clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, BYTES, numbers, 0, NULL, NULL),
            CL_SUCCESS);
        for (int n = 0; n < INTS; n++) assert_int_equal(numbers[n], n + 1005);
        cl_int error, *mapped = clEnqueueMapBuffer(session.queue, buffer, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE,
                                                   0, BYTES, 0, NULL, NULL, &error);
        assert_int_equal(error, CL_SUCCESS);
        for (int n = 0; n < INTS; n++) mapped[n] -= 1000;
        assert_int_equal(clEnqueueUnmapMemObject(session.queue, buffer, mapped, 0, NULL, NULL), CL_SUCCESS);
        give(buffer);
        assert_int_equal(other_asked('?'), sum_with(5));
        clReleaseMemObject(buffer);
        assert_int_equal(other_asked('?'), sum_with(5));
    }
}

// A part of it, twice at once, and a sub-buffer.
static void imports_are_distinct(void **state)
{
    (void)state;
    int file = memory_of_other();
    cl_mem first = import(types[0], file, BYTES), second = import(types[1], file, BYTES / 2);
    const cl_buffer_region region = {BYTES / 4, BYTES / 4};
    cl_int error;
    cl_mem part = clCreateSubBuffer(second, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &error);
    assert_int_equal(error, CL_SUCCESS);
    assert_true(first != second);
    kernel_run("kernel void k(global int *out) { out[get_global_id(0)] += 8; }", first, INTS, 1);
    kernel_run("kernel void k(global int *out) { out[get_global_id(0)] -= 8; }", part, INTS / 4, 1);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    assert_int_equal(other_asked('?'), sum_with(6));
    clReleaseMemObject(second);
    clReleaseMemObject(first);
    clReleaseMemObject(part);
    close(file);
}

static void what_was_asked_is_told(void **state)
{
    (void)state;
    int file = memory_of_other();
    const cl_mem_properties asked[] = {
        CL_DEVICE_HANDLE_LIST_KHR,     (cl_mem_properties)(uintptr_t)session.device,
        CL_DEVICE_HANDLE_LIST_END_KHR, CL_EXTERNAL_MEMORY_HANDLE_DMA_BUF_KHR,
        (cl_mem_properties)file,       0};
    cl_mem_properties told[8];
    size_t size;
    cl_int error;
    cl_mem buffer = clCreateBufferWithProperties(session.context, asked, 0, 64, NULL, &error);
    assert_int_equal(error, CL_SUCCESS);
    close(file);
    assert_int_equal(clGetMemObjectInfo(buffer, CL_MEM_PROPERTIES, sizeof told, told, &size), CL_SUCCESS);
    assert_int_equal(size, sizeof asked);
    assert_memory_equal(told, asked, size);
    cl_event event;
    cl_command_type command;
    assert_int_equal(acquire(session.queue, 1, &buffer, 0, NULL, &event), CL_SUCCESS);
    assert_int_equal(clGetEventInfo(event, CL_EVENT_COMMAND_TYPE, sizeof command, &command, NULL),
                     CL_SUCCESS);
    assert_int_equal(command, CL_COMMAND_ACQUIRE_EXTERNAL_MEM_OBJECTS_KHR);
    clReleaseEvent(event);
    assert_int_equal(release(session.queue, 0, NULL, 0, NULL, &event), CL_SUCCESS);
    assert_int_equal(clGetEventInfo(event, CL_EVENT_COMMAND_TYPE, sizeof command, &command, NULL),
                     CL_SUCCESS);
    assert_int_equal(command, CL_COMMAND_RELEASE_EXTERNAL_MEM_OBJECTS_KHR);
    assert_int_equal(clWaitForEvents(1, &event), CL_SUCCESS);
    clReleaseEvent(event);
    clReleaseMemObject(buffer);

    cl_external_memory_handle_type_khr of_device[4], linear[4], of_platform[4];
    assert_int_equal(clGetDeviceInfo(session.device, CL_DEVICE_EXTERNAL_MEMORY_IMPORT_HANDLE_TYPES_KHR,
                                     sizeof of_device, of_device, &size),
                     CL_SUCCESS);
    assert_int_equal(size, 2 * sizeof *of_device);
    for (int i = 0; i < 2; i++) assert_int_equal(of_device[i], types[i]);
    assert_int_equal(clGetDeviceInfo(session.device,
                                     CL_DEVICE_EXTERNAL_MEMORY_IMPORT_ASSUME_LINEAR_IMAGES_HANDLE_TYPES_KHR,
                                     sizeof linear, linear, &size),
                     CL_SUCCESS);
    assert_memory_equal(linear, of_device, size);
    assert_int_equal(clGetPlatformInfo(session_platform(&session),
                                       CL_PLATFORM_EXTERNAL_MEMORY_IMPORT_HANDLE_TYPES_KHR,
                                       sizeof of_platform, of_platform, &size),
                     CL_SUCCESS);
    assert_memory_equal(of_platform, of_device, size);
}

// ---- Images -----------------------------------------------------------------------------------------------

static const cl_image_format format = {CL_R, CL_SIGNED_INT32};
static const cl_image_desc description = {.image_type = CL_MEM_OBJECT_IMAGE2D,
                                          .image_width = WIDTH,
                                          .image_height = HEIGHT,
                                          .image_row_pitch = PITCH};

static void images_are_imported(void **state)
{
    (void)state;
    int file = memory_of_other();
    const cl_mem_properties properties[] = {types[0], (cl_mem_properties)file, 0};
    const size_t origin[3] = {0}, region[] = {WIDTH, HEIGHT, 1};
    static cl_int texels[HEIGHT][WIDTH];
    cl_mem within;
    cl_int error;
    cl_mem image =
        clCreateImageWithProperties(session.context, properties, 0, &format, &description, NULL, &error);
    assert_int_equal(error, CL_SUCCESS);
    close(file);
    assert_int_equal(clGetMemObjectInfo(image, CL_MEM_ASSOCIATED_MEMOBJECT, sizeof within, &within, NULL),
                     CL_SUCCESS);
    assert_null(within);
    take(image);
    kernel_run(
        "kernel void k(read_write image2d_t image) { int2 at = (int2)(get_global_id(0), get_global_id(1));"
        " write_imagei(image, at, read_imagei(image, at) + 7); }",
        image, WIDTH, HEIGHT);
    give(image);
    assert_int_equal(other_asked('?'), sum_with(0) + 7 * WIDTH * HEIGHT);
    other_asked('+');
    take(image);
    assert_int_equal(
        clEnqueueReadImage(session.queue, image, CL_TRUE, origin, region, 0, 0, texels, 0, NULL, NULL),
        CL_SUCCESS);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) assert_int_equal(texels[y][x], y * PITCH / 4 + x + 1007);
    give(image);
    clReleaseMemObject(image);
}

// ---- What is refused --------------------------------------------------------------------------------------

static void refused(cl_int expected, const cl_mem_properties *properties, cl_mem_flags flags, size_t size,
                    void *host)
{
    cl_int error;
    assert_null(clCreateBufferWithProperties(session.context, properties, flags, size, host, &error));
    assert_int_equal(error, expected);
}

static void bad_handles(int file)
{
    int pipe_ends[2], closed = dup(file);
    close(closed);
    assert_int_equal(pipe(pipe_ends), 0);
    int empty = memfd_create("empty", MFD_CLOEXEC), read_only,
        regular = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    read_only = open(path, O_RDONLY | O_CLOEXEC);
    int zero = open("/dev/zero", O_RDWR | O_CLOEXEC);
    const int bad[] = {-1, closed, pipe_ends[0], line, empty, regular, zero, 1 << 20};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        for (int t = 0; t < 2; t++)
            refused(CL_INVALID_PROPERTY, (cl_mem_properties[]){types[t], (cl_mem_properties)bad[i], 0}, 0, 64,
                    NULL);
    cl_int error;
    assert_null(clCreateBufferWithProperties(session.context,
                                             (cl_mem_properties[]){types[0], (cl_mem_properties)read_only, 0},
                                             0, 64, NULL, &error));
    assert_int_not_equal(error, CL_SUCCESS);
    close(read_only);
    close(zero);
    close(regular);
    close(empty);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

static void bad_lists_are_refused(void **state)
{
    (void)state;
    enum { LIST = CL_DEVICE_HANDLE_LIST_KHR, DMA_BUF = CL_EXTERNAL_MEMORY_HANDLE_DMA_BUF_KHR };
    int file = memory_of_other();
    cl_mem_properties handle = (cl_mem_properties)file, device = (cl_mem_properties)(uintptr_t)session.device;
    const cl_mem_properties good[] = {DMA_BUF, handle, 0};
    bad_handles(file);
    refused(CL_INVALID_PROPERTY, (cl_mem_properties[]){DMA_BUF, handle, DMA_BUF, handle, 0}, 0, 64, NULL);
    refused(CL_INVALID_PROPERTY, (cl_mem_properties[]){types[0], handle, types[1], handle, 0}, 0, 64, NULL);
    refused(CL_INVALID_PROPERTY, (cl_mem_properties[]){0x2061, handle, 0}, 0, 64, NULL); // an NT handle
    refused(CL_INVALID_PROPERTY, (cl_mem_properties[]){LIST, device, 0, 0}, 0, 64, NULL);
    refused(CL_INVALID_PROPERTY, (cl_mem_properties[]){LIST, 0, DMA_BUF, handle, 0}, 0, 64, NULL);
    refused(CL_INVALID_PROPERTY, (cl_mem_properties[]){LIST, device, 0, LIST, device, 0, DMA_BUF, handle, 0},
            0, 64, NULL);
    refused(CL_INVALID_DEVICE, (cl_mem_properties[]){LIST, 1234, 0, DMA_BUF, handle, 0}, 0, 64, NULL);
    refused(CL_INVALID_DEVICE, (cl_mem_properties[]){DMA_BUF, handle, LIST, device, 1234, 0, 0}, 0, 64, NULL);
    refused(CL_INVALID_BUFFER_SIZE, good, 0, BYTES + 1, NULL);
    refused(CL_INVALID_BUFFER_SIZE, good, 0, 0, NULL);
    refused(CL_INVALID_VALUE, good, CL_MEM_ALLOC_HOST_PTR, 64, NULL);
    refused(CL_INVALID_VALUE, good, CL_MEM_USE_HOST_PTR, 64, &file);
    refused(CL_INVALID_VALUE, good, CL_MEM_COPY_HOST_PTR, 64, &file);
    refused(CL_INVALID_HOST_PTR, good, 0, 64, &file);
    close(file);
}

static void image_refused(cl_int expected, const cl_mem_properties *properties, cl_mem_flags flags,
                          const cl_image_desc *of)
{
    cl_int error;
    assert_null(clCreateImageWithProperties(session.context, properties, flags, &format, of, NULL, &error));
    assert_int_equal(error, expected);
}

static void bad_images_are_refused(void **state)
{
    (void)state;
    int file = memory_of_other();
    const cl_mem_properties good[] = {types[1], (cl_mem_properties)file, 0};
    cl_image_desc odd = description, high = description, within = description, line_of_texels = description;
    cl_mem buffer = import(types[0], file, BYTES);
    odd.image_row_pitch = PITCH + 4;
    high.image_height = BYTES / PITCH + 1;
    within.mem_object = buffer;
    line_of_texels.image_type = CL_MEM_OBJECT_IMAGE1D_BUFFER;
    image_refused(CL_INVALID_PROPERTY, (cl_mem_properties[]){types[0], (cl_mem_properties)-1, 0}, 0,
                  &description);
    image_refused(CL_INVALID_PROPERTY, (cl_mem_properties[]){CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT, 1, 0}, 0,
                  &description);
    image_refused(CL_INVALID_VALUE, good, CL_MEM_ALLOC_HOST_PTR, &description);
    image_refused(CL_INVALID_IMAGE_SIZE, good, 0, &high);
    image_refused(CL_INVALID_IMAGE_DESCRIPTOR, good, 0, &within);
    image_refused(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR, good, 0, &odd);
    clReleaseMemObject(buffer);
    close(file);
}

static void bad_transfers_are_refused(void **state)
{
    (void)state;
    int file = memory_of_other();
    cl_int error;
    cl_mem good = import(types[0], file, 64), own = clCreateBuffer(session.context, 0, 64, NULL, &error),
           none = NULL;
    cl_mem mixed[] = {good, own};
    close(file);
    cl_context elsewhere = clCreateContext(NULL, 1, &session.device, NULL, NULL, &error);
    cl_command_queue queue = clCreateCommandQueueWithProperties(elsewhere, session.device, NULL, &error);
    cl_event failed = clCreateUserEvent(session.context, &error);
    clSetUserEventStatus(failed, -1);
    clEnqueueReleaseExternalMemObjectsKHR_fn both[] = {acquire, release};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(both[i](NULL, 1, &good, 0, NULL, NULL), CL_INVALID_COMMAND_QUEUE);
        assert_int_equal(both[i](session.queue, 0, &good, 0, NULL, NULL), CL_INVALID_VALUE);
        assert_int_equal(both[i](session.queue, 1, NULL, 0, NULL, NULL), CL_INVALID_VALUE);
        assert_int_equal(both[i](session.queue, 1, &own, 0, NULL, NULL), CL_INVALID_MEM_OBJECT);
        assert_int_equal(both[i](session.queue, 1, &none, 0, NULL, NULL), CL_INVALID_MEM_OBJECT);
        assert_int_equal(both[i](session.queue, 2, mixed, 0, NULL, NULL), CL_INVALID_MEM_OBJECT);
        assert_int_equal(both[i](queue, 1, &good, 0, NULL, NULL), CL_INVALID_CONTEXT);
        assert_int_equal(both[i](session.queue, 1, &good, 1, NULL, NULL), CL_INVALID_EVENT_WAIT_LIST);
        assert_int_equal(both[i](session.queue, 1, &good, 0, &failed, NULL), CL_INVALID_EVENT_WAIT_LIST);
        assert_int_equal(both[i](session.queue, 1, &good, 1, &failed, NULL),
                         CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST);
    }
    clReleaseEvent(failed);
    clReleaseCommandQueue(queue);
    clReleaseContext(elsewhere);
    clReleaseMemObject(own);
    clReleaseMemObject(good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_see_what_the_other_writes), cmocka_unit_test(imports_are_distinct),
        cmocka_unit_test(what_was_asked_is_told),         cmocka_unit_test(images_are_imported),
        cmocka_unit_test(bad_lists_are_refused),          cmocka_unit_test(bad_images_are_refused),
        cmocka_unit_test(bad_transfers_are_refused),
    };
    return cmocka_run_group_tests(tests, open_group, close_group);
}
