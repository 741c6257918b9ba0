#include "api/machinery/fill.h"

#include <string.h>

enum { PATTERN_SIZE_MAX = 128 }; // sizeof(cl_long16)

struct fill {
    struct kiln_memory *memory; // retained; NULL
    uint8_t *to;
    size_t size, pattern_size;
    uint8_t pattern[PATTERN_SIZE_MAX];
};

bool fill_is_valid(const void *pattern, size_t pattern_size, uintptr_t start, size_t size)
{
    return pattern && pattern_size && pattern_size <= PATTERN_SIZE_MAX &&
           !(pattern_size & (pattern_size - 1)) && start % pattern_size == 0 && size % pattern_size == 0;
}

static cl_int fill_submit(void *payload, struct device_queue *queue, const struct device_command *command)
{
    const struct fill *fill = payload;
    if (!fill->size) return device_queue_barrier(queue, command);
    return device_queue_fill(queue, command, fill->to, fill->pattern, fill->pattern_size, fill->size);
}

static void fill_release(void *payload)
{
    struct fill *fill = payload;
    if (fill->memory) memory_release(fill->memory);
}

cl_int fill_enqueue(const struct command_request *request, struct kiln_memory *memory, uint8_t *to,
                    const void *pattern, size_t pattern_size, size_t size)
{
    static const struct command_kind kind = {.submit = fill_submit, .release = fill_release};
    struct command *command;
    void *payload;
    cl_int error = command_create(request, &kind, sizeof(struct fill), &command, &payload);
    if (error) return error;
    struct fill *fill = payload;
    *fill = (struct fill){.memory = memory, .to = to, .size = size, .pattern_size = pattern_size};
    memcpy(fill->pattern, pattern, pattern_size);
    if (memory) memory_retain(memory);
    return command_enqueue(request, command);
}
