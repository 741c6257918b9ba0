#include "compiler/printf_conversion.h"

#include <string.h>

enum { FIELD_MAX = 4096 }; // widths and precisions beyond this are cut: they come from untrusted code

// What has been read so far, and whether all of it was understood.
struct reader {
    const char *text;
    unsigned stars;
    bool sound;
};

static bool is_digit(char character) { return character >= '0' && character <= '9'; }

static int number_read(struct reader *reader)
{
    int number = 0;
    for (; is_digit(*reader->text); reader->text++)
        if (number < FIELD_MAX) number = number * 10 + (*reader->text - '0');
    return number < FIELD_MAX ? number : FIELD_MAX;
}

// A width or a precision. OpenCL C has none that are arguments.
static int field_read(struct reader *reader)
{
    if (*reader->text != '*') return number_read(reader);
    reader->text++;
    reader->stars++;
    reader->sound = false;
    return 0;
}

static unsigned lanes_read(struct reader *reader)
{
    int lanes = number_read(reader);
    if (lanes != 2 && lanes != 3 && lanes != 4 && lanes != 8 && lanes != 16) reader->sound = false;
    return (unsigned)lanes;
}

// Arguments are as large as they are: only what undoes the promotion to int matters. OpenCL C has hh, h,
// hl and l; code that comes from C has the others, too.
static size_t length_read(struct reader *reader)
{
    static const struct {
        const char *name;
        size_t integer_size;
    } lengths[] = {{"hh", 1}, {"hl", 0}, {"h", 2}, {"ll", 0}, {"l", 0}, // longer ones first
                   {"j", 0},  {"z", 0},  {"t", 0}, {"q", 0},  {"L", 0}};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t size = strlen(lengths[i].name);
        if (strncmp(reader->text, lengths[i].name, size) != 0) continue;
        reader->text += size;
        return lengths[i].integer_size;
    }
    return 0;
}

bool printf_conversion_parse(const char **text, struct printf_conversion *conversion)
{
    struct reader reader = {.text = *text, .sound = true};
    *conversion = (struct printf_conversion){.width = -1, .precision = -1, .lanes = 1};
    size_t flags = strspn(reader.text, "-+ #0");
    memcpy(conversion->flags, reader.text, flags < 5 ? flags : 5);
    reader.text += flags;
    if (is_digit(*reader.text) || *reader.text == '*') conversion->width = field_read(&reader);
    if (*reader.text == '.') {
        reader.text++;
        conversion->precision = field_read(&reader);
    }
    if (*reader.text == 'v') {
        reader.text++;
        conversion->lanes = lanes_read(&reader);
    }
    conversion->integer_size = length_read(&reader);
    conversion->specifier = *reader.text;
    if (!conversion->specifier || !strchr("diouxXfFeEgGaAcsp", conversion->specifier)) return false;
    conversion->arguments = 1 + reader.stars;
    if (reader.sound) *text = reader.text + 1;
    return reader.sound;
}
