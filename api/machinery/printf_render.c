#include "api/machinery/printf.h"
#include "api/machinery/printf_format.h"
#include "compiler/printf_conversion.h"

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
    return conversion->integer_size && conversion->integer_size < size ? conversion->integer_size : size;
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
static void value_print(const struct printf_conversion *conversion, const uint8_t *bytes, size_t size,
                        FILE *out)
{
    char text[64];
    switch (conversion_class(conversion->specifier)) {
    case CLASS_SIGNED:
        fprintf(out, specification(conversion, "ll", text),
                integer_read(bytes, integer_size(conversion, size), true));
        break;
    case CLASS_UNSIGNED:
        fprintf(out, specification(conversion, "ll", text),
                integer_read(bytes, integer_size(conversion, size), false));
        break;
    case CLASS_CHARACTER:
        fprintf(out, specification(conversion, "", text), (int)integer_read(bytes, size, true));
        break;
    case CLASS_POINTER:
        fprintf(out, specification(conversion, "", text),
                (void *)(uintptr_t)integer_read(bytes, size, false));
        break;
    case CLASS_FLOAT:
        fprintf(out, specification(conversion, "", text), float_read(bytes, size));
        break;
    case CLASS_STRING:
        break;
    }
}

static void string_print(const struct printf_conversion *conversion, const uint8_t *bytes, size_t size,
                         FILE *out)
{
    struct printf_conversion limited = *conversion;
    char text[64];
    if (limited.precision < 0 || (size_t)limited.precision > size) limited.precision = (int)size;
    fprintf(out, specification(&limited, "", text), (const char *)bytes);
}
#pragma clang diagnostic pop

// Vectors of three are as large as those of four.
static unsigned lanes_stored(const struct printf_conversion *conversion)
{
    return conversion->lanes == 3 ? 4 : conversion->lanes;
}

// False where the argument is nothing that the conversion could print.
static bool argument_print(const struct printf_conversion *conversion, const uint8_t *bytes, size_t size,
                           FILE *out)
{
    enum conversion_class class = conversion_class(conversion->specifier);
    size_t lane_size = size / lanes_stored(conversion);
    if (class == CLASS_STRING) return string_print(conversion, bytes, size, out), true;
    if (lane_size != 1 && lane_size != 2 && lane_size != 4 && lane_size != 8) return false;
    if (class == CLASS_FLOAT && lane_size == 1) return false;
    for (unsigned lane = 0; lane < conversion->lanes; lane++) {
        if (lane) fputc(',', out);
        value_print(conversion, bytes + lane * lane_size, lane_size, out);
    }
    return true;
}

// ---- Records ------------------------------------------------------------------------------------------

// What a format consists of: characters, and conversions. `specifier` is what LLVM takes a conversion for,
// and so what an argument is stored as; NUL: none.
struct piece {
    char character, specifier;
    bool understood;
    struct printf_conversion conversion;
};

// False at the format's end. What is no conversion of OpenCL C's is its '%' alone, but LLVM, which does not
// look at what comes before a specifier, may have stored an argument for it.
static bool piece_next(const char **text, struct piece *piece)
{
    *piece = (struct piece){.character = printf_format_next(text)};
    if (piece->character != '%') return piece->character;
    if (**text == '%') return ++*text, true;
    piece->understood = printf_conversion_parse(text, &piece->conversion);
    const char *next = strpbrk(*text, "cdieEfFgGaAosuxXp%");
    if (piece->understood)
        piece->specifier = piece->conversion.specifier;
    else if (next && *next != '%')
        piece->specifier = *next;
    return true;
}

// The next argument's bytes and their number. NULL: the kernel gave fewer than the format has conversions.
static const uint8_t *argument_take(struct record *record, char specifier, size_t *size)
{
    if (record->argument == record->format.count) return NULL;
    uint32_t stated = record->format.sizes[record->argument++];
    const uint8_t *bytes = record->bytes + record->position;
    *size = conversion_class(specifier) == CLASS_STRING ? string_size(record, bytes, stated) : stated;
    record->position += *size;
    return bytes;
}

static void record_print(struct record *record, FILE *out)
{
    struct piece piece;
    for (const char *text = record->format.text, *begin = text; piece_next(&text, &piece); begin = text) {
        const uint8_t *bytes = NULL;
        size_t size = 0;
        if (piece.specifier) bytes = argument_take(record, piece.specifier, &size);
        if (piece.understood && bytes && argument_print(&piece.conversion, bytes, size, out)) continue;
        fputc(piece.character, out);
        if (piece.understood) text = begin + 1; // behind the '%'
    }
}

// Counts the strings that may take less than stated, and those that do. The last argument may be a
// vector of three, whose fourth element is never written.
static void strings_count(struct record *record)
{
    const char *text = record->format.text;
    struct piece piece = {.conversion.lanes = 1};
    unsigned argument = 0;
    while (argument < record->format.count && piece_next(&text, &piece))
        if (piece.specifier && record->format.sizes[argument++] >= LONG_STRING)
            record->long_strings += piece.specifier == 's';
    if (!record->long_strings) return;
    size_t size = record->size;
    if (piece.conversion.lanes == 3) size -= record->format.sizes[record->format.count - 1] / 4;
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
        record_print(&record, out);
        records += sizeof id + record.size;
        size -= sizeof id + record.size;
    }
    return true;
}
