// The payload of a request to compile.
#pragma once

#include "compiler/buffer.h"
#include "compiler/job.h"

// A job as kilnc sees it. `job`'s pointers lead into the received payload or into `constants`, `headers` and
// `inputs`.
struct compile_task {
    struct compiler_job job;
    const char *directory; // of the application: what relative -I and #include start from
    struct compiler_constant *constants;
    struct compiler_header *headers;
    struct compiler_blob *inputs;
};

// Out of memory shows in the buffer.
void compile_task_encode(const struct compiler_job *job, const char *directory, struct buffer *out);

// Returns 0; -1 where the payload is malformed; -2 out of memory. It must outlive the task, which is given
// back with compile_task_free.
int compile_task_decode(const void *payload, size_t size, struct compile_task *out);
void compile_task_free(struct compile_task *task);
