#include "api/machinery/printf.h"
#include "api/memory.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

struct printf_header {
    uint32_t used, size; // bytes: of the records so far, and of the whole buffer
};

cl_int printf_buffer_create(struct kiln_context *context, struct device_memory **memory)
{
    cl_int error = storage_create(context, PRINTF_BUFFER_SIZE, DEVICE_MEMORY_HOST, NULL, memory);
    if (error) return error;
    struct printf_header *header = device_memory_host(*memory);
    memset(header, PRINTF_UNWRITTEN, PRINTF_BUFFER_SIZE);
    *header = (struct printf_header){.used = 0, .size = PRINTF_BUFFER_SIZE};
    return CL_SUCCESS;
}

void printf_buffer_print(const struct device_memory *memory, const struct program_metadata *metadata)
{
    const struct printf_header *header = device_memory_host(memory);
    size_t size = header->used, most = PRINTF_BUFFER_SIZE - sizeof *header;
    bool sound = printf_render(metadata, (const uint8_t *)(header + 1), size < most ? size : most, stdout);
    fflush(stdout);
    if (!sound) log_error("a kernel's printf buffer is damaged: some of its output is lost");
}
