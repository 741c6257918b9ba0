// Threads that wait work for the device (softgpu/cp/turn.h), beside its own: each work-group runs once,
// faults are told, and a process may end while they do.
#include "idle.h"
#include "session.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    THREADS = 4,
    ROUNDS = 30,
    FAULTS = 8,
    SMALL_STACK = 512 << 10,
    GROUPS = 64,
    LOCAL = 32,
    ITEMS = GROUPS * LOCAL
};

static const char source[] = "void delay(volatile local int *word)\n"
                             "{\n"
                             "    for (int i = 0; i < 400; i++) (void)*word;\n"
                             "}\n"
                             "kernel void count(global int *a)\n"
                             "{\n"
                             "    local int word;\n"
                             "    delay(&word);\n"
                             "    atomic_inc(&a[get_global_id(0)]);\n"
                             "}\n"
                             "kernel void stray(global int *a)\n"
                             "{\n"
                             "    local int word;\n"
                             "    delay(&word);\n"
                             "    a[get_global_id(0) + (get_group_id(0) == 40 ? 0x100000000000 : 0)] = 1;\n"
                             "}\n"
                             "kernel void lengthy(global volatile int *a)\n"
                             "{\n"
                             "    for (int i = 0; i < 20000; i++) (void)*a;\n"
                             "}\n"
                             "kernel void endless(global volatile int *a) { while (!*a); }\n";

struct guest {
    const struct session *session;
    unsigned number;
};

static cl_mem zeros(const struct session *session)
{
    static const cl_int zero[ITEMS];
    cl_int status;
    cl_mem buffer =
        clCreateBuffer(session->context, CL_MEM_COPY_HOST_PTR, sizeof zero, (void *)zero, &status);
    assert_int_equal(status, CL_SUCCESS);
    return buffer;
}

static cl_kernel kernel_with(const struct session *session, const char *name, cl_mem buffer)
{
    cl_kernel kernel = session_kernel(session, source, name, "");
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof buffer, &buffer), CL_SUCCESS);
    return kernel;
}

static void launch(cl_command_queue queue, cl_kernel kernel, cl_event *event)
{
    const size_t items = ITEMS, local = LOCAL;
    assert_int_equal(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, &local, 0, NULL, event),
                     CL_SUCCESS);
}

static void wait_somehow(const struct guest *guest, unsigned round, cl_event event)
{
    if ((round + guest->number) % 2)
        assert_int_equal(clFinish(guest->session->queue), CL_SUCCESS);
    else
        assert_int_equal(clWaitForEvents(1, &event), CL_SUCCESS);
}

static void *guest_run(void *argument)
{
    const struct guest *guest = argument;
    cl_mem buffer = zeros(guest->session);
    cl_kernel kernel = kernel_with(guest->session, "count", buffer);
    for (unsigned round = 0; round < ROUNDS; round++) {
        cl_event event;
        cl_int counts[ITEMS];
        launch(guest->session->queue, kernel, &event);
        wait_somehow(guest, round, event);
        clReleaseEvent(event);
        assert_int_equal(clEnqueueReadBuffer(guest->session->queue, buffer, CL_TRUE, 0, sizeof counts, counts,
                                             0, NULL, NULL),
                         CL_SUCCESS);
        for (unsigned i = 0; i < ITEMS; i++) assert_int_equal(counts[i], round + 1);
    }
    clReleaseKernel(kernel);
    clReleaseMemObject(buffer);
    return NULL;
}

static void each_group_runs_once(void **state)
{
    struct session session;
    struct guest guests[THREADS];
    pthread_t threads[THREADS];
    (void)state;
    session_open(&session);
    for (unsigned i = 0; i < THREADS; i++) {
        guests[i] = (struct guest){&session, i};
        assert_int_equal(pthread_create(&threads[i], NULL, guest_run, &guests[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    session_close(&session);
}

// Native code may take more than such a thread has: others do the work, then.
static void *small_run(void *argument)
{
    const struct session *session = argument;
    cl_mem buffer = zeros(session);
    cl_kernel kernel = kernel_with(session, "lengthy", buffer);
    int64_t mine = -idle_clock(CLOCK_THREAD_CPUTIME_ID), all = -idle_clock(CLOCK_PROCESS_CPUTIME_ID);
    launch(session->queue, kernel, NULL);
    assert_int_equal(clFinish(session->queue), CL_SUCCESS);
    mine += idle_clock(CLOCK_THREAD_CPUTIME_ID);
    all += idle_clock(CLOCK_PROCESS_CPUTIME_ID);
    assert_true(mine < all / 4);
    clReleaseKernel(kernel);
    clReleaseMemObject(buffer);
    return NULL;
}

static void small_stacks_are_left_alone(void **state)
{
    struct session session;
    pthread_attr_t attributes;
    pthread_t thread;
    (void)state;
    session_open(&session);
    pthread_attr_init(&attributes);
    assert_int_equal(pthread_attr_setstacksize(&attributes, SMALL_STACK), 0);
    assert_int_equal(pthread_create(&thread, &attributes, small_run, &session), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    session_close(&session);
}

// The queue is in error from then on: each time it is a new one.
static void faults_are_told(void **state)
{
    (void)state;
    for (unsigned round = 0; round < FAULTS; round++) {
        struct session session;
        cl_event events[2];
        session_open(&session);
        cl_mem buffer = zeros(&session);
        cl_kernel count = kernel_with(&session, "count", buffer),
                  stray = kernel_with(&session, "stray", buffer);
        launch(session.queue, count, &events[0]);
        launch(session.queue, stray, &events[1]);
        assert_int_equal(clWaitForEvents(1, &events[0]), CL_SUCCESS);
        assert_int_not_equal(clWaitForEvents(1, &events[1]), CL_SUCCESS);
        assert_true(session_status(events[1]) < 0);
        while (!__atomic_load_n(&session.fault_count, __ATOMIC_ACQUIRE)) usleep(1000);
        assert_int_equal(session.fault_count, 1);
        assert_non_null(strstr(session.fault_text, "stray"));
        for (int i = 0; i < 2; i++) clReleaseEvent(events[i]);
        clReleaseKernel(count);
        clReleaseKernel(stray);
        clReleaseMemObject(buffer);
        session_close(&session);
    }
}

static void *finish(void *argument)
{
    clFinish(argument);
    return NULL;
}

// Two threads wait for a kernel without end, or work for it, when the process ends.
static void end_with_guests(void)
{
    struct session session;
    pthread_t threads[2];
    session_open(&session);
    launch(session.queue, kernel_with(&session, "endless", zeros(&session)), NULL);
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, finish, session.queue);
    usleep(100000);
    exit(0);
}

static char *program;

static void a_process_may_end(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        execl(program, program, "end", NULL);
        _exit(2);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(int count, char **arguments)
{
    if (count > 1) end_with_guests();
    program = arguments[0];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_group_runs_once),
        cmocka_unit_test(faults_are_told),
        cmocka_unit_test(small_stacks_are_left_alone),
        cmocka_unit_test(a_process_may_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
