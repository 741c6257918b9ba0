// What arithmetic may do by execution modes and decorations (fast_math.spvasm): whether a product and a sum
// become one rounding, whether a number that is added and subtracted again leaves none, and the errors that a
// module allows.
//
// usage: test_spirv_fast_math MODULE…, named as in the table
#include "file.h"
#include "group.h"

#include <math.h>
#include <string.h>

enum { ITEMS = 64, NUMBERS = 4 };

static const struct variant {
    const char *name;
    bool contracts, reassociates, rounds_quotients;
    const char *refused; // what the log says
} variants[] = {
    {.name = "plain", .contracts = true},
    {.name = "none"},
    {.name = "contract", .contracts = true},
    {.name = "reassociate", .reassociates = true},
    {.name = "other_type"},
    {.name = "decorated", .contracts = true, .reassociates = true},
    {.name = "decorated_none"},
    {.name = "older", .contracts = true},
    {.name = "two_entries"},
    {.name = "fenced"},
    {.name = "exact", .contracts = true, .rounds_quotients = true},
    {.name = "too_exact", .refused = "sqrt: an error of at most 1 ULP is asked for: 3 is what there is"},
    {.name = "impossible", .refused = "an error of at most 0.25 ULP is asked for: 0.5 is what there is"},
};
enum { VARIANTS = sizeof variants / sizeof *variants };

static const char *const *paths;
static int path_count;

static const char *path_of(const struct variant *variant)
{
    char wanted[64];
    snprintf(wanted, sizeof wanted, "/fast_math_%s.spv", variant->name);
    for (int i = 0; i < path_count; i++)
        if (strstr(paths[i], wanted)) return paths[i];
    fail_msg("no module %s", wanted);
    return NULL;
}

// a and b whose product is not one number, and the number next to it taken away.
static void numbers_make(float in[ITEMS * NUMBERS])
{
    for (int i = 0; i < ITEMS; i++) {
        float *item = &in[(size_t)i * NUMBERS];
        item[0] = 1 + (float)(2 * i + 1) / 4096;
        item[1] = 1 + 1.0f / 8192;
        item[2] = -(item[0] * item[1]);
    }
}

static void results_check(const struct variant *variant, const float *in, const float *out)
{
    for (int i = 0; i < ITEMS * NUMBERS; i += NUMBERS) {
        float a = in[i], b = in[i + 1], c = in[i + 2];
        volatile float big = a + c, rest = big - c;
        float sum = variant->contracts ? fmaf(a, b, c) : 0;
        if (out[i] != sum) fail_msg("%s: item %d: sum %a, not %a", variant->name, i, out[i], sum);
        if (out[i + 1] != (variant->reassociates ? a : rest))
            fail_msg("%s: item %d: rest %a", variant->name, i, out[i + 1]);
        if (fabsf(out[i + 2] - a / 3) > (variant->rounds_quotients ? 0 : 0x3p-24f))
            fail_msg("%s: item %d: quotient %a, not %a", variant->name, i, out[i + 2], a / 3);
    }
}

static void variant_run(const struct variant *variant, cl_program program)
{
    float in[ITEMS * NUMBERS] = {0}, out[ITEMS * NUMBERS];
    const size_t items = ITEMS;
    cl_int error;
    numbers_make(in);
    cl_kernel kernel = clCreateKernel(program, "k", &error);
    assert_int_equal(error, CL_SUCCESS);
    cl_mem from = clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, sizeof in, in, NULL);
    cl_mem to = clCreateBuffer(session.context, 0, sizeof out, NULL, NULL);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof from, &from), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, sizeof to, &to), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &items, &items, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(session.queue, to, CL_TRUE, 0, sizeof out, out, 0, NULL, NULL),
                     CL_SUCCESS);
    clReleaseMemObject(from);
    clReleaseMemObject(to);
    clReleaseKernel(kernel);
    results_check(variant, in, out);
}

static void arithmetic_does_what_it_may(void **state)
{
    (void)state;
    for (int i = 0; i < VARIANTS; i++) {
        struct file module = file_read(path_of(&variants[i]));
        char log[4096] = "";
        cl_int error;
        cl_program program = clCreateProgramWithIL(session.context, module.words, module.size, &error);
        assert_int_equal(error, CL_SUCCESS);
        error = clBuildProgram(program, 1, &session.device, "", NULL, NULL);
        clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
        const char *refused = variants[i].refused;
        if (refused ? !error || !strstr(log, refused) : error) fail_msg("%s: %s", variants[i].name, log);
        if (!error) variant_run(&variants[i], program);
        clReleaseProgram(program);
        free(module.words);
    }
}

int main(int count, char **arguments)
{
    paths = (const char *const *)arguments + 1;
    path_count = count - 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(arithmetic_does_what_it_may)};
    return cmocka_run_group_tests(tests, session_group_open, session_group_close);
}
