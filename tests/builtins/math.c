// Every math function in every format that the device has, against MPFR: how far results are off, over edge
// arguments, over such as are often wrong (next to integers, and to quarters of them) and over random ones;
// half's functions of one argument over all of them. (That vectors do the same is builtins.c's.)
//
// usage: test_builtins_math [FUNCTION]
#include "math_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct session session;
static const char *only;

static unsigned function_check(struct math_run *run, size_t function, cl_program program)
{
    const struct math_function *row = &math_functions[function];
    struct math_outcome outcome = math_run_function(run, function, program);
    const struct math_operands *in = &outcome.operands;
    char expected[160];
    math_expected(function, run->format, in, expected, sizeof expected);
    print_message("%s %-10s %10.4g of %g ULP", math_formats[run->format].name, row->name, outcome.worst,
                  math_run_limit(run, function));
    if (outcome.wrong)
        print_message(", %zu wrong: (%a, %a, %a, %d) is %a, %a, %d, not %s", outcome.wrong, in->x, in->y,
                      in->z, in->n, outcome.results.value, outcome.results.second, outcome.results.integer,
                      expected);
    print_message("\n");
    return outcome.wrong != 0;
}

static bool name_listed(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (!strcmp(*list, name)) return true;
    return false;
}

// `rounded`: the functions that have to be correctly rounded with these options; NULL: all, within their
// limits.
static void format_run(int format, const char *options, const char *const *rounded)
{
    char all[256], *source = math_source(format);
    unsigned wrong = 0, tried = 0;
    struct math_run run;
    snprintf(all, sizeof all, "-cl-std=CL3.0 -DTYPE=%s %s", math_formats[format].name, options);
    cl_program program = session_program(&session, source, all);
    free(source);
    math_run_open(&run, &session, format, SAMPLES);
    run.correctly_rounded = rounded;
    for (size_t f = 0; f < math_function_count; f++) {
        const char *name = math_functions[f].name;
        if ((only && strcmp(only, name) != 0) || (rounded && !name_listed(name, rounded))) continue;
        wrong += function_check(&run, f, program);
        tried++;
    }
    clReleaseProgram(program);
    math_run_close(&run);
    assert_int_equal(wrong, 0);
    assert_true(tried || only);
}

static bool device_has(const char *extension)
{
    char extensions[4096] = "";
    clGetDeviceInfo(session.device, CL_DEVICE_EXTENSIONS, sizeof extensions, extensions, NULL);
    return strstr(extensions, extension);
}

static void single(void **state)
{
    (void)state;
    format_run(MATH_FLOAT, "", NULL);
}

static void correctly_rounded(void **state)
{
    static const char *const functions[] = {"divide", "recip", "sqrt", NULL};
    (void)state;
    format_run(MATH_FLOAT, "-cl-fp32-correctly-rounded-divide-sqrt", functions);
}

static void wide(void **state)
{
    (void)state;
    if (!device_has("cl_khr_fp64")) skip();
    format_run(MATH_DOUBLE, "", NULL);
}

static void half(void **state)
{
    (void)state;
    if (!device_has("cl_khr_fp16")) skip();
    format_run(MATH_HALF, "", NULL);
}

static int setup(void **state)
{
    (void)state;
    session_open(&session);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    session_close(&session);
    mpfr_free_cache();
    return 0;
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(single), cmocka_unit_test(correctly_rounded),
                                       cmocka_unit_test(wide), cmocka_unit_test(half)};
    if (count > 1) only = arguments[1];
    return cmocka_run_group_tests(tests, setup, teardown);
}
