// Sub-devices: some of a device's compute units, to which their queues are confined.
#include "api/cl_device.h"

#include <stdlib.h>
#include <string.h>

// A property list read: compute units of each sub-device.
struct partition {
    const cl_device_partition_property *properties;
    size_t property_count; // with the terminating 0
    cl_uint *units;
    cl_uint count;
};

static cl_int units_allocate(struct partition *partition, cl_uint count)
{
    partition->count = count;
    partition->units = calloc(count, sizeof *partition->units);
    return partition->units ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
}

// As many sub-devices of one size as there are; the rest of the units is not used.
static cl_int partition_equally(const struct kiln_device *device, struct partition *partition)
{
    const cl_device_partition_property size = partition->properties[1];
    if (size <= 0 || partition->properties[2]) return CL_INVALID_VALUE;
    if (size > device->info->compute_units) return CL_INVALID_DEVICE_PARTITION_COUNT;
    if (size == device->info->compute_units) return CL_DEVICE_PARTITION_FAILED;
    cl_int error = units_allocate(partition, device->info->compute_units / (cl_uint)size);
    for (cl_uint i = 0; !error && i < partition->count; i++) partition->units[i] = (cl_uint)size;
    partition->property_count = 3;
    return error;
}

// A list of sizes, ended by a 0 of its own.
static cl_int partition_by_counts(const struct kiln_device *device, struct partition *partition)
{
    const cl_device_partition_property *counts = partition->properties + 1;
    const cl_uint most = device->info->compute_units;
    cl_uint listed = 0, total = 0;
    for (; counts[listed] != CL_DEVICE_PARTITION_BY_COUNTS_LIST_END; listed++) {
        if (counts[listed] < 0 || counts[listed] > most - total) return CL_INVALID_DEVICE_PARTITION_COUNT;
        total += (cl_uint)counts[listed];
    }
    if (!listed || counts[listed + 1]) return CL_INVALID_VALUE;
    cl_int error = units_allocate(partition, listed);
    for (cl_uint i = 0; !error && i < listed; i++) partition->units[i] = (cl_uint)counts[i];
    partition->property_count = listed + 3;
    return error;
}

static cl_int partition_read(const struct kiln_device *device, struct partition *partition)
{
    if (!partition->properties) return CL_INVALID_VALUE;
    bool equally = partition->properties[0] == CL_DEVICE_PARTITION_EQUALLY;
    if (!equally && partition->properties[0] != CL_DEVICE_PARTITION_BY_COUNTS) return CL_INVALID_VALUE;
    if (device->info->compute_units < 2) return CL_DEVICE_PARTITION_FAILED;
    return equally ? partition_equally(device, partition) : partition_by_counts(device, partition);
}

static void sub_device_destroy(struct kiln_device *device)
{
    cl_device_release(device->parent);
    free(device->partition);
    free((void *)device->info);
    free(device);
}

void cl_device_retain(struct kiln_device *device)
{
    if (device->parent) object_retain(&device->object);
}

void cl_device_release(struct kiln_device *device)
{
    if (device->parent && object_release(&device->object)) sub_device_destroy(device);
}

static struct kiln_device *sub_device_create(struct kiln_device *parent, const struct partition *partition,
                                             struct device_units units)
{
    struct kiln_device *device = malloc(sizeof *device);
    struct device_info *info = malloc(sizeof *info);
    size_t properties_size = partition->property_count * sizeof *partition->properties;
    cl_device_partition_property *properties = malloc(properties_size);
    if (!device || !info || !properties) {
        free(device);
        free(info);
        free(properties);
        return NULL;
    }
    *device = *parent;
    *info = *parent->info;
    info->compute_units = units.count;
    memcpy(properties, partition->properties, properties_size);
    device->info = info;
    device->units = units;
    device->parent = parent;
    device->partition = properties;
    device->partition_size = properties_size;
    cl_device_retain(parent);
    if (object_init(&device->object, OBJECT_DEVICE)) return device;
    sub_device_destroy(device);
    return NULL;
}

static cl_int sub_devices_create(struct kiln_device *parent, const struct partition *partition,
                                 cl_device_id *devices)
{
    struct device_units units = {.first = parent->units.first};
    for (cl_uint i = 0; i < partition->count; i++, units.first += units.count) {
        units.count = partition->units[i];
        bool possible = device_units_check(parent->device, units);
        struct kiln_device *device = possible ? sub_device_create(parent, partition, units) : NULL;
        if (device) {
            devices[i] = cl_device_handle(device);
            continue;
        }
        while (i--) cl_device_release(cl_device_from(devices[i]));
        return possible ? CL_OUT_OF_HOST_MEMORY : CL_DEVICE_PARTITION_FAILED;
    }
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clCreateSubDevices(cl_device_id handle,
                                                   const cl_device_partition_property *properties,
                                                   cl_uint entries, cl_device_id *devices, cl_uint *count)
{
    if (!cl_device_is(handle)) return CL_INVALID_DEVICE;
    struct kiln_device *device = cl_device_from(handle);
    struct partition partition = {.properties = properties};
    cl_int error = partition_read(device, &partition);
    if (!error && devices && entries < partition.count) error = CL_INVALID_VALUE;
    if (!error && devices) error = sub_devices_create(device, &partition, devices);
    if (!error && count) *count = partition.count;
    free(partition.units);
    return error;
}

// Devices of the platform live as long as the process: only sub-devices are counted.
CL_API_ENTRY cl_int CL_API_CALL clRetainDevice(cl_device_id handle)
{
    if (!cl_device_is(handle)) return CL_INVALID_DEVICE;
    if (cl_device_from(handle)->parent) object_retain_handle(&cl_device_from(handle)->object);
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clReleaseDevice(cl_device_id handle)
{
    if (!cl_device_is(handle)) return CL_INVALID_DEVICE;
    struct kiln_device *device = cl_device_from(handle);
    if (device->parent && !object_release_handle(&device->object)) return CL_INVALID_DEVICE;
    cl_device_release(device);
    return CL_SUCCESS;
}
