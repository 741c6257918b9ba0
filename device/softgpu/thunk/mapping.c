// Mapping to the GPU: everything is mapped already, at the host's address; what was asked for is only
// remembered.
#include "device/softgpu/machine/block.h"
#include "thunk.h"

// Parts of a block (ROCr cuts its scratch reservation) come and go without a record.
static HSAKMT_STATUS mapping_set(const void *address, bool mapped)
{
    blocks_lock();
    struct block *block = block_lookup(address);
    if (block && block->base == address) block->mapped = mapped;
    blocks_unlock();
    return block ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_INVALID_PARAMETER;
}

HSAKMT_STATUS hsaKmtMapMemoryToGPU(void *address, HSAuint64 size, HSAuint64 *alternate)
{
    REQUIRE_OPEN();
    if (!address || size == 0) return HSAKMT_STATUS_INVALID_PARAMETER;
    if (alternate) *alternate = (HSAuint64)address;
    return mapping_set(address, true);
}

HSAKMT_STATUS hsaKmtMapMemoryToGPUNodes(void *address, HSAuint64 size, HSAuint64 *alternate,
                                        HsaMemMapFlags flags, HSAuint64 count, HSAuint32 *nodes)
{
    REQUIRE_OPEN();
    (void)flags;
    if (!address || size == 0 || (count && !nodes)) return HSAKMT_STATUS_INVALID_PARAMETER;
    bool gpu = false;
    for (HSAuint64 i = 0; i < count; i++) {
        if (nodes[i] >= NODE_COUNT) return HSAKMT_STATUS_INVALID_NODE_UNIT;
        gpu |= nodes[i] == NODE_GPU;
    }
    if (alternate) *alternate = (HSAuint64)address;
    return mapping_set(address, gpu);
}

HSAKMT_STATUS hsaKmtUnmapMemoryToGPU(void *address)
{
    REQUIRE_OPEN();
    if (!address) return HSAKMT_STATUS_INVALID_PARAMETER;
    return mapping_set(address, false);
}

// Caching is the host's business.
HSAKMT_STATUS hsaKmtSetMemoryPolicy(HSAuint32 node, HSAuint32 policy, HSAuint32 alternate_policy,
                                    void *alternate, HSAuint64 size)
{
    REQUIRE_OPEN();
    (void)policy, (void)alternate_policy, (void)alternate, (void)size;
    return node == NODE_GPU ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_INVALID_NODE_UNIT;
}
