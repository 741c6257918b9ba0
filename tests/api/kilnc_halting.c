// A kilnc that passes on what the real one says. Where a build's options define HALTS or DIES it stops doing
// so, or ends, once the kernel k0 has been passed on: what comes of the rest is then no matter of time. Where
// they define KEEPS it passes on no part's code.
#define _GNU_SOURCE
#include "compiler/protocol.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const size_t payload_most = (size_t)64 << 20;

struct message {
    struct message_header header;
    char *payload;
    size_t size;
};

static void all_read(int from, void *data, size_t size)
{
    for (ssize_t got; size; size -= (size_t)got, data = (char *)data + got)
        if ((got = read(from, data, size)) <= 0) _exit(0); // the other side has gone
}

static void all_write(int to, const void *data, size_t size)
{
    for (ssize_t put; size; size -= (size_t)put, data = (const char *)data + put)
        if ((put = write(to, data, size)) <= 0) _exit(0);
}

static struct message message_read(int from)
{
    struct message message;
    all_read(from, &message.header, sizeof message.header);
    int64_t size = header_check(&message.header, (enum message_kind)message.header.kind);
    if (size < 0 || (size_t)size > payload_most || !(message.payload = malloc((size_t)size + 1))) _exit(1);
    message.size = (size_t)size;
    all_read(from, message.payload, message.size);
    return message;
}

static void message_write(int to, const struct message *message)
{
    all_write(to, &message->header, sizeof message->header);
    all_write(to, message->payload, message->size);
}

static bool says(const struct message *message, const char *word)
{
    return memmem(message->payload, message->size, word, strlen(word));
}

// NULL: of any kernel.
static bool has_code(const struct message *message, const char *kernel)
{
    struct compiler_part part;
    if (message->header.kind != MESSAGE_PART) return false;
    if (part_decode(message->payload, message->size, &part)) _exit(1);
    bool found = part.code_size && !kernel;
    for (size_t i = 0; i < part.kernel_count && part.code_size && kernel; i++)
        found |= !strcmp(part.kernels[i], kernel);
    compiler_part_free(&part);
    return found;
}

static _Noreturn void halt(void)
{
    char ignored[4096];
    while (true) all_read(STDIN_FILENO, ignored, 1);
}

static void pass(int to_real, int from_real)
{
    static bool halts, dies, keeps;
    struct pollfd polled[] = {{STDIN_FILENO, POLLIN, 0}, {from_real, POLLIN, 0}};
    if (poll(polled, 2, -1) < 0) _exit(1);
    bool from_driver = polled[0].revents;
    struct message message = message_read(from_driver ? STDIN_FILENO : from_real);
    if (from_driver || !keeps || !has_code(&message, NULL))
        message_write(from_driver ? to_real : STDOUT_FILENO, &message);
    if (message.header.kind == MESSAGE_REQUEST) {
        halts = says(&message, "-DHALTS");
        dies = says(&message, "-DDIES");
        keeps = says(&message, "-DKEEPS");
    } else if (!from_driver && (halts || dies) && has_code(&message, "k0")) {
        if (dies) _exit(1);
        halt();
    }
    free(message.payload);
}

int main(int count, char **arguments)
{
    (void)count;
    int in[2], out[2];
    pid_t real;
    posix_spawn_file_actions_t actions;
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC)) return 1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    if (posix_spawn(&real, KILN_TEST_KILNC, &actions, NULL, arguments, environ)) return 1;
    close(in[0]);
    close(out[1]);
    while (true) pass(in[1], out[0]);
}
