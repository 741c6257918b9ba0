// Objects end when nothing needs them any more, in whatever order the application lets go of them; many
// threads at once.
#include "session.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { CYCLES = 100, THREADS = 8, ROUNDS = 200 };

static atomic_int contexts_ended, called_back;

static void CL_CALLBACK context_ended(cl_context context, void *argument)
{
    (void)context, (void)argument;
    contexts_ended++;
}

static void CL_CALLBACK event_ended(cl_event event, cl_int status, void *argument)
{
    (void)argument;
    assert_int_equal(status, CL_COMPLETE);
    assert_int_equal(clRetainEvent(event), CL_SUCCESS);
    assert_int_equal(clReleaseEvent(event), CL_SUCCESS);
    called_back++;
}

static void count_reached(atomic_int *count, int expected)
{
    while (*count < expected) usleep(1000);
    assert_int_equal(*count, expected);
}

static cl_context context_new(cl_device_id device)
{
    cl_int status;
    cl_context context = clCreateContext(NULL, 1, &device, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clSetContextDestructorCallback(context, context_ended, NULL), CL_SUCCESS);
    return context;
}

static cl_command_queue queue_new(cl_context context, cl_device_id device)
{
    cl_int status;
    cl_command_queue queue = clCreateCommandQueueWithProperties(context, device, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    return queue;
}

// Nothing is waited for: the application lets go of everything at once.
static void let_go_at_once(cl_device_id device, int cycle)
{
    cl_int status;
    cl_event gate, held, marker;
    cl_context context = context_new(device);
    cl_command_queue queue = queue_new(context, device), other = queue_new(context, device);
    gate = clCreateUserEvent(context, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clEnqueueMarkerWithWaitList(other, 1, &gate, &held), CL_SUCCESS);
    assert_int_equal(clEnqueueBarrierWithWaitList(queue, 1, &held, NULL), CL_SUCCESS);
    assert_int_equal(clEnqueueMarkerWithWaitList(queue, 0, NULL, &marker), CL_SUCCESS);
    assert_int_equal(clSetEventCallback(marker, CL_COMPLETE, event_ended, NULL), CL_SUCCESS);
    if (cycle & 1) clReleaseContext(context);
    if (cycle & 2) clReleaseEvent(marker);
    if (cycle & 4) clReleaseCommandQueue(other);
    clReleaseEvent(held);
    if (cycle & 8) clReleaseCommandQueue(queue);
    assert_int_equal(clSetUserEventStatus(gate, CL_COMPLETE), CL_SUCCESS);
    clReleaseEvent(gate);
    if (!(cycle & 8)) clReleaseCommandQueue(queue);
    if (!(cycle & 4)) clReleaseCommandQueue(other);
    if (!(cycle & 2)) clReleaseEvent(marker);
    if (!(cycle & 1)) clReleaseContext(context);
}

static void cycles(void **state)
{
    struct session session;
    (void)state;
    session_open(&session);
    contexts_ended = called_back = 0;
    for (int i = 0; i < CYCLES; i++) let_go_at_once(session.device, i);
    count_reached(&called_back, CYCLES);
    count_reached(&contexts_ended, CYCLES);
    session_close(&session);
}

// Events that nobody waits for do not keep their queue.
static void unwaited_events(void **state)
{
    struct session session;
    cl_event events[10];
    (void)state;
    session_open(&session);
    contexts_ended = 0;
    cl_context context = context_new(session.device);
    cl_command_queue queue = queue_new(context, session.device);
    for (int i = 0; i < 10; i++)
        assert_int_equal(clEnqueueMarkerWithWaitList(queue, i ? 1 : 0, i ? &events[i - 1] : NULL, &events[i]),
                         CL_SUCCESS);
    for (int i = 0; i < 10; i++) assert_int_equal(clReleaseEvent(events[i]), CL_SUCCESS);
    assert_int_equal(clReleaseCommandQueue(queue), CL_SUCCESS);
    assert_int_equal(contexts_ended, 0);
    assert_int_equal(clReleaseContext(context), CL_SUCCESS);
    count_reached(&contexts_ended, 1);
    session_close(&session);
}

struct worker {
    const struct session *session;
    cl_command_queue shared;
    unsigned seed;
};

// Markers on a queue of its own and on one that all threads share, each waiting for the one before, some for
// user events that the thread sets later.
static void *worker_run(void *argument)
{
    struct worker *worker = argument;
    cl_int status;
    cl_command_queue own = session_queue(worker->session);
    cl_event last = NULL;
    for (int i = 0; i < ROUNDS; i++) {
        cl_event gate = NULL, wait[2], next;
        cl_uint count = 0;
        if (last) wait[count++] = last;
        if (rand_r(&worker->seed) % 4 == 0)
            wait[count++] = gate = clCreateUserEvent(worker->session->context, &status);
        cl_command_queue queue = rand_r(&worker->seed) % 2 ? own : worker->shared;
        assert_int_equal(clEnqueueMarkerWithWaitList(queue, count, count ? wait : NULL, &next), CL_SUCCESS);
        if (last) clReleaseEvent(last);
        last = next;
        if (!gate) continue;
        if (rand_r(&worker->seed) % 2)
            assert_int_equal(clEnqueueMarkerWithWaitList(own, 1, &last, NULL), CL_SUCCESS);
        assert_int_equal(clSetUserEventStatus(gate, CL_COMPLETE), CL_SUCCESS);
        clReleaseEvent(gate);
        if (rand_r(&worker->seed) % 8 == 0) assert_int_equal(clFinish(own), CL_SUCCESS);
    }
    assert_int_equal(clWaitForEvents(1, &last), CL_SUCCESS);
    clReleaseEvent(last);
    assert_int_equal(clReleaseCommandQueue(own), CL_SUCCESS);
    return NULL;
}

static void threads(void **state)
{
    struct session session;
    struct worker workers[THREADS];
    pthread_t ids[THREADS];
    (void)state;
    session_open(&session);
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){&session, session.queue, i + 1};
        assert_int_equal(pthread_create(&ids[i], NULL, worker_run, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) pthread_join(ids[i], NULL);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    session_close(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cycles),
        cmocka_unit_test(unwaited_events),
        cmocka_unit_test(threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
