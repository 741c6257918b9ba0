// Runs every builtin function on every element type, in every width and address space, and compares the
// widths with one another: whether a scalar's result is right is for the Khronos suite, but a vector's must
// be the same.
//
// usage: test_builtins VERSION [OPTIONS [EVERY]]: the language version, such as CL3.0, further build options,
// and to run only each EVERYth call.
#include "session.h"
#include "source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CALLS_PER_PROGRAM = 128, ITEMS = 64 };

static struct session session;
static struct dialect dialect;
static char options[128];
static size_t every = 1;

// ---- Data ---------------------------------------------------------------------------------------------

static uint32_t random_next(void)
{
    static uint32_t state = 1;
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static const double samples[] = {0.5,  -0.25, 1.0, 0.0, 3.75, -7.5,     1e-3, 42.0, 0.999, -1.0,
                                 88.5, 1e-40, 2.5, 1e6, -0.0, INFINITY, NAN,  -1e4, 17.25};
enum { SAMPLES = sizeof samples / sizeof *samples };

static void floating_store(enum element element, unsigned char *to, double value)
{
    float single = (float)value;
    _Float16 half = (_Float16)value;
    if (element == DOUBLE)
        memcpy(to, &value, sizeof value);
    else if (element == FLOAT)
        memcpy(to, &single, sizeof single);
    else
        memcpy(to, &half, sizeof half);
}

// Conversions of what the destination cannot hold are undefined: what all types hold is between 0 and 127.
static void component_fill(const struct call *call, char letter, int parameter, int i, unsigned char *to)
{
    enum element element = letter_element(call, letter);
    const struct element_type *type = &element_types[element];
    uint64_t bits = (uint64_t)random_next() << 32 | random_next();
    bool defined_anywhere = call->signature[0] != 'D' || strstr(call->name, "_sat");
    if (type->floating) {
        double value = samples[(i * (parameter + 1) + 5 * parameter) % SAMPLES];
        floating_store(element, to, defined_anywhere ? value : (double)(bits % 1016) / 8);
        return;
    }
    if (letter == 'N' || letter == 'n') bits = bits % 7 - 3;
    if (letter == 'I' || letter == 'u') bits = bits & 1 ? UINT64_MAX : 0;
    memcpy(to, &bits, type->size);
}

static void parameter_fill(const struct call *call, int parameter, unsigned char data[REGION])
{
    char letter = call->signature[parameter + 1];
    size_t size = element_types[letter_element(call, letter)].size;
    for (int i = 0; i < COMPONENTS; i++) component_fill(call, letter, parameter, i, data + i * size);
}

// ---- Comparison ---------------------------------------------------------------------------------------

// Any NaN is as good as another.
static bool is_nan(enum element element, const unsigned char *component)
{
    double wide;
    float single;
    _Float16 half;
    memcpy(&wide, component, sizeof wide);
    memcpy(&single, component, sizeof single);
    memcpy(&half, component, sizeof half);
    return element == DOUBLE  ? wide != wide
           : element == FLOAT ? single != single
                              : element == HALF && half != half;
}

static void components_compare(const struct call *call, char letter, const unsigned char *one,
                               const unsigned char *other, const char *width)
{
    enum element element = letter_element(call, letter);
    size_t size = element_types[element].size;
    for (size_t i = 0; i < COMPONENTS; i++) {
        const unsigned char *expected = one + i * size, *actual = other + i * size;
        uint64_t bits[2] = {0};
        char text[96];
        if (!memcmp(expected, actual, size) || (is_nan(element, expected) && is_nan(element, actual)))
            continue;
        memcpy(&bits[0], expected, size);
        memcpy(&bits[1], actual, size);
        call_print(call, text, sizeof text);
        fail_msg("%s: component %zu is 0x%jx alone, but 0x%jx in %s", text, i, (uintmax_t)bits[0],
                 (uintmax_t)bits[1], width);
    }
}

static void results_compare(const struct call *call, const unsigned char *results)
{
    static const char *const widths[WIDTHS] = {"1", "2", "3", "4", "8", "16"};
    const char *pointer = strpbrk(call->signature, "PQ");
    for (size_t w = 1; w < WIDTHS; w++) {
        const unsigned char *other = results + w * 2 * REGION;
        components_compare(call, call->signature[0], results, other, widths[w]);
        if (pointer) components_compare(call, *pointer, results + REGION, other + REGION, widths[w]);
    }
}

// ---- Running ------------------------------------------------------------------------------------------

struct buffers {
    cl_mem inputs[PARAMETERS], results, scratch;
};

static cl_mem buffer_new(size_t size)
{
    cl_int status;
    cl_mem buffer = clCreateBuffer(session.context, CL_MEM_READ_WRITE, size, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    return buffer;
}

static void call_run(const struct call *call, cl_kernel kernel, const struct buffers *buffers)
{
    static unsigned char data[REGION], results[RESULTS];
    const size_t items = ITEMS;
    const unsigned char pattern = 0xa5;
    for (int p = 0; call->signature[p + 1]; p++) {
        parameter_fill(call, p, data);
        assert_int_equal(
            clEnqueueWriteBuffer(session.queue, buffers->inputs[p], CL_TRUE, 0, REGION, data, 0, NULL, NULL),
            CL_SUCCESS);
    }
    assert_int_equal(
        clEnqueueFillBuffer(session.queue, buffers->results, &pattern, 1, 0, RESULTS, 0, NULL, NULL),
        CL_SUCCESS);
    for (cl_uint i = 0; i < 5; i++) {
        const cl_mem each[] = {buffers->inputs[0], buffers->inputs[1], buffers->inputs[2], buffers->results,
                               buffers->scratch};
        assert_int_equal(clSetKernelArg(kernel, i, sizeof(cl_mem), &each[i]), CL_SUCCESS);
    }
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &items, &items, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(
        clEnqueueReadBuffer(session.queue, buffers->results, CL_TRUE, 0, RESULTS, results, 0, NULL, NULL),
        CL_SUCCESS);
    results_compare(call, results);
}

static void calls_run(const struct call *calls, size_t count, const struct buffers *buffers)
{
    char *source, name[16];
    size_t size;
    FILE *out = open_memstream(&source, &size);
    assert_non_null(out);
    if (dialect.has_half) fputs("#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n", out);
    for (size_t i = 0; i < count; i++) call_write(&calls[i], i, out);
    fclose(out);
    cl_program program = session_program(&session, source, options);
    for (size_t i = 0; i < count; i++) {
        cl_int status;
        snprintf(name, sizeof name, "f%zu", i);
        cl_kernel kernel = clCreateKernel(program, name, &status);
        assert_int_equal(status, CL_SUCCESS);
        call_run(&calls[i], kernel, buffers);
        clReleaseKernel(kernel);
    }
    clReleaseProgram(program);
    free(source);
}

static void widths_agree(void **state)
{
    (void)state;
    size_t count;
    struct call *calls = calls_list(&dialect, &count);
    struct buffers buffers = {.results = buffer_new(RESULTS), .scratch = buffer_new(COMPONENTS * 32)};
    for (int i = 0; i < PARAMETERS; i++) buffers.inputs[i] = buffer_new(REGION);
    assert_true(count > 1000);
    for (size_t i = 0; i * every < count; i++) calls[i] = calls[i * every];
    count = (count + every - 1) / every;
    for (size_t i = 0; i < count; i += CALLS_PER_PROGRAM)
        calls_run(calls + i, count - i < CALLS_PER_PROGRAM ? count - i : CALLS_PER_PROGRAM, &buffers);
    print_message("%zu calls in %d widths\n", count, WIDTHS);
    for (int i = 0; i < PARAMETERS; i++) clReleaseMemObject(buffers.inputs[i]);
    clReleaseMemObject(buffers.results);
    clReleaseMemObject(buffers.scratch);
    free(calls);
}

static int setup(void **state)
{
    (void)state;
    char extensions[4096] = "";
    session_open(&session);
    clGetDeviceInfo(session.device, CL_DEVICE_EXTENSIONS, sizeof extensions, extensions, NULL);
    dialect.has_double = strstr(extensions, "cl_khr_fp64");
    dialect.has_half = strstr(extensions, "cl_khr_fp16");
    dialect.generic = dialect.version >= 200;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    session_close(&session);
    return 0;
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(widths_agree)};
    if (count < 2 || strlen(arguments[1]) != strlen("CL3.0")) return 2;
    dialect.version = (unsigned)(arguments[1][2] - '0') * 100 + (unsigned)(arguments[1][4] - '0') * 10;
    snprintf(options, sizeof options, "-cl-std=%s %s", arguments[1], count > 2 ? arguments[2] : "");
    if (count > 3) every = strtoul(arguments[3], NULL, 10);
    if (!every) return 2;
    return cmocka_run_group_tests(tests, setup, teardown);
}
