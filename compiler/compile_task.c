#include "compile_task.h"

#include "field.h"

#include <stdlib.h>

void compile_task_encode(const struct compiler_job *job, const char *directory, struct buffer *out)
{
    number_write(out, job->action);
    string_write(out, job->isa);
    string_write(out, job->options);
    string_write(out, job->defines);
    string_write(out, directory);
    blob_write(out, job->source, job->source_size);
    number_write(out, job->language);
    number_write(out, job->constant_count);
    for (size_t i = 0; i < job->constant_count; i++) {
        number_write(out, job->constants[i].id);
        number_write(out, job->constants[i].size);
        number_write(out, job->constants[i].value);
    }
    number_write(out, job->header_count);
    for (size_t i = 0; i < job->header_count; i++) {
        string_write(out, job->headers[i].name);
        string_write(out, job->headers[i].text);
    }
    number_write(out, job->input_count);
    for (size_t i = 0; i < job->input_count; i++) blob_write(out, job->inputs[i].data, job->inputs[i].size);
}

// Returns 0, or -2 out of memory.
static int constants_read(struct reader *reader, struct compile_task *out)
{
    struct compiler_job *job = &out->job;
    job->constant_count = count_read(reader, 3 * sizeof(uint64_t));
    job->constants = out->constants = calloc(job->constant_count + 1, sizeof *out->constants);
    if (!job->constants) return -2;
    for (size_t i = 0; i < job->constant_count; i++)
        out->constants[i] = (struct compiler_constant){
            .id = (uint32_t)number_read(reader),
            .size = (uint32_t)number_read(reader),
            .value = number_read(reader),
        };
    return 0;
}

// Returns 0, or -2 out of memory.
static int task_read(struct reader *reader, struct compile_task *out)
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
    uint64_t language = number_read(reader);
    if (language > COMPILER_SPIRV) reader->bad = true;
    if (!reader->bad) job->language = (enum compiler_language)language;
    if (constants_read(reader, out)) return -2;
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

int compile_task_decode(const void *payload, size_t size, struct compile_task *out)
{
    struct reader reader = {.next = payload, .left = size};
    *out = (struct compile_task){0};
    int status = task_read(&reader, out);
    if (!status && (reader.bad || reader.left)) status = -1;
    if (status) compile_task_free(out);
    return status;
}

void compile_task_free(struct compile_task *task)
{
    free(task->constants);
    free(task->headers);
    free(task->inputs);
    *task = (struct compile_task){0};
}
