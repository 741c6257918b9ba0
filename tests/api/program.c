// Programs: source, binaries, building, separate compilation, queries, and what goes wrong with each.
#include "group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cl_program program_new(const char *source)
{
    cl_int status;
    cl_program program = clCreateProgramWithSource(session.context, 1, &source, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    return program;
}

static void program_build(cl_program program, const char *options, cl_int expected)
{
    assert_int_equal(clBuildProgram(program, 1, &session.device, options, NULL, NULL), expected);
}

static char *build_log(cl_program program)
{
    size_t size;
    assert_int_equal(clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, 0, NULL, &size),
                     CL_SUCCESS);
    char *log = malloc(size);
    assert_int_equal(clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, size, log, NULL),
                     CL_SUCCESS);
    assert_int_equal(strlen(log) + 1, size);
    return log;
}

static void expect_state(cl_program program, cl_build_status wanted, cl_program_binary_type wanted_type)
{
    cl_build_status status;
    cl_program_binary_type type;
    assert_int_equal(
        clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_STATUS, sizeof status, &status, NULL),
        0);
    assert_int_equal(
        clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BINARY_TYPE, sizeof type, &type, NULL), 0);
    assert_int_equal(status, wanted);
    assert_int_equal(type, wanted_type);
}

// Runs `kernel void <name>(global int *)` of a built program on one item that starts as 5.
static int run(cl_program program, const char *name)
{
    cl_int status, value = 5;
    const size_t global = 1;
    cl_kernel kernel = clCreateKernel(program, name, &status);
    assert_int_equal(status, CL_SUCCESS);
    cl_mem buffer = clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, sizeof value, &value, &status);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof(cl_mem), &buffer), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &global, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(
        clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, sizeof value, &value, 0, NULL, NULL),
        CL_SUCCESS);
    clReleaseMemObject(buffer);
    clReleaseKernel(kernel);
    return value;
}

static unsigned char *binary_of(cl_program program, size_t *size)
{
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof *size, size, NULL),
                     CL_SUCCESS);
    unsigned char *bytes = malloc(*size);
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof(unsigned char *), &bytes, NULL),
                     CL_SUCCESS);
    return bytes;
}

// ---- Source and building ------------------------------------------------------------------------------

static void source_is_joined(void **state)
{
    (void)state;
    const char *parts[] = {"kernel void k(global int *a)", " {\0 a[0] = 7; ", "}//rest"};
    const size_t lengths[] = {0, 15, 1};
    const char *expected = "kernel void k(global int *a) { a[0] = 7; }";
    char source[128];
    size_t size;
    cl_int status;
    cl_program program = clCreateProgramWithSource(session.context, 3, parts, lengths, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_SOURCE, sizeof source, source, &size), CL_SUCCESS);
    assert_string_equal(source, expected);
    assert_int_equal(size, strlen(expected) + 1);
    expect_state(program, CL_BUILD_NONE, CL_PROGRAM_BINARY_TYPE_NONE);
    program_build(program, "", CL_SUCCESS);
    assert_int_equal(run(program, "k"), 7);
    clReleaseProgram(program);
}

static void creation_errors(void **state)
{
    (void)state;
    const char *source = "kernel void k() {}", *null = NULL;
    const size_t length = 4;
    const unsigned char *garbage = (const unsigned char *)"what?", *none = NULL;
    cl_int status, each = 1;
    assert_null(clCreateProgramWithSource(NULL, 1, &source, NULL, &status));
    assert_int_equal(status, CL_INVALID_CONTEXT);
    assert_null(clCreateProgramWithSource(session.context, 0, &source, NULL, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    assert_null(clCreateProgramWithSource(session.context, 1, NULL, NULL, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    assert_null(clCreateProgramWithSource(session.context, 1, &null, NULL, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    assert_null(
        clCreateProgramWithBinary(session.context, 1, &session.device, &length, &garbage, &each, &status));
    assert_int_equal(status, CL_INVALID_BINARY);
    assert_int_equal(each, CL_INVALID_BINARY);
    assert_null(
        clCreateProgramWithBinary(session.context, 1, &session.device, &length, &none, &each, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    assert_int_equal(each, CL_INVALID_VALUE);
    assert_null(clCreateProgramWithBinary(session.context, 0, NULL, &length, &garbage, NULL, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    cl_device_id stranger = (cl_device_id)session.queue;
    assert_null(clCreateProgramWithBinary(session.context, 1, &stranger, &length, &garbage, NULL, &status));
    assert_int_equal(status, CL_INVALID_DEVICE);
    assert_null(clCreateProgramWithIL(session.context, garbage, 4, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    assert_null(clCreateProgramWithBuiltInKernels(session.context, 1, &session.device, "none", &status));
    assert_int_equal(status, CL_INVALID_VALUE);
}

static void build_failures_have_logs(void **state)
{
    (void)state;
    static const struct {
        const char *source, *options;
        cl_int error;
        const char *logged;
    } cases[] = {
        {"kernel void k(global int *a) { a[0] = undeclared; }", "", CL_BUILD_PROGRAM_FAILURE, "undeclared"},
        {"kernel int k() { return 1; }", "", CL_BUILD_PROGRAM_FAILURE, "void"},
        {"#error stop here\n", "", CL_BUILD_PROGRAM_FAILURE, "stop here"},
        {"#include \"not_there.h\"\n", "", CL_BUILD_PROGRAM_FAILURE, "not_there.h"},
        {"kernel void k() {}", "-cl-no-such-option", CL_INVALID_BUILD_OPTIONS, "-cl-no-such-option"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cl_program program = program_new(cases[i].source);
        program_build(program, cases[i].options, cases[i].error);
        expect_state(program, CL_BUILD_ERROR, CL_PROGRAM_BINARY_TYPE_NONE);
        char *log = build_log(program);
        if (!strstr(log, cases[i].logged)) fail_msg("'%s' is not in: %s", cases[i].logged, log);
        free(log);
        cl_int status;
        assert_null(clCreateKernel(program, "k", &status));
        assert_int_equal(status, CL_INVALID_PROGRAM_EXECUTABLE);
        assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_NUM_KERNELS, 0, NULL, NULL),
                         CL_INVALID_PROGRAM_EXECUTABLE);
        clReleaseProgram(program);
    }
}

static void a_failed_build_can_be_mended(void **state)
{
    (void)state;
    cl_program program = program_new("kernel void k(global int *a) { a[0] = VALUE; }");
    program_build(program, "", CL_BUILD_PROGRAM_FAILURE);
    program_build(program, "-DVALUE=9", CL_SUCCESS);
    expect_state(program, CL_BUILD_SUCCESS, CL_PROGRAM_BINARY_TYPE_EXECUTABLE);
    assert_int_equal(run(program, "k"), 9);
    program_build(program, "-D VALUE=10", CL_SUCCESS);
    assert_int_equal(run(program, "k"), 10);
    char options[32];
    assert_int_equal(clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_OPTIONS, sizeof options,
                                           options, NULL),
                     0);
    assert_string_equal(options, "-D VALUE=10");
    clReleaseProgram(program);
}

static void build_argument_errors(void **state)
{
    (void)state;
    cl_program program = program_new("kernel void k() {}");
    cl_device_id stranger = (cl_device_id)session.queue;
    assert_int_equal(clBuildProgram(NULL, 0, NULL, "", NULL, NULL), CL_INVALID_PROGRAM);
    assert_int_equal(clBuildProgram(program, 1, NULL, "", NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(clBuildProgram(program, 0, &session.device, "", NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(clBuildProgram(program, 0, NULL, "", NULL, &stranger), CL_INVALID_VALUE);
    assert_int_equal(clBuildProgram(program, 1, &stranger, "", NULL, NULL), CL_INVALID_DEVICE);
    program_build(program, NULL, CL_SUCCESS);
    // No change to the executable while there are kernels.
    cl_kernel kernel = clCreateKernel(program, "k", NULL);
    program_build(program, NULL, CL_INVALID_OPERATION);
    assert_int_equal(clCompileProgram(program, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL),
                     CL_INVALID_OPERATION);
    clReleaseKernel(kernel);
    program_build(program, NULL, CL_SUCCESS);
    clReleaseProgram(program);
    assert_int_equal(clReleaseProgram((cl_program)session.context), CL_INVALID_PROGRAM);
    assert_int_equal(clRetainProgram((cl_program)session.queue), CL_INVALID_PROGRAM);
}

static void CL_CALLBACK built(cl_program program, void *argument)
{
    cl_build_status status;
    clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_STATUS, sizeof status, &status, NULL);
    __atomic_store_n((int *)argument, status == CL_BUILD_SUCCESS ? 1 : -1, __ATOMIC_RELEASE);
}

static void wait_for(const int *flag)
{
    while (!__atomic_load_n(flag, __ATOMIC_ACQUIRE)) usleep(1000);
}

static void builds_with_callback(void **state)
{
    (void)state;
    int good = 0, bad = 0;
    cl_program program = program_new("kernel void k(global int *a) { a[0] = 3; }"),
               broken = program_new("broken");
    assert_int_equal(clBuildProgram(program, 0, NULL, "", built, &good), CL_SUCCESS);
    clBuildProgram(broken, 0, NULL, "", built, &bad);
    wait_for(&good);
    wait_for(&bad);
    assert_int_equal(good, 1);
    assert_int_equal(bad, -1);
    assert_int_equal(run(program, "k"), 3);
    clReleaseProgram(program);
    clReleaseProgram(broken);
}

// ---- Queries ------------------------------------------------------------------------------------------

// A program whose build takes a while.
static cl_program program_slow(int *built_as)
{
    char source[20000], *end = source;
    for (int i = 0; i < 16; i++)
        end += sprintf(end,
                       "kernel void k%d(global int *a) { float4 x = (float4)(a[0]);\n"
                       "  for (int i = 0; i < a[0]; i++) x = sin(x) + pow(x, (float4)(%d)) * cos(x.yzwx);\n"
                       "  a[0] = a[0] + %d + (int)dot(x, (float4)(0)); }\n",
                       i, i + 2, i);
    cl_program program = program_new(source);
    assert_int_equal(clBuildProgram(program, 0, NULL, "", built, built_as), CL_SUCCESS);
    return program;
}

static void kernel_made_at_once(cl_program program) { assert_int_equal(run(program, "k3"), 8); }

static void kernels_made_at_once(cl_program program)
{
    cl_kernel kernels[16];
    cl_uint count;
    assert_int_equal(clCreateKernelsInProgram(program, 16, kernels, &count), CL_SUCCESS);
    assert_int_equal(count, 16);
    for (cl_uint i = 0; i < count; i++) clReleaseKernel(kernels[i]);
}

static void names_asked_at_once(cl_program program)
{
    size_t count;
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_NUM_KERNELS, sizeof count, &count, NULL),
                     CL_SUCCESS);
    assert_int_equal(count, 16);
}

static void binary_asked_at_once(cl_program program)
{
    size_t size;
    unsigned char *bytes = binary_of(program, &size);
    assert_true(size > 0);
    free(bytes);
}

static void type_asked_at_once(cl_program program)
{
    cl_program_binary_type type;
    assert_int_equal(
        clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BINARY_TYPE, sizeof type, &type, NULL),
        CL_SUCCESS);
    assert_int_equal(type, CL_PROGRAM_BINARY_TYPE_EXECUTABLE);
}

// Whatever needs what a build with a callback makes waits for it.
static void results_are_waited_for(void **state)
{
    (void)state;
    static void (*const askers[])(cl_program) = {kernel_made_at_once, kernels_made_at_once,
                                                 names_asked_at_once, binary_asked_at_once,
                                                 type_asked_at_once};
    for (size_t i = 0; i < sizeof askers / sizeof *askers; i++) {
        int built_as = 0;
        cl_program program = program_slow(&built_as);
        askers[i](program);
        wait_for(&built_as);
        assert_int_equal(built_as, 1);
        clReleaseProgram(program);
    }
}

// A link waits for its inputs' compilation.
static void inputs_are_waited_for(void **state)
{
    (void)state;
    int built_as = 0;
    cl_int status;
    cl_program object = program_new("kernel void k(global int *a) { a[0] = 6; }");
    assert_int_equal(clCompileProgram(object, 0, NULL, "", 0, NULL, NULL, built, &built_as), CL_SUCCESS);
    cl_program program = clLinkProgram(session.context, 0, NULL, "", 1, &object, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(run(program, "k"), 6);
    wait_for(&built_as);
    clReleaseProgram(program);
    clReleaseProgram(object);
}

// Released while it is built: the build keeps it.
static void released_in_mid_build(void **state)
{
    (void)state;
    int built_as = 0;
    clReleaseProgram(program_slow(&built_as));
    wait_for(&built_as);
    assert_int_equal(built_as, 1);
}

static void queries(void **state)
{
    (void)state;
    cl_program program =
        program_new("global int counter[10]; kernel void one(global int *a) { counter[a[0]] = 1; a[1] = "
                    "counter[a[2]]; } kernel void two() {}");
    program_build(program, "-cl-std=CL2.0", CL_SUCCESS);
    char names[64];
    size_t count, size;
    cl_uint devices;
    cl_context context;
    cl_device_id device;
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_NUM_KERNELS, sizeof count, &count, NULL),
                     CL_SUCCESS);
    assert_int_equal(count, 2);
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_KERNEL_NAMES, sizeof names, names, &size),
                     CL_SUCCESS);
    assert_int_equal(size, strlen("one;two") + 1);
    assert_true(!strcmp(names, "one;two") || !strcmp(names, "two;one"));
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_NUM_DEVICES, sizeof devices, &devices, NULL),
                     CL_SUCCESS);
    assert_int_equal(devices, 1);
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_DEVICES, sizeof(cl_device_id), &device, NULL),
                     CL_SUCCESS);
    assert_ptr_equal(device, session.device);
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_CONTEXT, sizeof(cl_context), &context, NULL),
                     CL_SUCCESS);
    assert_ptr_equal(context, session.context);
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_IL, 0, NULL, &size), CL_SUCCESS);
    assert_int_equal(size, 0);
    assert_int_equal(clGetProgramBuildInfo(program, session.device,
                                           CL_PROGRAM_BUILD_GLOBAL_VARIABLE_TOTAL_SIZE, sizeof size, &size,
                                           NULL),
                     CL_SUCCESS);
    assert_int_equal(size, 40);
    assert_int_equal(clGetProgramInfo(program, 0x9999, 0, NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(clGetProgramBuildInfo(program, NULL, CL_PROGRAM_BUILD_LOG, 0, NULL, NULL),
                     CL_INVALID_DEVICE);
    assert_int_equal(clGetProgramBuildInfo(program, session.device, 0x9999, 0, NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(clSetProgramReleaseCallback(program, built, NULL), CL_INVALID_OPERATION);
    clReleaseProgram(program);
}

// ---- Binaries -----------------------------------------------------------------------------------------

static cl_program reload(const unsigned char *bytes, size_t size, cl_int *status)
{
    return clCreateProgramWithBinary(session.context, 1, &session.device, &size, &bytes, NULL, status);
}

static void executables_survive_a_round_trip(void **state)
{
    (void)state;
    size_t size, again_size;
    cl_int status;
    cl_program program = program_new("kernel void k(global int *a) { a[0] *= 2; }");
    program_build(program, "", CL_SUCCESS);
    unsigned char *bytes = binary_of(program, &size);
    clReleaseProgram(program);
    program = reload(bytes, size, &status);
    assert_int_equal(status, CL_SUCCESS);
    expect_state(program, CL_BUILD_NONE, CL_PROGRAM_BINARY_TYPE_EXECUTABLE);
    assert_int_equal(run(program, "k"), 10); // applications do so without building, against the specification
    program_build(program, "", CL_SUCCESS);
    assert_int_equal(run(program, "k"), 10);
    unsigned char *again = binary_of(program, &again_size);
    assert_int_equal(again_size, size);
    assert_memory_equal(again, bytes, size);
    clReleaseProgram(program);
    free(again);
    free(bytes);
}

// ---- Separate compilation -----------------------------------------------------------------------------

static cl_program compiled(const char *source)
{
    cl_program program = program_new(source);
    assert_int_equal(clCompileProgram(program, 0, NULL, "", 0, NULL, NULL, NULL, NULL), CL_SUCCESS);
    expect_state(program, CL_BUILD_SUCCESS, CL_PROGRAM_BINARY_TYPE_COMPILED_OBJECT);
    return program;
}

static void embedded_headers(void **state)
{
    (void)state;
    cl_program headers[] = {program_new("#include <deep/two.h>\n#define ONE (TWO - 1)\n"),
                            program_new("#define TWO 2\n")};
    const char *names[] = {"one.h", "deep/two.h"};
    cl_program program =
        program_new("#include \"one.h\"\nkernel void k(global int *a) { a[0] = 10 * ONE + TWO; }");
    assert_int_equal(clCompileProgram(program, 0, NULL, "", 2, headers, names, NULL, NULL), CL_SUCCESS);
    cl_int status;
    cl_program linked = clLinkProgram(session.context, 0, NULL, "", 1, &program, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    expect_state(linked, CL_BUILD_SUCCESS, CL_PROGRAM_BINARY_TYPE_EXECUTABLE);
    assert_int_equal(run(linked, "k"), 12);
    assert_int_equal(clCompileProgram(program, 0, NULL, "", 0, headers, names, NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(clCompileProgram(program, 0, NULL, "", 2, headers, NULL, NULL, NULL), CL_INVALID_VALUE);
    assert_int_equal(clBuildProgram(linked, 0, NULL, "", NULL, NULL), CL_INVALID_OPERATION);
    for (cl_program *each = (cl_program[]){linked, program, headers[0], headers[1], NULL}; *each; each++)
        clReleaseProgram(*each);
}

static void objects_and_libraries(void **state)
{
    (void)state;
    cl_int status;
    cl_program helper = compiled("int twice(int x) { return 2 * x; }");
    cl_program user = compiled("int twice(int x); kernel void k(global int *a) { a[0] = twice(a[0]) + 1; }");
    cl_program library =
        clLinkProgram(session.context, 0, NULL, "-create-library", 1, &helper, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    expect_state(library, CL_BUILD_SUCCESS, CL_PROGRAM_BINARY_TYPE_LIBRARY);
    // Through their binaries, as an application that caches them does.
    size_t size;
    unsigned char *bytes = binary_of(library, &size);
    cl_program reloaded = reload(bytes, size, &status);
    assert_int_equal(status, CL_SUCCESS);
    expect_state(reloaded, CL_BUILD_NONE, CL_PROGRAM_BINARY_TYPE_LIBRARY);
    assert_int_equal(clBuildProgram(reloaded, 0, NULL, "", NULL, NULL), CL_INVALID_BINARY);
    cl_program inputs[] = {user, reloaded};
    cl_program linked =
        clLinkProgram(session.context, 1, &session.device, "", 2, inputs, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(run(linked, "k"), 11);
    free(bytes);
    for (cl_program *each = (cl_program[]){helper, user, library, reloaded, linked, NULL}; *each; each++)
        clReleaseProgram(*each);
}

static void link_errors(void **state)
{
    (void)state;
    cl_int status;
    cl_program user = compiled("int missing(int x); kernel void k(global int *a) { a[0] = missing(a[0]); }");
    cl_program linked = clLinkProgram(session.context, 0, NULL, "", 1, &user, NULL, NULL, &status);
    assert_int_equal(status, CL_LINK_PROGRAM_FAILURE);
    assert_non_null(linked);
    char *log = build_log(linked);
    if (!strstr(log, "missing")) fail_msg("'missing' is not in: %s", log);
    free(log);
    clReleaseProgram(linked);
    cl_program raw = program_new("kernel void k() {}"), both[] = {user, raw};
    assert_null(clLinkProgram(session.context, 0, NULL, "", 1, &raw, NULL, NULL, &status));
    assert_int_equal(status, CL_INVALID_OPERATION);
    assert_null(clLinkProgram(session.context, 0, NULL, "", 2, both, NULL, NULL, &status));
    assert_int_equal(status, CL_INVALID_OPERATION);
    assert_null(clLinkProgram(session.context, 0, NULL, "", 0, &user, NULL, NULL, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    assert_null(clLinkProgram(session.context, 0, NULL, "", 1, NULL, NULL, NULL, &status));
    assert_int_equal(status, CL_INVALID_VALUE);
    assert_null(clLinkProgram(session.context, 0, NULL, "-cl-no-such-option", 1, &user, NULL, NULL, &status));
    assert_int_equal(status, CL_INVALID_LINKER_OPTIONS);
    assert_int_equal(clCompileProgram(raw, 0, NULL, "-cl-no-such-option", 0, NULL, NULL, NULL, NULL),
                     CL_INVALID_COMPILER_OPTIONS);
    clReleaseProgram(raw);
    raw = program_new("broken");
    assert_int_equal(clCompileProgram(raw, 0, NULL, "", 0, NULL, NULL, NULL, NULL),
                     CL_COMPILE_PROGRAM_FAILURE);
    clReleaseProgram(raw);
    clReleaseProgram(user);
}

static void create_and_release(void **state)
{
    (void)state;
    cl_program program = program_new("kernel void k(global int *a) { a[0]++; } kernel void l() {}");
    program_build(program, "", CL_SUCCESS);
    size_t size;
    unsigned char *bytes = binary_of(program, &size);
    clReleaseProgram(program);
    for (unsigned i = 0; i < 100; i++) {
        cl_int status;
        cl_kernel kernels[2];
        program = reload(bytes, size, &status);
        program_build(program, "", CL_SUCCESS);
        assert_int_equal(clCreateKernelsInProgram(program, 2, kernels, NULL), CL_SUCCESS);
        assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
        assert_int_equal(clReleaseKernel(kernels[0]), CL_SUCCESS);
        assert_int_equal(clReleaseKernel(kernels[1]), CL_SUCCESS);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(source_is_joined),
        cmocka_unit_test(creation_errors),
        cmocka_unit_test(build_failures_have_logs),
        cmocka_unit_test(a_failed_build_can_be_mended),
        cmocka_unit_test(build_argument_errors),
        cmocka_unit_test(builds_with_callback),
        cmocka_unit_test(results_are_waited_for),
        cmocka_unit_test(inputs_are_waited_for),
        cmocka_unit_test(released_in_mid_build),
        cmocka_unit_test(queries),
        cmocka_unit_test(executables_survive_a_round_trip),
        cmocka_unit_test(embedded_headers),
        cmocka_unit_test(objects_and_libraries),
        cmocka_unit_test(link_errors),
        cmocka_unit_test(create_and_release),
    };
    return cmocka_run_group_tests(tests, session_group_open, session_group_close);
}
