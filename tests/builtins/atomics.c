// Atomic arithmetic, every operation on every integer type, in every address space, order and scope, and in
// OpenCL 1.x's forms: 64 work-items work on one object, whose last value is then known. (atomic_forms.c has
// the rest.)
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ITEMS = 64, KERNELS_MAX = 1024 };

static struct session session;

static const struct type {
    const char *name;
    unsigned bits;
    bool is_signed;
} types[] = {{"int", 32, true}, {"uint", 32, false}, {"long", 64, true}, {"ulong", 64, false}};

static const char *const operations[] = {"add", "sub", "and", "or", "xor", "min", "max"};
static const char *const spaces[] = {"global", "local", ""}; // "": generic, which is here or there
static const char *const orders[] = {"relaxed", "acquire", "release", "acq_rel", "seq_cst"};
static const char *const scopes[] = {"work_group", "device", "all_svm_devices"};

enum { TYPES = 4, OPERATIONS = 7, SPACES = 3, ORDERS = 5, SCOPES = 3 };

// A kernel: the operation that it applies.
struct applied {
    const struct type *type;
    const char *operation;
};

static struct applied kernels[KERNELS_MAX];
static unsigned kernel_count;
static FILE *source;

// What one work-item does to `object` is `call`, which has the operand x and returns the value before.
static void kernel_write(const struct type *type, const char *operation, const char *space,
                         const char *object, const char *call)
{
    if (kernel_count == KERNELS_MAX) abort();
    bool generic = !*space, local = generic || !strcmp(space, "local");
    fprintf(source,
            "kernel void f%u(global %s *g, global const %s *in, global %s *before)\n{\n"
            "    size_t i = get_local_id(0);\n    %s x = in[i];\n",
            kernel_count, object, type->name, type->name, type->name);
    if (local)
        fprintf(source, "    local %s l;\n    local %s *own = (local %s *)&l;\n", object, type->name,
                type->name);
    fprintf(source, "    global %s *shared = (global %s *)g;\n", type->name, type->name);
    if (local) fputs("    if (i == 0) *own = *shared;\n    barrier(CLK_LOCAL_MEM_FENCE);\n", source);
    fprintf(source, "    volatile %s %s *p = ", space, object);
    if (generic)
        fprintf(source, "in[64] ? (volatile %s *)&l : (volatile %s *)g;\n", object, object);
    else
        fprintf(source, "%s;\n", local ? "&l" : "g");
    fprintf(source, "    before[i] = %s;\n    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);\n", call);
    if (local) fprintf(source, "    if (i == 0%s) *shared = *own;\n", generic ? " && in[64]" : "");
    fputs("}\n", source);
    kernels[kernel_count++] = (struct applied){type, operation};
}

static uint64_t random_next(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static uint64_t cut(const struct type *type, uint64_t value)
{
    unsigned unused = 64 - type->bits;
    return type->is_signed ? (uint64_t)((int64_t)(value << unused) >> unused) : value << unused >> unused;
}

static uint64_t applied(const struct applied *kernel, uint64_t old, uint64_t x)
{
    bool less = kernel->type->is_signed ? (int64_t)x < (int64_t)old : x < old;
    const char *operation = kernel->operation;
    return cut(kernel->type, !strcmp(operation, "add")   ? old + x
                             : !strcmp(operation, "sub") ? old - x
                             : !strcmp(operation, "and") ? (old & x)
                             : !strcmp(operation, "or")  ? (old | x)
                             : !strcmp(operation, "xor") ? (old ^ x)
                             : !strcmp(operation, "min") ? (less ? x : old)
                                                         : (less ? old : x));
}

static void value_store(const struct type *type, void *to, size_t index, uint64_t value)
{
    size_t size = type->bits / 8;
    memcpy((char *)to + index * size, &value, size);
}

static uint64_t value_load(const struct type *type, const void *from, size_t index)
{
    uint64_t value = 0;
    size_t size = type->bits / 8;
    memcpy(&value, (const char *)from + index * size, size);
    return cut(type, value);
}

static cl_mem buffer_new(const void *content)
{
    cl_int status;
    cl_mem buffer = clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, (ITEMS + 1) * sizeof(cl_ulong),
                                   (void *)(uintptr_t)content, &status);
    assert_int_equal(status, CL_SUCCESS);
    return buffer;
}

// `in_local`: where the kernel chooses at run time.
static void kernel_run(const struct applied *kernel, cl_kernel handle, bool in_local)
{
    const struct type *type = kernel->type;
    cl_ulong in[ITEMS + 1] = {0}, object[ITEMS + 1] = {0}, before[ITEMS + 1] = {0};
    uint64_t first = cut(type, random_next()), last = first;
    bool met = false;
    value_store(type, object, 0, first);
    for (unsigned i = 0; i < ITEMS; i++) {
        uint64_t x = cut(type, random_next() | random_next() << 1); // `and` leaves some bits
        value_store(type, in, i, x);
        last = applied(kernel, last, x);
    }
    value_store(type, in, ITEMS, in_local);
    cl_mem buffers[] = {buffer_new(object), buffer_new(in), buffer_new(before)};
    for (cl_uint i = 0; i < 3; i++)
        assert_int_equal(clSetKernelArg(handle, i, sizeof(cl_mem), &buffers[i]), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, handle, 1, NULL, &(size_t){ITEMS},
                                            &(size_t){ITEMS}, 0, NULL, NULL),
                     CL_SUCCESS);
    clEnqueueReadBuffer(session.queue, buffers[0], CL_TRUE, 0, type->bits / 8, object, 0, NULL, NULL);
    clEnqueueReadBuffer(session.queue, buffers[2], CL_TRUE, 0, sizeof before, before, 0, NULL, NULL);
    for (unsigned i = 0; i < ITEMS; i++) met |= value_load(type, before, i) == first;
    if (value_load(type, object, 0) != last || !met)
        fail_msg("%s on %s: 0x%jx instead of 0x%jx%s", kernel->operation, type->name,
                 (uintmax_t)value_load(type, object, 0), (uintmax_t)last,
                 met ? "" : ", the first value seen by none");
    for (unsigned i = 0; i < 3; i++) clReleaseMemObject(buffers[i]);
}

static void kernels_run(const char *text, const char *options)
{
    cl_program program = session_program(&session, text, options);
    for (unsigned i = 0; i < kernel_count; i++) {
        char name[16];
        cl_int status;
        snprintf(name, sizeof name, "f%u", i);
        cl_kernel handle = clCreateKernel(program, name, &status);
        assert_int_equal(status, CL_SUCCESS);
        for (int in_local = 0; in_local < 2; in_local++) kernel_run(&kernels[i], handle, in_local);
        clReleaseKernel(handle);
    }
    clReleaseProgram(program);
}

// Writes kernels with `write`, and runs them.
static void kernels_try(void (*write)(const struct type *, const char *operation), const char *options)
{
    for (unsigned t = 0; t < TYPES; t++) {
        char *text;
        size_t size;
        source = open_memstream(&text, &size);
        assert_non_null(source);
        fputs("#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable\n"
              "#pragma OPENCL EXTENSION cl_khr_int64_extended_atomics : enable\n",
              source);
        kernel_count = 0;
        for (unsigned o = 0; o < OPERATIONS; o++) write(&types[t], operations[o]);
        fclose(source);
        kernels_run(text, options);
        free(text);
    }
}

static void old_write(const struct type *type, const char *operation)
{
    char call[64];
    for (unsigned s = 0; s < 2; s++) {
        snprintf(call, sizeof call, "%s_%s(p, x)", type->bits == 64 ? "atom" : "atomic", operation);
        kernel_write(type, operation, spaces[s], type->name, call);
    }
}

static void c11_write(const struct type *type, const char *operation)
{
    char call[128], object[16];
    snprintf(object, sizeof object, "atomic_%s", type->name);
    for (unsigned s = 0; s < SPACES; s++) {
        snprintf(call, sizeof call, "atomic_fetch_%s(p, x)", operation);
        kernel_write(type, operation, spaces[s], object, call);
        for (unsigned o = 0; o < ORDERS; o++)
            for (unsigned c = 0; c < SCOPES; c++) {
                snprintf(call, sizeof call,
                         "atomic_fetch_%s_explicit(p, x, memory_order_%s, memory_scope_%s)", operation,
                         orders[o], scopes[c]);
                kernel_write(type, operation, spaces[s], object, call);
            }
    }
}

static void opencl_1(void **state)
{
    (void)state;
    kernels_try(old_write, "-cl-std=CL1.2");
    kernels_try(old_write, "-cl-std=CL1.2 -cl-opt-disable");
}

static void c11(void **state)
{
    (void)state;
    kernels_try(c11_write, "-cl-std=CL3.0 -O1");
    kernels_try(c11_write, "-cl-std=CL2.0 -cl-opt-disable");
}

static int setup(void **state)
{
    (void)state;
    session_open(&session);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    session_close(&session);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(opencl_1), cmocka_unit_test(c11)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
