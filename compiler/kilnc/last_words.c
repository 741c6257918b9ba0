#define _GNU_SOURCE
#include "last_words.h"

#include "compiler/protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EXIT_LAST_WORDS = 4 };

// The ways to die, and what is said then.
static const struct death {
    int signal;
    const char *text;
} deaths[] = {
    {SIGSEGV, "the compiler crashed with a segmentation fault (signal 11)"},
    {SIGBUS, "the compiler crashed with a bus error (signal 7)"},
    {SIGILL, "the compiler crashed at an illegal instruction (signal 4)"},
    {SIGFPE, "the compiler crashed with an arithmetic error (signal 8)"},
    {SIGABRT, "the compiler aborted (signal 6)"},
    {SIGTERM, "the compiler was told to end (signal 15)"},
    {SIGXCPU, "the compiler did not finish within %ld s of processor time (KILN_COMPILE_SECONDS)"},
    {0, "the compiler ran out of memory (KILN_COMPILE_MEMORY_MB)"},
};
// The sanitizer handles crashes itself, and says more of them.
enum { SANITIZER_LEAVES = 5 };
enum { DEATHS = sizeof deaths / sizeof *deaths, DEATH_OF_MEMORY = DEATHS - 1 };

static struct buffer words[DEATHS];
static int descriptor;
static volatile sig_atomic_t held;

// Safe in a signal handler. The socket takes this much at once, or the driver is not listening.
static _Noreturn void die(int death)
{
    if (!held) {
        ssize_t ignored = send(descriptor, words[death].data, words[death].size, MSG_NOSIGNAL | MSG_DONTWAIT);
        (void)ignored;
    }
    _exit(EXIT_LAST_WORDS);
}

static void signal_receive(int number)
{
    int death = 0;
    while (deaths[death].signal && deaths[death].signal != number) death++;
    die(death);
}

// Something happened at the driver's end: a request, or the end.
static void hangup_receive(int number)
{
    (void)number;
    int saved = errno;
    struct pollfd channel = {descriptor, POLLRDHUP, 0};
    if (poll(&channel, 1, 0) == 1) _exit(0);
    errno = saved;
}

static void words_write(long seconds)
{
    for (int i = 0; i < DEATHS; i++) {
        struct buffer log = {0};
        buffer_printf(&log, deaths[i].text, seconds);
        buffer_append_string(&log, "\n");
        struct compiler_result result = {.status = COMPILER_CRASHED, .log = log.data};
        answer_encode(&result, &words[i]);
        answer_mark_last(&words[i]);
        buffer_clear(&log);
    }
}

void last_words_of_thread(void)
{
    if (__has_feature(address_sanitizer)) return; // it gives each thread one, and frees what it finds there
    static _Thread_local _Alignas(16) char stack[64 * 1024];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
}

void last_words_prepare(int answer_fd, long seconds)
{
    last_words_of_thread();
    descriptor = answer_fd;
    words_write(seconds);
    for (int i = __has_feature(address_sanitizer) ? SANITIZER_LEAVES : 0; i < DEATH_OF_MEMORY; i++)
        sigaction(deaths[i].signal,
                  &(struct sigaction){.sa_handler = signal_receive, .sa_flags = SA_ONSTACK | SA_RESETHAND},
                  NULL);
    sigaction(SIGIO, &(struct sigaction){.sa_handler = hangup_receive, .sa_flags = SA_ONSTACK | SA_RESTART},
              NULL);
    fcntl(answer_fd, F_SETOWN, getpid());
    fcntl(answer_fd, F_SETFL, fcntl(answer_fd, F_GETFL) | O_ASYNC);
    hangup_receive(SIGIO); // for an application that has ended meanwhile
}

void last_words_hold(void) { held = 1; }
void last_words_allow(void) { held = 0; }
void last_words_no_memory(void) { die(DEATH_OF_MEMORY); }
