// The platform: there is one, Kiln, and its devices are found when clGetDeviceIDs asks for them.
#pragma once

#include "api/object.h"

struct kiln_device;

struct kiln_platform {
    struct object object;
    struct kiln_device **devices;
    unsigned device_count;
};

struct kiln_platform *platform_get(void);

// Whether a handle is the platform's. NULL is not.
bool platform_is(cl_platform_id);

// Gives the loader's data to the objects that outlive all others: the platform, and the devices found so far.
void platform_loader_data_set(void *);

static inline cl_platform_id platform_handle(const struct kiln_platform *platform)
{
    return (cl_platform_id)(uintptr_t)platform;
}
