// The system refuses threads, once or for long: what cannot be done without is refused and leaves nothing
// behind, and what was promised is kept. The device layer is linked into this program, so that its calls of
// pthread_create and linger_wait come here (-Wl,--wrap); the software GPU's and ROCr's do not.
#define _GNU_SOURCE // pthread_cond_clockwait
#include "fixture.h"

#include "device/hsa/fault.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static atomic_bool refuse;
static atomic_int refused;

int __real_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __wrap_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument)
{
    if (!atomic_load(&refuse)) return __real_pthread_create(thread, attributes, run, argument);
    atomic_fetch_add(&refused, 1);
    return EAGAIN;
}

// While these tests run, threads that have nothing to do stay for a moment only.
static atomic_bool hurry;
static atomic_int lingered; // how often a thread stayed in vain

bool __wrap_linger_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);

bool __wrap_linger_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    for (int i = 0; i < 200 && !(i && atomic_load(&hurry)); i++) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += 10000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &until) != ETIMEDOUT) return true;
    }
    atomic_fetch_add(&lingered, 1);
    return false;
}

static int hurry_begin(void **state)
{
    (void)state;
    atomic_store(&hurry, true);
    return 0;
}

static int hurry_end(void **state)
{
    (void)state;
    atomic_store(&hurry, false);
    return 0;
}

// ---- Threads that are there ---------------------------------------------------------------------------

static bool thread_exists(const char *name)
{
    bool found = false;
    DIR *folder = opendir("/proc/self/task");
    if (!folder) abort();
    for (const struct dirent *entry; (entry = readdir(folder));) {
        char path[300], text[32] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
        FILE *file = fopen(path, "r");
        if (!file) continue;
        found |= fgets(text, sizeof text, file) && !strncmp(text, name, strlen(name));
        fclose(file);
    }
    closedir(folder);
    return found;
}

// Those that have nothing to do end after a while, and the next work needs new ones.
static void threads_end(void)
{
    static const char *const names[] = {"kiln-calls", "kiln-watcher", "kiln-queue"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        while (thread_exists(names[i])) usleep(1000);
}

void threads_refuse(void)
{
    threads_end();
    atomic_store(&refused, 0);
    atomic_store(&refuse, true);
}

void threads_allow(void)
{
    assert_true(atomic_load(&refused) > 0); // or the test shows nothing
    atomic_store(&refuse, false);
}

// ---- Callbacks ----------------------------------------------------------------------------------------

struct told {
    _Atomic(int) calls;
    _Atomic(cl_int) state;
};

static void tell(void *argument, cl_int state)
{
    struct told *told = argument;
    atomic_store(&told->state, state);
    atomic_fetch_add(&told->calls, 1);
}

static void expect_told(struct told *told, cl_int state)
{
    while (!atomic_load(&told->calls)) usleep(1000);
    assert_int_equal(atomic_load(&told->state), state);
}

// What is refused is not called later, when another's turn comes.
static void expect_refusal(struct device_signal *signal, struct told *later)
{
    static struct told never;
    threads_refuse();
    assert_int_equal(device_signal_notify(signal, tell, &never), CL_OUT_OF_RESOURCES);
    threads_allow();
    assert_ok(device_signal_notify(signal, tell, later));
    assert_int_equal(atomic_load(&never.calls), 0);
}

static void a_refused_callback_of_a_user_signal(void **state)
{
    (void)state;
    struct told never = {0}, later = {0};
    struct device_signal *signal = fixture_signal();
    threads_refuse();
    assert_int_equal(device_signal_notify(signal, tell, &never), CL_OUT_OF_RESOURCES);
    threads_allow();
    assert_ok(device_signal_notify(signal, tell, &later));
    device_signal_set(signal, -3);
    expect_told(&later, -3);
    assert_int_equal(atomic_load(&never.calls), 0);
    device_signal_release(signal);
}

static void a_refused_callback_of_a_signal_that_has_ended(void **state)
{
    (void)state;
    struct told later = {0};
    struct device_signal *signal = fixture_signal();
    device_signal_set(signal, -4);
    expect_refusal(signal, &later);
    expect_told(&later, -4);
    device_signal_release(signal);
}

static void a_refused_callback_of_a_command(void **state)
{
    (void)state;
    struct told later = {0};
    struct device_queue *queue = fixture_queue();
    struct device_signal *gate = fixture_signal(), *done = fixture_signal();
    assert_ok(device_queue_barrier(queue, &(struct device_command){&gate, 1, done, false}));
    expect_refusal(done, &later);
    device_signal_set(gate, 0);
    expect_told(&later, 0);
    device_queue_destroy(queue);
    device_signal_release(gate);
    device_signal_release(done);
}

// The promise is kept by a thread that stays, not by one that would have to be started.
static void what_was_promised_needs_no_new_thread(void **state)
{
    (void)state;
    struct told told = {0};
    struct device_signal *signal = fixture_signal();
    assert_ok(device_signal_notify(signal, tell, &told));
    for (int before = atomic_load(&lingered); atomic_load(&lingered) < before + 2;) usleep(1000);
    atomic_store(&refuse, true);
    device_signal_set(signal, -6);
    expect_told(&told, -6);
    atomic_store(&refuse, false);
    device_signal_release(signal);
    threads_end(); // it does not stay for ever
}

static cl_int enqueue_barrier(struct device_queue *queue, const struct device_command *command)
{
    return device_queue_barrier(queue, command);
}

static cl_int enqueue_dispatch(struct device_queue *queue, const struct device_command *command)
{
    return fixture_run(queue, command, "empty", NULL, 0, GROUP);
}

static void nothing(void *unused) { (void)unused; }

static cl_int enqueue_host(struct device_queue *queue, const struct device_command *command)
{
    return device_queue_host(queue, command, nothing, NULL);
}

// The command's signal has been asked about before there was a command, and now nobody can watch it.
static void commands_that_nobody_could_tell_of(void **state)
{
    (void)state;
    static cl_int (*const enqueue[])(struct device_queue *, const struct device_command *) = {
        enqueue_barrier, enqueue_dispatch, enqueue_host};
    for (unsigned i = 0; i < sizeof enqueue / sizeof *enqueue; i++) {
        struct told told = {0}, after = {0};
        struct device_queue *queue = fixture_queue();
        struct device_signal *gate = fixture_signal(), *done = fixture_signal(), *last = fixture_signal();
        threads_end();
        assert_ok(device_signal_notify(done, tell, &told));
        atomic_store(&refused, 0);
        atomic_store(&refuse, true);
        assert_int_equal(enqueue[i](queue, &(struct device_command){&gate, 1, done, false}),
                         CL_OUT_OF_RESOURCES);
        device_signal_set(done, CL_OUT_OF_RESOURCES); // as the layer above does
        expect_told(&told, CL_OUT_OF_RESOURCES);
        threads_allow();
        assert_ok(device_signal_notify(last, tell, &after)); // the queue goes on
        assert_ok(device_queue_barrier(queue, &(struct device_command){.done = last}));
        device_signal_set(gate, 0);
        expect_told(&after, 0);
        assert_ok(device_queue_finish(queue));
        device_queue_destroy(queue);
        assert_int_equal(atomic_load(&told.calls), 1);
        struct device_signal *all[] = {gate, done, last};
        for (int k = 0; k < 3; k++) device_signal_release(all[k]);
    }
}

static void jobs_without_a_thread(void **state)
{
    (void)state;
    struct device_queue *queue = fixture_queue();
    struct device_signal *gate = fixture_signal(), *done = fixture_signal(), *last = fixture_signal();
    threads_refuse();
    assert_int_equal(enqueue_host(queue, &(struct device_command){&gate, 1, done, false}),
                     CL_OUT_OF_RESOURCES);
    assert_int_equal(device_signal_state(done), CL_OUT_OF_RESOURCES);
    threads_allow();
    assert_ok(enqueue_host(queue, &(struct device_command){&gate, 1, last, false}));
    device_signal_set(gate, 0);
    assert_ok(device_signal_wait(last));
    device_queue_destroy(queue);
    struct device_signal *all[] = {gate, done, last};
    for (int k = 0; k < 3; k++) device_signal_release(all[k]);
}

// ---- Faults -------------------------------------------------------------------------------------------

struct report {
    _Atomic(int) calls;
    struct device_queue *queue; // that the callback destroys, as an application may
};

static void fault_note(void *argument, const struct device_fault *fault)
{
    struct report *report = argument;
    assert_int_equal(fault->error, CL_OUT_OF_RESOURCES);
    assert_non_null(strstr(fault->text, "no such page"));
    device_queue_destroy(report->queue);
    device_queue_destroy(fixture_queue());
    atomic_fetch_add(&report->calls, 1);
}

// ROCr tells of a memory fault of the device: all its queues die.
static void memory_fault(void)
{
    struct device *device = fixture.device;
    hsa_amd_event_t event = {.event_type = HSA_AMD_GPU_MEMORY_FAULT_EVENT,
                             .memory_fault = {.agent = device->agent,
                                              .virtual_address = 0x1000,
                                              .fault_reason_mask = HSA_AMD_MEMORY_FAULT_PAGE_NOT_PRESENT}};
    assert_int_equal(fault_system_event(&event, NULL), HSA_STATUS_SUCCESS);
}

// The application is told by whoever brings the news, and may call back: no lock is held then.
static void faults_are_told_without_a_thread(void **state)
{
    (void)state;
    enum { QUEUES = 3 };
    struct report reports[QUEUES] = {0};
    for (int i = 0; i < QUEUES; i++) {
        struct device_queue_options options = {.on_fault = fault_note, .argument = &reports[i]};
        assert_ok(device_queue_create(fixture.device, &options, &reports[i].queue));
    }
    threads_refuse();
    memory_fault();
    threads_allow();
    for (int i = 0; i < QUEUES; i++) assert_int_equal(atomic_load(&reports[i].calls), 1);
}

static void faults_are_told_by_threads(void **state)
{
    (void)state;
    struct report report = {0};
    struct device_queue_options options = {.on_fault = fault_note, .argument = &report};
    assert_ok(device_queue_create(fixture.device, &options, &report.queue));
    memory_fault();
    while (!atomic_load(&report.calls)) usleep(1000);
}

int refused_thread_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_callback_of_a_user_signal),
        cmocka_unit_test(a_refused_callback_of_a_signal_that_has_ended),
        cmocka_unit_test(a_refused_callback_of_a_command),
        cmocka_unit_test(what_was_promised_needs_no_new_thread),
        cmocka_unit_test(commands_that_nobody_could_tell_of),
        cmocka_unit_test(jobs_without_a_thread),
        cmocka_unit_test(faults_are_told_without_a_thread),
        cmocka_unit_test(faults_are_told_by_threads),
    };
    return cmocka_run_group_tests_name("refused threads", tests, hurry_begin, hurry_end);
}
