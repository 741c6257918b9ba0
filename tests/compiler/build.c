// OpenCL C in, code object out: BUILD, COMPILE, LINK and LIBRARY against the real kilnc.
#define _GNU_SOURCE
#include "support.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char saxpy[] = "__kernel void saxpy(__global float *y, __global const float *x, float a)\n"
                            "{ size_t i = get_global_id(0); y[i] = a * x[i] + y[i]; }\n";

static void kernels_expect(const struct compiler_result *result, uint32_t count, const char *first)
{
    struct program_metadata metadata;
    const char *why = NULL;
    if (metadata_parse(result->binary, result->binary_size, &metadata, &why)) fail_msg("metadata: %s", why);
    assert_int_equal(metadata.kernel_count, count);
    assert_string_equal(metadata.kernels[0].name, first);
    metadata_free(&metadata);
}

static void build_kernels(const char *options, const char *source, uint32_t count, const char *first)
{
    struct compiler_result result = build_expect_ok(options, source);
    kernels_expect(&result, count, first);
    compiler_result_free(&result);
}

static void build_gives_a_code_object(void **state)
{
    (void)state;
    build_kernels("", saxpy, 1, "saxpy");
    build_kernels("-cl-opt-disable", saxpy, 1, "saxpy");
    build_kernels("-g -O1", saxpy, 1, "saxpy");
}

static void other_processors(void **state)
{
    (void)state;
    static const char *const names[] = {"gfx900", "gfx90a:sramecc+:xnack-", "gfx1010", "gfx1032", "gfx1036"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char isa[64];
        snprintf(isa, sizeof isa, "amdgcn-amd-amdhsa--%s", names[i]);
        struct compiler_job job = job_of(COMPILER_BUILD, "", saxpy);
        job.isa = isa;
        struct compiler_result result = job_expect_ok(&job);
        kernels_expect(&result, 1, "saxpy");
        compiler_result_free(&result);
    }
    struct compiler_job job = job_of(COMPILER_BUILD, "", saxpy);
    job.isa = "amdgcn-amd-amdhsa--gfx1099";
    job_expect(&job, COMPILER_FAILED, "gfx1099");
    job.isa = "x86_64-unknown-linux-gnu";
    job_expect(&job, COMPILER_FAILED, "x86_64-unknown-linux-gnu");
}

static void errors_name_the_place(void **state)
{
    (void)state;
    build_expect(COMPILER_FAILED, "", "kernel void f(global int *p)\n{\n  p[0] = undeclared;\n}\n",
                 "program.cl:3:10: error: use of undeclared identifier 'undeclared'\n"
                 "    3 |   p[0] = undeclared;\n      |          ^");
    build_expect(COMPILER_FAILED, "", "#include \"program.cl\"\n", "nested too deeply");
    build_expect(COMPILER_FAILED, "", "#include \"no such file.h\"\n", "'no such file.h' file not found");
    build_expect(COMPILER_FAILED, "", "int g(int);\nkernel void k(global int *p) { *p = g(*p); }\n",
                 "undefined symbol 'g'");
    build_expect(COMPILER_FAILED, "", "kernel void k(global int *p) { p[0] = f(1); }\n", "undeclared");
}

static void the_back_end_may_refuse(void **state)
{
    (void)state;
    build_expect(COMPILER_FAILED, "", "kernel void k(global int *p) { __asm__(\"bogus\"); }\n",
                 "invalid instruction");
    build_expect(
        COMPILER_FAILED, "",
        "kernel void k(global int *p) { local int a[100000]; a[p[0]] = 1; barrier(1); p[1] = a[p[2]]; }\n",
        "local memory (400000) exceeds limit (65536)");
    build_expect(COMPILER_FAILED, "",
                 "kernel void k(global int *p) { __asm__ volatile(\"; %0\" :: \"{v999}\"(p)); }\n", "v999");
}

static void options_reach_the_program(void **state)
{
    (void)state;
    struct compiler_result result = build_expect_ok(
        "-D 'NAME=with space' -DN=2 -cl-std=CL2.0",
        "#if N != 2 || __OPENCL_C_VERSION__ != 200\n#error N\n#endif\n#define TEXT2(x) #x\n"
        "#define TEXT(x) TEXT2(x)\nconstant char t[] = TEXT(NAME);\n"
        "kernel void k(global int *p) { int a[sizeof t == 11 ? 1 : -1]; *p = t[*p] + sizeof a; }\n");
    compiler_result_free(&result);
    build_kernels("", "#if __OPENCL_C_VERSION__ != 120\n#error\n#endif\nkernel void k() {}\n", 1, "k");
    build_kernels("-cl-fast-relaxed-math",
                  "#ifndef __FAST_RELAXED_MATH__\n#error\n#endif\nkernel void k() {}\n", 1, "k");
    build_expect(COMPILER_INVALID_OPTIONS, "-nonsense", saxpy, "unknown option '-nonsense'");
    build_expect(COMPILER_FAILED, "-Werror", "kernel void k(global int *p) { int *q = p; }\n#warning w\n",
                 "-Werror");
    // What older compilers let pass with a warning.
    build_kernels("-cl-std=CL2.0", "kernel void k(global int *p) { uint *q = p; *q = 1; }\n", 1, "k");
}

static void defines_come_from_the_device(void **state)
{
    (void)state;
    struct compiler_job job =
        job_of(COMPILER_BUILD, "",
               "#if __OPENCL_VERSION__ != 300 || defined(cl_khr_fp16) || !defined(cl_khr_fp64)\n"
               "#error\n#endif\nkernel void k(global double *p) { *p = sin(*p); }\n");
    job.defines = "-D__OPENCL_VERSION__=300 -cl-ext=-all,+cl_khr_fp64";
    struct compiler_result result = job_expect_ok(&job);
    compiler_result_free(&result);
}

static void warnings_are_in_the_log(void **state)
{
    (void)state;
    struct compiler_result result = build_expect_ok("", "#warning look here\nkernel void k() {}\n");
    assert_non_null(strstr(result.log, "program.cl:1:2: warning: look here"));
    compiler_result_free(&result);
    result = build_expect_ok("-w", "#warning look here\nkernel void k() {}\n");
    assert_string_equal(result.log, "");
    compiler_result_free(&result);
}

static void file_write(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_true(file && fputs(text, file) >= 0);
    if (file) fclose(file);
}

static void includes_from_disk(void **state)
{
    (void)state;
    char folder[] = "/tmp/kiln-include-XXXXXX", old[4096];
    assert_non_null(getcwd(old, sizeof old));
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(mkdir("sub dir", 0755), 0);
    file_write("here.h", "#define HERE 1\n");
    file_write("sub dir/there.h", "#include \"beside.h\"\n");
    file_write("sub dir/beside.h", "#define THERE 1\n");
    build_kernels("-I 'sub dir'",
                  "#include \"here.h\"\n#include <there.h>\n#if HERE + THERE != 2\n#error\n#endif\nkernel "
                  "void k() {}\n",
                  1, "k");
    unlink("here.h");
    unlink("sub dir/there.h");
    unlink("sub dir/beside.h");
    rmdir("sub dir");
    assert_int_equal(chdir(old), 0);
    rmdir(folder);
}

// --- separate compilation (OpenCL 3.0 API, 5.8.3 and 5.8.4) ---

static struct compiler_result compile_ok(const char *options, const char *source)
{
    struct compiler_job job = job_of(COMPILER_COMPILE, options, source);
    return job_expect_ok(&job);
}

static struct compiler_job link_of(enum compiler_action action, const char *options,
                                   const struct compiler_blob *inputs, size_t count)
{
    struct compiler_job job = job_of(action, options, NULL);
    job.inputs = inputs;
    job.input_count = count;
    return job;
}

static struct compiler_blob blob_of(const struct compiler_result *result)
{
    return (struct compiler_blob){result->binary, result->binary_size};
}

static void headers_in_memory(void **state)
{
    (void)state;
    static const struct compiler_header headers[] = {
        {"a.h", "#include \"folder/b.h\"\n#define A 1\n"},
        {"folder/b.h", "#include \"c.h\"\n"},
        {"folder/c.h", "#define C 1\n"},
        {"a.h", "#error the first of a name counts\n"},
    };
    struct compiler_job job = job_of(
        COMPILER_COMPILE, "",
        "#include \"a.h\"\n#include <folder/c.h>\n#if A + C != 2\n#error\n#endif\nkernel void k() {}\n");
    job.headers = headers;
    job.header_count = 4;
    struct compiler_result object = job_expect_ok(&job);
    compiler_result_free(&object);
}

static const char helper[] = "float helper(float x) { return x * 2.0f; }\n";
static const char user[] = "float helper(float);\nkernel void k(global float *p) { *p = helper(*p); }\n";

static void objects_link(void **state)
{
    (void)state;
    struct compiler_result objects[] = {compile_ok("", helper), compile_ok("", user)};
    struct compiler_blob inputs[] = {blob_of(&objects[0]), blob_of(&objects[1])};
    struct compiler_job job = link_of(COMPILER_LINK, "", inputs, 2);
    struct compiler_result program = job_expect_ok(&job);
    kernels_expect(&program, 1, "k");
    compiler_result_free(&program);

    job = link_of(COMPILER_LINK, "", inputs + 1, 1);
    job_expect(&job, COMPILER_FAILED, "undefined symbol 'helper'");
    struct compiler_blob twice[] = {inputs[0], inputs[0], inputs[1]};
    job = link_of(COMPILER_LINK, "", twice, 3);
    job_expect(&job, COMPILER_FAILED, "helper");
    job = link_of(COMPILER_LINK, "-D X", inputs, 2);
    job_expect(&job, COMPILER_INVALID_OPTIONS, "'-D'");
    job = link_of(COMPILER_LINK, "", NULL, 0);
    job_expect(&job, COMPILER_FAILED, "nothing to link");
    job = link_of(COMPILER_LINK, "", inputs, 2);
    job.isa = "amdgcn-amd-amdhsa--gfx1010";
    job_expect(&job, COMPILER_FAILED, "gfx1010");
    compiler_result_free(&objects[0]);
    compiler_result_free(&objects[1]);
}

static void libraries_link(void **state)
{
    (void)state;
    struct compiler_result objects[] = {compile_ok("", helper), compile_ok("", user)};
    struct compiler_blob inputs[] = {blob_of(&objects[0]), blob_of(&objects[1])};
    struct compiler_job job = link_of(COMPILER_LIBRARY, "-create-library -enable-link-options", inputs, 1);
    struct compiler_result library = job_expect_ok(&job);
    inputs[0] = blob_of(&library);
    job = link_of(COMPILER_LINK, "-cl-fast-relaxed-math", inputs, 2);
    struct compiler_result program = job_expect_ok(&job);
    kernels_expect(&program, 1, "k");
    compiler_result_free(&program);
    compiler_result_free(&library);
    compiler_result_free(&objects[0]);
    compiler_result_free(&objects[1]);
}

static void damaged_objects_are_refused(void **state)
{
    (void)state;
    struct compiler_result object = compile_ok("", user);
    unsigned char *bytes = object.binary;
    struct compiler_blob input = blob_of(&object);
    struct compiler_job job = link_of(COMPILER_LINK, "", &input, 1);
    bytes[0] ^= 1;
    job_expect(&job, COMPILER_FAILED, "unknown format");
    bytes[0] ^= 1;
    input.size = object.binary_size - 8;
    job_expect(&job, COMPILER_FAILED, "truncated");
    input.size = 3;
    job_expect(&job, COMPILER_FAILED, "too small");
    input.size = object.binary_size;
    memset(bytes + 160, 0x55, 64); // the beginning of the bitcode
    job_expect(&job, COMPILER_FAILED, "malformed object");
    compiler_result_free(&object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(build_gives_a_code_object),
        cmocka_unit_test(other_processors),
        cmocka_unit_test(errors_name_the_place),
        cmocka_unit_test(the_back_end_may_refuse),
        cmocka_unit_test(options_reach_the_program),
        cmocka_unit_test(defines_come_from_the_device),
        cmocka_unit_test(warnings_are_in_the_log),
        cmocka_unit_test(includes_from_disk),
        cmocka_unit_test(headers_in_memory),
        cmocka_unit_test(objects_link),
        cmocka_unit_test(libraries_link),
        cmocka_unit_test(damaged_objects_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
