// What the driver and kilnc say to each other, both ways.
#include "compiler/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request request;
    struct compiler_result result;
    if (!request_decode(data, size, &request)) request_free(&request);
    if (!answer_decode(data, size, &result)) compiler_result_free(&result);
    return 0;
}
