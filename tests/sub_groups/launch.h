// Launching kernels whose results depend on sub-groups, with some of their work-items active.
#pragma once

#include "session.h"

// Items of a launch, groups of which the last may be smaller, in 1 to 3 dimensions.
struct shape {
    cl_uint dimensions;
    size_t global[3], local[3];
};

enum { SUB_GROUP = 32, ITEMS_MAX = 256, MASKS = 6 };

// Sets of active items, a bit for each item of a sub-group. The first has them all.
extern const cl_uint masks[MASKS];

extern const struct shape shapes[];
extern const unsigned shape_count;

unsigned shape_items(const struct shape *);

// What one sub-group of a launch looks like: its first item's place among all items, and its size.
struct sub_group {
    unsigned first, size;
};

// The sub-groups of a launch in order. Returns their number.
unsigned shape_sub_groups(const struct shape *, struct sub_group sub_groups[ITEMS_MAX]);

// Source text that kernels begin with: INDEX is an item's place among all items. FOR_MASKS goes through the
// sets of active items; within it, PUT(n, value) stores result n.
extern const char prelude[];

// Runs `kernel void name(global const T *in, global T *out, constant uint *masks)`: `in` has an element for
// each item; `out` has `results` times MASKS elements for each, and is 0xee bytes before.
void kernel_launch(const struct session *, cl_kernel, const struct shape *, size_t element, unsigned results,
                   const void *in, void *out);
