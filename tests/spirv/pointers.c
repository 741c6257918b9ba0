// Kernels with structures and arrays of pointers of all address spaces and of numbers, made at random: OpenCL
// C that is C++ for OpenCL, too, with the arguments that kernels.c gives. What is written depends on what is
// in the structures, not on how they are laid out.
//
// usage: spirv_pointers SEED COUNT > pointers.cl
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t seed;

static unsigned below(unsigned limit)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % limit;
}

// ---- What structures consist of -------------------------------------------------------------------------

// `value` is what a leaf is filled with, from a number s and what there is to point to; `number` what it
// counts as.
static const struct kind {
    const char *type, *value, *number;
    bool pointer, writable; // what it leads to is the work-item's own uint
} kinds[] = {
    {"__local uint *", "near + (s >> 3) % 8", "*%s", true, true},
    {"__local uint *", "near + (s >> 5) % 8", "*%s", true, true},
    {"__private uint *", "own + (s >> 4) % 8", "*%s", true, true},
    {"__private uint *", "own + (s >> 6) % 8", "*%s", true, true},
    {"__global const int *", "far + (s >> 3) % 8", "(uint)*%s", true, false},
    {"__constant uint *", "fixed + (s >> 2) % 8", "*%s", true, false},
    {"uint *", "s & 8 ? (uint *)(near + (s >> 4) % 8) : (uint *)(own + (s >> 5) % 8)", "*%s", true, true},
    {"__local struct base *", "bases", "(%s->much + *%s->where)", true, false},
    {"__local uint *__private *", "slot", "**%s", true, false},
    {"uchar", "(uchar)(s >> 3)", "%s", false, false},
    {"ushort", "(ushort)(s >> 2)", "%s", false, false},
    {"uint", "s * 5", "%s", false, false},
    {"ulong", "(ulong)s << 20", "(uint)(%s >> 11)", false, false},
    {"float", "(float)(s & 0xfff)", "(uint)%s", false, false},
    {"uint2", "(uint2)(s, s + 1)", "(%s.x ^ %s.y)", false, false},
    {"uint4", "(uint4)(s, 1, 2, s >> 1)", "(%s.x ^ %s.w)", false, false},
};
enum { KINDS = sizeof kinds / sizeof *kinds, POINTERS = 9 };

enum { MEMBERS = 6, LEAVES = 24 };

struct leaf {
    const struct kind *kind;
    char path[48]; // "a.c[1].b"
};

struct type {
    int count;
    struct leaf leaves[LEAVES];
};

static struct type *types;

static const struct kind *kind_choose(void) { return &kinds[below(below(3) ? POINTERS : KINDS)]; }

static void leaf_add(struct type *type, const struct kind *kind, const char *format, ...)
{
    struct leaf *leaf = &type->leaves[type->count++];
    va_list arguments;
    leaf->kind = kind;
    va_start(arguments, format);
    vsnprintf(leaf->path, sizeof leaf->path, format, arguments);
    va_end(arguments);
}

// A structure that came before, or an array of it; false where it is too large.
static bool nested_member(struct type *type, int number, char name)
{
    if (!number) return false;
    int other = (int)below((unsigned)number), elements = below(2) ? 2 : 0;
    const struct type *inner = &types[other];
    if (type->count + inner->count * (elements ? elements : 1) > LEAVES - MEMBERS) return false;
    printf(elements ? "    struct t%d %c[%d];\n" : "    struct t%d %c;\n", other, name, elements);
    for (int e = 0; e < (elements ? elements : 1); e++)
        for (int i = 0; i < inner->count; i++) {
            const struct leaf *leaf = &inner->leaves[i];
            if (strlen(leaf->path) > 24) abort();
            if (elements)
                leaf_add(type, leaf->kind, "%c[%d].%.24s", name, e, leaf->path);
            else
                leaf_add(type, leaf->kind, "%c.%.24s", name, leaf->path);
        }
    return true;
}

static void type_make(int number)
{
    struct type *type = &types[number];
    printf("struct t%d {\n", number);
    for (int i = 0; i < MEMBERS; i++) {
        char name = (char)('a' + i);
        if (!below(4) && nested_member(type, number, name)) continue;
        const struct kind *kind = kind_choose();
        int elements = below(3) || type->count + 3 > LEAVES - MEMBERS ? 0 : 2 + (int)below(2);
        printf(elements ? "    %s %c[%d];\n" : "    %s %c;\n", kind->type, name, elements);
        for (int e = 0; e < elements; e++) leaf_add(type, kind, "%c[%d]", name, e);
        if (!elements) leaf_add(type, kind, "%c", name);
    }
    printf("};\n");
}

// ---- Functions on a structure -----------------------------------------------------------------------------

static void number_print(const struct leaf *leaf, const char *object)
{
    char whole[64];
    const char *at = leaf->kind->number;
    snprintf(whole, sizeof whole, "%s%s", object, leaf->path);
    if (leaf->kind->pointer) printf("(%s ? ", whole);
    for (; *at; at++) {
        if (at[0] == '%' && at[1] == 's')
            printf("%s", whole), at++;
        else
            putchar(*at);
    }
    if (leaf->kind->pointer) printf(" : %uu)", below(1000));
}

static void functions_make(int number)
{
    const struct type *type = &types[number];
    const char *inlined = below(2) ? "static " : "static __attribute__((noinline)) ";
    printf("%svoid fill%d(__private struct t%d *x, uint s, __local uint *near, __private uint *own, __global "
           "const int *far, "
           "__local struct base *bases, __local uint *__private *slot)\n{\n",
           inlined, number, number);
    for (int i = 0; i < type->count; i++) {
        const struct leaf *leaf = &type->leaves[i];
        printf("    s = s * 1664525 + 1013904223;\n    x->%s = ", leaf->path);
        if (leaf->kind->pointer && !below(3)) printf("s & 0x4000 ? (%s)0 : ", leaf->kind->type);
        printf("%s;\n", leaf->kind->value);
    }
    printf("}\n%suint hash%d(__private const struct t%d *x)\n{\n    uint h = 17;\n", inlined, number, number);
    for (int i = 0; i < type->count; i++) {
        printf("    h = h * 31 + ");
        number_print(&type->leaves[i], "x->");
        printf(";\n");
    }
    printf("    return h;\n}\n");
}

// Two leaves of one type, exchanged, in what is given by value and returned.
static void turn_make(int number)
{
    const struct type *type = &types[number];
    printf("static __attribute__((noinline)) struct t%d turn%d(struct t%d x, uint s)\n{\n", number, number,
           number);
    for (int i = 0; i < type->count; i++)
        for (int k = i + 1; k < type->count && below(4); k++) {
            const struct leaf *a = &type->leaves[i], *b = &type->leaves[k];
            if (strcmp(a->kind->type, b->kind->type) != 0) continue;
            printf("    if (s & %u) {\n        %s keep = x.%s;\n        x.%s = x.%s;\n        x.%s = keep;\n "
                   "   }\n",
                   1u << below(4), a->kind->type, a->path, a->path, b->path, b->path);
            break;
        }
    printf("    return x;\n}\n");
}

// ---- Kernels
// ------------------------------------------------------------------------------------------------

static const char *object(void)
{
    static const char *const names[] = {"x",    "y",    "z",          "a[0]",           "a[1]",
                                        "a[2]", "w.in", "w.more[k1]", "a[(k0 + 1) % 3]"};
    return names[below(sizeof names / sizeof *names)];
}

static void leaf_step(int number)
{
    const struct type *type = &types[number];
    const struct leaf *leaf = &type->leaves[below((unsigned)type->count)];
    const char *to = object(), *from = object();
    if (leaf->kind->writable && below(2))
        printf("    if (%s.%s) *%s.%s += %u;\n", to, leaf->path, to, leaf->path, below(100));
    else if (leaf->kind->pointer && below(2))
        printf("    h = h * 3 + (%s.%s == %s.%s) + 2 * !%s.%s;\n", to, leaf->path, from, leaf->path, to,
               leaf->path);
    else
        printf("    %s.%s = %s.%s;\n", to, leaf->path, from, leaf->path);
}

static void step_make(int number)
{
    const char *to = object(), *from = object(), *other = object();
    unsigned at = below(8);
    switch (below(9)) {
    case 0:
        printf("    %s = %s;\n", to, from);
        break;
    case 1:
        printf("    %s = n[i + %u] & 1 ? %s : %s;\n", to, at, from, other);
        break;
    case 2:
        printf("    if (n[i + %u] & 2) %s = %s;\n    else %s = %s;\n", at, to, from, to, other);
        break;
    case 3:
        printf("    %s = turn%d(%s, (uint)n[i + %u]);\n", to, number, from, at);
        break;
    case 4:
        printf("    shared[l] = %s;\n    %s = shared[l];\n", from, to);
        break;
    case 5:
        printf("    for (uint j = 0; j < ((uint)n[i + %u] & 3); j++) {\n        struct t%d t = %s;\n        "
               "%s = %s;\n"
               "        %s = t;\n    }\n",
               at, number, to, to, from, from);
        break;
    case 6:
        printf("    __builtin_memcpy(&%s, &%s, sizeof(struct t%d));\n", to, from, number);
        break;
    default:
        leaf_step(number);
    }
}

// clang 22 takes what an initializer does not name of an array of pointers for zero, also where null is none.
static bool in_array(const struct leaf *leaf) { return strchr(leaf->path, '['); }

static void nulls_make(int number)
{
    const struct type *type = &types[number];
    for (int i = 0; i < type->count; i++)
        if (type->leaves[i].kind->pointer && in_array(&type->leaves[i]))
            printf("    z.%s = 0;\n", type->leaves[i].path);
}

static void kernel_make(int number)
{
    printf("struct w%d { uchar before; struct t%d in; struct t%d more[2]; };\n", number, number, number);
    printf("__constant struct t%d nothing%d = {0};\n", number, number);
    printf("kernel void pointers%d(__global const float *f, __global const int *n, __global uint *out)\n{\n"
           "    size_t i = get_global_id(0);\n    uint l = (uint)get_local_id(0), h = 1;\n"
           "    uint k0 = (uint)n[i] %% 3, k1 = (uint)n[i + 1] & 1;\n"
           "    __local uint places[64 * 8];\n    __local struct base bases[64];\n    __local struct t%d "
           "shared[64];\n"
           "    __local uint *near = places + l * 8, *slot = near + 3;\n    uint own[8];\n"
           "    for (uint j = 0; j < 8; j++) near[j] = (uint)n[i] + 7 * j, own[j] = (uint)n[i + j + 1] * 3;\n"
           "    bases[l].where = near + 1, bases[l].much = k0;\n"
           "    struct t%d x, y, z = {0}, a[3];\n    struct w%d w;\n",
           number, number, number, number);
    const char *const filled[] = {"x", "y", "a[0]", "a[1]", "a[2]", "w.in", "w.more[0]", "w.more[1]"};
    for (unsigned i = 0; i < sizeof filled / sizeof *filled; i++)
        printf("    fill%d(&%s, (uint)n[i + %u] + %u, near, own, n + i, bases + l, &slot);\n", number,
               filled[i], i, below(1000));
    nulls_make(number);
    for (int i = 0; i < 12; i++) step_make(number);
    printf("    out += 16 * i;\n");
    const char *const told[] = {"x",    "y",    "z",         "a[0]",      "a[1]",
                                "a[2]", "w.in", "w.more[0]", "w.more[1]", "a[k0]"};
    char nothing[24];
    int at = 0;
    snprintf(nothing, sizeof nothing, "nothing%d.", number);
    for (unsigned i = 0; i < sizeof told / sizeof *told; i++)
        printf("    out[%d] = hash%d(&%s);\n", at++, number, told[i]);
    for (; at < 14; at++) {
        const struct leaf *leaf = &types[number].leaves[below((unsigned)types[number].count)];
        printf("    out[%d] = ", at);
        number_print(leaf, at & 1 || in_array(leaf) ? "x." : nothing);
        printf(";\n");
    }
    printf("    out[14] = h;\n    out[15] = near[0] ^ near[5] ^ own[2] ^ own[7];\n}\n\n");
}

int main(int count, char **arguments)
{
    if (count != 3) return 2;
    seed = (uint32_t)strtoul(arguments[1], NULL, 10);
    int kernels = (int)strtol(arguments[2], NULL, 10);
    types = calloc((size_t)kernels, sizeof *types);
    if (!types) abort();
    printf("__constant uint fixed[8] = {3, 1, 4, 1, 5, 9, 2, 6};\nstruct base { __local uint *where; uint "
           "much; };\n");
    for (int i = 0; i < kernels; i++) {
        type_make(i);
        functions_make(i);
        turn_make(i);
        kernel_make(i);
    }
    free(types);
    return 0;
}
