#define _GNU_SOURCE // REG_ERR
#include "fault.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

enum { HANDLERS_MAX = 8 };

static const int signals[] = {SIGSEGV, SIGBUS};

// Who handled a signal before us. More than one: someone took it over after us, and we took it back; their
// handler may then call ours, so each round goes one further back. What is published never changes, since a
// handler may be reading it at any time.
struct chain {
    struct sigaction previous[HANDLERS_MAX];
    int count;
    struct chain *next; // among those no longer published, under chain_lock
};

static _Atomic(struct chain *) chains[2]; // set before our handler is; changed under chain_lock
static _Atomic(unsigned) chain_readers;   // handlers between finding a chain and copying from it
static struct chain *chains_retired;
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

// What was there `depth` take-overs before the last one.
static struct sigaction chain_action(int index, int depth)
{
    chain_readers++;
    const struct chain *chain = chains[index];
    int position = chain->count - 1 - depth;
    struct sigaction action = chain->previous[position < 0 ? 0 : position];
    chain_readers--;
    return action;
}

static void chain_call(int index, int number, siginfo_t *info, void *context)
{
    const void *frame = __builtin_frame_address(0);
    bool within = context == chained.context && (uintptr_t)frame < (uintptr_t)chained.frame;
    chained = (struct chained_call){context, frame, within ? chained.depth + 1 : 0};
    struct sigaction action = chain_action(index, chained.depth);
    action_apply(&action, number, info, context);
    chained = (struct chained_call){0};
}

enum { PAGE_FAULT_WRITE = 1 << 1 }; // x86 page fault error code

static void handle(int number, siginfo_t *info, void *context)
{
    struct fault_trap *trap = armed;
    if (!trap || info->si_code <= 0) {
        chain_call(number == SIGBUS, number, info, context);
        return;
    }
    const ucontext_t *machine = context;
    // A non-canonical address raises a general protection fault, which tells neither address nor direction.
    trap->told = info->si_code != SI_KERNEL;
    trap->address = (uint64_t)info->si_addr;
    trap->write = machine->uc_mcontext.gregs[REG_ERR] & PAGE_FAULT_WRITE;
    armed = trap->outer;
#if __has_feature(thread_sanitizer) // it blocks all signals while a handler runs, whatever the flags say
    pthread_sigmask(SIG_SETMASK, &machine->uc_sigmask, NULL);
#endif
    siglongjmp(trap->jump, 1);
}

// The chain with one more at its end. NULL: no memory.
static struct chain *chain_extend(const struct chain *chain, const struct sigaction *action)
{
    struct chain *extended = malloc(sizeof *extended);
    if (!extended) return NULL;
    *extended = chain ? *chain : (struct chain){0};
    extended->next = NULL;
    if (extended->count == HANDLERS_MAX) { // keep the oldest, which is the process's own
        memmove(&extended->previous[1], &extended->previous[2], (HANDLERS_MAX - 2) * sizeof *action);
        extended->count--;
    }
    extended->previous[extended->count++] = *action;
    return extended;
}

// Whether the chain ends with this handler already: taking it over once more adds nothing.
static bool chain_ends_with(const struct chain *chain, const struct sigaction *action)
{
    const struct sigaction *last = chain ? &chain->previous[chain->count - 1] : NULL;
    return last && last->sa_sigaction == action->sa_sigaction && last->sa_flags == action->sa_flags &&
           !memcmp(&last->sa_mask, &action->sa_mask, sizeof last->sa_mask);
}

// Who finds no reader now knows that there is none of what was published before.
static void chain_publish(int index, struct chain *chain)
{
    struct chain *old = atomic_exchange(&chains[index], chain);
    if (old) old->next = chains_retired, chains_retired = old;
    if (chain_readers) return;
    for (struct chain *retired = chains_retired, *next; retired; retired = next) {
        next = retired->next;
        free(retired);
    }
    chains_retired = NULL;
}

static bool handler_install(int index)
{
    int number = signals[index];
    struct sigaction now;
    if (sigaction(number, NULL, &now) != 0) return false;
    if (now.sa_flags & SA_SIGINFO && now.sa_sigaction == handle) return true;
    if (!chain_ends_with(chains[index], &now)) {
        struct chain *extended = chain_extend(chains[index], &now);
        if (!extended) return false;
        chain_publish(index, extended);
    }
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
    for (int i = 0; i < 2; i++) installed &= handler_install(i);
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
