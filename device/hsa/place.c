#include "place.h"

#define LOCK_MINIMUM (1u << 20) // from this size on pinning pageable memory beats staging it

// Where `address` lies in an allocation of which each side has its own address; false: not wholly in it.
static bool place_offset(const hsa_amd_pointer_info_t *info, uintptr_t address, size_t size, size_t *offset)
{
    *offset = address - (uintptr_t)info->hostBaseAddress;
    if (*offset >= info->sizeInBytes) *offset = address - (uintptr_t)info->agentBaseAddress;
    return *offset < info->sizeInBytes && size <= info->sizeInBytes - *offset;
}

struct place place_find(const struct device *device, const void *address, size_t size)
{
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    uint8_t *byte = (uint8_t *)(uintptr_t)address;
    struct place place = {.agent = device->host, .host = byte, .engine = byte};
    size_t offset;
    if (hsa.pointer_info(byte, &info, NULL, NULL, NULL) != HSA_STATUS_SUCCESS) return place;
    place.pageable = info.type == HSA_EXT_POINTER_TYPE_UNKNOWN;
    if (place.pageable || !info.agentBaseAddress || !place_offset(&info, (uintptr_t)byte, size, &offset))
        return place;
    place.pinned = true;
    place.engine = (uint8_t *)info.agentBaseAddress + offset;
    if (info.hostBaseAddress) place.host = (uint8_t *)info.hostBaseAddress + offset;
    place.device = devices_by_agent(info.agentOwner);
    if (place.device) place.agent = info.agentOwner;
    return place;
}

struct place place_at(const struct place *place, size_t offset)
{
    struct place moved = *place;
    moved.host += offset;
    moved.engine += offset;
    return moved;
}

bool place_host_reaches(const struct place *place, size_t size, size_t limit)
{
    const struct device *device = place->device;
    return !device || device->host_cached || (device->info.host_accessible && size <= limit);
}

bool place_lock(struct place *place, hsa_agent_t agent, size_t size)
{
    void *engine;
    if (!place->pageable || size < LOCK_MINIMUM ||
        hsa.memory_lock(place->host, size, &agent, 1, &engine) != HSA_STATUS_SUCCESS)
        return false;
    place->engine = engine;
    return place->pinned = true;
}

void place_unlock(const struct place *place) { hsa.memory_unlock(place->host); }

cl_int staging_open(struct device_queue *queue, struct place *staging)
{
    if (!queue->staging) {
        void *memory;
        if (hsa.pool_allocate(queue->device->shared, STAGING_SIZE, 0, &memory) != HSA_STATUS_SUCCESS)
            return CL_OUT_OF_RESOURCES;
        if (!devices_allow(memory)) {
            hsa.pool_free(memory);
            return CL_OUT_OF_RESOURCES;
        }
        queue->staging = memory;
    }
    *staging = (struct place){
        .agent = queue->device->host, .pinned = true, .host = queue->staging, .engine = queue->staging};
    return CL_SUCCESS;
}
