#include "api/machinery/printf_format.h"

#include <stdlib.h>
#include <string.h>

enum { FIELD_MAX = 4096 }; // widths and precisions beyond this are cut: they come from untrusted code objects

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

static int digits_read(const char **text)
{
    int number = 0;
    for (; **text >= '0' && **text <= '9'; ++*text)
        if (number < FIELD_MAX) number = number * 10 + (**text - '0');
    return number < FIELD_MAX ? number : FIELD_MAX;
}

static bool lanes_valid(int lanes)
{
    return lanes == 2 || lanes == 3 || lanes == 4 || lanes == 8 || lanes == 16;
}

static void length_read(const char **text, char length[3])
{
    static const char *const lengths[] = {"hh", "hl", "h", "l", "z", "t", ""}; // longer ones first
    unsigned i = 0;
    while (strncmp(*text, lengths[i], strlen(lengths[i])) != 0) i++;
    size_t size = strlen(lengths[i]);
    memcpy(length, lengths[i], size + 1);
    *text += size;
}

bool printf_conversion_parse(const char **text, struct printf_conversion *conversion)
{
    *conversion = (struct printf_conversion){.width = -1, .precision = -1, .lanes = 1};
    size_t flags = strspn(*text, "-+ #0");
    memcpy(conversion->flags, *text, flags < 5 ? flags : 5);
    *text += flags;
    if (**text >= '0' && **text <= '9') conversion->width = digits_read(text);
    if (**text == '.') {
        ++*text;
        conversion->precision = digits_read(text);
    }
    if (**text == 'v') {
        ++*text;
        int lanes = digits_read(text);
        if (!lanes_valid(lanes)) return false;
        conversion->lanes = (unsigned)lanes;
    }
    length_read(text, conversion->length);
    conversion->specifier = **text;
    if (!conversion->specifier || !strchr("diouxXfFeEgGaAcsp", conversion->specifier)) return false;
    ++*text;
    return true;
}
