// What the driver and kilnc say to each other over a stream: a request, then its answer, any number of times.
// A request is for a task of some kind, whose payload only those who know that kind look into
// (compile_task.h, translate_task.h). Before a large program's answer there may be parts of it: the first
// names all kernels and has no code, each of the others is code of some of them. Meanwhile the driver may say
// which kernel it wants first; such a word may also come too late, and is then nothing. A message is a
// 24-byte header (magic, version, kind, payload size) and a payload of length-prefixed fields, in the
// machine's byte order: both ends are one installation on one machine. Each end checks all that it reads.
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

enum task_kind { TASK_COMPILE, TASK_TRANSLATE, TASK_KINDS };

struct request {
    enum task_kind kind;
    struct compiler_blob payload; // in the message's
};

// Appends a whole message. Out of memory shows in the buffer.
void request_encode(enum task_kind kind, const struct buffer *payload, struct buffer *out);
void answer_encode(const struct compiler_result *result, struct buffer *out);
void part_encode(const struct compiler_part *part, struct buffer *out);
void want_encode(const char *kernel, struct buffer *out);

// Says of the one answer in a buffer that it is its worker's last.
void answer_mark_last(struct buffer *answer);

// Returns the payload's size; -1 where these 24 bytes do not begin a message of this kind and version.
int64_t header_check(const struct message_header *header, enum message_kind kind);

// Reads a payload. Returns 0; -1 where it is malformed; -2 out of memory. An answer is given back with
// compiler_result_free, a part with compiler_part_free.
int request_decode(const void *payload, size_t size, struct request *out);
int answer_decode(const void *payload, size_t size, struct compiler_result *out);
int part_decode(const void *payload, size_t size, struct compiler_part *out);
// The kernel's name, in the payload; NULL where it is malformed.
const char *want_decode(const void *payload, size_t size);
