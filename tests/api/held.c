// Commands that are held back: which may go, and what it costs to find that out, on a device that ends every
// command as it gets it. What costs is counted in looks at signals, of which each takes one.
#include "fake_device.h"

#include <CL/cl.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    QUEUES = 4,
    MANY = 4000,
    LOOKS_MAX = 40
}; // looks at signals for a command, or an entry of a wait list

static cl_context context;
static cl_command_queue queues[QUEUES]; // every other one is out of order

static uint64_t seed;
static unsigned draw(void)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(seed >> 33);
}

static bool out_of_order(unsigned queue) { return queue % 2; }

static int open_context(void **state)
{
    (void)state;
    cl_platform_id platform;
    cl_device_id device;
    cl_int status;
    assert_int_equal(clGetPlatformIDs(1, &platform, NULL), CL_SUCCESS);
    assert_int_equal(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL), CL_SUCCESS);
    context = clCreateContext(NULL, 1, &device, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    for (unsigned i = 0; i < QUEUES; i++) {
        const cl_queue_properties list[] = {CL_QUEUE_PROPERTIES,
                                            out_of_order(i) ? CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE : 0, 0};
        queues[i] = clCreateCommandQueueWithProperties(context, device, list, &status);
        assert_int_equal(status, CL_SUCCESS);
    }
    return 0;
}

static int close_context(void **state)
{
    (void)state;
    for (unsigned i = 0; i < QUEUES; i++) clReleaseCommandQueue(queues[i]);
    clReleaseContext(context);
    return 0;
}

static cl_event gate_new(void)
{
    cl_int status;
    cl_event gate = clCreateUserEvent(context, &status);
    assert_int_equal(status, CL_SUCCESS);
    return gate;
}

static cl_int status_of(cl_event event)
{
    cl_int status;
    assert_int_equal(clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof status, &status, NULL),
                     CL_SUCCESS);
    return status;
}

// ---- Cost ---------------------------------------------------------------------------------------------

struct many {
    cl_event gates[MANY], events[MANY];
};

static struct many *many_new(void)
{
    struct many *many = malloc(sizeof *many);
    assert_non_null(many);
    for (unsigned i = 0; i < MANY; i++) many->gates[i] = gate_new();
    return many;
}

// Opens the gates, forwards, backwards or from both ends.
static void gates_open(const struct many *many, unsigned way)
{
    for (unsigned i = 0; i < MANY; i++) {
        unsigned inwards = i % 2 ? MANY - 1 - i / 2 : i / 2;
        unsigned gate = way == 0 ? i : way == 1 ? MANY - 1 - i : inwards;
        assert_int_equal(clSetUserEventStatus(many->gates[gate], CL_COMPLETE), CL_SUCCESS);
    }
}

static void many_free(struct many *many, unsigned events)
{
    for (unsigned i = 0; i < MANY; i++) assert_int_equal(clReleaseEvent(many->gates[i]), CL_SUCCESS);
    for (unsigned i = 0; i < events; i++) {
        assert_int_equal(status_of(many->events[i]), CL_COMPLETE);
        assert_int_equal(clReleaseEvent(many->events[i]), CL_SUCCESS);
    }
    free(many);
}

static void expect_few_looks(size_t before)
{
    assert_in_range(fake_states_asked() - before, 1, MANY * LOOKS_MAX);
}

static void a_gate_each(void **state)
{
    (void)state;
    for (unsigned queue = 0; queue < 2; queue++)
        for (unsigned way = 0; way < 3; way++) {
            struct many *many = many_new();
            size_t before = fake_states_asked();
            for (unsigned i = 0; i < MANY; i++)
                assert_int_equal(
                    clEnqueueMarkerWithWaitList(queues[queue], 1, &many->gates[i], &many->events[i]),
                    CL_SUCCESS);
            gates_open(many, way);
            expect_few_looks(before);
            many_free(many, MANY);
        }
}

static void a_gate_for_all(void **state)
{
    (void)state;
    for (unsigned queue = 0; queue < 2; queue++) {
        struct many *many = many_new();
        size_t before = fake_states_asked();
        for (unsigned i = 0; i < MANY; i++)
            assert_int_equal(clEnqueueMarkerWithWaitList(queues[queue], 1, &many->gates[0], &many->events[i]),
                             CL_SUCCESS);
        gates_open(many, 0);
        expect_few_looks(before);
        many_free(many, MANY);
    }
}

static void all_gates_for_one(void **state)
{
    (void)state;
    for (unsigned queue = 0; queue < 2; queue++) {
        struct many *many = many_new();
        size_t before = fake_states_asked();
        assert_int_equal(clEnqueueMarkerWithWaitList(queues[queue], MANY, many->gates, &many->events[0]),
                         CL_SUCCESS);
        gates_open(many, 2);
        expect_few_looks(before);
        many_free(many, 1);
    }
}

// Barriers and markers without wait lists among commands with gates.
static void sections(void **state)
{
    (void)state;
    for (unsigned way = 0; way < 3; way++) {
        struct many *many = many_new();
        size_t before = fake_states_asked();
        for (unsigned i = 0; i < MANY; i++) {
            cl_uint count = i % 8 < 6;
            const cl_event *wait = count ? &many->gates[i] : NULL;
            cl_int error = i % 16 == 7
                               ? clEnqueueBarrierWithWaitList(queues[1], count, wait, &many->events[i])
                               : clEnqueueMarkerWithWaitList(queues[1], count, wait, &many->events[i]);
            assert_int_equal(error, CL_SUCCESS);
        }
        gates_open(many, way);
        expect_few_looks(before);
        many_free(many, MANY);
    }
}

// Each waits for the one before, from queue to queue.
static void chain(void **state)
{
    (void)state;
    struct many *many = many_new();
    size_t before = fake_states_asked();
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(clEnqueueMarkerWithWaitList(queues[i % QUEUES], 1,
                                                     i ? &many->events[i - 1] : &many->gates[0],
                                                     &many->events[i]),
                         CL_SUCCESS);
    gates_open(many, 0);
    expect_few_looks(before);
    many_free(many, MANY);
}

// ---- Against a model ----------------------------------------------------------------------------------

enum { ROUNDS = 300, GATES = 6, COMMANDS = 24, WAIT_MAX = 3, QUEUED = CL_QUEUED };

struct planned {
    unsigned queue, wait_count;
    unsigned wait[WAIT_MAX]; // gates, and behind them commands
    bool barrier;
    cl_int status; // QUEUED, CL_COMPLETE or an error
};

struct model {
    cl_int gates[GATES]; // CL_SUBMITTED, CL_COMPLETE or an error
    struct planned commands[COMMANDS];
    unsigned count;
};

static cl_int model_status(const struct model *model, unsigned index)
{
    return index < GATES ? model->gates[index] : model->commands[index - GATES].status;
}

static bool stays_behind(const struct model *model, unsigned index)
{
    const struct planned *command = &model->commands[index];
    bool waits_all = !out_of_order(command->queue) || !command->wait_count;
    for (unsigned i = 0; i < index; i++) {
        const struct planned *earlier = &model->commands[i];
        if (earlier->queue == command->queue && earlier->status == QUEUED && (waits_all || earlier->barrier))
            return true;
    }
    return false;
}

// Whether the command goes now.
static bool command_goes(struct model *model, unsigned index)
{
    struct planned *command = &model->commands[index];
    bool known = true, failed = false;
    if (command->status != QUEUED || stays_behind(model, index)) return false;
    for (unsigned i = 0; i < command->wait_count; i++) {
        cl_int status = model_status(model, command->wait[i]);
        known &= status <= CL_COMPLETE;
        failed |= status < 0;
    }
    if (!known && !failed) return false;
    command->status = failed ? CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST : CL_COMPLETE;
    return true;
}

static void model_settle(struct model *model)
{
    for (bool more = true; more;) {
        more = false;
        for (unsigned i = 0; i < model->count; i++) more |= command_goes(model, i);
    }
}

static void expect_model(const struct model *model, const cl_event *events)
{
    for (unsigned i = 0; i < model->count; i++)
        assert_int_equal(status_of(events[GATES + i]), model->commands[i].status);
}

static void command_plan(struct planned *command, unsigned earlier)
{
    *command = (struct planned){.queue = draw() % QUEUES, .status = QUEUED};
    command->wait_count = draw() % (WAIT_MAX + 1);
    command->barrier = draw() % 4 == 0;
    for (unsigned i = 0; i < command->wait_count; i++)
        command->wait[i] = draw() % (draw() % 2 ? GATES : GATES + earlier);
}

static void command_enqueue(const struct planned *command, cl_event *events, cl_event *event)
{
    cl_event wait[WAIT_MAX];
    for (unsigned i = 0; i < command->wait_count; i++) wait[i] = events[command->wait[i]];
    const cl_event *list = command->wait_count ? wait : NULL;
    cl_command_queue queue = queues[command->queue];
    assert_int_equal(command->barrier ? clEnqueueBarrierWithWaitList(queue, command->wait_count, list, event)
                                      : clEnqueueMarkerWithWaitList(queue, command->wait_count, list, event),
                     CL_SUCCESS);
}

static void gate_set(struct model *model, cl_event *events, unsigned gate)
{
    if (model->gates[gate] != CL_SUBMITTED) return;
    model->gates[gate] = draw() % 5 ? CL_COMPLETE : -1;
    assert_int_equal(clSetUserEventStatus(events[gate], model->gates[gate]), CL_SUCCESS);
}

static void model_round(void)
{
    struct model model = {0};
    cl_event events[GATES + COMMANDS];
    for (unsigned i = 0; i < GATES; i++) {
        model.gates[i] = CL_SUBMITTED;
        events[i] = gate_new();
    }
    while (model.count < COMMANDS) {
        command_plan(&model.commands[model.count], model.count);
        command_enqueue(&model.commands[model.count], events, &events[GATES + model.count]);
        model.count++;
        model_settle(&model);
        expect_model(&model, events);
        if (draw() % 8) continue;
        gate_set(&model, events, draw() % GATES);
        model_settle(&model);
        expect_model(&model, events);
    }
    for (unsigned i = 0; i < GATES; i++) {
        gate_set(&model, events, i);
        model_settle(&model);
        expect_model(&model, events);
    }
    for (unsigned i = 0; i < GATES + COMMANDS; i++) assert_int_equal(clReleaseEvent(events[i]), CL_SUCCESS);
}

static void random_commands(void **state)
{
    (void)state;
    seed = 1;
    for (unsigned i = 0; i < ROUNDS; i++) model_round();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_commands),   cmocka_unit_test(a_gate_each), cmocka_unit_test(a_gate_for_all),
        cmocka_unit_test(all_gates_for_one), cmocka_unit_test(sections),    cmocka_unit_test(chain),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
