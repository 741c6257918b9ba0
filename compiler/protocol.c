#include "protocol.h"

#include <stdlib.h>
#include <string.h>

static const uint32_t magic = 0x4e4c494b; // "KILN"
static const uint32_t version = 1;
static const uint64_t payload_limit = (uint64_t)1 << 31;

// --- writing ---

static void number_write(struct buffer *out, uint64_t number) { buffer_append(out, &number, sizeof number); }

static void blob_write(struct buffer *out, const void *data, size_t size)
{
    number_write(out, size);
    buffer_append(out, data, size);
}

// Strings travel with their NUL, so that the reader can use them in place.
static void string_write(struct buffer *out, const char *string)
{
    blob_write(out, string, strlen(string) + 1);
}

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

void request_encode(const struct compiler_job *job, const char *directory, struct buffer *out)
{
    message_begin(out, MESSAGE_REQUEST);
    number_write(out, job->action);
    string_write(out, job->isa);
    string_write(out, job->options);
    string_write(out, job->defines);
    string_write(out, directory);
    blob_write(out, job->source, job->source_size);
    number_write(out, job->header_count);
    for (size_t i = 0; i < job->header_count; i++) {
        string_write(out, job->headers[i].name);
        string_write(out, job->headers[i].text);
    }
    number_write(out, job->input_count);
    for (size_t i = 0; i < job->input_count; i++) blob_write(out, job->inputs[i].data, job->inputs[i].size);
    message_end(out);
}

void answer_encode(const struct compiler_result *result, struct buffer *out)
{
    message_begin(out, MESSAGE_ANSWER);
    number_write(out, result->status);
    string_write(out, result->log ? result->log : "");
    blob_write(out, result->binary, result->binary_size);
    message_end(out);
}

// --- reading ---

int64_t header_check(const struct message_header *header, enum message_kind kind)
{
    bool known = header->magic == magic && header->version == version && header->kind == kind;
    return known && header->size <= payload_limit ? (int64_t)header->size : -1;
}

// What is left of a payload; `bad` once a field did not fit.
struct reader {
    const char *next;
    size_t left;
    bool bad;
};

static uint64_t number_read(struct reader *reader)
{
    uint64_t number;
    if (reader->bad || reader->left < sizeof number) {
        reader->bad = true;
        return 0;
    }
    memcpy(&number, reader->next, sizeof number);
    reader->next += sizeof number;
    reader->left -= sizeof number;
    return number;
}

static struct compiler_blob blob_read(struct reader *reader)
{
    uint64_t size = number_read(reader);
    if (reader->bad || size > reader->left) {
        reader->bad = true;
        return (struct compiler_blob){"", 0};
    }
    struct compiler_blob blob = {reader->next, size};
    reader->next += size;
    reader->left -= size;
    return blob;
}

static const char *string_read(struct reader *reader)
{
    struct compiler_blob blob = blob_read(reader);
    const char *string = blob.data;
    if (!reader->bad && blob.size && memchr(string, '\0', blob.size) == string + blob.size - 1) return string;
    reader->bad = true;
    return "";
}

// The number of things that follow; each takes at least `least` bytes, which bounds what is allocated for
// them.
static size_t count_read(struct reader *reader, size_t least)
{
    uint64_t count = number_read(reader);
    if (count > reader->left / least) reader->bad = true;
    return reader->bad ? 0 : count;
}

// Returns 0, or -2 out of memory.
static int request_read(struct reader *reader, struct request *out)
{
    struct compiler_job *job = &out->job;
    uint64_t action = number_read(reader);
    if (action > COMPILER_BUILD) reader->bad = true;
    if (!reader->bad) job->action = (enum compiler_action)action;
    job->isa = string_read(reader);
    job->options = string_read(reader);
    job->defines = string_read(reader);
    out->directory = string_read(reader);
    struct compiler_blob source = blob_read(reader);
    job->source = source.data;
    job->source_size = source.size;
    job->header_count = count_read(reader, 2 * (sizeof(uint64_t) + 1));
    job->headers = out->headers = calloc(job->header_count + 1, sizeof *out->headers);
    if (!job->headers) return -2;
    for (size_t i = 0; i < job->header_count; i++) {
        out->headers[i].name = string_read(reader);
        out->headers[i].text = string_read(reader);
    }
    job->input_count = count_read(reader, sizeof(uint64_t));
    job->inputs = out->inputs = calloc(job->input_count + 1, sizeof *out->inputs);
    if (!job->inputs) return -2;
    for (size_t i = 0; i < job->input_count; i++) out->inputs[i] = blob_read(reader);
    return 0;
}

int request_decode(const void *payload, size_t size, struct request *out)
{
    struct reader reader = {.next = payload, .left = size};
    *out = (struct request){0};
    int status = request_read(&reader, out);
    if (!status && (reader.bad || reader.left)) status = -1;
    if (status) request_free(out);
    return status;
}

void request_free(struct request *request)
{
    free(request->headers);
    free(request->inputs);
    *request = (struct request){0};
}

static void *blob_copy(const void *data, size_t size)
{
    void *copy = malloc(size);
    if (copy) memcpy(copy, data, size);
    return copy;
}

int answer_decode(const void *payload, size_t size, struct compiler_result *out)
{
    struct reader reader = {.next = payload, .left = size};
    *out = (struct compiler_result){0};
    uint64_t status = number_read(&reader);
    const char *log = string_read(&reader);
    struct compiler_blob binary = blob_read(&reader);
    if (reader.bad || reader.left || status > COMPILER_OUT_OF_MEMORY) return -1;
    out->status = (enum compiler_status)status;
    out->log = strdup(log);
    out->binary = binary.size ? blob_copy(binary.data, binary.size) : NULL;
    out->binary_size = binary.size;
    if (out->log && (out->binary || !binary.size)) return 0;
    compiler_result_free(out);
    return -2;
}

void compiler_result_free(struct compiler_result *result)
{
    free(result->log);
    free(result->binary);
    *result = (struct compiler_result){0};
}
