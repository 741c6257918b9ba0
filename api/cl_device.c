#include "api/cl_device.h"
#include "api/command_buffer_khr.h"

#include "api/context.h"
#include "api/external_memory.h"
#include "api/machinery/info.h"
#include "api/platform.h"
#include "api/svm.h"
#include "compiler/client/compiler.h"
#include "compiler/spirv.h"

#include <CL/cl_ext.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const cl_uchar driver_uuid[CL_UUID_SIZE_KHR] = "Kiln " KILN_VERSION;

// Of cl_amd_device_attribute_query, not in every header.
#ifndef CL_DEVICE_MAX_REAL_TIME_COMPUTE_QUEUES_AMD
#define CL_DEVICE_MAX_REAL_TIME_COMPUTE_QUEUES_AMD 0x404D
#define CL_DEVICE_MAX_REAL_TIME_COMPUTE_UNITS_AMD  0x404E
#endif

// cl_khr_spirv_queries, not in every header.
#ifndef CL_DEVICE_SPIRV_CAPABILITIES_KHR
#define CL_DEVICE_SPIRV_EXTENDED_INSTRUCTION_SETS_KHR 0x12B9
#define CL_DEVICE_SPIRV_EXTENSIONS_KHR                0x12BA
#define CL_DEVICE_SPIRV_CAPABILITIES_KHR              0x12BB
#endif

// cl_khr_kernel_clock and cl_ext_float_atomics, not in every header.
#ifndef CL_DEVICE_KERNEL_CLOCK_CAPABILITIES_KHR
#define CL_DEVICE_KERNEL_CLOCK_CAPABILITIES_KHR     0x1076
#define CL_DEVICE_KERNEL_CLOCK_SCOPE_DEVICE_KHR     (1 << 0)
#define CL_DEVICE_KERNEL_CLOCK_SCOPE_WORK_GROUP_KHR (1 << 1)
#define CL_DEVICE_KERNEL_CLOCK_SCOPE_SUB_GROUP_KHR  (1 << 2)
#endif
#ifndef CL_DEVICE_SINGLE_FP_ATOMIC_CAPABILITIES_EXT
#define CL_DEVICE_SINGLE_FP_ATOMIC_CAPABILITIES_EXT 0x4231
#define CL_DEVICE_DOUBLE_FP_ATOMIC_CAPABILITIES_EXT 0x4232
#define CL_DEVICE_HALF_FP_ATOMIC_CAPABILITIES_EXT   0x4233
#define CL_DEVICE_GLOBAL_FP_ATOMIC_LOAD_STORE_EXT   (1 << 0)
#define CL_DEVICE_GLOBAL_FP_ATOMIC_ADD_EXT          (1 << 1)
#define CL_DEVICE_GLOBAL_FP_ATOMIC_MIN_MAX_EXT      (1 << 2)
#define CL_DEVICE_LOCAL_FP_ATOMIC_LOAD_STORE_EXT    (1 << 16)
#define CL_DEVICE_LOCAL_FP_ATOMIC_ADD_EXT           (1 << 17)
#define CL_DEVICE_LOCAL_FP_ATOMIC_MIN_MAX_EXT       (1 << 18)
#endif

static const cl_name_version c_versions[] = {
    {CL_MAKE_VERSION(1, 0, 0), "OpenCL C"}, {CL_MAKE_VERSION(1, 1, 0), "OpenCL C"},
    {CL_MAKE_VERSION(1, 2, 0), "OpenCL C"}, {CL_MAKE_VERSION(3, 0, 0), "OpenCL C"},
    {CL_MAKE_VERSION(3, 1, 0), "OpenCL C"}, // the last: not every device has it
};

struct kiln_device *cl_device_create(struct device *device)
{
    struct kiln_device *created = calloc(1, sizeof *created);
    if (!created) return NULL;
    created->device = device;
    created->info = device_info(device);
    extensions_of(&created->extensions, processor_generation(created->info->name), device_has_images(device));
    if (object_init(&created->object, OBJECT_DEVICE)) return created;
    free(created);
    return NULL;
}

// "gfx1030" is version 10, minor 3, stepping 0.
static cl_uint gfxip_minor(const struct device_info *info)
{
    return processor_generation(info->name) ? (cl_uint)(info->name[strlen(info->name) - 2] - '0') : 0;
}

// Processors with v_dot4_i32_i8 and v_dot4_u32_u8, which take signed or unsigned numbers but not both.
static bool dot_product_accelerated(const struct device_info *info)
{
    static const char *const processors[] = {"gfx906",  "gfx908",  "gfx90a", "gfx94", "gfx95",
                                             "gfx1011", "gfx1012", "gfx103", "gfx11", "gfx12"};
    for (size_t i = 0; i < sizeof processors / sizeof *processors; i++)
        if (!strncmp(info->name, processors[i], strlen(processors[i]))) return true;
    return false;
}

static uint64_t minimum(uint64_t a, uint64_t b) { return a < b ? a : b; }

// What has to be added to times of events, for nanoseconds since 1970.
static cl_ulong timer_offset(const struct kiln_device *device)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (cl_ulong)now.tv_sec * 1000000000 + (cl_ulong)now.tv_nsec - device_clock(device->device);
}

CL_API_ENTRY cl_int CL_API_CALL clGetDeviceInfo(cl_device_id handle, cl_device_info query, size_t size,
                                                void *value, size_t *size_ret)
{
    if (!cl_device_is(handle)) return CL_INVALID_DEVICE;
    const struct info_out out = {size, value, size_ret};
    const struct kiln_device *device = cl_device_from(handle);
    const struct device_info *info = device->info;
    static const cl_external_memory_handle_type_khr memory_handle_types[] = {MEMORY_HANDLE_TYPES};
    const size_t sub_group_sizes[] = {info->wavefront_size, 64}; // processors with waves of 32 have both
    const size_t work_item_sizes[] = {DEVICE_GROUP_SIZE, DEVICE_GROUP_SIZE, DEVICE_GROUP_SIZE};
    const cl_device_pci_bus_info_khr pci = {info->pci_domain, info->pci_bus, info->pci_device,
                                            info->pci_function};
    const cl_device_topology_amd topology = {.pcie = {.type = CL_DEVICE_TOPOLOGY_TYPE_PCIE_AMD,
                                                      .bus = (cl_char)info->pci_bus,
                                                      .device = (cl_char)info->pci_device,
                                                      .function = (cl_char)info->pci_function}};
    // Of each format: what the processor has no instruction for is a loop that compares and exchanges.
    const cl_bitfield float_atomics =
        CL_DEVICE_GLOBAL_FP_ATOMIC_LOAD_STORE_EXT | CL_DEVICE_GLOBAL_FP_ATOMIC_ADD_EXT |
        CL_DEVICE_GLOBAL_FP_ATOMIC_MIN_MAX_EXT | CL_DEVICE_LOCAL_FP_ATOMIC_LOAD_STORE_EXT |
        CL_DEVICE_LOCAL_FP_ATOMIC_ADD_EXT | CL_DEVICE_LOCAL_FP_ATOMIC_MIN_MAX_EXT;
    const struct extensions *extensions = &device->extensions;
    const bool half = extensions_have(extensions, "cl_khr_fp16");
    const cl_bool sub_groups = extensions_have(extensions, "__opencl_c_subgroups");
    // Of memory that the host reaches, too.
    const cl_bitfield usm_host =
        CL_UNIFIED_SHARED_MEMORY_ACCESS_INTEL | CL_UNIFIED_SHARED_MEMORY_CONCURRENT_ACCESS_INTEL |
        (info->host_atomics ? CL_UNIFIED_SHARED_MEMORY_ATOMIC_ACCESS_INTEL |
                                  CL_UNIFIED_SHARED_MEMORY_CONCURRENT_ATOMIC_ACCESS_INTEL
                            : 0);
    const cl_bool dot4 = dot_product_accelerated(info);
    const cl_device_integer_dot_product_acceleration_properties_khr dot_product = {
        .signed_accelerated = dot4, .unsigned_accelerated = dot4};
    const struct device_image_limits *limits = device_image_limits(device->device);
    const bool images = device_has_images(device->device);
    const uint64_t unused = device_memory_free(device->device);
    // In KB: all, and the largest block.
    const size_t free_memory[] = {unused / 1024, minimum(unused, info->max_alloc_size) / 1024};
    const bool partitioned = info->compute_units > 1;
    const cl_device_partition_property partitions[] = {CL_DEVICE_PARTITION_EQUALLY,
                                                       CL_DEVICE_PARTITION_BY_COUNTS};
    cl_uint capabilities[SPIRV_CAPABILITY_COUNT];
    switch (query) {
#define SCALAR(query, type, value)                                                                           \
    case query:                                                                                              \
        return INFO_SCALAR(&out, type, value);
#define TEXT(query, string)                                                                                  \
    case query:                                                                                              \
        return info_string(&out, string);
#define BYTES(query, pointer, size)                                                                          \
    case query:                                                                                              \
        return info_bytes(&out, pointer, size);
#include "api/device_info.def"
#undef SCALAR
#undef TEXT
#undef BYTES
    default:
        return CL_INVALID_VALUE;
    }
}

// Device and host time are one clock.
CL_API_ENTRY cl_int CL_API_CALL clGetDeviceAndHostTimer(cl_device_id device, cl_ulong *device_time,
                                                        cl_ulong *host_time)
{
    if (!cl_device_is(device)) return CL_INVALID_DEVICE;
    if (!device_time || !host_time) return CL_INVALID_VALUE;
    *device_time = *host_time = device_clock(cl_device_from(device)->device);
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clGetHostTimer(cl_device_id device, cl_ulong *host_time)
{
    if (!cl_device_is(device)) return CL_INVALID_DEVICE;
    if (!host_time) return CL_INVALID_VALUE;
    *host_time = device_clock(cl_device_from(device)->device);
    return CL_SUCCESS;
}
