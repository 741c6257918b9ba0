// Memory of the application's that the device is to reach. It can reach all of it; what is kept is what
// pointer queries ask for.
#include "device/softgpu/machine/block.h"
#include "thunk.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static HSAKMT_STATUS register_range(void *address, HSAuint64 size, HsaMemFlags flags)
{
    if (!address || size == 0) return HSAKMT_STATUS_INVALID_PARAMETER;
    HSAKMT_STATUS status = HSAKMT_STATUS_SUCCESS;
    blocks_lock();
    struct block *block = block_at(&blocks_registered, address);
    if (block_around(&blocks_allocated, address)) {
        // The device's own memory needs no registration.
    } else if (block && block->size == size) {
        block->registrations++;
    } else {
        block = calloc(1, sizeof *block);
        if (block)
            *block = (struct block){.base = address,
                                    .size = size,
                                    .type = HSA_POINTER_REGISTERED_USER,
                                    .flags = flags,
                                    .registrations = 1,
                                    .file = -1};
        if (!block || !block_add(&blocks_registered, block)) {
            free(block);
            status = HSAKMT_STATUS_NO_MEMORY;
        }
    }
    blocks_unlock();
    return status;
}

HSAKMT_STATUS hsaKmtRegisterMemoryWithFlags(void *address, HSAuint64 size, HsaMemFlags flags)
{
    REQUIRE_OPEN();
    return register_range(address, size, flags);
}

HSAKMT_STATUS hsaKmtRegisterMemory(void *address, HSAuint64 size)
{
    REQUIRE_OPEN();
    return register_range(address, size, (HsaMemFlags){.ui32 = {.CoarseGrain = 1, .HostAccess = 1}});
}

HSAKMT_STATUS hsaKmtRegisterMemoryToNodes(void *address, HSAuint64 size, HSAuint64 count, HSAuint32 *nodes)
{
    for (HSAuint64 i = 0; i < count; i++)
        if (!nodes || nodes[i] >= NODE_COUNT) return HSAKMT_STATUS_INVALID_NODE_UNIT;
    return hsaKmtRegisterMemory(address, size);
}

static bool is_imported(const struct block *block)
{
    return block->type == HSA_POINTER_REGISTERED_SHARED || block->type == HSA_POINTER_REGISTERED_GRAPHICS;
}

HSAKMT_STATUS hsaKmtDeregisterMemory(void *address)
{
    REQUIRE_OPEN();
    if (!address) return HSAKMT_STATUS_INVALID_PARAMETER;
    blocks_lock();
    struct block *imported = block_at(&blocks_allocated, address);
    struct block *block = block_at(&blocks_registered, address);
    struct block *gone = NULL;
    if (imported && is_imported(imported)) {
        block_remove(&blocks_allocated, gone = imported);
    } else if (block && --block->registrations == 0) {
        block_remove(&blocks_registered, gone = block);
    }
    bool known = imported || block;
    blocks_unlock();
    if (gone && is_imported(gone)) {
        munmap(gone->base, gone->size);
        close(gone->file);
    }
    free(gone);
    return known ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_MEMORY_NOT_REGISTERED;
}
