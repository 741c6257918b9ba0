#include "device/hsa/kick.h"
#include "device/hsa/queue.h"
#include "fixture.h"
#include "tests/session/idle.h"

#include <hsa/amd_hsa_queue.h>
#include <pthread.h>
#include <unistd.h>

struct affine {
    uint32_t *data;
    uint32_t factor, term;
};

static void ten_thousand_dispatches(void **state)
{
    (void)state;
    struct device_queue *queue = fixture_queue();
    for (int i = 0; i < 10000; i++) assert_ok(fixture_start(queue, NULL, "empty", NULL, 0, GROUP));
    assert_ok(device_queue_finish(queue));
    device_queue_destroy(queue);
}

static struct {
    softgpu_announce_fn *announce;
    amd_queue_t *queue;
} faster;

// What follows a packet's announcement happens only when the device has done it and ended its signal. All
// kinds of packets have that at the same place.
static void announce_and_let_the_device_run(struct softgpu_processor *processor)
{
    const hsa_barrier_and_packet_t *packets = faster.queue->hsa_queue.base_address;
    uint64_t last = faster.queue->write_dispatch_id - 1;
    hsa_signal_t done = packets[last % faster.queue->hsa_queue.size].completion_signal;
    faster.announce(processor);
    while (__atomic_load_n(&faster.queue->read_dispatch_id, __ATOMIC_ACQUIRE) <= last ||
           (done.handle && hsa.signal_load(done) > 0)) {
        softgpu.wake(processor);
        usleep(20);
    }
}

// A signal that the queue lets go of once too often would serve two commands at once.
static void the_device_may_be_faster_than_the_host(void **state)
{
    (void)state;
    enum { COMMANDS = 1000 };
    static struct device_signal *signals[COMMANDS];
    uint32_t *data;
    struct device_memory *memory = fixture_words(GROUP, &data);
    struct device_queue *queue = fixture_queue();
    faster.announce = softgpu.announce;
    faster.queue = (amd_queue_t *)queue->ring.hsa;
    softgpu.announce = announce_and_let_the_device_run;
    for (int i = 0; i < COMMANDS; i++) {
        signals[i] = fixture_signal();
        for (int other = 0; other < i; other++) assert_ptr_not_equal(signals[i], signals[other]);
        assert_ok(fixture_start(queue, signals[i], "increment", &data, sizeof data, GROUP));
    }
    assert_ok(device_queue_finish(queue));
    softgpu.announce = faster.announce;
    assert_int_equal(data[0], COMMANDS);
    for (int i = 0; i < COMMANDS; i++) device_signal_release(signals[i]);
    device_queue_destroy(queue);
    device_memory_destroy(memory);
}

// The packet that closes an epoch may be the queue's last and nobody's command: were the queue destroyed
// before that has ended, the packet would end the command that its signal has been given to meanwhile.
static void a_destroyed_queue_ends_no_command_of_another(void **state)
{
    (void)state;
    enum { SIGNALS = 8 };
    struct device_signal *signals[SIGNALS];
    for (unsigned length = 0; length < QUEUE_PACKETS / 16; length++) {
        struct device_queue *queue = fixture_queue();
        struct device_signal *gate = fixture_signal(), *done = fixture_signal();
        assert_ok(device_queue_barrier(queue, &(struct device_command){.wait = &gate, .wait_count = 1}));
        for (unsigned i = 0; i < length; i++)
            assert_ok(device_queue_barrier(queue, &(struct device_command){0}));
        assert_ok(device_queue_barrier(queue, &(struct device_command){.done = done}));
        device_signal_set(gate, 0);
        assert_ok(device_signal_wait(done));
        device_signal_release(gate);
        device_signal_release(done);
        usleep(500); // the device goes to sleep
        device_queue_destroy(queue);
        for (unsigned i = 0; i < SIGNALS; i++) signals[i] = fixture_signal();
        queue = fixture_queue(); // the same HSA queue
        assert_ok(fixture_start(queue, NULL, "empty", NULL, 0, GROUP));
        assert_ok(device_queue_finish(queue));
        for (unsigned i = 0; i < SIGNALS; i++) {
            assert_int_equal(device_signal_state(signals[i]), 1);
            device_signal_release(signals[i]);
        }
        device_queue_destroy(queue);
    }
}

// ---- No memory for a signal, nor for anything else of the device layer's (-Wl,--wrap)
// ----------------------

static atomic_bool memory_refused;

void *__real_calloc(size_t, size_t);
void *__wrap_calloc(size_t, size_t);
cl_int __real_device_signal_create(struct device_signal **);
cl_int __wrap_device_signal_create(struct device_signal **);

void *__wrap_calloc(size_t count, size_t size)
{
    return atomic_load(&memory_refused) ? NULL : __real_calloc(count, size);
}

cl_int __wrap_device_signal_create(struct device_signal **signal)
{
    return atomic_load(&memory_refused) ? CL_OUT_OF_HOST_MEMORY : __real_device_signal_create(signal);
}

static void *gate_open(void *gate)
{
    usleep(20000);
    device_signal_set(gate, 0);
    return NULL;
}

// A kernel, behind a gate that opens later, and barriers after it that need nothing but a packet. 0: so many
// packets as fill the ring, less `fewer`.
static void destroyed_behind_a_gate(unsigned packets, unsigned fewer)
{
    uint32_t *data;
    pthread_t opener;
    struct device_memory *memory = fixture_words(GROUP, &data);
    struct device_queue *queue = fixture_queue();
    struct device_signal *gate = fixture_signal();
    unsigned size = queue->ring.hsa->size, epoch = size / 32; // a packet follows the commands of each
    if (!packets) packets = size - 1 - (size - 1) / (epoch + 1) - fewer;
    data[0] = 0;
    assert_ok(device_queue_barrier(queue, &(struct device_command){.wait = &gate, .wait_count = 1}));
    assert_ok(fixture_start(queue, NULL, "increment", &data, sizeof data, GROUP));
    for (unsigned i = 3; i < packets; i++)
        assert_ok(device_queue_barrier(queue, &(struct device_command){0}));
    assert_int_equal(pthread_create(&opener, NULL, gate_open, gate), 0);
    atomic_store(&memory_refused, true);
    device_queue_destroy(queue);
    atomic_store(&memory_refused, false);
    assert_int_equal(data[0], 1);
    pthread_join(opener, NULL);
    device_signal_release(gate);
    device_memory_destroy(memory);
}

static void a_queue_ends_after_its_commands_without_memory(void **state)
{
    (void)state;
    destroyed_behind_a_gate(3, 0); // the gate's are two
    for (unsigned fewer = 0; fewer < 300; fewer += 1 + fewer / 4) destroyed_behind_a_gate(0, fewer);
}

// More commands than the ring has slots and epochs, each with a signal, in strict order.
static void commands_are_in_order(void **state)
{
    (void)state;
    uint32_t *data, expected = 0;
    struct device_memory *memory = fixture_words(GROUP, &data);
    struct device_queue *queue = fixture_queue();
    for (uint32_t i = 0; i < 3000; i++) {
        struct affine arguments = {device_memory_address(memory), 3, i};
        struct device_signal *done = i % 3 ? fixture_signal() : NULL;
        assert_ok(fixture_start(queue, done, "affine", &arguments, sizeof arguments, GROUP));
        if (done) device_signal_release(done);
        expected = expected * 3 + i;
    }
    assert_ok(device_queue_finish(queue));
    for (size_t i = 0; i < GROUP; i++) assert_int_equal(data[i], expected);
    device_queue_destroy(queue);
    device_memory_destroy(memory);
}

// Kernels, copies, fills, barriers and host jobs in one queue: each sees what the one before it did.
struct host_step {
    uint32_t *data;
};

static void host_step(void *argument)
{
    uint32_t *data = ((struct host_step *)argument)->data;
    for (size_t i = 0; i < GROUP; i++) data[i] = data[i] * 5 + 1;
}

static void all_kinds_of_commands_are_in_order(void **state)
{
    (void)state;
    uint32_t *data, *copy, expected = 0;
    struct device_memory *memory = fixture_words(GROUP, &data), *other = fixture_words(GROUP, &copy);
    struct device_queue *queue = fixture_queue();
    struct host_step step = {data};
    struct device_command command = {0};
    size_t size = GROUP * sizeof *data;
    for (uint32_t i = 0; i < 100; i++) {
        struct affine arguments = {data, 7, i};
        assert_ok(fixture_start(queue, NULL, "affine", &arguments, sizeof arguments, GROUP));
        assert_ok(device_queue_copy(queue, &command, copy, data, size));
        assert_ok(device_queue_fill(queue, &command, data, "\xff\xff\xff\xff", 4, size));
        if (i % 2) assert_ok(device_queue_barrier(queue, &command));
        assert_ok(device_queue_copy(queue, &command, data, copy, size));
        assert_ok(device_queue_host(queue, &command, host_step, &step));
        expected = (expected * 7 + i) * 5 + 1;
    }
    assert_ok(device_queue_finish(queue));
    for (size_t i = 0; i < GROUP; i++) assert_int_equal(data[i], expected);
    device_queue_destroy(queue);
    device_memory_destroy(memory);
    device_memory_destroy(other);
}

static void local_memory_is_shared_by_a_group(void **state)
{
    (void)state;
    uint32_t *data;
    struct device_memory *memory = fixture_words(4 * GROUP, &data);
    struct device_queue *queue = fixture_queue();
    for (uint32_t i = 0; i < 4 * GROUP; i++) data[i] = i;
    assert_ok(fixture_start(queue, NULL, "reverse", &data, sizeof data, 4 * GROUP));
    assert_ok(device_queue_finish(queue));
    for (uint32_t i = 0; i < 4 * GROUP; i++) assert_int_equal(data[i], i / GROUP * GROUP + 63 - i % GROUP);
    device_queue_destroy(queue);
    device_memory_destroy(memory);
}

static void queues_tell_their_addresses(void **state)
{
    (void)state;
    uint32_t *bases;
    struct device_memory *memory = fixture_words(GROUP, &bases);
    struct device_queue *queue = fixture_queue(), *other = fixture_queue();
    struct device_signal *done = fixture_signal();
    const struct {
        uint32_t *bases;
        uint32_t tile;
    } arguments = {bases, 0};
    assert_ok(fixture_start(queue, done, "bases", &arguments, 12, 1));
    assert_ok(device_signal_wait(done));
    struct device_queue_addresses addresses = device_queue_addresses(queue);
    assert_int_equal(addresses.shared_base, bases[0]);
    assert_int_equal(addresses.private_base, bases[1]);
    assert_true(addresses.queue && addresses.queue != device_queue_addresses(other).queue);
    device_signal_release(done);
    device_queue_destroy(other);
    device_queue_destroy(queue);
    device_memory_destroy(memory);
}

static void kernels_have_times(void **state)
{
    (void)state;
    uint32_t *data;
    struct {
        uint32_t *data;
        uint32_t steps;
    } arguments;
    struct device_memory *memory = fixture_words(GROUP, &data);
    struct device_queue_options options = {.profiling = true};
    struct device_queue *queue;
    struct device_signal *done[2] = {fixture_signal(), fixture_signal()};
    assert_ok(device_queue_create(fixture.device, &options, &queue));
    arguments.data = data;
    arguments.steps = 20000;
    uint64_t before = device_clock(fixture.device), start[2] = {0}, end[2] = {0};
    for (int i = 0; i < 2; i++) assert_ok(fixture_start(queue, done[i], "slow", &arguments, 12, GROUP));
    for (int i = 0; i < 2; i++) {
        assert_ok(device_signal_wait(done[i]));
        assert_true(device_signal_times(done[i], &start[i], &end[i]));
    }
    uint64_t after = device_clock(fixture.device);
    assert_true(before <= start[0] && start[0] < end[0]);
    assert_true(end[0] <= start[1] && start[1] < end[1] && end[1] <= after);
    struct device_signal *marker = fixture_signal();
    assert_ok(device_queue_barrier(queue, &(struct device_command){.done = marker}));
    assert_ok(device_signal_wait(marker));
    assert_true(device_signal_times(marker, &start[0], &end[0]));
    assert_true(end[1] <= start[0] && start[0] <= end[0] && end[0] <= device_clock(fixture.device));
    device_signal_release(marker);
    device_queue_destroy(queue);
    for (int i = 0; i < 2; i++) device_signal_release(done[i]);
    device_memory_destroy(memory);
}

#define THREAD_ROUNDS 300

static void *thread_work(void *argument)
{
    uint32_t *data, *result = argument, expected = 0, copy[GROUP];
    struct device_memory *memory = fixture_words(GROUP, &data);
    struct device_queue *queue = fixture_queue();
    struct device_command command = {0};
    for (uint32_t i = 0; i < THREAD_ROUNDS; i++) {
        struct affine arguments = {data, 9, i};
        struct device_signal *done = fixture_signal();
        command.done = done;
        assert_ok(fixture_run(queue, &command, "affine", &arguments, sizeof arguments, GROUP));
        if (i % 16 == 0) assert_ok(device_signal_wait(done));
        device_signal_release(done);
        expected = expected * 9 + i;
    }
    command.done = NULL;
    assert_ok(device_queue_copy(queue, &command, copy, data, sizeof copy));
    assert_ok(device_queue_finish(queue));
    for (size_t i = 0; i < GROUP; i++) *result += copy[i] != expected;
    device_queue_destroy(queue);
    device_memory_destroy(memory);
    return NULL;
}

static void eight_threads_with_queues_of_their_own(void **state)
{
    (void)state;
    pthread_t threads[8];
    uint32_t wrong[8] = {0};
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, thread_work, &wrong[i]), 0);
    for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < 8; i++) assert_int_equal(wrong[i], 0);
}

static void *thread_share(void *argument)
{
    uint32_t **data = argument;
    struct device_queue *queue = (struct device_queue *)data[1];
    for (int i = 0; i < THREAD_ROUNDS; i++)
        assert_ok(fixture_start(queue, NULL, "increment", &data[0], sizeof data[0], GROUP));
    return NULL;
}

static void threads_share_a_queue(void **state)
{
    (void)state;
    uint32_t *data;
    pthread_t threads[4];
    struct device_memory *memory = fixture_words(GROUP, &data);
    struct device_queue *queue = fixture_queue();
    uint32_t *arguments[2] = {data, (uint32_t *)queue};
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, thread_share, arguments), 0);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    assert_ok(device_queue_finish(queue));
    for (size_t i = 0; i < GROUP; i++) assert_int_equal(data[i], 4 * THREAD_ROUNDS);
    device_queue_destroy(queue);
    device_memory_destroy(memory);
}

static void idle_queues_use_no_cpu(void **state)
{
    (void)state;
    struct device_queue *queue = fixture_queue();
    assert_ok(fixture_start(queue, NULL, "empty", NULL, 0, GROUP));
    assert_ok(device_queue_finish(queue));
    idle_wait();
    device_queue_destroy(queue);
}

static void a_hundred_queues_come_and_go(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        struct device_queue *queue = fixture_queue();
        if (i % 2) assert_ok(fixture_start(queue, NULL, "empty", NULL, 0, GROUP));
        device_queue_destroy(queue);
    }
}

int queue_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_dispatches),
        cmocka_unit_test(the_device_may_be_faster_than_the_host),
        cmocka_unit_test(a_destroyed_queue_ends_no_command_of_another),
        cmocka_unit_test(a_queue_ends_after_its_commands_without_memory),
        cmocka_unit_test(commands_are_in_order),
        cmocka_unit_test(all_kinds_of_commands_are_in_order),
        cmocka_unit_test(local_memory_is_shared_by_a_group),
        cmocka_unit_test(kernels_have_times),
        cmocka_unit_test(queues_tell_their_addresses),
        cmocka_unit_test(eight_threads_with_queues_of_their_own),
        cmocka_unit_test(threads_share_a_queue),
        cmocka_unit_test(idle_queues_use_no_cpu),
        cmocka_unit_test(a_hundred_queues_come_and_go),
    };
    return cmocka_run_group_tests_name("queues", tests, NULL, NULL);
}
