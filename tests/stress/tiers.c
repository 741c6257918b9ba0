// Work-groups that change from interpreted to native code while they run, as KILN_TRANSLATE=auto has it: they
// compute what they should, their faults are told of as ever, and objects may go in their midst. Each runs
// until the host tells it to stop; that there is native code for its waves is seen in what perf is told.
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// All count rounds, and carry a number from one to the next. NUMBER makes each program another one.
static const char source[] =
    "#define STEP x = x * 1664525 + 1013904223 + NUMBER; n++\n"
    "void finish(int word, global uint *out, global int *nowhere, uint x, uint n)\n"
    "{\n"
    "    out[2 * get_global_id(0)] = x;\n"
    "    out[2 * get_global_id(0) + 1] = n;\n"
    "    if (word == 2) *(volatile global int *)nowhere = 1;\n"
    "}\n"
    "kernel void alone(volatile global int *word, global uint *out, global int *nowhere)\n"
    "{\n"
    "    uint x = get_global_id(0), n = 0;\n"
    "    while (!*word) { STEP; }\n"
    "    finish(*word, out, nowhere, x, n);\n"
    "}\n"
    "kernel void together(volatile global int *word, global uint *out, global int *nowhere)\n"
    "{\n"
    "    uint x = get_global_id(0), n = 0;\n"
    "    local int seen;\n"
    "    do {\n"
    "        STEP;\n"
    "        if (get_local_id(0) == 0) seen = *word;\n"
    "        barrier(CLK_LOCAL_MEM_FENCE);\n"
    "        STEP;\n"
    "        int now = seen;\n"
    "        barrier(CLK_LOCAL_MEM_FENCE);\n"
    "        if (now) break;\n"
    "    } while (1);\n"
    "    finish(*word, out, nowhere, x, n);\n"
    "}\n";

enum { ITEMS = 64, GO_ON = 0, STOP = 1, FAULT = 2, NOWHERE = 0x12345678 };

struct work {
    struct session session;
    const char *name;
    unsigned number;
    size_t items;
    volatile cl_int word;
    cl_uint out[ITEMS][2];
    cl_kernel kernel;
    cl_event event;
};

static unsigned programs_made;

// Kiln's memory is the host's.
static void work_begin(struct work *work, const char *name, size_t items)
{
    char options[32];
    void *nowhere = (void *)(uintptr_t)NOWHERE, *out = work->out;
    volatile cl_int *word = &work->word;
    *work = (struct work){.name = name, .number = ++programs_made, .items = items};
    snprintf(options, sizeof options, "-DNUMBER=%u", work->number);
    session_open(&work->session);
    work->kernel = session_kernel(&work->session, source, name, options);
    assert_int_equal(clSetKernelArgSVMPointer(work->kernel, 0, (const void *)word), CL_SUCCESS);
    assert_int_equal(clSetKernelArgSVMPointer(work->kernel, 1, out), CL_SUCCESS);
    assert_int_equal(clSetKernelArgSVMPointer(work->kernel, 2, nowhere), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(work->session.queue, work->kernel, 1, NULL, &items, &items, 0,
                                            NULL, &work->event),
                     CL_SUCCESS);
    assert_int_equal(clFlush(work->session.queue), CL_SUCCESS);
}

static void work_is_right(const struct work *work)
{
    for (cl_uint i = 0; i < work->items; i++) {
        cl_uint x = i, factor = 1664525, sum = 1013904223 + work->number;
        for (cl_uint n = work->out[i][1]; n; n /= 2) { // so many rounds at once, in powers of two
            if (n % 2) x = x * factor + sum;
            sum += factor * sum;
            factor *= factor;
        }
        assert_int_equal(work->out[i][0], x);
    }
}

// How often perf has been told of the kernel so far.
static unsigned told(const char *name)
{
    char path[64], line[512];
    unsigned count = 0;
    snprintf(path, sizeof path, "/tmp/perf-%ld.map", (long)getpid());
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) count += !!strstr(line, name);
    if (file) fclose(file);
    return count;
}

// Code for whole work-groups, where they are full, and code for waves.
static void work_switches(struct work *work, const char *name, size_t items)
{
    unsigned before = told(name), wanted = items % 32 ? 1 : 2;
    work_begin(work, name, items);
    while (told(name) < before + wanted) usleep(1000);
    usleep(20000);
}

static void work_end(struct work *work)
{
    work->word = STOP;
    assert_int_equal(clWaitForEvents(1, &work->event), CL_SUCCESS);
    work_is_right(work);
    clReleaseEvent(work->event);
}

static void work_close(struct work *work)
{
    clReleaseKernel(work->kernel);
    session_close(&work->session);
}

// What a fault says, and that it says so once.
static void work_faults(struct work *work)
{
    work->word = FAULT;
    assert_int_not_equal(clWaitForEvents(1, &work->event), CL_SUCCESS);
    while (!__atomic_load_n(&work->session.fault_count, __ATOMIC_ACQUIRE)) usleep(1000);
    assert_int_equal(work->session.fault_count, 1);
    const char *const expected[] = {work->name, "global_store_dword", "0x12345678"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (!strstr(work->session.fault_text, expected[i]))
            fail_msg("'%s' is not in: %s", expected[i], work->session.fault_text);
    clReleaseEvent(work->event);
}

static const struct shape {
    const char *name;
    size_t items;
} shapes[] = {{"alone", ITEMS}, {"together", ITEMS}, {"alone", ITEMS - 24}, {"together", ITEMS - 24}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static void one_long_work_group_switches(void **state)
{
    (void)state;
    for (int i = 0; i < SHAPES; i++) {
        struct work work;
        work_switches(&work, shapes[i].name, shapes[i].items);
        work_end(&work);
        work_close(&work);
    }
}

static void what_has_switched_faults(void **state)
{
    (void)state;
    for (int i = 0; i < SHAPES; i++) {
        struct work work;
        work_switches(&work, shapes[i].name, shapes[i].items);
        work_faults(&work);
        work_close(&work);
    }
}

// At any time, while kilnc works, too.
static void what_switches_ends_and_faults(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 24; i++) {
        struct work work;
        work_begin(&work, shapes[i % SHAPES].name, shapes[i % SHAPES].items);
        usleep(i / SHAPES * 40000);
        if (i / SHAPES % 2)
            work_faults(&work);
        else
            work_end(&work);
        work_close(&work);
    }
}

static void objects_go_meanwhile(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 12; i++) {
        struct work work;
        if (i < SHAPES) {
            work_switches(&work, shapes[i].name, shapes[i].items);
        } else {
            work_begin(&work, shapes[i % SHAPES].name, shapes[i % SHAPES].items);
            usleep(i / SHAPES * 30000);
        }
        work_close(&work); // queue, kernel and its program, context
        work_end(&work);
    }
}

// Several queues, and programs that come and go beside what runs.
static void many_switch_at_once(void **state)
{
    (void)state;
    struct work works[4];
    for (int i = 0; i < 4; i++) work_begin(&works[i], shapes[i].name, shapes[i].items);
    for (int i = 0; i < 4; i++) {
        struct work other;
        work_begin(&other, shapes[i].name, shapes[i].items);
        usleep(50000);
        work_end(&other);
        work_close(&other);
    }
    for (int i = 0; i < 4; i++) work_end(&works[i]);
    for (int i = 0; i < 4; i++) work_close(&works[i]);
}

// Its process ends in its midst. Never freed: the threads that run it are there until the very end.
static void one_is_left_running(void **state)
{
    (void)state;
    static struct work ended, left;
    work_switches(&ended, "alone", ITEMS);
    work_begin(&left, "together", ITEMS);
    usleep(60000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_long_work_group_switches),  cmocka_unit_test(what_has_switched_faults),
        cmocka_unit_test(what_switches_ends_and_faults), cmocka_unit_test(objects_go_meanwhile),
        cmocka_unit_test(many_switch_at_once),           cmocka_unit_test(one_is_left_running),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char path[64];
    snprintf(path, sizeof path, "/tmp/perf-%ld.map", (long)getpid());
    unlink(path);
    return failed;
}
