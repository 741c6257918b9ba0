// Sources: <hsakmttypes.h> for the structures; AMD's RDNA 2 ISA document and LLVM's AMDGPUUsage for gfx1030's
// figures.
#include "topology.h"

#include "device/softgpu/machine/host.h"
#include "device/softgpu/machine/limits.h"
#include "thunk.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    VENDOR_AMD = 0x1002,
    DEVICE_NAVI21 = 0x73bf,
    SIMDS_PER_CU = 2,
    WAVES_PER_SIMD = 16,
    SCRATCH_WAVES_PER_CU = 32,
    CUS_MIN = 2, // ROCr divides by half the number of compute units
    FIRST_CPU_ID = 0,
    FIRST_SIMD_ID = (int)0x80000000,
    DOORBELL_64BIT = 2, // of capability DoorbellType: 64-bit stores of the packet index
    LINK_WEIGHT = 20,   // NUMA distance, one PCIe hop
    MEMORY_WIDTH = 64,  // bits
    CACHE_LINE = 64,
};

// Memory banks of the GPU node, in the order they are told.
static const struct bank {
    HSA_HEAPTYPE heap;
    uint64_t size; // 0: VRAM's
    uint64_t base;
} gpu_banks[] = {
    {HSA_HEAPTYPE_FRAME_BUFFER_PUBLIC, 0, 0},
    {HSA_HEAPTYPE_GPU_LDS, LDS_BYTES_MAX, APERTURE_SHARED},
    {HSA_HEAPTYPE_GPU_SCRATCH, APERTURE_SIZE, APERTURE_PRIVATE},
};

enum { GPU_BANKS = sizeof gpu_banks / sizeof *gpu_banks, CACHE_LEVELS = 3 };

static unsigned compute_units(void)
{
    unsigned threads = host_threads();
    return threads > CUS_MIN ? threads : CUS_MIN;
}

uint64_t topology_vram_size(void) { return host_memory() / 2 / PAGE_SIZE * PAGE_SIZE; }

// The caches both nodes report: the host's, of which the first level is always told.
static unsigned cache_levels(unsigned levels[CACHE_LEVELS])
{
    unsigned count = 0;
    for (unsigned level = 1; level <= CACHE_LEVELS; level++)
        if (level == 1 || host_cache_size(level)) levels[count++] = level;
    return count;
}

HSAKMT_STATUS hsaKmtAcquireSystemProperties(HsaSystemProperties *properties)
{
    REQUIRE_OPEN();
    if (!properties) return HSAKMT_STATUS_INVALID_PARAMETER;
    memset(properties, 0, sizeof *properties);
    properties->NumNodes = NODE_COUNT;
    return HSAKMT_STATUS_SUCCESS;
}

HSAKMT_STATUS hsaKmtReleaseSystemProperties(void) { return HSAKMT_STATUS_SUCCESS; }

static void marketing_name_set(HsaNodeProperties *node, const char *name)
{
    for (size_t i = 0; name[i] && i + 1 < HSA_PUBLIC_NAME_SIZE; i++)
        node->MarketingName[i] = (unsigned char)name[i]; // UTF-16
}

static void cpu_node_describe(HsaNodeProperties *node)
{
    marketing_name_set(node, host_cpu_name());
    node->NumCPUCores = host_cpus();
    node->NumMemoryBanks = 1;
    node->CComputeIdLo = FIRST_CPU_ID;
    node->MaxEngineClockMhzCCompute = host_mhz();
}

static void gpu_node_describe(HsaNodeProperties *node)
{
    unsigned units = compute_units();
    char name[HSA_PUBLIC_NAME_SIZE];
    snprintf(name, sizeof name, "Kiln software GPU, %u threads", host_threads());
    marketing_name_set(node, name);
    memcpy(node->AMDName, "gfx1030", sizeof "gfx1030");
    node->NumFComputeCores = units * SIMDS_PER_CU;
    node->NumMemoryBanks = GPU_BANKS;
    node->FComputeIdLo = (HSAuint32)FIRST_SIMD_ID;
    node->Capability.ui32.QueueSizePowerOfTwo = 1;
    node->Capability.ui32.DoorbellType = DOORBELL_64BIT;
    node->Capability.ui32.CoherentHostAccess = 1;
    node->MaxWavesPerSIMD = WAVES_PER_SIMD;
    node->LDSSizeInKB = LDS_BYTES_MAX / 1024;
    node->WaveFrontSize = 32;
    node->NumShaderBanks = 1;
    node->NumArrays = 1;
    node->NumCUPerArray = units;
    node->NumSIMDPerCU = SIMDS_PER_CU;
    node->MaxSlotsScratchCU = SCRATCH_WAVES_PER_CU;
    node->EngineId.ui32.Major = 10;
    node->EngineId.ui32.Minor = 3;
    node->EngineId.ui32.Stepping = 0;
    node->VendorId = VENDOR_AMD;
    node->DeviceId = DEVICE_NAVI21;
    node->LocationId = 1 << 8; // bus 1, device 0, function 0
    node->LocalMemSize = topology_vram_size();
    node->MaxEngineClockMhzFCompute = host_mhz();
    node->NumSdmaEngines = 2;
    node->NumSdmaQueuesPerEngine = 8;
    node->NumCpQueues = 8;
    node->VGPRSizePerCU = 512 * 1024;
    node->SGPRSizePerCU = 32 * 128 * 4;
}

HSAKMT_STATUS hsaKmtGetNodeProperties(HSAuint32 id, HsaNodeProperties *node)
{
    REQUIRE_OPEN();
    if (!node) return HSAKMT_STATUS_INVALID_PARAMETER;
    if (id >= NODE_COUNT) return HSAKMT_STATUS_INVALID_NODE_UNIT;
    unsigned levels[CACHE_LEVELS];
    memset(node, 0, sizeof *node);
    node->NumCaches = cache_levels(levels);
    node->NumIOLinks = 1;
    node->DrmRenderMinor = -1;
    if (id == NODE_CPU)
        cpu_node_describe(node);
    else
        gpu_node_describe(node);
    return HSAKMT_STATUS_SUCCESS;
}

HSAKMT_STATUS hsaKmtGetNodeMemoryProperties(HSAuint32 id, HSAuint32 count, HsaMemoryProperties *banks)
{
    REQUIRE_OPEN();
    if (!banks) return HSAKMT_STATUS_INVALID_PARAMETER;
    if (id >= NODE_COUNT) return HSAKMT_STATUS_INVALID_NODE_UNIT;
    static const struct bank cpu_bank = {HSA_HEAPTYPE_SYSTEM, 0, 0};
    const struct bank *from = id == NODE_CPU ? &cpu_bank : gpu_banks;
    HSAuint32 have = id == NODE_CPU ? 1 : GPU_BANKS;
    uint64_t whole = id == NODE_CPU ? host_memory() / PAGE_SIZE * PAGE_SIZE : topology_vram_size();

    memset(banks, 0, count * sizeof *banks);
    for (HSAuint32 i = 0; i < count && i < have; i++) {
        banks[i].HeapType = from[i].heap;
        banks[i].SizeInBytes = from[i].size ? from[i].size : whole;
        banks[i].VirtualBaseAddress = from[i].base;
        banks[i].Width = MEMORY_WIDTH;
        banks[i].MemoryClockMax = host_mhz();
    }
    return HSAKMT_STATUS_SUCCESS;
}

HSAKMT_STATUS hsaKmtGetNodeCacheProperties(HSAuint32 id, HSAuint32 processor, HSAuint32 count,
                                           HsaCacheProperties *caches)
{
    REQUIRE_OPEN();
    if (!caches) return HSAKMT_STATUS_INVALID_PARAMETER;
    if (id >= NODE_COUNT) return HSAKMT_STATUS_INVALID_NODE_UNIT;
    unsigned levels[CACHE_LEVELS];
    unsigned have = cache_levels(levels);
    memset(caches, 0, count * sizeof *caches);
    for (unsigned i = 0; i < count && i < have; i++) {
        uint64_t size = host_cache_size(levels[i]);
        caches[i].ProcessorIdLow = processor;
        caches[i].CacheLevel = levels[i];
        caches[i].CacheSize = (HSAuint32)(size / 1024);
        caches[i].CacheLineSize = CACHE_LINE;
        caches[i].CacheType.ui32.Data = 1;
        caches[i].CacheType.ui32.CPU = id == NODE_CPU;
        caches[i].CacheType.ui32.HSACU = id == NODE_GPU;
    }
    return HSAKMT_STATUS_SUCCESS;
}

HSAKMT_STATUS hsaKmtGetNodeIoLinkProperties(HSAuint32 id, HSAuint32 count, HsaIoLinkProperties *links)
{
    REQUIRE_OPEN();
    if (!links) return HSAKMT_STATUS_INVALID_PARAMETER;
    if (id >= NODE_COUNT) return HSAKMT_STATUS_INVALID_NODE_UNIT;
    memset(links, 0, count * sizeof *links);
    if (count == 0) return HSAKMT_STATUS_SUCCESS;
    links->IoLinkType = HSA_IOLINKTYPE_PCIEXPRESS;
    links->NodeFrom = id;
    links->NodeTo = id == NODE_CPU ? NODE_GPU : NODE_CPU;
    links->Weight = LINK_WEIGHT;
    return HSAKMT_STATUS_SUCCESS;
}

// gfx1030's GB_ADDR_CONFIG; the tile mode tables are of older devices.
HSAKMT_STATUS hsaKmtGetTileConfig(HSAuint32 id, HsaGpuTileConfig *config)
{
    REQUIRE_OPEN();
    enum { GB_ADDR_CONFIG = 0x444 };
    if (!config) return HSAKMT_STATUS_INVALID_PARAMETER;
    if (id != NODE_GPU) return HSAKMT_STATUS_INVALID_NODE_UNIT;
    config->NumTileConfigs = 0;
    config->NumMacroTileConfigs = 0;
    config->GbAddrConfig = GB_ADDR_CONFIG;
    config->NumBanks = 0;
    config->NumRanks = 0;
    return HSAKMT_STATUS_SUCCESS;
}
