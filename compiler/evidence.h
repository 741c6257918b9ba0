// What a result rests on besides its request: files that were read, and names under which there was none.
// kilnc writes it down, the cache asks whether it still holds.
#pragma once

#include "compiler/buffer.h"
#include "compiler/digest.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Recorded in caches: do not renumber.
enum evidence_kind {
    EVIDENCE_CONTENT,  // a file with this content
    EVIDENCE_IDENTITY, // a file of the installation, known without reading it: see evidence_identity
    EVIDENCE_FILE,     // some file
    EVIDENCE_FOLDER,   // some folder
    EVIDENCE_NOTHING,  // nothing of this name
};

struct evidence {
    struct buffer records;
    uint64_t count;
    bool local;    // the result is right in this working directory only
    bool fleeting; // it rests on what cannot be looked up again, such as the time of day
};

// `digest` is the content's or the identity's; NULL for the other kinds. `path` is absolute.
void evidence_add(struct evidence *evidence, enum evidence_kind kind, const char *path,
                  const struct digest *digest);

// The file's size, inode and times of change: what differs whenever a package or a build brings another file.
// Returns 0, or -1 where there is no such file.
int evidence_identity(const char *path, struct digest *identity);

// Adds a file by its identity as it is now; to be called before the file is read.
void evidence_add_identity(struct evidence *evidence, const char *path);

// Appends all of it; nothing where the result is fleeting, or memory ran out: such a result is not kept.
void evidence_encode(const struct evidence *evidence, struct buffer *out);
void evidence_clear(struct evidence *evidence);

// Whether all that is written here is so now. False for what evidence_encode does not write.
bool evidence_holds(const void *encoded, size_t size);

// Whether the working directory is part of it. False for what evidence_encode does not write.
bool evidence_local(const void *encoded, size_t size);

#ifdef __cplusplus
}
#endif
