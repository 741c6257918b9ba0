// The lists of extensions.def in the forms in which they are asked for, of a processor: older ones lack some.
#pragma once

#include <CL/cl.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    EXTENSIONS_MAX = 0
#define EXTENSION(...) +1
#define FEATURE(...)
#include "compiler/extensions.def"
#undef EXTENSION
#undef FEATURE
    ,
    FEATURES_MAX = 0
#define EXTENSION(...)
#define FEATURE(...) +1
#include "compiler/extensions.def"
#undef EXTENSION
#undef FEATURE
};

struct extensions {
    cl_name_version extensions[EXTENSIONS_MAX], features[FEATURES_MAX];
    size_t extension_count, feature_count;
    // Names of extensions, each followed by a space but the last.
    char names[EXTENSIONS_MAX * (CL_NAME_VERSION_MAX_NAME_SIZE + 2)];
    // clang's options that switch on exactly these.
    char defines[(EXTENSIONS_MAX + FEATURES_MAX + 1) * (CL_NAME_VERSION_MAX_NAME_SIZE + 2)];
};

// The major version of a processor's instruction set: 9 of "gfx90a" or "gfx90a:xnack+", 10 of "gfx1030". 0 of
// what is no such name.
unsigned processor_generation(const char *processor);

// What processors of a generation have, with images or without.
void extensions_of(struct extensions *, unsigned generation, bool images);
bool extensions_have(const struct extensions *, const char *name);

// Whether clang's options, as above, switch an extension or feature on.
bool extensions_name(const char *defines, const char *name);

#ifdef __cplusplus
}
#endif
