// Wait lists: between queues, on user signals, and on signals that end with an error.
#include "fixture.h"
#include "tests/session/idle.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

struct affine {
    uint32_t *data;
    uint32_t factor, term;
};

static void a_command_waits_for_a_user_signal(void **state)
{
    (void)state;
    uint32_t *data;
    struct device_memory *memory = fixture_words(GROUP, &data);
    struct device_queue *queue = fixture_queue();
    struct device_signal *gate = fixture_signal(), *done = fixture_signal();
    struct device_command command = {&gate, 1, done, false};
    assert_ok(fixture_run(queue, &command, "increment", &data, sizeof data, GROUP));
    assert_ok(device_queue_flush(queue));
    idle_wait();
    assert_int_equal(device_signal_state(done), 1);
    assert_int_equal(data[0], 0);
    device_signal_set(gate, 0);
    assert_ok(device_signal_wait(done));
    assert_int_equal(data[0], 1);
    device_queue_destroy(queue);
    device_signal_release(gate);
    device_signal_release(done);
    device_memory_destroy(memory);
}

static void an_error_in_the_wait_list_does_not_stop_a_command(void **state)
{
    (void)state;
    uint32_t *data;
    struct device_memory *memory = fixture_words(GROUP, &data);
    struct device_queue *queue = fixture_queue();
    struct device_signal *gate = fixture_signal();
    struct device_command command = {&gate, 1, NULL, false};
    assert_ok(fixture_run(queue, &command, "increment", &data, sizeof data, GROUP));
    assert_ok(device_queue_copy(queue, &command, data + 1, data, 4));
    device_signal_set(gate, -42);
    assert_ok(device_queue_finish(queue));
    assert_int_equal(data[0], 1);
    device_queue_destroy(queue);
    device_signal_release(gate);
    device_memory_destroy(memory);
}

// A value passed from queue to queue, by kernels and copies in turn.
static void queues_pass_a_value_on(void **state)
{
    (void)state;
    enum { QUEUES = 4, ROUNDS = 200 };
    uint32_t *data, expected = 0;
    struct device_memory *memory = fixture_words(2 * GROUP, &data);
    struct device_queue *queues[QUEUES];
    struct device_signal *last = NULL;
    for (int i = 0; i < QUEUES; i++) queues[i] = fixture_queue();
    for (uint32_t i = 0; i < ROUNDS; i++) {
        struct device_signal *done = fixture_signal();
        struct device_command command = {&last, last != NULL, done, false};
        struct affine arguments = {data, 11, i};
        if (i % 5 == 3) {
            assert_ok(device_queue_copy(queues[i % QUEUES], &command, data + GROUP, data, GROUP * 4));
        } else if (i % 5 == 4) {
            assert_ok(device_queue_copy(queues[i % QUEUES], &command, data, data + GROUP, GROUP * 4));
        } else {
            assert_ok(
                fixture_run(queues[i % QUEUES], &command, "affine", &arguments, sizeof arguments, GROUP));
            expected = expected * 11 + i;
        }
        if (last) device_signal_release(last);
        last = done;
    }
    assert_ok(device_signal_wait(last));
    for (size_t i = 0; i < GROUP; i++) assert_int_equal(data[i], expected);
    for (int i = 0; i < QUEUES; i++) device_queue_destroy(queues[i]);
    device_signal_release(last);
    device_memory_destroy(memory);
}

static void a_wait_list_can_be_long(void **state)
{
    (void)state;
    enum { GATES = 43 }; // not a multiple of what one barrier packet holds
    uint32_t *data;
    struct device_memory *memory = fixture_words(GROUP, &data);
    struct device_queue *queue = fixture_queue();
    struct device_signal *gates[GATES], *done = fixture_signal();
    for (int i = 0; i < GATES; i++) gates[i] = fixture_signal();
    struct device_command command = {gates, GATES, done, false};
    assert_ok(fixture_run(queue, &command, "increment", &data, sizeof data, GROUP));
    for (int i = 0; i < GATES; i++) {
        assert_int_equal(device_signal_state(done), 1);
        device_signal_set(gates[i], 0);
        device_signal_release(gates[i]);
    }
    assert_ok(device_signal_wait(done));
    assert_int_equal(data[0], 1);
    device_signal_release(done);
    device_queue_destroy(queue);
    device_memory_destroy(memory);
}

// A copy that waits for the user must not hold up the copies of other queues.
static void a_waiting_copy_blocks_nobody_else(void **state)
{
    (void)state;
    uint8_t *from = malloc(1 << 20), *to = malloc(1 << 20);
    uint32_t *data;
    struct device_memory *memory = fixture_words(2 << 18, &data);
    struct device_queue *blocked = fixture_queue(), *free_queue = fixture_queue();
    struct device_signal *gate = fixture_signal();
    struct device_command waiting = {&gate, 1, NULL, false}, command = {0};
    fixture_fill(from, 1 << 20, 1);
    assert_ok(device_queue_copy(blocked, &waiting, data + (1 << 18), from, 1 << 20));
    assert_ok(device_queue_copy(free_queue, &command, data, from, 1 << 20));
    assert_ok(device_queue_copy(free_queue, &command, to, data, 1 << 20));
    assert_ok(device_queue_finish(free_queue));
    assert_memory_equal(to, from, 1 << 20);
    device_signal_set(gate, 0);
    device_queue_destroy(blocked);
    assert_memory_equal(data + (1 << 18), from, 1 << 20);
    device_queue_destroy(free_queue);
    device_signal_release(gate);
    device_memory_destroy(memory);
    free(from);
    free(to);
}

static void note(void *argument) { atomic_fetch_add((_Atomic(int) *)argument, 1); }

static void a_barrier_and_jobs_wait_too(void **state)
{
    (void)state;
    _Atomic(int) notes = 0;
    struct device_queue *queue = fixture_queue(), *other = fixture_queue();
    struct device_signal *gate = fixture_signal(), *done = fixture_signal(), *job = fixture_signal();
    assert_ok(device_queue_barrier(queue, &(struct device_command){&gate, 1, done, false}));
    assert_ok(device_queue_host(other, &(struct device_command){&done, 1, job, false}, note, &notes));
    assert_ok(device_queue_host(queue, &(struct device_command){NULL, 0, NULL, false}, note, &notes));
    idle_wait();
    assert_int_equal(notes, 0);
    device_signal_set(gate, 0);
    assert_ok(device_signal_wait(job));
    assert_ok(device_queue_finish(queue));
    assert_int_equal(notes, 2);
    device_queue_destroy(queue);
    device_queue_destroy(other);
    struct device_signal *all[] = {gate, done, job};
    for (int i = 0; i < 3; i++) device_signal_release(all[i]);
}

// Commands of all kinds in random queues on random pieces of memory. Each waits for the last command on its
// piece, and now and then for an unrelated one or for the user; so every piece ends as if its commands had
// run one after the other.
enum { PIECES = 5, GRAPH_QUEUES = 4, STEPS = 1500 };

struct piece {
    struct device_memory *memory;
    uint32_t *data; // GROUP words, and GROUP words to copy to
    struct device_signal *last;
    uint32_t expected;
};

static void piece_double(void *argument)
{
    for (uint32_t *data = argument, i = 0; i < GROUP; i++) data[i] *= 2;
}

static void piece_step(struct piece *piece, struct device_queue *queue, struct device_command *command,
                       uint32_t kind)
{
    uint32_t *data = piece->data, value = kind * 77;
    struct affine arguments = {data, 13, kind};
    switch (kind % 6) {
    case 0:
        assert_ok(device_queue_host(queue, command, piece_double, data));
        piece->expected *= 2;
        break;
    case 1:
        assert_ok(device_queue_fill(queue, command, data, &value, sizeof value, GROUP * 4));
        piece->expected = value;
        break;
    case 2:
        assert_ok(device_queue_copy(queue,
                                    &(struct device_command){command->wait, command->wait_count, NULL, false},
                                    data + GROUP, data, GROUP * 4));
        assert_ok(device_queue_copy(queue, &(struct device_command){NULL, 0, command->done, false}, data,
                                    data + GROUP, GROUP * 4));
        break;
    default:
        assert_ok(fixture_run(queue, command, "affine", &arguments, sizeof arguments, GROUP));
        piece->expected = piece->expected * 13 + kind;
    }
}

static void *gates_open(void *argument)
{
    struct device_signal **gates = argument;
    for (int i = 0; i < STEPS; i++)
        if (gates[i]) {
            usleep(200);
            device_signal_set(gates[i], i % 2 ? -1 : 0);
        }
    return NULL;
}

static void random_graphs_end_in_order(void **state)
{
    (void)state;
    static struct device_signal *gates[STEPS];
    struct piece pieces[PIECES] = {0};
    struct device_queue *queues[GRAPH_QUEUES];
    uint32_t seed = 99;
    pthread_t opener;
    for (int i = 0; i < GRAPH_QUEUES; i++) queues[i] = fixture_queue();
    for (int i = 0; i < PIECES; i++) pieces[i].memory = fixture_words(2 * GROUP, &pieces[i].data);
    for (int i = 0; i < STEPS; i++) gates[i] = fixture_random(&seed) % 1024 < 16 ? fixture_signal() : NULL;
    assert_int_equal(pthread_create(&opener, NULL, gates_open, gates), 0);
    for (uint32_t i = 0; i < STEPS; i++) {
        struct piece *piece = &pieces[(fixture_random(&seed) >> 16) % PIECES];
        struct device_signal *wait[3], *done = fixture_signal();
        struct device_signal *candidates[] = {piece->last, pieces[(seed >> 20) % PIECES].last, gates[i]};
        struct device_command command = {wait, 0, done, false};
        for (int c = 0; c < 3; c++)
            if (candidates[c]) wait[command.wait_count++] = candidates[c];
        piece_step(piece, queues[(fixture_random(&seed) >> 16) % GRAPH_QUEUES], &command, seed >> 18);
        if (piece->last) device_signal_release(piece->last);
        piece->last = done;
    }
    for (int i = 0; i < GRAPH_QUEUES; i++) device_queue_destroy(queues[i]);
    pthread_join(opener, NULL);
    for (int i = 0; i < PIECES; i++) {
        for (size_t word = 0; word < GROUP; word++)
            assert_int_equal(pieces[i].data[word], pieces[i].expected);
        device_signal_release(pieces[i].last);
        device_memory_destroy(pieces[i].memory);
    }
    for (int i = 0; i < STEPS; i++)
        if (gates[i]) device_signal_release(gates[i]);
}

int order_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_waits_for_a_user_signal),
        cmocka_unit_test(an_error_in_the_wait_list_does_not_stop_a_command),
        cmocka_unit_test(queues_pass_a_value_on),
        cmocka_unit_test(a_wait_list_can_be_long),
        cmocka_unit_test(a_waiting_copy_blocks_nobody_else),
        cmocka_unit_test(a_barrier_and_jobs_wait_too),
        cmocka_unit_test(random_graphs_end_in_order),
    };
    return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
