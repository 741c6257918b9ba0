// Denormal numbers as a kernel's execution modes have them: every combination for half, float and double that
// AMD's GPUs have, in the kernel and in a function that it calls, with and without -cl-denorms-are-zero.
// Others are refused.
//
// usage: test_spirv_denormals path/to/spirv-as
#define _GNU_SOURCE // environ
#include "assemble.h"
#include "group.h"

#include <string.h>

enum mode { NONE, PRESERVE, FLUSH, MODES };
enum { HALF, FLOAT, DOUBLE, WIDTHS, COMBINATIONS = MODES * MODES * MODES };

static const char *assembler;
static int only = -1; // one combination, or all that there can be

static enum mode mode_of(int combination, int width)
{
    for (int i = 0; i < width; i++) combination /= MODES;
    return (enum mode)(combination % MODES);
}

static bool possible(int combination)
{
    enum mode half = mode_of(combination, HALF), wide = mode_of(combination, DOUBLE);
    return half == NONE || wide == NONE || half == wide;
}

static bool in_module(int combination) { return only < 0 ? possible(combination) : combination == only; }

// ---- The module -----------------------------------------------------------------------------------------

static const char head[] =
    "OpCapability Addresses\nOpCapability Kernel\nOpCapability Int64\nOpCapability Int16\nOpCapability "
    "Float16\n"
    "OpCapability Float64\nOpCapability DenormPreserve\nOpCapability DenormFlushToZero\n"
    "OpExtension \"SPV_KHR_float_controls\"\nOpMemoryModel Physical64 OpenCL\n";

// A function for each width doubles its argument.
static const char body[] =
    "%void = OpTypeVoid\n%uint = OpTypeInt 32 0\n%half = OpTypeFloat 16\n%float = OpTypeFloat 32\n"
    "%double = OpTypeFloat 64\n%pointer = OpTypePointer CrossWorkgroup %uint\n"
    "%halves = OpTypePointer CrossWorkgroup %half\n%floats = OpTypePointer CrossWorkgroup %float\n"
    "%doubles = OpTypePointer CrossWorkgroup %double\n%kernel = OpTypeFunction %void %pointer\n"
    "%of_half = OpTypeFunction %half %half\n%of_float = OpTypeFunction %float %float\n"
    "%of_double = OpTypeFunction %double %double\n%u2 = OpConstant %uint 2\n%u4 = OpConstant %uint 4\n"
    "%u6 = OpConstant %uint 6\n%u8 = OpConstant %uint 8\n%u10 = OpConstant %uint 10\n";

static void twice_write(FILE *out, const char *type)
{
    fprintf(out,
            "%%twice_%s = OpFunction %%%s DontInline %%of_%s\n%%x_%s = OpFunctionParameter %%%s\n%%l_%s = "
            "OpLabel\n"
            "%%s_%s = OpFAdd %%%s %%x_%s %%x_%s\nOpReturnValue %%s_%s\nOpFunctionEnd\n",
            type, type, type, type, type, type, type, type, type, type, type);
}

// What is at a place becomes twice that, and what is two words on what the function makes of it.
static void width_write(FILE *out, int kernel, const char *type, const char *plural, int place)
{
    int n = kernel * 100 + place;
    if (place)
        fprintf(out, "%%a%d = OpPtrAccessChain %%pointer %%o%d %%u%d\n", n, kernel, place);
    else
        fprintf(out, "%%a%d = OpCopyObject %%pointer %%o%d\n", n, kernel);
    fprintf(out, "%%b%d = OpPtrAccessChain %%pointer %%o%d %%u%d\n", n, kernel, place + 2);
    fprintf(
        out,
        "%%p%d = OpBitcast %%%s %%a%d\n%%q%d = OpBitcast %%%s %%b%d\n%%v%d = OpLoad %%%s %%p%d\n"
        "%%w%d = OpFAdd %%%s %%v%d %%v%d\nOpStore %%p%d %%w%d\n%%f%d = OpFunctionCall %%%s %%twice_%s %%v%d\n"
        "OpStore %%q%d %%f%d\n",
        n, plural, n, n, plural, n, n, type, n, n, type, n, n, n, n, n, type, type, n, n, n);
}

static void module_write(FILE *out)
{
    static const int widths[] = {16, 32, 64};
    fputs(head, out);
    for (int c = 0; c < COMBINATIONS; c++)
        if (in_module(c)) fprintf(out, "OpEntryPoint Kernel %%k%d \"k%d\"\n", c, c);
    for (int c = 0; c < COMBINATIONS; c++)
        for (int w = 0; w < WIDTHS; w++)
            if (in_module(c) && mode_of(c, w) != NONE)
                fprintf(out, "OpExecutionMode %%k%d %s %d\n", c,
                        mode_of(c, w) == FLUSH ? "DenormFlushToZero" : "DenormPreserve", widths[w]);
    fputs(body, out);
    twice_write(out, "half"), twice_write(out, "float"), twice_write(out, "double");
    for (int c = 0; c < COMBINATIONS; c++) {
        if (!in_module(c)) continue;
        fprintf(out,
                "%%k%d = OpFunction %%void None %%kernel\n%%o%d = OpFunctionParameter %%pointer\n%%l%d = "
                "OpLabel\n",
                c, c, c);
        width_write(out, c, "half", "halves", 0), width_write(out, c, "float", "floats", 4);
        width_write(out, c, "double", "doubles", 8);
        fputs("OpReturn\nOpFunctionEnd\n", out);
    }
}

// ---- The tests ------------------------------------------------------------------------------------------

static cl_program program_make(const char *options, cl_int *error, char log[4096])
{
    struct file module = assemble(assembler, module_write);
    assert_non_null(module.words);
    cl_program program = clCreateProgramWithIL(session.context, module.words, module.size, error);
    assert_int_equal(*error, CL_SUCCESS);
    free(module.words);
    *error = clBuildProgram(program, 1, &session.device, options, NULL, NULL);
    clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, 4096, log, NULL);
    return program;
}

// Each width has two places, of the least number and what it is twice.
static void kernel_run(cl_program program, int combination, cl_uint words[12])
{
    const size_t one = 1, size = 12 * sizeof *words;
    char name[8];
    cl_int error;
    snprintf(name, sizeof name, "k%d", combination);
    memset(words, 0, size);
    words[0] = words[4] = words[8] = 1;
    cl_mem buffer = clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, size, words, &error);
    cl_kernel kernel = clCreateKernel(program, name, &error);
    assert_int_equal(error, CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof buffer, &buffer), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, size, words, 0, NULL, NULL),
                     CL_SUCCESS);
    clReleaseKernel(kernel);
    clReleaseMemObject(buffer);
}

// Half and double share a setting. Of what nothing is said nothing is flushed: beside doubles the option
// changes nothing.
static bool flushed(int combination, int width)
{
    enum mode mode = mode_of(combination, width);
    if (width != FLOAT && mode == NONE) mode = mode_of(combination, width == HALF ? DOUBLE : HALF);
    return mode == FLUSH;
}

static int combination_run(cl_program program, int combination, bool option)
{
    cl_uint words[12];
    int wrong = 0;
    kernel_run(program, combination, words);
    for (int w = 0; w < WIDTHS; w++) {
        cl_uint wanted = flushed(combination, w) ? 0 : 2;
        for (int called = 0; called < 2; called++) {
            cl_uint got = words[4 * w + 2 * called];
            if (got == wanted) continue;
            print_error("modes %d %d %d, width %d,%s%s: %x, not %x\n", mode_of(combination, HALF),
                        mode_of(combination, FLOAT), mode_of(combination, DOUBLE), w, called ? " called" : "",
                        option ? " option" : "", got, wanted);
            wrong++;
        }
    }
    return wrong;
}

static void modes_are_obeyed(void **state)
{
    (void)state;
    int wrong = 0;
    only = -1;
    for (int option = 0; option < 2; option++) {
        cl_int error;
        char log[4096] = "";
        cl_program program = program_make(option ? "-cl-denorms-are-zero" : "", &error, log);
        if (error) fail_msg("%s", log);
        for (int c = 0; c < COMBINATIONS; c++)
            if (possible(c)) wrong += combination_run(program, c, option);
        clReleaseProgram(program);
    }
    assert_int_equal(wrong, 0);
}

static void what_no_gpu_has_is_refused(void **state)
{
    (void)state;
    for (only = 0; only < COMBINATIONS; only++) {
        if (possible(only)) continue;
        cl_int error;
        char log[4096] = "";
        cl_program program = program_make("", &error, log);
        assert_int_equal(error, CL_BUILD_PROGRAM_FAILURE);
        if (!strstr(log, "halves and doubles are flushed or preserved together")) fail_msg("%s", log);
        clReleaseProgram(program);
    }
}

int main(int count, char **arguments)
{
    if (count != 2) return 2;
    assembler = arguments[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes_are_obeyed),
        cmocka_unit_test(what_no_gpu_has_is_refused),
    };
    return cmocka_run_group_tests(tests, session_group_open, session_group_close);
}
