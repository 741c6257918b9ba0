#include "api/machinery/storage.h"

#include "api/cl_device.h"
#include "api/context.h"

#include <stdlib.h>

// The context's devices, malloc'd; NULL: out of memory.
static struct device **devices_of(const struct kiln_context *context)
{
    struct device **devices = calloc(context->device_count, sizeof(struct device *));
    for (unsigned i = 0; devices && i < context->device_count; i++) devices[i] = context->devices[i]->device;
    return devices;
}

static cl_int storage_allocate(const struct kiln_context *context, size_t size, enum device_memory_kind kind,
                               void *user, struct device_memory **storage)
{
    struct device **devices = devices_of(context);
    if (!devices) return CL_OUT_OF_HOST_MEMORY;
    cl_int error = device_memory_create(devices, context->device_count, size, kind, user, storage);
    free(devices);
    return error;
}

cl_int storage_create(struct kiln_context *context, size_t size, enum device_memory_kind kind, void *user,
                      struct device_memory **storage)
{
    struct storage_pool *pool = &context->storage;
    size_t kept = storage_pool_size(size, kind);
    *storage = kept ? storage_pool_take(pool, kept, kind) : NULL;
    if (*storage) return CL_SUCCESS;
    if (kept) size = kept;
    cl_int error = storage_allocate(context, size, kind, user, storage);
    return error && storage_pool_empty(pool) ? storage_allocate(context, size, kind, user, storage) : error;
}

cl_int storage_import(struct kiln_context *context, int file, size_t *size, struct device_memory **storage)
{
    struct device **devices = devices_of(context);
    if (!devices) return CL_OUT_OF_HOST_MEMORY;
    cl_int error = device_memory_import(devices, context->device_count, file, size, storage);
    free(devices);
    return error;
}

void storage_release(struct kiln_context *context, struct device_memory *storage, size_t size,
                     enum device_memory_kind kind)
{
    storage_pool_give(&context->storage, storage, size, kind);
}
