#define _GNU_SOURCE // REG_ERR
#include "fault.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <ucontext.h>

enum { HANDLERS_MAX = 8 };

static const int signals[] = {SIGSEGV, SIGBUS};

// Who handled a signal before us. More than one: someone took it over after us, and we took it back; their
// handler may then call ours, so each round goes one further back.
struct chain {
    struct sigaction previous[HANDLERS_MAX];
    int count;
};

static struct chain chains[2];
static pthread_mutex_t chain_lock = PTHREAD_MUTEX_INITIALIZER;

// Initial-exec: a lazily allocated thread-local must not be touched first in a signal handler.
static _Thread_local struct fault_trap *armed __attribute__((tls_model("initial-exec")));
// The chained call in progress. A handler may leave it by a long jump, so what is kept here proves nothing by
// itself: a call from within the chain comes with the same context, from deeper in the stack.
static _Thread_local struct chained_call {
    const void *context, *frame;
    int depth;
} chained __attribute__((tls_model("initial-exec")));

void fault_arm(struct fault_trap *trap)
{
    trap->outer = armed;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    armed = trap;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

void fault_disarm(struct fault_trap *trap)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    armed = trap->outer;
}

// Does what the kernel would have done with `action` installed.
static void action_apply(const struct sigaction *action, int number, siginfo_t *info, void *context)
{
    bool plain = !(action->sa_flags & SA_SIGINFO);
    if (plain && (action->sa_handler == SIG_DFL || action->sa_handler == SIG_IGN)) {
        if (info->si_code <= 0 && action->sa_handler == SIG_IGN) return; // sent by a process, not a fault
        struct sigaction fallback = {.sa_handler = SIG_DFL};
        sigaction(number, &fallback, NULL);
        if (info->si_code <= 0) raise(number);
        return; // the faulting instruction runs again and ends the process
    }
    sigset_t blocked = action->sa_mask, saved;
    if (!(action->sa_flags & SA_NODEFER)) sigaddset(&blocked, number);
    pthread_sigmask(SIG_BLOCK, &blocked, &saved);
    if (plain)
        action->sa_handler(number);
    else
        action->sa_sigaction(number, info, context);
    pthread_sigmask(SIG_SETMASK, &saved, NULL);
}

static void chain_call(struct chain *chain, int number, siginfo_t *info, void *context)
{
    const void *frame = __builtin_frame_address(0);
    bool within = context == chained.context && (uintptr_t)frame < (uintptr_t)chained.frame;
    chained = (struct chained_call){context, frame, within ? chained.depth + 1 : 0};
    int position = chain->count - 1 - chained.depth;
    struct sigaction action = chain->previous[position < 0 ? 0 : position];
    action_apply(&action, number, info, context);
    chained = (struct chained_call){0};
}

enum { PAGE_FAULT_WRITE = 1 << 1 }; // x86 page fault error code

static void handle(int number, siginfo_t *info, void *context)
{
    struct fault_trap *trap = armed;
    if (!trap || info->si_code <= 0) {
        chain_call(&chains[number == SIGBUS], number, info, context);
        return;
    }
    const ucontext_t *machine = context;
    // A non-canonical address raises a general protection fault, which tells neither address nor direction.
    trap->address = (uint64_t)info->si_addr;
    trap->write = machine->uc_mcontext.gregs[REG_ERR] & PAGE_FAULT_WRITE;
    armed = trap->outer;
#if __has_feature(thread_sanitizer) // it blocks all signals while a handler runs, whatever the flags say
    pthread_sigmask(SIG_SETMASK, &machine->uc_sigmask, NULL);
#endif
    siglongjmp(trap->jump, 1);
}

static bool handler_install(struct chain *chain, int number)
{
    struct sigaction now;
    if (sigaction(number, NULL, &now) != 0) return false;
    if (now.sa_flags & SA_SIGINFO && now.sa_sigaction == handle) return true;
    if (chain->count == HANDLERS_MAX) { // keep the oldest, which is the process's own
        memmove(&chain->previous[1], &chain->previous[2], (HANDLERS_MAX - 2) * sizeof now);
        chain->count--;
    }
    chain->previous[chain->count++] = now;
    struct sigaction ours = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&ours.sa_mask);
    return sigaction(number, &ours, NULL) == 0;
}

static bool handler_present(int number)
{
    struct sigaction now;
    return sigaction(number, NULL, &now) == 0 && now.sa_flags & SA_SIGINFO && now.sa_sigaction == handle;
}

static _Thread_local bool trusted;

void fault_handlers_trust(bool trust) { trusted = trust; }

bool fault_handlers_install(void)
{
    if (trusted) return true;
    if (handler_present(SIGSEGV) && handler_present(SIGBUS)) return true;
    bool installed = true;
    pthread_mutex_lock(&chain_lock);
    for (int i = 0; i < 2; i++) installed &= handler_install(&chains[i], signals[i]);
    pthread_mutex_unlock(&chain_lock);
    return installed;
}

__attribute__((no_sanitize("address", "thread", "null", "pointer-overflow"))) static uint32_t
word_read(uint64_t address)
{
    return *(const volatile uint32_t *)address;
}

size_t guarded_read(void *to, uint64_t address, size_t size)
{
    struct fault_trap trap;
    volatile size_t done = 0;
    if (sigsetjmp(trap.jump, 0)) return done;
    fault_arm(&trap);
    for (; done < size; done += sizeof(uint32_t)) {
        uint32_t word = word_read(address + done);
        memcpy((char *)to + done, &word, sizeof word);
    }
    fault_disarm(&trap);
    return done;
}

size_t guarded_read_anywhere(void *to, uint64_t address, size_t size)
{
    return fault_handlers_install() ? guarded_read(to, address, size) : 0;
}
