// Objects and libraries with every byte changed and every truncation: refused, or read within their bounds.
#include "support.h"

#include "compiler/kilnc/container.h"

static unsigned checked; // what was read: keeps the compiler from leaving the reading out

// Reads a copy, so that AddressSanitizer sees each step beyond it.
static int copy_read(const char *bytes, size_t size)
{
    struct object_list list = {0};
    struct buffer log = {0};
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    int status = container_read(&(struct compiler_blob){copy, size}, ISA, &list, &log);
    assert_true(!status == !log.size);
    for (size_t i = 0; !status && i < list.count; i++) {
        const char *bitcode = list.objects[i].bitcode.data;
        for (size_t k = 0; k < list.objects[i].bitcode.size; k++) checked += (unsigned char)bitcode[k];
        assert_true(list.objects[i].optimisation <= 3);
    }
    object_list_free(&list);
    buffer_clear(&log);
    free(copy);
    return status;
}

static void damage_is_survived(void **state)
{
    (void)state;
    static const struct object objects[] = {{{"first", 5}, 1, 3}, {{"", 0}, 0, 0}, {{"the third", 9}, 15, 2}};
    struct buffer library = {0};
    size_t refused = 0;
    container_write(ISA, objects, 3, true, true, &library);
    assert_int_equal(copy_read(library.data, library.size), 0);
    for (size_t size = 0; size < library.size; size++) assert_int_equal(copy_read(library.data, size), -1);
    for (size_t bit = 0; bit < library.size * 8; bit++) {
        library.data[bit / 8] ^= (char)(1 << bit % 8);
        refused += copy_read(library.data, library.size) != 0;
        library.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    assert_true(refused > 500 && checked); // magic, version, ISA, counts and sizes
    buffer_clear(&library);
}

// Bitcode that LLVM cannot read, or reads as another program: whatever happens, the next job is served.
static void damaged_bitcode_is_survived(void **state)
{
    (void)state;
    struct compiler_job compile =
        job_of(COMPILER_COMPILE, "", "kernel void k(global float *p) { p[0] = sin(p[1]); }");
    struct compiler_result object = job_expect_ok(&compile), result;
    struct compiler_blob input = {object.binary, object.binary_size};
    struct compiler_job link = job_of(COMPILER_LINK, "", NULL);
    unsigned char *bytes = object.binary;
    link.inputs = &input;
    link.input_count = 1;
    for (size_t at = 152; at < input.size; at += input.size / 24) {
        bytes[at] ^= 0x55;
        compiler_run(&link, &result);
        bytes[at] ^= 0x55;
        if (result.status != COMPILER_OK && result.status != COMPILER_FAILED &&
            result.status != COMPILER_CRASHED)
            fail_msg("byte %zu changed: status %d, log: %s", at, result.status, result.log);
        assert_true(result.status == COMPILER_OK || *result.log);
        compiler_result_free(&result);
    }
    result = job_expect_ok(&link);
    compiler_result_free(&result);
    compiler_result_free(&object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_is_survived),
        cmocka_unit_test(damaged_bitcode_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
