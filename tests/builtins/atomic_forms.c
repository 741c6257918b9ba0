// Atomic operations on float, double and half, and of those on integers what is no arithmetic: every one in
// every address space, order and scope, and in the shorter forms. A kernel has an operation and an address
// space, and an object for each form, on which 64 work-items work.
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ITEMS = 64, FORMS_MAX = 32 };

static struct session session;

// What converts numbers of a type to doubles, and back; all that the test has are small integers.
#define TYPE(T, name)                                                                                        \
    static double name##_load(const void *from, size_t i) { return (double)((const T *)from)[i]; }           \
    static void name##_store(void *to, size_t i, int x) { ((T *)to)[i] = (T)x; }
TYPE(cl_int, int)
TYPE(cl_uint, uint)
TYPE(cl_long, long)
TYPE(cl_ulong, ulong)
TYPE(float, float)
TYPE(double, double)
TYPE(_Float16, half)

static const struct type {
    const char *name;
    bool has_arithmetic, has_comparison; // to be tested
    double (*load)(const void *from, size_t i);
    void (*store)(void *to, size_t i, int x);
} types[] = {
    {"int", false, true, int_load, int_store},      {"uint", false, true, uint_load, uint_store},
    {"long", false, true, long_load, long_store},   {"ulong", false, true, ulong_load, ulong_store},
    {"float", true, true, float_load, float_store}, {"double", true, true, double_load, double_store},
    {"half", true, false, half_load, half_store}, // OpenCL C has no comparison of half
};
enum { TYPES = sizeof types / sizeof *types };

// ---- Operations -------------------------------------------------------------------------------------------

// What the object is afterwards.
static double added(double was, double x) { return was + x; }
static double subtracted(double was, double x) { return was - x; }
static double least(double was, double x) { return x < was ? x : was; }
static double most(double was, double x) { return x > was ? x : was; }
static double exchanged(double was, double x) { return (void)was, x; }
static double loaded(double was, double x) { return (void)x, was; }

// `call`, of what stands before "(" and of the arguments that the form adds, has the value that was there
// before. The object is p, the operand x, both have type T.
static const struct operation {
    const char *name, *call;
    double (*next)(double was, double x);
    bool acquires, releases, compares;
} operations[] = {
    {"atomic_fetch_add", "%s(p, x%s)", added, true, true, false},
    {"atomic_fetch_sub", "%s(p, x%s)", subtracted, true, true, false},
    {"atomic_fetch_min", "%s(p, x%s)", least, true, true, false},
    {"atomic_fetch_max", "%s(p, x%s)", most, true, true, false},
    {"atomic_exchange", "%s(p, x%s)", exchanged, true, true, false},
    {"atomic_load", "%s(p%s)", loaded, true, false, false},
    {"atomic_store", "(%s(p, x%s), x)", NULL, false, true, false}, // NULL: it does not tell
    {"atomic_compare_exchange_weak", "({ T was = 0; while (!%s(p, &was, was + x%s)); was; })", added, true,
     true, true},
    {"atomic_compare_exchange_strong", "({ T was = 0; while (!%s(p, &was, was + x%s)); was; })", added, true,
     true, true},
};
enum { OPERATIONS = sizeof operations / sizeof *operations };

static const struct order {
    const char *name, *failing; // where a comparison fails, nothing is stored
    bool acquires, releases;
} orders[] = {{"relaxed", "relaxed", false, false},
              {"acquire", "acquire", true, false},
              {"release", "relaxed", false, true},
              {"acq_rel", "acquire", true, true},
              {"seq_cst", "seq_cst", false, false}};
enum { ORDERS = sizeof orders / sizeof *orders };

static const char *const scopes[] = {"", ", memory_scope_work_group", ", memory_scope_device",
                                     ", memory_scope_all_svm_devices"};
enum { SCOPES = sizeof scopes / sizeof *scopes };

static bool type_has(const struct type *type, const struct operation *operation)
{
    if (operation->compares) return type->has_comparison;
    return type->has_arithmetic || strncmp(operation->name, "atomic_fetch_", strlen("atomic_fetch_")) != 0;
}

// ---- Kernels ----------------------------------------------------------------------------------------------

// The form's text is the value of an operation on p[form].
static void form_write(FILE *source, const struct operation *operation, unsigned form, const char *suffix,
                       const char *arguments)
{
    char name[64];
    snprintf(name, sizeof name, "%s%s", operation->name, suffix);
    fprintf(source, "    p = objects + %u;\n    before[%u + i] = ", form, form * ITEMS);
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral" // of the table above
    fprintf(source, operation->call, name, arguments);
#pragma clang diagnostic pop
    fputs(";\n", source);
}

// Returns how many forms there are.
static unsigned forms_write(FILE *source, const struct operation *operation)
{
    unsigned form = 0;
    form_write(source, operation, form++, "", "");
    for (const struct order *order = orders; order < orders + ORDERS; order++) {
        if ((order->acquires && !operation->acquires) || (order->releases && !operation->releases)) continue;
        for (unsigned scope = 0; scope < SCOPES; scope++) {
            char arguments[128], failing[64] = "";
            if (operation->compares) snprintf(failing, sizeof failing, ", memory_order_%s", order->failing);
            snprintf(arguments, sizeof arguments, ", memory_order_%s%s%s", order->name, failing,
                     scopes[scope]);
            form_write(source, operation, form++, "_explicit", arguments);
        }
    }
    return form;
}

// Where the objects are: what a pointer to them says, and what it is made of.
static const struct place {
    const char *space, *pointer;
} places[] = {{"global", "g"}, {"local", "l"}, {"", "in_local ? (atomic_T *)l : (atomic_T *)g"}};
enum { PLACES = sizeof places / sizeof *places };

static unsigned kernel_write(FILE *source, const struct operation *operation, const struct place *place)
{
    fprintf(source,
            "kernel void %s_%s(global atomic_T *g, global const T *in, global T *before, int in_local)\n{\n"
            "    size_t i = get_local_id(0);\n    T x = in[i];\n    local atomic_T l[%u];\n"
            "    if (i < %u) ((local T *)l)[i] = ((global T *)g)[i];\n    barrier(CLK_LOCAL_MEM_FENCE);\n"
            "    volatile %s atomic_T *objects = %s, *p;\n",
            operation->name, place->space, FORMS_MAX, FORMS_MAX, place->space, place->pointer);
    unsigned forms = forms_write(source, operation);
    fprintf(source,
            "    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);\n"
            "    if (in_local && i < %u) ((global T *)g)[i] = ((local T *)l)[i];\n}\n",
            FORMS_MAX);
    return forms;
}

// ---- Running ----------------------------------------------------------------------------------------------

// Small numbers, of which all sums are exact in half; none is negative, for unsigned types.
static void values_fill(const struct type *type, void *to, size_t count)
{
    static unsigned state = 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525 + 1013904223;
        type->store(to, i, (int)(state >> 24) % 17);
    }
}

static int value_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// What each found is what another left, but for the first value; what each left another found, but for the
// last.
static bool is_chain(const struct operation *operation, double first, double last, const double *before,
                     const double *in)
{
    double found[ITEMS + 1] = {last}, left[ITEMS + 1] = {first};
    for (unsigned i = 0; i < ITEMS; i++) {
        found[i + 1] = before[i];
        left[i + 1] = operation->next(before[i], in[i]);
        if (operation->next == loaded && before[i] != first) return false;
    }
    qsort(found, ITEMS + 1, sizeof *found, value_compare);
    qsort(left, ITEMS + 1, sizeof *left, value_compare);
    for (unsigned i = 0; i <= ITEMS; i++)
        if (found[i] != left[i]) return false;
    return true;
}

static bool is_one_of(double value, const double *in)
{
    for (unsigned i = 0; i < ITEMS; i++)
        if (in[i] == value) return true;
    return false;
}

// A kernel's buffers, each with room for doubles.
struct content {
    double objects[FORMS_MAX], in[ITEMS], before[FORMS_MAX * ITEMS];
};

static void form_check(const struct operation *operation, const struct place *place, const struct type *type,
                       unsigned form, double first, const struct content *content)
{
    double in[ITEMS], before[ITEMS], last = type->load(content->objects, form);
    for (unsigned i = 0; i < ITEMS; i++) {
        in[i] = type->load(content->in, i);
        before[i] = type->load(content->before, form * ITEMS + i);
    }
    bool right = operation->next ? is_chain(operation, first, last, before, in) : is_one_of(last, in);
    if (!right)
        fail_msg("%s on %s, %s, form %u: from %g to %g", operation->name, type->name,
                 *place->space ? place->space : "generic", form, first, last);
}

static cl_mem buffer_new(size_t size, void *content)
{
    cl_int status;
    cl_mem buffer = clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, size, content, &status);
    assert_int_equal(status, CL_SUCCESS);
    return buffer;
}

static void kernel_run(cl_kernel kernel, struct content *content, bool in_local)
{
    static const size_t items = ITEMS;
    cl_mem objects = buffer_new(sizeof content->objects, content->objects);
    cl_mem in = buffer_new(sizeof content->in, content->in);
    cl_mem before = buffer_new(sizeof content->before, content->before);
    const cl_mem buffers[] = {objects, in, before};
    for (cl_uint i = 0; i < 3; i++)
        assert_int_equal(clSetKernelArg(kernel, i, sizeof(cl_mem), &buffers[i]), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 3, sizeof(cl_int), &(cl_int){in_local}), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &items, &items, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(session.queue, objects, CL_TRUE, 0, sizeof content->objects,
                                         content->objects, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(session.queue, before, CL_TRUE, 0, sizeof content->before,
                                         content->before, 0, NULL, NULL),
                     CL_SUCCESS);
    for (unsigned i = 0; i < 3; i++) clReleaseMemObject(buffers[i]);
}

static void kernel_try(cl_program program, const struct operation *operation, const struct place *place,
                       const struct type *type, unsigned forms)
{
    char name[64];
    cl_int status;
    snprintf(name, sizeof name, "%s_%s", operation->name, place->space);
    cl_kernel kernel = clCreateKernel(program, name, &status);
    assert_int_equal(status, CL_SUCCESS);
    for (int in_local = 0; in_local < 2; in_local++) {
        if (*place->space && in_local != !strcmp(place->space, "local")) continue;
        struct content content = {{0}, {0}, {0}};
        double first[FORMS_MAX];
        values_fill(type, content.objects, FORMS_MAX);
        values_fill(type, content.in, ITEMS);
        for (unsigned form = 0; form < FORMS_MAX; form++) first[form] = type->load(content.objects, form);
        kernel_run(kernel, &content, in_local);
        for (unsigned form = 0; form < forms; form++)
            form_check(operation, place, type, form, first[form], &content);
    }
    clReleaseKernel(kernel);
}

static void type_try(const struct type *type, const char *build_options)
{
    unsigned forms[OPERATIONS] = {0};
    char *text;
    size_t size;
    FILE *source = open_memstream(&text, &size);
    assert_non_null(source);
    fprintf(source,
            "#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n"
            "#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable\n"
            "#define T %s\n#define atomic_T atomic_%s\n",
            type->name, type->name);
    for (unsigned o = 0; o < OPERATIONS; o++)
        for (unsigned p = 0; p < PLACES; p++)
            if (type_has(type, &operations[o])) forms[o] = kernel_write(source, &operations[o], &places[p]);
    fclose(source);
    cl_program program = session_program(&session, text, build_options);
    for (unsigned o = 0; o < OPERATIONS; o++)
        for (unsigned p = 0; p < PLACES && type_has(type, &operations[o]); p++)
            kernel_try(program, &operations[o], &places[p], type, forms[o]);
    clReleaseProgram(program);
    free(text);
}

static void atomics(void **state)
{
    (void)state;
    for (const struct type *type = types; type < types + TYPES; type++) {
        type_try(type, "-cl-std=CL3.0 -O1");
        type_try(type, "-cl-std=CL3.0 -cl-opt-disable");
    }
}

static int setup(void **state) { return (void)state, session_open(&session), 0; }
static int teardown(void **state) { return (void)state, session_close(&session), 0; }

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(atomics)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
