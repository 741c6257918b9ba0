// The builtin functions that are not of tests/builtins' kind, under each language version: the compiler's
// header, the mended device libraries and the back end agree.
#include "support.h"

#include <stdio.h>

static const char *source_path;

static char *file_read(const char *path)
{
    static char text[1 << 16];
    FILE *file = fopen(path, "r");
    size_t size = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (!size) fail_msg("cannot read %s", path);
    text[size] = '\0';
    if (file) fclose(file);
    return text;
}

static void part_build(const char *version, const char *part, uint32_t at_least)
{
    char options[512];
    struct program_metadata metadata;
    const char *why;
    snprintf(options, sizeof options, "-cl-std=%s %s", version, part);
    struct compiler_result result = build_expect_ok(options, file_read(source_path));
    assert_int_equal(metadata_parse(result.binary, result.binary_size, &metadata, &why), 0);
    assert_true(metadata.kernel_count >= at_least);
    metadata_free(&metadata);
    compiler_result_free(&result);
}

static void parts_build(const char *version)
{
    part_build(version, "-DPART=2 -O1", 60);
    part_build(version, "-DPART=3", 12);
}

static void version_1_2(void **state)
{
    (void)state;
    parts_build("CL1.2");
    part_build("CL1.2", "-DPART=1 -DSPACE=1", 10);
    part_build("CL1.2", "-DPART=1 -DSPACE=2", 10);
    part_build("CL1.2", "-DPART=1 -DSPACE=3", 10);
}

static void version_2_0(void **state)
{
    (void)state;
    parts_build("CL2.0");
    part_build("CL2.0", "-DPART=1 -DSPACE=4", 10);
}

static void version_3_0(void **state)
{
    (void)state;
    parts_build("CL3.0");
    part_build("CL3.0", "-DPART=1 -DSPACE=2", 10);
    part_build("CL3.0", "-DPART=1 -DSPACE=4", 10);
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_1_2),
        cmocka_unit_test(version_2_0),
        cmocka_unit_test(version_3_0),
    };
    if (count != 2) return 2;
    source_path = arguments[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
