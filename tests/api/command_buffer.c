// cl_khr_command_buffer: every command, replayed; order, states, queries; what each entry point refuses.
#include "command_buffer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 256, SIZE = COUNT * sizeof(cl_int), MANY = 20000, THREADS = 4, ROUNDS = 40 };

static const char source[] =
    "kernel void add(global int *out, int n) { out[get_global_id(0)] += n; }"
    "kernel void twice(global int *out) { out[get_global_id(0)] *= 2; }"
    "kernel void sum(global int *out, int n, local int *room) {"
    "  room[get_local_id(0)] = n; barrier(CLK_LOCAL_MEM_FENCE); atomic_add(out, room[get_local_size(0) - "
    "1]); }"
    "kernel void sizes(global int *out) { out[get_global_id(0)] = get_global_size(0) * 1000 + "
    "  get_global_offset(0); }"
    "kernel void stray(global int *out) { *(global int *)(size_t)64 = 1; }"
    "kernel void texels(read_only image2d_t from, write_only image2d_t to) {"
    "  int2 at = (int2)(get_global_id(0), get_global_id(1)); write_imageui(to, at, read_imageui(from, at) + "
    "1u); }";

// In a program of its own: LLVM has all kernels of a program that prints take a buffer.
static const char saying[] = "kernel void say(int n) { printf(\"n is %d\\n\", n); }";

static int open_group(void **state) { return command_buffer_open(state, source); }

static cl_kernel kernel_new(const char *name)
{
    cl_int error;
    cl_kernel kernel = clCreateKernel(program, name, &error);
    assert_int_equal(error, CL_SUCCESS);
    return kernel;
}

static cl_kernel add_new(cl_mem memory, cl_int n)
{
    cl_kernel kernel = kernel_new("add");
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof memory, (void *)&memory), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, sizeof n, &n), CL_SUCCESS);
    return kernel;
}

// ---- Commands -----------------------------------------------------------------------------------------

// Arguments are taken when a kernel is recorded, and the objects may go when all is recorded.
static void kernels(void **state)
{
    (void)state;
    cl_mem memory = words_new(COUNT);
    cl_kernel kernel = add_new(memory, 3);
    cl_command_buffer_khr buffer = buffer_new(session.queue, 0);
    kernel_record(buffer, kernel, COUNT);
    const cl_int other = 40;
    clSetKernelArg(kernel, 1, sizeof other, &other);
    kernel_record(buffer, kernel, 1);
    clSetKernelArg(kernel, 1, sizeof other, &(cl_int){1000});
    clReleaseKernel(kernel);
    buffer_finalize(buffer);
    for (unsigned i = 0; i < 3; i++) buffer_run(buffer);
    assert_int_equal(word_at(memory, 0), 3 * 43);
    assert_int_equal(word_at(memory, COUNT - 1), 3 * 3);
    buffer_release(buffer);
    clReleaseMemObject(memory);
}

// Offsets, local memory, and a range without work-items.
static void kernel_ranges(void **state)
{
    (void)state;
    cl_mem memory = words_new(COUNT);
    cl_kernel sizes = kernel_new("sizes"), sum = kernel_new("sum");
    cl_command_buffer_khr buffer = buffer_new(session.queue, 0);
    const size_t offset = 5, items = 64, local = 32, none = 0;
    clSetKernelArg(sizes, 0, sizeof memory, (void *)&memory);
    clSetKernelArg(sum, 0, sizeof memory, (void *)&memory);
    clSetKernelArg(sum, 1, sizeof(cl_int), &(cl_int){7});
    clSetKernelArg(sum, 2, local * sizeof(cl_int), NULL);
    assert_int_equal(api.clCommandNDRangeKernelKHR(buffer, NULL, NULL, sizes, 1, &offset, &items, NULL, 0,
                                                   NULL, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(
        api.clCommandNDRangeKernelKHR(buffer, NULL, NULL, sum, 1, NULL, &items, &local, 0, NULL, NULL, NULL),
        CL_SUCCESS);
    assert_int_equal(
        api.clCommandNDRangeKernelKHR(buffer, NULL, NULL, sizes, 1, NULL, &none, NULL, 0, NULL, NULL, NULL),
        CL_SUCCESS);
    buffer_finalize(buffer);
    for (cl_int i = 1; i <= 2; i++) {
        buffer_run(buffer);
        assert_int_equal(word_at(memory, 0), i * (cl_int)items * 7);
        assert_int_equal(word_at(memory, offset), 64005);
        assert_int_equal(word_at(memory, offset + items), 0);
    }
    buffer_release(buffer);
    clReleaseKernel(sizes);
    clReleaseKernel(sum);
    clReleaseMemObject(memory);
}

// Copies and fills among kernels: each sees what those before it did.
static void copies_and_fills(void **state)
{
    (void)state;
    cl_mem a = words_new(COUNT), b = words_new(COUNT);
    cl_kernel add = add_new(a, 5), twice = kernel_new("twice");
    clSetKernelArg(twice, 0, sizeof b, (void *)&b);
    cl_command_buffer_khr buffer = buffer_new(session.queue, 0);
    const cl_int pattern = 100;
    const size_t origin[] = {0, 0, 0}, to[] = {16, 1, 0}, region[] = {16, 2, 1};
    assert_int_equal(api.clCommandFillBufferKHR(buffer, NULL, NULL, a, &pattern, sizeof pattern, 0, SIZE, 0,
                                                NULL, NULL, NULL),
                     CL_SUCCESS);
    kernel_record(buffer, add, COUNT);
    assert_int_equal(api.clCommandCopyBufferKHR(buffer, NULL, NULL, a, b, 0, 0, SIZE, 0, NULL, NULL, NULL),
                     CL_SUCCESS);
    kernel_record(buffer, twice, COUNT / 2);
    assert_int_equal(api.clCommandCopyBufferRectKHR(buffer, NULL, NULL, b, a, origin, to, region, 64, 0, 64,
                                                    0, 0, NULL, NULL, NULL),
                     CL_SUCCESS);
    buffer_finalize(buffer);
    for (unsigned i = 0; i < 3; i++) {
        buffer_run(buffer);
        assert_int_equal(word_at(b, 0), 210);
        assert_int_equal(word_at(b, COUNT - 1), 105);
        assert_int_equal(word_at(a, 16 + 4), 210); // the box
        assert_int_equal(word_at(a, 16 + 3), 105);
        assert_int_equal(word_at(a, 32 + 7), 210);
        assert_int_equal(word_at(a, 32 + 8), 105);
    }
    buffer_release(buffer);
    clReleaseKernel(add);
    clReleaseKernel(twice);
    clReleaseMemObject(a);
    clReleaseMemObject(b);
}

static void shared_memory(void **state)
{
    (void)state;
    cl_int *memory = clSVMAlloc(session.context, 0, SIZE, 0);
    cl_kernel twice = kernel_new("twice");
    clSetKernelArgSVMPointer(twice, 0, memory);
    cl_command_buffer_khr buffer = buffer_new(session.queue, 0);
    const cl_int pattern = 21;
    assert_int_equal(api.clCommandSVMMemFillKHR(buffer, NULL, NULL, memory, &pattern, sizeof pattern,
                                                SIZE / 2, 0, NULL, NULL, NULL),
                     CL_SUCCESS);
    kernel_record(buffer, twice, COUNT / 2);
    assert_int_equal(api.clCommandSVMMemcpyKHR(buffer, NULL, NULL, memory + COUNT / 2, memory, SIZE / 2, 0,
                                               NULL, NULL, NULL),
                     CL_SUCCESS);
    buffer_finalize(buffer);
    for (unsigned i = 0; i < 2; i++) {
        memset(memory, 0, SIZE);
        buffer_run(buffer);
        assert_int_equal(memory[0], 42);
        assert_int_equal(memory[COUNT - 1], 42);
    }
    buffer_release(buffer);
    clReleaseKernel(twice);
    clSVMFree(session.context, memory);
}

static cl_mem image_new(void)
{
    const cl_image_format format = {CL_RGBA, CL_UNSIGNED_INT32};
    const cl_image_desc shape = {.image_type = CL_MEM_OBJECT_IMAGE2D, .image_width = 8, .image_height = 8};
    cl_int error;
    cl_mem image = clCreateImage(session.context, CL_MEM_READ_WRITE, &format, &shape, NULL, &error);
    assert_int_equal(error, CL_SUCCESS);
    return image;
}

static void images(void **state)
{
    (void)state;
    cl_mem from = image_new(), to = image_new(), memory = words_new(COUNT);
    cl_kernel kernel = kernel_new("texels");
    clSetKernelArg(kernel, 0, sizeof from, (void *)&from);
    clSetKernelArg(kernel, 1, sizeof to, (void *)&to);
    const size_t origin[] = {0, 0, 0}, corner[] = {1, 1, 0}, region[] = {8, 8, 1}, part[] = {2, 2, 1};
    const cl_uint color[] = {10, 20, 30, 40}, four[] = {1, 2, 3, 4};
    cl_command_buffer_khr buffer = buffer_new(session.queue, 0);
    assert_int_equal(
        api.clCommandFillImageKHR(buffer, NULL, NULL, from, color, origin, region, 0, NULL, NULL, NULL),
        CL_SUCCESS);
    assert_int_equal(api.clCommandFillBufferKHR(buffer, NULL, NULL, memory, four, sizeof four, 0, SIZE, 0,
                                                NULL, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(api.clCommandCopyBufferToImageKHR(buffer, NULL, NULL, memory, from, 0, corner, part, 0,
                                                       NULL, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(
        api.clCommandNDRangeKernelKHR(buffer, NULL, NULL, kernel, 2, NULL, region, NULL, 0, NULL, NULL, NULL),
        CL_SUCCESS);
    assert_int_equal(
        api.clCommandCopyImageKHR(buffer, NULL, NULL, to, from, corner, origin, part, 0, NULL, NULL, NULL),
        CL_SUCCESS);
    assert_int_equal(api.clCommandCopyImageToBufferKHR(buffer, NULL, NULL, from, memory, origin, part, 0, 0,
                                                       NULL, NULL, NULL),
                     CL_SUCCESS);
    buffer_finalize(buffer);
    for (unsigned i = 0; i < 2; i++) {
        buffer_run(buffer);
        assert_int_equal(word_at(memory, 0), 2);
        assert_int_equal(word_at(memory, 15), 5);
        assert_int_equal(word_at(memory, 16), 1);
    }
    buffer_release(buffer);
    clReleaseKernel(kernel);
    clReleaseMemObject(from);
    clReleaseMemObject(to);
    clReleaseMemObject(memory);
}

static cl_int enqueue_twice(void *buffer)
{
    cl_int error = api.clEnqueueCommandBufferKHR(0, NULL, buffer, 0, NULL, NULL);
    return error ? error : api.clEnqueueCommandBufferKHR(0, NULL, buffer, 0, NULL, NULL);
}

// What a kernel prints appears once for each time that it ran, in its place.
static void printing(void **state)
{
    (void)state;
    cl_mem memory = words_new(COUNT);
    cl_kernel kernel = session_kernel(&session, saying, "say", "-cl-std=CL1.2"), add = add_new(memory, 1);
    cl_command_buffer_khr buffer = buffer_new(session.queue, CL_COMMAND_BUFFER_SIMULTANEOUS_USE_KHR);
    for (cl_int n = 1; n <= 2; n++) {
        clSetKernelArg(kernel, 0, sizeof n, &n);
        kernel_record(buffer, kernel, 1);
        kernel_record(buffer, add, COUNT);
    }
    buffer_finalize(buffer);
    assert_string_equal(session_captured(&session, enqueue_twice, buffer),
                        "n is 1\nn is 2\nn is 1\nn is 2\n");
    assert_int_equal(word_at(memory, 0), 4);
    buffer_release(buffer);
    clReleaseKernel(kernel);
    clReleaseKernel(add);
    clReleaseMemObject(memory);
}

// More dispatches than a ring has room for; released while it is under way.
static void many_kernels(void **state)
{
    (void)state;
    cl_mem memory = words_new(1);
    cl_kernel kernel = add_new(memory, 1);
    cl_command_buffer_khr buffer = buffer_new(session.queue, 0);
    for (unsigned i = 0; i < MANY; i++) kernel_record(buffer, kernel, 1);
    buffer_finalize(buffer);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(api.clEnqueueCommandBufferKHR(0, NULL, buffer, 0, NULL, NULL), CL_SUCCESS);
    buffer_release(buffer);
    assert_int_equal(word_at(memory, 0), 3 * MANY);
    clReleaseKernel(kernel);
    clReleaseMemObject(memory);
}

static void empty(void **state)
{
    (void)state;
    cl_command_buffer_khr buffer = buffer_new(session.queue, 0);
    assert_int_equal(api.clCommandBarrierWithWaitListKHR(buffer, NULL, NULL, 0, NULL, NULL, NULL),
                     CL_SUCCESS);
    buffer_finalize(buffer);
    buffer_run(buffer);
    buffer_release(buffer);
    buffer = buffer_new(session.queue, 0);
    buffer_finalize(buffer);
    buffer_run(buffer);
    buffer_release(buffer);
}

// ---- Order --------------------------------------------------------------------------------------------

// Sync points and barriers, in a buffer whose queue keeps no order.
static void sync_points(void **state)
{
    (void)state;
    cl_command_queue queue = session_queue_of(&session, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
    cl_mem memory = words_new(COUNT);
    cl_kernel add = add_new(memory, 7), twice = kernel_new("twice");
    clSetKernelArg(twice, 0, sizeof memory, (void *)&memory);
    cl_command_buffer_khr buffer = buffer_new(queue, 0);
    const size_t items = COUNT;
    cl_sync_point_khr points[2];
    points[0] = kernel_record(buffer, add, COUNT);
    assert_int_equal(api.clCommandNDRangeKernelKHR(buffer, NULL, NULL, twice, 1, NULL, &items, NULL, 1,
                                                   points, &points[1], NULL),
                     CL_SUCCESS);
    assert_int_not_equal(points[0], points[1]);
    cl_sync_point_khr last;
    assert_int_equal(api.clCommandBarrierWithWaitListKHR(buffer, NULL, NULL, 2, points, &last, NULL),
                     CL_SUCCESS);
    kernel_record(buffer, add, COUNT);
    buffer_finalize(buffer);
    buffer_run(buffer); // ((0 + 7) * 2) + 7
    assert_int_equal(word_at(memory, COUNT - 1), 21);
    buffer_run(buffer);
    assert_int_equal(word_at(memory, COUNT - 1), 63);
    buffer_release(buffer);
    clReleaseKernel(add);
    clReleaseKernel(twice);
    clReleaseMemObject(memory);
    clReleaseCommandQueue(queue);
}

// Behind a user event, and a command that waits for it.
static void events(void **state)
{
    (void)state;
    cl_mem memory = words_new(COUNT);
    cl_kernel add = add_new(memory, 1), twice = kernel_new("twice");
    clSetKernelArg(twice, 0, sizeof memory, (void *)&memory);
    cl_command_queue other = session_queue_of(&session, 0);
    cl_command_buffer_khr buffer = buffer_new(session.queue, 0);
    kernel_record(buffer, add, COUNT);
    kernel_record(buffer, twice, COUNT);
    buffer_finalize(buffer);
    cl_event gate = clCreateUserEvent(session.context, NULL), done, read;
    cl_int value, type;
    assert_int_equal(api.clEnqueueCommandBufferKHR(0, NULL, buffer, 1, &gate, &done), CL_SUCCESS);
    assert_int_equal(clGetEventInfo(done, CL_EVENT_COMMAND_TYPE, sizeof type, &type, NULL), CL_SUCCESS);
    assert_int_equal(type, CL_COMMAND_COMMAND_BUFFER_KHR);
    assert_int_equal(clEnqueueReadBuffer(other, memory, CL_FALSE, 0, sizeof value, &value, 1, &done, &read),
                     CL_SUCCESS);
    assert_true(session_status(done) > CL_COMPLETE);
    buffer_release(buffer);
    clSetUserEventStatus(gate, CL_COMPLETE);
    clWaitForEvents(1, &read);
    assert_int_equal(value, 2);
    clReleaseEvent(gate);
    clReleaseEvent(done);
    clReleaseEvent(read);
    clReleaseKernel(add);
    clReleaseKernel(twice);
    clReleaseMemObject(memory);
    clReleaseCommandQueue(other);
}

// The event's time is that of all of it.
static void times(void **state)
{
    (void)state;
    cl_command_queue queue = session_queue_of(&session, CL_QUEUE_PROFILING_ENABLE);
    cl_mem memory = words_new(COUNT);
    cl_kernel add = add_new(memory, 1);
    cl_event event;
    cl_ulong first[4], whole[4];
    const cl_profiling_info names[] = {CL_PROFILING_COMMAND_QUEUED, CL_PROFILING_COMMAND_SUBMIT,
                                       CL_PROFILING_COMMAND_START, CL_PROFILING_COMMAND_END};
    cl_command_buffer_khr buffer = buffer_new(queue, 0);
    for (unsigned i = 0; i < 2000; i++) kernel_record(buffer, add, COUNT);
    buffer_finalize(buffer);
    const size_t items = COUNT;
    assert_int_equal(clEnqueueNDRangeKernel(queue, add, 1, NULL, &items, NULL, 0, NULL, &event), CL_SUCCESS);
    clFinish(queue);
    for (unsigned i = 0; i < 4; i++) clGetEventProfilingInfo(event, names[i], sizeof *first, &first[i], NULL);
    clReleaseEvent(event);
    assert_int_equal(api.clEnqueueCommandBufferKHR(0, NULL, buffer, 0, NULL, &event), CL_SUCCESS);
    clFinish(queue);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(clGetEventProfilingInfo(event, names[i], sizeof *whole, &whole[i], NULL),
                         CL_SUCCESS);
    clReleaseEvent(event);
    for (unsigned i = 0; i < 3; i++) assert_true(whole[i] <= whole[i + 1]);
    assert_true(first[3] <= whole[2]);
    // 2,000 kernels are many times as long as the last of them alone.
    assert_true(whole[3] - whole[2] > 20 * 1000);
    buffer_release(buffer);
    clReleaseKernel(add);
    clReleaseMemObject(memory);
    clReleaseCommandQueue(queue);
}

// A fault ends the whole of it, and its queue; others go on.
static void fault(void **state)
{
    (void)state;
    cl_command_queue queue = session_queue_of(&session, 0);
    cl_mem memory = words_new(COUNT);
    cl_kernel add = add_new(memory, 1), stray = kernel_new("stray");
    clSetKernelArg(stray, 0, sizeof memory, (void *)&memory);
    cl_command_buffer_khr buffer = buffer_new(queue, 0);
    kernel_record(buffer, add, COUNT);
    kernel_record(buffer, stray, 1);
    kernel_record(buffer, add, COUNT);
    buffer_finalize(buffer);
    cl_event event;
    const unsigned before = session.fault_count;
    assert_int_equal(api.clEnqueueCommandBufferKHR(0, NULL, buffer, 0, NULL, &event), CL_SUCCESS);
    assert_int_not_equal(clWaitForEvents(1, &event), CL_SUCCESS);
    assert_true(session_status(event) < 0);
    assert_int_not_equal(clFinish(queue), CL_SUCCESS);
    assert_true(session.fault_count > before);
    assert_non_null(strstr(session.fault_text, "stray"));
    assert_int_equal(word_at(memory, 0), 1);
    assert_int_equal(api.clEnqueueCommandBufferKHR(1, &session.queue, buffer, 0, NULL, NULL), CL_SUCCESS);
    assert_int_not_equal(clFinish(session.queue), CL_SUCCESS);
    assert_true(session.fault_count > before + 1);
    clReleaseEvent(event);
    buffer_release(buffer);
    clReleaseCommandQueue(session.queue);
    session.queue = session_queue(&session);
    clReleaseKernel(add);
    clReleaseKernel(stray);
    clReleaseMemObject(memory);
    clReleaseCommandQueue(queue);
}

// ---- Several at once ----------------------------------------------------------------------------------

struct replayer {
    pthread_t thread;
    cl_command_buffer_khr buffer;
    cl_command_queue queue;
    bool failed;
};

static void *replay(void *argument)
{
    struct replayer *replayer = argument;
    for (unsigned i = 0; i < ROUNDS; i++)
        replayer->failed |=
            api.clEnqueueCommandBufferKHR(1, &replayer->queue, replayer->buffer, 0, NULL, NULL) != CL_SUCCESS;
    replayer->failed |= clFinish(replayer->queue) != CL_SUCCESS;
    return NULL;
}

// From several threads, on queues of their own.
static void simultaneous(void **state)
{
    (void)state;
    cl_mem memory = words_new(1);
    cl_kernel sum = kernel_new("sum");
    clSetKernelArg(sum, 0, sizeof memory, (void *)&memory);
    clSetKernelArg(sum, 1, sizeof(cl_int), &(cl_int){1});
    clSetKernelArg(sum, 2, 64 * sizeof(cl_int), NULL);
    cl_command_buffer_khr buffer = buffer_new(session.queue, CL_COMMAND_BUFFER_SIMULTANEOUS_USE_KHR);
    for (unsigned i = 0; i < 50; i++) kernel_record(buffer, sum, 64);
    buffer_finalize(buffer);
    struct replayer replayers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        replayers[i] = (struct replayer){
            .buffer = buffer,
            .queue = session_queue_of(&session, i % 2 ? CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE : 0)};
        pthread_create(&replayers[i].thread, NULL, replay, &replayers[i]);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(replayers[i].thread, NULL);
        assert_false(replayers[i].failed);
        clReleaseCommandQueue(replayers[i].queue);
    }
    assert_int_equal(word_at(memory, 0), THREADS * ROUNDS * 50 * 64);
    buffer_release(buffer);
    clReleaseKernel(sum);
    clReleaseMemObject(memory);
}

// ---- States and queries -------------------------------------------------------------------------------

static void states(void **state)
{
    (void)state;
    cl_mem memory = words_new(COUNT);
    cl_kernel add = add_new(memory, 1);
    cl_command_buffer_khr buffer = buffer_new(session.queue, 0);
    assert_int_equal(buffer_state(buffer), CL_COMMAND_BUFFER_STATE_RECORDING_KHR);
    assert_int_equal(api.clEnqueueCommandBufferKHR(0, NULL, buffer, 0, NULL, NULL), CL_INVALID_OPERATION);
    kernel_record(buffer, add, 1);
    buffer_finalize(buffer);
    assert_int_equal(buffer_state(buffer), CL_COMMAND_BUFFER_STATE_EXECUTABLE_KHR);
    assert_int_equal(api.clFinalizeCommandBufferKHR(buffer), CL_INVALID_OPERATION);
    const size_t items = 1;
    assert_int_equal(
        api.clCommandNDRangeKernelKHR(buffer, NULL, NULL, add, 1, NULL, &items, NULL, 0, NULL, NULL, NULL),
        CL_INVALID_OPERATION);
    buffer_run(buffer);
    assert_int_equal(buffer_state(buffer), CL_COMMAND_BUFFER_STATE_EXECUTABLE_KHR);
    buffer_release(buffer);
    clReleaseKernel(add);
    clReleaseMemObject(memory);
}

static void queries(void **state)
{
    (void)state;
    const cl_command_buffer_properties_khr list[] = {
        CL_COMMAND_BUFFER_FLAGS_KHR,
        CL_COMMAND_BUFFER_SIMULTANEOUS_USE_KHR | CL_COMMAND_BUFFER_MUTABLE_KHR,
        CL_COMMAND_BUFFER_MUTABLE_DISPATCH_ASSERTS_KHR,
        CL_MUTABLE_DISPATCH_ASSERT_NO_ADDITIONAL_WORK_GROUPS_KHR,
        0,
    };
    cl_command_buffer_properties_khr told[5];
    cl_int error;
    cl_uint number;
    cl_command_queue queue;
    cl_context context;
    size_t size;
    cl_command_buffer_khr buffer = api.clCreateCommandBufferKHR(1, &session.queue, list, &error);
    assert_int_equal(error, CL_SUCCESS);
#define ASK(name, value)                                                                                     \
    assert_int_equal(api.clGetCommandBufferInfoKHR(buffer, name, sizeof(value), &(value), &size), CL_SUCCESS)
    ASK(CL_COMMAND_BUFFER_NUM_QUEUES_KHR, number);
    assert_int_equal(number, 1);
    ASK(CL_COMMAND_BUFFER_QUEUES_KHR, queue);
    assert_ptr_equal(queue, session.queue);
    assert_int_equal(size, sizeof queue);
    ASK(CL_COMMAND_BUFFER_CONTEXT_KHR, context);
    assert_ptr_equal(context, session.context);
    ASK(CL_COMMAND_BUFFER_PROPERTIES_ARRAY_KHR, told);
    assert_int_equal(size, sizeof list);
    assert_memory_equal(told, list, sizeof list);
    api.clRetainCommandBufferKHR(buffer);
    ASK(CL_COMMAND_BUFFER_REFERENCE_COUNT_KHR, number);
    assert_int_equal(number, 2);
    buffer_release(buffer);
    assert_int_equal(api.clGetCommandBufferInfoKHR(buffer, 0, sizeof number, &number, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(
        api.clGetCommandBufferInfoKHR(buffer, CL_COMMAND_BUFFER_NUM_QUEUES_KHR, 1, &number, NULL),
        CL_INVALID_VALUE);
    buffer_release(buffer);
    assert_int_equal(api.clReleaseCommandBufferKHR(buffer), CL_INVALID_COMMAND_BUFFER_KHR);
    buffer = buffer_new(session.queue, 0);
    assert_int_equal(
        api.clGetCommandBufferInfoKHR(buffer, CL_COMMAND_BUFFER_PROPERTIES_ARRAY_KHR, 0, NULL, &size),
        CL_SUCCESS);
    assert_int_equal(size, 0);
    buffer_release(buffer);
}

static void device_queries(void **state)
{
    (void)state;
    cl_bitfield told;
    const struct {
        cl_device_info query;
        cl_bitfield value;
    } rows[] = {
        {CL_DEVICE_COMMAND_BUFFER_CAPABILITIES_KHR,
         CL_COMMAND_BUFFER_CAPABILITY_KERNEL_PRINTF_KHR | CL_COMMAND_BUFFER_CAPABILITY_SIMULTANEOUS_USE_KHR},
        {CL_DEVICE_COMMAND_BUFFER_SUPPORTED_QUEUE_PROPERTIES_KHR,
         CL_QUEUE_PROFILING_ENABLE | CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE},
        {CL_DEVICE_COMMAND_BUFFER_REQUIRED_QUEUE_PROPERTIES_KHR, 0},
        {CL_DEVICE_MUTABLE_DISPATCH_CAPABILITIES_KHR, 31},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(clGetDeviceInfo(session.device, rows[i].query, sizeof told, &told, NULL),
                         CL_SUCCESS);
        assert_int_equal(told, rows[i].value);
    }
}

// ---- What is refused ----------------------------------------------------------------------------------

static void refused_creation(void **state)
{
    (void)state;
    const cl_command_buffer_properties_khr rows[][5] = {
        {0x1234, 0, 0},
        {CL_COMMAND_BUFFER_FLAGS_KHR, 1 << 5, 0},
        {CL_COMMAND_BUFFER_FLAGS_KHR, 0, CL_COMMAND_BUFFER_FLAGS_KHR, 0, 0},
        {CL_COMMAND_BUFFER_MUTABLE_DISPATCH_ASSERTS_KHR, 2, 0},
    };
    cl_int error;
    cl_command_queue nobody = NULL, two[] = {session.queue, session.queue};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_null(api.clCreateCommandBufferKHR(1, &session.queue, rows[i], &error));
        assert_int_equal(error, CL_INVALID_VALUE);
    }
    assert_null(api.clCreateCommandBufferKHR(0, &session.queue, NULL, &error));
    assert_int_equal(error, CL_INVALID_VALUE);
    assert_null(api.clCreateCommandBufferKHR(1, NULL, NULL, &error));
    assert_int_equal(error, CL_INVALID_VALUE);
    assert_null(api.clCreateCommandBufferKHR(2, two, NULL, &error));
    assert_int_equal(error, CL_INVALID_VALUE);
    assert_null(api.clCreateCommandBufferKHR(1, &nobody, NULL, &error));
    assert_int_equal(error, CL_INVALID_COMMAND_QUEUE);
    assert_null(api.clCreateCommandBufferKHR(1, &nobody, NULL, NULL));
}

static void refused_enqueues(void **state)
{
    (void)state;
    cl_command_buffer_khr buffer = buffer_new(session.queue, 0), finalized = buffer_new(session.queue, 0);
    buffer_finalize(finalized);
    struct session other;
    session_open(&other);
    cl_event event = clCreateUserEvent(other.context, NULL), garbage = (cl_event)(uintptr_t)16;
    cl_command_queue nobody = NULL, two[] = {session.queue, session.queue};
    const struct {
        cl_uint count;
        cl_command_queue *queues;
        cl_command_buffer_khr buffer;
        cl_uint wait_count;
        const cl_event *wait;
        cl_int error;
    } rows[] = {
        {0, NULL, NULL, 0, NULL, CL_INVALID_COMMAND_BUFFER_KHR},
        {0, NULL, (cl_command_buffer_khr)session.queue, 0, NULL, CL_INVALID_COMMAND_BUFFER_KHR},
        {0, NULL, buffer, 0, NULL, CL_INVALID_OPERATION},
        {1, NULL, finalized, 0, NULL, CL_INVALID_VALUE},
        {0, &session.queue, finalized, 0, NULL, CL_INVALID_VALUE},
        {2, two, finalized, 0, NULL, CL_INVALID_VALUE},
        {1, &nobody, finalized, 0, NULL, CL_INVALID_COMMAND_QUEUE},
        {1, &other.queue, finalized, 0, NULL, CL_INVALID_CONTEXT},
        {0, NULL, finalized, 1, NULL, CL_INVALID_EVENT_WAIT_LIST},
        {0, NULL, finalized, 0, &event, CL_INVALID_EVENT_WAIT_LIST},
        {0, NULL, finalized, 1, &garbage, CL_INVALID_EVENT_WAIT_LIST},
        {0, NULL, finalized, 1, &event, CL_INVALID_CONTEXT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(api.clEnqueueCommandBufferKHR(rows[i].count, rows[i].queues, rows[i].buffer,
                                                       rows[i].wait_count, rows[i].wait, NULL),
                         rows[i].error);
    clReleaseEvent(event);
    session_close(&other);
    buffer_release(buffer);
    buffer_release(finalized);
    assert_int_equal(api.clRetainCommandBufferKHR(NULL), CL_INVALID_COMMAND_BUFFER_KHR);
    assert_int_equal(api.clReleaseCommandBufferKHR(NULL), CL_INVALID_COMMAND_BUFFER_KHR);
    assert_int_equal(api.clFinalizeCommandBufferKHR(NULL), CL_INVALID_COMMAND_BUFFER_KHR);
    assert_int_equal(api.clGetCommandBufferInfoKHR(NULL, CL_COMMAND_BUFFER_STATE_KHR, 0, NULL, NULL),
                     CL_INVALID_COMMAND_BUFFER_KHR);
}

// What begins and ends the parameters of every recording function.
struct common {
    cl_command_buffer_khr buffer;
    cl_command_queue queue;
    const command_properties *properties;
    cl_uint wait_count;
    const cl_sync_point_khr *wait;
    cl_mutable_command_khr *handle;
};

static struct objects {
    cl_mem buffers[2], images[2];
    cl_kernel kernel;
    cl_int *shared;
} objects;

#define RECORD(name, ...)                                                                                    \
    static cl_int record_##name(const struct common *c)                                                      \
    {                                                                                                        \
        const size_t one[] = {1, 1, 1}, zero[] = {0, 0, 0};                                                  \
        (void)one, (void)zero;                                                                               \
        return api.cl##name(c->buffer, c->queue, c->properties, __VA_ARGS__ c->wait_count, c->wait, NULL,    \
                            c->handle);                                                                      \
    }
#define AND ,
RECORD(CommandBarrierWithWaitListKHR, )
RECORD(CommandCopyBufferKHR, objects.buffers[0] AND objects.buffers[1] AND 0 AND 0 AND 4 AND)
RECORD(CommandCopyBufferRectKHR,
       objects.buffers[0] AND objects.buffers[1] AND zero AND zero AND one AND 0 AND 0 AND 0 AND 0 AND)
RECORD(CommandCopyBufferToImageKHR, objects.buffers[0] AND objects.images[0] AND 0 AND zero AND one AND)
RECORD(CommandCopyImageKHR, objects.images[0] AND objects.images[1] AND zero AND zero AND one AND)
RECORD(CommandCopyImageToBufferKHR, objects.images[0] AND objects.buffers[0] AND zero AND one AND 0 AND)
RECORD(CommandFillBufferKHR, objects.buffers[0] AND one AND 4 AND 0 AND 4 AND)
RECORD(CommandFillImageKHR, objects.images[0] AND one AND zero AND one AND)
RECORD(CommandSVMMemcpyKHR, objects.shared AND objects.shared + 8 AND 4 AND)
RECORD(CommandSVMMemFillKHR, objects.shared AND one AND 4 AND 4 AND)
RECORD(CommandNDRangeKernelKHR, objects.kernel AND 1 AND NULL AND one AND NULL AND)

static cl_int (*const recorders[])(const struct common *) = {
    record_CommandBarrierWithWaitListKHR, record_CommandCopyBufferKHR,    record_CommandCopyBufferRectKHR,
    record_CommandCopyBufferToImageKHR,   record_CommandCopyImageKHR,     record_CommandCopyImageToBufferKHR,
    record_CommandFillBufferKHR,          record_CommandFillImageKHR,     record_CommandSVMMemcpyKHR,
    record_CommandSVMMemFillKHR,          record_CommandNDRangeKernelKHR,
};

static void objects_open(void)
{
    for (unsigned i = 0; i < 2; i++) {
        objects.buffers[i] = words_new(COUNT);
        objects.images[i] = image_new();
    }
    objects.kernel = add_new(objects.buffers[0], 1);
    objects.shared = clSVMAlloc(session.context, 0, SIZE, 0);
}

static void objects_close(void)
{
    for (unsigned i = 0; i < 2; i++) {
        clReleaseMemObject(objects.buffers[i]);
        clReleaseMemObject(objects.images[i]);
    }
    clReleaseKernel(objects.kernel);
    clSVMFree(session.context, objects.shared);
}

// The errors that every recording function has, and that each records when nothing is wrong.
static void refused_recordings(void **state)
{
    (void)state;
    objects_open();
    cl_command_buffer_khr buffer = buffer_new(session.queue, 0), finalized = buffer_new(session.queue, 0);
    buffer_finalize(finalized);
    const command_properties unknown[] = {0x1234, 1, 0}, none[] = {0};
    const cl_sync_point_khr first = 1, beyond = 1000, zero = 0;
    cl_mutable_command_khr handle;
    const struct {
        struct common common;
        cl_int error;
    } rows[] = {
        {{buffer, NULL, NULL, 0, NULL, NULL}, CL_SUCCESS},
        {{buffer, NULL, none, 1, &first, NULL}, CL_SUCCESS},
        {{NULL, NULL, NULL, 0, NULL, NULL}, CL_INVALID_COMMAND_BUFFER_KHR},
        {{(cl_command_buffer_khr)session.context, NULL, NULL, 0, NULL, NULL}, CL_INVALID_COMMAND_BUFFER_KHR},
        {{buffer, session.queue, NULL, 0, NULL, NULL}, CL_INVALID_COMMAND_QUEUE},
        {{finalized, NULL, NULL, 0, NULL, NULL}, CL_INVALID_OPERATION},
        {{buffer, NULL, unknown, 0, NULL, NULL}, CL_INVALID_VALUE},
        {{buffer, NULL, NULL, 0, &first, NULL}, CL_INVALID_SYNC_POINT_WAIT_LIST_KHR},
        {{buffer, NULL, NULL, 1, NULL, NULL}, CL_INVALID_SYNC_POINT_WAIT_LIST_KHR},
        {{buffer, NULL, NULL, 1, &beyond, NULL}, CL_INVALID_SYNC_POINT_WAIT_LIST_KHR},
        {{buffer, NULL, NULL, 1, &zero, NULL}, CL_INVALID_SYNC_POINT_WAIT_LIST_KHR},
    };
    const size_t count = sizeof recorders / sizeof *recorders;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
            assert_int_equal(recorders[i](&rows[k].common), rows[k].error);
        const struct common handled = {.buffer = buffer, .handle = &handle};
        assert_int_equal(recorders[i](&handled), i + 1 == count ? CL_SUCCESS : CL_INVALID_VALUE);
    }
    buffer_finalize(buffer);
    buffer_run(buffer);
    buffer_release(buffer);
    buffer_release(finalized);
    objects_close();
}

// Each command's own errors are those of its clEnqueue*: one row of each shows that they are asked.
static void refused_commands(void **state)
{
    (void)state;
    objects_open();
    cl_command_buffer_khr b = buffer_new(session.queue, 0);
    cl_mem *const buffers = objects.buffers, *const images = objects.images;
    const size_t one[] = {1, 1, 1}, zero[] = {0, 0, 0}, large[] = {1000, 1, 1}, many = 2000;
    cl_kernel unset = kernel_new("add");
#define REFUSED(error, name, ...)                                                                            \
    assert_int_equal(api.cl##name(b, NULL, NULL, __VA_ARGS__, 0, NULL, NULL, NULL), error)
    REFUSED(CL_INVALID_VALUE, CommandCopyBufferKHR, buffers[0], buffers[1], 0, 0, SIZE + 1);
    REFUSED(CL_MEM_COPY_OVERLAP, CommandCopyBufferKHR, buffers[0], buffers[0], 0, 4, 8);
    REFUSED(CL_INVALID_MEM_OBJECT, CommandCopyBufferKHR, NULL, buffers[0], 0, 4, 8);
    REFUSED(CL_INVALID_VALUE, CommandCopyBufferRectKHR, buffers[0], buffers[1], zero, zero, zero, 0, 0, 0, 0);
    REFUSED(CL_INVALID_VALUE, CommandCopyBufferToImageKHR, buffers[0], images[0], SIZE, zero, one);
    REFUSED(CL_INVALID_VALUE, CommandCopyImageKHR, images[0], images[1], zero, zero, large);
    REFUSED(CL_INVALID_MEM_OBJECT, CommandCopyImageToBufferKHR, buffers[0], buffers[1], zero, one, 0);
    REFUSED(CL_INVALID_VALUE, CommandFillBufferKHR, buffers[0], one, 3, 0, 3);
    REFUSED(CL_INVALID_VALUE, CommandFillImageKHR, images[0], NULL, zero, one);
    REFUSED(CL_INVALID_VALUE, CommandSVMMemcpyKHR, NULL, objects.shared, 4);
    REFUSED(CL_MEM_COPY_OVERLAP, CommandSVMMemcpyKHR, objects.shared, objects.shared + 1, 8);
    REFUSED(CL_INVALID_VALUE, CommandSVMMemFillKHR, objects.shared, one, 4, 6);
    REFUSED(CL_INVALID_KERNEL, CommandNDRangeKernelKHR, NULL, 1, NULL, one, NULL);
    REFUSED(CL_INVALID_KERNEL_ARGS, CommandNDRangeKernelKHR, unset, 1, NULL, one, NULL);
    REFUSED(CL_INVALID_WORK_DIMENSION, CommandNDRangeKernelKHR, objects.kernel, 4, NULL, one, NULL);
    REFUSED(CL_INVALID_WORK_ITEM_SIZE, CommandNDRangeKernelKHR, objects.kernel, 1, NULL, &many, &many);
    buffer_finalize(b);
    buffer_run(b); // nothing was recorded
    buffer_release(b);
    clReleaseKernel(unset);
    objects_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels),
        cmocka_unit_test(kernel_ranges),
        cmocka_unit_test(copies_and_fills),
        cmocka_unit_test(shared_memory),
        cmocka_unit_test(images),
        cmocka_unit_test(printing),
        cmocka_unit_test(many_kernels),
        cmocka_unit_test(empty),
        cmocka_unit_test(sync_points),
        cmocka_unit_test(events),
        cmocka_unit_test(times),
        cmocka_unit_test(simultaneous),
        cmocka_unit_test(states),
        cmocka_unit_test(queries),
        cmocka_unit_test(device_queries),
        cmocka_unit_test(refused_creation),
        cmocka_unit_test(refused_enqueues),
        cmocka_unit_test(refused_recordings),
        cmocka_unit_test(refused_commands),
        cmocka_unit_test(fault),
    };
    return cmocka_run_group_tests(tests, open_group, command_buffer_close);
}
