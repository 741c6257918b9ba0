// Kernels, functions and variables that a module calls by any word that the reader has for something of its
// own.
//
// usage: test_spirv_names path/to/spirv-as WORD…
#define _GNU_SOURCE // environ
#include "assemble.h"
#include "group.h"

static const char *assembler;
static char **words;
static int word_count;

// ---- Modules --------------------------------------------------------------------------------------------

static void head_write(FILE *out)
{
    fputs("OpCapability Addresses\nOpCapability Kernel\nOpCapability Linkage\nOpMemoryModel Physical64 "
          "OpenCL\n",
          out);
}

static void types_write(FILE *out)
{
    fputs("%void = OpTypeVoid\n%uint = OpTypeInt 32 0\n%one = OpConstant %uint 1\n"
          "%global = OpTypePointer CrossWorkgroup %uint\n%local = OpTypePointer Workgroup %uint\n"
          "%private = OpTypePointer Function %uint\n"
          "%kernel = OpTypeFunction %void %global\n%function = OpTypeFunction %uint\n"
          "%twice_one = OpSpecConstantOp %uint IAdd %one %one\n"
          "%unseen = OpVariable %global CrossWorkgroup %twice_one\n%shared = OpVariable %local Workgroup\n",
          out);
}

// A function that only the module sees: 2, by way of all kinds of memory.
static void unseen_function_write(FILE *out)
{
    fputs("%two = OpFunction %uint DontInline %function\n%two_begin = OpLabel\n"
          "%own = OpVariable %private Function\n%from_global = OpLoad %uint %unseen Volatile\n"
          "OpStore %shared %from_global Volatile\n%from_local = OpLoad %uint %shared Volatile\n"
          "OpStore %own %from_local Volatile\n%from_private = OpLoad %uint %own Volatile\n"
          "OpReturnValue %from_private\nOpFunctionEnd\n",
          out);
}

// Every word is a kernel, which stores 2 and the word's number.
static void kernels_write(FILE *out)
{
    head_write(out);
    for (int i = 0; i < word_count; i++) fprintf(out, "OpEntryPoint Kernel %%k%d \"%s\"\n", i, words[i]);
    types_write(out);
    for (int i = 0; i < word_count; i++) fprintf(out, "%%n%d = OpConstant %%uint %d\n", i, i);
    unseen_function_write(out);
    for (int i = 0; i < word_count; i++)
        fprintf(out,
                "%%k%d = OpFunction %%void None %%kernel\n%%to%d = OpFunctionParameter %%global\n"
                "%%l%d = OpLabel\n%%f%d = OpFunctionCall %%uint %%two\n%%s%d = OpIAdd %%uint %%f%d %%n%d\n"
                "OpStore %%to%d %%s%d Aligned 4\nOpReturn\nOpFunctionEnd\n",
                i, i, i, i, i, i, i, i, i);
}

// The kernel that adds up what all functions or variables give, and 2.
static void sum_write(FILE *out, const char *give)
{
    fputs("%k = OpFunction %void None %kernel\n%to = OpFunctionParameter %global\n%l = OpLabel\n"
          "%s0 = OpFunctionCall %uint %two\n",
          out);
    for (int i = 0; i < word_count; i++)
        fprintf(out, "%%v%d = %s %%uint %%g%d\n%%s%d = OpIAdd %%uint %%s%d %%v%d\n", i, give, i, i + 1, i, i);
    fprintf(out, "OpStore %%to %%s%d Aligned 4\nOpReturn\nOpFunctionEnd\n", word_count);
}

static void exports_write(FILE *out)
{
    fputs("OpEntryPoint Kernel %k \"sum\"\n", out);
    for (int i = 0; i < word_count; i++)
        fprintf(out, "OpDecorate %%g%d LinkageAttributes \"%s\" Export\n", i, words[i]);
    types_write(out);
    for (int i = 0; i < word_count; i++) fprintf(out, "%%n%d = OpConstant %%uint %d\n", i, i);
}

static void functions_write(FILE *out)
{
    head_write(out);
    exports_write(out);
    unseen_function_write(out);
    for (int i = 0; i < word_count; i++)
        fprintf(out,
                "%%g%d = OpFunction %%uint DontInline %%function\n%%b%d = OpLabel\nOpReturnValue %%n%d\n"
                "OpFunctionEnd\n",
                i, i, i);
    sum_write(out, "OpFunctionCall");
}

static void variables_write(FILE *out)
{
    head_write(out);
    exports_write(out);
    for (int i = 0; i < word_count; i++)
        fprintf(out, "%%g%d = OpVariable %%global CrossWorkgroup %%n%d\n", i, i);
    unseen_function_write(out);
    sum_write(out, "OpLoad");
}

// ---- The tests ------------------------------------------------------------------------------------------

static cl_program program_of(void (*write)(FILE *))
{
    struct file module = assemble(assembler, write);
    cl_int error;
    assert_non_null(module.words);
    cl_program program = clCreateProgramWithIL(session.context, module.words, module.size, &error);
    assert_int_equal(error, CL_SUCCESS);
    free(module.words);
    if (clBuildProgram(program, 1, &session.device, "", NULL, NULL)) {
        char log[4096] = "";
        clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
        fail_msg("%s", log);
    }
    return program;
}

static cl_uint run(cl_program program, const char *name)
{
    const size_t one = 1;
    cl_uint got = 0;
    cl_int error;
    cl_mem to = clCreateBuffer(session.context, 0, sizeof got, NULL, &error);
    assert_int_equal(error, CL_SUCCESS);
    cl_kernel kernel = clCreateKernel(program, name, &error);
    if (error) fail_msg("%s: no kernel: %d", name, error);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof to, &to), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(session.queue, to, CL_TRUE, 0, sizeof got, &got, 0, NULL, NULL),
                     CL_SUCCESS);
    clReleaseKernel(kernel);
    clReleaseMemObject(to);
    return got;
}

static void kernels_have_any_name(void **state)
{
    (void)state;
    cl_program program = program_of(kernels_write);
    for (int i = 0; i < word_count; i++) assert_int_equal(run(program, words[i]), 2 + i);
    clReleaseProgram(program);
}

static void sum_is_right(void (*write)(FILE *))
{
    cl_program program = program_of(write);
    assert_int_equal(run(program, "sum"), 2 + word_count * (word_count - 1) / 2);
    clReleaseProgram(program);
}

static void functions_have_any_name(void **state) { (void)state, sum_is_right(functions_write); }
static void variables_have_any_name(void **state) { (void)state, sum_is_right(variables_write); }

int main(int count, char **arguments)
{
    if (count < 3) return 2;
    assembler = arguments[1];
    words = arguments + 2;
    word_count = count - 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_have_any_name),
        cmocka_unit_test(functions_have_any_name),
        cmocka_unit_test(variables_have_any_name),
    };
    return cmocka_run_group_tests(tests, session_group_open, session_group_close);
}
