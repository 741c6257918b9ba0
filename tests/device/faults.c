// Kernels that go wrong: their queue dies with a reason, and nothing else does.
#include "fixture.h"
#include "tests/session/idle.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

struct report {
    _Atomic(int) calls;
    cl_int error;
    char text[1024];
    struct device_queue *destroy; // by the callback, as an application may
    struct device_signal *done;
    cl_int done_state;
};

static void fault_note(void *argument, const struct device_fault *fault)
{
    struct report *report = argument;
    report->error = fault->error;
    strncpy(report->text, fault->text, sizeof report->text - 1);
    if (report->done) report->done_state = device_signal_state(report->done);
    if (report->destroy) device_queue_destroy(report->destroy);
    atomic_fetch_add(&report->calls, 1);
}

static struct device_queue *queue_with_report(struct report *report)
{
    struct device_queue *queue;
    struct device_queue_options options = {.on_fault = fault_note, .argument = report};
    assert_ok(device_queue_create(fixture.device, &options, &queue));
    return queue;
}

// Words that no process has mapped.
static uint32_t *const nowhere = (uint32_t *)0x7000000000;

static void a_bad_store_kills_its_queue_only(void **state)
{
    (void)state;
    uint32_t *data;
    struct report report = {0};
    struct device_memory *memory = fixture_words(GROUP, &data);
    struct device_queue *bad = queue_with_report(&report), *good = fixture_queue();
    struct device_signal *before = fixture_signal(), *fault = fixture_signal(), *after = fixture_signal();
    report.done = fault;
    for (int i = 0; i < 50; i++) assert_ok(fixture_start(good, NULL, "increment", &data, sizeof data, GROUP));
    assert_ok(fixture_start(bad, before, "empty", NULL, 0, GROUP));
    assert_ok(device_signal_wait(before));
    assert_ok(fixture_start(bad, fault, "store", &nowhere, sizeof nowhere, GROUP));
    cl_int late = fixture_start(bad, after, "empty", NULL, 0, GROUP);
    assert_int_equal(device_signal_wait(fault), CL_OUT_OF_RESOURCES);
    if (late == CL_SUCCESS) assert_int_equal(device_signal_wait(after), CL_OUT_OF_RESOURCES);
    assert_int_equal(device_queue_finish(bad), CL_OUT_OF_RESOURCES);
    assert_int_equal(report.calls, 1);
    assert_int_equal(report.done_state, 1); // told before the signals ended
    assert_int_equal(report.error, CL_OUT_OF_RESOURCES);
    assert_non_null(strstr(report.text, "kernel store: "));
    assert_non_null(strstr(report.text, "7000000000"));
    assert_int_equal(fixture_start(bad, NULL, "empty", NULL, 0, GROUP), CL_OUT_OF_RESOURCES);
    assert_int_equal(device_queue_copy(bad, &(struct device_command){0}, data, data + 8, 4),
                     CL_OUT_OF_RESOURCES);
    for (int i = 0; i < 50; i++) assert_ok(fixture_start(good, NULL, "increment", &data, sizeof data, GROUP));
    assert_ok(device_queue_finish(good));
    for (size_t i = 0; i < GROUP; i++) assert_int_equal(data[i], 100);
    device_queue_destroy(bad);
    device_queue_destroy(good);
    struct device_signal *all[] = {before, fault, after};
    for (int i = 0; i < 3; i++) device_signal_release(all[i]);
    device_memory_destroy(memory);
}

static void never(void *argument) { atomic_fetch_add((_Atomic(int) *)argument, 1); }

static void what_follows_a_fault_does_not_run(void **state)
{
    (void)state;
    _Atomic(int) calls = 0;
    struct report report = {0};
    struct device_queue *queue = queue_with_report(&report), *other = fixture_queue();
    struct device_signal *gate = fixture_signal(), *job = fixture_signal(), *barrier = fixture_signal(),
                         *elsewhere = fixture_signal();
    struct device_command gated = {&gate, 1, NULL, false};
    assert_ok(fixture_run(queue, &gated, "store", &nowhere, sizeof nowhere, GROUP));
    assert_ok(device_queue_host(queue, &(struct device_command){NULL, 0, job, false}, never, &calls));
    assert_ok(device_queue_barrier(queue, &(struct device_command){NULL, 0, barrier, false}));
    assert_ok(device_queue_barrier(other, &(struct device_command){&barrier, 1, elsewhere, false}));
    device_signal_set(gate, 0);
    assert_int_equal(device_signal_wait(job), CL_OUT_OF_RESOURCES);
    assert_int_equal(device_signal_wait(barrier), CL_OUT_OF_RESOURCES);
    assert_ok(device_signal_wait(elsewhere)); // the other queue goes on
    device_queue_destroy(queue);
    device_queue_destroy(other);
    assert_int_equal(calls, 0);
    assert_int_equal(report.calls, 1);
    struct device_signal *all[] = {gate, job, barrier, elsewhere};
    for (int i = 0; i < 4; i++) device_signal_release(all[i]);
}

// The application may let go of the queue in the callback; a job that waits for the user is still there.
static void the_callback_may_destroy_the_queue(void **state)
{
    (void)state;
    _Atomic(int) calls = 0;
    struct report report = {0};
    struct device_queue *queue = queue_with_report(&report);
    struct device_signal *gate = fixture_signal(), *job = fixture_signal();
    report.destroy = queue;
    assert_ok(device_queue_host(queue, &(struct device_command){0}, never, &calls));
    assert_ok(fixture_start(queue, NULL, "store", &nowhere, sizeof nowhere, GROUP));
    cl_int late = device_queue_host(queue, &(struct device_command){&gate, 1, job, false}, never, &calls);
    while (!report.calls) usleep(1000);
    assert_int_equal(report.calls, 1);
    if (late == CL_SUCCESS) assert_int_equal(device_signal_wait(job), CL_OUT_OF_RESOURCES);
    device_signal_set(gate, 0);
    idle_wait();
    assert_int_equal(calls, 1);
    device_signal_release(gate);
    device_signal_release(job);
}

static void many_queues_fault(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct report report = {0};
        struct device_queue *queue = queue_with_report(&report);
        assert_ok(fixture_start(queue, NULL, "store", &nowhere, sizeof nowhere, GROUP));
        device_queue_finish(queue);
        device_queue_destroy(queue);
        assert_int_equal(report.calls, 1);
    }
}

int fault_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_store_kills_its_queue_only),
        cmocka_unit_test(what_follows_a_fault_does_not_run),
        cmocka_unit_test(the_callback_may_destroy_the_queue),
        cmocka_unit_test(many_queues_fault),
    };
    return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
