#define _GNU_SOURCE
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct config config;
static char libdir[PATH_MAX];
static atomic_bool hushed;

// One line about a wrong value. Not log_error, which would read the options.
static void complain(const char *variable, const char *value, const char *lack, const char *taken)
{
    if (config.log == LOG_NONE || hushed) return;
    int shown = (int)strcspn(value, "\n");
    log_print("%s=%.*s is %s; %s is taken", variable, shown < 100 ? shown : 100, value, lack,
              *taken ? taken : "the default");
}

// The variable's value; NULL where it has none or an empty one.
static const char *value_of(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value ? value : NULL;
}

// The index of a word in a list such as "auto, gpu, soft"; -1: it is not there.
static int word_find(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (int index = 0; *words; index++) {
        size_t end = strcspn(words, ",");
        if (end == length && !strncmp(words, word, length)) return index;
        words += end;
        words += strspn(words, ", ");
    }
    return -1;
}

static unsigned choice_read(const char *variable, const char *fallback, const char *words)
{
    const char *value = value_of(variable);
    int index = word_find(words, value ? value : fallback);
    if (index >= 0) return (unsigned)index;
    char lack[128];
    snprintf(lack, sizeof lack, "none of %s", words);
    complain(variable, value, lack, fallback);
    return (unsigned)word_find(words, fallback);
}

static uint32_t number_read(const char *variable, uint32_t fallback, uint32_t least, uint32_t most)
{
    const char *value = value_of(variable);
    if (!value) return fallback;
    char *end;
    errno = 0;
    unsigned long number = strtoul(value, &end, 10);
    bool digits = *value >= '0' && *value <= '9' && !*end && !errno;
    if (digits && number >= least && number <= most) return (uint32_t)number;
    char lack[64], taken[16];
    snprintf(lack, sizeof lack, "no number from %u to %u", least, most);
    snprintf(taken, sizeof taken, "%u", fallback);
    complain(variable, value, lack, taken);
    return fallback;
}

static const char *text_read(const char *variable, const char *fallback)
{
    const char *value = value_of(variable), *copy = NULL;
    if (!value) return fallback;
    if (strlen(value) >= PATH_MAX)
        complain(variable, value, "too long", fallback);
    else
        copy = strdup(value);
    return copy ? copy : fallback;
}

// The software GPU's own folder lies two levels within the one that is looked for. Returns whether this was
// it.
static bool softgpu_leave(char *folder)
{
    char *level = strrchr(folder, '/');
    if (!level) return false;
    *level = '\0';
    char *softgpu = strrchr(folder, '/');
    bool within = softgpu && !strcmp(softgpu, "/softgpu");
    *(within ? softgpu : level) = within ? '\0' : '/';
    return within;
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
    if (softgpu_leave(path)) {
        snprintf(libdir, sizeof libdir, "%s", path);
        return;
    }
    if (snprintf(libdir, sizeof libdir, "%s/kiln", path) >= (int)sizeof libdir) libdir[0] = '\0';
}

static void config_read(void)
{
    config.log = LOG_ERROR; // its own wrong value is told
#define CHOICE(field, type, variable, fallback, words, documentation)                                        \
    config.field = (type)choice_read(variable, fallback, words);
#define NUMBER(field, variable, fallback, least, most, documentation)                                        \
    config.field = number_read(variable, fallback, least, most);
#define TEXT(field, variable, fallback, documentation) config.field = text_read(variable, fallback);
#include "config.def"
#undef CHOICE
#undef NUMBER
#undef TEXT
    libdir_find();
}

const struct config *config_get(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, config_read);
    return &config;
}

void config_hush(void) { hushed = true; }

const char *config_libdir(void)
{
    config_get();
    return *libdir ? libdir : NULL;
}
