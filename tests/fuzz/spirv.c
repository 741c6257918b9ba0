// SPIR-V modules, as kilnc reads them. A corpus: build/tests/spirv/*.spv.
#include "tests/spirv/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer log = {0};
    module_reads(data, size, &log);
    buffer_clear(&log);
    return 0;
}
