#define _GNU_SOURCE
#include "evidence.h"

#include "field.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// --- writing ---

void evidence_add(struct evidence *evidence, enum evidence_kind kind, const char *path,
                  const struct digest *digest)
{
    number_write(&evidence->records, kind);
    string_write(&evidence->records, path);
    blob_write(&evidence->records, digest, digest ? sizeof *digest : 0);
    evidence->count++;
}

static uint64_t nanoseconds(struct timespec time)
{
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

int evidence_identity(const char *path, struct digest *identity)
{
    struct stat status;
    if (stat(path, &status)) return -1;
    uint64_t parts[] = {(uint64_t)status.st_size, status.st_ino, nanoseconds(status.st_mtim),
                        nanoseconds(status.st_ctim)};
    _Static_assert(sizeof parts == sizeof *identity, "an identity is stored like a digest");
    memcpy(identity, parts, sizeof parts);
    return 0;
}

void evidence_add_identity(struct evidence *evidence, const char *path)
{
    struct digest identity;
    if (evidence_identity(path, &identity))
        evidence->fleeting = true;
    else
        evidence_add(evidence, EVIDENCE_IDENTITY, path, &identity);
}

void evidence_encode(const struct evidence *evidence, struct buffer *out)
{
    if (evidence->fleeting || evidence->records.failed) return;
    number_write(out, evidence->local);
    number_write(out, evidence->count);
    buffer_append(out, evidence->records.data, evidence->records.size);
    if (out->failed) buffer_clear(out);
}

void evidence_clear(struct evidence *evidence)
{
    buffer_clear(&evidence->records);
    *evidence = (struct evidence){0};
}

// --- checking ---

static bool content_of(const char *path, struct digest *content)
{
    struct stat status;
    struct buffer bytes = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); // a pipe of this name must not block
    if (fd < 0) return false;
    bool whole =
        !fstat(fd, &status) && S_ISREG(status.st_mode) && buffer_read(&bytes, fd, (size_t)status.st_size);
    if (whole) *content = digest_of(bytes.data, bytes.size);
    buffer_clear(&bytes);
    close(fd);
    return whole;
}

static bool digest_matches(const struct compiler_blob *recorded, const struct digest *found)
{
    return recorded->size == sizeof *found && !memcmp(recorded->data, found, sizeof *found);
}

static bool record_holds(uint64_t kind, const char *path, const struct compiler_blob *recorded)
{
    struct digest found;
    struct stat status;
    switch (kind) {
    case EVIDENCE_CONTENT:
        return content_of(path, &found) && digest_matches(recorded, &found);
    case EVIDENCE_IDENTITY:
        return !evidence_identity(path, &found) && digest_matches(recorded, &found);
    case EVIDENCE_FILE:
        return !stat(path, &status) && S_ISREG(status.st_mode);
    case EVIDENCE_FOLDER:
        return !stat(path, &status) && S_ISDIR(status.st_mode);
    case EVIDENCE_NOTHING:
        return stat(path, &status) != 0;
    default:
        return false;
    }
}

bool evidence_holds(const void *encoded, size_t size)
{
    struct reader reader = {.next = encoded, .left = size};
    number_read(&reader);
    uint64_t count = count_read(&reader, 3 * sizeof(uint64_t) + 1);
    for (uint64_t i = 0; i < count && !reader.bad; i++) {
        uint64_t kind = number_read(&reader);
        const char *path = string_read(&reader);
        struct compiler_blob recorded = blob_read(&reader);
        if (reader.bad || !record_holds(kind, path, &recorded)) return false;
    }
    return !reader.bad && !reader.left;
}

bool evidence_local(const void *encoded, size_t size)
{
    struct reader reader = {.next = encoded, .left = size};
    return number_read(&reader) != 0;
}
