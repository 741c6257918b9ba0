#include "software.h"

#include <stdio.h>
#include <unistd.h>

struct cpu_level {
    const char *name;
    bool runs;
};

bool software_find(const char *folder, char *path, size_t path_size, char *reason, size_t size)
{
    __builtin_cpu_init();
    const struct cpu_level levels[] = {{"x86-64-v4", __builtin_cpu_supports("x86-64-v4")},
                                       {"x86-64-v3", __builtin_cpu_supports("x86-64-v3")},
                                       {"x86-64", true}};
    if (!folder) {
        snprintf(reason, size, "the folder of Kiln's own files is unknown; set KILN_LIBDIR");
        return false;
    }
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        snprintf(path, path_size, "%s/softgpu/%s/" THUNK_FILE, folder, levels[i].name);
        if (levels[i].runs && !access(path, R_OK)) return true;
    }
    snprintf(reason, size, "none for this CPU in %s/softgpu (%s: %m)", folder, path);
    return false;
}
