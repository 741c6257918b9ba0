// OpenCL C for the table of builtin functions: one kernel for each function, element type and address space,
// which calls it in every width on the same components. What the widths return must agree.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
    COMPONENTS = 48, // a multiple of every width
    WIDTHS = 6,
    PARAMETERS = 3,          // of values, at most
    REGION = COMPONENTS * 8, // bytes of one width's results, or of what its pointer was given
    RESULTS = WIDTHS * 2 * REGION,
};

enum element { CHAR, UCHAR, SHORT, USHORT, INT, UINT, LONG, ULONG, FLOAT, DOUBLE, HALF, ELEMENTS };

struct element_type {
    const char *name;
    size_t size;
    bool floating, is_signed;
    enum element same_signed, same_unsigned, wide; // integers as wide, and twice as wide
};

extern const struct element_type element_types[ELEMENTS];

enum space { SPACE_NONE, SPACE_PRIVATE, SPACE_LOCAL, SPACE_GLOBAL, SPACE_GENERIC, SPACES };

// A call to be tested.
struct call {
    const char *name;      // of a conversion: what follows the type, such as "_sat_rte"
    const char *signature; // builtins.def; D stands for the type that a conversion leads to
    enum element element, destination;
    enum space space; // of the pointer, where there is one
};

// The dialect that calls are gathered for.
struct dialect {
    unsigned version; // 120
    bool has_double, has_half, generic;
};

// All calls of a dialect; malloc'd.
struct call *calls_list(const struct dialect *dialect, size_t *count);

// What a letter of the signature stands for with a width of 1.
enum element letter_element(const struct call *call, char letter);

// Writes the kernel "f<index>" of (global const uchar *a, *b, *c, global uchar *results): for each width its
// REGION of results and its REGION of what the pointer was given.
void call_write(const struct call *call, size_t index, FILE *out);

// What calls look like to a person.
void call_print(const struct call *call, char *text, size_t size);
