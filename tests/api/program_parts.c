// Large programs, which the compiler takes apart: KILN_COMPILE_THREADS is 3 here.
#define _GNU_SOURCE
#include "group.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KERNELS = 24, PARTS = 3, ITEMS = 64 };

// Every kernel has a function in common with the others, local memory, arguments of its own and much to do.
// `prelude` comes before, `line` stands in each.
static char *source_of(const char *prelude, const char *line)
{
    size_t size = 1 << 16;
    char *text = malloc(size);
    size_t used = (size_t)snprintf(text, size,
                                   "%s\n__attribute__((noinline)) uint helper(uint v) { return v * 3 + 1; }\n"
                                   "float wave(float f) { return sin(f) * exp(-f) + sqrt(fabs(f)); }\n",
                                   prelude);
    for (int i = 0; i < KERNELS; i++)
        used += (size_t)snprintf(text + used, size - used,
                                 "kernel void k%d(global uint *out%d, float f)\n{\n"
                                 "    local uint tile[%d];\n    uint i = get_local_id(0);\n    tile[i] = i;\n"
                                 "    barrier(CLK_LOCAL_MEM_FENCE);\n    %s\n"
                                 "    out%d[i] = helper(tile[%d - i]) + %du + (wave(f) < -1e9f);\n}\n",
                                 i, i, ITEMS + i, line, i, ITEMS - 1, i);
    return text;
}

static cl_program program_of(const char *prelude, const char *line, const char *options)
{
    char *source = source_of(prelude, line);
    cl_program program = session_program(&session, source, options);
    free(source);
    return program;
}

static void *binary_of(cl_program program, size_t *size)
{
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof *size, size, NULL), 0);
    unsigned char *binary = malloc(*size);
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof binary, &binary, NULL), 0);
    return binary;
}

// How often the program holds a function: once for each part that calls it.
static unsigned copies_of(cl_program program, const char *function)
{
    size_t size;
    unsigned copies = 0;
    char *binary = binary_of(program, &size);
    const char *image = memmem(binary, size, ELFMAG, SELFMAG);
    assert_non_null(image);
    const Elf64_Ehdr *header = (const void *)image;
    const Elf64_Shdr *sections = (const void *)(image + header->e_shoff);
    for (unsigned i = 0; i < header->e_shnum; i++) {
        if (sections[i].sh_type != SHT_SYMTAB) continue;
        const Elf64_Sym *symbols = (const void *)(image + sections[i].sh_offset);
        const char *names = image + sections[sections[i].sh_link].sh_offset;
        for (size_t s = 0; s < sections[i].sh_size / sizeof *symbols; s++)
            copies += ELF64_ST_TYPE(symbols[s].st_info) == STT_FUNC &&
                      !strcmp(names + symbols[s].st_name, function);
    }
    free(binary);
    return copies;
}

static void kernel_expect(cl_program program, int i)
{
    char name[16], expected[16];
    cl_int status;
    cl_ulong local_size;
    cl_uint values[ITEMS];
    const size_t items = ITEMS;
    snprintf(name, sizeof name, "k%d", i);
    cl_kernel kernel = clCreateKernel(program, name, &status);
    assert_int_equal(status, CL_SUCCESS);
    cl_mem out = clCreateBuffer(session.context, 0, sizeof values, NULL, &status);
    snprintf(expected, sizeof expected, "out%d", i);
    assert_int_equal(clGetKernelArgInfo(kernel, 0, CL_KERNEL_ARG_NAME, sizeof name, name, NULL), CL_SUCCESS);
    assert_string_equal(name, expected);
    assert_int_equal(clGetKernelWorkGroupInfo(kernel, session.device, CL_KERNEL_LOCAL_MEM_SIZE,
                                              sizeof local_size, &local_size, NULL),
                     CL_SUCCESS);
    assert_int_equal(local_size, (ITEMS + i) * sizeof(cl_uint));
    clSetKernelArg(kernel, 0, sizeof out, &out);
    clSetKernelArg(kernel, 1, sizeof(float), &(float){1.0f});
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &items, &items, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(
        clEnqueueReadBuffer(session.queue, out, CL_TRUE, 0, sizeof values, values, 0, NULL, NULL),
        CL_SUCCESS);
    for (cl_uint item = 0; item < ITEMS; item++)
        assert_int_equal(values[item], (ITEMS - 1 - item) * 3 + 1 + (cl_uint)i);
    clReleaseMemObject(out);
    clReleaseKernel(kernel);
}

static void program_expect(const char *options)
{
    char names[1024], expected[1024] = "";
    cl_program program = program_of("", "", options);
    assert_int_equal(copies_of(program, "helper"), PARTS);
    for (int i = 0; i < KERNELS; i++)
        snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%sk%d", i ? ";" : "", i);
    assert_int_equal(clGetProgramInfo(program, CL_PROGRAM_KERNEL_NAMES, sizeof names, names, NULL), 0);
    assert_string_equal(names, expected); // in the source's order
    for (int i = 0; i < KERNELS; i++) kernel_expect(program, i);
    clReleaseProgram(program);
}

static void parts_are_one_program(void **state)
{
    (void)state;
    program_expect("");
    program_expect("-g");
    program_expect("-cl-opt-disable");
}

static void parts_are_the_same_each_time(void **state)
{
    (void)state;
    cl_program programs[] = {program_of("", "", ""), program_of("", "", "")};
    size_t sizes[2];
    void *binaries[] = {binary_of(programs[0], &sizes[0]), binary_of(programs[1], &sizes[1])};
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(binaries[0], binaries[1], sizes[0]);
    for (int i = 0; i < 2; i++) {
        free(binaries[i]);
        clReleaseProgram(programs[i]);
    }
}

// A variable is there once for all kernels, and so is printf's numbering of formats.
static void what_kernels_share_stays_together(void **state)
{
    (void)state;
    cl_program shared = program_of(
        "global uint count;", "if (i == 0) atomic_inc((volatile global uint *)&count);", "-cl-std=CL2.0");
    assert_int_equal(copies_of(shared, "helper"), 1);
    clReleaseProgram(shared);
    cl_program printing = program_of("", "if (i > 1000) printf(\"%u\\n\", i);", "");
    assert_int_equal(copies_of(printing, "helper"), 1);
    clReleaseProgram(printing);
    cl_program constant =
        program_of("constant uint table[] = {7, 8, 9};", "tile[i] += table[i % 3] - table[i % 3];", "");
    assert_int_equal(copies_of(constant, "helper"), PARTS);
    kernel_expect(constant, KERNELS - 1);
    clReleaseProgram(constant);
}

static void errors_of_all_parts_are_told_once(void **state)
{
    (void)state;
    static char log[1 << 16];
    char *source = source_of("uint nowhere(uint);", "tile[i] = nowhere(i);");
    cl_int status;
    cl_program program = clCreateProgramWithSource(session.context, 1, (const char **)&source, NULL, &status);
    assert_int_equal(clBuildProgram(program, 1, &session.device, "", NULL, NULL), CL_BUILD_PROGRAM_FAILURE);
    assert_int_equal(
        clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL),
        CL_SUCCESS);
    const char *first = strstr(log, "undefined symbol 'nowhere");
    assert_non_null(first);
    assert_null(strstr(first + 1, "undefined symbol"));
    clReleaseProgram(program);
    free(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_one_program),
        cmocka_unit_test(parts_are_the_same_each_time),
        cmocka_unit_test(what_kernels_share_stays_together),
        cmocka_unit_test(errors_of_all_parts_are_told_once),
    };
    return cmocka_run_group_tests(tests, session_group_open, session_group_close);
}
