#define _GNU_SOURCE
#include "doorbell.h"

#include "base/log.h"
#include "base/thread.h"
#include "futex.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    DOORBELLS = 1024,
    SPACING = 8192, // the kernel driver's doorbell pages, so that a doorbell's address looks familiar to ROCr
    PAGE = 4096,
};

// Without announcements or trap: how often to look. The naps lengthen to what costs less than 1 % of a core.
static const uint64_t nap_shortest = 50 * 1000, nap_longest = 5 * 1000 * 1000; // nanoseconds

static struct doorbell doorbells[DOORBELLS];
static uint8_t *words; // DOORBELLS * SPACING bytes, mapped once for the life of the process
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int trap = -1;     // the userfaultfd
static int trap_end = -1; // eventfd: the trap's thread is to end
static pthread_t trap_thread;

static bool page_protect(struct doorbell *doorbell, bool protect)
{
    struct uffdio_writeprotect range = {.range = {(uint64_t)doorbell->word, PAGE},
                                        .mode = protect ? UFFDIO_WRITEPROTECT_MODE_WP : 0};
    return ioctl(trap, UFFDIO_WRITEPROTECT, &range) == 0; // removing it wakes who waits for that
}

void doorbell_wake(struct doorbell *doorbell)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (!__atomic_load_n(&doorbell->asleep, __ATOMIC_RELAXED)) return;
    if (__atomic_exchange_n(&doorbell->asleep, 0, __ATOMIC_SEQ_CST)) futex_wake(&doorbell->asleep, 1);
}

static void disarm(struct doorbell *doorbell)
{
    if (__atomic_exchange_n(&doorbell->armed, false, __ATOMIC_SEQ_CST)) page_protect(doorbell, false);
}

// Returns whether a store will be noticed.
static bool arm(struct doorbell *doorbell)
{
    if (__atomic_load_n(&doorbell->announced, __ATOMIC_ACQUIRE)) return true;
    if (trap < 0) return false;
    __atomic_store_n(&doorbell->armed, true, __ATOMIC_SEQ_CST);
    if (page_protect(doorbell, true)) return true;
    __atomic_store_n(&doorbell->armed, false, __ATOMIC_SEQ_CST);
    return false;
}

void doorbell_sleep(struct doorbell *doorbell, bool (*nothing_to_do)(const struct queue *))
{
    __atomic_store_n(&doorbell->asleep, 1, __ATOMIC_SEQ_CST);
    bool noticed = arm(doorbell);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (nothing_to_do(doorbell->owner)) {
        if (noticed) {
            futex_wait(&doorbell->asleep, 1, 0);
        } else {
            uint64_t nap = nap_shortest << (doorbell->naps / 16 < 10 ? doorbell->naps / 16 : 10);
            futex_wait(&doorbell->asleep, 1, nap < nap_longest ? nap : nap_longest);
        }
    }
    doorbell->naps = nothing_to_do(doorbell->owner) ? doorbell->naps + 1 : 0;
    __atomic_store_n(&doorbell->asleep, 0, __ATOMIC_SEQ_CST);
    disarm(doorbell);
}

struct doorbell *doorbell_find(const volatile void *address)
{
    uint64_t offset = (uint64_t)address - (uint64_t)words;
    if (!words || offset >= (uint64_t)DOORBELLS * SPACING) return NULL;
    return &doorbells[offset / SPACING];
}

static void trap_serve(const struct uffd_msg *message)
{
    if (message->event != UFFD_EVENT_PAGEFAULT) return;
    struct doorbell *doorbell = doorbell_find((void *)message->arg.pagefault.address);
    if (!doorbell) return;
    // Always: the owner may have just disarmed it, and the store still waits.
    pthread_mutex_lock(&lock);
    __atomic_store_n(&doorbell->armed, false, __ATOMIC_SEQ_CST);
    page_protect(doorbell, false);
    doorbell_wake(doorbell);
    pthread_mutex_unlock(&lock);
}

static void *trap_run(void *unused)
{
    (void)unused;
    struct pollfd sources[] = {{.fd = trap, .events = POLLIN}, {.fd = trap_end, .events = POLLIN}};
    for (;;) {
        if (poll(sources, 2, -1) < 0) continue;
        if (sources[1].revents) return NULL;
        struct uffd_msg messages[8];
        ssize_t size = read(trap, messages, sizeof messages);
        for (ssize_t i = 0; i < size / (ssize_t)sizeof *messages; i++) trap_serve(&messages[i]);
    }
}

// Sets up userfaultfd for the doorbells' pages. Where that is refused, `trap` stays -1.
static void trap_open(void)
{
    int file = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);
    struct uffdio_api api = {.api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP};
    struct uffdio_register range = {.range = {(uint64_t)words, (uint64_t)DOORBELLS * SPACING},
                                    .mode = UFFDIO_REGISTER_MODE_WP};
    int end = eventfd(0, EFD_CLOEXEC);
    if (file >= 0 && end >= 0 && ioctl(file, UFFDIO_API, &api) == 0 &&
        ioctl(file, UFFDIO_REGISTER, &range) == 0) {
        trap = file;
        trap_end = end;
        if (thread_start(&trap_thread, "kiln-bell", trap_run, NULL)) return;
        trap = trap_end = -1;
    }
    log_info("no userfaultfd (%m): doorbells nobody announces are polled");
    if (file >= 0) close(file);
    if (end >= 0) close(end);
}

bool doorbells_start(void)
{
    if (!words) {
        void *mapped = mmap(NULL, (size_t)DOORBELLS * SPACING + SPACING, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (mapped == MAP_FAILED) return false;
        words = (uint8_t *)(((uint64_t)mapped + SPACING - 1) & ~(uint64_t)(SPACING - 1));
        for (size_t i = 0; i < DOORBELLS; i++) doorbells[i].word = (volatile uint64_t *)(words + i * SPACING);
    }
    trap_open();
    return true;
}

void doorbells_stop(void)
{
    if (trap < 0) return;
    eventfd_write(trap_end, 1);
    pthread_join(trap_thread, NULL);
    close(trap);
    close(trap_end);
    trap = trap_end = -1;
}

// The parent's userfaultfd serves the parent's memory only.
void doorbells_reset_after_fork(void)
{
    pthread_mutex_init(&lock, NULL);
    if (trap >= 0) close(trap);
    if (trap_end >= 0) close(trap_end);
    trap = trap_end = -1;
    for (size_t i = 0; i < DOORBELLS; i++) {
        doorbells[i].used = doorbells[i].turn = false;
        doorbells[i].guests = 0;
    }
}

struct doorbell *doorbell_claim(const struct queue *owner)
{
    struct doorbell *found = NULL;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < DOORBELLS && !found; i++)
        if (!doorbells[i].used) found = &doorbells[i];
    if (found) {
        found->owner = owner;
        found->naps = 0;
        __atomic_store_n(&found->asleep, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&found->announced, false, __ATOMIC_RELAXED);
        __atomic_store_n(&found->armed, false, __ATOMIC_RELAXED);  // the trap may still serve the last owner
        __atomic_store_n(&found->closed, false, __ATOMIC_RELEASE); // a guest that sees this sees the owner
        __atomic_store_n(&found->used, true, __ATOMIC_RELEASE);
        *found->word = 0; // the page is there from now on, as write protection needs
    }
    pthread_mutex_unlock(&lock);
    return found;
}

void doorbell_release(struct doorbell *doorbell)
{
    if (trap >= 0) page_protect(doorbell, false); // even if not armed: the trap may have been quicker
    pthread_mutex_lock(&lock);
    __atomic_store_n(&doorbell->used, false, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&lock);
}
