#define _GNU_SOURCE
#include "worker.h"

#include "base/config.h"
#include "compiler/protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// --- starting ---

// Moves a descriptor out of the way of 0, 1 and 2, which an application may have closed.
static int descriptor_raise(int fd)
{
    if (fd < 0 || fd > STDERR_FILENO) return fd;
    int raised = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(fd);
    return raised;
}

struct endpoints {
    int channel[2], messages[2]; // [0] stays with us, [1] is the worker's
};

static void endpoints_close(struct endpoints *ends)
{
    for (int i = 0; i < 2; i++) {
        if (ends->channel[i] >= 0) close(ends->channel[i]);
        if (ends->messages[i] >= 0) close(ends->messages[i]);
    }
}

static int endpoints_open(struct endpoints *ends)
{
    *ends = (struct endpoints){{-1, -1}, {-1, -1}};
    int failed = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends->channel);
    if (!failed) failed = pipe2(ends->messages, O_CLOEXEC);
    for (int i = 0; i < 2 && !failed; i++) {
        ends->channel[i] = descriptor_raise(ends->channel[i]);
        ends->messages[i] = descriptor_raise(ends->messages[i]);
        failed = ends->channel[i] < 0 || ends->messages[i] < 0;
    }
    if (!failed) failed = fcntl(ends->messages[0], F_SETFL, O_NONBLOCK);
    if (!failed) return 0;
    int error = errno;
    endpoints_close(ends);
    return error;
}

// The worker begins with default signals and with none of the application's descriptors.
static int spawn(pid_t *pid, const char *kilnc, const struct endpoints *ends)
{
    const struct config *config = config_get();
    char *arguments[] = {"kilnc",     "--worker",
                         "--memory",  (char *)config->compile_memory,
                         "--seconds", (char *)config->compile_seconds,
                         NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);

    int error = posix_spawn_file_actions_init(&files);
    if (error) return error;
    error = posix_spawnattr_init(&attributes);
    if (!error) {
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        error = posix_spawn_file_actions_adddup2(&files, ends->channel[1], STDIN_FILENO);
        if (!error) error = posix_spawn_file_actions_adddup2(&files, ends->channel[1], STDOUT_FILENO);
        if (!error) error = posix_spawn_file_actions_adddup2(&files, ends->messages[1], STDERR_FILENO);
        if (!error) error = posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
        if (!error) error = posix_spawn(pid, kilnc, &files, &attributes, arguments, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&files);
    return error;
}

int worker_start(struct worker *worker, const char *kilnc)
{
    struct endpoints ends;
    int error = endpoints_open(&ends);
    if (error) return error;
    error = spawn(&worker->pid, kilnc, &ends);
    if (error) {
        endpoints_close(&ends);
        return error;
    }
    close(ends.channel[1]);
    close(ends.messages[1]);
    worker->channel = ends.channel[0];
    worker->messages = ends.messages[0];
    return 0;
}

// --- talking ---

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// One request under way.
struct exchange {
    const char *out;
    size_t out_left;
    struct message_header header;
    size_t header_got;
    int64_t payload_size; // known once the header is complete; -1: no such message
    struct buffer payload, messages;
};

static const size_t messages_limit = 64 * 1024; // of a worker's standard error, kept for the log

static void messages_drain(int fd, struct buffer *messages)
{
    char chunk[4096];
    ssize_t got;
    while ((got = read(fd, chunk, sizeof chunk)) > 0) {
        if (messages->size < messages_limit) buffer_append(messages, chunk, (size_t)got);
    }
}

enum step { STEP_MORE, STEP_DONE, STEP_CLOSED, STEP_GARBAGE, STEP_NO_MEMORY };

static bool transient(void) { return errno == EINTR || errno == EAGAIN; }

static enum step request_send(int fd, struct exchange *exchange)
{
    ssize_t sent = send(fd, exchange->out, exchange->out_left, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return transient() ? STEP_MORE : STEP_CLOSED;
    exchange->out += sent;
    exchange->out_left -= (size_t)sent;
    return STEP_MORE;
}

static enum step header_receive(int fd, struct exchange *exchange)
{
    char *end = (char *)&exchange->header + exchange->header_got;
    ssize_t got = recv(fd, end, sizeof exchange->header - exchange->header_got, MSG_DONTWAIT);
    if (got < 0) return transient() ? STEP_MORE : STEP_CLOSED;
    if (got == 0) return STEP_CLOSED;
    exchange->header_got += (size_t)got;
    if (exchange->header_got < sizeof exchange->header) return STEP_MORE;
    exchange->payload_size = header_check(&exchange->header, MESSAGE_ANSWER);
    if (exchange->payload_size < 0) return STEP_GARBAGE;
    return exchange->payload_size ? STEP_MORE : STEP_DONE;
}

// Memory is taken as bytes arrive, not as the header promises.
static enum step payload_receive(int fd, struct exchange *exchange)
{
    size_t left = (size_t)exchange->payload_size - exchange->payload.size;
    size_t chunk = left < 65536 ? left : 65536;
    void *end = buffer_reserve(&exchange->payload, chunk);
    if (!end) return STEP_NO_MEMORY;
    ssize_t got = recv(fd, end, chunk, MSG_DONTWAIT);
    if (got < 0) return transient() ? STEP_MORE : STEP_CLOSED;
    if (got == 0) return STEP_CLOSED;
    exchange->payload.size += (size_t)got;
    return exchange->payload.size == (size_t)exchange->payload_size ? STEP_DONE : STEP_MORE;
}

static enum step exchange_step(struct worker *worker, struct exchange *exchange, int timeout_ms)
{
    short wanted = exchange->out_left ? POLLIN | POLLOUT : POLLIN;
    struct pollfd polled[2] = {{worker->channel, wanted, 0}, {worker->messages, POLLIN, 0}};
    int ready = poll(polled, worker->messages >= 0 ? 2 : 1, timeout_ms);
    if (ready <= 0) return STEP_MORE;
    if (polled[1].revents) {
        messages_drain(worker->messages, &exchange->messages);
        if (polled[1].revents & POLLHUP) {
            close(worker->messages);
            worker->messages = -1;
        }
    }
    if (polled[0].revents & (POLLIN | POLLHUP | POLLERR)) {
        bool in_header = exchange->header_got < sizeof exchange->header;
        return in_header ? header_receive(worker->channel, exchange)
                         : payload_receive(worker->channel, exchange);
    }
    return polled[0].revents & POLLOUT ? request_send(worker->channel, exchange) : STEP_MORE;
}

// --- when it goes wrong ---

static void death_describe(struct worker *worker, struct buffer *reason)
{
    int status;
    pid_t waited;
    do waited = waitpid(worker->pid, &status, 0);
    while (waited < 0 && errno == EINTR);
    worker->pid = -1;
    if (waited < 0) // the application ignores SIGCHLD, or has reaped our child itself
        buffer_printf(reason, "the compiler process ended without an answer\n");
    else if (WIFSIGNALED(status))
        buffer_printf(reason, "the compiler process was ended by signal %d (%s)\n", WTERMSIG(status),
                      strsignal(WTERMSIG(status)));
    else
        buffer_printf(reason, "the compiler process exited with status %d and gave no answer\n",
                      WEXITSTATUS(status));
}

static void failure_describe(struct worker *worker, enum step step, int seconds, struct exchange *exchange,
                             struct buffer *reason)
{
    if (step == STEP_MORE)
        buffer_printf(reason, "the compiler did not finish within %d s (KILN_COMPILE_SECONDS)\n", seconds);
    else if (step == STEP_GARBAGE)
        buffer_printf(reason, "kilnc gave an answer that is not this driver's protocol\n");
    else if (step == STEP_NO_MEMORY)
        buffer_printf(reason, "out of memory receiving the compiler's answer\n");
    else
        death_describe(worker, reason);
    if (worker->messages >= 0) messages_drain(worker->messages, &exchange->messages);
    if (exchange->messages.size) buffer_append(reason, exchange->messages.data, exchange->messages.size);
}

bool worker_exchange(struct worker *worker, const struct buffer *request, int seconds,
                     struct compiler_result *result, struct buffer *reason)
{
    struct exchange exchange = {.out = request->data, .out_left = request->size};
    int64_t deadline = now_ms() + (int64_t)seconds * 1000;
    enum step step = STEP_MORE;
    while (step == STEP_MORE) {
        int64_t left = seconds ? deadline - now_ms() : 3600 * 1000;
        if (left <= 0) break;
        step = exchange_step(worker, &exchange, (int)left);
    }
    if (step == STEP_DONE) {
        int decoded = answer_decode(exchange.payload.data, exchange.payload.size, result);
        if (decoded) step = decoded == -1 ? STEP_GARBAGE : STEP_NO_MEMORY;
    }
    if (step != STEP_DONE) failure_describe(worker, step, seconds, &exchange, reason);
    buffer_clear(&exchange.payload);
    buffer_clear(&exchange.messages);
    return step == STEP_DONE;
}

void worker_stop(struct worker *worker)
{
    siginfo_t info;
    close(worker->channel);
    if (worker->messages >= 0) close(worker->messages);
    // The number may be another process's by now if the application reaps its children with wait: look before
    // killing.
    if (worker->pid > 0 && waitid(P_PID, (id_t)worker->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0) {
        kill(worker->pid, SIGKILL);
        while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    *worker = (struct worker){-1, -1, -1};
}
