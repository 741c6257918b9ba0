#define _GNU_SOURCE
#include "config.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct config config;
static char libdir[PATH_MAX];

static const char *option_read(const char *variable, const char *fallback)
{
    const char *value = getenv(variable);
    return value && *value ? strdup(value) : fallback;
}

static void libdir_find(void)
{
    Dl_info self;
    char path[PATH_MAX];

    if (*config.libdir) {
        snprintf(libdir, sizeof libdir, "%s", config.libdir);
        return;
    }
    if (!dladdr((const void *)(void (*)(void))config_get, &self) || !realpath(self.dli_fname, path)) return;
    char *slash = strrchr(path, '/');
    if (!slash) return;
    *slash = '\0';
    if (snprintf(libdir, sizeof libdir, "%s/kiln", path) >= (int)sizeof libdir) libdir[0] = '\0';
}

static void config_read(void)
{
#define OPTION(field, variable, fallback, documentation) config.field = option_read(variable, fallback);
#include "config.def"
#undef OPTION
    libdir_find();
}

const struct config *config_get(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, config_read);
    return &config;
}

const char *config_libdir(void)
{
    config_get();
    return *libdir ? libdir : NULL;
}
