// HSA queues that are too many: their number, and how many threads are at their end at a time, are counted
// where this layer calls ROCr.
#include "fixture.h"

#include "device/hsa/runtime.h"

#include <stdatomic.h>
#include <unistd.h>

enum { QUEUES = 60, KEPT = 16, DESTROYERS = 4 };

static hsa_status_t (*destroy)(hsa_queue_t *);
static atomic_uint destroying, most_destroying, destroyed;

static hsa_status_t counted_destroy(hsa_queue_t *queue)
{
    unsigned now = atomic_fetch_add(&destroying, 1) + 1, most = atomic_load(&most_destroying);
    while (now > most && !atomic_compare_exchange_weak(&most_destroying, &most, now)) continue;
    usleep(2000); // long enough for all others that would come
    hsa_status_t status = destroy(queue);
    atomic_fetch_sub(&destroying, 1);
    atomic_fetch_add(&destroyed, 1);
    return status;
}

// Threads that still destroy read where to call.
static void destroyers_end(void)
{
    struct device *device = fixture.device;
    for (unsigned there = 1; there;) {
        pthread_mutex_lock(&device->mutex);
        there = device->destroyers;
        pthread_mutex_unlock(&device->mutex);
        if (there) usleep(1000);
    }
}

static int count_begin(void **state)
{
    (void)state;
    destroyers_end();
    destroy = hsa.queue_destroy;
    hsa.queue_destroy = counted_destroy;
    destroyed = most_destroying = 0;
    return 0;
}

static int count_end(void **state)
{
    (void)state;
    destroyers_end();
    hsa.queue_destroy = destroy;
    return 0;
}

static void queues_come_and_go(void)
{
    struct device_queue *queues[QUEUES];
    for (unsigned i = 0; i < QUEUES; i++) queues[i] = fixture_queue();
    for (unsigned i = 0; i < QUEUES; i++) device_queue_destroy(queues[i]);
}

static void expect_destroyed(unsigned count)
{
    while (atomic_load(&destroyed) < count) usleep(1000);
}

static void few_threads_end_many_queues(void **state)
{
    (void)state;
    queues_come_and_go();
    expect_destroyed(QUEUES - KEPT);
    assert_in_range(atomic_load(&most_destroying), 1, DESTROYERS);
}

// What could not be destroyed is used again, or destroyed when a thread can be had.
static void queues_outlast_a_lack_of_threads(void **state)
{
    (void)state;
    threads_refuse();
    queues_come_and_go();
    queues_come_and_go();
    threads_allow();
    assert_int_equal(atomic_load(&destroyed), 0);
    device_queue_destroy(fixture_queue());
    expect_destroyed(QUEUES - KEPT);
}

int pool_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(few_threads_end_many_queues, count_begin, count_end),
        cmocka_unit_test_setup_teardown(queues_outlast_a_lack_of_threads, count_begin, count_end),
    };
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
