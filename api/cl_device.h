// Device objects: a device of the device layer with an OpenCL handle, which lives as long as the process; and
// sub-devices, which are counted.
#pragma once

#include "api/object.h"
#include "compiler/extensions.h"
#include "device/device_image.h"

struct kiln_device {
    struct object object;
    struct device *device;
    const struct device_info *info;
    struct extensions extensions; // as reported, and as the compiler is told

    // Of a sub-device. `info` is its own then.
    struct kiln_device *parent; // retained
    struct device_units units;
    cl_device_partition_property *partition; // the list that made it
    size_t partition_size;                   // bytes
};

static inline struct kiln_device *cl_device_from(cl_device_id handle) { return (struct kiln_device *)handle; }
static inline cl_device_id cl_device_handle(const struct kiln_device *device)
{
    return (cl_device_id)(uintptr_t)device;
}
static inline bool cl_device_is(cl_device_id handle) { return object_is(handle, OBJECT_DEVICE); }

// A device object for a device. NULL: out of memory.
struct kiln_device *cl_device_create(struct device *);

// What objects that refer to a device do; devices of the platform need neither.
void cl_device_retain(struct kiln_device *);
void cl_device_release(struct kiln_device *);

// CL_DEVICE_MEM_BASE_ADDR_ALIGN, in bytes.
enum { DEVICE_BASE_ALIGN = 128 };

// CL_DEVICE_MAX_WORK_GROUP_SIZE: what clang lets every kernel have that does not ask for more by
// reqd_work_group_size, which goes up to CL_DEVICE_MAX_WORK_GROUP_SIZE_AMD. Larger groups would leave all
// kernels fewer registers.
enum { DEVICE_GROUP_SIZE = 256 };
