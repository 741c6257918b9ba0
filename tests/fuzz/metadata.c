// The metadata notes of code objects, and the argument segments that the driver fills by them.
#include "compiler/client/metadata.h"
#include "api/machinery/kernarg.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// What kernarg.c asks of others.
struct device_queue_addresses device_queue_addresses(const struct device_queue *queue)
{
    (void)queue;
    return (struct device_queue_addresses){1, 2, 3};
}

static void segment_fill(const struct kernel_metadata *kernel)
{
    static const struct launch launch = {.dimensions = 3, .local = {1, 1, 1}};
    static const struct piece piece = {.items = {1, 1, 1}};
    uint8_t *block = malloc(kernel->kernarg_size);
    if (block && !kernarg_unsupported(kernel)) kernarg_fill_hidden(kernel, &launch, &piece, NULL, block);
    free(block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program_metadata metadata;
    const char *why;
    if (metadata_parse(data, size, &metadata, &why)) return 0;
    for (uint32_t i = 0; i < metadata.kernel_count; i++) segment_fill(&metadata.kernels[i]);
    metadata_free(&metadata);
    return 0;
}
