#include "api/machinery/printf_format.h"

#include <stdlib.h>
#include <string.h>

static bool number_read(const char **text, uint32_t *value)
{
    char *end;
    if (**text < '0' || **text > '9') return false;
    unsigned long number = strtoul(*text, &end, 10);
    if (*end != ':' || number > UINT32_MAX) return false;
    *value = (uint32_t)number;
    *text = end + 1;
    return true;
}

bool printf_format_parse(const char *entry, struct printf_format *format)
{
    uint32_t arguments;
    if (!number_read(&entry, &format->id) || !number_read(&entry, &arguments)) return false;
    // A colon in the format itself is escaped, so that what does not end with one is the format. Arguments
    // that no conversion prints have no size.
    for (format->count = 0; format->count < arguments; format->count++) {
        if (format->count == PRINTF_ARGUMENTS_MAX) return false;
        if (!number_read(&entry, &format->sizes[format->count])) break;
    }
    format->text = entry;
    return !strchr(entry, ':');
}

char printf_format_next(const char **text)
{
    static const struct {
        const char *escape;
        char character;
    } escapes[] = {{"a", '\a'}, {"b", '\b'}, {"f", '\f'}, {"n", '\n'}, {"r", '\r'}, {"v", '\v'}, {"72", ':'}};
    char character = **text;
    if (!character) return '\0';
    ++*text;
    if (character != '\\') return character;
    for (unsigned i = 0; i < sizeof escapes / sizeof *escapes; i++) {
        size_t length = strlen(escapes[i].escape);
        if (strncmp(*text, escapes[i].escape, length) != 0) continue;
        *text += length;
        return escapes[i].character;
    }
    return character;
}
