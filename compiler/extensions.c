#include "compiler/extensions.h"

#include <string.h>

// The space before a name makes the first one's the only one too many.
static const char names[] =
#define EXTENSION(name, ...) " " #name
#define FEATURE(...)
#include "compiler/extensions.def"
#undef EXTENSION
#undef FEATURE
    ;

// __OPENCL_VERSION__ is the device's version, whatever version of OpenCL C a program is in.
static const char defines[] = "-D__OPENCL_VERSION__=300 -cl-ext=-all"
#define EXTENSION(name, ...) ",+" #name
#define FEATURE(name, ...)   ",+" #name
#include "compiler/extensions.def"
#undef EXTENSION
#undef FEATURE
    ;

static const cl_name_version extensions[] = {
#define EXTENSION(name, ...) {CL_MAKE_VERSION(__VA_ARGS__), #name},
#define FEATURE(...)
#include "compiler/extensions.def"
#undef EXTENSION
#undef FEATURE
};

static const cl_name_version features[] = {
#define EXTENSION(...)
#define FEATURE(name, ...) {CL_MAKE_VERSION(__VA_ARGS__), #name},
#include "compiler/extensions.def"
#undef EXTENSION
#undef FEATURE
};

const char *extensions_names(void) { return names + 1; }
const char *extensions_defines(void) { return defines; }

size_t extensions_list(cl_name_version list[EXTENSIONS_MAX])
{
    memcpy(list, extensions, sizeof extensions);
    return EXTENSIONS_MAX;
}

size_t features_list(cl_name_version list[FEATURES_MAX])
{
    memcpy(list, features, sizeof features);
    return FEATURES_MAX;
}

bool extensions_name(const char *defines, const char *name)
{
    size_t length = strlen(name);
    for (const char *found = defines; (found = strstr(found, name)); found += length) {
        char after = found[length];
        if (found > defines && found[-1] == '+' && (!after || after == ',' || after == ' ')) return true;
    }
    return false;
}
