#include "api/platform.h"

#include "api/cl_device.h"
#include "api/external_memory.h"
#include "api/machinery/info.h"
#include "api/machinery/lenient.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

static struct kiln_platform platform;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // guards it; held while devices are found
// Of the devices found so far, the oldest one's, and whether none is without images: what all have.
static _Atomic unsigned generation = UINT_MAX;
static _Atomic bool images = true;

static void generation_note(const struct kiln_device *device)
{
    unsigned its = processor_generation(device->info->name);
    if (its < generation) generation = its;
    if (!device_has_images(device->device)) images = false;
}

// With the lock held. An earlier call may have lacked the memory for some.
static cl_int devices_collect(void)
{
    struct device *const *devices;
    unsigned count;
    cl_int error = devices_find(&devices, &count);
    if (error || platform.device_count == count) return error;
    if (!platform.devices) platform.devices = calloc(count, sizeof *platform.devices);
    if (!platform.devices) return CL_OUT_OF_HOST_MEMORY;
    while (platform.device_count < count) {
        struct kiln_device *device = cl_device_create(devices[platform.device_count]);
        if (!device) return CL_OUT_OF_HOST_MEMORY;
        platform.devices[platform.device_count++] = device;
        generation_note(device);
    }
    return CL_SUCCESS;
}

static bool platform_init(void)
{
    pthread_mutex_lock(&lock);
    bool ready = platform_is(platform_handle(&platform)) || object_init(&platform.object, OBJECT_PLATFORM);
    pthread_mutex_unlock(&lock);
    return ready;
}

// The devices are not found before somebody asks for them: loaders load every driver of a machine into every
// OpenCL program. *count: those there are, which stay.
static cl_int devices_ready(unsigned *count)
{
    pthread_mutex_lock(&lock);
    cl_int error = devices_collect();
    *count = platform.device_count;
    pthread_mutex_unlock(&lock);
    return error;
}

struct kiln_platform *platform_get(void) { return &platform; }

void platform_loader_data_set(void *data)
{
    pthread_mutex_lock(&lock);
    platform.object.loader_data = data;
    for (unsigned i = 0; i < platform.device_count; i++) platform.devices[i]->object.loader_data = data;
    pthread_mutex_unlock(&lock);
}

bool platform_is(cl_platform_id handle) { return handle && object_is(handle, OBJECT_PLATFORM); }

CL_API_ENTRY cl_int CL_API_CALL clGetPlatformIDs(cl_uint entries, cl_platform_id *platforms, cl_uint *count)
{
    if ((!platforms && !count) || (platforms && !entries)) return CL_INVALID_VALUE;
    if (!platform_init()) return CL_OUT_OF_HOST_MEMORY;
    if (platforms) *platforms = platform_handle(&platform);
    if (count) *count = 1;
    return CL_SUCCESS;
}

// The one entry point of the API that the library exports: loaders look it up by name to ask for the suffix.
__attribute__((visibility("default"))) CL_API_ENTRY cl_int CL_API_CALL
clGetPlatformInfo(cl_platform_id handle, cl_platform_info query, size_t size, void *value, size_t *size_ret)
{
    const struct info_out out = {size, value, size_ret};
    static const cl_external_memory_handle_type_khr memory_handle_types[] = {MEMORY_HANDLE_TYPES};
    struct extensions extensions;
    if (!platform_is(handle)) return CL_INVALID_PLATFORM;
    extensions_of(&extensions, generation, images);
    switch (query) {
    case CL_PLATFORM_PROFILE:
        return info_string(&out, "FULL_PROFILE");
    case CL_PLATFORM_VERSION:
        return info_string(&out, "OpenCL 3.1 Kiln " KILN_VERSION);
    case CL_PLATFORM_NUMERIC_VERSION:
        return INFO_SCALAR(&out, cl_version, CL_MAKE_VERSION(3, 1, 0));
    case CL_PLATFORM_NAME:
        return info_string(&out, "Kiln");
    case CL_PLATFORM_VENDOR:
        return info_string(&out, "The Kiln authors");
    case CL_PLATFORM_EXTENSIONS:
        return info_string(&out, extensions.names);
    case CL_PLATFORM_EXTENSIONS_WITH_VERSION:
        return info_bytes(&out, extensions.extensions,
                          extensions.extension_count * sizeof *extensions.extensions);
    case CL_PLATFORM_HOST_TIMER_RESOLUTION:
        return INFO_SCALAR(&out, cl_ulong, 1);
    case CL_PLATFORM_EXTERNAL_MEMORY_IMPORT_HANDLE_TYPES_KHR:
        return info_bytes(&out, memory_handle_types, sizeof memory_handle_types);
    case CL_PLATFORM_SEMAPHORE_TYPES_KHR:
        return INFO_SCALAR(&out, cl_semaphore_type_khr, CL_SEMAPHORE_TYPE_BINARY_KHR);
    case CL_PLATFORM_ICD_SUFFIX_KHR:
        return info_string(&out, "KILN");
    default:
        return CL_INVALID_VALUE;
    }
}

CL_API_ENTRY cl_int CL_API_CALL clGetDeviceIDs(cl_platform_id handle, cl_device_type type, cl_uint entries,
                                               cl_device_id *devices, cl_uint *count)
{
    const cl_device_type known = CL_DEVICE_TYPE_DEFAULT | CL_DEVICE_TYPE_CPU | CL_DEVICE_TYPE_GPU |
                                 CL_DEVICE_TYPE_ACCELERATOR | CL_DEVICE_TYPE_CUSTOM;
    type = lenient_device_type(type);
    if (!platform_is(handle)) return CL_INVALID_PLATFORM;
    if (type != CL_DEVICE_TYPE_ALL && (!type || type & ~known)) return CL_INVALID_DEVICE_TYPE;
    if ((!devices && !count) || (devices && !entries)) return CL_INVALID_VALUE;
    unsigned all;
    cl_int error = devices_ready(&all);
    if (error) return error;
    unsigned found = type & (CL_DEVICE_TYPE_DEFAULT | CL_DEVICE_TYPE_GPU) ? all : 0;
    if (!(type & CL_DEVICE_TYPE_GPU) && found > 1) found = 1; // there is one default device
    if (!found) return CL_DEVICE_NOT_FOUND;
    for (cl_uint i = 0; devices && i < found && i < entries; i++)
        devices[i] = cl_device_handle(platform.devices[i]);
    if (count) *count = found;
    return CL_SUCCESS;
}
