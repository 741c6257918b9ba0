#define _GNU_SOURCE
#include "target.h"

#include "bridge.h"
#include "installed.h"

#include <stdio.h>
#include <string.h>

static const char triple[] = "amdgcn-amd-amdhsa--";

// ---- Processors ---------------------------------------------------------------------------------------

// Those for which there are device libraries, a blank after each.
static const char processors[] = KILN_PROCESSORS " ";

static const struct feature {
    const char *name;
    unsigned flag;
} features[] = {{"sramecc", PROCESSOR_SRAMECC}, {"xnack", PROCESSOR_XNACK}};
enum { FEATURES = sizeof features / sizeof *features };

static bool processor_known(const char *name, unsigned *flags)
{
    size_t length = strlen(name);
    for (const char *next = processors; *next; next += strcspn(next, " ") + 1) {
        if (strcspn(next, " ") == length && !strncmp(next, name, length))
            return bridge_processor(name, flags);
    }
    return false;
}

void target_list(struct word_list *names)
{
    for (const char *next = processors; *next; next += strcspn(next, " ") + 1) {
        char name[64];
        unsigned flags;
        int used = snprintf(name, sizeof name, "%.*s", (int)strcspn(next, " "), next);
        if (!processor_known(name, &flags)) continue;
        for (size_t i = 0; i < FEATURES; i++) {
            if (flags & features[i].flag)
                used += snprintf(name + used, sizeof name - (size_t)used, "[:%s+|-]", features[i].name);
        }
        word_list_add(names, name);
    }
}

// ---- ISA names ----------------------------------------------------------------------------------------

static bool feature_known(const char *text, size_t length, unsigned flags)
{
    for (size_t i = 0; i < FEATURES; i++) {
        if (strlen(features[i].name) == length && !strncmp(text, features[i].name, length))
            return flags & features[i].flag;
    }
    return false;
}

// ":sramecc+:xnack-" becomes "+sramecc,-xnack".
static bool features_parse(const char *text, unsigned flags, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    while (*text == ':') {
        size_t length = strcspn(++text, ":");
        if (length < 2 || !strchr("+-", text[length - 1]) || !feature_known(text, length - 1, flags))
            return false;
        int written = snprintf(out + used, size - used, "%s%c%.*s", used ? "," : "", text[length - 1],
                               (int)length - 1, text);
        if (written < 0 || (size_t)written >= size - used) return false;
        used += (size_t)written;
        text += length;
    }
    return !*text;
}

int target_parse(const char *isa, struct target *target, struct buffer *log)
{
    const char *processor = isa + sizeof triple - 1;
    unsigned flags;
    bool ours = !strncmp(isa, triple, sizeof triple - 1);
    size_t length = ours ? strcspn(processor, ":") : 0;
    if (ours && length < sizeof target->processor) {
        memcpy(target->processor, processor, length);
        target->processor[length] = '\0';
        if (processor_known(target->processor, &flags) &&
            features_parse(processor + length, flags, target->features, sizeof target->features))
            return 0;
    }
    buffer_printf(log, "error: '%s' is no ISA of AMD's that this compiler knows (see kilnc --list-devices)\n",
                  isa);
    return -1;
}

bool target_has_images(const char *isa)
{
    struct target target;
    struct buffer log = {0};
    unsigned flags = 0;
    bool known = !target_parse(isa, &target, &log) && processor_known(target.processor, &flags);
    buffer_clear(&log);
    return known && flags & PROCESSOR_IMAGES;
}

// ---- Device libraries ---------------------------------------------------------------------------------

// Beside kilnc itself, where the build or the installation put it.
int target_library(char *path, size_t size, struct buffer *log)
{
    return installed_file("bitcode/device.pack", path, size, log);
}

int target_lanes(const struct target *target)
{
    return strncmp(target->processor, "gfx1", 4) ? 64 : 32; // from gfx10 on, compute defaults to 32
}

void target_settings(const struct target *target, uint32_t math, struct word_list *names)
{
    char isa_version[64];
    snprintf(isa_version, sizeof isa_version, "oclc_isa_version_%s", target->processor + strlen("gfx"));
    const char *const settings[] = {
        math & MATH_DENORMALS_ZERO ? "oclc_daz_opt_on" : "oclc_daz_opt_off",
        math & MATH_UNSAFE ? "oclc_unsafe_math_on" : "oclc_unsafe_math_off",
        math & MATH_FINITE ? "oclc_finite_only_on" : "oclc_finite_only_off",
        math & MATH_CORRECTLY_ROUNDED ? "oclc_correctly_rounded_sqrt_on" : "oclc_correctly_rounded_sqrt_off",
        isa_version,
        "oclc_abi_version_500",
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) word_list_add(names, settings[i]);
}
