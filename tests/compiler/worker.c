// The protocol between driver and kilnc: what is said arrives, what is damaged is refused; and a worker that
// serves more than one job.
#define _GNU_SOURCE
#include "support.h"

#include "compiler/client/worker.h"
#include "compiler/compile_task.h"
#include "compiler/protocol.h"
#include "compiler/translate_task.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct compiler_header headers[] = {{"a.h", "one"}, {"b/c.h", ""}};
static const struct compiler_blob inputs[] = {{"\0\1\2", 3}, {"", 0}, {"binary", 6}};

static struct compiler_job job_full(void)
{
    struct compiler_job job = job_of(COMPILER_LINK, "-w", "kernel void k() {}");
    job.defines = "-DX";
    job.headers = headers;
    job.header_count = 2;
    job.inputs = inputs;
    job.input_count = 3;
    return job;
}

static const char *payload_of(const struct buffer *message, size_t *size)
{
    *size = message->size - sizeof(struct message_header);
    return message->data + sizeof(struct message_header);
}

static void job_encode(const struct compiler_job *job, const char *directory, struct buffer *message)
{
    struct buffer payload = {0};
    compile_task_encode(job, directory, &payload);
    request_encode(TASK_COMPILE, &payload, message);
    buffer_clear(&payload);
}

static const struct translate_task translation = {"\0\0\x81\xbf", 4, 0, 0xf0, true, true, "x86-64-v3"};

static void translation_encode(struct buffer *message)
{
    struct buffer payload = {0};
    translate_task_encode(&translation, &payload);
    request_encode(TASK_TRANSLATE, &payload, message);
    buffer_clear(&payload);
}

static void translations_arrive(void **state)
{
    (void)state;
    struct buffer message = {0};
    struct request request;
    struct translate_task got;
    size_t size;
    translation_encode(&message);
    const char *payload = payload_of(&message, &size);
    assert_int_equal(request_decode(payload, size, &request), 0);
    assert_int_equal(request.kind, TASK_TRANSLATE);
    assert_int_equal(translate_task_decode(request.payload.data, request.payload.size, &got), 0);
    assert_int_equal(got.code_size, translation.code_size);
    assert_memory_equal(got.code, translation.code, translation.code_size);
    assert_int_equal(got.entry, 0);
    assert_int_equal(got.mode, 0xf0);
    assert_true(got.wave64);
    assert_true(got.whole);
    assert_string_equal(got.level, "x86-64-v3");
    buffer_clear(&message);
}

static void requests_arrive(void **state)
{
    (void)state;
    struct compiler_job job = job_full();
    struct buffer message = {0};
    struct request outer;
    struct compile_task request;
    struct message_header header;
    size_t size;
    job_encode(&job, "/folder", &message);
    const char *payload = payload_of(&message, &size);
    memcpy(&header, message.data, sizeof header);
    assert_int_equal(header_check(&header, MESSAGE_REQUEST), size);
    assert_int_equal(header_check(&header, MESSAGE_ANSWER), -1);
    assert_int_equal(request_decode(payload, size, &outer), 0);
    assert_int_equal(outer.kind, TASK_COMPILE);
    assert_int_equal(compile_task_decode(outer.payload.data, outer.payload.size, &request), 0);
    assert_int_equal(request.job.action, COMPILER_LINK);
    assert_string_equal(request.job.isa, ISA);
    assert_string_equal(request.job.options, "-w");
    assert_string_equal(request.job.defines, "-DX");
    assert_string_equal(request.directory, "/folder");
    assert_int_equal(request.job.source_size, job.source_size);
    assert_memory_equal(request.job.source, job.source, job.source_size);
    assert_int_equal(request.job.header_count, 2);
    assert_string_equal(request.job.headers[1].name, "b/c.h");
    assert_int_equal(request.job.input_count, 3);
    assert_memory_equal(request.job.inputs[0].data, "\0\1\2", 3);
    assert_int_equal(request.job.inputs[1].size, 0);
    compile_task_free(&request);
    buffer_clear(&message);
}

static void answers_arrive(void **state)
{
    (void)state;
    struct compiler_result sent = {COMPILER_FAILED, "log", "\0bits", 5, "why", 3}, got;
    struct buffer message = {0};
    size_t size;
    answer_encode(&sent, &message);
    const char *payload = payload_of(&message, &size);
    assert_int_equal(answer_decode(payload, size, &got), 0);
    assert_int_equal(got.status, COMPILER_FAILED);
    assert_string_equal(got.log, "log");
    assert_int_equal(got.binary_size, 5);
    assert_memory_equal(got.binary, "\0bits", 5);
    assert_int_equal(got.evidence_size, 3);
    assert_memory_equal(got.evidence, "why", 3);
    compiler_result_free(&got);
    buffer_clear(&message);
}

static char *kernels[] = {"one", "", "two"};
static const struct compiler_part part_sent = {COMPILER_FAILED, "log", kernels, 3, "\0code", 5};

static void parts_arrive(void **state)
{
    (void)state;
    struct compiler_part got;
    struct buffer message = {0};
    size_t size;
    part_encode(&part_sent, &message);
    const char *payload = payload_of(&message, &size);
    assert_int_equal(part_decode(payload, size, &got), 0);
    assert_int_equal(got.status, COMPILER_FAILED);
    assert_string_equal(got.log, "log");
    assert_int_equal(got.kernel_count, 3);
    for (int i = 0; i < 3; i++) assert_string_equal(got.kernels[i], kernels[i]);
    assert_int_equal(got.code_size, 5);
    assert_memory_equal(got.code, "\0code", 5);
    compiler_part_free(&got);
    buffer_clear(&message);
    want_encode("one", &message);
    payload = payload_of(&message, &size);
    assert_string_equal(want_decode(payload, size), "one");
    buffer_clear(&message);
}

static int request_try(const char *payload, size_t size)
{
    struct request request;
    struct compile_task task;
    int status = request_decode(payload, size, &request);
    if (!status && request.kind != TASK_COMPILE) return -1; // damaged
    if (!status) status = compile_task_decode(request.payload.data, request.payload.size, &task);
    if (!status) compile_task_free(&task);
    return status;
}

static int translation_try(const char *payload, size_t size)
{
    struct request request;
    struct translate_task task;
    int status = request_decode(payload, size, &request);
    if (!status && request.kind != TASK_TRANSLATE) return -1; // damaged
    return status ? status : translate_task_decode(request.payload.data, request.payload.size, &task);
}

static int answer_try(const char *payload, size_t size)
{
    struct compiler_result result;
    int status = answer_decode(payload, size, &result);
    if (!status) compiler_result_free(&result);
    return status;
}

static int part_try(const char *payload, size_t size)
{
    struct compiler_part part;
    int status = part_decode(payload, size, &part);
    if (!status) compiler_part_free(&part);
    return status;
}

static int want_try(const char *payload, size_t size) { return want_decode(payload, size) ? 0 : -1; }

typedef int(decoder)(const char *payload, size_t size);

// In a copy of exactly this size, so that AddressSanitizer sees a step too far.
static int decode_copy(const char *payload, size_t size, decoder *decode)
{
    char *copy = malloc(size ? size : 1);
    memcpy(copy, payload, size);
    int status = decode(copy, size);
    free(copy);
    return status;
}

// Consumes the message.
static void damage(struct buffer *message, decoder *decode)
{
    size_t size, refused = 0;
    char *payload = (char *)payload_of(message, &size);
    assert_int_equal(decode_copy(payload, size, decode), 0);
    for (size_t cut = 0; cut < size; cut++) assert_int_equal(decode_copy(payload, cut, decode), -1);
    for (size_t i = 0; i < size * 8; i++) {
        payload[i / 8] ^= (char)(1 << i % 8);
        refused += decode_copy(payload, size, decode) != 0;
        payload[i / 8] ^= (char)(1 << i % 8);
    }
    assert_true(refused > size); // every length field at least
    buffer_clear(message);
}

static void damaged_messages_are_refused(void **state)
{
    (void)state;
    struct compiler_job job = job_full();
    struct compiler_result result = {COMPILER_OK, "log", "bits", 4, "why", 3};
    struct buffer message = {0};
    job_encode(&job, "/folder", &message);
    damage(&message, request_try);
    translation_encode(&message);
    damage(&message, translation_try);
    answer_encode(&result, &message);
    damage(&message, answer_try);
    part_encode(&part_sent, &message);
    damage(&message, part_try);
    want_encode("kernel", &message);
    damage(&message, want_try);
}

static const char *kilnc_path(void)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/kilnc", getenv("KILN_LIBDIR"));
    return path;
}

struct serial_job {
    const char *options, *source;
    enum compiler_status status;
};

// Several jobs, some of which fail at every stage, by one process.
static void one_worker_many_jobs(void **state)
{
    (void)state;
    static const struct serial_job jobs[] = {
        {"", "kernel void a(global int *p) { *p = 1; }", COMPILER_OK},
        {"", "kernel void b(global int *p) { *p = x; }", COMPILER_FAILED},
        {"-nonsense", "kernel void c() {}", COMPILER_INVALID_OPTIONS},
        {"-cl-std=CL3.0", "kernel void d(global float *p) { *p = sin(*p); }", COMPILER_OK},
        {"", "kernel void e(global int *p) { __asm__(\"bogus\"); }", COMPILER_FAILED},
        {"", "int f(int); kernel void g(global int *p) { *p = f(1); }", COMPILER_FAILED},
        {"-cl-opt-disable", "kernel void h(global float *p) { printf(\"%f\\n\", *p); }", COMPILER_OK},
    };
    struct worker worker;
    assert_int_equal(worker_start(&worker, kilnc_path()), 0);
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        struct compiler_job job = job_of(COMPILER_BUILD, jobs[i].options, jobs[i].source);
        struct buffer message = {0}, reason = {0};
        struct compiler_result result;
        job_encode(&job, "/", &message);
        struct exchange exchange;
        exchange_begin(&exchange, &message, 60);
        if (worker_exchange(&worker, &exchange, &reason) != WORKER_ANSWERED)
            fail_msg("job %zu: %s", i, reason.data);
        assert_int_equal(answer_decode(exchange.payload.data, exchange.payload.size, &result), 0);
        exchange_end(&exchange);
        if (result.status != jobs[i].status) fail_msg("job %zu: status %d: %s", i, result.status, result.log);
        compiler_result_free(&result);
        buffer_clear(&message);
        buffer_clear(&reason);
    }
    worker_stop(&worker);
}

static void garbage_ends_the_worker(void **state)
{
    (void)state;
    struct worker worker;
    struct buffer message = {0}, reason = {0};
    struct exchange exchange;
    assert_int_equal(worker_start(&worker, kilnc_path()), 0);
    buffer_append_string(&message, "GET / HTTP/1.1\r\nHost: kiln\r\n\r\n");
    exchange_begin(&exchange, &message, 60);
    assert_int_equal(worker_exchange(&worker, &exchange, &reason), WORKER_FAILED);
    exchange_end(&exchange);
    assert_non_null(strstr(reason.data, "gave no answer"));
    worker_stop(&worker);
    buffer_clear(&message);
    buffer_clear(&reason);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(translations_arrive),
        cmocka_unit_test(requests_arrive),
        cmocka_unit_test(answers_arrive),
        cmocka_unit_test(parts_arrive),
        cmocka_unit_test(damaged_messages_are_refused),
        cmocka_unit_test(one_worker_many_jobs),
        cmocka_unit_test(garbage_ends_the_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
