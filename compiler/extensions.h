// The lists of extensions.def in the forms in which they are asked for.
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

// Names, each followed by a space but the last.
const char *extensions_names(void);
// Fill the array and return the count.
size_t extensions_list(cl_name_version list[EXTENSIONS_MAX]);
size_t features_list(cl_name_version list[FEATURES_MAX]);
// clang's option that switches on exactly these.
const char *extensions_defines(void);

// Whether such an option switches an extension or feature on.
bool extensions_name(const char *defines, const char *name);

#ifdef __cplusplus
}
#endif
