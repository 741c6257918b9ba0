// clBuildProgram's options string: splitting and parsing, without a compiler.
#include "support.h"

#include "compiler/kilnc/options.h"

struct split_case {
    const char *text;
    const char *words[4]; // NULL-terminated; none: a quotation is open
};

static const struct split_case splits[] = {
    {" \t\n", {NULL}},
    {"-w  -Werror\n", {"-w", "-Werror"}},
    {"-D 'A=1 2'", {"-D", "A=1 2"}},
    {"-DA=\"b c\"d", {"-DA=b cd"}},
    {"-DA=\\\"x\\\"", {"-DA=\"x\""}},
    {"\"a\\\"b\" 'c\\d'", {"a\"b", "c\\d"}},
    {"-I '' x", {"-I", "", "x"}},
    {"a\\ b", {"a b"}},
};

static void splits_as_a_shell_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
        struct word_list words = {0};
        assert_int_equal(options_split(splits[i].text, &words), 0);
        for (size_t w = 0; splits[i].words[w]; w++) {
            assert_true(w < words.count);
            assert_string_equal(words.words[w], splits[i].words[w]);
        }
        assert_true(words.count < 4 && !splits[i].words[words.count]);
        word_list_free(&words);
    }
}

static void refuses_open_quotations(void **state)
{
    (void)state;
    static const char *const texts[] = {"'", "-DA=\"x", "a 'b\" c", "\"x\\\""};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct word_list words = {0};
        assert_int_equal(options_split(texts[i], &words), -1);
        word_list_free(&words);
    }
}

struct parse_case {
    const char *text;
    enum option_context context;
    const char *clang[4]; // what clang gets
    uint32_t math;
    int optimisation;
};

static const struct parse_case parses[] = {
    {"", OPTIONS_OF_COMPILE, {NULL}, 0, 3},
    {"-D A -DB=2 -I dir -Idir2", OPTIONS_OF_COMPILE, {"-DA", "-DB=2", "-Idir", "-Idir2"}, 0, 3},
    {"-cl-std=CL2.0 -w", OPTIONS_OF_COMPILE, {"-cl-std=CL2.0", "-U__kiln_opencl_c_version", "-w"}, 0, 3},
    {"-cl-std=CL3.1", OPTIONS_OF_COMPILE, {"-cl-std=CL3.0", "-D__kiln_opencl_c_version=310"}, 0, 3},
    {"-cl-opt-disable", OPTIONS_OF_COMPILE, {NULL}, 0, 0},
    {"-O1", OPTIONS_OF_COMPILE, {NULL}, 0, 1},
    {"-O5 -fno-bin-source -fno-bin-amdil -fbin-exe", OPTIONS_OF_COMPILE, {NULL}, 0, 3},
    {"-Wno-unused -Werror=format -U A", OPTIONS_OF_COMPILE, {"-Wno-unused", "-Werror=format", "-UA"}, 0, 3},
    {"-ffp-contract=off -funroll-loops", OPTIONS_OF_COMPILE, {"-ffp-contract=off", "-funroll-loops"}, 0, 3},
    {"-cl-fast-relaxed-math", OPTIONS_OF_LINK, {"-cl-fast-relaxed-math"}, MATH_UNSAFE | MATH_FINITE, 3},
    {"-cl-fp32-correctly-rounded-divide-sqrt",
     OPTIONS_OF_COMPILE,
     {"-cl-fp32-correctly-rounded-divide-sqrt"},
     MATH_CORRECTLY_ROUNDED,
     3},
    {"-cl-kernel-arg-info -cl-no-subgroup-ifp", OPTIONS_OF_COMPILE, {NULL}, 0, 3},
    {"-cl-ext=-all,+cl_khr_fp64", OPTIONS_OF_DEVICE, {"-cl-ext=-all,+cl_khr_fp64"}, 0, 3},
};

static void gives_clang_its_arguments(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof parses / sizeof *parses; i++) {
        const struct parse_case *parse = &parses[i];
        struct build_options options;
        struct buffer log = {0};
        size_t count = 0;
        options_init(&options);
        assert_int_equal(options_parse_text(parse->text, parse->context, &options, &log), 0);
        while (count < 4 && parse->clang[count]) count++;
        assert_int_equal(options.clang.count, count);
        for (size_t w = 0; w < count; w++) assert_string_equal(options.clang.words[w], parse->clang[w]);
        assert_int_equal(options.math, parse->math);
        assert_int_equal(options.optimisation, parse->optimisation);
        assert_int_equal(log.size, 0);
        options_free(&options);
        buffer_clear(&log);
    }
}

struct refusal_case {
    const char *text;
    enum option_context context;
    const char *log;
};

static const struct refusal_case refusals[] = {
    {"-foo", OPTIONS_OF_COMPILE, "unknown option '-foo'"},
    {"foo", OPTIONS_OF_COMPILE, "unknown option 'foo'"},
    {"-w -D", OPTIONS_OF_COMPILE, "'-D' needs a value"},
    {"-I ''", OPTIONS_OF_COMPILE, "'-I' needs a value"},
    {"-cl-std=CL4.0", OPTIONS_OF_COMPILE, "'-cl-std=CL4.0'"},
    {"-cl-std=", OPTIONS_OF_COMPILE, "needs a value"},
    {"-x spir", OPTIONS_OF_COMPILE, "option '-x': -cl-std= says what a program is in"},
    {"-x clc++", OPTIONS_OF_COMPILE, "option '-x': -cl-std= says what a program is in"},
    {"-cl-std=CLC++3", OPTIONS_OF_COMPILE, "'-cl-std=CLC++3'"},
    {"-save-temps=here", OPTIONS_OF_COMPILE, "no temporary files are written"},
    {"-ffp-contract=", OPTIONS_OF_COMPILE, "needs a value"},
    {"-cl-nv-verbose", OPTIONS_OF_COMPILE, "unknown option '-cl-nv-verbose'"},
    {"-create-library", OPTIONS_OF_COMPILE, "unknown option '-create-library'"},
    {"-create-library", OPTIONS_OF_LINK, "unknown option '-create-library'"},
    {"-D A", OPTIONS_OF_LINK, "unknown option '-D'"},
    {"-cl-ext=+all", OPTIONS_OF_COMPILE, "unknown option '-cl-ext=+all'"},
    {"-cl-mad-enablex", OPTIONS_OF_COMPILE, "unknown option '-cl-mad-enablex'"},
    {"-D 'A", OPTIONS_OF_COMPILE, "a quotation in the options does not end"},
    {"-cl-fast-relaxed-math", OPTIONS_OF_LIBRARY, "unknown option"},
};

static void names_what_it_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct build_options options;
        struct buffer log = {0};
        options_init(&options);
        assert_int_equal(options_parse_text(refusals[i].text, refusals[i].context, &options, &log), -1);
        if (!strstr(log.data, refusals[i].log)) fail_msg("case %zu: %s", i, log.data);
        options_free(&options);
        buffer_clear(&log);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_as_a_shell_does),
        cmocka_unit_test(refuses_open_quotations),
        cmocka_unit_test(gives_clang_its_arguments),
        cmocka_unit_test(names_what_it_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
