// The processes that compile for an application: how many there are, that they are used again, what their
// death and the application's costs, and that the application sees nothing of them.
#define _GNU_SOURCE
#include "base/sanitizer.h"
#include "child.h"
#include "support.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

static const char good[] = "kernel void k(global int *p) { p[0] = 1; }\n";

// 10^10 terms: clang reads them for minutes, and holds them all.
static const char endless[] = "#define T(x) x x x x x x x x x x\n#define A T(T(T(1 +)))\n"
                              "#define B T(A) T(A) T(A)\n#define C T(B)\n#define D T(C)\n#define E T(D)\n"
                              "kernel void k(global int *p) { p[0] = E E E E E E E E E E 1; }\n";

static struct compiler_result build(const char *source)
{
    struct compiler_result result;
    struct compiler_job job = job_of(COMPILER_BUILD, "", source);
    compiler_run(&job, &result);
    return result;
}

static void build_check(const char *source, enum compiler_status status, const char *words)
{
    struct compiler_result result = build(source);
    if (result.status != status) fprintf(stderr, "status %d, log: %s\n", result.status, result.log);
    check(result.status == status, "status");
    check(strstr(result.log, words) != NULL, result.log);
    compiler_result_free(&result);
}

// --- finding the workers: they have inherited this variable ---

static char mark[64];

static void mark_set(void)
{
    snprintf(mark, sizeof mark, "KILN_TEST_MARK=%d.", getpid());
    setenv("KILN_TEST_MARK", strchr(mark, '=') + 1, 1);
}

static bool marked(const char *pid)
{
    char path[300], text[65536];
    snprintf(path, sizeof path, "/proc/%s/environ", pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = file < 0 ? 0 : read(file, text, sizeof text);
    if (file >= 0) close(file);
    return size > 0 && memmem(text, (size_t)size, mark, strlen(mark));
}

// Returns how many there are, and one of them.
static unsigned workers_find(pid_t *one)
{
    unsigned count = 0;
    DIR *list = opendir("/proc");
    check(list != NULL, "/proc");
    for (struct dirent *entry; (entry = readdir(list));) {
        if (!isdigit(entry->d_name[0]) || !marked(entry->d_name)) continue;
        if (one) *one = (pid_t)strtol(entry->d_name, NULL, 10);
        count++;
    }
    closedir(list);
    return count;
}

static void pause_briefly(void) { nanosleep(&(struct timespec){0, 5000000}, NULL); }

// A test that waits in vain ends by ctest's time limit.
static void workers_await(bool wanted)
{
    while ((workers_find(NULL) > 0) != wanted) pause_briefly();
}

static pid_t worker_pid(void)
{
    pid_t pid = 0;
    check(workers_find(&pid) == 1, "one worker");
    return pid;
}

// Killed, and so far gone that its descriptors are closed.
static void worker_kill(pid_t pid)
{
    char path[64], state = 'R';
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    kill(pid, SIGKILL);
    while (state != 'Z') {
        FILE *file = fopen(path, "re");
        if (!file) return;
        if (fscanf(file, "%*d (kilnc) %c", &state) != 1) state = 'Z';
        fclose(file);
        pause_briefly();
    }
}

static void *build_endless(void *result)
{
    *(struct compiler_result *)result = build(endless);
    return NULL;
}

// A thread that will not be done before something else happens, and its worker.
static pid_t endless_start(pthread_t *thread, struct compiler_result *result)
{
    pthread_create(thread, NULL, build_endless, result);
    workers_await(true);
    return worker_pid();
}

// --- the tests ---

static void reused_body(void)
{
    mark_set();
    build_check(good, COMPILER_OK, "");
    pid_t first = worker_pid();
    build_check("kernel void k() { nonsense; }", COMPILER_FAILED, "nonsense");
    build_check(good, COMPILER_OK, "");
    check(worker_pid() == first, "the same worker");
    compiler_unload();
    workers_await(false);
    build_check(good, COMPILER_OK, "");
}

static void killed_idle_body(void)
{
    mark_set();
    build_check(good, COMPILER_OK, "");
    worker_kill(worker_pid());
    build_check(good, COMPILER_OK, "");
}

static void killed_busy_body(void)
{
    pthread_t thread;
    struct compiler_result result;
    mark_set();
    kill(endless_start(&thread, &result), SIGKILL);
    pthread_join(thread, NULL);
    check(result.status == COMPILER_CRASHED, "status");
    check(strstr(result.log, "was killed") != NULL, result.log);
    compiler_result_free(&result);
    build_check(good, COMPILER_OK, "");
}

static void memory_body(void)
{
    mark_set();
    setenv("KILN_COMPILE_MEMORY_MB", "600", 1);
    if (SANITIZER_SHADOWS_MEMORY) return; // and that rules out a limit
    build_check(endless, COMPILER_CRASHED, "ran out of memory (KILN_COMPILE_MEMORY_MB)");
    workers_await(false);
    build_check(good, COMPILER_OK, "");
}

static void time_body(void)
{
    mark_set();
    setenv("KILN_COMPILE_SECONDS", "1", 1);
    build_check(endless, COMPILER_CRASHED, "within 1 s");
    workers_await(false);
}

// Whatever way the application ends in mid-build, its worker does too.
static void end_with(void (*way)(void))
{
    int status, expected = way ? 0 : SIGKILL;
    mark_set();
    pid_t application = fork();
    if (application == 0) {
        pthread_t thread;
        struct compiler_result result;
        endless_start(&thread, &result);
        if (way) way();
        for (;;) pause();
    }
    if (!way) {
        workers_await(true);
        kill(application, SIGKILL);
    }
    check(waitpid(application, &status, 0) == application && status == expected, "status");
    workers_await(false);
}

static void exit_now(void) { exit(0); }
static void exec_now(void) { execl("/bin/true", "true", (char *)NULL); }
static void exit_body(void) { end_with(exit_now); }
static void exec_body(void) { end_with(exec_now); }
static void application_killed_body(void) { end_with(NULL); }

static volatile sig_atomic_t children_ended;
static void count_child(int signal) { children_ended += signal == SIGCHLD; }

static void invisible_body(void)
{
    mark_set();
    signal(SIGCHLD, count_child);
    build_check(good, COMPILER_OK, "");
    worker_kill(worker_pid());
    build_check(good, COMPILER_OK, "");
    check(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "no child");
    check(!children_ended, "no SIGCHLD");
}

// Each of two processes that come from one has workers of its own.
static void forked_body(void)
{
    int status;
    mark_set();
    build_check(good, COMPILER_OK, "");
    pid_t child = fork();
    for (int i = 0; i < 3; i++) build_check(good, COMPILER_OK, "");
    if (child == 0) _exit(0);
    check(waitpid(child, &status, 0) == child && status == 0, "the child's builds");
    build_check(good, COMPILER_OK, "");
    while (workers_find(NULL) != 1) pause_briefly(); // the child's goes
}

enum { THREADS = 16, PROGRAMS = 200 };
static atomic_int program_next;

static void *build_numbered(void *unused)
{
    (void)unused;
    for (int i; (i = atomic_fetch_add(&program_next, 1)) < PROGRAMS;) {
        char source[200], name[32];
        struct program_metadata metadata;
        const char *why;
        snprintf(name, sizeof name, "k%d", i);
        snprintf(source, sizeof source, "kernel void %s(global int *p) { p[0] = %d; }", name, i);
        struct compiler_result result = build(source);
        check(result.status == COMPILER_OK, result.log);
        check(!metadata_parse(result.binary, result.binary_size, &metadata, &why), why);
        check(metadata.kernel_count == 1 && !strcmp(metadata.kernels[0].name, name), "each its own program");
        metadata_free(&metadata);
        compiler_result_free(&result);
    }
    return NULL;
}

// Confines the process to two processors, or the only one.
static unsigned processors_few(void)
{
    cpu_set_t all, few;
    CPU_ZERO(&few);
    check(!sched_getaffinity(0, sizeof all, &all), "processors");
    for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&few) < 2; i++)
        if (CPU_ISSET(i, &all)) CPU_SET(i, &few);
    check(!sched_setaffinity(0, sizeof few, &few), "fewer processors");
    return (unsigned)CPU_COUNT(&few);
}

static void threads_body(void)
{
    pthread_t threads[THREADS];
    unsigned processors = processors_few();
    mark_set();
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, build_numbered, NULL);
    while (atomic_load(&program_next) < PROGRAMS) {
        // One that has been used up may not be gone yet when the next is there.
        check(workers_find(NULL) <= 2 * processors, "as many workers as processors");
        pause_briefly();
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    while (workers_find(NULL) > 2) pause_briefly(); // few are kept
}

CHILD_TEST(reused)
CHILD_TEST(killed_idle)
CHILD_TEST(killed_busy)
CHILD_TEST(memory)
CHILD_TEST(time)
CHILD_TEST(exit)
CHILD_TEST(exec)
CHILD_TEST(application_killed)
CHILD_TEST(invisible)
CHILD_TEST(forked)
CHILD_TEST(threads)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reused_test),      cmocka_unit_test(killed_idle_test),
        cmocka_unit_test(killed_busy_test), cmocka_unit_test(memory_test),
        cmocka_unit_test(time_test),        cmocka_unit_test(exit_test),
        cmocka_unit_test(exec_test),        cmocka_unit_test(application_killed_test),
        cmocka_unit_test(invisible_test),   cmocka_unit_test(forked_test),
        cmocka_unit_test(threads_test),
    };
    setenv("KILN_CACHE", "off", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
