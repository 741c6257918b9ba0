// The change from interpreted to native code, with native code that the test itself is.
#include "device/softgpu/interpreter/compute_unit.h"
#include "device/softgpu/interpreter/region.h"
#include "device/softgpu/interpreter/report.h"
#include "multiply.h"

#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// --- Native code ---

static atomic_uint entered, released;

static uint32_t go_on(struct wave *w, uint32_t place, enum wave_state state)
{
    w->place = place;
    return state;
}

// All rounds that are left at once.
static uint32_t loop_done(struct wave *w, uint32_t entry, uint64_t base)
{
    entered++;
    assert_int_equal(entry, 0);
    assert_memory_equal((const void *)base, multiply, sizeof multiply);
    for (unsigned lane = 0; lane < 32; lane++) *wave_lane(w, lane, 1) += *wave_lane(w, lane, 0) * w->sgpr[4];
    w->sgpr[4] = 0;
    w->scc = 0;
    return go_on(w, BEHIND_LOOP, WAVE_UNTRANSLATED);
}

static uint32_t loop_forever(struct wave *w, uint32_t entry, __attribute__((unused)) uint64_t base)
{
    entered++;
    assert_int_equal(entry, 0);
    return go_on(w, LOOP, WAVE_YIELDED);
}

// No wave of the group passes before all have arrived.
static uint32_t barrier(struct wave *w, uint32_t entry, __attribute__((unused)) uint64_t base)
{
    unsigned before = entered++;
    if (entry == 0) {
        const struct arguments *arguments = (const struct arguments *)w->group->dispatch->kernarg;
        wave_write64(w, 2, (uintptr_t)arguments->out);
        w->sgpr[4] = 1;
        return go_on(w, LOOP, WAVE_AT_BARRIER);
    }
    assert_true(before >= ITEMS / 32);
    for (unsigned lane = 0; lane < 32; lane++) *wave_lane(w, lane, 1) += *wave_lane(w, lane, 0);
    return go_on(w, LOOP + 4, WAVE_UNTRANSLATED);
}

static volatile uint32_t *volatile nowhere = (uint32_t *)64;

__attribute__((no_sanitize("address", "undefined", "thread"))) static uint32_t
fault(struct wave *w, __attribute__((unused)) uint32_t entry, __attribute__((unused)) uint64_t base)
{
    entered++;
    *(volatile uint32_t *)&w->place = STORE; // else it would be dead: nothing here reads it
    *nowhere = 1;
    return go_on(w, LOOP, WAVE_YIELDED);
}

static uint32_t lost(struct wave *w, __attribute__((unused)) uint32_t entry,
                     __attribute__((unused)) uint64_t base)
{
    return go_on(w, LOOP + 2, WAVE_UNTRANSLATED);
}

static const uint32_t at_loop[] = {LOOP}, at_start_and_loop[] = {START, LOOP}, between[] = {LOOP, STORE + 4};

static void native_release(struct native *native)
{
    released++;
    free(native);
}

static struct native *native_make(translated_fn *run, const uint32_t *entries, uint32_t count)
{
    struct native *native = malloc(sizeof *native);
    assert_non_null(native);
    *native = (struct native){
        .run = run, .entries = entries, .entry_count = count, .mode = FLOAT_MODE, .release = native_release};
    return native;
}

// Words that are no instruction, in the midst and at the end, where nothing goes. By its first word it might
// be one.
static const uint32_t undecodable[] = {
    0xbf840003,             //        s_cbranch_scc0 over
    0xd9d8007c, 0x00ffffff, //        ds_read_b64, but for its second word
    0xbf9f0000,             //        s_code_end
    0xbf850001,             // over:  s_cbranch_scc1 never
    0xbf810000,             //        s_endpgm
    0xd9d8007c, 0x00ffffff, // never:
    0xbf9f0000, 0xbf9f0000, 0xbf9f0000,
};
enum { UNDECODABLE_SIZE = 8 * 4 };

// --- The maker: what a test wants made, and when ---

static struct {
    translated_fn *run;
    const uint32_t *entries;
    uint32_t entry_count, mode;
    bool at_once, is_undecodable;
    atomic_uint begun, hot;                    // of code for whole work-groups
    _Atomic(struct region *) held[TIER_FORMS]; // of the last that was hot
} order;

static void make(struct region *region)
{
    struct native *native = native_make(order.run, order.entries, order.entry_count);
    native->mode = order.mode;
    if (!tier_switch(region, native)) native_release(native);
}

// What is asked for whole work-groups may come for waves.
static void region_begun(struct region *region, uint32_t mode, enum tier_form form)
{
    if (form == TIER_WAVES) return;
    order.begun++;
    assert_int_equal(mode, FLOAT_MODE);
    const struct tier_code *code = tier_code(region);
    if (order.is_undecodable) {
        assert_in_range(code->size, UNDECODABLE_SIZE, sizeof undecodable);
        assert_memory_equal(code->bytes, undecodable, code->size);
        return;
    }
    assert_int_equal(code->size, sizeof multiply);
    assert_int_equal(code->entry, 0);
    assert_memory_equal(code->bytes, multiply, sizeof multiply);
    if (order.at_once) make(region);
}

static void region_hot(struct region *region, uint32_t mode, enum tier_form form)
{
    (void)mode;
    order.hot += form == TIER_GROUPS;
    tier_hold(region);
    order.held[form] = region;
}

static const struct tier_maker maker = {region_begun, region_hot};

static int forget(void **state)
{
    (void)state;
    for (unsigned form = 0; form < TIER_FORMS; form++) {
        struct region *held = atomic_exchange(&order.held[form], NULL);
        if (held) tier_let_go(held);
    }
    interpreter_forget_code();
    memset(&order, 0, sizeof order);
    entered = released = 0;
    tier_set_maker(&maker);
    return 0;
}

static void order_set(translated_fn *run, const uint32_t *entries, uint32_t count, bool at_once)
{
    order.run = run;
    order.entries = entries;
    order.entry_count = count;
    order.at_once = at_once;
    order.mode = FLOAT_MODE;
}

// --- Tests ---

static void native_code_takes_over_and_gives_back(void **state)
{
    (void)state;
    struct run run;
    run_prepare(&run, multiply, 1000);
    order_set(loop_done, at_loop, 1, true);
    assert_true(run_dispatch(&run));
    assert_true(run_is_right(&run));
    assert_int_equal(entered, 2);
    run_prepare(&run, multiply, 77);
    assert_true(run_dispatch(&run));
    assert_true(run_is_right(&run));
    assert_int_equal(order.begun, 1);
    assert_int_equal(released, 0);
    interpreter_forget_code();
    assert_int_equal(released, 1);
}

static void *run_elsewhere(void *run)
{
    run_dispatch(run);
    return NULL;
}

// When code of this form has been asked for. The interpreter would take minutes.
static void takes_over(enum tier_form form)
{
    static struct run run;
    pthread_t thread;
    run_prepare(&run, multiply, 4000000000);
    order_set(loop_done, at_loop, 1, false);
    assert_int_equal(pthread_create(&thread, NULL, run_elsewhere, &run), 0);
    while (!order.held[form]) sched_yield();
    assert_int_equal(entered, 0);
    make(order.held[form]);
    pthread_join(thread, NULL);
    assert_true(run_is_right(&run));
    assert_int_equal(entered, 2);
    assert_int_equal(order.hot, 1);
}

static void native_code_takes_over_in_mid_dispatch(void **state)
{
    (void)state;
    takes_over(TIER_GROUPS);
}

// Whose code for whole work-groups comes too late.
static void native_code_takes_over_in_mid_work_group(void **state)
{
    (void)state;
    takes_over(TIER_WAVES);
}

static void other_modes_are_interpreted(void **state)
{
    (void)state;
    struct run run;
    run_prepare(&run, multiply, 5);
    order_set(lost, at_loop, 1, true);
    order.mode = FLOAT_MODE | 1;
    assert_true(run_dispatch(&run));
    assert_true(run_is_right(&run));
    interpreter_forget_code();
    assert_int_equal(released, 1);
}

static void faults_name_the_instruction(void **state)
{
    (void)state;
    struct run run;
    run_prepare(&run, multiply, 5);
    order_set(fault, at_loop, 1, true);
    assert_false(run_dispatch(&run));
    assert_int_equal(run.fault.kind, FAULT_MEMORY);
    assert_int_equal(run.fault.pc, (uintptr_t)multiply + STORE);
    assert_int_equal(run.fault.address, 64);
    assert_true(run.fault.write);
    assert_non_null(strstr(run.fault.text, "global_store_dword"));
    // The interpreter's own, afterwards, are its own.
    order.run = loop_done;
    interpreter_forget_code();
    run_prepare(&run, multiply, 5);
    run.arguments.out = (uint32_t *)64;
    assert_false(run_dispatch(&run));
    assert_int_equal(run.fault.pc, (uintptr_t)multiply + STORE);
}

static void a_lost_place_stops_the_kernel(void **state)
{
    (void)state;
    struct run run;
    run_prepare(&run, multiply, 5);
    order_set(lost, at_loop, 1, true);
    assert_false(run_dispatch(&run));
    assert_int_equal(run.fault.kind, FAULT_ILLEGAL_INSTRUCTION);
    assert_int_equal(run.fault.pc, (uintptr_t)multiply + LOOP);
}

static void *cancel_later(void *cancel)
{
    while (entered < 1000) sched_yield();
    __atomic_store_n((bool *)cancel, true, __ATOMIC_RELAXED);
    return NULL;
}

static void endless_native_code_is_cancelled(void **state)
{
    (void)state;
    struct run run;
    pthread_t thread;
    run_prepare(&run, multiply, 5);
    order_set(loop_forever, at_loop, 1, true);
    assert_int_equal(pthread_create(&thread, NULL, cancel_later, &run.cancel), 0);
    assert_false(run_dispatch(&run));
    assert_int_equal(run.fault.kind, FAULT_NONE);
    pthread_join(thread, NULL);
}

static void barriers_hold(void **state)
{
    (void)state;
    struct run run;
    run_prepare(&run, multiply, 1);
    order_set(barrier, at_start_and_loop, 2, true);
    assert_true(run_dispatch(&run));
    assert_true(run_is_right(&run));
    assert_int_equal(entered, 2 * (ITEMS / 32));
}

static void entries_that_are_none_are_refused(void **state)
{
    (void)state;
    struct run run;
    run_prepare(&run, multiply, 9);
    order_set(lost, between, 2, true);
    assert_true(run_dispatch(&run));
    assert_true(run_is_right(&run));
    assert_int_equal(released, 1);
}

// To whoever translates, they are as little an instruction as to the interpreter.
static void undecodable_words_are_kept(void **state)
{
    (void)state;
    struct run run;
    run_prepare(&run, undecodable, 0);
    order.is_undecodable = true;
    assert_true(run_dispatch(&run));
    assert_int_equal(order.begun, 1);
}

// Threads run, and code is forgotten and made anew meanwhile.
static void *run_often(void *argument)
{
    (void)argument;
    for (int i = 0; i < 300; i++) {
        struct run run;
        run_prepare(&run, multiply, 3 + (uint32_t)i);
        if (!run_dispatch(&run)) return NULL;
        assert_true(run_is_right(&run));
        if (i % 3 == 0) interpreter_forget_code();
    }
    return &order;
}

static void code_changes_while_running(void **state)
{
    (void)state;
    pthread_t threads[4];
    order_set(loop_done, at_loop, 1, true);
    for (int i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, run_often, NULL), 0);
    for (int i = 0; i < 4; i++) {
        void *done;
        pthread_join(threads[i], &done);
        assert_non_null(done);
    }
    interpreter_forget_code();
    assert_int_equal(released, order.begun);
}

static bool code_run(const uint32_t *code, uint32_t rounds)
{
    struct run run;
    run_prepare(&run, code, rounds);
    return run_dispatch(&run) && run_is_right(&run);
}

// Programs are loaded beside the one that runs, and leave.
static void what_has_not_changed_stays(void **state)
{
    (void)state;
    uint32_t *other = aligned_alloc(64, 128);
    order_set(loop_done, at_loop, 1, true);
    memcpy(other, multiply, sizeof multiply);
    assert_true(code_run(multiply, 5) && code_run(other, 5));
    assert_int_equal(order.begun, 2);
    interpreter_invalidate_code();
    assert_true(code_run(multiply, 6) && code_run(other, 6));
    assert_int_equal(order.begun, 2);
    assert_int_equal(released, 0);
    memset(other, 0, sizeof multiply); // another program's
    memcpy((char *)other + 64, multiply, sizeof multiply);
    interpreter_invalidate_code();
    assert_int_equal(released, 1);
    unsigned before = entered;
    assert_true(code_run(multiply, 7) && code_run(other + 16, 7));
    assert_int_equal(order.begun, 3);
    assert_true(entered > before);
    free(other);
    interpreter_forget_code();
    assert_int_equal(released, 3);
}

static void a_thousand_leave_nothing(void **state)
{
    (void)state;
    order_set(loop_done, at_loop, 1, true);
    size_t before = 0;
    for (int i = 0; i < 1100; i++) {
        struct run run;
        run_prepare(&run, multiply, 3);
        assert_true(run_dispatch(&run));
        interpreter_forget_code();
        if (i == 100) before = mallinfo2().uordblks;
    }
    assert_int_equal(released, 1100);
    assert_true(mallinfo2().uordblks < before + (1 << 20));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, forget, forget)
    const struct CMUnitTest tests[] = {
        TEST(native_code_takes_over_and_gives_back),
        TEST(native_code_takes_over_in_mid_dispatch),
        TEST(native_code_takes_over_in_mid_work_group),
        TEST(other_modes_are_interpreted),
        TEST(faults_name_the_instruction),
        TEST(a_lost_place_stops_the_kernel),
        TEST(endless_native_code_is_cancelled),
        TEST(barriers_hold),
        TEST(entries_that_are_none_are_refused),
        TEST(undecodable_words_are_kept),
        TEST(code_changes_while_running),
        TEST(what_has_not_changed_stays),
        TEST(a_thousand_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
