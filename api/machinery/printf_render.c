#include "api/machinery/printf.h"
#include "api/machinery/printf_format.h"

#include <limits.h>
#include <string.h>

// A record: its format, and where in it the next argument is.
struct record {
    struct printf_format format;
    const uint8_t *bytes; // the arguments'
    size_t size, position;
    unsigned argument;
    unsigned long_strings, short_strings; // still to come: that may take less than stated, and that do
};

// ---- Strings ------------------------------------------------------------------------------------------
//
// LLVM 22 counts a string's NUL when it makes room for a record, but does not store it: where a string's
// length is a multiple of four, it takes four bytes less than stated, what follows lies four bytes earlier,
// and the record's last four bytes stay unwritten. Buffers are filled with PRINTF_UNWRITTEN beforehand, so
// that the unwritten words at a record's end tell how many such strings it has.

static bool word_is_unwritten(const uint8_t *word)
{
    return word[0] == PRINTF_UNWRITTEN && word[1] == PRINTF_UNWRITTEN && word[2] == PRINTF_UNWRITTEN &&
           word[3] == PRINTF_UNWRITTEN;
}

static unsigned unwritten_words(const uint8_t *bytes, size_t size)
{
    unsigned count = 0;
    for (; size >= 4 && word_is_unwritten(bytes + size - 4); size -= 4) count++;
    return count;
}

enum { LONG_STRING = 8 }; // the stated size from which on that can happen

// Which case the next string is. Where the counts leave a choice, its last word decides: one that begins with
// NUL cannot continue a string, one that does not end with NUL cannot end it.
static bool string_is_short(const struct record *record, const uint8_t *string, uint32_t size)
{
    if (!record->short_strings || size < LONG_STRING) return false;
    if (record->short_strings >= record->long_strings) return true;
    const uint8_t *word = string + size - 4;
    return !word[0] || word[3];
}

static size_t string_size(struct record *record, const uint8_t *string, uint32_t size)
{
    bool is_short = string_is_short(record, string, size);
    record->long_strings -= size >= LONG_STRING;
    record->short_strings -= is_short;
    return is_short ? size - 4 : size;
}

// ---- Values -------------------------------------------------------------------------------------------

static long long integer_read(const uint8_t *bytes, size_t size, bool is_signed)
{
    uint64_t value = 0;
    memcpy(&value, bytes, size);
    unsigned unused = 64 - 8 * (unsigned)size;
    return is_signed ? (long long)(value << unused) >> unused : (long long)(value << unused >> unused);
}

static double float_read(const uint8_t *bytes, size_t size)
{
    union {
        _Float16 h;
        float f;
        double d;
    } value;
    memcpy(&value, bytes, size);
    if (size == sizeof value.h) return (double)value.h;
    return size == sizeof value.f ? (double)value.f : value.d;
}

// The length modifier undoes the promotion to int.
static size_t integer_size(const struct printf_conversion *conversion, size_t size)
{
    size_t wanted = !strcmp(conversion->length, "hh") ? 1 : !strcmp(conversion->length, "h") ? 2 : size;
    return wanted < size ? wanted : size;
}

// The specification for the C library, of checked parts only: nothing of the code object's text reaches
// printf.
static const char *specification(const struct printf_conversion *conversion, const char *length,
                                 char text[64])
{
    char *end = text + sprintf(text, "%%%s", conversion->flags);
    if (conversion->width >= 0) end += sprintf(end, "%d", conversion->width);
    if (conversion->precision >= 0) end += sprintf(end, ".%d", conversion->precision);
    sprintf(end, "%s%c", length, conversion->specifier);
    return text;
}

enum conversion_class {
    CLASS_SIGNED,
    CLASS_UNSIGNED,
    CLASS_FLOAT,
    CLASS_CHARACTER,
    CLASS_POINTER,
    CLASS_STRING
};

static enum conversion_class conversion_class(char specifier)
{
    switch (specifier) {
    case 'd':
    case 'i':
        return CLASS_SIGNED;
    case 'o':
    case 'u':
    case 'x':
    case 'X':
        return CLASS_UNSIGNED;
    case 'c':
        return CLASS_CHARACTER;
    case 'p':
        return CLASS_POINTER;
    case 's':
        return CLASS_STRING;
    default:
        return CLASS_FLOAT;
    }
}

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral" // made by specification()
static bool value_print(const struct printf_conversion *conversion, const uint8_t *bytes, size_t size,
                        FILE *out)
{
    char text[64];
    if (size != 1 && size != 2 && size != 4 && size != 8) return false;
    switch (conversion_class(conversion->specifier)) {
    case CLASS_SIGNED:
        fprintf(out, specification(conversion, "ll", text),
                integer_read(bytes, integer_size(conversion, size), true));
        return true;
    case CLASS_UNSIGNED:
        fprintf(out, specification(conversion, "ll", text),
                integer_read(bytes, integer_size(conversion, size), false));
        return true;
    case CLASS_CHARACTER:
        fprintf(out, specification(conversion, "", text), (int)integer_read(bytes, size, true));
        return true;
    case CLASS_POINTER:
        fprintf(out, specification(conversion, "", text),
                (void *)(uintptr_t)integer_read(bytes, size, false));
        return true;
    case CLASS_FLOAT:
        if (size == 1) return false;
        fprintf(out, specification(conversion, "", text), float_read(bytes, size));
        return true;
    case CLASS_STRING:
        break;
    }
    return false;
}

static bool string_print(const struct printf_conversion *conversion, const uint8_t *bytes, size_t size,
                         FILE *out)
{
    struct printf_conversion limited = *conversion;
    char text[64];
    if (size > INT_MAX) return false;
    if (limited.precision < 0 || (size_t)limited.precision > size) limited.precision = (int)size;
    fprintf(out, specification(&limited, "", text), (const char *)bytes);
    return true;
}
#pragma clang diagnostic pop

// ---- Records ------------------------------------------------------------------------------------------

// Vectors of three are as large as those of four.
static unsigned lanes_stored(const struct printf_conversion *conversion)
{
    return conversion->lanes == 3 ? 4 : conversion->lanes;
}

static bool argument_print(struct record *record, const struct printf_conversion *conversion, FILE *out)
{
    if (record->argument >= record->format.count)
        return true; // the kernel gave fewer arguments than conversions
    uint32_t size = record->format.sizes[record->argument++];
    const uint8_t *bytes = record->bytes + record->position;
    if (conversion_class(conversion->specifier) == CLASS_STRING) {
        size_t taken = string_size(record, bytes, size);
        record->position += taken;
        return string_print(conversion, bytes, taken, out);
    }
    record->position += size;
    size_t lane_size = size / lanes_stored(conversion);
    for (unsigned lane = 0; lane < conversion->lanes; lane++) {
        if (lane) fputc(',', out);
        if (!value_print(conversion, bytes + lane * lane_size, lane_size, out)) return false;
    }
    return true;
}

static bool record_print(struct record *record, FILE *out)
{
    const char *text = record->format.text;
    for (char character; (character = printf_format_next(&text));) {
        struct printf_conversion conversion;
        if (character != '%' || *text == '%') {
            if (character == '%') text++;
            fputc(character, out);
            continue;
        }
        if (!printf_conversion_parse(&text, &conversion)) return false;
        if (!argument_print(record, &conversion, out)) return false;
    }
    return true;
}

// Counts the strings that may take less than stated, and those that do. The last argument may be a
// vector of three, whose fourth element is never written.
static void strings_count(struct record *record)
{
    const char *text = record->format.text;
    struct printf_conversion conversion = {.lanes = 1};
    unsigned argument = 0;
    for (char character; argument < record->format.count && (character = printf_format_next(&text));) {
        if (character != '%') continue;
        if (*text == '%')
            text++;
        else if (!printf_conversion_parse(&text, &conversion))
            return;
        else if (record->format.sizes[argument++] >= LONG_STRING)
            record->long_strings += conversion.specifier == 's';
    }
    if (!record->long_strings) return;
    size_t size = record->size;
    if (conversion.lanes == 3 && record->format.count)
        size -= record->format.sizes[record->format.count - 1] / 4;
    record->short_strings = unwritten_words(record->bytes, size & ~(size_t)3);
}

static bool format_find(const struct program_metadata *metadata, uint32_t id, struct printf_format *format)
{
    for (uint32_t i = 0; i < metadata->printf_count; i++)
        if (printf_format_parse(metadata->printf_formats[i], format) && format->id == id) return true;
    return false;
}

bool printf_render(const struct program_metadata *metadata, const uint8_t *records, size_t size, FILE *out)
{
    while (size) {
        struct record record = {.bytes = records + sizeof(uint32_t)};
        uint32_t id;
        if (size < sizeof id) return false;
        memcpy(&id, records, sizeof id);
        if (!format_find(metadata, id, &record.format)) return false;
        for (unsigned i = 0; i < record.format.count; i++) record.size += record.format.sizes[i];
        if (record.size > size - sizeof id) return false;
        strings_count(&record);
        if (!record_print(&record, out)) return false;
        records += sizeof id + record.size;
        size -= sizeof id + record.size;
    }
    return true;
}
