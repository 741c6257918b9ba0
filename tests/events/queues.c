// Command queues: their properties, out-of-order execution, the status of a command under way, exit.
#define CL_USE_DEPRECATED_OPENCL_1_1_APIS // clEnqueueBarrier
#include "session.h"

#include <CL/cl_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char source[] = "kernel void hold(volatile global int *gate) { while (!*gate) ; }\n"
                             "kernel void write(global int *to, int index, int value, int turns) {\n"
                             "    for (volatile int i = 0; i < turns; i++) ;\n"
                             "    to[index] = value;\n"
                             "}\n"
                             "kernel void sum(global const int *from, int count, global int *to) {\n"
                             "    int total = 0;\n"
                             "    for (int i = 0; i < count; i++) total += from[i];\n"
                             "    *to = total;\n"
                             "}\n";

enum { CELLS = 32 };

// `gate` is memory that host and kernels see at the same time: a kernel that waits there runs until the host
// lets it go.
struct fixture {
    struct session session;
    cl_command_queue queue;
    cl_kernel hold, write, sum;
    cl_mem gate_buffer, cells, total;
    volatile cl_int *gate;
};

static cl_command_queue queue_create(const struct session *session, const cl_queue_properties *properties)
{
    cl_int status;
    cl_command_queue queue =
        clCreateCommandQueueWithProperties(session->context, session->device, properties, &status);
    assert_int_equal(status, CL_SUCCESS);
    return queue;
}

static cl_mem buffer_create(const struct session *session, cl_mem_flags flags, size_t size)
{
    cl_int status;
    cl_mem buffer = clCreateBuffer(session->context, flags, size, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    return buffer;
}

static void fixture_open(struct fixture *f)
{
    cl_int status;
    session_open(&f->session);
    f->queue = queue_create(&f->session, (const cl_queue_properties[]){
                                             CL_QUEUE_PROPERTIES, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, 0});
    f->hold = session_kernel(&f->session, source, "hold", "");
    f->write = session_kernel(&f->session, source, "write", "");
    f->sum = session_kernel(&f->session, source, "sum", "");
    f->gate_buffer = buffer_create(&f->session, CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR, sizeof(cl_int));
    f->cells = buffer_create(&f->session, CL_MEM_READ_WRITE, CELLS * sizeof(cl_int));
    f->total = buffer_create(&f->session, CL_MEM_READ_WRITE, sizeof(cl_int));
    f->gate = clEnqueueMapBuffer(f->session.queue, f->gate_buffer, CL_TRUE, CL_MAP_WRITE, 0, sizeof(cl_int),
                                 0, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    *f->gate = 0;
    assert_int_equal(clSetKernelArg(f->hold, 0, sizeof(cl_mem), &f->gate_buffer), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(f->write, 0, sizeof(cl_mem), &f->cells), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(f->sum, 0, sizeof(cl_mem), &f->cells), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(f->sum, 2, sizeof(cl_mem), &f->total), CL_SUCCESS);
}

static void fixture_close(struct fixture *f)
{
    assert_int_equal(
        clEnqueueUnmapMemObject(f->session.queue, f->gate_buffer, (void *)f->gate, 0, NULL, NULL),
        CL_SUCCESS);
    assert_int_equal(clReleaseCommandQueue(f->queue), CL_SUCCESS);
    cl_kernel kernels[] = {f->hold, f->write, f->sum};
    cl_mem buffers[] = {f->gate_buffer, f->cells, f->total};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(clReleaseKernel(kernels[i]), CL_SUCCESS);
        assert_int_equal(clReleaseMemObject(buffers[i]), CL_SUCCESS);
    }
    session_close(&f->session);
}

static void enqueue(cl_command_queue queue, cl_kernel kernel, cl_uint waits, const cl_event *wait,
                    cl_event *event)
{
    const size_t one = 1;
    assert_int_equal(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &one, NULL, waits, wait, event),
                     CL_SUCCESS);
}

static void enqueue_write(struct fixture *f, cl_int index, cl_int value, cl_int turns, cl_uint waits,
                          const cl_event *wait, cl_event *event)
{
    const cl_int arguments[] = {index, value, turns};
    for (cl_uint i = 0; i < 3; i++)
        assert_int_equal(clSetKernelArg(f->write, i + 1, sizeof(cl_int), &arguments[i]), CL_SUCCESS);
    enqueue(f->queue, f->write, waits, wait, event);
}

static void enqueue_sum(struct fixture *f, cl_int count, cl_event *event)
{
    assert_int_equal(clSetKernelArg(f->sum, 1, sizeof count, &count), CL_SUCCESS);
    enqueue(f->queue, f->sum, 0, NULL, event);
}

static cl_int read_int(cl_command_queue queue, cl_mem buffer, cl_int index, cl_uint waits,
                       const cl_event *wait)
{
    cl_int value = -1;
    assert_int_equal(clEnqueueReadBuffer(queue, buffer, CL_TRUE, (size_t)index * sizeof value, sizeof value,
                                         &value, waits, wait, NULL),
                     CL_SUCCESS);
    return value;
}

// ---- Properties ---------------------------------------------------------------------------------------

enum { BOTH = CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE | CL_QUEUE_PROFILING_ENABLE };

static void properties_that_are_taken(void **state)
{
    static const cl_queue_properties lists[][7] = {
        {0},
        {CL_QUEUE_PROPERTIES, 0, 0},
        {CL_QUEUE_PROPERTIES, BOTH, 0},
        {CL_QUEUE_PRIORITY_KHR, CL_QUEUE_PRIORITY_HIGH_KHR, 0},
        {CL_QUEUE_THROTTLE_KHR, CL_QUEUE_THROTTLE_LOW_KHR, CL_QUEUE_PROPERTIES, CL_QUEUE_PROFILING_ENABLE,
         CL_QUEUE_PRIORITY_KHR, CL_QUEUE_PRIORITY_LOW_KHR, 0},
    };
    static const cl_command_queue_properties flags[] = {0, 0, BOTH, 0, CL_QUEUE_PROFILING_ENABLE};
    struct session session;
    (void)state;
    session_open(&session);
    for (unsigned i = 0; i < sizeof lists / sizeof *lists; i++) {
        cl_command_queue queue = queue_create(&session, lists[i]);
        cl_queue_properties list[8];
        cl_command_queue_properties told;
        size_t size, count = 1;
        while (lists[i][count - 1]) count += 2;
        clGetCommandQueueInfo(queue, CL_QUEUE_PROPERTIES, sizeof told, &told, NULL);
        assert_int_equal(told, flags[i]);
        clGetCommandQueueInfo(queue, CL_QUEUE_PROPERTIES_ARRAY, sizeof list, list, &size);
        assert_int_equal(size, count * sizeof *list);
        assert_memory_equal(list, lists[i], size);
        assert_int_equal(clFinish(queue), CL_SUCCESS);
        clReleaseCommandQueue(queue);
    }
    session_close(&session);
}

static void properties_that_are_not(void **state)
{
    static const struct {
        cl_queue_properties list[5];
        cl_int error;
    } cases[] = {
        {{CL_QUEUE_PROPERTIES, 0x1000, 0}, CL_INVALID_VALUE},
        {{0x7777, 0, 0}, CL_INVALID_VALUE},
        {{CL_QUEUE_PROPERTIES, 0, CL_QUEUE_PROPERTIES, 0, 0}, CL_INVALID_VALUE},
        {{CL_QUEUE_PRIORITY_KHR, 0, 0}, CL_INVALID_VALUE},
        {{CL_QUEUE_PRIORITY_KHR, 3, 0}, CL_INVALID_VALUE},
        {{CL_QUEUE_THROTTLE_KHR, 8, 0}, CL_INVALID_VALUE},
        {{CL_QUEUE_PROPERTIES, CL_QUEUE_ON_DEVICE | CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, 0},
         CL_INVALID_QUEUE_PROPERTIES},
        {{CL_QUEUE_SIZE, 1024, 0}, CL_INVALID_VALUE}, // without CL_QUEUE_ON_DEVICE
    };
    struct session session;
    cl_int status;
    (void)state;
    session_open(&session);
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(
            clCreateCommandQueueWithProperties(session.context, session.device, cases[i].list, &status));
        assert_int_equal(status, cases[i].error);
    }
    assert_int_equal(clSetDefaultDeviceCommandQueue(session.context, session.device, session.queue),
                     CL_INVALID_OPERATION);
    session_close(&session);
}

// ---- Out of order -------------------------------------------------------------------------------------

// A command that is held up, by a user event or by a kernel that still runs, does not hold up others.
static void independent_commands_pass(void **state)
{
    struct fixture f;
    cl_int status;
    cl_event held, running, done[2];
    (void)state;
    fixture_open(&f);
    cl_event user = clCreateUserEvent(f.session.context, &status);
    enqueue_write(&f, 0, 1, 0, 1, &user, &held);
    enqueue(f.queue, f.hold, 0, NULL, &running);
    enqueue_write(&f, 1, 2, 0, 0, NULL, &done[0]);
    enqueue_write(&f, 1, 3, 0, 1, &done[0], &done[1]);
    assert_int_equal(clWaitForEvents(2, done), CL_SUCCESS);
    assert_int_equal(read_int(f.queue, f.cells, 1, 1, &done[1]), 3);
    assert_int_equal(session_status(held), CL_QUEUED);
    assert_int_equal(session_status(running), CL_RUNNING);
    *f.gate = 1;
    clSetUserEventStatus(user, CL_COMPLETE);
    assert_int_equal(clFinish(f.queue), CL_SUCCESS);
    assert_int_equal(session_status(held), CL_COMPLETE);
    assert_int_equal(session_status(running), CL_COMPLETE);
    assert_int_equal(read_int(f.queue, f.cells, 0, 0, NULL), 1);
    cl_event all[] = {held, running, done[0], done[1], user};
    for (int i = 0; i < 5; i++) clReleaseEvent(all[i]);
    fixture_close(&f);
}

// All that is before a barrier has ended when what is behind it starts; also when it is held back by a user
// event.
static void barriers(void **state)
{
    enum { ROUNDS = 20 };
    struct fixture f;
    cl_int status;
    (void)state;
    fixture_open(&f);
    for (cl_int round = 1; round <= ROUNDS; round++) {
        cl_event user = clCreateUserEvent(f.session.context, &status);
        for (cl_int i = 0; i < CELLS; i++)
            enqueue_write(&f, i, round, i % 5 * 400, i == 7, i == 7 ? &user : NULL, NULL);
        assert_int_equal(clEnqueueBarrierWithWaitList(f.queue, 0, NULL, NULL), CL_SUCCESS);
        enqueue_sum(&f, CELLS, NULL);
        if (round % 2)
            assert_int_equal(clEnqueueBarrier(f.queue), CL_SUCCESS);
        else
            assert_int_equal(clEnqueueBarrierWithWaitList(f.queue, 0, NULL, NULL), CL_SUCCESS);
        for (cl_int i = 0; i < CELLS; i++) enqueue_write(&f, i, 1000, 0, 0, NULL, NULL);
        clSetUserEventStatus(user, CL_COMPLETE);
        assert_int_equal(clFinish(f.queue), CL_SUCCESS);
        assert_int_equal(read_int(f.queue, f.total, 0, 0, NULL), round * CELLS);
        clReleaseEvent(user);
    }
    fixture_close(&f);
}

// A barrier with a wait list waits for that alone, and holds up what comes after.
static void barrier_of_some(void **state)
{
    struct fixture f;
    cl_int status;
    cl_event barrier, after;
    (void)state;
    fixture_open(&f);
    cl_event user = clCreateUserEvent(f.session.context, &status);
    enqueue(f.queue, f.hold, 0, NULL, NULL);
    assert_int_equal(clEnqueueBarrierWithWaitList(f.queue, 1, &user, &barrier), CL_SUCCESS);
    enqueue_write(&f, 0, 5, 0, 0, NULL, &after);
    assert_int_equal(session_status(after), CL_QUEUED);
    clSetUserEventStatus(user, CL_COMPLETE);
    assert_int_equal(clWaitForEvents(1, &after), CL_SUCCESS); // the kernel at the gate still runs
    assert_int_equal(session_status(barrier), CL_COMPLETE);
    *f.gate = 1;
    assert_int_equal(clFinish(f.queue), CL_SUCCESS);
    clReleaseEvent(user);
    clReleaseEvent(barrier);
    clReleaseEvent(after);
    fixture_close(&f);
}

// A marker waits for all before it, and holds up nothing.
static void markers(void **state)
{
    struct fixture f;
    cl_int status;
    cl_event marker, after;
    (void)state;
    fixture_open(&f);
    cl_event user = clCreateUserEvent(f.session.context, &status);
    enqueue_write(&f, 0, 6, 0, 1, &user, NULL);
    assert_int_equal(clEnqueueMarkerWithWaitList(f.queue, 0, NULL, &marker), CL_SUCCESS);
    enqueue_write(&f, 1, 7, 0, 0, NULL, &after);
    assert_int_equal(clWaitForEvents(1, &after), CL_SUCCESS);
    assert_int_equal(session_status(marker), CL_QUEUED);
    clSetUserEventStatus(user, CL_COMPLETE);
    assert_int_equal(clWaitForEvents(1, &marker), CL_SUCCESS);
    assert_int_equal(read_int(f.session.queue, f.cells, 0, 0, NULL), 6);
    clReleaseEvent(user);
    clReleaseEvent(marker);
    clReleaseEvent(after);
    fixture_close(&f);
}

// ---- A command under way ------------------------------------------------------------------------------

static void status_of_each_moment(void **state)
{
    struct fixture f;
    cl_event running, behind;
    (void)state;
    fixture_open(&f);
    enqueue(f.session.queue, f.hold, 0, NULL, &running);
    enqueue(f.session.queue, f.hold, 0, NULL, &behind);
    assert_int_equal(clFlush(f.session.queue), CL_SUCCESS);
    while (session_status(running) != CL_RUNNING) usleep(100);
    assert_int_equal(session_status(behind), CL_SUBMITTED);
    *f.gate = 1;
    assert_int_equal(clWaitForEvents(1, &running), CL_SUCCESS);
    assert_int_equal(session_status(running), CL_COMPLETE);
    assert_int_equal(clFinish(f.session.queue), CL_SUCCESS);
    assert_int_equal(session_status(behind), CL_COMPLETE);
    clReleaseEvent(running);
    clReleaseEvent(behind);
    fixture_close(&f);
}

// In a process of its own, which ends while a kernel runs that never will.
static void exit_abandons(void **state)
{
    int status;
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        struct fixture f;
        fixture_open(&f);
        enqueue(f.queue, f.hold, 0, NULL, NULL);
        enqueue(f.session.queue, f.hold, 0, NULL, NULL);
        clFlush(f.queue);
        exit(42);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_abandons), // first: it forks, and nothing of OpenCL is in use yet
        cmocka_unit_test(properties_that_are_taken),
        cmocka_unit_test(properties_that_are_not),
        cmocka_unit_test(independent_commands_pass),
        cmocka_unit_test(barriers),
        cmocka_unit_test(barrier_of_some),
        cmocka_unit_test(markers),
        cmocka_unit_test(status_of_each_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
