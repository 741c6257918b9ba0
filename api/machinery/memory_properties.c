#include "api/machinery/memory_properties.h"

#include "api/cl_device.h"
#include "api/context.h"
#include "api/device_address.h"
#include "api/external_memory.h"

#include <limits.h>

enum { ADDRESS = 1, HANDLE = 2, DEVICES = 4 }; // each is there once at most

static unsigned kind_of(cl_mem_properties name)
{
    static const cl_mem_properties handles[] = {MEMORY_HANDLE_TYPES};
    for (size_t i = 0; i < sizeof handles / sizeof *handles; i++)
        if (name == handles[i]) return HANDLE;
    return name == CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT ? ADDRESS
           : name == CL_DEVICE_HANDLE_LIST_KHR       ? DEVICES
                                                     : 0;
}

// What follows a property's name and value.
static const cl_mem_properties *property_after(const cl_mem_properties *property)
{
    if (kind_of(property[0]) != DEVICES) return property + 2;
    do property++;
    while (*property != CL_DEVICE_HANDLE_LIST_END_KHR);
    return property + 1;
}

static cl_int devices_check(const struct kiln_context *context, const cl_mem_properties *list)
{
    if (*list == CL_DEVICE_HANDLE_LIST_END_KHR) return CL_INVALID_PROPERTY;
    for (; *list != CL_DEVICE_HANDLE_LIST_END_KHR; list++) {
        cl_device_id handle = (cl_device_id)(uintptr_t)*list;
        if (!cl_device_is(handle) || !context_has_device(context, cl_device_from(handle)))
            return CL_INVALID_DEVICE;
    }
    return CL_SUCCESS;
}

static cl_int property_read(const struct kiln_context *context, const cl_mem_properties *property,
                            struct memory_properties *properties)
{
    switch (kind_of(property[0])) {
    case ADDRESS:
        properties->has_address = property[1];
        return property[1] <= CL_TRUE ? CL_SUCCESS : CL_INVALID_PROPERTY;
    case HANDLE:
        properties->foreign = true;
        properties->file = (int)property[1];
        return property[1] <= INT_MAX ? CL_SUCCESS : CL_INVALID_PROPERTY;
    default:
        return devices_check(context, property + 1);
    }
}

cl_int memory_properties_read(const struct kiln_context *context, const cl_mem_properties *list,
                              struct memory_properties *properties)
{
    *properties = (struct memory_properties){0};
    if (!list) return CL_SUCCESS;
    unsigned seen = 0;
    const cl_mem_properties *property = list;
    while (*property) {
        unsigned kind = kind_of(*property);
        if (!kind || (seen & kind)) return CL_INVALID_PROPERTY;
        cl_int error = property_read(context, property, properties);
        if (error) return error;
        seen |= kind;
        property = property_after(property);
    }
    properties->count = (size_t)(property - list) + 1;
    return (seen & DEVICES) && !(seen & HANDLE) ? CL_INVALID_PROPERTY : CL_SUCCESS;
}

bool memory_properties_have_device(const cl_mem_properties *list, const struct kiln_device *device)
{
    while (*list && *list != CL_DEVICE_HANDLE_LIST_KHR) list = property_after(list);
    if (!*list) return true;
    while (*++list != CL_DEVICE_HANDLE_LIST_END_KHR)
        if ((cl_device_id)(uintptr_t)*list == cl_device_handle(device)) return true;
    return false;
}
