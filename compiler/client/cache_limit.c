#define _GNU_SOURCE
#include "cache_limit.h"

#include "base/config.h"
#include "cache_folder.h"
#include "compiler/digest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 4096 };

static uint64_t blocks_of(uint64_t size) { return (size + BLOCK - 1) / BLOCK; }

// In blocks.
static uint64_t bound(void) { return blocks_of((uint64_t)config_get()->cache_mb << 20); }

bool cache_limit_allows(size_t size)
{
    struct rlimit files;
    uint64_t most = bound(), blocks = blocks_of(size);
    if (blocks > most) {
        if (most) cache_complain("a program is larger", "KILN_CACHE_MB");
        return false;
    }
    uint64_t largest = size > most + blocks ? size : most + blocks; // the ledger is a file too
    if (!getrlimit(RLIMIT_FSIZE, &files) && files.rlim_cur >= largest) return true;
    cache_complain("the limit on the size of files (RLIMIT_FSIZE)", strerror(EFBIG));
    return false;
}

// --- making room ---

struct kept {
    char name[2 * sizeof(struct digest) + 1];
    uint64_t blocks;
    struct timespec used;
};

struct listing {
    struct kept *kept;
    size_t count;
    uint64_t blocks; // of all
};

static int older_first(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    if (x->used.tv_sec != y->used.tv_sec) return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
    return (x->used.tv_nsec > y->used.tv_nsec) - (x->used.tv_nsec < y->used.tv_nsec);
}

static bool listing_add(struct listing *list, const char *name, const struct stat *status)
{
    bool full = (list->count & (list->count - 1)) == 0; // 0 and the powers of two
    if (full) {
        size_t capacity = list->count ? 2 * list->count : 1;
        struct kept *grown = realloc(list->kept, capacity * sizeof *grown);
        if (!grown) return false;
        list->kept = grown;
    }
    struct kept *kept = &list->kept[list->count++];
    *kept = (struct kept){.blocks = blocks_of((uint64_t)status->st_size), .used = status->st_mtim};
    snprintf(kept->name, sizeof kept->name, "%s", name);
    list->blocks += kept->blocks;
    return true;
}

// Results, and files so old that their process cannot still be writing them.
static bool listed(const char *name, const struct stat *status)
{
    const time_t hour = 3600;
    bool result = strlen(name) == 2 * sizeof(struct digest);
    bool unfinished = !strncmp(name, "unfinished-", strlen("unfinished-"));
    return S_ISREG(status->st_mode) && (result || (unfinished && time(NULL) - status->st_mtim.tv_sec > hour));
}

static void folder_list(int folder, struct listing *list)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    if (!directory) {
        if (fd >= 0) close(fd);
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        struct stat status;
        if (!fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) && listed(entry->d_name, &status) &&
            !listing_add(list, entry->d_name, &status))
            break;
    }
    closedir(directory);
}

// One process at a time; the others go on.
static void room_make(int folder, int ledger, uint64_t most)
{
    struct listing list = {0};
    if (flock(ledger, LOCK_EX | LOCK_NB)) return;
    folder_list(folder, &list);
    if (list.count) qsort(list.kept, list.count, sizeof *list.kept, older_first);
    for (size_t i = 0; i < list.count && list.blocks > most / 4 * 3; i++) {
        if (!unlinkat(folder, list.kept[i].name, 0)) list.blocks -= list.kept[i].blocks;
    }
    free(list.kept);
    if (ftruncate(ledger, (off_t)list.blocks)) cache_complain("ledger", strerror(errno));
}

void cache_limit_add(int folder, size_t size)
{
    static const char zeros[BLOCK];
    struct stat status;
    uint64_t most = bound();
    int ledger = openat(folder, "ledger", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (ledger < 0) {
        cache_complain("ledger", strerror(errno));
        return;
    }
    bool noted = true;
    for (uint64_t left = blocks_of(size); left && noted;) {
        uint64_t part = left < sizeof zeros ? left : sizeof zeros;
        noted = write(ledger, zeros, part) == (ssize_t)part;
        left -= part;
    }
    if (!noted || (!fstat(ledger, &status) && (uint64_t)status.st_size > most))
        room_make(folder, ledger, most);
    close(ledger); // and with it the lock
}
