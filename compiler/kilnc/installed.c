#define _GNU_SOURCE
#include "installed.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int installed_file(const char *name, char *path, size_t size, struct buffer *log)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash = NULL;
    if (length > 0) {
        self[length] = '\0';
        slash = strrchr(self, '/');
    }
    if (slash) {
        *slash = '\0';
        if (snprintf(path, size, "%s/%s", self, name) < (int)size) return 0;
    }
    buffer_printf(log, "error: kilnc cannot tell where it is installed: %s\n", strerror(errno));
    return -1;
}
