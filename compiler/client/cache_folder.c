#define _GNU_SOURCE
#include "cache_folder.h"

#include "base/config.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void cache_complain(const char *about, const char *why)
{
    static atomic_flag complained = ATOMIC_FLAG_INIT;
    if (!atomic_flag_test_and_set(&complained))
        log_info("compiled programs are not kept: %s%s%s", about, *about ? ": " : "", why);
}

bool cache_on(void) { return config_get()->cache; }

static char folder[PATH_MAX]; // empty: there is no place for one

// XDG Base Directory Specification: relative names are to be ignored.
static bool folder_below(const char *variable, const char *rest)
{
    const char *base = getenv(variable);
    return base && base[0] == '/' &&
           snprintf(folder, sizeof folder, "%s/%s", base, rest) < (int)sizeof folder;
}

static void folder_choose(void)
{
    const char *chosen = config_get()->cache_dir;
    bool fits = *chosen ? snprintf(folder, sizeof folder, "%s", chosen) < (int)sizeof folder
                        : folder_below("XDG_CACHE_HOME", "kiln") || folder_below("HOME", ".cache/kiln");
    if (!fits) folder[0] = '\0';
}

bool cache_trusts(const struct stat *status)
{
    return status->st_uid == geteuid() && !(status->st_mode & (S_IWGRP | S_IWOTH));
}

static void folder_create(void)
{
    char path[PATH_MAX];
    memcpy(path, folder, sizeof path);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700); // what fails here shows at the end
        *slash = '/';
    }
    mkdir(path, 0700);
}

int cache_folder_open(bool create)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, folder_choose);
    if (!*folder) {
        cache_complain("", "no KILN_CACHE_DIR, XDG_CACHE_HOME or HOME says where");
        return -1;
    }
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    struct stat status;
    int fd = open(folder, flags);
    if (fd < 0 && errno == ENOENT && create) {
        folder_create();
        fd = open(folder, flags);
    }
    if (fd < 0) {
        if (create || errno != ENOENT) cache_complain(folder, strerror(errno));
        return -1;
    }
    if (!fstat(fd, &status) && cache_trusts(&status)) return fd;
    cache_complain(folder, "others can write in this folder, or it is somebody else's");
    close(fd);
    return -1;
}
