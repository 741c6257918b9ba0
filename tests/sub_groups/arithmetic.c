// Reductions, scans, broadcasts, shuffles and rotations on every type, with all items of a sub-group active
// and with some, in whole and in partial sub-groups: against the host.
#include "launch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Holds every value of every type exactly; floats are small integers, but for the identities of min and max.
typedef __int128 number;
static const number infinity = (number)1 << 100;

enum kind { SIGNED, UNSIGNED, FLOAT };

static const struct type {
    const char *name;
    size_t size;
    enum kind kind;
} types[] = {
    {"char", 1, SIGNED}, {"uchar", 1, UNSIGNED}, {"short", 2, SIGNED}, {"ushort", 2, UNSIGNED},
    {"int", 4, SIGNED},  {"uint", 4, UNSIGNED},  {"long", 8, SIGNED},  {"ulong", 8, UNSIGNED},
    {"float", 4, FLOAT}, {"double", 8, FLOAT},   {"half", 2, FLOAT},
};

// What half is too small for is infinite; the others hold all that comes up.
static number number_wrap(const struct type *type, number x)
{
    number most = type->size == sizeof(_Float16) ? 65504 : infinity;
    if (type->kind == FLOAT) return x > most ? infinity : x < -most ? -infinity : x;
    unsigned drop = 128 - 8 * (unsigned)type->size;
    return type->kind == SIGNED ? (number)((unsigned __int128)x << drop) >> drop
                                : (number)((unsigned __int128)x << drop >> drop);
}

static double float_read(const struct type *type, const uint8_t *from)
{
    _Float16 half = 0;
    float single = 0;
    double wide = 0;
    memcpy(type->size == sizeof half     ? (void *)&half
           : type->size == sizeof single ? (void *)&single
                                         : &wide,
           from, type->size);
    return type->size == sizeof half ? (double)half : type->size == sizeof single ? (double)single : wide;
}

static number number_read(const struct type *type, const uint8_t *from)
{
    uint64_t bits = 0;
    memcpy(&bits, from, type->size);
    if (type->kind != FLOAT) return number_wrap(type, bits);
    double x = float_read(type, from);
    return x > 1e30 ? infinity : x < -1e30 ? -infinity : (number)x;
}

static void number_write(const struct type *type, number x, uint8_t *to)
{
    uint64_t bits = (uint64_t)x;
    _Float16 half = (_Float16)(float)x;
    float single = (float)x;
    double wide = (double)x;
    const void *floats = type->size == sizeof half     ? (const void *)&half
                         : type->size == sizeof single ? (const void *)&single
                                                       : &wide;
    memcpy(to, type->kind == FLOAT ? floats : &bits, type->size);
}

// ---- What the functions should return -----------------------------------------------------------------

static number apply_add(number a, number b) { return a + b; }
static number apply_mul(number a, number b) { return a * b; }
static number apply_min(number a, number b) { return a < b ? a : b; }
static number apply_max(number a, number b) { return a > b ? a : b; }
static number apply_and(number a, number b) { return a & b; }
static number apply_or(number a, number b) { return a | b; }
static number apply_xor(number a, number b) { return a ^ b; }

static number identity_0(const struct type *type) { return type->size ? 0 : 0; }
static number identity_1(const struct type *type) { return type->size ? 1 : 1; }
static number identity_ones(const struct type *type) { return number_wrap(type, -1); }
static number identity_highest(const struct type *type)
{
    if (type->kind == FLOAT) return infinity;
    return ((number)1 << (8 * type->size - (type->kind == SIGNED))) - 1;
}
static number identity_lowest(const struct type *type)
{
    if (type->kind == FLOAT) return -infinity;
    return type->kind == SIGNED ? -((number)1 << (8 * type->size - 1)) : 0;
}

static const struct operation {
    const char *name, *kernel;
    number (*apply)(number, number);
    number (*identity)(const struct type *);
    bool uniform;  // there are functions for uniform control flow too
    bool integers; // for integers only
} operations[] = {
    {"add", "fold_add", apply_add, identity_0, true, false},
    {"min", "fold_min", apply_min, identity_highest, true, false},
    {"max", "fold_max", apply_max, identity_lowest, true, false},
    {"mul", "fold_mul", apply_mul, identity_1, false, false},
    {"and", "fold_and", apply_and, identity_ones, false, true},
    {"or", "fold_or", apply_or, identity_0, false, true},
    {"xor", "fold_xor", apply_xor, identity_0, false, true},
};
enum { OPERATIONS = sizeof operations / sizeof *operations };

// Which of the active items of a sub-group count for an item.
enum extent { ALL, UNTIL, BEFORE, CLUSTER };

static const struct form {
    const char *name; // between "sub_group_" and the operation
    enum extent extent;
    unsigned cluster; // items
    bool uniform;
} forms[] = {
    {"reduce_", ALL, 0, true},
    {"scan_inclusive_", UNTIL, 0, true},
    {"scan_exclusive_", BEFORE, 0, true},
    {"non_uniform_reduce_", ALL, 0, false},
    {"non_uniform_scan_inclusive_", UNTIL, 0, false},
    {"non_uniform_scan_exclusive_", BEFORE, 0, false},
    {"clustered_reduce_", CLUSTER, 1, false},
    {"clustered_reduce_", CLUSTER, 2, false},
    {"clustered_reduce_", CLUSTER, 4, false},
    {"clustered_reduce_", CLUSTER, 8, false},
    {"clustered_reduce_", CLUSTER, 16, false},
    {"clustered_reduce_", CLUSTER, 32, false},
};
enum { FORMS = sizeof forms / sizeof *forms };

static bool item_counts(const struct form *form, unsigned other, unsigned item)
{
    switch (form->extent) {
    case ALL:
        return true;
    case UNTIL:
        return other <= item;
    case BEFORE:
        return other < item;
    case CLUSTER:
        break;
    }
    return other / form->cluster == item / form->cluster;
}

// One sub-group's values, of which those in `active` are there.
struct values {
    const struct type *type;
    const uint8_t *in;
    unsigned size, most; // items; items of the launch's largest sub-group
    cl_uint active;
};

static number value_of(const struct values *values, unsigned item)
{
    return number_read(values->type, values->in + item * values->type->size);
}

static number fold_expected(const struct values *values, const struct form *form,
                            const struct operation *operation, unsigned item)
{
    number result = operation->identity(values->type);
    bool first = true;
    for (unsigned i = 0; i < values->size; i++) {
        if (!(values->active >> i & 1) || !item_counts(form, i, item)) continue;
        number value = value_of(values, i);
        result = number_wrap(values->type, first ? value : operation->apply(result, value));
        first = false;
    }
    return result;
}

// Where an item's value comes from; an item that is not there or not active: the function may return
// anything.
typedef unsigned source_fn(const struct values *, unsigned item);

static unsigned from_3(const struct values *v, unsigned item) { return (void)v, (void)item, 3; }
static unsigned from_first(const struct values *v, unsigned item)
{
    return (void)item, (unsigned)__builtin_ctz(v->active);
}
static unsigned from_7_times(const struct values *v, unsigned item) { return (void)v, item * 7 & 31; }
static unsigned from_xor_5(const struct values *v, unsigned item) { return (void)v, item ^ 5; }
static unsigned from_xor_16(const struct values *v, unsigned item) { return (void)v, item ^ 16; }
static unsigned from_below_3(const struct values *v, unsigned item) { return (void)v, item - 3; }
static unsigned from_above_half(const struct values *v, unsigned item) { return (void)v, item + item / 2; }
static unsigned from_turned_9(const struct values *v, unsigned item) { return (item + 9) % v->most; }
static unsigned from_turned_back(const struct values *v, unsigned item)
{
    return (item + 2 * v->most - 35) % v->most;
}
static unsigned from_turned_in_8(const struct values *v, unsigned item)
{
    return (void)v, (item & ~7U) | ((item - 3) & 7);
}

static const struct move {
    const char *expression;
    source_fn *source;
} moves[] = {
    {"sub_group_non_uniform_broadcast(x, 3u)", from_3},
    {"sub_group_broadcast_first(x)", from_first},
    {"sub_group_shuffle(x, lane * 7 & 31)", from_7_times},
    {"sub_group_shuffle_xor(x, 5u)", from_xor_5},
    {"sub_group_shuffle_xor(x, 16u)", from_xor_16},
    {"sub_group_shuffle_up(x, 3u)", from_below_3},
    {"sub_group_shuffle_down(x, lane / 2)", from_above_half},
    {"sub_group_rotate(x, 9)", from_turned_9},
    {"sub_group_rotate(x, -35)", from_turned_back},
    {"sub_group_clustered_rotate(x, -3, 8u)", from_turned_in_8},
};
enum { MOVES = sizeof moves / sizeof *moves, RESULTS_MAX = 12 };
_Static_assert(MOVES <= RESULTS_MAX && FORMS <= RESULTS_MAX, "a kernel's results");

// ---- Running and checking -----------------------------------------------------------------------------

static bool form_has(const struct form *form, const struct operation *operation)
{
    return !form->uniform || operation->uniform;
}

static void kernel_begin(FILE *source, const struct type *type, const char *name)
{
    fprintf(source,
            "kernel void %s(global const %s *in, global %s *out, constant uint *masks) {"
            " %s x = in[INDEX]; uint lane = get_sub_group_local_id(); FOR_MASKS {\n",
            name, type->name, type->name, type->name);
}

// A kernel for each operation with a result for each form, and one with a result for each move.
static char *source_write(const struct type *type)
{
    char *text;
    size_t size;
    FILE *source = open_memstream(&text, &size);
    assert_non_null(source);
    fputs("#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n", source);
    fputs(prelude, source);
    for (unsigned o = 0; o < OPERATIONS; o++) {
        if (operations[o].integers && type->kind == FLOAT) continue;
        kernel_begin(source, type, operations[o].kernel);
        for (unsigned f = 0; f < FORMS; f++) {
            if (!form_has(&forms[f], &operations[o])) continue;
            fprintf(source, "PUT(%u, sub_group_%s%s(x", f, forms[f].name, operations[o].name);
            if (forms[f].cluster) fprintf(source, ", %uu", forms[f].cluster);
            fputs("));\n", source);
        }
        fputs("} }\n", source);
    }
    kernel_begin(source, type, "moves");
    for (unsigned i = 0; i < MOVES; i++) fprintf(source, "PUT(%u, %s);\n", i, moves[i].expression);
    fputs("} }\n", source);
    fclose(source);
    return text;
}

static void values_make(const struct type *type, uint8_t *in)
{
    static const int floats[] = {1, 2, -1, 1, -2, 1};
    uint64_t state = 12345;
    for (unsigned i = 0; i < ITEMS_MAX; i++) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        number_write(type, type->kind == FLOAT ? floats[(state >> 33) % 6] : (number)(state >> 3 | 1),
                     in + i * type->size);
    }
}

// One result of a kernel.
struct check {
    const struct form *form; // of a fold
    const struct operation *operation;
    const struct move *move;
};

static void item_check(const struct check *check, const struct values *values, unsigned item,
                       const uint8_t *out)
{
    number expected;
    if (check->move) {
        unsigned from = check->move->source(values, item);
        if (from >= values->size || !(values->active >> from & 1)) return;
        expected = value_of(values, from);
    } else {
        expected = fold_expected(values, check->form, check->operation, item);
    }
    number got = number_read(values->type, out);
    if (got != expected)
        fail_msg("%s%s(%s), item %u of %u, active %08x: %lld, not %lld",
                 check->move ? check->move->expression : check->form->name,
                 check->move ? "" : check->operation->name, values->type->name, item, values->size,
                 values->active, (long long)got, (long long)expected);
}

// `out` has an element for each item and mask.
static void result_check(const struct check *check, const struct type *type, const struct shape *shape,
                         const uint8_t *in, const uint8_t *out)
{
    struct sub_group sub_groups[ITEMS_MAX];
    unsigned count = shape_sub_groups(shape, sub_groups), items = shape_items(shape);
    unsigned mask_count = check->form && check->form->uniform ? 1 : MASKS;
    for (unsigned m = 0; m < mask_count; m++)
        for (unsigned g = 0; g < count; g++) {
            const struct sub_group *here = &sub_groups[g];
            struct values values = {type, in + here->first * type->size, here->size, sub_groups[0].size,
                                    masks[m]};
            if (!(values.active << (32 - values.size))) continue;
            for (unsigned i = 0; i < values.size; i++)
                if (masks[m] >> i & 1)
                    item_check(check, &values, i, out + (m * items + here->first + i) * type->size);
        }
}

static void kernel_check(const struct session *session, cl_program program, const struct type *type,
                         const char *name, const struct check *checks, unsigned count)
{
    static uint8_t in[ITEMS_MAX * 8], out[RESULTS_MAX * MASKS * ITEMS_MAX * 8];
    cl_int status;
    cl_kernel kernel = clCreateKernel(program, name, &status);
    assert_int_equal(status, CL_SUCCESS);
    values_make(type, in);
    for (unsigned s = 0; s < shape_count; s++) {
        kernel_launch(session, kernel, &shapes[s], type->size, count, in, out);
        for (unsigned i = 0; i < count; i++)
            if (checks[i].form || checks[i].move)
                result_check(&checks[i], type, &shapes[s], in,
                             out + i * MASKS * shape_items(&shapes[s]) * type->size);
    }
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
}

static void type_check(const struct session *session, const struct type *type, const char *options)
{
    struct check checks[RESULTS_MAX];
    char *source = source_write(type);
    cl_program program = session_program(session, source, options);
    free(source);
    for (unsigned o = 0; o < OPERATIONS; o++) {
        if (operations[o].integers && type->kind == FLOAT) continue;
        for (unsigned f = 0; f < FORMS; f++)
            checks[f] =
                (struct check){form_has(&forms[f], &operations[o]) ? &forms[f] : NULL, &operations[o], NULL};
        kernel_check(session, program, type, operations[o].kernel, checks, FORMS);
    }
    for (unsigned i = 0; i < MOVES; i++) checks[i] = (struct check){NULL, NULL, &moves[i]};
    kernel_check(session, program, type, "moves", checks, MOVES);
    assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
}

static void every_type(void **state)
{
    struct session session;
    (void)state;
    session_open(&session);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        type_check(&session, &types[i], "-cl-std=CL3.0");
    session_close(&session);
}

static void other_language_versions(void **state)
{
    struct session session;
    (void)state;
    session_open(&session);
    type_check(&session, &types[4], "-cl-std=CL2.0");
    type_check(&session, &types[6], "-cl-std=CL3.0 -cl-opt-disable");
    session_close(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_type),
                                       cmocka_unit_test(other_language_versions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
