// Kiln's options, read once from the environment. See config.def for their meaning.
#pragma once

struct config {
#define OPTION(field, variable, fallback, documentation) const char *field;
#include "config.def"
#undef OPTION
};

// The options of this process; the environment is read at the first call. Thread-safe.
const struct config *config_get(void);

// The folder that holds kilnc, bitcode and the software GPU: KILN_LIBDIR, else `kiln` beside the shared
// object that this function is linked into. The string lives as long as the process. NULL when it cannot be
// told.
const char *config_libdir(void);
