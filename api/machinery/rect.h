// Boxes in buffers and host memory, as the *BufferRect commands describe them.
// Source: OpenCL 3.0, 5.2.2 "Reading, Writing and Copying Buffer Objects" and appendix "Checking for Memory
// Copy Overlap".
#pragma once

#include <CL/cl.h>
#include <stdbool.h>
#include <stddef.h>

struct rect {
    size_t begin, end; // bytes from the memory's start to the box's first byte, and past its last one
    size_t row_pitch, slice_pitch; // bytes, never 0
};

// Works out a box; pitches of 0 mean tightly packed. CL_INVALID_VALUE for zero extents, pitches that are too
// small or not multiples, and boxes beyond the address space.
cl_int rect_make(const size_t origin[3], const size_t region[3], size_t row_pitch, size_t slice_pitch,
                 struct rect *);

// Whether two boxes of the same region and pitches in one memory have bytes in common.
bool rect_overlaps(const struct rect *, const struct rect *, const size_t region[3]);
