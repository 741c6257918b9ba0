// What the interpreter does to the process around it: signal handlers, and code that changes.
#include "device/softgpu/interpreter/fault.h"
#include "device/softgpu/interpreter/interpreter.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

// --- Kernels of a few words ---

enum {
    S_ENDPGM = 0xbf810000u,
    S_TRAP_2 = 0xbf920002u,
    S_BRANCH_BACK = 0xbf82ffffu, // to itself
    FLOAT_MODE = 0xf0 << 12,
};

static const uint32_t global_load[] = {0xdc308000, 0x01020000, S_ENDPGM}; // global_load_dword v1, v0, s[2:3]

static struct dispatch dispatch_of(const uint32_t *code)
{
    return (struct dispatch){
        .entry = (uint64_t)code,
        .rsrc1 = FLOAT_MODE,
        .local = {32, 1, 1},
        .global = {32, 1, 1},
        .groups = {1, 1, 1},
    };
}

static bool run(const uint32_t *code, struct fault *fault)
{
    static const bool cancel;
    struct dispatch d = dispatch_of(code);
    struct compute_unit *cu = compute_unit_create();
    assert_non_null(cu);
    bool finished = work_groups_run(cu, &d, 0, 1, &cancel, fault);
    compute_unit_destroy(cu);
    return finished;
}

// s[2:3] are 0: the load reads address 0.
static void expect_kernel_fault(void)
{
    struct fault fault;
    assert_false(run(global_load, &fault));
    assert_int_equal(fault.kind, FAULT_MEMORY);
    assert_int_equal(fault.pc, (uint64_t)global_load);
    assert_non_null(strstr(fault.text, "global_load_dword"));
}

// --- Signals ---

enum { PAGE = 4096 };

static sigjmp_buf recovery;
static volatile int first_calls, second_calls;
static void *volatile seen_address;

static void first_handler(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    first_calls++;
    seen_address = info->si_addr;
    siglongjmp(recovery, 1);
}

static void second_handler(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    second_calls++;
    seen_address = info->si_addr;
    siglongjmp(recovery, 1);
}

// A handler that passes on to the one it replaced, as well-behaved ones do.
static struct sigaction replaced;

static void passing_handler(int number, siginfo_t *info, void *context)
{
    second_calls++;
    replaced.sa_sigaction(number, info, context);
}

static void handler_set(void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
}

__attribute__((no_sanitize("address", "undefined"))) static void fault_outside(void)
{
    static _Alignas(PAGE) volatile int foreign[PAGE / sizeof(int)];
    mprotect((void *)foreign, PAGE, PROT_NONE);
    seen_address = NULL;
    if (sigsetjmp(recovery, 1) == 0) *foreign = 1;
    mprotect((void *)foreign, PAGE, PROT_READ | PROT_WRITE);
    assert_ptr_equal(seen_address, foreign);
}

// A fault that is no kernel's goes to the handler that was there before, also to one that came after ours.
static void test_foreign_faults(void **state)
{
    (void)state;
    handler_set(first_handler);
    expect_kernel_fault();
    fault_outside();
    assert_int_equal(first_calls, 1);
    handler_set(second_handler);
    expect_kernel_fault();
    fault_outside();
    assert_int_equal(first_calls, 1);
    assert_int_equal(second_calls, 1);
    handler_set(second_handler);
    fault_outside();
    assert_int_equal(second_calls, 2);
    signal(SIGSEGV, SIG_DFL);
}

// Ours, theirs, and ours again, which then must go on to the first.
static void test_circular_handlers(void **state)
{
    (void)state;
    struct sigaction passing = {.sa_sigaction = passing_handler, .sa_flags = SA_SIGINFO | SA_NODEFER};
    handler_set(first_handler);
    first_calls = second_calls = 0;
    expect_kernel_fault();
    sigaction(SIGSEGV, &passing, &replaced);
    expect_kernel_fault();
    for (int i = 1; i <= 3; i++) {
        fault_outside();
        assert_int_equal(first_calls, i);
        assert_int_equal(second_calls, i);
    }
    signal(SIGSEGV, SIG_DFL);
}

// Two handlers that tell each other's signal mask from their own.
static _Thread_local sigjmp_buf way_back;
static _Atomic(unsigned) torn;

static void masked_handler(int own, int other)
{
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    if (!sigismember(&mask, own) || sigismember(&mask, other)) torn++;
    siglongjmp(way_back, 1);
}

static void one_handler(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info, (void)context;
    masked_handler(SIGUSR1, SIGUSR2);
}

static void other_handler(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info, (void)context;
    masked_handler(SIGUSR2, SIGUSR1);
}

static void masked_handler_set(unsigned which)
{
    struct sigaction action = {.sa_sigaction = which ? other_handler : one_handler,
                               .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaddset(&action.sa_mask, which ? SIGUSR2 : SIGUSR1);
    sigaction(SIGSEGV, &action, NULL);
}

static void *take_over(void *end)
{
    for (unsigned i = 0; !*(atomic_bool *)end; i++) {
        masked_handler_set(i % 2);
        if (!fault_handlers_install()) abort();
    }
    return NULL;
}

// Faults go to a whole handler of those that were, while another thread adds to them.
static void test_handlers_change_meanwhile(void **state)
{
    (void)state;
    enum { FAULTS = 100000 };
    atomic_bool end = false;
    pthread_t thread;
    volatile int *nowhere = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    masked_handler_set(0);
    assert_int_equal(pthread_create(&thread, NULL, take_over, &end), 0);
    for (volatile int i = 0; i < FAULTS; i++)
        if (sigsetjmp(way_back, 1) == 0) *nowhere = 1;
    end = true;
    pthread_join(thread, NULL);
    signal(SIGSEGV, SIG_DFL);
    munmap((void *)nowhere, PAGE);
    assert_int_equal(torn, 0);
}

// --- Code ---

static void test_invalidation(void **state)
{
    (void)state;
    uint32_t *code = aligned_alloc(64, 64);
    struct fault fault;
    code[0] = code[1] = S_ENDPGM;
    assert_true(run(code, &fault));
    code[0] = S_TRAP_2;
    interpreter_invalidate_code();
    assert_false(run(code, &fault));
    assert_int_equal(fault.kind, FAULT_TRAP);
    assert_int_equal(fault.pc, (uint64_t)code);
    free(code);
    interpreter_invalidate_code();
}

enum { RUNS = 2000 };

static void *run_often(void *code)
{
    struct fault fault;
    bool finished = true;
    for (int i = 0; i < RUNS; i++) finished &= run(code, &fault);
    return finished ? code : NULL;
}

// Code is forgotten while others run it.
static void test_invalidation_while_running(void **state)
{
    (void)state;
    static uint32_t code[] = {0xbf800000, 0xbf800000, S_ENDPGM}; // s_nop 0
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, run_often, code);
    for (int i = 0; i < RUNS; i++) interpreter_invalidate_code();
    for (int i = 0; i < 3; i++) {
        void *finished;
        pthread_join(threads[i], &finished);
        assert_non_null(finished);
    }
}

// --- Dispatches that cannot be ---

static void test_invalid_dispatches(void **state)
{
    (void)state;
    static const uint32_t code[] = {S_ENDPGM};
    static const bool cancel;
    struct compute_unit *cu = compute_unit_create();
    struct fault fault;
    struct dispatch d = dispatch_of(code);
    assert_true(work_groups_run(cu, &d, 0, 1, &cancel, &fault));
    assert_false(work_groups_run(cu, &d, 1, 1, &cancel, &fault));
    assert_int_equal(fault.kind, FAULT_INVALID_DISPATCH);
    d.local[1] = 33;
    assert_false(work_groups_run(cu, &d, 0, 1, &cancel, &fault));
    assert_int_equal(fault.kind, FAULT_INVALID_DISPATCH);
    d.local[1] = 0;
    assert_false(work_groups_run(cu, &d, 0, 1, &cancel, &fault));
    d = dispatch_of(code);
    d.lds_bytes = 65537;
    assert_false(work_groups_run(cu, &d, 0, 1, &cancel, &fault));
    assert_int_equal(fault.kind, FAULT_INVALID_DISPATCH);
    d = dispatch_of(code);
    d.entry = 0x10;
    assert_false(work_groups_run(cu, &d, 0, 1, &cancel, &fault));
    assert_int_equal(fault.kind, FAULT_MEMORY);
    compute_unit_destroy(cu);
}

static void test_cancelled_before(void **state)
{
    (void)state;
    static const uint32_t code[] = {S_BRANCH_BACK};
    static const bool cancel = true;
    struct compute_unit *cu = compute_unit_create();
    struct fault fault;
    struct dispatch d = dispatch_of(code);
    assert_false(work_groups_run(cu, &d, 0, 1, &cancel, &fault));
    assert_int_equal(fault.kind, FAULT_NONE);
    compute_unit_destroy(cu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_foreign_faults),
        cmocka_unit_test(test_circular_handlers),
        cmocka_unit_test(test_handlers_change_meanwhile),
        cmocka_unit_test(test_invalidation),
        cmocka_unit_test(test_invalidation_while_running),
        cmocka_unit_test(test_invalid_dispatches),
        cmocka_unit_test(test_cancelled_before),
    };
    return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}
