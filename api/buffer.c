// Creating buffers.
#include "api/cl_device.h"
#include "api/context.h"
#include "api/device_address.h"
#include "api/machinery/info.h"
#include "api/machinery/memory_flags.h"
#include "api/machinery/memory_properties.h"
#include "api/machinery/upload.h"
#include "api/memory.h"

#include <string.h>

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

struct bytes {
    void *to;
    const void *from;
    size_t size;
};

static cl_int bytes_give(struct device_queue *queue, const struct device_command *command,
                         const void *argument)
{
    const struct bytes *bytes = argument;
    return device_queue_copy(queue, command, bytes->to, bytes->from, bytes->size);
}

static cl_int storage_fill(struct kiln_memory *memory, const void *data)
{
    uint8_t *host = memory_host(memory);
    if (!host)
        return upload_run(memory->context->devices[0]->device, bytes_give,
                          &(struct bytes){memory_address(memory), data, memory->size});
    memcpy(host, data, memory->size);
    device_memory_host_wrote(memory->storage);
    return CL_SUCCESS;
}

// The last of making one. Frees it where that, or what was done before, failed.
static cl_int buffer_finish(struct kiln_memory *memory, cl_int error, struct kiln_memory **result)
{
    if (!error && !memory_init(memory)) error = CL_OUT_OF_HOST_MEMORY;
    if (error) {
        memory_close(memory);
        memory_free(memory);
        return error;
    }
    *result = memory;
    return CL_SUCCESS;
}

static cl_int buffer_create(struct kiln_context *context, const cl_mem_properties *properties,
                            cl_mem_flags flags, size_t size, void *host, struct kiln_memory **result)
{
    struct memory_properties asked;
    cl_int error = buffer_check(context, flags, size, host);
    if (!error) error = memory_properties_read(context, properties, &asked);
    if (!error && asked.foreign && (flags & MEMORY_FLAGS_STORAGE)) error = CL_INVALID_VALUE;
    if (error) return error;
    struct kiln_memory *memory = memory_new(CL_MEM_OBJECT_BUFFER);
    if (!memory) return CL_OUT_OF_HOST_MEMORY;
    memory->context = context;
    memory->flags = flags;
    memory->size = size;
    if (flags & CL_MEM_USE_HOST_PTR) memory->host_pointer = host;
    memory->has_address = asked.has_address;
    if (asked.count) error = memory_properties_keep(memory, properties, asked.count);
    if (!error) error = asked.foreign ? memory_open_foreign(memory, asked.file) : memory_open(memory, host);
    if (!error && (flags & CL_MEM_COPY_HOST_PTR)) error = storage_fill(memory, host);
    return buffer_finish(memory, error, result);
}

cl_int buffer_import(struct kiln_context *context, cl_mem_flags flags, int file, struct kiln_memory **result)
{
    struct kiln_memory *memory = memory_new(CL_MEM_OBJECT_BUFFER);
    if (!memory) return CL_OUT_OF_HOST_MEMORY;
    memory->context = context;
    memory->flags = flags;
    return buffer_finish(memory, memory_open_foreign(memory, file), result);
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
