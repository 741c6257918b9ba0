// OpenCL C beyond expressions: variables of programs, constants, calls; and what is no part of it here. Every
// program runs optimised, unoptimised and with debug information. C++ for OpenCL likewise.
#include "group.h"

#include <CL/cl_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Runs the program's kernel k on one number that starts as 5.
static int run(cl_program program)
{
    cl_int status, value = 5;
    const size_t items = 1;
    cl_kernel kernel = clCreateKernel(program, "k", &status);
    assert_int_equal(status, CL_SUCCESS);
    cl_mem buffer = clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, sizeof value, &value, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof(cl_mem), &buffer), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(
        clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, sizeof value, &value, 0, NULL, NULL),
        CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    return value;
}

// What a program makes of 5, first and when it is run again; and the bytes of its variables in global memory,
// of which the optimiser may spare some but not all.
static const struct program_case {
    const char *name, *source;
    int first, second;
    size_t variables;
} programs[] = {
    {"variables",
     "global int counter = 5; global int table[4] = {1, 2, 3, 4}; global int *global pointer = &table[2];\n"
     "kernel void k(global int *p) { counter += p[0]; *pointer += 1; p[0] = counter * 100 + table[2]; }",
     1004, 1505, 28},
    {"static variables",
     "int next(void) { static global int calls = 40; return ++calls; }\n"
     "kernel void k(global int *p) { p[0] = next() + next(); }",
     83, 87, 4},
    {"constants",
     "constant int primes[] = {2, 3, 5, 7}; constant int *constant indirect = &primes[3];\n"
     "struct pair { int a; float b; }; constant struct pair pairs[] = {{1, 0.5f}, {3, 1.5f}};\n"
     "kernel void k(global int *p) { constant char text[] = \"abc\"; int i = p[0] & 1;\n"
     "p[0] = primes[i] + *indirect + pairs[i].a + (int)(pairs[i].b * 2) + text[i]; }",
     3 + 7 + 3 + 3 + 'b', 3 + 7 + 3 + 3 + 'b', 0},
    {"calls that stay calls",
     "typedef struct { int a[9]; float4 v; } big;\n"
     "__attribute__((noinline)) big make(int n) { big b; for (int i = 0; i < 9; i++) b.a[i] = n + i; b.v = "
     "n; return b; }\n"
     "__attribute__((noinline)) int sum(big b, private int *out) { *out = b.a[8]; return b.a[0] + "
     "(int)b.v.w; }\n"
     "kernel void k(global int *p) { int last; int s = sum(make(p[0]), &last); p[0] = s * 100 + last; }",
     1013, 1013, 0},
    {"a kernel as a function",
     "kernel void inner(global int *p) { local int l; l = p[0]; barrier(CLK_LOCAL_MEM_FENCE); p[0] = l * 3; "
     "}\n"
     "kernel void k(global int *p) { inner(p); p[0] += 1; inner(p); }",
     48, 48, 0},
    {"generic pointers",
     "int get(int *p) { return *p; }\n"
     "kernel void k(global int *p) { local int l; int own = 30; l = 200; barrier(CLK_LOCAL_MEM_FENCE);\n"
     "p[0] = get(p) + get(&own) + get(&l) + (to_global(p) == p) * 1000 + (to_local(p) == 0) * 2000; }",
     3235, 3235, 0},
    {"the queue's address", // hidden_queue_ptr, at its place in the implicit argument block
     "kernel void k(global int *p) { constant char *implicit = __builtin_amdgcn_implicitarg_ptr();\n"
     "p[0] = *(constant ulong *)(implicit + 200) == (ulong)__builtin_amdgcn_queue_ptr(); }",
     1, 1, 0},
};

static void program_check(const struct program_case *program_case, const char *options)
{
    cl_program program = session_program(&session, program_case->source, options);
    int first = run(program), second = run(program);
    bool unoptimised = strstr(options, "-cl-opt-disable") || strstr(options, "-O0");
    size_t variables;
    assert_int_equal(clGetProgramBuildInfo(program, session.device,
                                           CL_PROGRAM_BUILD_GLOBAL_VARIABLE_TOTAL_SIZE, sizeof variables,
                                           &variables, NULL),
                     CL_SUCCESS);
    if (first != program_case->first || second != program_case->second ||
        !variables != !program_case->variables ||
        (unoptimised ? variables != program_case->variables : variables > program_case->variables))
        fail_msg("%s, built with %s: %d, then %d, with %zu bytes of variables", program_case->name, options,
                 first, second, variables);
    assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
}

static void programs_run(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        program_check(&programs[i], "-cl-std=CL3.0");
        program_check(&programs[i], "-cl-std=CL3.0 -cl-opt-disable");
        program_check(&programs[i], "-cl-std=CL3.0 -O0 -g");
        program_check(&programs[i], "-cl-std=CL3.0 -g");
    }
}

// ---- C++ for OpenCL -------------------------------------------------------------------------------------

static const struct program_case cpp_programs[] = {
    {"templates and references",
     "global int x;\n"
     "template<typename T> void twice(T &a, const T &b) { a = b * 2; }\n"
     "template<class T, int N> struct List { T all[N]; T sum() const { T s{}; for (auto e : all) s += e; "
     "return s; } "
     "};\n"
     "kernel void k(global int *p) { x += *p; twice(x, x); List<int, 4> l{{1, 2, 3, 4}};\n"
     "auto next = [](int n) { return n + 1; }; *p = x + l.sum() + next(1); }",
     22, 42, 4},
    {"classes",
     "struct Base { int v; constexpr Base(int n) : v(n) {} int get() const { return v; } };\n"
     "class More : public Base { int own = 3; public: More(int n) : Base(n) {} ~More() { v = 0; }\n"
     "int operator+(int n) const { return get() + own + n; } };\n"
     "namespace here { enum class Kind : int { A = 7 }; constant constexpr int seven = (int)Kind::A; }\n"
     "kernel void k(global int *p) { More more(*p); *p = (more + 1) * 10 + here::seven; }",
     97, 97, 0},
    {"builtins",
     "#if __OPENCL_CPP_VERSION__ != 100 && __OPENCL_CPP_VERSION__ != 202100\n#error\n#endif\n"
     "extern \"C\" int get(int *p) { return *p; }\n"
     "kernel void k(global int *p) { local atomic_int a; int own = 7; atomic_init(&a, *p);\n"
     "float4 v = (float4)(1.0f, 2.0f, 3.0f, 4.0f); work_group_barrier(CLK_LOCAL_MEM_FENCE);\n"
     "*p = atomic_fetch_add(&a, 1) + get(&own) + (int)dot(v, v.wzyx) + work_group_reduce_add(2) + "
     "addrspace_cast<global int *>(p)[0]; }",
     39, 39, 0},
};

static void cpp_programs_run(void **state)
{
    (void)state;
    static const char *const standards[] = {"CLC++", "CLC++1.0", "CLC++2021", "clc++"};
    for (size_t i = 0; i < sizeof cpp_programs / sizeof *cpp_programs; i++) {
        for (size_t k = 0; k < sizeof standards / sizeof *standards; k++) {
            char options[64];
            snprintf(options, sizeof options, "-cl-std=%s", standards[k]);
            program_check(&cpp_programs[i], options);
            snprintf(options, sizeof options, "-cl-std=%s -O0 -g", standards[k]);
            program_check(&cpp_programs[i], options);
        }
    }
}

// Constructors that are no constants run when the kernel is launched that clang makes of them.
static void constructors_are_a_kernel(void **state)
{
    (void)state;
    static const char source[] =
        "struct S { int v; S(int n) : v(n + get_work_dim()) {} ~S() { v = 3; } }; global S s(5);\n"
        "kernel void k(global int *p) { *p = s.v; }";
    const size_t one = 1;
    cl_program program = session_program(&session, source, "-cl-std=CLC++");
    assert_int_equal(run(program), 0);
    cl_int status;
    cl_kernel constructors = clCreateKernel(program, "_GLOBAL__sub_I_program.cl", &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, constructors, 1, NULL, &one, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(run(program), 6);
    assert_int_equal(clReleaseKernel(constructors), CL_SUCCESS);
    assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
}

static void version_is_told(void **state)
{
    (void)state;
    cl_version version = 0;
    assert_int_equal(clGetDeviceInfo(session.device, CL_DEVICE_CXX_FOR_OPENCL_NUMERIC_VERSION_EXT,
                                     sizeof version, &version, NULL),
                     CL_SUCCESS);
    assert_int_equal(version, CL_MAKE_VERSION(1, 0, 0));
}

// ---- What is no part of it ------------------------------------------------------------------------------

static const struct refusal {
    const char *source, *words;
} refusals[] = {
    {"kernel void k(global int *p) { int (^b)(int) = ^(int x) { return x + 1; }; p[0] = b(p[0]); }",
     "blocks support disabled"},
    {"int f(int a) { return a; } kernel void k(global int *p) { int (*g)(int) = f; p[0] = g(p[0]); }",
     "pointers to functions are not allowed"},
    {"kernel void k(read_only pipe int p) {}", "does not support the 'pipe' type qualifier"},
    {"kernel void k(global int *p, int n) { int a[n]; a[0] = 1; p[0] = a[0]; }", "variable length arrays"},
    {"kernel void k(global int *p) { queue_t q = get_default_queue(); }", "get_default_queue"},
    {"int k(global int *p);\nkernel int k(global int *p) { return 1; }", "void"},
    {"kernel void k(int *p) { p[0] = 1; }", "must reside in"},
    {"kernel void k(global int *p) { constant int c = p[0]; p[1] = c; }", "constant"},
};

static void the_rest_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        cl_int status;
        char log[4096] = "";
        cl_program program =
            clCreateProgramWithSource(session.context, 1, (const char **)&refusals[i].source, NULL, &status);
        assert_int_equal(status, CL_SUCCESS);
        assert_int_equal(clBuildProgram(program, 0, NULL, "-cl-std=CL3.0", NULL, NULL),
                         CL_BUILD_PROGRAM_FAILURE);
        clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
        if (!strstr(log, refusals[i].words)) fail_msg("'%s' is not in: %s", refusals[i].words, log);
        assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_run),
        cmocka_unit_test(cpp_programs_run),
        cmocka_unit_test(constructors_are_a_kernel),
        cmocka_unit_test(version_is_told),
        cmocka_unit_test(the_rest_is_refused),
    };
    return cmocka_run_group_tests(tests, session_group_open, session_group_close);
}
