// Programs from SPIR-V through the API: what is refused, what is told of them, specialization constants,
// linking.
//
// usage: test_spirv_programs calls.cl calls.spv called.cl called.spv first.spv second.spv
#include "assembly.h"
#include "file.h"
#include "group.h"

#include <CL/cl_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *calls_text, *calls_module, *called_text, *called_module, *once_modules[2];

static cl_program program_of(const void *words, size_t size)
{
    cl_int error;
    cl_program program = clCreateProgramWithIL(session.context, words, size, &error);
    assert_int_equal(error, CL_SUCCESS);
    return program;
}

static cl_program program_of_constants(void) { return program_of(constants_module, sizeof constants_module); }

static void build(cl_program program)
{
    assert_int_equal(clBuildProgram(program, 1, &session.device, "", NULL, NULL), CL_SUCCESS);
}

// The first four words that a kernel stores.
static void run(cl_program program, const char *name, cl_uint out[4])
{
    const size_t one = 1, size = 4 * sizeof *out;
    cl_int error;
    cl_mem results = clCreateBuffer(session.context, 0, size, NULL, &error);
    assert_int_equal(error, CL_SUCCESS);
    cl_kernel kernel = clCreateKernel(program, name, &error);
    assert_int_equal(error, CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof results, &results), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(session.queue, results, CL_TRUE, 0, size, out, 0, NULL, NULL),
                     CL_SUCCESS);
    clReleaseKernel(kernel);
    clReleaseMemObject(results);
}

// ---- Creating -----------------------------------------------------------------------------------------

static void creation_fails(const void *words, size_t size)
{
    cl_int error = CL_SUCCESS;
    assert_null(clCreateProgramWithIL(session.context, words, size, &error));
    assert_int_equal(error, CL_INVALID_VALUE);
}

static void what_is_no_module_is_refused(void **state)
{
    (void)state;
    uint32_t words[sizeof constants_module / sizeof *constants_module];
    memcpy(words, constants_module, sizeof words);
    creation_fails(NULL, sizeof words);
    for (size_t size = 0; size < 5 * sizeof *words; size++) creation_fails(words, size); // in the header
    creation_fails(words, sizeof words - 1);
    creation_fails(words, 6 * sizeof *words); // in an instruction
    words[0]++;
    creation_fails(words, sizeof words);
}

static void modules_are_told(void **state)
{
    (void)state;
    char words[sizeof constants_module], versions[256];
    size_t size;
    cl_program program = program_of_constants();
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_IL, sizeof words, words, &size), CL_SUCCESS);
    assert_int_equal(size, sizeof constants_module);
    assert_memory_equal(words, constants_module, size);
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_SOURCE, 0, NULL, &size), CL_SUCCESS);
    assert_int_equal(size, 1);
    assert_int_equal(clGetDeviceInfo(session.device, CL_DEVICE_IL_VERSION, sizeof versions, versions, NULL),
                     CL_SUCCESS);
    cl_name_version list[16];
    assert_int_equal(clGetDeviceInfo(session.device, CL_DEVICE_ILS_WITH_VERSION, sizeof list, list, &size),
                     CL_SUCCESS);
    assert_true(size > 0);
    for (size_t i = 0; i < size / sizeof *list; i++) {
        char name[CL_NAME_VERSION_MAX_NAME_SIZE + 32];
        snprintf(name, sizeof name, "%s_%u.%u", list[i].name, CL_VERSION_MAJOR(list[i].version),
                 CL_VERSION_MINOR(list[i].version));
        assert_non_null(strstr(versions, name));
    }
    clReleaseProgram(program);
}

// ---- What the device reads ------------------------------------------------------------------------------

enum { INSTRUCTION_SETS = 0x12B9, EXTENSIONS = 0x12BA, CAPABILITIES = 0x12BB };

static size_t query(cl_device_info what, size_t room, void *list)
{
    size_t size;
    assert_int_equal(clGetDeviceInfo(session.device, what, 0, NULL, &size), CL_SUCCESS);
    assert_in_range(size, 1, room);
    assert_int_equal(clGetDeviceInfo(session.device, what, size, list, NULL), CL_SUCCESS);
    return size;
}

static bool named(const char *const *list, size_t size, const char *name)
{
    for (size_t i = 0; i < size / sizeof *list; i++)
        if (!strcmp(list[i], name)) return true;
    return false;
}

// constants_module, which asks for one capability more.
static cl_int build_asking(uint32_t capability)
{
    uint32_t words[sizeof constants_module / sizeof *constants_module];
    memcpy(words, constants_module, sizeof words);
    assert_int_equal(words[9], OP(17, 2)); // Int64
    words[10] = capability;
    cl_program program = program_of(words, sizeof words);
    cl_int error = clBuildProgram(program, 1, &session.device, "", NULL, NULL);
    clReleaseProgram(program);
    return error;
}

static void what_the_device_reads_is_told(void **state)
{
    const char *sets[64], *extensions[64];
    cl_uint capabilities[256];
    (void)state;
    assert_true(named(sets, query(INSTRUCTION_SETS, sizeof sets, sets), "OpenCL.std"));
    size_t size = query(EXTENSIONS, sizeof extensions, extensions);
    assert_true(named(extensions, size, "SPV_KHR_linkonce_odr"));
    assert_false(named(extensions, size, "SPV_KHR_ray_tracing"));
    size_t count = query(CAPABILITIES, sizeof capabilities, capabilities) / sizeof *capabilities;
    for (size_t i = 0; i < count; i++) assert_int_equal(build_asking(capabilities[i]), CL_SUCCESS);
    const cl_uint missing[] = {1, 17, 19, 59, 6999};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        assert_int_equal(build_asking(missing[i]), CL_BUILD_PROGRAM_FAILURE);
}

static void the_extension_has_its_own_entry_point(void **state)
{
    (void)state;
    cl_platform_id platform;
    cl_int error;
    assert_int_equal(
        clGetDeviceInfo(session.device, CL_DEVICE_PLATFORM, sizeof platform, (void *)&platform, NULL),
        CL_SUCCESS);
    clCreateProgramWithILKHR_fn create =
        (clCreateProgramWithILKHR_fn)clGetExtensionFunctionAddressForPlatform(platform,
                                                                              "clCreateProgramWithILKHR");
    assert_non_null(create);
    cl_program program = create(session.context, constants_module, sizeof constants_module, &error);
    assert_int_equal(error, CL_SUCCESS);
    build(program);
    clReleaseProgram(program);
}

// ---- Building -----------------------------------------------------------------------------------------

// The module with one word changed is not built; the log says where the instruction is, and why.
static void build_fails(uint32_t was, uint32_t is, const char *reason)
{
    uint32_t words[sizeof constants_module / sizeof *constants_module];
    memcpy(words, constants_module, sizeof words);
    size_t at = 5, begin = 5;
    while (words[at] != was) at++;
    while (begin + (words[begin] >> 16) <= at) begin += words[begin] >> 16;
    words[at] = is;
    char place[32];
    snprintf(place, sizeof place, "word %zu: ", begin);
    cl_program program = program_of(words, sizeof words);
    char log[1024] = "";
    cl_int error = clBuildProgram(program, 1, &session.device, "", NULL, NULL);
    assert_int_equal(error, CL_BUILD_PROGRAM_FAILURE);
    clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
    if (!strstr(log, place) || !strstr(log, reason)) fail_msg("the log is: %s", log);
    clReleaseProgram(program);
}

static void failures_have_logs(void **state)
{
    (void)state;
    build_fails(OP(253, 1), OP(252, 1), "opcode (252): the opcode is not supported");
    build_fails(11, 1, "capability Shader is not supported");
    build_fails(11, 17, "capability Pipes is not supported");
    build_fails(128, 54, "none for constants");
    build_fails(OP(113, 4), OP(112, 4), "OpConvertUToF (112): ");
}

// ---- Specialization constants -------------------------------------------------------------------------

static void assert_results(cl_program program, cl_uint number, cl_uint truth, cl_uint low)
{
    cl_uint got[4];
    run(program, "k", got);
    assert_int_equal(got[0], number);
    assert_int_equal(got[1], 2 * number);
    assert_int_equal(got[2], truth);
    assert_int_equal(got[3], low);
}

static void constants_are_set(void **state)
{
    (void)state;
    const cl_uint number = 1000;
    const cl_uchar truth = 0;
    const cl_ulong big = 0x100000063;
    cl_program program = program_of_constants();
    build(program);
    assert_results(program, 5, 1, 11);
    assert_int_equal(clSetProgramSpecializationConstant(program, SPEC_NUMBER, sizeof number, &number),
                     CL_SUCCESS);
    assert_results(program, 5, 1, 11); // until it is built again
    build(program);
    assert_results(program, 1000, 1, 11);
    assert_int_equal(clSetProgramSpecializationConstant(program, SPEC_TRUTH, sizeof truth, &truth),
                     CL_SUCCESS);
    assert_int_equal(clSetProgramSpecializationConstant(program, SPEC_LONG, sizeof big, &big), CL_SUCCESS);
    build(program);
    assert_results(program, 1000, 0, 0x63);
    clReleaseProgram(program);
}

static void wrong_constants_are_refused(void **state)
{
    (void)state;
    const cl_ulong value = 1;
    const char *source = "";
    cl_program program = program_of_constants();
    cl_program text = clCreateProgramWithSource(session.context, 1, &source, NULL, NULL);
    assert_int_equal(clSetProgramSpecializationConstant(program, 1234, 4, &value), CL_INVALID_SPEC_ID);
    assert_int_equal(clSetProgramSpecializationConstant(program, SPEC_NUMBER, 8, &value), CL_INVALID_VALUE);
    assert_int_equal(clSetProgramSpecializationConstant(program, SPEC_LONG, 4, &value), CL_INVALID_VALUE);
    assert_int_equal(clSetProgramSpecializationConstant(program, SPEC_TRUTH, 4, &value), CL_INVALID_VALUE);
    assert_int_equal(clSetProgramSpecializationConstant(program, SPEC_NUMBER, 4, NULL), CL_INVALID_VALUE);
    assert_int_equal(clSetProgramSpecializationConstant(text, SPEC_NUMBER, 4, &value), CL_INVALID_PROGRAM);
    clReleaseProgram(program);
    clReleaseProgram(text);
}

// ---- Linking ------------------------------------------------------------------------------------------

static cl_program program_of_file(const char *path, bool is_module)
{
    struct file file = file_read(path);
    const char *source = (const char *)file.words;
    cl_program program = is_module ? program_of(file.words, file.size)
                                   : clCreateProgramWithSource(session.context, 1, &source, &file.size, NULL);
    free(file.words);
    assert_non_null(program);
    return program;
}

static cl_program compiled(const char *path, bool is_module)
{
    cl_program program = program_of_file(path, is_module);
    assert_int_equal(clCompileProgram(program, 1, &session.device, "", 0, NULL, NULL, NULL, NULL),
                     CL_SUCCESS);
    return program;
}

static void modules_link_with_text_and_each_other(void **state)
{
    (void)state;
    for (int mix = 0; mix < 4; mix++) {
        cl_program parts[] = {
            compiled(mix & 1 ? calls_module : calls_text, mix & 1),
            compiled(mix & 2 ? called_module : called_text, mix & 2),
        };
        cl_int error;
        cl_uint got[4];
        cl_program linked =
            clLinkProgram(session.context, 1, &session.device, "", 2, parts, NULL, NULL, &error);
        assert_int_equal(error, CL_SUCCESS);
        run(linked, "call", got);
        assert_int_equal(got[0], 42);
        clReleaseProgram(linked);
        clReleaseProgram(parts[0]);
        clReleaseProgram(parts[1]);
    }
}

static void what_a_module_lacks_is_told(void **state)
{
    (void)state;
    char log[1024] = "";
    cl_program program = program_of_file(calls_module, true);
    assert_int_equal(clBuildProgram(program, 1, &session.device, "", NULL, NULL), CL_BUILD_PROGRAM_FAILURE);
    clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
    assert_non_null(strstr(log, "twice"));
    clReleaseProgram(program);
}

// Each defines `shared`, and has a kernel of its file's name that calls it.
static void modules_share_what_is_linked_once(void **state)
{
    (void)state;
    cl_program parts[] = {compiled(once_modules[0], true), compiled(once_modules[1], true)};
    cl_int error;
    cl_uint got[4];
    cl_program linked = clLinkProgram(session.context, 1, &session.device, "", 2, parts, NULL, NULL, &error);
    assert_int_equal(error, CL_SUCCESS);
    for (int i = 0; i < 2; i++) {
        run(linked, i ? "second" : "first", got);
        assert_int_equal(got[0], 70);
        clReleaseProgram(parts[i]);
    }
    clReleaseProgram(linked);
}

int main(int count, char **arguments)
{
    if (count != 7) return 2;
    calls_text = arguments[1];
    calls_module = arguments[2];
    called_text = arguments[3];
    called_module = arguments[4];
    once_modules[0] = arguments[5];
    once_modules[1] = arguments[6];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_module_is_refused),
        cmocka_unit_test(modules_are_told),
        cmocka_unit_test(what_the_device_reads_is_told),
        cmocka_unit_test(the_extension_has_its_own_entry_point),
        cmocka_unit_test(failures_have_logs),
        cmocka_unit_test(constants_are_set),
        cmocka_unit_test(wrong_constants_are_refused),
        cmocka_unit_test(modules_link_with_text_and_each_other),
        cmocka_unit_test(what_a_module_lacks_is_told),
        cmocka_unit_test(modules_share_what_is_linked_once),
    };
    return cmocka_run_group_tests(tests, session_group_open, session_group_close);
}
