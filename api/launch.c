#include "api/launch.h"
#include "api/cl_device.h"
#include "api/work_group.h"

bool range_is_empty(const struct range *range)
{
    if (!range->global) return true;
    for (cl_uint i = 0; i < range->dimensions; i++)
        if (!range->global[i]) return true;
    return false;
}

static cl_int global_fill(const struct range *range, struct launch *launch)
{
    size_t items = 1;
    for (cl_uint i = 0; i < 3; i++) {
        bool used = i < range->dimensions;
        launch->global[i] = used ? range->global[i] : 1;
        launch->offset[i] = used && range->offset ? range->offset[i] : 0;
        size_t end;
        if (__builtin_add_overflow(launch->global[i], launch->offset[i], &end))
            return CL_INVALID_GLOBAL_OFFSET;
        if (__builtin_mul_overflow(items, launch->global[i], &items)) return CL_INVALID_GLOBAL_WORK_SIZE;
    }
    return CL_SUCCESS;
}

static cl_int local_fill(const struct kernel_device *on, const struct range *range, struct launch *launch)
{
    if (range->local)
        return work_group_check(on, range->dimensions, launch->global, range->local, launch->local);
    work_group_choose(on, launch->global, launch->local);
    // Only a size that the kernel requires can fail to divide.
    for (unsigned i = 0; i < 3; i++)
        if (on->metadata->uniform_work_group_size && launch->global[i] % launch->local[i])
            return CL_INVALID_WORK_GROUP_SIZE;
    return CL_SUCCESS;
}

cl_int launch_fill(const struct kernel_device *on, const struct range *range, struct launch *launch)
{
    launch->dimensions = range->dimensions;
    cl_int error = global_fill(range, launch);
    if (!error) error = local_fill(on, range, launch);
    for (unsigned i = 0; !error && i < 3; i++) {
        uint64_t groups = (launch->global[i] - 1) / launch->local[i] + 1;
        if (groups > UINT32_MAX) error = CL_INVALID_GLOBAL_WORK_SIZE;
        launch->groups[i] = (uint32_t)groups;
    }
    return error;
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

size_t launch_pieces(const struct launch *launch, const struct device_info *device)
{
    size_t count = 1;
    for (unsigned i = 0; i < 3; i++) count *= pieces_along(launch, device, i);
    return count;
}

struct piece launch_piece(const struct launch *launch, const struct device_info *device, size_t index)
{
    struct piece piece = {0};
    for (unsigned i = 0; i < 3; i++) {
        piece.items[i] = (uint32_t)launch->global[i];
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
