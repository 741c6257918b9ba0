// A kilnc that knows the translation of one kernel, and behaves as KILN_TEST_KILNC says. Each request adds a
// line to the file KILN_TEST_LOG.
#include "compiler/evidence.h"
#include "compiler/protocol.h"
#include "compiler/translate_task.h"
#include "multiply.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool all_read(void *data, size_t size)
{
    for (ssize_t got; size; size -= (size_t)got, data = (char *)data + got)
        if ((got = read(STDIN_FILENO, data, size)) <= 0) return false;
    return true;
}

static void all_write(const void *data, size_t size)
{
    for (ssize_t put; size; size -= (size_t)put, data = (const char *)data + put)
        if ((put = write(STDOUT_FILENO, data, size)) <= 0) exit(0);
}

static bool behaves(const char *how)
{
    const char *wanted = getenv("KILN_TEST_KILNC");
    return wanted && !strcmp(wanted, how);
}

// Anything else than the translation of that kernel would be asked for in vain.
static void request_check(const void *payload, size_t size)
{
    struct request request;
    struct translate_task task;
    if (request_decode(payload, size, &request) || request.kind != TASK_TRANSLATE ||
        translate_task_decode(request.payload.data, request.payload.size, &task) || task.wave64 ||
        task.code_size != sizeof multiply || memcmp(task.code, multiply, sizeof multiply) != 0 ||
        task.entry || task.mode != FLOAT_MODE)
        abort();
}

// The file that a variable names.
static FILE *file_open(const char *variable, const char *mode)
{
    const char *name = getenv(variable);
    return name ? fopen(name, mode) : NULL;
}

static void request_note(void)
{
    FILE *file = file_open("KILN_TEST_LOG", "a");
    if (!file) abort();
    fprintf(file, "asked\n");
    fclose(file);
}

static char self[4096]; // this program's path

static void answer(void)
{
    static char object[1 << 16];
    struct evidence evidence = {0};
    struct buffer encoded = {0}, message = {0};
    FILE *file = file_open("KILN_TEST_OBJECT", "rb");
    size_t size = file ? fread(object, 1, sizeof object, file) : 0;
    evidence_add_identity(&evidence, self);
    evidence_encode(&evidence, &encoded);
    struct compiler_result result = {
        .status = behaves("refuse") ? COMPILER_FAILED : COMPILER_OK,
        .log = "as the test wants it\nand more\n",
        .binary = object,
        .binary_size = behaves("half") ? size / 2 : size,
        .evidence = encoded.data,
        .evidence_size = encoded.size,
    };
    answer_encode(&result, &message);
    all_write(message.data, message.size);
    if (file) fclose(file);
    evidence_clear(&evidence);
    buffer_clear(&encoded);
    buffer_clear(&message);
}

int main(void)
{
    struct message_header header;
    static char payload[1 << 16];
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0) abort();
    while (all_read(&header, sizeof header)) {
        int64_t size = header_check(&header, MESSAGE_REQUEST);
        if (size < 0 || size > (int64_t)sizeof payload || !all_read(payload, (size_t)size)) abort();
        request_note();
        request_check(payload, (size_t)size);
        if (behaves("die")) raise(SIGKILL);
        if (behaves("hang")) pause();
        if (behaves("nonsense")) all_write("I would prefer not to, thank you very much.", 43);
        answer();
    }
    return 0;
}
