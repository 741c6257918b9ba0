#define _GNU_SOURCE
#include "target.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char triple[] = "amdgcn-amd-amdhsa--";

// ":sramecc+:xnack-" becomes "+sramecc,-xnack".
static int features_parse(const char *text, char *features, size_t size)
{
    size_t used = 0;
    features[0] = '\0';
    while (*text == ':') {
        size_t length = strcspn(++text, ":");
        if (length < 2 || !strchr("+-", text[length - 1])) return -1;
        int written = snprintf(features + used, size - used, "%s%c%.*s", used ? "," : "", text[length - 1],
                               (int)length - 1, text);
        if (written < 0 || (size_t)written >= size - used) return -1;
        used += (size_t)written;
        text += length;
    }
    return *text ? -1 : 0;
}

int target_parse(const char *isa, struct target *target, struct buffer *log)
{
    const char *processor = isa + sizeof triple - 1;
    bool known = !strncmp(isa, triple, sizeof triple - 1) && !strncmp(processor, "gfx", 3);
    size_t length = known ? strcspn(processor, ":") : 0;
    if (known && length < sizeof target->processor) {
        memcpy(target->processor, processor, length);
        target->processor[length] = '\0';
        if (!features_parse(processor + length, target->features, sizeof target->features)) return 0;
    }
    buffer_printf(log, "error: '%s' is no ISA of AMD's that this compiler knows\n", isa);
    return -1;
}

static int library_add(struct word_list *paths, const char *folder, const char *name, struct buffer *log)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s.bc", folder, name);
    word_list_add(paths, path);
    if (!access(path, R_OK)) return 0;
    buffer_printf(log, "error: device library %s: %s\n", path, strerror(errno));
    return -1;
}

// The folder beside kilnc itself, where the build or the installation put Kiln's own copy of opencl.bc.
static int own_folder(char *folder, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", folder, size - 1);
    if (length < 0) return -1;
    folder[length] = '\0';
    char *slash = strrchr(folder, '/');
    if (!slash || snprintf(slash, size - (size_t)(slash - folder), "/bitcode") >=
                      (int)(size - (size_t)(slash - folder)))
        return -1;
    return 0;
}

int target_libraries(const struct target *target, uint32_t math, struct word_list *paths, struct buffer *log)
{
    char isa_version[64];
    bool wave64 = strncmp(target->processor, "gfx1", 4) != 0; // from gfx10 on, compute defaults to 32 lanes
    snprintf(isa_version, sizeof isa_version, "oclc_isa_version_%s", target->processor + strlen("gfx"));
    const char *const names[] = {
        "ocml",
        "ockl",
        math & MATH_DENORMALS_ZERO ? "oclc_daz_opt_on" : "oclc_daz_opt_off",
        math & MATH_UNSAFE ? "oclc_unsafe_math_on" : "oclc_unsafe_math_off",
        math & MATH_FINITE ? "oclc_finite_only_on" : "oclc_finite_only_off",
        math & MATH_CORRECTLY_ROUNDED ? "oclc_correctly_rounded_sqrt_on" : "oclc_correctly_rounded_sqrt_off",
        wave64 ? "oclc_wavefrontsize64_on" : "oclc_wavefrontsize64_off",
        isa_version,
        "oclc_abi_version_500",
    };
    char own[PATH_MAX];
    if (own_folder(own, sizeof own)) {
        buffer_printf(log, "error: kilnc cannot tell where it is installed: %s\n", strerror(errno));
        return -1;
    }
    if (library_add(paths, own, wave64 ? "wave64" : "wave32", log) || library_add(paths, own, "opencl", log))
        return -1;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (library_add(paths, KILN_DEVICE_LIBS, names[i], log)) return -1;
    }
    return 0;
}
