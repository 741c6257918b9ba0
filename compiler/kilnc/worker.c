#include "worker.h"

#include "base/sanitizer.h"
#include "bridge.h"
#include "compiler/compile_task.h"
#include "compiler/protocol.h"
#include "compiler/translate_task.h"
#include "installation.h"
#include "job.h"
#include "last_words.h"
#include "translate.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EXIT_PROTOCOL = 3 };

// Returns 1 when filled, 0 when the stream ended before the first byte, -1 when it ended later or failed.
static int read_all(int fd, void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = read(fd, (char *)data + done, size - done);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return got == 0 && done == 0 ? 0 : -1;
        done += (size_t)got;
    }
    return 1;
}

static int write_all(int fd, const char *data, size_t size)
{
    while (size) {
        ssize_t written = write(fd, data, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return -1;
        data += written;
        size -= (size_t)written;
    }
    return 0;
}

// Answers go here. Standard output itself leads nowhere, so that nothing printed can get between them.
static int answer_fd = -1;

// A job that took very much leaves a process behind that is better replaced.
static bool grown(void)
{
    static const long limit_kib = 512L * 1024;
    struct rusage used;
    return getrusage(RUSAGE_SELF, &used) || used.ru_maxrss > limit_kib;
}

// Returns 0, or -1 where the driver does not listen. Consumes the message. A thread that has LLVM's last
// words does not come between.
static int message_send(struct buffer *message)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    last_words_hold();
    int status = message->failed || write_all(answer_fd, message->data, message->size) ? -1 : 0;
    last_words_allow();
    pthread_mutex_unlock(&lock);
    buffer_clear(message);
    return status;
}

// Returns 1 where another job may follow, 0 after the last, -1 where the driver does not listen.
static int answer_send(const struct compiler_result *result, bool last)
{
    struct buffer message = {0};
    answer_encode(result, &message);
    if (last) answer_mark_last(&message);
    return message_send(&message) ? -1 : !last;
}

// LLVM gives up on a program it cannot translate. The process must end, but the answer is a failed build.
static void fatal_answer(const char *message)
{
    static atomic_flag given;
    char log[2048];
    while (atomic_flag_test_and_set(&given)) pause(); // another thread ends the process
    snprintf(log, sizeof log, "error: LLVM: %s\n", message);
    struct compiler_result result = {.status = COMPILER_FAILED, .log = log};
    _exit(answer_send(&result, true) ? EXIT_PROTOCOL : 0);
}

// A sanitizer's shadow takes terabytes of address space: then there is no limit.
static void memory_limit(long megabytes)
{
    struct rlimit memory = {(rlim_t)megabytes << 20, (rlim_t)megabytes << 20};
    if (megabytes > 0 && !SANITIZER_SHADOWS_MEMORY) setrlimit(RLIMIT_AS, &memory);
}

// What one compilation lets go of the next one needs again: given back to the system meanwhile, a sixth of a
// small one's time would be the zeroing of its pages.
static void memory_keep(void)
{
    enum { MIB = 1 << 20 };
    mallopt(M_MMAP_THRESHOLD, 32 * MIB);
    mallopt(M_TRIM_THRESHOLD, 256 * MIB);
    mallopt(M_TOP_PAD, 8 * MIB);
}

// An application may die or forget us: then this ends a job that does not end by itself.
static void time_limit(long seconds)
{
    struct rusage used;
    struct rlimit cpu = {RLIM_INFINITY, RLIM_INFINITY};
    if (seconds <= 0 || getrusage(RUSAGE_SELF, &used)) return;
    cpu.rlim_cur = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec + seconds + 1);
    setrlimit(RLIMIT_CPU, &cpu);
}

// --- parts ---

static void part_send(const char *const *kernels, size_t count, const struct buffer *code,
                      const struct buffer *log)
{
    struct buffer message = {0};
    struct compiler_part part = {
        .status = code->size ? COMPILER_OK : COMPILER_FAILED,
        .log = log->data,
        .kernels = (char **)kernels,
        .kernel_count = count,
        .code = code->data,
        .code_size = code->size,
    };
    part_encode(&part, &message);
    if (message_send(&message)) _exit(EXIT_PROTOCOL);
}

static void parts_begin(const char *const *kernels, size_t count, const struct buffer *log)
{
    struct buffer message = {0};
    struct compiler_part names = {.log = log->data, .kernels = (char **)kernels, .kernel_count = count};
    part_encode(&names, &message);
    if (message_send(&message)) _exit(EXIT_PROTOCOL);
}

// The name is good until the next call. NULL: the header is for something else.
static const char *want_read(const struct message_header *header)
{
    static char *payload;
    int64_t size = header_check(header, MESSAGE_WANT);
    free(payload);
    payload = size < 0 ? NULL : malloc((size_t)size + 1);
    if (!payload || read_all(STDIN_FILENO, payload, (size_t)size) != 1) return NULL;
    return want_decode(payload, (size_t)size);
}

static const char *part_wanted(int wake, int milliseconds)
{
    struct pollfd polled[] = {{STDIN_FILENO, POLLIN, 0}, {wake, POLLIN, 0}};
    int ready;
    do ready = poll(polled, 2, milliseconds);
    while (ready < 0 && errno == EINTR); // the signal that tells of the word itself
    if (ready <= 0 || !polled[0].revents) return NULL;
    struct message_header header;
    const char *name = read_all(STDIN_FILENO, &header, sizeof header) == 1 ? want_read(&header) : NULL;
    if (!name) _exit(EXIT_PROTOCOL); // nothing else is said in mid-job
    return name;
}

static const struct bridge_stream stream = {parts_begin, part_send, part_wanted};

// --- tasks, by kind ---

// Returns 0 with `result` filled, or -1 where the payload is malformed.
typedef int serve_fn(const struct compiler_blob *payload, const struct worker_limits *limits,
                     struct compiler_result *result);

static int compile_serve(const struct compiler_blob *payload, const struct worker_limits *limits,
                         struct compiler_result *result)
{
    struct compile_task task;
    if (compile_task_decode(payload->data, payload->size, &task)) return -1;
    const char *file = task.job.language == COMPILER_SPIRV ? "program.spv" : "program.cl";
    struct job_setting setting = {task.directory, file, BRIDGE_CODE_OBJECT, limits->threads, &stream};
    job_run(&task.job, &setting, result);
    compile_task_free(&task);
    return 0;
}

static int translate_serve(const struct compiler_blob *payload, const struct worker_limits *limits,
                           struct compiler_result *result)
{
    (void)limits;
    struct translate_task task;
    if (translate_task_decode(payload->data, payload->size, &task)) return -1;
    translate_run(&task, result);
    return 0;
}

static serve_fn *const kinds[TASK_KINDS] = {
    [TASK_COMPILE] = compile_serve,
    [TASK_TRANSLATE] = translate_serve,
};

// Returns 1 after an answer, 0 at the end of the input or of this process's use, -1 where the other side does
// not speak our language.
static int request_serve(const struct worker_limits *limits)
{
    struct message_header header;
    struct request request;
    struct compiler_result result;
    int got = read_all(STDIN_FILENO, &header, sizeof header);
    if (got <= 0) return got;
    if (header.kind == MESSAGE_WANT) return want_read(&header) ? 1 : -1; // of a job that is done
    int64_t size = header_check(&header, MESSAGE_REQUEST);
    char *payload = size < 0 ? NULL : malloc((size_t)size + 1);
    if (!payload || read_all(STDIN_FILENO, payload, (size_t)size) != 1 ||
        request_decode(payload, (size_t)size, &request)) {
        free(payload);
        return -1;
    }
    time_limit(limits->seconds);
    if (kinds[request.kind](&request.payload, limits, &result)) {
        free(payload);
        return -1;
    }
    int status = answer_send(&result, bridge_spent() || grown());
    compiler_result_free(&result);
    free(payload);
    return status;
}

int worker_serve(const struct worker_limits *limits)
{
    int status;
    installation_note();
    // The application's folder may be wanted for something else; and LLVM does not survive that it is
    // removed.
    if (chdir("/")) return EXIT_PROTOCOL;
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    answer_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (nowhere < 0 || answer_fd < 0 || dup2(nowhere, STDOUT_FILENO) < 0) return EXIT_PROTOCOL;
    memory_limit(limits->memory_mb);
    memory_keep();
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    bridge_on_fatal(fatal_answer, last_words_no_memory, last_words_of_thread);
    last_words_prepare(answer_fd, limits->seconds);
    while ((status = request_serve(limits)) == 1) {
    }
    return status ? EXIT_PROTOCOL : 0;
}
