// clBuildProgram's options string (OpenCL 3.0 API, 5.8.6; linking: 5.8.7), turned into clang's arguments and
// Kiln's own flags.
#pragma once

#include "compiler/buffer.h"

#include <stdint.h>

// Words of an options string, or arguments for clang. All strings are owned by the list.
struct word_list {
    char **words; // NULL-terminated
    size_t count, capacity;
};

void word_list_add(struct word_list *list, const char *word);
void word_list_free(struct word_list *list);

// Where a set of options comes from decides which are allowed.
enum option_context {
    OPTIONS_OF_COMPILE = 1,
    OPTIONS_OF_LINK = 2,
    OPTIONS_OF_LIBRARY = 4,
    OPTIONS_OF_DEVICE = 8, // the driver's own, which an application cannot give
};

// What the choice of device libraries and the back end depend on. Recorded in objects: do not renumber.
enum math_flag {
    MATH_DENORMALS_ZERO = 1,
    MATH_UNSAFE = 2,
    MATH_FINITE = 4,
    MATH_CORRECTLY_ROUNDED = 8,
};

struct build_options {
    struct word_list clang; // for clang -cc1
    uint32_t math;          // enum math_flag
    int optimisation;       // 0 to 3
    bool debug;
    bool strict_aliasing; // else pointers to any type may meet, as programs before OpenCL 1.1 could rely on
    bool enable_link_options;
};

// Splits as a shell does: blanks separate, '…', "…" and \ quote. Returns 0, or -1 where a quote is open at
// the end.
int options_split(const char *text, struct word_list *words);

// Adds options to `out`. Returns 0, or -1 and a line in `log` where one is unknown here or malformed.
int options_parse(const char *const *words, size_t count, enum option_context context,
                  struct build_options *out, struct buffer *log);
int options_parse_text(const char *text, enum option_context context, struct build_options *out,
                       struct buffer *log);

void options_init(struct build_options *options);
void options_free(struct build_options *options);
