// Format strings as code object metadata holds them: "<id>:<arguments>:<size>:…:<format>", sizes in bytes,
// one for each argument that a conversion prints; some characters of the format escaped.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PRINTF_ARGUMENTS_MAX = 128 };

struct printf_format {
    uint32_t id;
    unsigned count;
    uint32_t sizes[PRINTF_ARGUMENTS_MAX];
    const char *text; // still escaped
};

// False where the entry is malformed.
bool printf_format_parse(const char *entry, struct printf_format *);

// One character of an escaped format; moves past it. NUL at the end.
char printf_format_next(const char **text);
