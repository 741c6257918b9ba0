// Variables of a program's scope, read and written by name, from OpenCL C and from SPIR-V.
//
// usage: test_spirv_variables MODULE (of variables.spvasm)
#include "file.h"
#include "group.h"

#include "api/global_variable.h"

#include <string.h>

static const char *module_path;

static const char source[] =
    "global int counter = 3; global int4 vectors[2]; static global int hidden = 4; constant int table[2] = "
    "{5, 6};\n"
    "kernel void k(global int *out) {\n"
    "    int4 last = vectors[1];\n"
    "    out[0] = counter; out[1] = last.w; out[2] = hidden; out[3] = table[out[3] & 1];\n"
    "    counter++; hidden++; vectors[0].x = 70; }\n"
    "kernel __attribute__((intel_reqd_sub_group_size(64))) void wide(global int *out) { out[0] = counter++; "
    "}\n";

static cl_int (*variable_read)(cl_command_queue, cl_program, const char *, cl_bool, size_t, size_t, void *,
                               cl_uint, const cl_event *, cl_event *);
static cl_int (*variable_write)(cl_command_queue, cl_program, const char *, cl_bool, size_t, size_t,
                                const void *, cl_uint, const cl_event *, cl_event *);
static cl_int (*variable_pointer)(cl_device_id, cl_program, const char *, size_t *, void **);

// ---- Shortcuts ----------------------------------------------------------------------------------------

static int open(void **state)
{
    int error = session_group_open(state);
    cl_platform_id platform = session_platform(&session);
#define FIND(variable, name) *(void **)&(variable) = clGetExtensionFunctionAddressForPlatform(platform, name)
    FIND(variable_read, "clEnqueueReadGlobalVariableINTEL");
    FIND(variable_write, "clEnqueueWriteGlobalVariableINTEL");
    FIND(variable_pointer, "clGetDeviceGlobalVariablePointerINTEL");
    return error || !variable_read || !variable_write || !variable_pointer;
}

static cl_int read_int(cl_program program, const char *name, size_t offset)
{
    cl_int value = -1;
    assert_int_equal(
        variable_read(session.queue, program, name, CL_TRUE, sizeof value, offset, &value, 0, NULL, NULL),
        CL_SUCCESS);
    return value;
}

static cl_int write_int(cl_program program, const char *name, size_t offset, cl_int value)
{
    return variable_write(session.queue, program, name, CL_TRUE, sizeof value, offset, &value, 0, NULL, NULL);
}

static void kernel_run(cl_program program, const char *name, cl_int out[4])
{
    cl_int error;
    const size_t one = 1;
    cl_kernel kernel = clCreateKernel(program, name, &error);
    assert_int_equal(error, CL_SUCCESS);
    cl_mem buffer = clCreateBuffer(session.context, 0, 4 * sizeof *out, NULL, NULL);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof buffer, &buffer), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(
        clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, 4 * sizeof *out, out, 0, NULL, NULL),
        CL_SUCCESS);
    clReleaseMemObject(buffer);
    clReleaseKernel(kernel);
}

static cl_program program_of_text(void) { return session_program(&session, source, "-cl-std=CL3.0"); }

static cl_program program_of_module(void)
{
    struct file module = file_read(module_path);
    cl_int error;
    cl_program program = clCreateProgramWithIL(session.context, module.words, module.size, &error);
    assert_int_equal(error, CL_SUCCESS);
    assert_int_equal(clBuildProgram(program, 1, &session.device, "", NULL, NULL), CL_SUCCESS);
    free(module.words);
    return program;
}

// ---- OpenCL C -----------------------------------------------------------------------------------------

static void text_variables(cl_program program)
{
    cl_int out[4];
    assert_int_equal(read_int(program, "counter", 0), 3);
    assert_int_equal(write_int(program, "counter", 0, 40), CL_SUCCESS);
    assert_int_equal(write_int(program, "vectors", 28, 55), CL_SUCCESS);
    kernel_run(program, "k", out);
    assert_int_equal(out[0], 40);
    assert_int_equal(out[1], 55);
    assert_int_equal(out[2], 4);
    assert_int_equal(read_int(program, "counter", 0), 41);
    assert_int_equal(read_int(program, "vectors", 0), 70);
    kernel_run(program, "wide", out); // its waves have code of their own, and the same variables
    assert_int_equal(out[0], 41);
    assert_int_equal(read_int(program, "counter", 0), 42);
}

static void variables_of_text(void **state)
{
    (void)state;
    cl_program program = program_of_text();
    text_variables(program);
    clReleaseProgram(program);
}

static void variables_of_a_binary(void **state)
{
    (void)state;
    cl_program built = program_of_text(), program;
    size_t size;
    cl_int error;
    assert_int_equal(clGetProgramInfo(built, CL_PROGRAM_BINARY_SIZES, sizeof size, &size, NULL), CL_SUCCESS);
    unsigned char *binary = malloc(size);
    assert_int_equal(clGetProgramInfo(built, CL_PROGRAM_BINARIES, sizeof binary, (void *)&binary, NULL),
                     CL_SUCCESS);
    clReleaseProgram(built);
    program = clCreateProgramWithBinary(session.context, 1, &session.device, &size,
                                        (const unsigned char **)&binary, NULL, &error);
    assert_int_equal(error, CL_SUCCESS);
    assert_int_equal(clBuildProgram(program, 1, &session.device, "", NULL, NULL), CL_SUCCESS);
    text_variables(program);
    clReleaseProgram(program);
    free(binary);
}

static void pointers_are_the_kernels(void **state)
{
    (void)state;
    cl_program program = program_of_text();
    cl_int out[4], value = 1000;
    size_t size = 0;
    void *pointer = NULL;
    assert_int_equal(variable_pointer(session.device, program, "counter", &size, &pointer), CL_SUCCESS);
    assert_int_equal(size, sizeof(cl_int));
    assert_int_equal(clEnqueueSVMMemcpy(session.queue, CL_TRUE, pointer, &value, sizeof value, 0, NULL, NULL),
                     CL_SUCCESS);
    kernel_run(program, "k", out);
    assert_int_equal(out[0], 1000);
    assert_int_equal(variable_pointer(session.device, program, "vectors", NULL, &pointer), CL_SUCCESS);
    assert_int_equal(variable_pointer(session.device, program, "hidden", &size, &pointer),
                     CL_INVALID_ARG_VALUE);
    clReleaseProgram(program);
}

// A command keeps the code that its variable is in, and its place among the others.
static void commands_wait_their_turn(void **state)
{
    (void)state;
    cl_program program = program_of_text();
    cl_int value = 500, got = 0;
    cl_event ended;
    cl_command_type type = 0;
    cl_event gate = clCreateUserEvent(session.context, NULL);
    assert_int_equal(
        variable_write(session.queue, program, "counter", CL_FALSE, sizeof value, 0, &value, 1, &gate, NULL),
        CL_SUCCESS);
    assert_int_equal(
        variable_read(session.queue, program, "counter", CL_FALSE, sizeof got, 0, &got, 0, NULL, &ended),
        CL_SUCCESS);
    clReleaseProgram(program);
    assert_int_equal(clGetEventInfo(ended, CL_EVENT_COMMAND_TYPE, sizeof type, &type, NULL), CL_SUCCESS);
    assert_int_equal(type, CL_COMMAND_READ_GLOBAL_VARIABLE_INTEL);
    assert_int_equal(got, 0);
    clSetUserEventStatus(gate, CL_COMPLETE);
    assert_int_equal(clWaitForEvents(1, &ended), CL_SUCCESS);
    assert_int_equal(got, 500);
    clReleaseEvent(ended);
    clReleaseEvent(gate);
}

// ---- SPIR-V -------------------------------------------------------------------------------------------

static void variables_of_a_module(void **state)
{
    (void)state;
    cl_program program = program_of_module();
    cl_int out[4], value;
    assert_int_equal(read_int(program, "both", 0), 1);
    assert_int_equal(read_int(program, "read", 0), 2);
    assert_int_equal(read_int(program, "exported", 0), 2);
    assert_int_equal(read_int(program, "plain", 0), 1);
    assert_int_equal(read_int(program, "tabl", 4), 3);
    assert_int_equal(write_int(program, "both", 0, 10), CL_SUCCESS);
    assert_int_equal(write_int(program, "writ", 0, 30), CL_SUCCESS);
    assert_int_equal(write_int(program, "plain", 0, 50), CL_SUCCESS);
    kernel_run(program, "k", out);
    assert_int_equal(out[0], 10);
    assert_int_equal(out[1], 30);
    assert_int_equal(out[2], 50);
    assert_int_equal(out[3], 2 + 4 + 3);
    assert_int_equal(read_int(program, "both", 0), 11);
    static const char *const not_written[] = {"read", "none", "tabl"}, *const not_read[] = {"writ", "none"};
    for (int i = 0; i < 3; i++)
        assert_int_equal(write_int(program, not_written[i], 0, 1), CL_INVALID_OPERATION);
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            variable_read(session.queue, program, not_read[i], CL_TRUE, 4, 0, &value, 0, NULL, NULL),
            CL_INVALID_OPERATION);
    clReleaseProgram(program);
}

int main(int count, char **arguments)
{
    if (count != 2) return 2;
    module_path = arguments[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables_of_text),        cmocka_unit_test(variables_of_a_binary),
        cmocka_unit_test(pointers_are_the_kernels), cmocka_unit_test(commands_wait_their_turn),
        cmocka_unit_test(variables_of_a_module),
    };
    return cmocka_run_group_tests(tests, open, session_group_close);
}
