// A launch: what clEnqueueNDRangeKernel asks for, checked and with all choices made, and the dispatches that
// it takes: more than one where a dimension has more work-items than a dispatch can.
#pragma once

#include "api/machinery/kernel_device.h"

#include <stdatomic.h>

// The application's sizes, as it gave them; NULL: none.
struct range {
    cl_uint dimensions;
    const size_t *offset, *global, *local;
};

// All three dimensions filled in (1, and offset 0, where unused).
struct launch {
    uint32_t dimensions;
    uint64_t global[3], offset[3]; // work-items
    uint32_t groups[3];            // work-groups, the last of which may be smaller
    uint16_t local[3];
    uint32_t group_size;    // LDS bytes, static and dynamic
    size_t pieces;          // dispatches that it takes
    uint64_t printf_buffer; // address; 0: the kernel does not print
};

// The sizes that a kernel was last launched with, on one device: programs launch the same again and again,
// and choosing and checking sizes takes divisions.
struct launch_memo {
    atomic_flag taken;    // by a thread that reads or writes what follows
    bool given;           // whether the application gave local sizes
    struct launch launch; // its sizes; dimensions 0: none yet
};

// One dispatch: whole work-groups but at the launch's end.
struct piece {
    uint32_t first_group[3];
    uint32_t items[3];
};

// Whether there is nothing to do (which is no error).
static inline bool range_is_empty(const struct range *range)
{
    if (!range->global) return true;
    for (cl_uint i = 0; i < range->dimensions; i++)
        if (!range->global[i]) return true;
    return false;
}

// Fills in sizes and offsets, of a range that is not empty, the rest with 0. Returns the errors of
// clEnqueueNDRangeKernel for them; CL_INVALID_GLOBAL_WORK_SIZE also for 2^64 work-items or 2^32 work-groups
// of a dimension and more.
cl_int launch_fill(const struct kernel_device *, const struct range *, struct launch *);

// All of a launch that takes one dispatch.
static inline struct piece launch_whole(const struct launch *launch)
{
    const uint64_t *global = launch->global;
    return (struct piece){.items = {(uint32_t)global[0], (uint32_t)global[1], (uint32_t)global[2]}};
}

// One of the launch's pieces. (`index` counts x first.)
struct piece launch_piece(const struct launch *, const struct device_info *, size_t index);
