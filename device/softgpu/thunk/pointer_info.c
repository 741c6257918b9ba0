#include "device/softgpu/machine/block.h"
#include "thunk.h"

#include <string.h>

// Static: the caller keeps the pointers to them.
static const HSAuint32 gpu_node[] = {NODE_GPU};

HSAKMT_STATUS hsaKmtQueryPointerInfo(const void *pointer, HsaPointerInfo *info)
{
    REQUIRE_OPEN();
    if (!pointer || !info) return HSAKMT_STATUS_INVALID_PARAMETER;
    memset(info, 0, sizeof *info);
    info->Type = HSA_POINTER_UNKNOWN;
    blocks_lock();
    const struct block *block = block_lookup(pointer);
    if (block) {
        info->Type = block->type;
        info->Node = block->node;
        info->MemFlags = block->flags;
        info->CPUAddress = block->base;
        info->GPUAddress = (HSAuint64)block->base;
        info->SizeInBytes = block->size;
        info->NRegisteredNodes = block->type == HSA_POINTER_ALLOCATED ? 0 : 1;
        info->RegisteredNodes = info->NRegisteredNodes ? gpu_node : NULL;
        info->NMappedNodes = block->mapped ? 1 : 0;
        info->MappedNodes = block->mapped ? gpu_node : NULL;
        info->UserData = block->user_data;
    }
    blocks_unlock();
    return block ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_ERROR;
}

HSAKMT_STATUS hsaKmtSetMemoryUserData(const void *pointer, void *user_data)
{
    REQUIRE_OPEN();
    blocks_lock();
    struct block *block = block_lookup(pointer);
    if (block) block->user_data = user_data;
    blocks_unlock();
    return block ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_ERROR;
}
