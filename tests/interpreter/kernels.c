// Whole kernels against what the host computes: OpenCL C compiled at build time, in wave32 and wave64, with
// and without optimisation. The code objects are the program's arguments.
#include "code_object.h"
#include "tests/session/idle.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct code_object *object;

enum { ITEMS = 1024, LOCAL = 64 };

static uint32_t random_state;

static uint32_t random_next(void) // xorshift: the same numbers on every machine
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static void random_fill(void *buffer, size_t size)
{
    random_state = 0x12345678;
    for (size_t i = 0; i < size; i++) ((uint8_t *)buffer)[i] = (uint8_t)(random_next() >> 8);
}

static void run(const char *name, struct shape shape, const void *arguments, size_t size)
{
    struct fault fault;
    if (!kernel_run(object, name, shape, arguments, size, &fault)) fail_msg("%s: %s", name, fault.text);
}

// --- Kernels with a buffer for each side ---

static void test_saxpy(void **state)
{
    (void)state;
    static float x[ITEMS], y[ITEMS], expected[ITEMS];
    for (int i = 0; i < ITEMS; i++) {
        x[i] = (float)i * 0.25f;
        y[i] = (float)(ITEMS - i);
        expected[i] = fmaf(1.5f, x[i], y[i]);
    }
    struct {
        float *y, *x;
        float a;
    } arguments = {y, x, 1.5f};
    run("saxpy", (struct shape){{ITEMS}, {LOCAL}, 0}, &arguments, sizeof arguments);
    assert_memory_equal(y, expected, sizeof y);
}

// Numbers whose low halves wrap in the midst of a wave, and of 16 items.
static void test_count(void **state)
{
    (void)state;
    static uint64_t numbers[ITEMS];
    struct {
        uint64_t *numbers, first;
    } arguments = {numbers, UINT32_MAX - UINT64_C(100)};
    run("count", (struct shape){{ITEMS}, {LOCAL}, 0}, &arguments, sizeof arguments);
    for (uint64_t i = 0; i < ITEMS; i++) assert_int_equal(numbers[i], arguments.first + i);
}

static void test_reduce(void **state)
{
    (void)state;
    static uint32_t values[ITEMS], sums[ITEMS / 256], expected[ITEMS / 256];
    random_fill(values, sizeof values);
    memset(expected, 0, sizeof expected);
    for (int i = 0; i < ITEMS; i++) expected[i / 256] += values[i];
    struct {
        uint32_t *sums, *values;
    } arguments = {sums, values};
    run("reduce", (struct shape){{ITEMS}, {256}, 0}, &arguments, sizeof arguments);
    assert_memory_equal(sums, expected, sizeof sums);
}

static void test_collatz(void **state)
{
    (void)state;
    static uint32_t steps[ITEMS];
    uint32_t *argument = steps;
    run("collatz", (struct shape){{ITEMS}, {LOCAL}, 0}, &argument, sizeof argument);
    for (uint64_t i = 0; i < ITEMS; i++) {
        uint32_t count = 0;
        for (uint64_t n = i + 1; n != 1; count++) n = n & 1 ? 3 * n + 1 : n / 2;
        assert_int_equal(steps[i], count);
    }
}

static int diverge(int value)
{
    int result = 0;
    if (value < 0) return -1;
    switch (value % 5) {
    case 0:
        return value * 3;
    case 1:
        return (value ^ 0x55) + 7;
    case 2:
        return 7;
    case 3:
        for (int i = 0; i < value % 7; i++) result += i == 4 ? 0 : (int)((uint32_t)i * (uint32_t)value);
        return result;
    default:
        return value / 3;
    }
}

static void test_diverge(void **state)
{
    (void)state;
    static int in[ITEMS], out[ITEMS];
    random_fill(in, sizeof in);
    for (int i = 0; i < ITEMS; i++) in[i] >>= 6;
    struct {
        int *out, *in;
    } arguments = {out, in};
    run("diverge", (struct shape){{ITEMS}, {LOCAL}, 0}, &arguments, sizeof arguments);
    for (int i = 0; i < ITEMS; i++) assert_int_equal(out[i], diverge(in[i]));
}

static void test_scratch(void **state)
{
    (void)state;
    static int in[ITEMS], out[ITEMS];
    random_fill(in, sizeof in);
    for (int i = 0; i < ITEMS; i++) in[i] = (int)((uint32_t)in[i] >> 20);
    struct {
        int *out, *in;
    } arguments = {out, in};
    run("scratch", (struct shape){{ITEMS}, {LOCAL}, 0}, &arguments, sizeof arguments);
    for (int i = 0; i < ITEMS; i++) {
        int values[32], sum = 0, seed = in[i] | 1;
        for (int k = 0; k < 32; k++) values[(k * seed) % 32] = k * k + seed;
        for (int k = 0; k < 5 + (in[i] & 31); k++) sum += values[(k * 7) % 32];
        assert_int_equal(out[i], sum);
    }
}

static void test_scratch_bytes(void **state)
{
    (void)state;
    static uint8_t in[ITEMS * 64];
    static uint32_t out[ITEMS];
    const uint32_t at = 13;
    random_fill(in, sizeof in);
    struct {
        uint32_t *out;
        uint8_t *in;
        uint32_t at;
    } arguments = {out, in, at};
    run("scratch_bytes", (struct shape){{ITEMS}, {LOCAL}, 0}, &arguments, sizeof arguments);
    for (int item = 0; item < ITEMS; item++) {
        const uint8_t *row = &in[item * 64];
        uint8_t bytes[64];
        uint16_t half;
        uint64_t wide;
        for (uint32_t i = 0; i < 64; i++) bytes[(i + at) & 63] = row[i];
        memcpy(&half, &bytes[2 * ((row[1] + at) & 31)], sizeof half);
        memcpy(&wide, &bytes[8 * ((row[2] + at) & 7)], sizeof wide);
        assert_int_equal(out[item],
                         (uint32_t)(bytes[row[0] & 63] + half + (uint32_t)wide + (uint32_t)(wide >> 32)));
    }
}

static void test_apertures(void **state)
{
    (void)state;
    for (int choice = 0; choice < 3; choice++) {
        static int out[ITEMS];
        struct {
            int *out;
            int choice;
        } arguments = {out, choice};
        run("apertures", (struct shape){{ITEMS}, {LOCAL}, 0}, &arguments, sizeof arguments);
        for (int i = 0; i < ITEMS; i++) {
            int lane = i % LOCAL; // whichever memory takes the addition, the sum is the same
            assert_int_equal(out[i], 1000 + 100 + (lane & 3) + 1 + lane);
        }
    }
}

// --- Arithmetic ---

#define ARITHMETIC(type, name, expression)                                                                   \
    static void test_##name(void **state)                                                                    \
    {                                                                                                        \
        (void)state;                                                                                         \
        enum { COUNT = 4096 / sizeof(type) };                                                                \
        static type a[COUNT], b[COUNT], out[COUNT];                                                          \
        static union {                                                                                       \
            type values[2 * COUNT];                                                                          \
            uint8_t bytes[2 * sizeof a];                                                                     \
        } random;                                                                                            \
        random_fill(random.bytes, sizeof random.bytes);                                                      \
        memcpy(a, random.values, sizeof a);                                                                  \
        memcpy(b, random.values + COUNT, sizeof b);                                                          \
        struct {                                                                                             \
            type *out, *a, *b;                                                                               \
        } arguments = {out, a, b};                                                                           \
        run(#name, (struct shape){{4096 / (sizeof(type) < 4 ? 4 : sizeof(type))}, {LOCAL}, 0}, &arguments,   \
            sizeof arguments);                                                                               \
        for (int i = 0; i < COUNT; i++) {                                                                    \
            type x = a[i], y = b[i];                                                                         \
            assert_int_equal(out[i], (type)(expression));                                                    \
        }                                                                                                    \
    }

ARITHMETIC(int8_t, arithmetic_char, (x * y) ^ (x - y) ^ ((uint8_t)x / ((uint8_t)y | 1)) ^ (x >> (y & 7)))
ARITHMETIC(int16_t, arithmetic_short,
           (x * y) ^ (x + y) ^ ((uint16_t)x % ((uint16_t)y | 1)) ^ (int)((uint32_t)x << (y & 15)))
ARITHMETIC(int32_t, arithmetic_int,
           ((uint32_t)x * (uint32_t)y) ^ (uint32_t)(x / (y | 1)) ^ ((uint32_t)x % ((uint32_t)y | 1)) ^
               (uint32_t)(x >> (y & 31)) ^ ((uint32_t)x << (x & 31)) ^ (uint32_t)(x > y ? x : y) ^
               (uint32_t)__builtin_popcount((uint32_t)x))
ARITHMETIC(int64_t, arithmetic_long,
           ((uint64_t)x * (uint64_t)y) ^ (uint64_t)(x / (y | 1)) ^ ((uint64_t)x % ((uint64_t)y | 1)) ^
               (uint64_t)(x >> (y & 63)) ^ ((uint64_t)x << (x & 63)) ^ (uint64_t)(x < y ? x : y))

static uint64_t products(uint64_t x, uint64_t y)
{
    uint64_t z = x ^ y;
    for (uint32_t i = 0; i < 9; i++) {
        x = x * 6364136223846793005u + y;
        for (uint32_t k = 0; k < (i & 3); k++) y = y * x + 3;
        z = (z ^ z >> 29) * 0x9e3779b9;
        z ^= (x & UINT32_MAX) * (y >> 32);
    }
    return (x * x) ^ y << 7 ^ z * (x & UINT32_MAX);
}

ARITHMETIC(int64_t, products_long, products((uint64_t)x, (uint64_t)y))

static void test_arithmetic_float(void **state)
{
    (void)state;
    static float a[ITEMS], b[ITEMS], out[ITEMS];
    random_state = 99;
    for (int i = 0; i < ITEMS; i++) {
        a[i] = (float)(int32_t)random_next() / 65536;
        b[i] = (float)(int32_t)random_next() / 1024;
    }
    struct {
        float *out, *a, *b;
    } arguments = {out, a, b};
    run("arithmetic_float", (struct shape){{ITEMS}, {LOCAL}, 0}, &arguments, sizeof arguments);
    for (int i = 0; i < ITEMS; i++) {
        float x = a[i], y = b[i];
        float expected = fmaf(fabsf(x - y), 0.5f, fmaf(x, y, -x)) + (float)(int)(x * 8) + floorf(y);
        float unfused = fmaf(x, y, -x) + fabsf(x - y) * 0.5f + (float)(int)(x * 8) + floorf(y);
        assert_true(out[i] == expected || out[i] == unfused);
    }
}

// --- Atomics ---

static void test_atomics(void **state)
{
    (void)state;
    static uint32_t values[ITEMS], counters[4 + ITEMS];
    uint64_t wide[2] = {0, INT64_MAX}, sum = 0;
    uint32_t expected[3] = {0};
    random_fill(values, sizeof values);
    memset(counters, 0, sizeof counters);
    for (int i = 0; i < ITEMS; i++) {
        expected[0] += values[i];
        expected[1] = values[i] > expected[1] ? values[i] : expected[1];
        expected[2] ^= values[i];
        sum += (uint64_t)values[i] << 20;
    }
    struct {
        uint32_t *counters;
        uint64_t *wide;
        uint32_t *values;
    } arguments = {counters, wide, values};
    struct fault fault;
    assert_true(kernel_run_threads(object, "atomics", (struct shape){{ITEMS}, {LOCAL}, 0}, &arguments,
                                   sizeof arguments, 4, &fault));
    assert_memory_equal(counters, expected, sizeof expected);
    assert_int_equal(counters[3], ITEMS);
    assert_int_equal(wide[0], sum);
    bool seen[ITEMS] = {false}; // each item got a slot of its own
    int64_t least = INT64_MAX;
    for (int i = 0; i < ITEMS; i++) {
        assert_true(counters[4 + i] < ITEMS && !seen[counters[4 + i]]);
        seen[counters[4 + i]] = true;
        if ((int64_t)values[i] - 5 < least) least = (int64_t)values[i] - 5;
    }
    assert_int_equal(wide[1], least);
}

static void test_histogram(void **state)
{
    (void)state;
    static uint8_t values[16 * ITEMS];
    static uint32_t bins[256], expected[256];
    memset(bins, 0, sizeof bins);
    memset(expected, 0, sizeof expected);
    random_fill(values, sizeof values);
    for (size_t i = 0; i < sizeof values; i++) expected[values[i] &= 0x3f]++;
    struct {
        uint32_t *bins;
        uint8_t *values;
    } arguments = {bins, values};
    struct fault fault;
    assert_true(kernel_run_threads(object, "histogram", (struct shape){{sizeof values}, {256}, 0}, &arguments,
                                   sizeof arguments, 4, &fault));
    assert_memory_equal(bins, expected, sizeof bins);
}

// --- Shapes ---

static void test_grid(void **state)
{
    (void)state;
    enum { WIDTH = 37, HEIGHT = 11, DEPTH = 3 };
    static uint32_t marks[WIDTH * HEIGHT * DEPTH + 64];
    memset(marks, 0, sizeof marks);
    struct {
        uint32_t *marks, width, height;
    } arguments = {marks, WIDTH, HEIGHT};
    run("grid", (struct shape){{WIDTH, HEIGHT, DEPTH}, {8, 4, 2}, 0}, &arguments, 16);
    for (uint32_t i = 0; i < WIDTH * HEIGHT * DEPTH; i++)
        assert_int_equal(marks[i], 1 + i % WIDTH + 100 * (i / WIDTH % HEIGHT) + 10000 * (i / WIDTH / HEIGHT));
    for (int i = 0; i < 64; i++) assert_int_equal(marks[WIDTH * HEIGHT * DEPTH + i], 0);
}

static void test_handshake(void **state)
{
    (void)state;
    static int out[1024];
    int *argument = out;
    run("handshake", (struct shape){{1024}, {1024}, 0}, &argument, sizeof argument);
    for (int i = 0; i < 1024; i++) assert_int_equal(out[i], i);
}

static void test_early_exit(void **state)
{
    (void)state;
    static int out[256];
    int *argument = out;
    run("early_exit", (struct shape){{256}, {256}, 0}, &argument, sizeof argument);
    for (int i = 0; i < 256; i++) assert_int_equal(out[i], i < 128 ? (127 - i) * 3 : 0);
}

// --- Faults ---

static void test_store_fault(void **state)
{
    (void)state;
    static int buffer[LOCAL];
    struct {
        int *where;
        uint64_t offset;
    } arguments = {(int *)0x7000, 0};
    struct fault fault;
    assert_false(kernel_run(object, "store_at", (struct shape){{LOCAL}, {LOCAL}, 0}, &arguments, 16, &fault));
    assert_int_equal(fault.kind, FAULT_MEMORY);
    assert_true(fault.write);
    assert_int_equal(fault.address, 0x7000);
    assert_non_null(strstr(fault.text, "store"));
    arguments.where = buffer; // the process and the interpreter live on
    run("store_at", (struct shape){{LOCAL}, {LOCAL}, 0}, &arguments, 16);
    for (int i = 0; i < LOCAL; i++) assert_int_equal(buffer[i], 1);
}

static void test_load_fault(void **state)
{
    (void)state;
    static int out[LOCAL];
    static const uint64_t addresses[] = {0x1000, 0x4141414141410000, 0xffffffffffff0000};
    for (int i = 0; i < 3; i++) {
        struct {
            int *out;
            uint64_t where, offset;
        } arguments = {out, addresses[i], 0};
        struct fault fault;
        assert_false(
            kernel_run(object, "load_at", (struct shape){{LOCAL}, {LOCAL}, 0}, &arguments, 24, &fault));
        assert_int_equal(fault.kind, FAULT_MEMORY);
        assert_false(fault.write);
        if (i != 1) assert_true(fault.address == 0 || fault.address == addresses[i]);
    }
}

static void test_trap(void **state)
{
    (void)state;
    struct fault fault;
    assert_false(kernel_run(object, "trap", (struct shape){{LOCAL}, {LOCAL}, 0}, "", 0, &fault));
    assert_int_equal(fault.kind, FAULT_TRAP);
}

static void *cancel_soon(void *cancel)
{
    work_wait();
    __atomic_store_n((bool *)cancel, true, __ATOMIC_RELAXED);
    return NULL;
}

static void test_cancel(void **state)
{
    (void)state;
    // `spin` through the interface itself: the loader has no way to cancel from outside.
    static int flag;
    static bool cancel;
    struct fault fault;
    struct compute_unit *cu = compute_unit_create();
    uint64_t kernarg[64] = {(uint64_t)&flag};
    const char *descriptor = (const char *)code_object_symbol(object, "spin.kd");
    struct dispatch d = {
        .kernarg = (uint64_t)kernarg, .local = {64, 1, 1}, .global = {64, 1, 1}, .groups = {1, 1, 1}};
    int64_t entry;
    memcpy(&entry, descriptor + 16, sizeof entry);
    memcpy(&d.rsrc1, descriptor + 48, sizeof d.rsrc1);
    memcpy(&d.rsrc2, descriptor + 52, sizeof d.rsrc2);
    memcpy(&d.properties, descriptor + 56, sizeof d.properties);
    memcpy(&d.scratch_bytes, descriptor + 4, sizeof d.scratch_bytes);
    d.entry = (uint64_t)descriptor + (uint64_t)entry;
    d.wave64 = !(d.properties >> 10 & 1);
    cancel = false;
    pthread_t thread;
    pthread_create(&thread, NULL, cancel_soon, &cancel);
    assert_false(work_groups_run(cu, &d, 0, 1, &cancel, &fault));
    assert_int_equal(fault.kind, FAULT_NONE);
    pthread_join(thread, NULL);
    compute_unit_destroy(cu);
}

int main(int count, char **paths)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_saxpy),
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_reduce),
        cmocka_unit_test(test_collatz),
        cmocka_unit_test(test_diverge),
        cmocka_unit_test(test_scratch),
        cmocka_unit_test(test_scratch_bytes),
        cmocka_unit_test(test_apertures),
        cmocka_unit_test(test_arithmetic_char),
        cmocka_unit_test(test_arithmetic_short),
        cmocka_unit_test(test_arithmetic_int),
        cmocka_unit_test(test_arithmetic_long),
        cmocka_unit_test(test_products_long),
        cmocka_unit_test(test_arithmetic_float),
        cmocka_unit_test(test_atomics),
        cmocka_unit_test(test_histogram),
        cmocka_unit_test(test_grid),
        cmocka_unit_test(test_handshake),
        cmocka_unit_test(test_early_exit),
        cmocka_unit_test(test_store_fault),
        cmocka_unit_test(test_load_fault),
        cmocka_unit_test(test_trap),
        cmocka_unit_test(test_cancel),
    };
    int failed = count < 2;
    for (int i = 1; i < count; i++) {
        print_message("%s\n", paths[i]);
        object = code_object_load(paths[i]);
        failed += cmocka_run_group_tests_name(paths[i], tests, NULL, NULL);
        code_object_free(object);
    }
    return failed;
}
