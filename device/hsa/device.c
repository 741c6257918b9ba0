// What an HSA agent says of itself, as a device.
#include "kick.h"
#include "runtime.h"

#include "base/config.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VENDOR_AMD 0x1002

// ---- Pools --------------------------------------------------------------------------------------------

struct pools {
    struct device *device;
    bool has_local, has_shared, has_kernarg, has_shared_only;
};

static bool pool_usable(hsa_amd_memory_pool_t pool, hsa_amd_segment_t wanted, uint32_t *flags)
{
    hsa_amd_segment_t segment;
    bool allocatable = false;
    return hsa.pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_SEGMENT, &segment) == HSA_STATUS_SUCCESS &&
           segment == wanted &&
           hsa.pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_GLOBAL_FLAGS, flags) == HSA_STATUS_SUCCESS &&
           hsa.pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALLOWED, &allocatable) ==
               HSA_STATUS_SUCCESS &&
           (allocatable || wanted == HSA_AMD_SEGMENT_GROUP);
}

static hsa_status_t pool_visit_local(hsa_amd_memory_pool_t pool, void *argument)
{
    struct pools *pools = argument;
    struct device_info *info = &pools->device->info;
    uint32_t flags = 0;
    size_t size = 0;
    if (pool_usable(pool, HSA_AMD_SEGMENT_GROUP, &flags)) {
        if (hsa.pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_SIZE, &size) == HSA_STATUS_SUCCESS)
            info->lds_size = (uint32_t)size;
    } else if (!pools->has_local && pool_usable(pool, HSA_AMD_SEGMENT_GLOBAL, &flags) &&
               (flags & HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_COARSE_GRAINED)) {
        pools->device->local = pool;
        pools->has_local =
            hsa.pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_SIZE, &size) == HSA_STATUS_SUCCESS;
        info->memory_size = size;
        info->max_alloc_size = size;
        if (hsa.pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_ALLOC_MAX_SIZE, &size) == HSA_STATUS_SUCCESS)
            info->max_alloc_size = size;
    }
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t pool_visit_host(hsa_amd_memory_pool_t pool, void *argument)
{
    struct pools *pools = argument;
    struct device *device = pools->device;
    uint32_t flags = 0;
    if (!pool_usable(pool, HSA_AMD_SEGMENT_GLOBAL, &flags) ||
        !(flags & HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_FINE_GRAINED))
        return HSA_STATUS_SUCCESS;
    bool kernarg = flags & HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_KERNARG_INIT;
    if (kernarg && !pools->has_kernarg) {
        device->kernarg = pool;
        pools->has_kernarg = true;
    }
    // Kernel argument memory is not cached by some devices: prefer a pool that is plain.
    if (!pools->has_shared || (!kernarg && !pools->has_shared_only)) {
        device->shared = pool;
        pools->has_shared = true;
        pools->has_shared_only = !kernarg;
    }
    return HSA_STATUS_SUCCESS;
}

static bool pools_find(struct device *device)
{
    struct pools pools = {.device = device};
    hsa.iterate_pools(device->agent, pool_visit_local, &pools);
    hsa.iterate_pools(device->host, pool_visit_host, &pools);
    if (!pools.has_local || !pools.has_shared || !pools.has_kernarg) return false;
    hsa_amd_memory_pool_access_t access = HSA_AMD_MEMORY_POOL_ACCESS_NEVER_ALLOWED;
    hsa.agent_pool_get_info(device->host, device->local, HSA_AMD_AGENT_MEMORY_POOL_INFO_ACCESS, &access);
    device->info.host_accessible = access != HSA_AMD_MEMORY_POOL_ACCESS_NEVER_ALLOWED;
    return true;
}

// Whether every link between the device and the host's memory carries atomics.
static bool link_has_atomics(const struct device *device)
{
    enum { HOPS_MAX = 16 };
    hsa_amd_memory_pool_link_info_t hops[HOPS_MAX];
    uint32_t count = 0;
    if (hsa.agent_pool_get_info(device->agent, device->shared, HSA_AMD_AGENT_MEMORY_POOL_INFO_NUM_LINK_HOPS,
                                &count) != HSA_STATUS_SUCCESS ||
        count > HOPS_MAX)
        return false;
    if (count &&
        hsa.agent_pool_get_info(device->agent, device->shared, HSA_AMD_AGENT_MEMORY_POOL_INFO_LINK_INFO,
                                hops) != HSA_STATUS_SUCCESS)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!hops[i].atomic_support_32bit || !hops[i].atomic_support_64bit) return false;
    return true;
}

static void sharing_describe(struct device *device)
{
    bool by_default = false;
    hsa.system_get_info((hsa_system_info_t)HSA_AMD_SYSTEM_INFO_SVM_ACCESSIBLE_BY_DEFAULT, &by_default);
    device->info.host_atomics = link_has_atomics(device);
    device->info.process_memory = by_default || kick_process_memory();
}

// ---- Facts --------------------------------------------------------------------------------------------

static bool agent_info(const struct device *device, int attribute, void *value)
{
    // AMD's attributes are numbers outside HSA's enumeration.
    // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange)
    return hsa.agent_get_info(device->agent, (hsa_agent_info_t)attribute, value) == HSA_STATUS_SUCCESS;
}

static hsa_status_t isa_visit(hsa_isa_t isa, void *argument)
{
    *(hsa_isa_t *)argument = isa;
    return HSA_STATUS_INFO_BREAK; // the first is the agent's best
}

static bool isa_describe(struct device *device)
{
    struct device_info *info = &device->info;
    uint32_t length = 0;
    hsa_status_t status = hsa.agent_iterate_isas(device->agent, isa_visit, &device->isa);
    if (status != HSA_STATUS_INFO_BREAK) return false;
    if (hsa.isa_get_info(device->isa, HSA_ISA_INFO_NAME_LENGTH, &length) != HSA_STATUS_SUCCESS ||
        length > sizeof info->isa)
        return false;
    return hsa.isa_get_info(device->isa, HSA_ISA_INFO_NAME, info->isa) == HSA_STATUS_SUCCESS;
}

// The device's limit, or the option's where that is lower; never less than a work-group.
static uint32_t grid_limit(uint32_t device, uint32_t group)
{
    uint32_t wanted = config_get()->dispatch_items;
    if (!wanted || wanted > device) return device;
    return wanted < group ? group : wanted;
}

static void limits_describe(struct device *device)
{
    struct device_info *info = &device->info;
    uint16_t group[3] = {0};
    hsa_dim3_t grid = {0};
    agent_info(device, HSA_AGENT_INFO_WORKGROUP_MAX_SIZE, &info->max_work_group_size);
    agent_info(device, HSA_AGENT_INFO_WORKGROUP_MAX_DIM, group);
    agent_info(device, HSA_AGENT_INFO_GRID_MAX_DIM, &grid);
    for (int i = 0; i < 3; i++) info->max_work_group_dim[i] = group[i];
    const uint32_t most[] = {grid.x, grid.y, grid.z};
    // HSA's limit on the product is not the packet's.
    for (int i = 0; i < 3; i++) info->max_grid_dim[i] = grid_limit(most[i], group[i]);
    // COMPUTE_TMPRING_SIZE.WAVESIZE counts a wave's scratch in KiB with 13 bits.
    if (info->wavefront_size) info->max_private_size = (8191u << 10) / info->wavefront_size;
    agent_info(device, HSA_AGENT_INFO_QUEUE_MAX_SIZE, &device->queue_packets_max);
}

static void caches_describe(struct device *device)
{
    uint32_t sizes[4] = {0}; // by level; absent levels are 0
    agent_info(device, HSA_AGENT_INFO_CACHE_SIZE, sizes);
    for (int i = 0; i < 4; i++)
        if (sizes[i]) device->info.cache_size = sizes[i];
    agent_info(device, HSA_AMD_AGENT_INFO_CACHELINE_SIZE, &device->info.cache_line_size);
}

// HSA says "GPU-" and 16 hexadecimal digits, or "GPU-XX" where the device has none: then its place stands for
// it.
static void uuid_describe(struct device *device)
{
    struct device_info *info = &device->info;
    char text[32] = "";
    agent_info(device, HSA_AMD_AGENT_INFO_UUID, text);
    unsigned long long unique = strncmp(text, "GPU-", 4) ? 0 : strtoull(text + 4, NULL, 16);
    memcpy(info->uuid, "KILN", 4);
    if (unique) {
        for (int i = 0; i < 8; i++) info->uuid[8 + i] = (uint8_t)(unique >> (56 - 8 * i));
        return;
    }
    uint32_t place[3] = {info->chip_id, info->pci_domain,
                         info->pci_bus << 8 | info->pci_device << 3 | info->pci_function};
    memcpy(info->uuid + 4, place, sizeof place);
}

static void place_describe(struct device *device)
{
    struct device_info *info = &device->info;
    uint32_t place = 0;
    agent_info(device, HSA_AMD_AGENT_INFO_BDFID, &place);
    agent_info(device, HSA_AMD_AGENT_INFO_DOMAIN, &info->pci_domain);
    info->pci_bus = place >> 8 & 0xff;
    info->pci_device = place >> 3 & 0x1f;
    info->pci_function = place & 7;
}

static void version_describe(struct device_info *info)
{
    uint16_t major = 0, minor = 0;
    const char *build = NULL;
    hsa.system_get_info(HSA_SYSTEM_INFO_VERSION_MAJOR, &major);
    hsa.system_get_info(HSA_SYSTEM_INFO_VERSION_MINOR, &minor);
    hsa.system_get_info((hsa_system_info_t)HSA_AMD_SYSTEM_INFO_BUILD_VERSION, &build);
    if (!build) build = "of unknown build";
    build += *build == '"'; // ROCr's text is in quotes
    snprintf(info->driver_version, sizeof info->driver_version, "HSA %u.%u, ROCr %.*s", major, minor,
             (int)strcspn(build, "\""), build);
}

static void identity_describe(struct device *device)
{
    struct device_info *info = &device->info;
    agent_info(device, HSA_AGENT_INFO_NAME, info->name);
    agent_info(device, HSA_AGENT_INFO_VENDOR_NAME, info->vendor);
    agent_info(device, HSA_AMD_AGENT_INFO_PRODUCT_NAME, info->marketing_name);
    agent_info(device, HSA_AMD_AGENT_INFO_CHIP_ID, &info->chip_id);
    agent_info(device, HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT, &info->compute_units);
    agent_info(device, HSA_AMD_AGENT_INFO_NUM_SIMDS_PER_CU, &info->simds_per_unit);
    agent_info(device, HSA_AMD_AGENT_INFO_MEMORY_WIDTH, &info->memory_width);
    agent_info(device, HSA_AMD_AGENT_INFO_MAX_CLOCK_FREQUENCY, &info->clock_mhz);
    agent_info(device, HSA_AGENT_INFO_WAVEFRONT_SIZE, &info->wavefront_size);
    agent_info(device, HSA_AGENT_INFO_PROFILE, &device->profile);
    info->vendor_id = VENDOR_AMD;
    if (!*info->marketing_name) snprintf(info->marketing_name, sizeof info->marketing_name, "%s", info->name);
    uint64_t frequency = 0;
    hsa.system_get_info(HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY, &frequency);
    info->timer_resolution = frequency && frequency < 1000000000 ? 1000000000 / frequency : 1;
}

bool device_describe(struct device *device, hsa_agent_t agent, hsa_agent_t host)
{
    hsa_agent_feature_t feature = HSA_AGENT_FEATURE_AGENT_DISPATCH;
    device->agent = agent;
    device->host = host;
    pthread_mutex_init(&device->mutex, NULL);
    identity_describe(device);
    const char *lack = NULL;
    if (!agent_info(device, HSA_AGENT_INFO_FEATURE, &feature) ||
        !(feature & HSA_AGENT_FEATURE_KERNEL_DISPATCH))
        lack = "takes no kernel dispatches";
    else if (!isa_describe(device))
        lack = "has no instruction set";
    else if (!pools_find(device))
        lack = "lacks a memory pool";
    if (lack) {
        log_info("device: agent %s skipped: it %s", device->info.name, lack);
        pthread_mutex_destroy(&device->mutex);
        return false;
    }
    sharing_describe(device);
    limits_describe(device);
    caches_describe(device);
    place_describe(device);
    uuid_describe(device);
    version_describe(&device->info);
    hsa_amd_hdp_flush_t hdp = {0};
    agent_info(device, HSA_AMD_AGENT_INFO_HDP_FLUSH, &hdp);
    device->hdp_flush = hdp.HDP_MEM_FLUSH_CNTL;
    device->host_cached =
        device->info.host_accessible && !device->hdp_flush && config_get()->copies != COPIES_ENGINE;
    return true;
}

void device_host_wrote(const struct device *device)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (device->hdp_flush) *device->hdp_flush = 1;
}
