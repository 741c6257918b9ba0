// Kernels: creation, arguments of every kind, queries, and launches of every shape, against host references.
#include "group.h"

#include <CL/cl_ext.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cl_mem buffer_new(size_t size)
{
    cl_int status;
    void *zeros = calloc(1, size);
    cl_mem buffer = clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, size, zeros, &status);
    assert_int_equal(status, CL_SUCCESS);
    free(zeros);
    return buffer;
}

static void buffer_read(cl_mem buffer, void *to, size_t size)
{
    assert_int_equal(clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, size, to, 0, NULL, NULL),
                     CL_SUCCESS);
}

static void set_argument(cl_kernel kernel, cl_uint index, size_t size, const void *value)
{
    assert_int_equal(clSetKernelArg(kernel, index, size, value), CL_SUCCESS);
}

static void set_buffer(cl_kernel kernel, cl_uint index, cl_mem buffer)
{
    set_argument(kernel, index, sizeof(cl_mem), &buffer);
}

static void launch(cl_kernel kernel, cl_uint dimensions, const size_t *offset, const size_t *global,
                   const size_t *local, cl_int expected)
{
    assert_int_equal(
        clEnqueueNDRangeKernel(session.queue, kernel, dimensions, offset, global, local, 0, NULL, NULL),
        expected);
}

// ---- Creating -----------------------------------------------------------------------------------------

static void creation(void **state)
{
    (void)state;
    const char *source =
        "kernel void one(global int *a) { a[0] = 1; } kernel void two(int x, global int *b) { b[0] = x; }";
    cl_int status;
    cl_program program = clCreateProgramWithSource(session.context, 1, &source, NULL, &status);
    assert_null(clCreateKernel(program, "one", &status));
    assert_int_equal(status, CL_INVALID_PROGRAM_EXECUTABLE);
    assert_int_equal(clBuildProgram(program, 0, NULL, "", NULL, NULL), CL_SUCCESS);
    assert_null(clCreateKernel(program, "three", &status));
    assert_int_equal(status, CL_INVALID_KERNEL_NAME);
    assert_null(clCreateKernel(program, NULL, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    assert_null(clCreateKernel(NULL, "one", &status));
    assert_int_equal(status, CL_INVALID_PROGRAM);
    cl_kernel kernels[2];
    cl_uint count = 0;
    assert_int_equal(clCreateKernelsInProgram(program, 1, kernels, &count), CL_INVALID_VALUE);
    assert_int_equal(clCreateKernelsInProgram(program, 0, NULL, &count), CL_SUCCESS);
    assert_int_equal(count, 2);
    assert_int_equal(clCreateKernelsInProgram(program, 2, kernels, NULL), CL_SUCCESS);
    for (unsigned i = 0; i < 2; i++) {
        char name[8];
        cl_uint arguments, references;
        cl_program owner;
        assert_int_equal(clGetKernelInfo(kernels[i], CL_KERNEL_FUNCTION_NAME, sizeof name, name, NULL),
                         CL_SUCCESS);
        assert_int_equal(clGetKernelInfo(kernels[i], CL_KERNEL_NUM_ARGS, sizeof arguments, &arguments, NULL),
                         CL_SUCCESS);
        assert_int_equal(arguments, strcmp(name, "one") ? 2 : 1);
        assert_int_equal(
            clGetKernelInfo(kernels[i], CL_KERNEL_REFERENCE_COUNT, sizeof references, &references, NULL), 0);
        assert_int_equal(references, 1);
        assert_int_equal(clGetKernelInfo(kernels[i], CL_KERNEL_PROGRAM, sizeof(cl_program), &owner, NULL),
                         CL_SUCCESS);
        assert_ptr_equal(owner, program);
        assert_int_equal(clGetKernelInfo(kernels[i], 0x9999, 0, NULL, NULL), CL_INVALID_VALUE);
        assert_int_equal(clReleaseKernel(kernels[i]), CL_SUCCESS);
    }
    assert_int_equal(clReleaseKernel((cl_kernel)program), CL_INVALID_KERNEL);
    assert_int_equal(clRetainKernel((cl_kernel)program), CL_INVALID_KERNEL);
    clReleaseProgram(program);
}

// ---- Arguments ----------------------------------------------------------------------------------------

static const char all_kinds[] =
    "typedef struct { char c; long l; float f; } mixed;\n"
    "kernel void all(char c, short s, int i, long l, float f, float3 f3, char16 c16, mixed m, global long "
    "*out,\n"
    "                constant int *table, local int *scratch, global int *null) {\n"
    "    scratch[0] = i;\n"
    "    out[0] = c; out[1] = s; out[2] = scratch[0]; out[3] = l; out[4] = (long)(f * 2.0f);\n"
    "    out[5] = (long)(f3.x + f3.y * 10.0f + f3.z * 100.0f); out[6] = c16.s0 + c16.sf;\n"
    "    out[7] = m.c + m.l + (long)m.f; out[8] = table[1]; out[9] = null == 0;\n"
    "}\n";

static void arguments_of_every_kind(void **state)
{
    (void)state;
    struct mixed {
        cl_char c;
        cl_long l;
        cl_float f;
    };
    cl_kernel kernel = session_kernel(&session, all_kinds, "all", "-cl-std=CL1.2");
    const cl_char c = -3;
    const cl_short s = -300;
    const cl_int i = -70000;
    const cl_long l = -5000000000;
    const cl_float f = 1.5f;
    const cl_float3 f3 = {{1, 2, 3, 99}};
    const cl_char16 c16 = {{7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5}};
    const struct mixed m = {1, 20, 300.0f};
    cl_int table[2] = {11, 22}, status;
    cl_mem out = buffer_new(80),
           constants = clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR | CL_MEM_READ_ONLY, sizeof table,
                                      table, &status);
    const struct {
        size_t size;
        const void *value;
    } arguments[] = {{1, &c},
                     {2, &s},
                     {4, &i},
                     {8, &l},
                     {4, &f},
                     {16, &f3},
                     {16, &c16},
                     {sizeof m, &m},
                     {sizeof(cl_mem), &out},
                     {sizeof(cl_mem), &constants},
                     {4, NULL},
                     {sizeof(cl_mem), NULL}};
    const size_t one = 1;
    for (cl_uint k = 0; k < 12; k++) {
        launch(kernel, 1, NULL, &one, NULL, CL_INVALID_KERNEL_ARGS);
        set_argument(kernel, k, arguments[k].size, arguments[k].value);
    }
    launch(kernel, 1, NULL, &one, NULL, CL_SUCCESS);
    cl_long results[10];
    const cl_long expected[10] = {c, s, i, l, 3, 321, 12, 321, 22, 1};
    buffer_read(out, results, sizeof results);
    assert_memory_equal(results, expected, sizeof expected);
    clReleaseKernel(kernel);
    clReleaseMemObject(out);
    clReleaseMemObject(constants);
}

static void argument_errors(void **state)
{
    (void)state;
    cl_kernel kernel = session_kernel(&session, all_kinds, "all", "");
    cl_mem buffer = buffer_new(16), stale = buffer_new(16), none = NULL;
    cl_int status;
    cl_context other_context = clCreateContext(NULL, 1, &session.device, NULL, NULL, &status);
    cl_mem foreign = clCreateBuffer(other_context, 0, 16, NULL, &status);
    const cl_mem garbage = (cl_mem)session.queue;
    clReleaseMemObject(stale);
    const struct {
        cl_uint index;
        size_t size;
        const void *value;
        cl_int error;
    } cases[] = {
        {12, 4, &status, CL_INVALID_ARG_INDEX},
        {0, 2, &status, CL_INVALID_ARG_SIZE},
        {0, 0, &status, CL_INVALID_ARG_SIZE},
        {0, 1, NULL, CL_INVALID_ARG_VALUE},
        {3, 4, &status, CL_INVALID_ARG_SIZE},
        {5, 12, &status, CL_INVALID_ARG_SIZE},
        {8, 4, &buffer, CL_INVALID_ARG_SIZE},
        {8, sizeof(cl_mem), &stale, CL_INVALID_MEM_OBJECT},
        {8, sizeof(cl_mem), &garbage, CL_INVALID_MEM_OBJECT},
        {8, sizeof(cl_mem), &foreign, CL_INVALID_CONTEXT},
        {8, sizeof(cl_mem), &none, CL_SUCCESS},
        {8, sizeof(cl_mem), &buffer, CL_SUCCESS},
        {10, 0, NULL, CL_SUCCESS},
        {10, 4, &status, CL_INVALID_ARG_VALUE},
        {10, 4, NULL, CL_SUCCESS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(clSetKernelArg(kernel, cases[i].index, cases[i].size, cases[i].value),
                         cases[i].error);
    assert_int_equal(clSetKernelArg(NULL, 0, 1, &status), CL_INVALID_KERNEL);
    clReleaseMemObject(foreign);
    clReleaseContext(other_context);
    clReleaseMemObject(buffer);
    clReleaseKernel(kernel);
}

static void released_buffers_are_noticed(void **state)
{
    (void)state;
    const size_t one = 1;
    cl_kernel kernel = session_kernel(&session, "kernel void k(global int *a) { a[0] = 1; }", "k", "");
    cl_mem buffer = buffer_new(4);
    set_buffer(kernel, 0, buffer);
    clReleaseMemObject(buffer);
    launch(kernel, 1, NULL, &one, NULL, CL_INVALID_KERNEL_ARGS);
    clReleaseKernel(kernel);
}

static void argument_queries(void **state)
{
    (void)state;
    const char *source = "kernel void k(global const float * restrict in, constant int *table, local uint4 "
                         "*l, volatile global int *v, float x) "
                         "{ v[0] = in[0] + table[0] + l[0].x + x; }";
    static const struct {
        const char *name, *type;
        cl_kernel_arg_address_qualifier address;
        cl_kernel_arg_type_qualifier qualifier;
    } expected[] = {
        {"in", "float*", CL_KERNEL_ARG_ADDRESS_GLOBAL,
         CL_KERNEL_ARG_TYPE_CONST | CL_KERNEL_ARG_TYPE_RESTRICT},
        {"table", "int*", CL_KERNEL_ARG_ADDRESS_CONSTANT, CL_KERNEL_ARG_TYPE_CONST},
        {"l", "uint4*", CL_KERNEL_ARG_ADDRESS_LOCAL, CL_KERNEL_ARG_TYPE_NONE},
        {"v", "int*", CL_KERNEL_ARG_ADDRESS_GLOBAL, CL_KERNEL_ARG_TYPE_VOLATILE},
        {"x", "float", CL_KERNEL_ARG_ADDRESS_PRIVATE, CL_KERNEL_ARG_TYPE_NONE},
    };
    cl_kernel kernel = session_kernel(&session, source, "k", "-cl-kernel-arg-info");
    for (cl_uint i = 0; i < 5; i++) {
        char text[32];
        cl_kernel_arg_address_qualifier address;
        cl_kernel_arg_access_qualifier access;
        cl_kernel_arg_type_qualifier qualifier;
        assert_int_equal(clGetKernelArgInfo(kernel, i, CL_KERNEL_ARG_NAME, sizeof text, text, NULL),
                         CL_SUCCESS);
        assert_string_equal(text, expected[i].name);
        assert_int_equal(clGetKernelArgInfo(kernel, i, CL_KERNEL_ARG_TYPE_NAME, sizeof text, text, NULL),
                         CL_SUCCESS);
        assert_string_equal(text, expected[i].type);
        assert_int_equal(
            clGetKernelArgInfo(kernel, i, CL_KERNEL_ARG_ADDRESS_QUALIFIER, sizeof address, &address, NULL),
            0);
        assert_int_equal(address, expected[i].address);
        assert_int_equal(
            clGetKernelArgInfo(kernel, i, CL_KERNEL_ARG_ACCESS_QUALIFIER, sizeof access, &access, NULL), 0);
        assert_int_equal(access, CL_KERNEL_ARG_ACCESS_NONE);
        assert_int_equal(
            clGetKernelArgInfo(kernel, i, CL_KERNEL_ARG_TYPE_QUALIFIER, sizeof qualifier, &qualifier, NULL),
            0);
        assert_int_equal(qualifier, expected[i].qualifier);
    }
    assert_int_equal(clGetKernelArgInfo(kernel, 5, CL_KERNEL_ARG_NAME, 0, NULL, NULL), CL_INVALID_ARG_INDEX);
    assert_int_equal(clGetKernelArgInfo(kernel, 0, 0x9999, 0, NULL, NULL), CL_INVALID_VALUE);
    clReleaseKernel(kernel);
}

static void attributes(void **state)
{
    (void)state;
    const char *source =
        "kernel __attribute__((work_group_size_hint(8,4,1))) __attribute__((reqd_work_group_size(16,2,1))) "
        "__attribute__((vec_type_hint(float4))) void k(global int *a) { a[0] = 1; } kernel void plain() {}";
    char text[256];
    cl_kernel kernel = session_kernel(&session, source, "k", "");
    assert_int_equal(clGetKernelInfo(kernel, CL_KERNEL_ATTRIBUTES, sizeof text, text, NULL), CL_SUCCESS);
    assert_string_equal(text,
                        "reqd_work_group_size(16,2,1) work_group_size_hint(8,4,1) vec_type_hint(float4)");
    clReleaseKernel(kernel);
    kernel = session_kernel(&session, source, "plain", "");
    assert_int_equal(clGetKernelInfo(kernel, CL_KERNEL_ATTRIBUTES, sizeof text, text, NULL), CL_SUCCESS);
    assert_string_equal(text, "");
    clReleaseKernel(kernel);
}

static void clones_are_independent(void **state)
{
    (void)state;
    const size_t one = 1;
    cl_int five = 5, six = 6, status, result[2];
    cl_kernel kernel =
        session_kernel(&session, "kernel void k(global int *a, int at, int x) { a[at] = x; }", "k", "");
    cl_mem buffer = buffer_new(sizeof result);
    set_buffer(kernel, 0, buffer);
    set_argument(kernel, 1, 4, &(cl_int){0});
    set_argument(kernel, 2, 4, &five);
    cl_kernel clone = clCloneKernel(kernel, &status);
    assert_int_equal(status, CL_SUCCESS);
    set_argument(clone, 1, 4, &(cl_int){1});
    set_argument(clone, 2, 4, &six);
    launch(kernel, 1, NULL, &one, NULL, CL_SUCCESS);
    launch(clone, 1, NULL, &one, NULL, CL_SUCCESS);
    clReleaseKernel(kernel);
    clReleaseKernel(clone);
    buffer_read(buffer, result, sizeof result);
    assert_int_equal(result[0], 5);
    assert_int_equal(result[1], 6);
    assert_null(clCloneKernel((cl_kernel)buffer, &status));
    assert_int_equal(status, CL_INVALID_KERNEL);
    clReleaseMemObject(buffer);
}

// ---- Local memory -------------------------------------------------------------------------------------

static void local_memory(void **state)
{
    (void)state;
    // Three blocks of LDS, two of them arguments whose sizes need padding between them.
    const char *source = "kernel void k(local char *a, local long *b, global long *out) {\n"
                         "    local int fixed[3];\n"
                         "    int i = get_local_id(0);\n"
                         "    a[i] = i; b[i] = 1000 + i; if (i < 3) fixed[i] = 7;\n"
                         "    barrier(CLK_LOCAL_MEM_FENCE);\n"
                         "    out[i] = a[63 - i] + b[63 - i] + fixed[i % 3];\n"
                         "}\n";
    const size_t items = 64;
    cl_long out[64];
    cl_ulong local_size, most;
    cl_kernel kernel = session_kernel(&session, source, "k", "");
    cl_mem buffer = buffer_new(sizeof out);
    set_argument(kernel, 0, 65, NULL);
    set_argument(kernel, 1, 64 * sizeof(cl_long), NULL);
    set_buffer(kernel, 2, buffer);
    launch(kernel, 1, NULL, &items, &items, CL_SUCCESS);
    buffer_read(buffer, out, sizeof out);
    for (int i = 0; i < 64; i++) assert_int_equal(out[i], (63 - i) + 1000 + (63 - i) + 7);
    assert_int_equal(clGetKernelWorkGroupInfo(kernel, NULL, CL_KERNEL_LOCAL_MEM_SIZE, sizeof local_size,
                                              &local_size, NULL),
                     0);
    assert_true(local_size >= 12 + 65 + 512 && local_size <= 12 + 65 + 512 + 32);
    assert_int_equal(clGetDeviceInfo(session.device, CL_DEVICE_LOCAL_MEM_SIZE, sizeof most, &most, NULL),
                     CL_SUCCESS);
    set_argument(kernel, 0, most, NULL);
    launch(kernel, 1, NULL, &items, &items, CL_OUT_OF_RESOURCES);
    set_argument(kernel, 0, SIZE_MAX, NULL);
    launch(kernel, 1, NULL, &items, &items, CL_OUT_OF_RESOURCES);
    clReleaseMemObject(buffer);
    clReleaseKernel(kernel);
}

// ---- Launches -----------------------------------------------------------------------------------------

static const char shape_source[] =
    "kernel void shape(global uint *seen, global uint *facts, uint width, uint height) {\n"
    "    size_t x = get_global_id(0) - get_global_offset(0), y = get_global_id(1) - get_global_offset(1);\n"
    "    size_t z = get_global_id(2) - get_global_offset(2);\n"
    "    atomic_inc(seen + (z * height + y) * width + x);\n"
    "    if (get_group_id(0) * get_enqueued_local_size(0) + get_local_id(0) != x ||\n"
    "        get_group_id(1) * get_enqueued_local_size(1) + get_local_id(1) != y ||\n"
    "        get_local_id(0) >= get_local_size(0) || get_local_id(1) >= get_local_size(1) ||\n"
    "        get_global_linear_id() != (z * height + y) * width + x)\n"
    "        atomic_inc(facts);\n"
    "    if (x == 0 && y == 0 && z == 0)\n"
    "        for (int i = 0; i < 3; i++) {\n"
    "            facts[1 + i] = get_global_size(i);\n"
    "            facts[4 + i] = get_enqueued_local_size(i);\n"
    "            facts[7 + i] = get_num_groups(i);\n"
    "            facts[10 + i] = get_global_offset(i);\n"
    "            facts[13] = get_work_dim();\n"
    "        }\n"
    "}\n";

struct shape {
    cl_uint dimensions;
    size_t global[3], local[3], offset[3];
};

static void shape_run(cl_kernel kernel, const struct shape *shape)
{
    size_t items = 1;
    for (cl_uint i = 0; i < shape->dimensions; i++) items *= shape->global[i];
    cl_uint width = (cl_uint)shape->global[0], height = shape->dimensions > 1 ? (cl_uint)shape->global[1] : 1;
    cl_mem seen = buffer_new(items * 4), facts = buffer_new(14 * 4);
    set_buffer(kernel, 0, seen);
    set_buffer(kernel, 1, facts);
    set_argument(kernel, 2, 4, &width);
    set_argument(kernel, 3, 4, &height);
    launch(kernel, shape->dimensions, shape->offset, shape->global, shape->local[0] ? shape->local : NULL,
           CL_SUCCESS);
    cl_uint *counts = malloc(items * 4), fact[14];
    buffer_read(seen, counts, items * 4);
    buffer_read(facts, fact, sizeof fact);
    for (size_t i = 0; i < items; i++) assert_int_equal(counts[i], 1);
    assert_int_equal(fact[0], 0);
    for (cl_uint i = 0; i < 3; i++) {
        size_t global = i < shape->dimensions ? shape->global[i] : 1;
        assert_int_equal(fact[1 + i], global);
        if (shape->local[0]) assert_int_equal(fact[4 + i], i < shape->dimensions ? shape->local[i] : 1);
        assert_int_equal(fact[7 + i], (global + fact[4 + i] - 1) / fact[4 + i]);
        assert_int_equal(fact[10 + i], i < shape->dimensions ? shape->offset[i] : 0);
    }
    assert_int_equal(fact[13], shape->dimensions);
    free(counts);
    clReleaseMemObject(seen);
    clReleaseMemObject(facts);
}

static void launches_of_every_shape(void **state)
{
    (void)state;
    static const struct shape shapes[] = {
        {1, {1, 0, 0}, {0}, {0}},
        {1, {1000, 0, 0}, {0}, {0}},
        {1, {1009, 0, 0}, {0}, {5, 0, 0}},
        {1, {1009, 0, 0}, {64, 0, 0}, {0}},
        {1, {256, 0, 0}, {256, 0, 0}, {1000, 0, 0}},
        {2, {64, 64, 0}, {8, 8, 0}, {3, 4, 0}},
        {2, {33, 17, 0}, {8, 4, 0}, {0}},
        {2, {37, 41, 0}, {0}, {1, 2, 0}},
        {3, {16, 8, 4}, {4, 4, 4}, {1, 2, 3}},
        {3, {7, 5, 3}, {4, 2, 2}, {0}},
        {3, {13, 11, 7}, {0}, {0}},
        {1, {5000, 0, 0}, {0}, {9, 0, 0}}, // larger than a dispatch, where KILN_DISPATCH_ITEMS says so
        {1, {5000, 0, 0}, {48, 0, 0}, {0}},
        {2, {3, 2049, 0}, {2, 7, 0}, {5, 6, 0}},
        {3, {1500, 3, 1100}, {3, 2, 33}, {1, 2, 3}},
    };
    cl_kernel kernel = session_kernel(&session, shape_source, "shape", "-cl-std=CL2.0");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) shape_run(kernel, &shapes[i]);
    clReleaseKernel(kernel);
}

// What is suggested is what a launch gets.
static void suggested_sizes(void **state)
{
    (void)state;
    static const char source[] =
        "kernel void k(global uint *a) { if (!get_global_linear_id())"
        " for (int i = 0; i < 3; i++) a[i] = get_enqueued_local_size(i); }\n"
        "kernel __attribute__((reqd_work_group_size(4, 2, 1))) void fixed(global uint *a) {"
        " a[0] = 4; a[1] = 2; a[2] = 1; }";
    static const size_t sizes[][3] = {{1, 1, 1},    {4096, 4096, 4}, {1009, 1, 1}, {1000003, 1, 1},
                                      {64, 48, 20}, {2, 2, 1000},    {8, 6, 5},    {SIZE_MAX >> 30, 1, 1}};
    clGetKernelSuggestedLocalWorkSizeKHR_fn suggest = clGetExtensionFunctionAddressForPlatform(
        session_platform(&session), "clGetKernelSuggestedLocalWorkSizeKHR");
    assert_non_null(suggest);
    cl_mem buffer = buffer_new(12);
    for (unsigned which = 0; which < 2; which++) {
        cl_kernel kernel = session_kernel(&session, source, which ? "fixed" : "k", "-cl-std=CL3.0");
        size_t local[3] = {0};
        cl_uint used[3];
        assert_int_equal(suggest(session.queue, kernel, 1, NULL, sizes[0], local), CL_INVALID_KERNEL_ARGS);
        set_buffer(kernel, 0, buffer);
        for (size_t i = which ? 4 : 0; i < (which ? 5 : sizeof sizes / sizeof *sizes); i++) {
            assert_int_equal(suggest(session.queue, kernel, 3, NULL, sizes[i], local), CL_SUCCESS);
            if (sizes[i][0] * sizes[i][1] * sizes[i][2] > 1 << 20) continue; // too many to run
            launch(kernel, 3, NULL, sizes[i], NULL, CL_SUCCESS);
            buffer_read(buffer, used, sizeof used);
            for (unsigned j = 0; j < 3; j++) assert_int_equal(local[j], used[j]);
        }
        const size_t none[3] = {64, 0, 1}, far[3] = {SIZE_MAX, 0, 0};
        assert_int_equal(suggest(NULL, kernel, 1, NULL, sizes[0], local), CL_INVALID_COMMAND_QUEUE);
        assert_int_equal(suggest(session.queue, NULL, 1, NULL, sizes[0], local), CL_INVALID_KERNEL);
        assert_int_equal(suggest(session.queue, kernel, 0, NULL, sizes[0], local), CL_INVALID_WORK_DIMENSION);
        assert_int_equal(suggest(session.queue, kernel, 4, NULL, sizes[0], local), CL_INVALID_WORK_DIMENSION);
        assert_int_equal(suggest(session.queue, kernel, 2, NULL, none, local), CL_INVALID_GLOBAL_WORK_SIZE);
        assert_int_equal(suggest(session.queue, kernel, 1, NULL, NULL, local), CL_INVALID_GLOBAL_WORK_SIZE);
        assert_int_equal(suggest(session.queue, kernel, 3, far, sizes[4], local), CL_INVALID_GLOBAL_OFFSET);
        assert_int_equal(suggest(session.queue, kernel, 1, NULL, sizes[0], NULL), CL_INVALID_VALUE);
        clReleaseKernel(kernel);
    }
    clReleaseMemObject(buffer);
}

static void launch_errors(void **state)
{
    (void)state;
    cl_kernel kernel = session_kernel(&session, "kernel void k(global int *a) { a[get_global_id(0)] = 1; }",
                                      "k", "-cl-std=CL1.2");
    cl_kernel fixed = session_kernel(&session,
                                     "kernel __attribute__((reqd_work_group_size(16,2,1))) void k(global int "
                                     "*a) { a[get_global_id(0)] = get_local_size(0); }",
                                     "k", "-cl-std=CL1.2");
    cl_mem buffer = buffer_new(4096);
    set_buffer(kernel, 0, buffer);
    set_buffer(fixed, 0, buffer);
    size_t group_size;
    assert_int_equal(clGetKernelWorkGroupInfo(kernel, NULL, CL_KERNEL_WORK_GROUP_SIZE, sizeof group_size,
                                              &group_size, NULL),
                     0);
    const struct {
        cl_kernel kernel;
        cl_uint dimensions;
        size_t offset[3], global[3], local[3];
        cl_int error;
    } cases[] = {
        {kernel, 0, {0}, {1}, {1}, CL_INVALID_WORK_DIMENSION},
        {kernel, 4, {0}, {1, 1, 1}, {1, 1, 1}, CL_INVALID_WORK_DIMENSION},
        {kernel, 1, {0}, {64}, {0}, CL_INVALID_WORK_GROUP_SIZE},
        {kernel, 1, {0}, {64}, {48}, CL_INVALID_WORK_GROUP_SIZE},
        {kernel, 1, {0}, {group_size * 2}, {group_size * 2}, CL_INVALID_WORK_GROUP_SIZE},
        {kernel, 1, {0}, {2048}, {2048}, CL_INVALID_WORK_ITEM_SIZE}, // more than any kernel can have
        {kernel, 1, {SIZE_MAX}, {64}, {64}, CL_INVALID_GLOBAL_OFFSET},
        {kernel, 1, {0}, {SIZE_MAX}, {1}, CL_INVALID_GLOBAL_WORK_SIZE},
        {kernel, 3, {0}, {1u << 31, 1u << 31, 1u << 31}, {1, 1, 1}, CL_INVALID_GLOBAL_WORK_SIZE},
        {fixed, 2, {0}, {64, 4}, {8, 2}, CL_INVALID_WORK_GROUP_SIZE},
        {fixed, 1, {0}, {64}, {16}, CL_INVALID_WORK_GROUP_SIZE},
        {fixed, 2, {0}, {64, 4}, {16, 2}, CL_SUCCESS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        launch(cases[i].kernel, cases[i].dimensions, cases[i].offset, cases[i].global, cases[i].local,
               cases[i].error);
    const size_t divisible[2] = {64, 4}, indivisible[2] = {65, 4};
    launch(fixed, 2, NULL, divisible, NULL, CL_SUCCESS);
    launch(fixed, 2, NULL, indivisible, NULL, CL_INVALID_WORK_GROUP_SIZE);
    size_t required[3];
    assert_int_equal(clGetKernelWorkGroupInfo(fixed, session.device, CL_KERNEL_COMPILE_WORK_GROUP_SIZE,
                                              sizeof required, required, NULL),
                     0);
    assert_true(required[0] == 16 && required[1] == 2 && required[2] == 1);
    assert_int_equal(clEnqueueTask(session.queue, fixed, 0, NULL, NULL), CL_INVALID_WORK_GROUP_SIZE);
    assert_int_equal(clEnqueueTask(session.queue, kernel, 0, NULL, NULL), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, NULL, 1, NULL, divisible, NULL, 0, NULL, NULL),
                     CL_INVALID_KERNEL);
    assert_int_equal(clEnqueueNDRangeKernel(NULL, kernel, 1, NULL, divisible, NULL, 0, NULL, NULL),
                     CL_INVALID_COMMAND_QUEUE);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    clReleaseMemObject(buffer);
    clReleaseKernel(kernel);
    clReleaseKernel(fixed);
}

// OpenCL 2.1 and later: nothing to do is no error.
static void empty_launches_end(void **state)
{
    (void)state;
    const size_t none[2] = {64, 0};
    cl_int result;
    cl_event events[2];
    cl_kernel kernel = session_kernel(&session, "kernel void k(global int *a) { a[0] = 1; }", "k", "");
    cl_mem buffer = buffer_new(4);
    set_buffer(kernel, 0, buffer);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 2, NULL, none, NULL, 0, NULL, &events[0]),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, NULL, NULL, 0, NULL, &events[1]),
                     CL_SUCCESS);
    assert_int_equal(clWaitForEvents(2, events), CL_SUCCESS);
    buffer_read(buffer, &result, sizeof result);
    assert_int_equal(result, 0);
    clReleaseEvent(events[0]);
    clReleaseEvent(events[1]);
    clReleaseMemObject(buffer);
    clReleaseKernel(kernel);
}

// A command runs with the arguments it was enqueued with, and keeps alive what it uses.
static void commands_keep_what_they_use(void **state)
{
    (void)state;
    const size_t one = 1;
    cl_int status, result;
    cl_event gate = clCreateUserEvent(session.context, &status);
    cl_kernel kernel =
        session_kernel(&session, "kernel void k(global int *a, int x) { a[0] = a[0] * 10 + x; }", "k", "");
    cl_mem buffer = buffer_new(4);
    set_buffer(kernel, 0, buffer);
    for (cl_int x = 1; x <= 3; x++) {
        set_argument(kernel, 1, sizeof x, &x);
        assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &one, NULL, x == 1,
                                                x == 1 ? &gate : NULL, NULL),
                         CL_SUCCESS);
    }
    clReleaseKernel(kernel);
    assert_int_equal(
        clEnqueueReadBuffer(session.queue, buffer, CL_FALSE, 0, sizeof result, &result, 0, NULL, NULL),
        CL_SUCCESS);
    clReleaseMemObject(buffer);
    assert_int_equal(clSetUserEventStatus(gate, CL_COMPLETE), CL_SUCCESS);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    assert_int_equal(result, 123);
    clReleaseEvent(gate);
}

static void sub_buffers_are_windows(void **state)
{
    (void)state;
    const size_t items = 64;
    const cl_buffer_region region = {512, 256};
    cl_int status, result[256];
    cl_kernel kernel = session_kernel(
        &session, "kernel void k(global int *a) { a[get_global_id(0)] = get_global_id(0) + 1; }", "k", "");
    cl_mem buffer = buffer_new(sizeof result),
           sub = clCreateSubBuffer(buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &status);
    set_buffer(kernel, 0, sub);
    launch(kernel, 1, NULL, &items, NULL, CL_SUCCESS);
    buffer_read(buffer, result, sizeof result);
    for (int i = 0; i < 256; i++) assert_int_equal(result[i], i >= 128 && i < 192 ? i - 127 : 0);
    clReleaseMemObject(sub);
    clReleaseMemObject(buffer);
    clReleaseKernel(kernel);
}

static void group_queries(void **state)
{
    (void)state;
    size_t multiple, group_size;
    cl_ulong private_size;
    cl_device_id stranger = (cl_device_id)session.queue;
    cl_kernel kernel = session_kernel(&session, "kernel void k(global int *a) { a[0] = 1; }", "k", "");
    assert_int_equal(clGetKernelWorkGroupInfo(kernel, session.device,
                                              CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE, sizeof multiple,
                                              &multiple, NULL),
                     CL_SUCCESS);
    assert_true(multiple == 32 || multiple == 64);
    assert_int_equal(clGetKernelWorkGroupInfo(kernel, NULL, CL_KERNEL_WORK_GROUP_SIZE, sizeof group_size,
                                              &group_size, NULL),
                     CL_SUCCESS);
    assert_true(group_size >= 256);
    assert_int_equal(clGetKernelWorkGroupInfo(kernel, NULL, CL_KERNEL_PRIVATE_MEM_SIZE, sizeof private_size,
                                              &private_size, NULL),
                     CL_SUCCESS);
    assert_int_equal(private_size, 0);
    assert_int_equal(clGetKernelWorkGroupInfo(kernel, NULL, CL_KERNEL_GLOBAL_WORK_SIZE, 0, NULL, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(clGetKernelWorkGroupInfo(kernel, stranger, CL_KERNEL_WORK_GROUP_SIZE, 0, NULL, NULL),
                     CL_INVALID_DEVICE);
    clReleaseKernel(kernel);
}

// ---- Printing -----------------------------------------------------------------------------------------

static void kernels_print(void **state)
{
    (void)state;
    const char *source = "kernel void k(int x) {\n"
                         "    printf(\"%d %u %ld %c:\\n\", x, x, (long)x << 32, 'q');\n"
                         "    printf(\"%s|%s|%d|%s\\n\", \"four\", \"\", 5, \"sixsix\");\n"
                         "    printf(\"%.2f %v4d %v3hlf %v2hhu %%\\n\", 1.5f, (int4)(1, 2, 3, 4), "
                         "(float3)(1, 2, 3), (uchar2)(200, 3));\n"
                         "}\n";
    cl_int x = -7;
    static const char *const options[] = {"", "-cl-std=CL3.0", "-cl-opt-disable"};
    for (unsigned i = 0; i < 3; i++) {
        cl_kernel kernel = session_kernel(&session, source, "k", options[i]);
        set_argument(kernel, 0, sizeof x, &x);
        assert_string_equal(session_printed(&session, kernel, 1),
                            "-7 4294967289 -30064771072 q:\n"
                            "four||5|sixsix\n"
                            "1.50 1,2,3,4 1.000000,2.000000,3.000000 200,3 %\n");
        clReleaseKernel(kernel);
    }
}

// More than the buffer holds is dropped by whole records, and said by printf's result.
static void printing_too_much(void **state)
{
    (void)state;
    const char *source = "kernel void k(global int *lost) {\n"
                         "    if (printf(\"%08d\\n\", (int)get_global_id(0)) < 0) atomic_inc(lost);\n"
                         "}\n";
    const size_t items = 1 << 18;
    cl_int lost;
    cl_kernel kernel = session_kernel(&session, source, "k", "");
    cl_mem buffer = buffer_new(sizeof lost);
    set_buffer(kernel, 0, buffer);
    const char *text = session_printed(&session, kernel, items);
    buffer_read(buffer, &lost, sizeof lost);
    assert_true(lost > 0 && strlen(text) > 0);
    assert_int_equal(strlen(text), 9 * (items - lost));
    clReleaseMemObject(buffer);
    clReleaseKernel(kernel);
}

// The first work-item waits for the host, so what the launch begins with runs when the host asks for the
// time.
static void launch_times(const char *source)
{
    cl_int status;
    const cl_queue_properties profiled[] = {CL_QUEUE_PROPERTIES, CL_QUEUE_PROFILING_ENABLE, 0};
    cl_command_queue queue =
        clCreateCommandQueueWithProperties(session.context, session.device, profiled, &status);
    cl_kernel kernel = session_kernel(&session, source, "k", "");
    void *shared = clSVMAlloc(session.context,
                              CL_MEM_READ_WRITE | CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS, 64, 0);
    volatile cl_int *flags = shared;
    cl_ulong during, host, start, end;
    cl_event event;
    assert_non_null(shared);
    flags[0] = flags[1] = 0;
    assert_int_equal(clSetKernelArgSVMPointer(kernel, 0, shared), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &(size_t){5000}, NULL, 0, NULL, &event),
                     CL_SUCCESS);
    assert_int_equal(clFlush(queue), CL_SUCCESS);
    while (!flags[0]) usleep(100);
    assert_int_equal(clGetDeviceAndHostTimer(session.device, &during, &host), CL_SUCCESS);
    flags[1] = 1;
    assert_int_equal(clWaitForEvents(1, &event), CL_SUCCESS);
    assert_int_equal(clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof start, &start, NULL),
                     CL_SUCCESS);
    assert_int_equal(clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof end, &end, NULL),
                     CL_SUCCESS);
    assert_true(start <= during && during <= end);
    clReleaseEvent(event);
    clReleaseKernel(kernel);
    clReleaseCommandQueue(queue);
    clSVMFree(session.context, shared);
}

// Three ways to the same place, of which two have a value in common that costs nothing: what LLVM 22 gets
// wrong by itself.
static void paths_keep_their_values(void **state)
{
    (void)state;
    enum { ITEMS = 96 };
    cl_kernel kernel = session_kernel(
        &session,
        "size_t along(uint d) { return get_global_id(d) - get_global_offset(d); }"
        "kernel void k(global int2 *out) { size_t place, whole; uint dimensions = get_work_dim();"
        " if (dimensions == 1) { whole = along(0); place = get_local_id(0); }"
        " else if (dimensions == 2) { whole = along(1) * get_global_size(0) + along(0);"
        " place = get_local_id(1) * get_local_size(0) + get_local_id(0); }"
        " else { whole = (along(2) * get_global_size(1) + along(1)) * get_global_size(0) + along(0);"
        " place = (get_local_id(2) * get_local_size(1) + get_local_id(1)) * get_local_size(0) +"
        " get_local_id(0); }"
        " out[whole].x = whole == get_global_linear_id(); out[whole].y = place == get_local_linear_id(); }",
        "k", "-cl-std=CL2.0");
    static const size_t global[][3] = {{96, 1, 1}, {12, 8, 1}, {4, 6, 4}}, local[] = {2, 2, 2};
    for (cl_uint dimensions = 1; dimensions <= 3; dimensions++) {
        cl_int out[2 * ITEMS] = {0};
        cl_mem buffer = buffer_new(sizeof out);
        set_buffer(kernel, 0, buffer);
        launch(kernel, dimensions, NULL, global[dimensions - 1], local, CL_SUCCESS);
        buffer_read(buffer, out, sizeof out);
        for (int i = 0; i < 2 * ITEMS; i++) assert_int_equal(out[i], 1);
        clReleaseMemObject(buffer);
    }
    clReleaseKernel(kernel);
}

// Local variables that hold each other's addresses, written to by what is given one as a value: LLVM 22 takes
// that to be an access to the variable whose address it is. By where another one's address is read from, and
// `how` it gets there.
static void addresses_in_local_variables(void **state)
{
    (void)state;
    enum { ITEMS = 32 };
    static const char *const ways[] = {
        "*p = a;",
        "take(a, p);",
        "*(local struct held *)p = (struct held){a};",
        "atomic_xchg((volatile local uint *)p, (uint)(ulong)(local char *)a);",
        "struct held h = {a}; *(local struct held *)p = h;",
    };
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
        char source[1024];
        snprintf(source, sizeof source,
                 "struct held { local int *at; };"
                 "__attribute__((noinline)) void take(local int *a, local int *local *to) { *to = a; }"
                 "kernel void k(global int *out) {"
                 " local int *local x, *local y; local int a[64], b[64]; int l = get_local_id(0);"
                 " a[l] = l; b[l] = 100 + l; if (!l) { x = b; y = b; }"
                 " barrier(CLK_LOCAL_MEM_FENCE);"
                 " local int *local *p = out[l] ? &x : &y; %s out[l] = x[l]; }",
                 ways[way]);
        cl_kernel kernel = session_kernel(&session, source, "k", "-cl-std=CL2.0");
        cl_int out[ITEMS];
        for (int i = 0; i < ITEMS; i++) out[i] = 1;
        cl_mem buffer = buffer_new(sizeof out);
        assert_int_equal(
            clEnqueueWriteBuffer(session.queue, buffer, CL_TRUE, 0, sizeof out, out, 0, NULL, NULL),
            CL_SUCCESS);
        set_buffer(kernel, 0, buffer);
        launch(kernel, 1, NULL, (size_t[]){ITEMS}, (size_t[]){ITEMS}, CL_SUCCESS);
        buffer_read(buffer, out, sizeof out);
        for (int i = 0; i < ITEMS; i++) assert_int_equal(out[i], i);
        clReleaseMemObject(buffer);
        clReleaseKernel(kernel);
    }
}

// -cl-denorms-are-zero is a hint, which programs with doubles do not follow.
static void denormals_are_zero_where_asked(void **state)
{
    (void)state;
    static const struct {
        const char *source, *options;
        cl_uint twice;
    } rows[] = {
        {"kernel void k(global float *x) { x[0] *= 2; }", "", 2},
        {"kernel void k(global float *x) { x[0] *= 2; }", "-cl-denorms-are-zero", 0},
        {"kernel void k(global float *x) { x[0] *= 2; x[1] = sqrt((double)x[0] + 0.1); }",
         "-cl-denorms-are-zero", 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cl_kernel kernel = session_kernel(&session, rows[i].source, "k", rows[i].options);
        cl_uint words[2] = {1, 0};
        cl_mem buffer = buffer_new(sizeof words);
        assert_int_equal(
            clEnqueueWriteBuffer(session.queue, buffer, CL_TRUE, 0, sizeof words, words, 0, NULL, NULL),
            CL_SUCCESS);
        set_buffer(kernel, 0, buffer);
        launch(kernel, 1, NULL, (size_t[]){1}, NULL, CL_SUCCESS);
        buffer_read(buffer, words, sizeof words);
        assert_int_equal(words[0], rows[i].twice);
        clReleaseMemObject(buffer);
        clReleaseKernel(kernel);
    }
}

static void times_start_with_the_first_part(void **state)
{
    (void)state;
    launch_times("kernel void k(global volatile int *flags)"
                 "{ if (!get_global_id(0)) { flags[0] = 1; while (!flags[1]) ; } }");
    launch_times("kernel void k(global volatile int *flags)"
                 "{ if (!get_global_id(0)) { flags[0] = 1; while (!flags[1]) ; printf(\"\"); } }");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creation),
        cmocka_unit_test(arguments_of_every_kind),
        cmocka_unit_test(argument_errors),
        cmocka_unit_test(released_buffers_are_noticed),
        cmocka_unit_test(argument_queries),
        cmocka_unit_test(attributes),
        cmocka_unit_test(clones_are_independent),
        cmocka_unit_test(local_memory),
        cmocka_unit_test(launches_of_every_shape),
        cmocka_unit_test(suggested_sizes),
        cmocka_unit_test(launch_errors),
        cmocka_unit_test(empty_launches_end),
        cmocka_unit_test(commands_keep_what_they_use),
        cmocka_unit_test(sub_buffers_are_windows),
        cmocka_unit_test(group_queries),
        cmocka_unit_test(kernels_print),
        cmocka_unit_test(printing_too_much),
        cmocka_unit_test(paths_keep_their_values),
        cmocka_unit_test(addresses_in_local_variables),
        cmocka_unit_test(denormals_are_zero_where_asked),
        cmocka_unit_test(times_start_with_the_first_part),
    };
    return cmocka_run_group_tests(tests, session_group_open, session_group_close);
}
