#include "source.h"

#include <stdlib.h>
#include <string.h>

static const int widths[WIDTHS] = {1, 2, 3, 4, 8, 16};

const struct element_type element_types[ELEMENTS] = {
    [CHAR] = {"char", 1, false, true, CHAR, UCHAR, SHORT},
    [UCHAR] = {"uchar", 1, false, false, CHAR, UCHAR, USHORT},
    [SHORT] = {"short", 2, false, true, SHORT, USHORT, INT},
    [USHORT] = {"ushort", 2, false, false, SHORT, USHORT, UINT},
    [INT] = {"int", 4, false, true, INT, UINT, LONG},
    [UINT] = {"uint", 4, false, false, INT, UINT, ULONG},
    [LONG] = {"long", 8, false, true, LONG, ULONG, LONG},
    [ULONG] = {"ulong", 8, false, false, LONG, ULONG, ULONG},
    [FLOAT] = {"float", 4, true, true, INT, UINT, DOUBLE},
    [DOUBLE] = {"double", 8, true, true, LONG, ULONG, DOUBLE},
    [HALF] = {"half", 2, true, true, SHORT, USHORT, FLOAT},
};

// ---- Which calls there are ----------------------------------------------------------------------------

#define SET(element) (1u << (element))
enum {
    NARROW = SET(CHAR) | SET(UCHAR) | SET(SHORT) | SET(USHORT) | SET(INT) | SET(UINT),
    INTEGER = NARROW | SET(LONG) | SET(ULONG),
    INTEGER32 = SET(INT) | SET(UINT),
    SINGLE = SET(FLOAT),
    FLOATING = SET(FLOAT) | SET(DOUBLE) | SET(HALF),
    ANY = INTEGER | FLOATING,
};

static const struct builtin {
    const char *name, *signature;
    unsigned elements, version;
} builtins[] = {
#define BUILTIN(name, signature, elements, version) {#name, signature, elements, version},
#include "builtins.def"
#undef BUILTIN
};

static const char *const space_names[SPACES] = {"", "private", "local", "global", ""};

enum { CALLS_MAX = 8192 }; // three times what double and half bring it to

struct call_list {
    struct call *calls;
    size_t count;
};

static void call_add(struct call_list *list, struct call call)
{
    if (list->count == CALLS_MAX) abort();
    list->calls[list->count++] = call;
}

static unsigned elements_of(const struct dialect *dialect)
{
    return INTEGER | SINGLE | (dialect->has_double ? SET(DOUBLE) : 0) | (dialect->has_half ? SET(HALF) : 0);
}

static void builtin_add(struct call_list *list, const struct dialect *dialect, const struct builtin *builtin)
{
    bool pointer = strpbrk(builtin->signature, "PQ");
    enum space first = pointer ? SPACE_PRIVATE : SPACE_NONE;
    enum space last = !pointer ? SPACE_NONE : dialect->generic ? SPACE_GENERIC : SPACE_GLOBAL;
    if (builtin->version > dialect->version) return;
    for (enum element e = 0; e < ELEMENTS; e++) {
        if (!(builtin->elements & elements_of(dialect) & SET(e))) continue;
        for (enum space s = first; s <= last; s++)
            call_add(list, (struct call){builtin->name, builtin->signature, e, e, s});
    }
}

// 6.4.3: every type to every other, with every rounding, to integers with saturation too.
static void conversions_add(struct call_list *list, const struct dialect *dialect)
{
    static const char *const suffixes[] = {"",     "_rte",     "_rtz",     "_rtp",     "_rtn",
                                           "_sat", "_sat_rte", "_sat_rtz", "_sat_rtp", "_sat_rtn"};
    for (enum element from = 0; from < ELEMENTS; from++)
        for (enum element to = 0; to < ELEMENTS; to++) {
            if (~elements_of(dialect) & (SET(from) | SET(to))) continue;
            for (size_t i = 0; i < (element_types[to].floating ? 5 : 10); i++)
                call_add(list, (struct call){suffixes[i], "DT", from, to, SPACE_NONE});
        }
}

struct call *calls_list(const struct dialect *dialect, size_t *count)
{
    struct call_list list = {.calls = calloc(CALLS_MAX, sizeof *list.calls)};
    if (!list.calls) abort();
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++) builtin_add(&list, dialect, &builtins[i]);
    conversions_add(&list, dialect);
    *count = list.count;
    return list.calls;
}

// ---- One call -----------------------------------------------------------------------------------------

enum element letter_element(const struct call *call, char letter)
{
    const struct element_type *type = &element_types[call->element];
    switch (letter) {
    case 'D':
        return call->destination;
    case 'N':
    case 'n':
    case 'Q':
        return INT;
    case 'U':
    case 'u':
        return type->same_unsigned;
    case 'I':
    case 'R':
        return type->same_signed;
    case 'W':
        return type->wide;
    default:
        return call->element;
    }
}

static const char *letter_name(const struct call *call, char letter)
{
    return element_types[letter_element(call, letter)].name;
}

static void type_write(const char *name, int width, FILE *out)
{
    fputs(name, out);
    if (width > 1) fprintf(out, "%d", width);
}

// Declares what the call's pointer leads to, as q.
static void pointer_write(const struct call *call, char letter, int width, FILE *out)
{
    char type[32];
    const char *name = letter_name(call, letter);
    snprintf(type, sizeof type, width > 1 ? "%s%d" : "%s", name, width);
    fprintf(out, "        %s own = 0;\n", type);
    if (call->space == SPACE_GENERIC)
        fprintf(out, "        %s *q = i & 1 ? (%s *)&own : (%s *)&local_%d[i];\n", type, type, type, width);
    else if (call->space == SPACE_GLOBAL)
        fprintf(out, "        global %s *q = (global %s *)scratch + i;\n", type, type);
    else if (call->space == SPACE_LOCAL)
        fprintf(out, "        local %s *q = &local_%d[i];\n", type, width);
    else
        fprintf(out, "        %s *q = &own;\n", type);
}

static void argument_write(const struct call *call, char letter, int parameter, int width, FILE *out)
{
    const char *name = letter_name(call, letter);
    if (letter == 'S' || letter == 'n' || width == 1)
        fprintf(out, "((global const %s *)%c)[%s]", name, 'a' + parameter,
                letter == 'S' || letter == 'n' ? "0" : "i");
    else
        fprintf(out, "vload%d(i, (global const %s *)%c)", width, name, 'a' + parameter);
}

static void arguments_write(const struct call *call, int width, FILE *out)
{
    for (int p = 0; call->signature[p + 1]; p++) {
        char letter = call->signature[p + 1];
        if (p) fputs(", ", out);
        if (letter == 'P' || letter == 'Q')
            fputc('q', out);
        else
            argument_write(call, letter, p, width, out);
    }
}

static void store_write(const char *name, const char *value, int width, size_t at, FILE *out)
{
    if (width == 1)
        fprintf(out, "        ((global %s *)(results + %zu))[i] = %s;\n", name, at, value);
    else
        fprintf(out, "        vstore%d(%s, i, (global %s *)(results + %zu));\n", width, value, name, at);
}

static void width_write(const struct call *call, int which, FILE *out)
{
    int width = widths[which];
    char result = call->signature[0];
    size_t at = (size_t)which * 2 * REGION;
    const char *pointer = strpbrk(call->signature, "PQ");
    fprintf(out, "    if (i < %d) {\n", COMPONENTS / width);
    if (pointer) pointer_write(call, *pointer, width, out);
    fputs("        ", out);
    type_write(letter_name(call, result), width, out);
    fputs(" y = ", out);
    if (result == 'R' && width == 1) fputs("-", out); // for one element, true is 1
    if (result == 'D') {
        fputs("convert_", out);
        type_write(letter_name(call, 'D'), width, out);
    }
    fprintf(out, "%s(", call->name);
    arguments_write(call, width, out);
    fputs(");\n", out);
    store_write(letter_name(call, result), "y", width, at, out);
    if (pointer) store_write(letter_name(call, *pointer), "(*q)", width, at + REGION, out);
    fputs("    }\n", out);
}

void call_write(const struct call *call, size_t index, FILE *out)
{
    const char *pointer = strpbrk(call->signature, "PQ");
    fprintf(out,
            "kernel void f%zu(global const uchar *a, global const uchar *b, global const uchar *c,\n"
            "    global uchar *results, global uchar *scratch)\n{\n    size_t i = get_global_id(0);\n",
            index);
    for (int w = 0; w < WIDTHS && call->space >= SPACE_LOCAL && pointer; w++) {
        fputs("    local ", out);
        type_write(letter_name(call, *pointer), widths[w], out);
        fprintf(out, " local_%d[%d];\n", widths[w], COMPONENTS / widths[w]);
    }
    for (int w = 0; w < WIDTHS; w++) width_write(call, w, out);
    fputs("}\n", out);
}

void call_print(const struct call *call, char *text, size_t size)
{
    const char *element = element_types[call->element].name;
    if (call->signature[0] == 'D')
        snprintf(text, size, "convert_%s%s(%s)", element_types[call->destination].name, call->name, element);
    else
        snprintf(text, size, "%s(%s) %s %s", call->name, element, call->signature, space_names[call->space]);
}
