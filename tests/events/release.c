// Letting go of what is still at work: a release flushes and returns, and what is under way keeps what it
// needs. Kernels spin until the host tells them to stop, which it does after the release: one that waited
// would wait for ever.
#include "session.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { ITEMS = 64 };

static struct session session;
static cl_kernel spin, add;
static atomic_int *stop;
static atomic_int destroyed;

static const char source[] =
    "kernel void spin(volatile global int *stop) { while (!*stop) continue; }\n"
    "kernel void spin_and_tell(volatile global int *stop) { while (!*stop) continue; *stop = 2; }\n"
    "kernel void add(global int *to, global int *from) { to[get_global_id(0)] += from[get_global_id(0)]; }\n";

static int open_session(void **state)
{
    (void)state;
    session_open(&session);
    spin = session_kernel(&session, source, "spin", "");
    add = session_kernel(&session, source, "add", "");
    stop = clSVMAlloc(session.context, CL_MEM_READ_WRITE | CL_MEM_SVM_FINE_GRAIN_BUFFER, sizeof *stop, 0);
    assert_non_null(stop);
    assert_int_equal(clSetKernelArgSVMPointer(spin, 0, stop), CL_SUCCESS);
    return 0;
}

static int close_session(void **state)
{
    (void)state;
    clSVMFree(session.context, stop);
    clReleaseKernel(spin);
    clReleaseKernel(add);
    session_close(&session);
    return 0;
}

static void CL_CALLBACK memory_destroyed(cl_mem memory, void *unused)
{
    (void)memory, (void)unused;
    destroyed++;
}

static cl_mem buffer_new(void *host)
{
    cl_int status;
    cl_mem buffer =
        clCreateBuffer(session.context, CL_MEM_USE_HOST_PTR, ITEMS * sizeof(cl_int), host, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clSetMemObjectDestructorCallback(buffer, memory_destroyed, NULL), CL_SUCCESS);
    return buffer;
}

static void count_reached(int expected)
{
    while (destroyed < expected) usleep(1000);
    assert_int_equal(destroyed, expected);
}

static void spin_enqueue(cl_command_queue queue)
{
    const size_t one = 1;
    *stop = 0;
    assert_int_equal(clEnqueueNDRangeKernel(queue, spin, 1, NULL, &one, NULL, 0, NULL, NULL), CL_SUCCESS);
}

// to[i] += from[i], behind a kernel that spins. Only commands hold the buffers when this returns.
static void add_enqueue(cl_command_queue queue, cl_int *to, cl_int *from, cl_event *event)
{
    const size_t items = ITEMS;
    cl_mem buffers[] = {buffer_new(to), buffer_new(from)};
    for (cl_uint i = 0; i < 2; i++)
        assert_int_equal(clSetKernelArg(add, i, sizeof(cl_mem), &buffers[i]), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(queue, add, 1, NULL, &items, NULL, 0, NULL, event), CL_SUCCESS);
    for (cl_uint i = 0; i < 2; i++) assert_int_equal(clReleaseMemObject(buffers[i]), CL_SUCCESS);
}

static cl_int *numbers_new(void)
{
    void *numbers = aligned_alloc(4096, 4096);
    assert_non_null(numbers);
    for (cl_int i = 0; i < ITEMS; i++) ((cl_int *)numbers)[i] = i;
    return numbers;
}

static void expect_doubled(const cl_int *numbers)
{
    for (cl_int i = 0; i < ITEMS; i++) assert_int_equal(numbers[i], 2 * i);
}

// Nothing refers to the queue but its commands.
static void queue_ends_by_itself(void **state)
{
    (void)state;
    const cl_command_queue_properties kinds[] = {0, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE,
                                                 CL_QUEUE_PROFILING_ENABLE};
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        cl_int *to = numbers_new(), *from = numbers_new();
        cl_command_queue queue = session_queue_of(&session, kinds[i]);
        destroyed = 0;
        spin_enqueue(queue);
        assert_int_equal(clEnqueueBarrierWithWaitList(queue, 0, NULL, NULL), CL_SUCCESS);
        add_enqueue(queue, to, from, NULL);
        assert_int_equal(clReleaseCommandQueue(queue), CL_SUCCESS);
        assert_int_equal(destroyed, 0); // the commands need them
        *stop = 1;
        count_reached(2);
        expect_doubled(to);
        free(to);
        free(from);
    }
}

// An event outlives the application's references to its queue.
static void event_tells_of_the_end(void **state)
{
    (void)state;
    cl_int *to = numbers_new(), *from = numbers_new();
    cl_command_queue queue = session_queue_of(&session, 0);
    cl_event event;
    destroyed = 0;
    spin_enqueue(queue);
    add_enqueue(queue, to, from, &event);
    assert_int_equal(clReleaseCommandQueue(queue), CL_SUCCESS);
    assert_int_not_equal(session_status(event), CL_COMPLETE);
    *stop = 1;
    assert_int_equal(clWaitForEvents(1, &event), CL_SUCCESS);
    expect_doubled(to);
    assert_int_equal(clReleaseEvent(event), CL_SUCCESS);
    count_reached(2);
    free(to);
    free(from);
}

// The last reference is an event's.
static void event_released_under_way(void **state)
{
    (void)state;
    cl_int *to = numbers_new(), *from = numbers_new();
    cl_command_queue queue = session_queue_of(&session, 0);
    cl_event event;
    destroyed = 0;
    spin_enqueue(queue);
    add_enqueue(queue, to, from, &event);
    assert_int_equal(clReleaseCommandQueue(queue), CL_SUCCESS);
    assert_int_equal(clReleaseEvent(event), CL_SUCCESS);
    *stop = 1;
    count_reached(2);
    expect_doubled(to);
    free(to);
    free(from);
}

static void CL_CALLBACK context_destroyed(cl_context context, void *data)
{
    (void)context, (void)data;
    destroyed++;
}

// Context, program, kernel, and queue.
static void all_released_under_way(void **state)
{
    (void)state;
    struct session own;
    session_open(&own);
    const size_t one = 1;
    cl_kernel kernel = session_kernel(&own, source, "spin_and_tell", "");
    *stop = destroyed = 0;
    assert_int_equal(clSetContextDestructorCallback(own.context, context_destroyed, NULL), CL_SUCCESS);
    assert_int_equal(clSetKernelArgSVMPointer(kernel, 0, stop), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(own.queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    session_close(&own);
    *stop = 1;
    count_reached(1);
    assert_int_equal(*stop, 2);
}

int main(int count, char **arguments)
{
    if (count > 1) { // a process that ends while its kernel spins
        (void)arguments;
        open_session(NULL);
        cl_command_queue queue = session_queue_of(&session, 0);
        spin_enqueue(queue);
        clReleaseCommandQueue(queue);
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queue_ends_by_itself),
        cmocka_unit_test(event_tells_of_the_end),
        cmocka_unit_test(event_released_under_way),
        cmocka_unit_test(all_released_under_way),
    };
    return cmocka_run_group_tests(tests, open_session, close_session);
}
