// Packets that wait, within and across queues.
#include "support.h"
#include "tests/session/idle.h"

static struct device device;
static hsa_queue_t *other;

static void host_opens_barrier(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        hsa_signal_t gate = signal_make(1), done = signal_make(1);
        barrier_push(device.queue, &gate, 1, done);
        if (i < 2) idle_wait();
        assert_int_equal(hsa.signal_load_scacquire(done), 1);
        hsa.signal_store_screlease(gate, 0);
        signal_wait(done);
    }
}

// Back and forth between two queues, all enqueued before the first may begin.
static void chain_across_queues(void **state)
{
    (void)state;
    enum { LENGTH = 100 };
    uint32_t *word = vram_alloc(&device, 4);
    *word = 0;
    hsa_signal_t links[LENGTH + 1];
    for (int i = 0; i <= LENGTH; i++) links[i] = signal_make(1);
    for (int i = 0; i < LENGTH; i++) {
        hsa_queue_t *queue = i % 2 ? other : device.queue;
        barrier_push(queue, &links[i], 1, (hsa_signal_t){0});
        launch(&device, queue, &(struct launch){"add_one", 1, 1, (uint64_t)word, links[i + 1]});
    }
    assert_int_equal(hsa.signal_load_scacquire(links[1]), 1);
    hsa.signal_store_screlease(links[0], 0);
    signal_wait(links[LENGTH]);
    assert_int_equal(*word, LENGTH);
}

static void blocked_queue_stops_no_other(void **state)
{
    (void)state;
    uint32_t *word = vram_alloc(&device, 4);
    *word = 0;
    hsa_signal_t gate = signal_make(1), behind = signal_make(1), beside = signal_make(1);
    barrier_push(device.queue, &gate, 1, behind);
    idle_wait();
    launch(&device, other, &(struct launch){"add_one", 1, 1, (uint64_t)word, beside});
    signal_wait(beside);
    assert_int_equal(hsa.signal_load_scacquire(behind), 1);
    hsa.signal_store_screlease(gate, 0);
    signal_wait(behind);
}

static void all_of_five(void **state)
{
    (void)state;
    hsa_signal_t gates[5], done = signal_make(1);
    for (int i = 0; i < 5; i++) gates[i] = signal_make(1);
    barrier_push(device.queue, gates, 5, done);
    for (int i = 4; i >= 0; i--) {
        idle_wait();
        assert_int_equal(hsa.signal_load_scacquire(done), 1);
        hsa.signal_store_screlease(gates[i], 0);
    }
    signal_wait(done);
}

static void any_of_three(void **state)
{
    (void)state;
    hsa_signal_t gates[3], done = signal_make(1);
    hsa_barrier_or_packet_t packet = {.header = HSA_PACKET_TYPE_BARRIER_OR, .completion_signal = done};
    for (int i = 0; i < 3; i++) packet.dep_signal[i] = gates[i] = signal_make(1);
    packet_push(device.queue, &packet);
    idle_wait();
    assert_int_equal(hsa.signal_load_scacquire(done), 1);
    hsa.signal_store_screlease(gates[1], 0);
    signal_wait(done);
}

static void value_barrier(void **state)
{
    (void)state;
    hsa_signal_t gate = signal_make(3), done = signal_make(1);
    hsa_amd_barrier_value_packet_t packet = {
        .header = {.header = HSA_PACKET_TYPE_VENDOR_SPECIFIC, .AmdFormat = HSA_AMD_PACKET_TYPE_BARRIER_VALUE},
        .signal = gate,
        .value = 8,
        .mask = 0xc,
        .cond = HSA_SIGNAL_CONDITION_GTE,
        .completion_signal = done};
    packet_push(device.queue, &packet);
    idle_wait();
    assert_int_equal(hsa.signal_load_scacquire(done), 1);
    hsa.signal_store_screlease(gate, 0x1b);
    signal_wait(done);
}

// Signals nobody can sleep on have no event.
static void signal_without_event(void **state)
{
    (void)state;
    uint32_t *word = vram_alloc(&device, 4);
    *word = 0;
    hsa_signal_t gate, done = signal_make(1);
    CHECK(hsa.amd_signal_create(1, 0, NULL, HSA_AMD_SIGNAL_AMD_GPU_ONLY, &gate));
    barrier_push(other, &gate, 1, done);
    launch(&device, device.queue, &(struct launch){"add_one", 1, 1, (uint64_t)word, gate});
    signal_wait(done);
    assert_int_equal(*word, 1);
}

static int setup(void **state)
{
    (void)state;
    device_open(&device);
    other = queue_open(&device);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    CHECK(hsa.queue_destroy(other));
    device_close(&device);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_opens_barrier),
        cmocka_unit_test(chain_across_queues),
        cmocka_unit_test(blocked_queue_stops_no_other),
        cmocka_unit_test(all_of_five),
        cmocka_unit_test(any_of_three),
        cmocka_unit_test(value_barrier),
        cmocka_unit_test(signal_without_event),
    };
    libraries_open();
    return cmocka_run_group_tests_name("softgpu barriers", tests, setup, teardown);
}
