#include "cache_entry.h"

#include "compiler/protocol.h"

#include <string.h>

static const char entry_magic[8] = "KilnKpt";

struct entry_header {
    char magic[8];
    struct digest digest; // of all that follows
    struct digest name;
};

enum { DIGESTED = offsetof(struct entry_header, name) };

void cache_entry_encode(const struct digest *name, const struct compiler_result *result, struct buffer *out)
{
    struct entry_header header = {.name = *name};
    struct buffer answer = {0};
    memcpy(header.magic, entry_magic, sizeof header.magic);
    answer_encode(result, &answer);
    size_t start = out->size;
    buffer_append(out, &header, sizeof header);
    buffer_append(out, answer.data, answer.size);
    out->failed |= answer.failed;
    buffer_clear(&answer);
    if (out->failed) return;
    header.digest = digest_of(out->data + start + DIGESTED, out->size - start - DIGESTED);
    memcpy(out->data + start, &header, sizeof header);
}

static bool header_valid(const struct entry_header *header, const struct digest *name, const void *bytes,
                         size_t size)
{
    struct digest digest = digest_of((const char *)bytes + DIGESTED, size - DIGESTED);
    return !memcmp(header->magic, entry_magic, sizeof entry_magic) &&
           !memcmp(&header->digest, &digest, sizeof digest) && !memcmp(&header->name, name, sizeof *name);
}

bool cache_entry_decode(const struct digest *name, const void *bytes, size_t size,
                        struct compiler_result *result)
{
    struct entry_header header;
    struct message_header answer;
    if (size < sizeof header + sizeof answer) return false;
    memcpy(&header, bytes, sizeof header);
    if (!header_valid(&header, name, bytes, size)) return false;
    const char *message = (const char *)bytes + sizeof header;
    size_t left = size - sizeof header - sizeof answer;
    memcpy(&answer, message, sizeof answer);
    return header_check(&answer, MESSAGE_ANSWER) == (int64_t)left &&
           !answer_decode(message + sizeof answer, left, result);
}
