#define _GNU_SOURCE
#include "worker.h"

#include "base/config.h"
#include "compiler/protocol.h"
#include "environment.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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

int worker_start(struct worker *worker, const char *kilnc)
{
    const struct config *config = config_get();
    char memory[16], seconds[16], threads[16];
    char *arguments[] = {"kilnc", "--worker",  "--memory", memory, "--seconds",
                         seconds, "--threads", threads,    NULL};
    struct endpoints ends;
    int error = endpoints_open(&ends);
    if (error) return error;
    snprintf(memory, sizeof memory, "%u", config->compile_memory);
    snprintf(seconds, sizeof seconds, "%u", config->compile_seconds);
    snprintf(threads, sizeof threads, "%u", config->compile_threads);
    char **environment = environment_of_worker();
    error = environment ? process_launch(kilnc, arguments, environment,
                                         (int[]){ends.channel[1], ends.channel[1], ends.messages[1]})
                        : ENOMEM;
    free(environment);
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

bool worker_waits(const struct worker *worker)
{
    struct pollfd channel = {worker->channel, POLLIN, 0};
    return poll(&channel, 1, 0) == 0; // it says nothing unasked, so what there is would be the end
}

// --- talking ---

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

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
    enum message_kind kind = exchange->header.kind == MESSAGE_PART ? MESSAGE_PART : MESSAGE_ANSWER;
    exchange->payload_size = header_check(&exchange->header, kind);
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

// --- how it ends ---

void exchange_messages(struct worker *worker, struct exchange *exchange, struct buffer *reason)
{
    if (worker->messages >= 0) messages_drain(worker->messages, &exchange->messages);
    if (exchange->messages.size) buffer_append(reason, exchange->messages.data, exchange->messages.size);
}

static void failure_describe(struct worker *worker, enum step step, struct exchange *exchange,
                             struct buffer *reason)
{
    if (step == STEP_MORE)
        buffer_printf(reason, "the compiler did not finish within %d s (KILN_COMPILE_SECONDS)\n",
                      exchange->seconds);
    else if (step == STEP_GARBAGE)
        buffer_printf(reason, "kilnc gave an answer that is not this driver's protocol\n");
    else if (step == STEP_NO_MEMORY)
        buffer_printf(reason, "out of memory receiving the compiler's answer\n");
    else if (step == STEP_CLOSED)
        buffer_printf(reason, "the compiler process ended or was killed, and gave no answer\n");
    exchange_messages(worker, exchange, reason);
}

void exchange_begin(struct exchange *exchange, const struct buffer *request, int seconds)
{
    *exchange = (struct exchange){
        .out = request->data,
        .out_left = request->size,
        .seconds = seconds,
        .deadline = now_ms() + (int64_t)seconds * 1000,
    };
}

enum worker_outcome worker_exchange(struct worker *worker, struct exchange *exchange, struct buffer *reason)
{
    enum step step = STEP_MORE;
    exchange->header_got = 0;
    exchange->payload.size = 0;
    while (step == STEP_MORE) {
        int64_t left = exchange->seconds ? exchange->deadline - now_ms() : 3600 * 1000;
        if (left <= 0) break;
        step = exchange_step(worker, exchange, (int)left);
    }
    if (step != STEP_DONE) {
        failure_describe(worker, step, exchange, reason);
        return step == STEP_NO_MEMORY ? WORKER_NO_MEMORY : WORKER_FAILED;
    }
    if (exchange->header.kind == MESSAGE_PART) return WORKER_PART;
    return exchange->header.last ? WORKER_SPENT : WORKER_ANSWERED;
}

void exchange_end(struct exchange *exchange)
{
    buffer_clear(&exchange->payload);
    buffer_clear(&exchange->messages);
}

void worker_tell(const struct worker *worker, const struct buffer *message)
{
    ssize_t ignored = send(worker->channel, message->data, message->size, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)ignored;
}

void worker_interrupt(const struct worker *worker) { shutdown(worker->channel, SHUT_RDWR); }

void worker_stop(struct worker *worker)
{
    close(worker->channel);
    if (worker->messages >= 0) close(worker->messages);
    worker->channel = worker->messages = -1;
}
