#include "api/machinery/printf.h"
#include "api/memory.h"
#include "base/log.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct printf_header {
    uint32_t used, size; // bytes: of the records so far, and of the whole buffer
};

struct printf_buffer {
    _Atomic(uint32_t) references;
    struct device_memory *memory;
};

static void printf_buffer_clear(struct printf_buffer *buffer, size_t used)
{
    struct printf_header *header = device_memory_host(buffer->memory);
    memset(header + 1, PRINTF_UNWRITTEN, used);
    *header = (struct printf_header){.used = 0, .size = PRINTF_BUFFER_SIZE};
}

cl_int printf_buffer_create(struct kiln_context *context, struct printf_buffer **out)
{
    struct printf_buffer *buffer = malloc(sizeof *buffer);
    if (!buffer) return CL_OUT_OF_HOST_MEMORY;
    atomic_init(&buffer->references, 1);
    cl_int error = storage_create(context, PRINTF_BUFFER_SIZE, DEVICE_MEMORY_HOST, NULL, &buffer->memory);
    if (error) {
        free(buffer);
        return error;
    }
    printf_buffer_clear(buffer, PRINTF_BUFFER_SIZE - sizeof(struct printf_header));
    *out = buffer;
    return CL_SUCCESS;
}

void printf_buffer_retain(struct printf_buffer *buffer) { atomic_fetch_add(&buffer->references, 1); }

void printf_buffer_release(struct printf_buffer *buffer)
{
    if (atomic_fetch_sub(&buffer->references, 1) != 1) return;
    device_memory_destroy(buffer->memory);
    free(buffer);
}

void *printf_buffer_address(const struct printf_buffer *buffer)
{
    return device_memory_address(buffer->memory);
}

void printf_buffer_print(struct printf_buffer *buffer, const struct program_metadata *metadata)
{
    const struct printf_header *header = device_memory_host(buffer->memory);
    const size_t most = PRINTF_BUFFER_SIZE - sizeof *header, used = header->used < most ? header->used : most;
    bool sound = printf_render(metadata, (const uint8_t *)(header + 1), used, stdout);
    fflush(stdout);
    if (!sound) log_error("a kernel's printf buffer is damaged: some of its output is lost");
    printf_buffer_clear(buffer, used);
}
