// OpenCL C in, code object out, and what its metadata then says.
#include "support.h"

static const char saxpy[] = "__kernel void saxpy(__global float *y, __global const float *x, float a)\n"
                            "{ size_t i = get_global_id(0); y[i] = a * x[i] + y[i]; }\n";

static void build_gives_a_code_object(void **state)
{
    (void)state;
    struct program_metadata metadata;
    const char *why = NULL;
    struct compiler_result result = build_expect_ok("", saxpy);
    assert_int_equal(metadata_parse(result.binary, result.binary_size, &metadata, &why), 0);
    assert_int_equal(metadata.kernel_count, 1);
    const struct kernel_metadata *kernel = &metadata.kernels[0];
    assert_string_equal(kernel->name, "saxpy");
    assert_string_equal(kernel->symbol, "saxpy.kd");
    assert_int_equal(kernel->explicit_count, 3);
    assert_string_equal(kernel->arguments[1].name, "x");
    assert_string_equal(kernel->arguments[1].type_name, "float*");
    assert_true(kernel->arguments[1].is_const);
    assert_int_equal(kernel->arguments[1].kind, ARGUMENT_GLOBAL_BUFFER);
    assert_int_equal(kernel->arguments[1].space, SPACE_GLOBAL);
    assert_int_equal(kernel->arguments[2].offset, 16);
    assert_int_equal(kernel->arguments[2].size, 4);
    assert_int_equal(kernel->arguments[2].kind, ARGUMENT_BY_VALUE);
    assert_int_equal(kernel->wavefront_size, 32);
    metadata_free(&metadata);
    compiler_result_free(&result);
}

static void errors_name_the_place(void **state)
{
    (void)state;
    build_expect(COMPILER_FAILED, "", "kernel void f(global int *p)\n{\n  p[0] = undeclared;\n}\n",
                 "program.cl:3:10: error: use of undeclared identifier 'undeclared'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(build_gives_a_code_object),
        cmocka_unit_test(errors_name_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
