// Creating buffers.
#include "api/cl_device.h"
#include "api/context.h"
#include "api/device_address.h"
#include "api/machinery/info.h"
#include "api/machinery/memory_flags.h"
#include "api/memory.h"
#include "api/svm.h"

#include <stdlib.h>
#include <string.h>

// There is one property. A list may also be nothing but its end; it is kept for CL_MEM_PROPERTIES.
static cl_int properties_copy(struct kiln_memory *memory, const cl_mem_properties *properties)
{
    if (!properties) return CL_SUCCESS;
    size_t count = properties[0] ? 3 : 1;
    if (properties[0]) {
        bool known = properties[0] == CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT && properties[1] <= CL_TRUE;
        if (!known || properties[2]) return CL_INVALID_PROPERTY;
        memory->has_address = properties[1];
    }
    memory->properties = malloc(count * sizeof *memory->properties);
    if (!memory->properties) return CL_OUT_OF_HOST_MEMORY;
    memcpy(memory->properties, properties, count * sizeof *memory->properties);
    memory->property_count = count;
    return CL_SUCCESS;
}

// CL_INVALID_BUFFER_SIZE for a buffer that no device of the context could hold.
static cl_int size_check(const struct kiln_context *context, size_t size)
{
    for (unsigned i = 0; size && i < context->device_count; i++)
        if (size <= context->devices[i]->info->max_alloc_size) return CL_SUCCESS;
    return CL_INVALID_BUFFER_SIZE;
}

static cl_int buffer_check(const struct kiln_context *context, cl_mem_flags flags, size_t size,
                           const void *host)
{
    if (!memory_flags_valid(flags)) return CL_INVALID_VALUE;
    cl_int error = size_check(context, size);
    if (error) return error;
    bool wants_host = flags & (CL_MEM_USE_HOST_PTR | CL_MEM_COPY_HOST_PTR);
    return wants_host == (host != NULL) ? CL_SUCCESS : CL_INVALID_HOST_PTR;
}

// Memory of clSVMAlloc, for CL_MEM_USE_HOST_PTR and CL_MEM_COPY_HOST_PTR: CL_INVALID_BUFFER_SIZE where the
// buffer would go beyond it. A buffer that uses it shares its storage.
static cl_int svm_take(struct kiln_memory *memory, const void *host)
{
    struct svm_allocation *svm = host ? svm_find(memory->context, host) : NULL;
    if (!svm) return CL_SUCCESS;
    bool within = svm_contains(svm, host, memory->size);
    if (within && memory->host_pointer) {
        memory->svm = svm;
        memory->storage = svm->storage;
        memory->offset = (size_t)((const uint8_t *)host - svm->begin);
    } else {
        svm_release(svm);
    }
    return within ? CL_SUCCESS : CL_INVALID_BUFFER_SIZE;
}

static cl_int storage_open(struct kiln_memory *memory)
{
    if (memory->svm) return CL_SUCCESS;
    return storage_create(memory->context, memory->size, memory_kind(memory->flags), memory->host_pointer,
                          &memory->storage);
}

// Copies `data` into storage that the host cannot reach, by way of a queue that lives for this copy only.
static cl_int storage_upload(struct kiln_memory *memory, const void *data)
{
    struct device_queue *queue;
    struct device_queue_options options = {0};
    cl_int error = device_queue_create(memory->context->devices[0]->device, &options, &queue);
    if (error) return error;
    struct device_command command = {0};
    error = device_queue_copy(queue, &command, memory_address(memory), data, memory->size);
    cl_int fault = device_queue_finish(queue);
    device_queue_destroy(queue);
    return error ? error : fault;
}

static cl_int storage_fill(struct kiln_memory *memory, const void *data)
{
    uint8_t *host = memory_host(memory);
    if (!host) return storage_upload(memory, data);
    memcpy(host, data, memory->size);
    device_memory_host_wrote(memory->storage);
    return CL_SUCCESS;
}

static void buffer_free(struct kiln_memory *memory)
{
    if (memory->svm)
        svm_release(memory->svm);
    else if (memory->storage)
        storage_release(memory->context, memory->storage, memory->size, memory_kind(memory->flags));
    memory_free(memory);
}

static cl_int buffer_create(struct kiln_context *context, const cl_mem_properties *properties,
                            cl_mem_flags flags, size_t size, void *host, struct kiln_memory **result)
{
    cl_int error = buffer_check(context, flags, size, host);
    if (error) return error;
    struct kiln_memory *memory = memory_new(CL_MEM_OBJECT_BUFFER);
    if (!memory) return CL_OUT_OF_HOST_MEMORY;
    memory->context = context;
    memory->flags = flags;
    memory->size = size;
    if (flags & CL_MEM_USE_HOST_PTR) memory->host_pointer = host;
    error = properties_copy(memory, properties);
    if (!error) error = svm_take(memory, host);
    if (!error) error = storage_open(memory);
    if (!error && (flags & CL_MEM_COPY_HOST_PTR)) error = storage_fill(memory, host);
    if (!error && !memory_init(memory)) error = CL_OUT_OF_HOST_MEMORY;
    if (error) {
        buffer_free(memory);
        return error;
    }
    *result = memory;
    return CL_SUCCESS;
}

static cl_mem buffer_new(cl_context context, const cl_mem_properties *properties, cl_mem_flags flags,
                         size_t size, void *host, cl_int *error_out)
{
    if (!context_is(context)) return error_return(error_out, CL_INVALID_CONTEXT);
    struct kiln_memory *memory;
    cl_int error = buffer_create(context_from(context), properties, flags, size, host, &memory);
    if (error) return error_return(error_out, error);
    error_return(error_out, CL_SUCCESS);
    return memory_handle(memory);
}

CL_API_ENTRY cl_mem CL_API_CALL clCreateBuffer(cl_context context, cl_mem_flags flags, size_t size,
                                               void *host, cl_int *error_out)
{
    return buffer_new(context, NULL, flags, size, host, error_out);
}

CL_API_ENTRY cl_mem CL_API_CALL clCreateBufferWithProperties(cl_context context,
                                                             const cl_mem_properties *properties,
                                                             cl_mem_flags flags, size_t size, void *host,
                                                             cl_int *error_out)
{
    return buffer_new(context, properties, flags, size, host, error_out);
}
