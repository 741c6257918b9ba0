#include "api/machinery/image_devices.h"

#include "api/context.h"

#include <stdlib.h>

struct device *image_device_first(const struct kiln_context *context)
{
    for (unsigned i = 0; i < context->device_count; i++)
        if (device_has_images(context->devices[i]->device)) return context->devices[i]->device;
    return NULL;
}

static bool list_has(const struct image_devices *devices, const struct device *device)
{
    for (unsigned i = 0; i < devices->count; i++)
        if (devices->list[i] == device) return true;
    return false;
}

bool image_devices_find(const struct kiln_context *context, struct image_devices *devices)
{
    *devices = (struct image_devices){.list = calloc(context->device_count, sizeof(struct device *))};
    if (!devices->list) return false;
    for (unsigned i = 0; i < context->device_count; i++) {
        struct device *device = context->devices[i]->device;
        if (device_has_images(device) && !list_has(devices, device)) devices->list[devices->count++] = device;
    }
    return true;
}
