// Native code from kilnc: asked for, kept, used; and what goes wrong costs speed only.
#include "device/softgpu/interpreter/compute_unit.h"
#include "device/softgpu/native/native.h"
#include "multiply.h"
#include "tests/compiler/cache_support.h"

#include <malloc.h>
#include <pthread.h>

static char log_name[80];

static int setup(void **state)
{
    if (folder_make(state)) return -1;
    snprintf(log_name, sizeof log_name, "%s/requests", cache_folder);
    return setenv("KILN_TEST_LOG", log_name, 1) || setenv("KILN_TEST_KILNC", "answer", 1) ||
           setenv("KILN_TRANSLATE", "auto", 1) || setenv("KILN_LIBDIR", KILN_TEST_FOLDER, 1) ||
           setenv("KILN_TEST_OBJECT", KILN_TEST_TRANSLATION, 1);
}

// How often kilnc has been asked by now.
static int requests(void)
{
    int count = 0;
    char line[32];
    FILE *file = fopen(log_name, "r");
    for (; file && fgets(line, sizeof line, file); count++) {
    }
    if (file) fclose(file);
    return count;
}

static bool rounds_run(uint32_t rounds)
{
    struct run run;
    run_prepare(&run, multiply, rounds);
    return run_dispatch(&run) && run_is_right(&run);
}

static const uint32_t forever = 4000000000; // the interpreter would take minutes

static void background_body(void)
{
    native_start();
    for (int i = 0; i < 100; i++) check(rounds_run(3), "interpreted");
    check(requests() == 0, "not hot yet");
    check(rounds_run(forever), "translated in mid-dispatch");
    check(requests() == 1, "asked once");
    check(kept_count(NULL) == 1, "kept");
    native_stop();
    // Code that is new to the interpreter, not to the cache.
    interpreter_forget_code();
    native_start();
    check(rounds_run(forever), "translated from its first wave on");
    check(requests() == 1, "not asked again");
    native_stop();
}
CHILD_TEST(background)

// As hot as by one launch that is long.
static void many_launches_body(void)
{
    native_start();
    while (requests() == 0) check(rounds_run(100), "short");
    check(rounds_run(forever), "translated");
    check(requests() == 1, "asked once");
    native_stop();
}
CHILD_TEST(many_launches)

// Programs are loaded in between.
static void heat_stays_body(void)
{
    native_start();
    for (int i = 0; i < 2000 && requests() == 0; i++) {
        check(rounds_run(20000), "short");
        interpreter_invalidate_code();
    }
    check(requests() == 1, "hot");
    check(rounds_run(forever), "translated");
    native_stop();
}
CHILD_TEST(heat_stays)

static void always_body(void)
{
    setenv("KILN_TRANSLATE", "always", 1);
    native_start();
    check(rounds_run(forever), "waits for it");
    check(requests() == 1, "asked at once");
    native_stop();
}
CHILD_TEST(always)

static void off_body(void)
{
    setenv("KILN_TRANSLATE", "off", 1);
    native_start();
    check(rounds_run(3000000), "interpreted");
    check(requests() == 0, "nobody asked");
    native_stop();
}
CHILD_TEST(off)

static void kept_by_others_body(void)
{
    pid_t child = fork();
    int status = -1;
    if (!child) {
        always_body();
        _exit(0);
    }
    check(waitpid(child, &status, 0) == child && !status, "the other process");
    setenv("KILN_LIBDIR", KILN_TEST_FOLDER, 1);
    native_start();
    check(rounds_run(forever), "kept by another process");
    check(requests() == 1, "not asked again");
    native_stop();
}
CHILD_TEST(kept_by_others)

// Bytes all over a kept translation, each in turn: none is used, a new one is made.
static void corrupt_body(void)
{
    char path[512];
    setenv("KILN_TRANSLATE", "always", 1);
    native_start();
    check(rounds_run(forever), "made");
    check(kept_count(path) == 1, "kept");
    static char bytes[1 << 16];
    FILE *stream = fopen(path, "rb");
    size_t size = stream ? fread(bytes, 1, sizeof bytes, stream) : 0;
    check(size > 1000 && size < sizeof bytes, "read");
    if (stream) fclose(stream);
    int made = 1;
    for (size_t at = 0; at < size && at < sizeof bytes; at += 97) {
        interpreter_forget_code();
        bytes[at] ^= 0x10;
        stream = fopen(path, "wb");
        check(stream && fwrite(bytes, 1, size, stream) == size && !fclose(stream), "written");
        bytes[at] ^= 0x10;
        check(rounds_run(forever), "made again");
        check(requests() == ++made, "asked again");
    }
    interpreter_forget_code();
    check(rounds_run(forever) && requests() == made, "the last is kept");
    native_stop();
}
CHILD_TEST(corrupt)

// Kilnc's misfortunes, in the background and waited for.
static void misfortune(const char *how)
{
    setenv("KILN_TEST_KILNC", how, 1);
    native_start();
    for (int i = 0; i < 4; i++) check(rounds_run(1000000), how);
    native_stop();
    check(kept_count(NULL) == 0 || !strcmp(how, "half"), "nothing is kept");
}

static void misfortunes_body(void)
{
    misfortune("die");
    misfortune("nonsense");
    misfortune("refuse");
    misfortune("half");
}

static void misfortunes_waited_for_body(void)
{
    setenv("KILN_TRANSLATE", "always", 1);
    misfortunes_body();
}
CHILD_TEST(misfortunes)
CHILD_TEST(misfortunes_waited_for)

static void missing_body(void)
{
    setenv("KILN_LIBDIR", "/nonexistent", 1);
    misfortune("answer");
}
CHILD_TEST(missing)

// Closing the device does not wait for a kilnc that hangs.
static void hanging_body(void)
{
    setenv("KILN_TEST_KILNC", "hang", 1);
    native_start();
    check(rounds_run(3000000), "interpreted");
    while (requests() == 0) sched_yield();
    native_stop();
}
CHILD_TEST(hanging)

static void *run_often(void *unused)
{
    (void)unused;
    for (uint32_t i = 0; i < 200; i++) {
        check(rounds_run(20000 + i), "threads");
        if (i % 16 == 0) interpreter_forget_code();
    }
    return NULL;
}

static void threads_body(void)
{
    pthread_t threads[4];
    native_start();
    for (int i = 0; i < 4; i++) check(!pthread_create(&threads[i], NULL, run_often, NULL), "thread");
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    native_stop();
}
CHILD_TEST(threads)

static void processes_body(void)
{
    pid_t children[8];
    for (int i = 0; i < 8; i++) {
        if ((children[i] = fork())) continue;
        native_start();
        for (int k = 0; k < 20; k++) {
            check(rounds_run(forever), "process");
            interpreter_forget_code();
        }
        native_stop();
        _exit(0);
    }
    for (int i = 0; i < 8; i++) {
        int status = -1;
        check(waitpid(children[i], &status, 0) == children[i] && !status, "processes");
    }
    check(kept_count(NULL) == 1, "one is kept");
}
CHILD_TEST(processes)

static void thousand_body(void)
{
    size_t before = 0;
    native_start();
    check(rounds_run(forever), "made");
    for (int i = 0; i < 1000; i++) {
        interpreter_forget_code();
        check(rounds_run(forever), "from the cache");
        if (i == 100) before = mallinfo2().uordblks;
    }
    check(mallinfo2().uordblks < before + (1 << 18), "memory grows");
    native_stop();
}
CHILD_TEST(thousand)

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name##_test, setup, folder_remove)
    const struct CMUnitTest tests[] = {
        TEST(background), TEST(many_launches), TEST(heat_stays),
        TEST(always),     TEST(off),           TEST(kept_by_others),
        TEST(corrupt),    TEST(misfortunes),   TEST(misfortunes_waited_for),
        TEST(missing),    TEST(hanging),       TEST(threads),
        TEST(processes),  TEST(thousand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
