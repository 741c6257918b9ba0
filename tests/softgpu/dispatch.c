// Kernels through AQL queues.
#include "support.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static struct device device;

static void agent_is_gfx1030(void **state)
{
    (void)state;
    char name[64];
    CHECK(hsa.agent_get_info(device.gpu, HSA_AGENT_INFO_NAME, name));
    assert_string_equal(name, "gfx1030");
    assert_true(compute_units(device.gpu) >= 2);
}

static void one_dispatch(void **state)
{
    (void)state;
    enum { GROUPS = 100, ITEMS = 64 };
    uint32_t *out = vram_alloc(&device, GROUPS * ITEMS * 4);
    memset(out, 0, GROUPS * ITEMS * 4);
    hsa_signal_t done = signal_make(1);
    launch(&device, device.queue, &(struct launch){"fill_ids", GROUPS, ITEMS, (uint64_t)out, done});
    signal_wait(done);
    for (uint32_t i = 0; i < GROUPS * ITEMS; i++) assert_int_equal(out[i], 3 * i + 1);
    CHECK(hsa.amd_memory_pool_free(out));
}

// Far more packets than the ring has slots; each needs the one before.
static void thousands_in_order(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    uint32_t *word = vram_alloc(&device, 4);
    *word = 0;
    hsa_kernel_dispatch_packet_t packet;
    hsa_signal_t done = signal_make(1);
    launch_packet(&device, &(struct launch){"add_one", 1, 1, (uint64_t)word, {0}}, &packet);
    for (int i = 0; i < COUNT; i++) {
        if (i == COUNT - 1) packet.completion_signal = done;
        packet_push(device.queue, &packet);
    }
    signal_wait(done);
    assert_int_equal(*word, COUNT);
}

static void work_groups_on_all_threads(void **state)
{
    (void)state;
    enum { GROUPS = 20000, ITEMS = 32 };
    uint32_t *counter = vram_alloc(&device, 4);
    *counter = 0;
    hsa_signal_t done = signal_make(1);
    launch(&device, device.queue, &(struct launch){"count", GROUPS, ITEMS, (uint64_t)counter, done});
    signal_wait(done);
    assert_int_equal(*counter, GROUPS * ITEMS);
}

// More than there are threads, unless there are many.
static void work_groups_wait_for_others(void **state)
{
    (void)state;
    enum { GROUPS = 48, ITEMS = 64 };
    uint32_t *words = vram_alloc(&device, 8);
    words[0] = words[1] = 0;
    hsa_signal_t done = signal_make(1);
    launch(&device, device.queue, &(struct launch){"wait_for_others", GROUPS, ITEMS, (uint64_t)words, done});
    signal_wait(done);
    assert_int_equal(words[0], GROUPS);
    assert_int_equal(words[1], GROUPS);
}

struct producer {
    pthread_t thread;
    hsa_kernel_dispatch_packet_t packet;
};

enum { PRODUCERS = 4, PACKETS_EACH = 500 };

static void *produce(void *argument)
{
    struct producer *producer = argument;
    for (int i = 0; i < PACKETS_EACH; i++) packet_push(device.queue, &producer->packet);
    return NULL;
}

static void many_producers(void **state)
{
    (void)state;
    uint32_t *counter = vram_alloc(&device, 4);
    *counter = 0;
    hsa_signal_t done = signal_make(PRODUCERS * PACKETS_EACH);
    struct producer producers[PRODUCERS];
    for (int i = 0; i < PRODUCERS; i++) {
        launch_packet(&device, &(struct launch){"count", 1, 1, (uint64_t)counter, done},
                      &producers[i].packet);
        assert_int_equal(pthread_create(&producers[i].thread, NULL, produce, &producers[i]), 0);
    }
    for (int i = 0; i < PRODUCERS; i++) pthread_join(producers[i].thread, NULL);
    signal_wait(done);
    assert_int_equal(*counter, PRODUCERS * PACKETS_EACH);
}

// The driver's way: once its stores are announced no doorbell is trapped, however long the queue has slept.
static void announced_queue(void **state)
{
    (void)state;
    hsa_queue_t *queue = queue_open(&device);
    struct softgpu_processor *processor = processor_of(queue);
    uint32_t *word = vram_alloc(&device, 4);
    *word = 0;
    for (int i = 0; i < 20; i++) {
        struct timespec gap = {0, i < 10 ? 2000000 : 1000};
        hsa_signal_t done = signal_make(1);
        launch(&device, queue, &(struct launch){"add_one", 1, 1, (uint64_t)word, done});
        announce(processor);
        wake(processor);
        signal_wait(done);
        nanosleep(&gap, NULL);
    }
    assert_int_equal(*word, 20);
    CHECK(hsa.queue_destroy(queue));
}

static void profiled_times(void **state)
{
    (void)state;
    CHECK(hsa.amd_profiling_set_profiler_enabled(device.queue, 1));
    uint32_t *counter = vram_alloc(&device, 4);
    uint64_t before, after, last = 0, frequency;
    CHECK(hsa.system_get_info(HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY, &frequency));
    for (int i = 0; i < 5; i++) {
        hsa_signal_t done = signal_make(1);
        hsa_amd_profiling_dispatch_time_t time;
        CHECK(hsa.system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &before));
        launch(&device, device.queue, &(struct launch){"count", 1000, 64, (uint64_t)counter, done});
        signal_wait(done);
        CHECK(hsa.system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &after));
        CHECK(hsa.amd_profiling_get_dispatch_time(device.gpu, done, &time));
        uint64_t slack = frequency / 100000; // ROCr's interpolation, 10 us
        assert_true(time.start + slack >= before && time.end <= after + slack);
        assert_true(time.start < time.end && time.start >= last);
        last = time.end;
    }
    CHECK(hsa.amd_profiling_set_profiler_enabled(device.queue, 0));
}

static int setup(void **state)
{
    (void)state;
    device_open(&device);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    device_close(&device);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agent_is_gfx1030),   cmocka_unit_test(one_dispatch),
        cmocka_unit_test(thousands_in_order), cmocka_unit_test(work_groups_on_all_threads),
        cmocka_unit_test(many_producers),     cmocka_unit_test(announced_queue),
        cmocka_unit_test(profiled_times),     cmocka_unit_test(work_groups_wait_for_others),
    };
    libraries_open();
    return cmocka_run_group_tests_name("softgpu dispatch", tests, setup, teardown);
}
