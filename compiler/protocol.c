#include "protocol.h"

#include "field.h"

#include <stdlib.h>
#include <string.h>

static const uint32_t magic = 0x4e4c494b; // "KILN"
static const uint32_t version = 5;
static const uint64_t payload_limit = (uint64_t)1 << 31;

// --- writing ---

static void message_begin(struct buffer *out, enum message_kind kind)
{
    struct message_header header = {.magic = magic, .version = version, .kind = kind};
    buffer_append(out, &header, sizeof header);
}

static void message_end(struct buffer *out)
{
    if (out->failed) return;
    uint64_t size = out->size - sizeof(struct message_header);
    memcpy(out->data + offsetof(struct message_header, size), &size, sizeof size);
}

void request_encode(enum task_kind kind, const struct buffer *payload, struct buffer *out)
{
    message_begin(out, MESSAGE_REQUEST);
    number_write(out, kind);
    blob_write(out, payload->data, payload->size);
    out->failed |= payload->failed;
    message_end(out);
}

void answer_encode(const struct compiler_result *result, struct buffer *out)
{
    message_begin(out, MESSAGE_ANSWER);
    number_write(out, result->status);
    string_write(out, result->log ? result->log : "");
    blob_write(out, result->binary, result->binary_size);
    blob_write(out, result->evidence, result->evidence_size);
    message_end(out);
}

void part_encode(const struct compiler_part *part, struct buffer *out)
{
    message_begin(out, MESSAGE_PART);
    number_write(out, part->status);
    string_write(out, part->log ? part->log : "");
    blob_write(out, part->code, part->code_size);
    number_write(out, part->kernel_count);
    for (size_t i = 0; i < part->kernel_count; i++) string_write(out, part->kernels[i]);
    message_end(out);
}

void want_encode(const char *kernel, struct buffer *out)
{
    message_begin(out, MESSAGE_WANT);
    string_write(out, kernel);
    message_end(out);
}

void answer_mark_last(struct buffer *answer)
{
    const uint32_t yes = 1;
    if (!answer->failed) memcpy(answer->data + offsetof(struct message_header, last), &yes, sizeof yes);
}

// --- reading ---

int64_t header_check(const struct message_header *header, enum message_kind kind)
{
    bool known = header->magic == magic && header->version == version && header->kind == kind;
    return known && header->size <= payload_limit ? (int64_t)header->size : -1;
}

int request_decode(const void *payload, size_t size, struct request *out)
{
    struct reader reader = {.next = payload, .left = size};
    uint64_t kind = number_read(&reader);
    out->payload = blob_read(&reader);
    if (reader.bad || reader.left || kind >= TASK_KINDS) return -1;
    out->kind = (enum task_kind)kind;
    return 0;
}

// A copy of its own, NULL where the blob is empty. Returns 0, or -2 out of memory.
static int blob_copy(struct compiler_blob blob, void **copy, size_t *size)
{
    *size = blob.size;
    *copy = blob.size ? malloc(blob.size) : NULL;
    if (!blob.size) return 0;
    if (!*copy) return -2;
    memcpy(*copy, blob.data, blob.size);
    return 0;
}

int answer_decode(const void *payload, size_t size, struct compiler_result *out)
{
    struct reader reader = {.next = payload, .left = size};
    *out = (struct compiler_result){0};
    uint64_t status = number_read(&reader);
    const char *log = string_read(&reader);
    struct compiler_blob binary = blob_read(&reader);
    struct compiler_blob evidence = blob_read(&reader);
    if (reader.bad || reader.left || status > COMPILER_OUT_OF_MEMORY) return -1;
    out->status = (enum compiler_status)status;
    out->log = strdup(log);
    int failed = !out->log || blob_copy(binary, &out->binary, &out->binary_size) ||
                 blob_copy(evidence, &out->evidence, &out->evidence_size);
    if (failed) compiler_result_free(out);
    return failed ? -2 : 0;
}

// Returns 0, or -2 out of memory.
static int kernels_read(struct reader *reader, struct compiler_part *out)
{
    size_t count = count_read(reader, sizeof(uint64_t) + 1);
    out->kernels = calloc(count + 1, sizeof *out->kernels);
    if (!out->kernels) return -2;
    for (size_t i = 0; i < count; i++) {
        out->kernels[i] = strdup(string_read(reader));
        if (!out->kernels[i]) return -2;
        out->kernel_count++;
    }
    return 0;
}

int part_decode(const void *payload, size_t size, struct compiler_part *out)
{
    struct reader reader = {.next = payload, .left = size};
    *out = (struct compiler_part){0};
    uint64_t part_status = number_read(&reader);
    const char *log = string_read(&reader);
    struct compiler_blob code = blob_read(&reader);
    int status = kernels_read(&reader, out);
    if (!status && (reader.bad || reader.left || part_status > COMPILER_OUT_OF_MEMORY)) status = -1;
    if (!status) {
        out->status = (enum compiler_status)part_status;
        out->log = strdup(log);
        status = out->log ? blob_copy(code, &out->code, &out->code_size) : -2;
    }
    if (status) compiler_part_free(out);
    return status;
}

const char *want_decode(const void *payload, size_t size)
{
    struct reader reader = {.next = payload, .left = size};
    const char *kernel = string_read(&reader);
    return reader.bad || reader.left ? NULL : kernel;
}

void compiler_part_free(struct compiler_part *part)
{
    for (size_t i = 0; i < part->kernel_count; i++) free(part->kernels[i]);
    free(part->kernels);
    free(part->log);
    free(part->code);
    *part = (struct compiler_part){0};
}

void compiler_result_free(struct compiler_result *result)
{
    free(result->log);
    free(result->binary);
    free(result->evidence);
    *result = (struct compiler_result){0};
}
