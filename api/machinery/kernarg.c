#include "api/machinery/kernarg.h"
#include "compiler/launch.h"

#include <string.h>

static bool has_argument(const struct kernel_metadata *kernel, enum argument_kind kind)
{
    for (uint32_t i = 0; i < kernel->argument_count; i++)
        if (kernel->arguments[i].kind == kind) return true;
    return false;
}

bool kernarg_prints(const struct kernel_metadata *kernel)
{
    return has_argument(kernel, ARGUMENT_HIDDEN_PRINTF_BUFFER);
}

bool kernarg_tells_queue(const struct kernel_metadata *kernel)
{
    return has_argument(kernel, ARGUMENT_HIDDEN_PRIVATE_BASE) ||
           has_argument(kernel, ARGUMENT_HIDDEN_SHARED_BASE) ||
           has_argument(kernel, ARGUMENT_HIDDEN_QUEUE_PTR);
}

bool kernarg_takes_local(const struct kernel_metadata *kernel)
{
    return has_argument(kernel, ARGUMENT_DYNAMIC_SHARED_POINTER);
}

uint32_t kernarg_samplers(const struct kernel_metadata *kernel)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < kernel->explicit_count; i++)
        count += kernel->arguments[i].kind == ARGUMENT_SAMPLER;
    return count;
}

const char *kernarg_unsupported(const struct kernel_metadata *kernel)
{
    static const struct {
        enum argument_kind kind;
        const char *service;
    } services[] = {
        {ARGUMENT_HIDDEN_HOSTCALL_BUFFER, "calls into the host"},
        {ARGUMENT_HIDDEN_HEAP, "memory allocation on the device"},
        {ARGUMENT_HIDDEN_DEFAULT_QUEUE, "enqueuing on the device"},
        {ARGUMENT_HIDDEN_COMPLETION_ACTION, "enqueuing on the device"},
        {ARGUMENT_UNKNOWN, "an argument of a kind unknown to this driver"},
    };
    // Unused hidden arguments are left out of the metadata by an analysis that does not run at -O0. Multigrid
    // synchronisation does not exist in OpenCL: a kernel that lists it was not analysed, and its list proves
    // nothing.
    bool analysed = !has_argument(kernel, ARGUMENT_HIDDEN_MULTIGRID_SYNC);
    for (unsigned i = 0; i < sizeof services / sizeof *services; i++) {
        if (!analysed && services[i].kind != ARGUMENT_UNKNOWN) continue;
        if (has_argument(kernel, services[i].kind)) return services[i].service;
    }
    return NULL;
}

static uint64_t hidden_value(const struct launch *launch, const struct piece *piece,
                             const struct device_queue *queue, enum argument_kind kind)
{
    switch (kind) {
    case ARGUMENT_HIDDEN_GLOBAL_OFFSET_X:
    case ARGUMENT_HIDDEN_GLOBAL_OFFSET_Y:
    case ARGUMENT_HIDDEN_GLOBAL_OFFSET_Z: {
        unsigned dimension = kind - ARGUMENT_HIDDEN_GLOBAL_OFFSET_X;
        return launch->offset[dimension] + (uint64_t)piece->first_group[dimension] * launch->local[dimension];
    }
    case ARGUMENT_HIDDEN_BLOCK_COUNT_X:
    case ARGUMENT_HIDDEN_BLOCK_COUNT_Y:
    case ARGUMENT_HIDDEN_BLOCK_COUNT_Z: {
        unsigned dimension = kind - ARGUMENT_HIDDEN_BLOCK_COUNT_X; // full groups only
        return piece->items[dimension] / launch->local[dimension];
    }
    case ARGUMENT_HIDDEN_GROUP_SIZE_X:
    case ARGUMENT_HIDDEN_GROUP_SIZE_Y:
    case ARGUMENT_HIDDEN_GROUP_SIZE_Z:
        return launch->local[kind - ARGUMENT_HIDDEN_GROUP_SIZE_X];
    case ARGUMENT_HIDDEN_REMAINDER_X:
    case ARGUMENT_HIDDEN_REMAINDER_Y:
    case ARGUMENT_HIDDEN_REMAINDER_Z: {
        unsigned dimension = kind - ARGUMENT_HIDDEN_REMAINDER_X;
        return piece->items[dimension] % launch->local[dimension];
    }
    case ARGUMENT_HIDDEN_PRINTF_BUFFER:
        return launch->printf_buffer;
    case ARGUMENT_HIDDEN_GRID_DIMS:
        return launch->dimensions;
    case ARGUMENT_HIDDEN_DYNAMIC_LDS_SIZE:
        return launch->group_size;
    case ARGUMENT_HIDDEN_PRIVATE_BASE:
        return device_queue_addresses(queue).private_base;
    case ARGUMENT_HIDDEN_SHARED_BASE:
        return device_queue_addresses(queue).shared_base;
    case ARGUMENT_HIDDEN_QUEUE_PTR:
        return device_queue_addresses(queue).queue;
    default:
        return 0;
    }
}

// What no metadata lists: it is where Kiln's device library looks for it (compiler/launch.h).
static void launch_store(const struct launch *launch, const struct piece *piece, uint8_t *implicit)
{
    memcpy(implicit + LAUNCH_FIRST_GROUP, piece->first_group, sizeof piece->first_group);
    memcpy(implicit + LAUNCH_GROUPS, launch->groups, sizeof launch->groups);
    memcpy(implicit + LAUNCH_ITEMS, launch->global, sizeof launch->global);
}

void kernarg_fill_hidden(const struct kernel_metadata *metadata, const struct launch *launch,
                         const struct piece *piece, const struct device_queue *queue, uint8_t *block)
{
    for (uint32_t i = metadata->explicit_count; i < metadata->argument_count; i++) {
        const struct argument_metadata *argument = &metadata->arguments[i];
        // The implicit argument block begins with the first of these.
        if (argument->kind == ARGUMENT_HIDDEN_BLOCK_COUNT_X &&
            (uint64_t)argument->offset + LAUNCH_END <= metadata->kernarg_size)
            launch_store(launch, piece, block + argument->offset);
        uint64_t value = hidden_value(launch, piece, queue, argument->kind);
        memcpy(block + argument->offset, &value, argument->size); // up to 8 bytes: metadata_parse saw to it
    }
}
