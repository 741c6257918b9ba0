// Kiln's own threads in the application's process: what signals they get, and what they are called.
#include "session.h"

#include <dirent.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TASKS_MAX = 256, NAME_SIZE = 16, LARGE = 8 << 20 };

struct task {
    int id;
    char name[NAME_SIZE];
    unsigned long long blocked; // bit 0: signal 1
};

struct tasks {
    struct task list[TASKS_MAX];
    unsigned count;
};

static struct tasks others; // that are there without Kiln: this one, a sanitizer's
static struct session session;

static bool task_read(struct task *task, const char *id)
{
    char path[64], line[256];
    bool found = false;
    task->id = (int)strtol(id, NULL, 10);
    snprintf(path, sizeof path, "/proc/self/task/%s/status", id);
    FILE *file = fopen(path, "r");
    if (!file) return false; // it has ended meanwhile
    while (fgets(line, sizeof line, file)) {
        sscanf(line, "Name: %15s", task->name);
        if (strncmp(line, "SigBlk:", 7) != 0) continue;
        task->blocked = strtoull(line + 7, NULL, 16);
        found = true;
    }
    fclose(file);
    return found;
}

static bool tasks_have(const struct tasks *tasks, int id)
{
    for (unsigned i = 0; i < tasks->count; i++)
        if (tasks->list[i].id == id) return true;
    return false;
}

// The process's threads but those of `without`.
static void tasks_list(struct tasks *tasks, const struct tasks *without)
{
    DIR *folder = opendir("/proc/self/task");
    if (!folder) abort();
    tasks->count = 0;
    for (const struct dirent *entry; (entry = readdir(folder));) {
        struct task task = {0};
        if (*entry->d_name == '.' || !task_read(&task, entry->d_name)) continue;
        if (without && tasks_have(without, task.id)) continue;
        assert_in_range(tasks->count, 0, TASKS_MAX - 1);
        tasks->list[tasks->count++] = task;
    }
    closedir(folder);
}

// The C library blocks all signals of a thread that starts or ends, for moments.
static bool all_blocked(const struct tasks *tasks)
{
    sigset_t all;
    sigfillset(&all);
    for (unsigned i = 0; i < tasks->count; i++) {
        bool any_open = false;
        for (int number = 1; number <= SIGRTMAX; number++)
            if (number != SIGKILL && number != SIGSTOP && sigismember(&all, number))
                any_open |= !(tasks->list[i].blocked >> (number - 1) & 1);
        if (!any_open) return true;
    }
    return false;
}

// The same, with no thread in such a moment.
static void settled_tasks_list(struct tasks *tasks, const struct tasks *without)
{
    do tasks_list(tasks, without);
    while (all_blocked(tasks));
}

static bool raised_by_itself(int number)
{
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i] == number) return true;
    return false;
}

static void expect_policy(const struct task *task)
{
    sigset_t all;
    sigfillset(&all); // but those that the C library keeps for itself
    for (int number = 1; number <= SIGRTMAX; number++) {
        if (number == SIGKILL || number == SIGSTOP || !sigismember(&all, number)) continue;
        bool blocked = task->blocked >> (number - 1) & 1;
        if (blocked == raised_by_itself(number))
            fail_msg("thread %s: signal %d is %sblocked", task->name, number, blocked ? "" : "not ");
    }
}

static bool is_there(const struct tasks *tasks, const char *name)
{
    for (unsigned i = 0; i < tasks->count; i++)
        if (!strncmp(tasks->list[i].name, name, strlen(name))) return true;
    return false;
}

// ---- All that start threads ---------------------------------------------------------------------------

static sem_t reached, go_on;

static void stay_here(void)
{
    sem_post(&reached);
    while (sem_wait(&go_on) != 0) {
    }
}

static void CL_CALLBACK program_built(cl_program program, void *unused)
{
    (void)program, (void)unused;
    stay_here();
}

static void CL_CALLBACK event_ended(cl_event event, cl_int status, void *unused)
{
    (void)event, (void)unused;
    assert_int_equal(status, CL_COMPLETE);
    stay_here();
}

static void CL_CALLBACK context_fault(const char *text, const void *info, size_t size, void *unused)
{
    (void)text, (void)info, (void)size, (void)unused;
    stay_here();
}

// A kernel that stops its queue; the context's callback stays.
static cl_command_queue queue_with_fault(cl_context context)
{
    cl_int status;
    const char *source = "kernel void stray(void) { __builtin_trap(); }";
    size_t one = 1;
    cl_command_queue queue = clCreateCommandQueueWithProperties(context, session.device, NULL, &status);
    cl_program program = clCreateProgramWithSource(context, 1, &source, NULL, &status);
    assert_int_equal(clBuildProgram(program, 0, NULL, NULL, NULL, NULL), CL_SUCCESS);
    cl_kernel kernel = clCreateKernel(program, "stray", &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL), CL_SUCCESS);
    clFlush(queue); // an error, when it has stopped by then
    clReleaseKernel(kernel);
    clReleaseProgram(program);
    return queue;
}

// It waits for an event; its own has a callback.
static void run_many_groups(cl_event gate)
{
    const char *source = "kernel void spin(global int *a) { int x = get_global_id(0); for (int i = 0; i < "
                         "1000; i++) x = x * 3 + i; a[get_global_id(0)] = x; }";
    cl_int status;
    size_t items = 1 << 16;
    cl_kernel kernel = session_kernel(&session, source, "spin", "");
    cl_mem buffer = clCreateBuffer(session.context, 0, items * sizeof(cl_int), NULL, &status);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof(cl_mem), &buffer), CL_SUCCESS);
    cl_event done;
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &items, NULL, 1, &gate, &done),
                     CL_SUCCESS);
    assert_int_equal(clSetEventCallback(done, CL_COMPLETE, event_ended, NULL), CL_SUCCESS);
    clReleaseEvent(done);
    clReleaseMemObject(buffer);
    clReleaseKernel(kernel);
}

static void copy_much(const void *from)
{
    cl_int status;
    cl_mem buffer = clCreateBuffer(session.context, 0, LARGE, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clEnqueueWriteBuffer(session.queue, buffer, CL_FALSE, 0, LARGE, from, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    uint8_t *read = malloc(LARGE);
    assert_int_equal(clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, LARGE, read, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_memory_equal(read, from, LARGE);
    free(read);
    clReleaseMemObject(buffer);
}

static void signals_are_the_applications(void **state)
{
    (void)state;
    static struct tasks ours;
    cl_int status;
    sem_init(&reached, 0, 0);
    sem_init(&go_on, 0, 0);
    uint8_t *bytes = calloc(1, LARGE);
    cl_event gate = clCreateUserEvent(session.context, &status);
    run_many_groups(gate);
    assert_int_equal(clSetUserEventStatus(gate, CL_COMPLETE), CL_SUCCESS);
    copy_much(bytes);
    const char *source = "kernel void nothing(void) {}";
    cl_program program = clCreateProgramWithSource(session.context, 1, &source, NULL, &status);
    assert_int_equal(clBuildProgram(program, 0, NULL, NULL, program_built, NULL), CL_SUCCESS);
    cl_context faulty = clCreateContext(NULL, 1, &session.device, context_fault, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    cl_command_queue queue = queue_with_fault(faulty);
    for (int i = 0; i < 3; i++) assert_int_equal(sem_wait(&reached), 0);
    settled_tasks_list(&ours, &others);
    for (unsigned i = 0; i < ours.count; i++) expect_policy(&ours.list[i]);
    static const char *const names[] = {"kiln-cp",      "kiln-callbacks", "kiln-queue",
                                        "kiln-watcher", "kiln-build",     "kiln-fault"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (!is_there(&ours, names[i])) fail_msg("no thread is called %s", names[i]);
    for (int i = 0; i < 3; i++) sem_post(&go_on);
    clReleaseCommandQueue(queue);
    clReleaseContext(faulty);
    clReleaseProgram(program);
    clReleaseEvent(gate);
    free(bytes);
}

// ---- Faults that the application serves ---------------------------------------------------------------

static uint8_t *served; // LARGE bytes that nobody may touch before the handler has been asked
static volatile sig_atomic_t served_count;

static void fault_serve(int number, siginfo_t *info, void *context)
{
    (void)context;
    uintptr_t offset = (uintptr_t)info->si_addr - (uintptr_t)served;
    if (number != SIGSEGV || offset >= LARGE) abort();
    served_count++;
    mprotect(served, LARGE, PROT_READ | PROT_WRITE);
}

static void faults_of_copied_memory_are_served(void **state)
{
    (void)state;
    struct sigaction serve = {.sa_sigaction = fault_serve, .sa_flags = SA_SIGINFO}, before;
    served = mmap(NULL, LARGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(served, MAP_FAILED);
    memset(served, 7, LARGE);
    assert_int_equal(sigaction(SIGSEGV, &serve, &before), 0);
    assert_int_equal(mprotect(served, LARGE, PROT_NONE), 0);
    copy_much(served);
    assert_true(served_count > 0);
    assert_int_equal(sigaction(SIGSEGV, &before, NULL), 0);
    munmap(served, LARGE);
}

static void *nothing(void *unused) { return unused; }

static int open_session(void **state)
{
    (void)state;
    pthread_t first; // a sanitizer starts one of its own with it
    assert_int_equal(pthread_create(&first, NULL, nothing, NULL), 0);
    pthread_join(first, NULL);
    tasks_list(&others, NULL);
    session_open(&session);
    return 0;
}

static int close_session(void **state)
{
    (void)state;
    session_close(&session);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals_are_the_applications),
        cmocka_unit_test(faults_of_copied_memory_are_served),
    };
    return cmocka_run_group_tests(tests, open_session, close_session);
}
