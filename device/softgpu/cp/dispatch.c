// Sources: HSA System Architecture 1.2, section 2.9.6; LLVM's AMDGPUUsage, "Kernel Descriptor" (code object
// v3 and later); <hsa/amd_hsa_kernel_code.h> for the legacy amd_kernel_code_t.
#include "dispatch.h"

#include "device/softgpu/interpreter/fault.h"
#include "device/softgpu/machine/block.h"
#include "device/softgpu/machine/limits.h"
#include "exception.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    SCRATCH_MAX = 262128, // bytes a work-item: what ROCr can tell COMPUTE_TMPRING_SIZE for a wave32
    ENTRY_ALIGNMENT = 256,
    LEGACY_HEADER_SIZE = 256,
    PROPERTY_WAVE32 = 1 << 10,
};

// The first 64 bytes of both kinds of descriptor; what they have in common is at the same place.
struct descriptor {
    uint32_t group_bytes;
    uint32_t private_bytes;
    uint32_t kernarg_bytes;
    uint32_t reserved0;
    int64_t entry_offset;
    uint8_t reserved1[20];
    uint32_t rsrc3;
    uint32_t rsrc1;
    uint32_t rsrc2;
    uint16_t properties;
    uint16_t kernarg_preload;
    uint32_t reserved2;
};
_Static_assert(sizeof(struct descriptor) == 64 && offsetof(struct descriptor, properties) == 56, "");

// Says why and hands on the exception.
__attribute__((format(printf, 4, 5))) static unsigned refuse(unsigned exception, char *why, size_t size,
                                                             const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, size, format, arguments);
    va_end(arguments);
    return exception;
}

// An amd_kernel_code_t has its code right behind it. In a code object of today that cannot be: descriptors
// and code are in segments of their own, with different access rights. Its first words are a version, 1 or
// (ROCr's own) 0.
static bool is_legacy(const struct descriptor *descriptor)
{
    return descriptor->entry_offset == LEGACY_HEADER_SIZE && descriptor->group_bytes <= 1;
}

static unsigned sizes_resolve(const hsa_kernel_dispatch_packet_t *packet, struct dispatch *dispatch,
                              char *why, size_t size)
{
    unsigned dimensions = packet->setup >> HSA_KERNEL_DISPATCH_PACKET_SETUP_DIMENSIONS & 3;
    if (dimensions == 0) return refuse(EXCEPTION_DISPATCH_DIMENSIONS, why, size, "dispatch of no dimensions");
    const uint16_t local[] = {packet->workgroup_size_x, packet->workgroup_size_y, packet->workgroup_size_z};
    const uint32_t global[] = {packet->grid_size_x, packet->grid_size_y, packet->grid_size_z};
    uint64_t items = 1, groups = 1;
    bool countable = true;
    for (unsigned i = 0; i < 3; i++) {
        dispatch->local[i] = i < dimensions ? local[i] : 1;
        dispatch->global[i] = i < dimensions ? global[i] : 1;
        if (dispatch->local[i] == 0 || dispatch->global[i] == 0)
            return refuse(EXCEPTION_DISPATCH_DIMENSIONS, why, size,
                          "dispatch of grid %ux%ux%u in work-groups of %ux%ux%u", global[0], global[1],
                          global[2], local[0], local[1], local[2]);
        dispatch->groups[i] = (dispatch->global[i] - 1) / dispatch->local[i] + 1;
        countable &= !__builtin_mul_overflow(groups, dispatch->groups[i], &groups);
        items *= dispatch->local[i];
    }
    if (!countable)
        return refuse(EXCEPTION_DISPATCH_DIMENSIONS, why, size, "dispatch of 2^64 work-groups or more");
    if (items > GROUP_ITEMS_MAX)
        return refuse(EXCEPTION_DISPATCH_WORK_GROUP, why, size,
                      "dispatch of work-groups of %llu items, more than %d", (unsigned long long)items,
                      GROUP_ITEMS_MAX);
    return 0;
}

static unsigned memory_resolve(const hsa_kernel_dispatch_packet_t *packet,
                               const struct descriptor *descriptor, struct dispatch *dispatch, char *why,
                               size_t size)
{
    uint32_t group = packet->group_segment_size, private = packet->private_segment_size;
    if (!dispatch->legacy_descriptor) {
        if (group < descriptor->group_bytes) group = descriptor->group_bytes;
        if (private < descriptor->private_bytes) private = descriptor->private_bytes;
    }
    if (group > LDS_BYTES_MAX)
        return refuse(EXCEPTION_DISPATCH_GROUP_SIZE, why, size, "dispatch with %u bytes of LDS, more than %d",
                      group, LDS_BYTES_MAX);
    if (private > SCRATCH_MAX)
        return refuse(EXCEPTION_DISPATCH_CODE, why, size,
                      "dispatch with %u bytes of scratch a work-item, more than %d", private, SCRATCH_MAX);
    dispatch->lds_bytes = group;
    dispatch->scratch_bytes = private;
    return 0;
}

unsigned dispatch_resolve(const hsa_kernel_dispatch_packet_t *packet, struct dispatch *dispatch, char *why,
                          size_t size)
{
    unsigned exception = sizes_resolve(packet, dispatch, why, size);
    if (exception) return exception;
    struct descriptor descriptor;
    uint64_t object = packet->kernel_object;
    if (object % 4 || !block_read(&descriptor, object, sizeof descriptor, guarded_read_anywhere))
        return refuse(EXCEPTION_DISPATCH_CODE, why, size,
                      "dispatch of kernel object 0x%llx, which is not there", (unsigned long long)object);
    dispatch->packet = packet;
    dispatch->kernarg = (uint64_t)packet->kernarg_address;
    dispatch->kernel_object = object;
    dispatch->entry = object + (uint64_t)descriptor.entry_offset;
    dispatch->rsrc1 = descriptor.rsrc1;
    dispatch->rsrc2 = descriptor.rsrc2;
    dispatch->rsrc3 = descriptor.rsrc3;
    dispatch->properties = descriptor.properties;
    dispatch->legacy_descriptor = is_legacy(&descriptor);
    dispatch->wave64 = !(descriptor.properties & PROPERTY_WAVE32);
    if (descriptor.entry_offset == 0 || dispatch->entry % ENTRY_ALIGNMENT)
        return refuse(EXCEPTION_DISPATCH_CODE, why, size,
                      "dispatch of kernel object 0x%llx, which is no kernel", (unsigned long long)object);
    return memory_resolve(packet, &descriptor, dispatch, why, size);
}
