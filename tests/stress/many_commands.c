// 10,000 dispatches and a finish; 8 threads with a queue each; 100 times everything created and released.
#include "session.h"

#include <pthread.h>

enum { DISPATCHES = 10000, THREADS = 8, ROUNDS = 100, ITEMS = 256 };

static const char source[] = "kernel void nothing(void) {}\n"
                             "kernel void count(global int *a) { a[get_global_id(0)] += 1; }\n";

static void enqueue(cl_command_queue queue, cl_kernel kernel, size_t global)
{
    assert_int_equal(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
}

static void ten_thousand_dispatches(void **state)
{
    struct session session;
    (void)state;
    session_open(&session);
    cl_kernel kernel = session_kernel(&session, source, "nothing", "");
    for (int i = 0; i < DISPATCHES; i++) enqueue(session.queue, kernel, 1);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    session_close(&session);
}

struct worker {
    struct session *session;
    pthread_t thread;
    int result[ITEMS];
};

static void *worker_run(void *argument)
{
    struct worker *worker = argument;
    cl_int status, zero = 0;
    cl_command_queue queue = session_queue(worker->session);
    cl_kernel kernel = session_kernel(worker->session, source, "count", "");
    cl_mem buffer =
        clCreateBuffer(worker->session->context, CL_MEM_READ_WRITE, sizeof worker->result, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof buffer, &buffer), CL_SUCCESS);
    assert_int_equal(
        clEnqueueFillBuffer(queue, buffer, &zero, sizeof zero, 0, sizeof worker->result, 0, NULL, NULL),
        CL_SUCCESS);
    for (int i = 0; i < ROUNDS; i++) enqueue(queue, kernel, ITEMS);
    assert_int_equal(
        clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, sizeof worker->result, worker->result, 0, NULL, NULL),
        CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    assert_int_equal(clReleaseCommandQueue(queue), CL_SUCCESS);
    return NULL;
}

static void threads_with_queues(void **state)
{
    struct session session;
    struct worker workers[THREADS];
    (void)state;
    session_open(&session);
    for (int i = 0; i < THREADS; i++) {
        workers[i].session = &session;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, worker_run, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        for (int k = 0; k < ITEMS; k++) assert_int_equal(workers[i].result[k], ROUNDS);
    }
    session_close(&session);
}

// One program for all rounds: what is under test is the objects' lives, not the compiler.
static void create_and_release(void **state)
{
    struct session session;
    cl_int status;
    int data[ITEMS];
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        session_open(&session);
        cl_mem buffer = clCreateBuffer(session.context, CL_MEM_READ_WRITE, sizeof data, NULL, &status);
        assert_int_equal(status, CL_SUCCESS);
        const cl_buffer_region region = {0, sizeof data / 2};
        cl_mem half =
            clCreateSubBuffer(buffer, CL_MEM_READ_ONLY, CL_BUFFER_CREATE_TYPE_REGION, &region, &status);
        assert_int_equal(status, CL_SUCCESS);
        cl_event gate = clCreateUserEvent(session.context, &status), done;
        assert_int_equal(status, CL_SUCCESS);
        assert_int_equal(
            clEnqueueReadBuffer(session.queue, half, CL_FALSE, 0, sizeof data / 2, data, 1, &gate, &done),
            CL_SUCCESS);
        assert_int_equal(clSetUserEventStatus(gate, CL_COMPLETE), CL_SUCCESS);
        assert_int_equal(clWaitForEvents(1, &done), CL_SUCCESS);
        assert_int_equal(clReleaseEvent(done), CL_SUCCESS);
        assert_int_equal(clReleaseEvent(gate), CL_SUCCESS);
        assert_int_equal(clReleaseMemObject(half), CL_SUCCESS);
        assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
        if (round % 10 == 0) {
            cl_kernel kernel = session_kernel(&session, source, "nothing", "");
            enqueue(session.queue, kernel, 1);
            assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS); // while its command may be running
        }
        session_close(&session);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_dispatches),
        cmocka_unit_test(threads_with_queues),
        cmocka_unit_test(create_and_release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
