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

// Beside kilnc itself, where the build or the installation put it.
int target_library(char *path, size_t size, struct buffer *log)
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
        if (snprintf(path, size, "%s/bitcode/device.pack", self) < (int)size) return 0;
    }
    buffer_printf(log, "error: kilnc cannot tell where it is installed: %s\n", strerror(errno));
    return -1;
}

int target_lanes(const struct target *target)
{
    return strncmp(target->processor, "gfx1", 4) ? 64 : 32; // from gfx10 on, compute defaults to 32
}

void target_settings(const struct target *target, uint32_t math, struct word_list *names)
{
    char isa_version[64];
    bool wave64 = target_lanes(target) == 64;
    snprintf(isa_version, sizeof isa_version, "oclc_isa_version_%s", target->processor + strlen("gfx"));
    const char *const settings[] = {
        math & MATH_DENORMALS_ZERO ? "oclc_daz_opt_on" : "oclc_daz_opt_off",
        math & MATH_UNSAFE ? "oclc_unsafe_math_on" : "oclc_unsafe_math_off",
        math & MATH_FINITE ? "oclc_finite_only_on" : "oclc_finite_only_off",
        math & MATH_CORRECTLY_ROUNDED ? "oclc_correctly_rounded_sqrt_on" : "oclc_correctly_rounded_sqrt_off",
        wave64 ? "oclc_wavefrontsize64_on" : "oclc_wavefrontsize64_off",
        isa_version,
        "oclc_abi_version_500",
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) word_list_add(names, settings[i]);
}
