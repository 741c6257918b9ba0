// A kernel that faults takes its queue with it, and every command that waits for it tells so; other queues go
// on.
#include "session.h"

#include <stdlib.h>
#include <unistd.h>

// Late: so that mostly the device has what waits for it when it stores where nothing is.
static const char source[] = "kernel void late_fault(global int *a, int n) {"
                             "  int x = 1; for (int i = 0; i < n; i++) x = x * 1664525 + 1013904223;"
                             "  *(volatile global int *)(x ? 0x123456780UL : (ulong)a) = x; }"
                             "kernel void set(global int *a, int n) { a[0] = n; }";

struct fixture {
    struct session session;
    cl_command_queue second, third;
    cl_kernel fault, set;
    cl_mem buffer;
};

static void fixture_open(struct fixture *f)
{
    cl_int status;
    session_open(&f->session);
    f->second = session_queue(&f->session);
    f->third = session_queue(&f->session);
    f->fault = session_kernel(&f->session, source, "late_fault", "");
    f->set = session_kernel(&f->session, source, "set", "");
    f->buffer = clCreateBuffer(f->session.context, CL_MEM_READ_WRITE, sizeof(cl_int), NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
}

static void fixture_close(struct fixture *f)
{
    clReleaseMemObject(f->buffer);
    clReleaseKernel(f->fault);
    clReleaseKernel(f->set);
    clReleaseCommandQueue(f->third);
    clReleaseCommandQueue(f->second);
    session_close(&f->session);
}

static void launch(struct fixture *f, cl_command_queue queue, cl_kernel kernel, cl_int n, cl_uint waits,
                   const cl_event *wait, cl_event *event)
{
    const size_t one = 1;
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof(cl_mem), &f->buffer), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, sizeof n, &n), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &one, NULL, waits, wait, event),
                     CL_SUCCESS);
}

static _Atomic(cl_int) heard;

static void CL_CALLBACK hear(cl_event event, cl_int status, void *argument)
{
    (void)event, (void)argument;
    heard = status;
}

static void dependants_tell(void **state)
{
    struct fixture f;
    cl_event events[4];
    cl_int value, status;
    (void)state;
    fixture_open(&f);
    heard = 1;
    cl_event gate = clCreateUserEvent(f.session.context, &status); // nothing faults before all is enqueued
    assert_int_equal(status, CL_SUCCESS);
    launch(&f, f.session.queue, f.fault, 300000, 1, &gate, &events[0]);
    launch(&f, f.session.queue, f.set, 1, 0, NULL, &events[1]); // behind it in its queue
    launch(&f, f.second, f.set, 2, 1, &events[0], &events[2]);
    launch(&f, f.third, f.set, 3, 1, &events[2], &events[3]); // at second hand
    assert_int_equal(clSetEventCallback(events[3], CL_COMPLETE, hear, NULL), CL_SUCCESS);
    assert_int_equal(clSetUserEventStatus(gate, CL_COMPLETE), CL_SUCCESS);
    clReleaseEvent(gate);
    assert_int_equal(
        clEnqueueReadBuffer(f.second, f.buffer, CL_TRUE, 0, sizeof value, &value, 1, events, NULL),
        CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(clWaitForEvents(1, &events[i]), CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST);
        if (session_status(events[i]) >= 0) fail_msg("event %d: status %d", i, session_status(events[i]));
    }
    while (heard == 1) usleep(1000);
    assert_int_equal(heard, CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST);
    assert_int_equal(f.session.fault_count, 1);

    launch(&f, f.second, f.set, 4, 0, NULL, NULL);
    launch(&f, f.second, f.set, 5, 1, events, NULL); // must not run: its failure is known
    assert_int_equal(clEnqueueReadBuffer(f.second, f.buffer, CL_TRUE, 0, sizeof value, &value, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(value, 4);
    for (int i = 0; i < 4; i++) clReleaseEvent(events[i]);
    fixture_close(&f);
}

// The dead queue refuses what follows, with the error, and can be finished and released.
static void dead_queue(void **state)
{
    struct fixture f;
    const size_t one = 1;
    (void)state;
    fixture_open(&f);
    launch(&f, f.session.queue, f.fault, 1, 0, NULL, NULL);
    assert_int_not_equal(clFinish(f.session.queue), CL_SUCCESS);
    assert_int_equal(f.session.fault_count, 1);
    assert_int_not_equal(clEnqueueNDRangeKernel(f.session.queue, f.set, 1, NULL, &one, NULL, 0, NULL, NULL),
                         CL_SUCCESS);
    assert_int_not_equal(clEnqueueMarkerWithWaitList(f.session.queue, 0, NULL, NULL), CL_SUCCESS);
    assert_int_not_equal(clFinish(f.session.queue), CL_SUCCESS);
    launch(&f, f.second, f.set, 6, 0, NULL, NULL);
    assert_int_equal(clFinish(f.second), CL_SUCCESS);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(dependants_tell), cmocka_unit_test(dead_queue)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
