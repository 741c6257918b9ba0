#define _GNU_SOURCE
#include "cache.h"

#include "cache_entry.h"
#include "cache_folder.h"
#include "cache_limit.h"
#include "compiler/evidence.h"
#include "compiler/field.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// --- keys ---

struct cache_key cache_key_of(const struct buffer *material, const char *kilnc, const char *directory)
{
    struct cache_key key = {0};
    struct buffer all = {0};
    if (!cache_on() || material->failed) return key;
    blob_write(&all, material->data, material->size);
    string_write(&all, kilnc);
    if (!all.failed) key.anywhere = digest_of(all.data, all.size);
    string_write(&all, directory);
    if (!all.failed) key.here = digest_of(all.data, all.size);
    key.valid = !all.failed;
    buffer_clear(&all);
    return key;
}

struct entry_name {
    char text[2 * sizeof(struct digest) + 1];
};

static struct entry_name name_of(const struct digest *digest)
{
    struct entry_name name;
    for (size_t i = 0; i < sizeof *digest; i++) snprintf(name.text + 2 * i, 3, "%02x", digest->bytes[i]);
    return name;
}

// --- finding ---

// What was used last is told by the time of change, exact to a minute so that most uses need no write.
static void use_note(int fd, const struct stat *status)
{
    if (time(NULL) - status->st_mtime > 60) futimens(fd, NULL);
}

static bool entry_find(int folder, const struct digest *digest, bool here, struct compiler_result *result)
{
    struct stat status;
    struct buffer bytes = {0};
    struct entry_name name = name_of(digest);
    int fd = openat(folder, name.text, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return false;
    bool found = !fstat(fd, &status) && S_ISREG(status.st_mode) && cache_trusts(&status) &&
                 buffer_read(&bytes, fd, (size_t)status.st_size) &&
                 cache_entry_decode(digest, bytes.data, bytes.size, result);
    if (found && (result->status != COMPILER_OK || !evidence_holds(result->evidence, result->evidence_size) ||
                  evidence_local(result->evidence, result->evidence_size) != here)) {
        compiler_result_free(result);
        found = false;
    }
    if (found) use_note(fd, &status);
    buffer_clear(&bytes);
    close(fd);
    return found;
}

bool cache_find(const struct cache_key *key, struct compiler_result *result)
{
    int folder = key->valid ? cache_folder_open(false) : -1;
    if (folder < 0) return false;
    bool found =
        entry_find(folder, &key->anywhere, false, result) || entry_find(folder, &key->here, true, result);
    close(folder);
    return found;
}

// --- keeping ---

// Returns 0 or an errno.
static int all_write(int fd, const char *bytes, size_t size)
{
    while (size) {
        ssize_t written = write(fd, bytes, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        bytes += written;
        size -= (size_t)written;
    }
    return 0;
}

// Other processes see the whole file or none. Returns 0 or an errno.
static int file_write(int folder, const char *name, const struct buffer *bytes)
{
    static atomic_uint serial;
    char unfinished[64];
    snprintf(unfinished, sizeof unfinished, "unfinished-%ld-%u-%llx", (long)getpid(),
             atomic_fetch_add(&serial, 1), (unsigned long long)time(NULL));
    int fd = openat(folder, unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return errno;
    int error = all_write(fd, bytes->data, bytes->size);
    if (close(fd) && !error) error = errno;
    if (!error && renameat(folder, unfinished, folder, name)) error = errno;
    if (error) unlinkat(folder, unfinished, 0);
    return error;
}

static void entry_keep(const struct digest *digest, const struct buffer *entry)
{
    if (!cache_limit_allows(entry->size)) return;
    int folder = cache_folder_open(true);
    if (folder < 0) return;
    struct entry_name name = name_of(digest);
    int error = file_write(folder, name.text, entry);
    if (error)
        cache_complain("cannot write", strerror(error));
    else
        cache_limit_add(folder, entry->size);
    close(folder);
}

void cache_keep(const struct cache_key *key, const struct compiler_result *result)
{
    struct buffer entry = {0};
    // A file may have changed while it was compiled, or the compiler been replaced.
    if (!key->valid || result->status != COMPILER_OK ||
        !evidence_holds(result->evidence, result->evidence_size))
        return;
    const struct digest *name =
        evidence_local(result->evidence, result->evidence_size) ? &key->here : &key->anywhere;
    cache_entry_encode(name, result, &entry);
    if (!entry.failed) entry_keep(name, &entry);
    buffer_clear(&entry);
}
