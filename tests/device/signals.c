#include "fixture.h"
#include "tests/session/idle.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

static void a_user_signal_ends_once(void **state)
{
    (void)state;
    struct device_signal *signal = fixture_signal();
    assert_int_equal(device_signal_state(signal), 1);
    device_signal_set(signal, -1000);
    assert_int_equal(device_signal_state(signal), -1000);
    device_signal_set(signal, 0);
    assert_int_equal(device_signal_wait(signal), -1000);
    uint64_t start, end;
    assert_false(device_signal_times(signal, &start, &end));
    device_signal_release(signal);
}

static void a_reused_signal_is_fresh(void **state)
{
    (void)state;
    struct device_signal *signal = fixture_signal();
    device_signal_set(signal, -5);
    device_signal_release(signal);
    signal = fixture_signal();
    assert_int_equal(device_signal_state(signal), 1);
    device_signal_set(signal, 0);
    assert_int_equal(device_signal_state(signal), 0);
    device_signal_release(signal);
}

static void *wait_for(void *argument) { return (void *)(intptr_t)device_signal_wait(argument); }

static void many_sleepers_use_no_cpu(void **state)
{
    (void)state;
    pthread_t threads[4];
    struct device_signal *signal = fixture_signal();
    for (int i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, wait_for, signal), 0);
    idle_wait();
    device_signal_set(signal, -7);
    for (int i = 0; i < 4; i++) {
        void *result;
        pthread_join(threads[i], &result);
        assert_int_equal((intptr_t)result, -7);
    }
    device_signal_release(signal);
}

struct told {
    _Atomic(int) calls;
    _Atomic(cl_int) state;
    pthread_t thread;
};

static void tell(void *argument, cl_int state)
{
    struct told *told = argument;
    told->thread = pthread_self();
    atomic_store(&told->state, state);
    atomic_fetch_add(&told->calls, 1);
}

static void told_wait(struct told *told, int calls)
{
    while (atomic_load(&told->calls) < calls) usleep(1000);
    assert_int_equal(atomic_load(&told->calls), calls);
}

static void callbacks_of_user_signals(void **state)
{
    (void)state;
    struct told before = {0}, after = {0};
    struct device_signal *signal = fixture_signal();
    assert_ok(device_signal_notify(signal, tell, &before));
    idle_wait();
    assert_int_equal(atomic_load(&before.calls), 0);
    device_signal_set(signal, -3);
    told_wait(&before, 1);
    assert_ok(device_signal_notify(signal, tell, &after));
    told_wait(&after, 1);
    assert_int_equal(atomic_load(&before.state), -3);
    assert_int_equal(atomic_load(&after.state), -3);
    assert_false(pthread_equal(after.thread, pthread_self()));
    device_signal_release(signal);
}

// The callback of an earlier command must not be held up by one that was asked for first on a later command.
static void callbacks_do_not_wait_for_later_commands(void **state)
{
    (void)state;
    struct told early = {0}, late = {0};
    struct device_queue *queue = fixture_queue();
    struct device_signal *first_gate = fixture_signal(), *gate = fixture_signal();
    struct device_signal *first = fixture_signal(), *second = fixture_signal();
    struct device_command commands[] = {{&first_gate, 1, first, false}, {&gate, 1, second, false}};
    assert_ok(device_queue_barrier(queue, &commands[0]));
    assert_ok(device_queue_barrier(queue, &commands[1]));
    assert_ok(device_signal_notify(second, tell, &late));
    idle_wait(); // the watcher sleeps for the second
    assert_ok(device_signal_notify(first, tell, &early));
    device_signal_set(first_gate, 0);
    told_wait(&early, 1);
    assert_int_equal(atomic_load(&late.calls), 0);
    device_signal_set(gate, 0);
    told_wait(&late, 1);
    device_queue_destroy(queue);
    struct device_signal *all[] = {first_gate, gate, first, second};
    for (int i = 0; i < 4; i++) device_signal_release(all[i]);
}

static void callbacks_asked_for_before_the_command(void **state)
{
    (void)state;
    struct told told = {0};
    struct device_queue *queue = fixture_queue();
    struct device_signal *done = fixture_signal();
    assert_ok(device_signal_notify(done, tell, &told));
    assert_ok(device_queue_barrier(queue, &(struct device_command){.done = done}));
    told_wait(&told, 1);
    device_queue_destroy(queue);
    device_signal_release(done);
}

int signal_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_signal_ends_once),
        cmocka_unit_test(a_reused_signal_is_fresh),
        cmocka_unit_test(many_sleepers_use_no_cpu),
        cmocka_unit_test(callbacks_of_user_signals),
        cmocka_unit_test(callbacks_do_not_wait_for_later_commands),
        cmocka_unit_test(callbacks_asked_for_before_the_command),
    };
    return cmocka_run_group_tests_name("signals", tests, NULL, NULL);
}
