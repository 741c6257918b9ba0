// Damaged program binaries: every byte changed in turn, and every truncation, of each kind of binary.
#define _GNU_SOURCE // memmem
#include "group.h"

#include <stdlib.h>
#include <string.h>

struct binary {
    unsigned char *bytes;
    size_t size;
};

static struct binary binary_of(cl_program program)
{
    struct binary binary;
    assert_int_equal(
        clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof binary.size, &binary.size, NULL),
        CL_SUCCESS);
    binary.bytes = malloc(binary.size);
    assert_non_null(binary.bytes);
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof binary.bytes, &binary.bytes, NULL),
                     CL_SUCCESS);
    assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
    return binary;
}

static const char source[] = "kernel void k(global int *a, local float *b) { a[0] *= 2; b[0] = sin(b[1]); }";

static struct binary executable_make(const char *text)
{
    return binary_of(session_program(&session, text, ""));
}

static cl_program object_compile(void)
{
    cl_int status;
    const char *text = source;
    cl_program program = clCreateProgramWithSource(session.context, 1, &text, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clCompileProgram(program, 0, NULL, "", 0, NULL, NULL, NULL, NULL), CL_SUCCESS);
    return program;
}

static struct binary object_make(void) { return binary_of(object_compile()); }

static struct binary library_make(void)
{
    cl_int status;
    cl_program object = object_compile();
    cl_program library =
        clLinkProgram(session.context, 0, NULL, "-create-library", 1, &object, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clReleaseProgram(object), CL_SUCCESS);
    return binary_of(library);
}

// Returns the error, and for the program's sake whether it and the binary's status agree.
static cl_int load(const unsigned char *bytes, size_t size)
{
    cl_int status = 1, error = 1;
    cl_program program =
        clCreateProgramWithBinary(session.context, 1, &session.device, &size, &bytes, &status, &error);
    assert_int_equal(status, error);
    assert_true(!program == (error != CL_SUCCESS));
    if (program) assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
    return error;
}

static void damage_is_refused(struct binary binary)
{
    assert_int_equal(load(binary.bytes, binary.size), CL_SUCCESS);
    for (size_t at = 0; at < binary.size; at++) {
        static const unsigned char changes[] = {0x01, 0x80, 0xff};
        for (size_t i = 0; i < sizeof changes; i++) {
            binary.bytes[at] ^= changes[i];
            if (load(binary.bytes, binary.size) != CL_INVALID_BINARY)
                fail_msg("byte %zu changed by 0x%02x is not noticed", at, changes[i]);
            binary.bytes[at] ^= changes[i];
        }
    }
    for (size_t size = 1; size < binary.size; size++)
        if (load(binary.bytes, size) != CL_INVALID_BINARY) fail_msg("truncation to %zu is not noticed", size);
    free(binary.bytes);
}

static void damaged_executables(void **state)
{
    (void)state;
    damage_is_refused(executable_make(source));
}

static void damaged_objects(void **state)
{
    (void)state;
    damage_is_refused(object_make());
}

static void damaged_libraries(void **state)
{
    (void)state;
    damage_is_refused(library_make());
}

// Code objects that other tools made have no digest: damaged, they may load, but nothing else may happen.
// Each is tried on the device, which takes its time: a third of the bytes will do.
static void damaged_code_objects(void **state)
{
    (void)state;
    struct binary binary = executable_make("kernel void k(global int *a) { a[0] *= 2; }");
    unsigned char *elf = memmem(binary.bytes, binary.size, "\177ELF", 4);
    assert_non_null(elf);
    size_t size = binary.size - (size_t)(elf - binary.bytes), refused = 0;
    assert_int_equal(load(elf, size), CL_SUCCESS);
    for (size_t at = 0; at < size; at += 3) {
        elf[at] ^= 0xff;
        cl_int error = load(elf, size);
        elf[at] ^= 0xff;
        if (error && error != CL_INVALID_BINARY) fail_msg("byte %zu changed gives error %d", at, error);
        refused += error != CL_SUCCESS;
    }
    assert_true(refused > 200); // headers, tables, notes
    for (size_t length = 1; length < size; length++)
        if (load(elf, length) != CL_INVALID_BINARY) fail_msg("truncation to %zu is not noticed", length);
    free(binary.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_executables),
        cmocka_unit_test(damaged_objects),
        cmocka_unit_test(damaged_libraries),
        cmocka_unit_test(damaged_code_objects),
    };
    return cmocka_run_group_tests(tests, session_group_open, session_group_close);
}
