// The metadata notes of code objects.
#include "compiler/client/metadata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program_metadata metadata;
    const char *why;
    if (!metadata_parse(data, size, &metadata, &why)) metadata_free(&metadata);
    return 0;
}
