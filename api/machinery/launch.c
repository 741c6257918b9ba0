#include "api/machinery/launch.h"
#include "api/cl_device.h"
#include "api/machinery/work_group.h"

static cl_int global_fill(const struct range *range, struct launch *launch)
{
    size_t items = 1;
    launch->dimensions = range->dimensions;
    for (cl_uint i = 0; i < 3; i++) {
        launch->global[i] = i < range->dimensions ? range->global[i] : 1;
        if (__builtin_mul_overflow(items, launch->global[i], &items)) return CL_INVALID_GLOBAL_WORK_SIZE;
    }
    return CL_SUCCESS;
}

static cl_int offset_fill(const struct range *range, struct launch *launch)
{
    size_t end;
    for (cl_uint i = 0; i < 3; i++) launch->offset[i] = 0;
    for (cl_uint i = 0; range->offset && i < range->dimensions; i++) {
        launch->offset[i] = range->offset[i];
        if (__builtin_add_overflow(launch->global[i], launch->offset[i], &end))
            return CL_INVALID_GLOBAL_OFFSET;
    }
    return CL_SUCCESS;
}

static cl_int local_fill(const struct kernel_device *on, const struct range *range, struct launch *launch)
{
    const uint32_t *required = on->metadata->reqd_workgroup_size;
    if (range->local)
        return work_group_check(on, range->dimensions, launch->global, range->local, launch->local);
    if (required[0])
        return work_group_check(on, 3, launch->global, (size_t[]){required[0], required[1], required[2]},
                                launch->local);
    work_group_choose(on, launch->global, launch->local);
    return CL_SUCCESS;
}

// ---- Pieces -------------------------------------------------------------------------------------------

// The most work-groups that a dispatch can have in a dimension.
static uint32_t groups_most(const struct launch *launch, const struct device_info *device, unsigned dimension)
{
    uint32_t most = device->max_grid_dim[dimension] / launch->local[dimension];
    return most ? most : 1;
}

static size_t pieces_along(const struct launch *launch, const struct device_info *device, unsigned dimension)
{
    if (launch->global[dimension] <= device->max_grid_dim[dimension]) return 1;
    return (launch->groups[dimension] - 1) / groups_most(launch, device, dimension) + 1;
}

static size_t pieces_count(const struct launch *launch, const struct device_info *device)
{
    size_t count = 1;
    for (unsigned i = 0; i < 3; i++) count *= pieces_along(launch, device, i);
    return count;
}

struct piece launch_piece(const struct launch *launch, const struct device_info *device, size_t index)
{
    struct piece piece = launch_whole(launch);
    for (unsigned i = 0; i < 3; i++) {
        size_t count = pieces_along(launch, device, i);
        if (count == 1) continue;
        uint32_t most = groups_most(launch, device, i);
        piece.first_group[i] = (uint32_t)(index % count) * most;
        uint64_t left = launch->global[i] - (uint64_t)piece.first_group[i] * launch->local[i];
        uint64_t whole = (uint64_t)most * launch->local[i];
        piece.items[i] = (uint32_t)(left < whole ? left : whole);
        index /= count;
    }
    return piece;
}

// ---- Sizes --------------------------------------------------------------------------------------------

static bool memo_is_of(const struct launch_memo *memo, const struct range *range)
{
    if (memo->launch.dimensions != range->dimensions || memo->given != (range->local != NULL)) return false;
    for (cl_uint i = 0; i < range->dimensions; i++)
        if (memo->launch.global[i] != range->global[i] ||
            (range->local && memo->launch.local[i] != range->local[i]))
            return false;
    return true;
}

// Fills in the sizes that the memo has. False: it is of others, or another thread is at it.
static bool memo_recall(struct launch_memo *memo, const struct range *range, struct launch *launch)
{
    if (atomic_flag_test_and_set_explicit(&memo->taken, memory_order_acquire)) return false;
    bool same = memo_is_of(memo, range);
    if (same) *launch = memo->launch;
    atomic_flag_clear_explicit(&memo->taken, memory_order_release);
    return same;
}

static void memo_keep(struct launch_memo *memo, const struct range *range, const struct launch *launch)
{
    if (atomic_flag_test_and_set_explicit(&memo->taken, memory_order_acquire)) return;
    memo->given = range->local != NULL;
    memo->launch = *launch;
    atomic_flag_clear_explicit(&memo->taken, memory_order_release);
}

__attribute__((cold)) static cl_int sizes_fill(const struct kernel_device *on, const struct range *range,
                                               struct launch *launch)
{
    launch->group_size = 0;
    launch->printf_buffer = 0;
    cl_int error = global_fill(range, launch);
    if (!error) error = local_fill(on, range, launch);
    for (unsigned i = 0; !error && i < 3; i++) {
        uint64_t groups = (launch->global[i] - 1) / launch->local[i] + 1;
        if (groups > UINT32_MAX) error = CL_INVALID_GLOBAL_WORK_SIZE;
        launch->groups[i] = (uint32_t)groups;
    }
    if (error) return error;
    launch->pieces = pieces_count(launch, on->device->info);
    memo_keep(on->memo, range, launch);
    return CL_SUCCESS;
}

cl_int launch_fill(const struct kernel_device *on, const struct range *range, struct launch *launch)
{
    if (!memo_recall(on->memo, range, launch)) {
        cl_int error = sizes_fill(on, range, launch);
        if (error) return error;
    }
    return offset_fill(range, launch);
}
