// What the driver and kilnc say to each other over a stream: a request, then its answer, any number of times.
// Before a large program's answer there may be parts of it: the first names all kernels and has no code, each
// of the others is code of some of them. Meanwhile the driver may say which kernel it wants first; such a
// word may also come too late, and is then nothing. A message is a 24-byte header (magic, version, kind,
// payload size) and a payload of length-prefixed fields, in the machine's byte order: both ends are one
// installation on one machine. Each end checks all that it reads.
#pragma once

#include "compiler/buffer.h"
#include "compiler/job.h"

#include <stdint.h>

enum message_kind { MESSAGE_REQUEST = 1, MESSAGE_ANSWER, MESSAGE_PART, MESSAGE_WANT };

struct message_header {
    uint32_t magic, version, kind;
    uint32_t last; // of an answer: not 0 where this worker takes no other request
    uint64_t size; // bytes of payload that follow
};

// A request as kilnc sees it. `job`'s pointers lead into the received payload or into `constants`, `headers`
// and `inputs`.
struct request {
    struct compiler_job job;
    const char *directory; // of the application: what relative -I and #include start from
    struct compiler_constant *constants;
    struct compiler_header *headers;
    struct compiler_blob *inputs;
};

// Appends a whole message. Out of memory shows in the buffer.
void request_encode(const struct compiler_job *job, const char *directory, struct buffer *out);
void answer_encode(const struct compiler_result *result, struct buffer *out);
void part_encode(const struct compiler_part *part, struct buffer *out);
void want_encode(const char *kernel, struct buffer *out);

// Says of the one answer in a buffer that it is its worker's last.
void answer_mark_last(struct buffer *answer);

// Returns the payload's size; -1 where these 24 bytes do not begin a message of this kind and version.
int64_t header_check(const struct message_header *header, enum message_kind kind);

// Reads a payload. Returns 0; -1 where it is malformed; -2 out of memory. A request is given back with
// request_free (the payload must outlive it), an answer with compiler_result_free, a part with
// compiler_part_free.
int request_decode(const void *payload, size_t size, struct request *out);
int answer_decode(const void *payload, size_t size, struct compiler_result *out);
int part_decode(const void *payload, size_t size, struct compiler_part *out);
// The kernel's name, in the payload; NULL where it is malformed.
const char *want_decode(const void *payload, size_t size);
void request_free(struct request *request);
