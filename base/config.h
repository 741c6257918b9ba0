// Kiln's options, read once from the environment. See config.def for their meaning, ranges and defaults.
#pragma once

#include "log.h"

#include <stdbool.h>
#include <stdint.h>

// In the order of the words in config.def.
enum device_choice { DEVICE_AUTO, DEVICE_GPU, DEVICE_SOFT };
enum translate_choice { TRANSLATE_AUTO, TRANSLATE_OFF, TRANSLATE_ALWAYS };
enum copies_choice { COPIES_AUTO, COPIES_ENGINE };
enum images_choice { IMAGES_AUTO, IMAGES_TILED };

struct config {
#define CHOICE(field, type, variable, fallback, words, documentation) type field;
#define NUMBER(field, variable, fallback, least, most, documentation) uint32_t field;
#define TEXT(field, variable, fallback, documentation)                const char *field;
#include "config.def"
#undef CHOICE
#undef NUMBER
#undef TEXT
};

// The options of this process; the environment is read at the first call. Thread-safe.
const struct config *config_get(void);

// Before the first config_get: wrong values are not told, for another library of this process tells them.
void config_hush(void);

// The folder that holds kilnc, bitcode and the software GPU: KILN_LIBDIR, else `kiln` beside the shared
// object that this function is linked into, or the one that has that object as softgpu/<level>/*. The string
// lives as long as the process. NULL when it cannot be told.
const char *config_libdir(void);
