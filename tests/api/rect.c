// Boxes: pitches, bounds and overlap, against marking every byte.
#include "api/machinery/rect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MEMORY_SIZE = 4096 };

static void mark(const struct rect *rect, const size_t region[3], uint8_t *bytes, uint8_t bit)
{
    for (size_t z = 0; z < region[2]; z++)
        for (size_t y = 0; y < region[1]; y++)
            for (size_t x = 0; x < region[0]; x++)
                bytes[rect->begin + z * rect->slice_pitch + y * rect->row_pitch + x] |= bit;
}

static bool share_bytes(const struct rect *a, const struct rect *b, const size_t region[3])
{
    static uint8_t bytes[MEMORY_SIZE];
    memset(bytes, 0, sizeof bytes);
    mark(a, region, bytes, 1);
    mark(b, region, bytes, 2);
    for (size_t i = 0; i < sizeof bytes; i++)
        if (bytes[i] == 3) return true;
    return false;
}

static void random_origin(size_t origin[3])
{
    for (unsigned i = 0; i < 3; i++) origin[i] = rand() % 5;
}

static void overlap_agrees_with_bytes(void **state)
{
    (void)state;
    unsigned overlapping = 0, apart = 0;
    for (unsigned i = 0; i < 20000; i++) {
        size_t region[3] = {1 + rand() % 6, 1 + rand() % 4, 1 + rand() % 4}, from[3], to[3];
        size_t row = region[0] + rand() % 6, slice = row * (region[1] + rand() % 4);
        random_origin(from);
        random_origin(to);
        struct rect a, b;
        assert_int_equal(rect_make(from, region, row, slice, &a), CL_SUCCESS);
        assert_int_equal(rect_make(to, region, row, slice, &b), CL_SUCCESS);
        assert_true(a.end <= MEMORY_SIZE && b.end <= MEMORY_SIZE);
        bool shared = share_bytes(&a, &b, region);
        overlapping += shared;
        // The specification's rule may call interleaved boxes overlapping, but never the other way round.
        if (shared)
            assert_true(rect_overlaps(&a, &b, region));
        else
            apart += !rect_overlaps(&a, &b, region);
    }
    assert_true(overlapping > 1000);
    assert_true(apart > 1000);
}

static void pitches_are_checked(void **state)
{
    (void)state;
    static const struct {
        size_t region[3], row, slice;
        cl_int error;
    } cases[] = {
        {{4, 2, 2}, 0, 0, CL_SUCCESS},
        {{4, 2, 2}, 4, 8, CL_SUCCESS},
        {{4, 2, 2}, 5, 15, CL_SUCCESS},
        {{0, 2, 2}, 0, 0, CL_INVALID_VALUE},
        {{4, 0, 2}, 0, 0, CL_INVALID_VALUE},
        {{4, 2, 0}, 0, 0, CL_INVALID_VALUE},
        {{4, 2, 2}, 3, 0, CL_INVALID_VALUE},
        {{4, 2, 2}, 4, 7, CL_INVALID_VALUE},
        {{4, 2, 2}, 4, 9, CL_INVALID_VALUE},
        {{4, SIZE_MAX / 2, 2}, 0, 0, CL_INVALID_VALUE},
        {{4, 2, SIZE_MAX}, 0, 0, CL_INVALID_VALUE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static const size_t origin[3] = {0, 0, 0};
        struct rect rect;
        assert_int_equal(rect_make(origin, cases[i].region, cases[i].row, cases[i].slice, &rect),
                         cases[i].error);
    }
}

static void bounds_are_exact(void **state)
{
    (void)state;
    static const size_t origin[3] = {1, 2, 3}, region[3] = {4, 5, 6};
    struct rect rect;
    assert_int_equal(rect_make(origin, region, 10, 100, &rect), CL_SUCCESS);
    assert_int_equal(rect.begin, 3 * 100 + 2 * 10 + 1);
    assert_int_equal(rect.end, rect.begin + 5 * 100 + 4 * 10 + 4);
    static const size_t far_origin[3] = {1, 2, SIZE_MAX / 50};
    assert_int_equal(rect_make(far_origin, region, 10, 100, &rect), CL_INVALID_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlap_agrees_with_bytes),
        cmocka_unit_test(pitches_are_checked),
        cmocka_unit_test(bounds_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
