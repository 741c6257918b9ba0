// The order of commands, user events, callbacks, and profiling.
#include "session.h"
#include "tests/session/idle.h"

#include <pthread.h>
#include <unistd.h>

static const char source[] =
    "kernel void add(global int *a, int n) { a[get_global_id(0)] = a[get_global_id(0)] * 10 + n; }";

struct fixture {
    struct session session;
    cl_kernel kernel;
    cl_mem buffer;
};

static void fixture_open(struct fixture *f)
{
    cl_int status, zero = 0;
    session_open(&f->session);
    f->kernel = session_kernel(&f->session, source, "add", "");
    f->buffer = clCreateBuffer(f->session.context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR, sizeof zero,
                               &zero, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clSetKernelArg(f->kernel, 0, sizeof(cl_mem), &f->buffer), CL_SUCCESS);
}

static void fixture_close(struct fixture *f)
{
    assert_int_equal(clReleaseMemObject(f->buffer), CL_SUCCESS);
    assert_int_equal(clReleaseKernel(f->kernel), CL_SUCCESS);
    session_close(&f->session);
}

// value = value * 10 + digit: what is left in the buffer tells the order.
static void digit(struct fixture *f, cl_command_queue queue, cl_int n, cl_uint waits, const cl_event *wait,
                  cl_event *event)
{
    const size_t one = 1;
    assert_int_equal(clSetKernelArg(f->kernel, 1, sizeof n, &n), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(queue, f->kernel, 1, NULL, &one, NULL, waits, wait, event),
                     CL_SUCCESS);
}

static cl_int result(struct fixture *f, cl_command_queue queue)
{
    cl_int value = -1;
    assert_int_equal(clEnqueueReadBuffer(queue, f->buffer, CL_TRUE, 0, sizeof value, &value, 0, NULL, NULL),
                     CL_SUCCESS);
    return value;
}

static void in_order_and_across_queues(void **state)
{
    struct fixture f;
    cl_event done[3];
    (void)state;
    fixture_open(&f);
    cl_command_queue other = session_queue(&f.session);
    digit(&f, f.session.queue, 1, 0, NULL, NULL);
    digit(&f, f.session.queue, 2, 0, NULL, &done[0]);
    digit(&f, other, 3, 1, &done[0], &done[1]);
    digit(&f, f.session.queue, 4, 1, &done[1], NULL);
    assert_int_equal(clEnqueueMarkerWithWaitList(f.session.queue, 0, NULL, &done[2]), CL_SUCCESS);
    digit(&f, other, 5, 1, &done[2], NULL);
    assert_int_equal(clFinish(other), CL_SUCCESS);
    assert_int_equal(result(&f, f.session.queue), 12345);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(session_status(done[i]), CL_COMPLETE);
        clReleaseEvent(done[i]);
    }
    clReleaseCommandQueue(other);
    fixture_close(&f);
}

static void user_event_gates(void **state)
{
    struct fixture f;
    cl_int status;
    cl_event first, second;
    (void)state;
    fixture_open(&f);
    cl_command_queue other = session_queue(&f.session);
    cl_event gate = clCreateUserEvent(f.session.context, &status);
    assert_int_equal(session_status(gate), CL_SUBMITTED);
    digit(&f, f.session.queue, 1, 1, &gate, &first);
    digit(&f, f.session.queue, 2, 0, NULL, NULL); // behind it in the queue
    digit(&f, other, 3, 0, NULL, NULL);           // not behind it
    assert_int_equal(clFinish(other), CL_SUCCESS);
    digit(&f, other, 4, 1, &first, &second); // behind it by its event
    idle_wait();
    assert_int_equal(session_status(first), CL_QUEUED);
    assert_int_equal(session_status(second), CL_QUEUED);
    assert_int_equal(clSetUserEventStatus(gate, 1), CL_INVALID_VALUE);
    assert_int_equal(clSetUserEventStatus(gate, CL_COMPLETE), CL_SUCCESS);
    assert_int_equal(clSetUserEventStatus(gate, CL_COMPLETE), CL_INVALID_OPERATION);
    assert_int_equal(clFinish(f.session.queue), CL_SUCCESS);
    assert_int_equal(clFinish(other), CL_SUCCESS);
    cl_int value = result(&f, other);
    assert_true(value == 3124 || value == 3142); // 2 and 4 are not ordered
    clReleaseEvent(first);
    clReleaseEvent(second);
    clReleaseEvent(gate);
    clReleaseCommandQueue(other);
    fixture_close(&f);
}

static void failed_user_event(void **state)
{
    struct fixture f;
    cl_int status, value;
    cl_event dependent, after;
    (void)state;
    fixture_open(&f);
    cl_event gate = clCreateUserEvent(f.session.context, &status);
    digit(&f, f.session.queue, 1, 1, &gate, &dependent);
    digit(&f, f.session.queue, 2, 1, &dependent, &after);
    digit(&f, f.session.queue, 3, 0, NULL, NULL);
    assert_int_equal(clSetUserEventStatus(gate, -77), CL_SUCCESS);
    assert_int_equal(clWaitForEvents(1, &dependent), CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST);
    assert_int_equal(clWaitForEvents(1, &gate), CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST);
    assert_int_equal(session_status(gate), -77);
    assert_true(session_status(dependent) < 0);
    assert_true(session_status(after) < 0);
    assert_int_equal(result(&f, f.session.queue), 3); // neither ran, and the queue goes on
    assert_int_equal(
        clEnqueueReadBuffer(f.session.queue, f.buffer, CL_TRUE, 0, sizeof value, &value, 1, &dependent, NULL),
        CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST);
    clReleaseEvent(dependent);
    clReleaseEvent(after);
    clReleaseEvent(gate);
    fixture_close(&f);
}

// Everything released by the application while commands are held back: they still run.
static void released_before_it_ran(void **state)
{
    struct fixture f;
    cl_int status;
    (void)state;
    fixture_open(&f);
    cl_event gate = clCreateUserEvent(f.session.context, &status);
    cl_command_queue other = session_queue(&f.session);
    digit(&f, other, 7, 1, &gate, NULL);
    assert_int_equal(clReleaseCommandQueue(other), CL_SUCCESS);
    assert_int_equal(clSetUserEventStatus(gate, CL_COMPLETE), CL_SUCCESS);
    while (result(&f, f.session.queue) != 7) usleep(1000);
    clReleaseEvent(gate);
    fixture_close(&f);
}

struct heard {
    pthread_mutex_t lock;
    cl_int status[8];
    unsigned count;
};

static void CL_CALLBACK hear(cl_event event, cl_int status, void *argument)
{
    struct heard *heard = argument;
    cl_uint references; // calling OpenCL from here must work
    assert_int_equal(clGetEventInfo(event, CL_EVENT_REFERENCE_COUNT, sizeof references, &references, NULL),
                     CL_SUCCESS);
    pthread_mutex_lock(&heard->lock);
    heard->status[heard->count++ % 8] = status;
    pthread_mutex_unlock(&heard->lock);
}

static unsigned heard_count(struct heard *heard)
{
    pthread_mutex_lock(&heard->lock);
    unsigned count = heard->count;
    pthread_mutex_unlock(&heard->lock);
    return count;
}

static void callbacks(void **state)
{
    struct fixture f;
    struct heard heard = {.lock = PTHREAD_MUTEX_INITIALIZER};
    cl_int status;
    cl_event done;
    (void)state;
    fixture_open(&f);
    cl_event gate = clCreateUserEvent(f.session.context, &status);
    digit(&f, f.session.queue, 1, 1, &gate, &done);
    const cl_int registered[] = {CL_COMPLETE, CL_RUNNING, CL_SUBMITTED};
    for (int i = 0; i < 3; i++)
        assert_int_equal(clSetEventCallback(done, registered[i], hear, &heard), CL_SUCCESS);
    assert_int_equal(clSetEventCallback(done, CL_QUEUED, hear, &heard), CL_INVALID_VALUE);
    assert_int_equal(clSetEventCallback(done, CL_COMPLETE, NULL, &heard), CL_INVALID_VALUE);
    idle_wait();
    assert_int_equal(heard_count(&heard), 0);
    assert_int_equal(clSetUserEventStatus(gate, CL_COMPLETE), CL_SUCCESS);
    while (heard_count(&heard) < 3) usleep(1000);
    assert_int_equal(heard_count(&heard), 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(heard.status[i], registered[2 - i]); // in the order of the states
    assert_int_equal(clSetEventCallback(done, CL_COMPLETE, hear, &heard), CL_SUCCESS); // already complete
    while (heard_count(&heard) < 4) usleep(1000);
    assert_int_equal(heard_count(&heard), 4);
    clReleaseEvent(done);
    clReleaseEvent(gate);
    fixture_close(&f);
}

static void profiling(void **state)
{
    static const cl_profiling_info queries[] = {CL_PROFILING_COMMAND_QUEUED, CL_PROFILING_COMMAND_SUBMIT,
                                                CL_PROFILING_COMMAND_START, CL_PROFILING_COMMAND_END};
    struct fixture f;
    cl_int status;
    cl_event events[3];
    cl_ulong times[4], before, after, device;
    const cl_queue_properties properties[] = {CL_QUEUE_PROPERTIES, CL_QUEUE_PROFILING_ENABLE, 0};
    (void)state;
    fixture_open(&f);
    cl_command_queue queue =
        clCreateCommandQueueWithProperties(f.session.context, f.session.device, properties, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clGetDeviceAndHostTimer(f.session.device, &device, &before), CL_SUCCESS);
    digit(&f, queue, 1, 0, NULL, &events[0]);
    assert_int_equal(
        clEnqueueReadBuffer(queue, f.buffer, CL_FALSE, 0, sizeof status, &status, 0, NULL, &events[1]),
        CL_SUCCESS);
    assert_int_equal(clEnqueueMarkerWithWaitList(queue, 0, NULL, &events[2]), CL_SUCCESS);
    assert_int_equal(clFinish(queue), CL_SUCCESS);
    assert_int_equal(clGetHostTimer(f.session.device, &after), CL_SUCCESS);
    for (int e = 0; e < 3; e++) {
        for (int i = 0; i < 4; i++)
            assert_int_equal(clGetEventProfilingInfo(events[e], queries[i], sizeof times[i], &times[i], NULL),
                             CL_SUCCESS);
        assert_true(before <= times[0] && times[0] <= times[1] && times[1] <= times[2] &&
                    times[2] <= times[3] && times[3] <= after);
        clReleaseEvent(events[e]);
    }
    digit(&f, f.session.queue, 2, 0, NULL, &events[0]); // a queue without profiling
    assert_int_equal(clFinish(f.session.queue), CL_SUCCESS);
    assert_int_equal(
        clGetEventProfilingInfo(events[0], CL_PROFILING_COMMAND_END, sizeof times[0], times, NULL),
        CL_PROFILING_INFO_NOT_AVAILABLE);
    clReleaseEvent(events[0]);
    clReleaseCommandQueue(queue);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order_and_across_queues),
        cmocka_unit_test(user_event_gates),
        cmocka_unit_test(failed_user_event),
        cmocka_unit_test(released_before_it_ran),
        cmocka_unit_test(callbacks),
        cmocka_unit_test(profiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
