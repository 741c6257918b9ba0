#include "api/machinery/rect.h"

// result = a * b + c; true when that overflows.
static bool multiply_add(size_t a, size_t b, size_t c, size_t *result)
{
    return __builtin_mul_overflow(a, b, result) || __builtin_add_overflow(*result, c, result);
}

cl_int rect_make(const size_t origin[3], const size_t region[3], size_t row_pitch, size_t slice_pitch,
                 struct rect *rect)
{
    if (!region[0] || !region[1] || !region[2]) return CL_INVALID_VALUE;
    if (!row_pitch) row_pitch = region[0];
    if (row_pitch < region[0]) return CL_INVALID_VALUE;
    size_t slice;
    if (__builtin_mul_overflow(region[1], row_pitch, &slice)) return CL_INVALID_VALUE;
    if (!slice_pitch) slice_pitch = slice;
    if (slice_pitch < slice || slice_pitch % row_pitch) return CL_INVALID_VALUE;
    size_t begin, length;
    if (multiply_add(origin[1], row_pitch, origin[0], &begin) ||
        multiply_add(origin[2], slice_pitch, begin, &begin) ||
        multiply_add(region[1] - 1, row_pitch, region[0], &length) ||
        multiply_add(region[2] - 1, slice_pitch, length, &length) ||
        __builtin_add_overflow(begin, length, &length))
        return CL_INVALID_VALUE;
    *rect = (struct rect){begin, length, row_pitch, slice_pitch};
    return CL_SUCCESS;
}

// Whether runs of `length` bytes that repeat every `period` bytes, from a and from b, never meet.
static bool disjoint_modulo(size_t a, size_t b, size_t length, size_t period)
{
    size_t distance = (b % period + period - a % period) % period;
    return distance >= length && distance <= period - length;
}

bool rect_overlaps(const struct rect *a, const struct rect *b, const size_t region[3])
{
    if (a->end <= b->begin || b->end <= a->begin) return false;
    if (disjoint_modulo(a->begin, b->begin, region[0], a->row_pitch)) return false;
    size_t slice = (region[1] - 1) * a->row_pitch + region[0];
    return !disjoint_modulo(a->begin, b->begin, slice, a->slice_pitch);
}
