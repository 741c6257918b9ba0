// A fresh cache folder, and results to keep in it that no compiler was needed for.
#pragma once

#include "child.h"

#include "compiler/client/cache.h"
#include "compiler/evidence.h"

#include <dirent.h>

static char cache_folder[64];

static inline int shell(const char *command) { return system(command); } // NOLINT(bugprone-command-processor)

// For setup and teardown of each test. What a test left read-only is removed too.
static int folder_make(void **state)
{
    (void)state;
    snprintf(cache_folder, sizeof cache_folder, "/tmp/kiln-cache-XXXXXX");
    if (!mkdtemp(cache_folder)) return -1;
    return setenv("KILN_CACHE_DIR", cache_folder, 1) || setenv("KILN_CACHE", "on", 1);
}

static int folder_remove(void **state)
{
    (void)state;
    char command[160];
    snprintf(command, sizeof command, "chmod -R u+rwX %s; rm -rf %s", cache_folder, cache_folder);
    return shell(command);
}

// The results kept, and files left unfinished. Stores the last one's path.
static inline int kept_count(char path[512])
{
    int count = 0;
    DIR *list = opendir(cache_folder);
    struct dirent *entry;
    while (list && (entry = readdir(list))) {
        bool result = strlen(entry->d_name) == 2 * sizeof(struct digest);
        if (!result && strncmp(entry->d_name, "unfinished", strlen("unfinished")) != 0) continue;
        if (path) snprintf(path, 512, "%s/%s", cache_folder, entry->d_name);
        count++;
    }
    if (list) closedir(list);
    return count;
}
