#include "api/machinery/work_group.h"
#include "api/cl_device.h"

#include <string.h>

enum {
    GROUP_PREFERRED = 256, // work-items: enough waves to hide latency, and small enough to spread
    GROUPS_PER_UNIT = 4,   // groups a compute unit should get, so that none idles at the end
};

static size_t minimum(size_t a, size_t b) { return a < b ? a : b; }

size_t work_group_limit(const struct kernel_device *kernel)
{
    size_t limit = kernel->device->info->max_work_group_size;
    size_t compiled = kernel->metadata->max_flat_workgroup_size;
    return compiled ? minimum(compiled, limit) : limit;
}

// The best size of at most `budget` work-items in one dimension.
static size_t divisor_choose(size_t global, size_t budget, size_t wavefront, bool uniform)
{
    size_t best = 1, most = minimum(budget, global);
    for (size_t size = most; size > 1; size--) {
        if (global % size) continue;
        if (size % wavefront == 0) return size;
        if (best == 1) best = size;
    }
    return uniform || best * 2 > most ? best : most;
}

// Work-items that a group of this launch may have.
static size_t budget_choose(const struct kernel_device *kernel, const uint64_t global[3])
{
    const struct device_info *device = kernel->device->info;
    size_t budget = minimum(GROUP_PREFERRED, work_group_limit(kernel)),
           wavefront = kernel->metadata->wavefront_size;
    size_t share = global[0] * global[1] * global[2] / ((size_t)device->compute_units * GROUPS_PER_UNIT);
    if (share < wavefront) share = wavefront;
    return minimum(budget, share - share % wavefront);
}

void work_group_choose(const struct kernel_device *kernel, const uint64_t global[3], uint16_t local[3])
{
    const struct kernel_metadata *metadata = kernel->metadata;
    if (metadata->reqd_sub_group_count) {
        local[0] = (uint16_t)(metadata->reqd_sub_group_count * metadata->wavefront_size);
        local[1] = local[2] = 1;
        return;
    }
    size_t budget = budget_choose(kernel, global);
    for (unsigned i = 0; i < 3; i++) {
        local[i] = (uint16_t)divisor_choose(global[i], budget, metadata->wavefront_size,
                                            metadata->uniform_work_group_size);
        budget /= local[i];
    }
}

cl_int work_group_check(const struct kernel_device *kernel, unsigned dimensions, const uint64_t global[3],
                        const size_t *given, uint16_t local[3])
{
    const struct device_info *device = kernel->device->info;
    const struct kernel_metadata *metadata = kernel->metadata;
    size_t items = 1;
    for (unsigned i = 0; i < 3; i++) {
        size_t size = i < dimensions ? given[i] : 1;
        if (!size) return CL_INVALID_WORK_GROUP_SIZE;
        if (size > device->max_work_group_dim[i])
            return CL_INVALID_WORK_ITEM_SIZE; // more than any kernel can have
        if (metadata->reqd_workgroup_size[0] && size != metadata->reqd_workgroup_size[i])
            return CL_INVALID_WORK_GROUP_SIZE;
        if (metadata->uniform_work_group_size && global[i] % size) return CL_INVALID_WORK_GROUP_SIZE;
        items *= size;
        local[i] = (uint16_t)size;
    }
    size_t sub_groups = (items - 1) / metadata->wavefront_size + 1;
    if (metadata->reqd_sub_group_count && sub_groups != metadata->reqd_sub_group_count)
        return CL_INVALID_WORK_GROUP_SIZE;
    return items <= work_group_limit(kernel) ? CL_SUCCESS : CL_INVALID_WORK_GROUP_SIZE;
}
