// Every processor has what is reported of it, and no more: for each generation, the kernels that use its
// extensions and features compile.
#include "support.h"

#include "compiler/extensions.h"
#include "tests/events/feature_kernels.h"

static const char *const processors[] = {"gfx600", "gfx704", "gfx803", "gfx90a:sramecc+:xnack-", "gfx1010"};
enum { PROCESSORS = sizeof processors / sizeof *processors };

static void reported(const char *processor, struct extensions *extensions)
{
    bool images = strncmp(processor, "gfx90a", 6) != 0; // the only one without
    extensions_of(extensions, processor_generation(processor), images);
}

static void source_build(const char *processor, const char *defines, const char *source)
{
    char isa[64];
    struct compiler_job job = job_of(COMPILER_BUILD, "-cl-std=CL3.0", source);
    struct compiler_result result;
    snprintf(isa, sizeof isa, "amdgcn-amd-amdhsa--%s", processor);
    job.isa = isa;
    job.defines = defines;
    compiler_run(&job, &result);
    if (result.status != COMPILER_OK) fail_msg("%s: %s\n%s", processor, source, result.log);
    compiler_result_free(&result);
}

static void generations(void **state)
{
    (void)state;
    assert_int_equal(processor_generation("gfx600"), 6);
    assert_int_equal(processor_generation("gfx90a"), 9);
    assert_int_equal(processor_generation("gfx90a:sramecc+:xnack-"), 9);
    assert_int_equal(processor_generation("gfx1030"), 10);
    assert_int_equal(processor_generation("gfx1200"), 12);
    assert_int_equal(processor_generation("gfx"), 0);
    assert_int_equal(processor_generation("gfx:xnack+"), 0);
    assert_int_equal(processor_generation("x86-64"), 0);
}

static void what_is_reported_compiles(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROCESSORS; i++) {
        struct extensions extensions;
        reported(processors[i], &extensions);
        for (size_t j = 0; j < sizeof features / sizeof *features; j++) {
            char source[4096];
            if (!features[j].body || !extensions_have(&extensions, features[j].name)) continue;
            feature_source(&features[j], source, sizeof source);
            source_build(processors[i], extensions.defines, source);
        }
    }
}

static void older_ones_have_less(void **state)
{
    static const char *const none_of_gfx7[] = {
        "cl_khr_fp16",          "cl_khr_subgroups",
        "__opencl_c_subgroups", "__opencl_c_ext_fp16_local_atomic_add",
        "FP_FAST_FMA_HALF",     "__opencl_c_work_group_collective_functions"};
    struct extensions of_gfx7, of_gfx8;
    (void)state;
    reported("gfx704", &of_gfx7);
    reported("gfx803", &of_gfx8);
    for (size_t i = 0; i < sizeof none_of_gfx7 / sizeof *none_of_gfx7; i++) {
        char source[256];
        snprintf(source, sizeof source, "#ifdef %s\n#error\n#endif\nkernel void k() {}", none_of_gfx7[i]);
        source_build("gfx704", of_gfx7.defines, source);
        snprintf(source, sizeof source, "#ifndef %s\n#error\n#endif\nkernel void k() {}", none_of_gfx7[i]);
        source_build("gfx803", of_gfx8.defines, source);
    }
    assert_null(strstr(of_gfx7.names, "cl_khr_fp16"));
    assert_non_null(strstr(of_gfx8.names, "cl_khr_fp16"));
    assert_true(of_gfx7.extension_count < of_gfx8.extension_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generations),
        cmocka_unit_test(what_is_reported_compiles),
        cmocka_unit_test(older_ones_have_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
