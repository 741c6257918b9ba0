// 16 threads on one context and three queues that they share: no command, callback or byte gets lost. Each
// does a few rounds, or as many as fit in the seconds given as argument.
#include "session.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 16, ROUNDS = 12, QUEUES = 3, ITEMS = 64 };

static const char source[] = "kernel void count(global int *total) { atomic_inc(total); }\n"
                             "kernel void add(global int *a, int n) { a[get_global_id(0)] += n; }\n";

struct hammer {
    struct session session;
    cl_command_queue queues[QUEUES]; // in order, with profiling, out of order
    cl_mem total;
    unsigned seconds;
    _Atomic(unsigned) counted, asked, told;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void CL_CALLBACK told(cl_event event, cl_int status, void *argument)
{
    struct hammer *hammer = argument;
    (void)event;
    assert_int_equal(status, CL_COMPLETE);
    hammer->told++;
}

static void launch(cl_command_queue queue, cl_kernel kernel, size_t items, cl_uint waits,
                   const cl_event *wait, cl_event *event)
{
    assert_int_equal(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, NULL, waits, wait, event),
                     CL_SUCCESS);
}

// One more for the total that all share; now and then with a callback, or behind a user event.
static void count_once(struct hammer *hammer, cl_kernel count, unsigned round)
{
    cl_command_queue queue = hammer->queues[round % QUEUES];
    cl_int status;
    cl_event done, gate = round % 4 ? NULL : clCreateUserEvent(hammer->session.context, &status);
    launch(queue, count, 1, !!gate, gate ? &gate : NULL, &done);
    hammer->counted++;
    hammer->asked++;
    assert_int_equal(clSetEventCallback(done, CL_COMPLETE, told, hammer), CL_SUCCESS);
    if (gate) {
        assert_int_equal(clSetUserEventStatus(gate, CL_COMPLETE), CL_SUCCESS);
        assert_int_equal(clReleaseEvent(gate), CL_SUCCESS);
    }
    if (round % 5 == 0) assert_int_equal(clWaitForEvents(1, &done), CL_SUCCESS);
    assert_int_equal(clReleaseEvent(done), CL_SUCCESS);
}

// A buffer of this thread's own, written, changed and read through queues that change, in the order of
// events.
static void buffer_round(struct hammer *hammer, cl_kernel add, cl_int value)
{
    cl_int status, data[ITEMS], back[ITEMS], n = value % 7;
    cl_event events[2];
    for (int i = 0; i < ITEMS; i++) data[i] = value + i;
    cl_mem buffer = clCreateBuffer(hammer->session.context, CL_MEM_READ_WRITE, sizeof data, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clSetKernelArg(add, 0, sizeof buffer, &buffer), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(add, 1, sizeof n, &n), CL_SUCCESS);
    assert_int_equal(clEnqueueWriteBuffer(hammer->queues[value % QUEUES], buffer, CL_FALSE, 0, sizeof data,
                                          data, 0, NULL, &events[0]),
                     CL_SUCCESS);
    launch(hammer->queues[(value + 1) % QUEUES], add, ITEMS, 1, &events[0], &events[1]);
    assert_int_equal(clEnqueueReadBuffer(hammer->queues[(value + 2) % QUEUES], buffer, CL_TRUE, 0,
                                         sizeof back, back, 1, &events[1], NULL),
                     CL_SUCCESS);
    for (int i = 0; i < ITEMS; i++) assert_int_equal(back[i], value + i + n);
    for (int i = 0; i < 2; i++) assert_int_equal(clReleaseEvent(events[i]), CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
}

static void *thread_run(void *argument)
{
    struct hammer *hammer = argument;
    cl_kernel count = session_kernel(&hammer->session, source, "count", ""),
              add = session_kernel(&hammer->session, source, "add", "");
    double end = now() + hammer->seconds;
    assert_int_equal(clSetKernelArg(count, 0, sizeof(cl_mem), &hammer->total), CL_SUCCESS);
    for (unsigned round = 0; hammer->seconds ? now() < end : round < ROUNDS; round++) {
        for (unsigned i = 0; i < 8; i++) count_once(hammer, count, round * 8 + i);
        buffer_round(hammer, add, (cl_int)(round % 10000));
        if (round % 3 == 0) assert_int_equal(clFinish(hammer->queues[round / 3 % QUEUES]), CL_SUCCESS);
    }
    assert_int_equal(clReleaseKernel(count), CL_SUCCESS);
    assert_int_equal(clReleaseKernel(add), CL_SUCCESS);
    return NULL;
}

static void hammer_open(struct hammer *hammer)
{
    static const cl_command_queue_properties flags[QUEUES] = {0, CL_QUEUE_PROFILING_ENABLE,
                                                              CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE};
    cl_int status, zero = 0;
    session_open(&hammer->session);
    for (int i = 0; i < QUEUES; i++) {
        const cl_queue_properties list[] = {CL_QUEUE_PROPERTIES, flags[i], 0};
        hammer->queues[i] = clCreateCommandQueueWithProperties(hammer->session.context,
                                                               hammer->session.device, list, &status);
        assert_int_equal(status, CL_SUCCESS);
    }
    hammer->total = clCreateBuffer(hammer->session.context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR,
                                   sizeof zero, &zero, &status);
    assert_int_equal(status, CL_SUCCESS);
}

static void nothing_is_lost(void **state)
{
    struct hammer *hammer = *state;
    pthread_t threads[THREADS];
    cl_int total;
    hammer_open(hammer);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, thread_run, hammer), 0);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < QUEUES; i++) assert_int_equal(clFinish(hammer->queues[i]), CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(hammer->queues[0], hammer->total, CL_TRUE, 0, sizeof total, &total,
                                         0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(total, hammer->counted);
    while (hammer->told != hammer->asked) usleep(1000); // callbacks come soon after the commands end
    print_message("%u commands counted\n", hammer->counted);
    for (int i = 0; i < QUEUES; i++) assert_int_equal(clReleaseCommandQueue(hammer->queues[i]), CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(hammer->total), CL_SUCCESS);
    session_close(&hammer->session);
}

int main(int count, char **arguments)
{
    static struct hammer hammer;
    hammer.seconds = count > 1 ? (unsigned)strtoul(arguments[1], NULL, 10) : 0;
    const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(nothing_is_lost, &hammer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
