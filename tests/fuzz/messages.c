// What the driver and kilnc say to each other, both ways.
#include "compiler/compile_task.h"
#include "compiler/protocol.h"
#include "compiler/translate_task.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request request;
    struct compiler_result result;
    struct compile_task compile;
    struct translate_task translate;
    if (!request_decode(data, size, &request)) data = request.payload.data, size = request.payload.size;
    if (!compile_task_decode(data, size, &compile)) compile_task_free(&compile);
    if (!translate_task_decode(data, size, &translate) && translate.entry >= translate.code_size) return -1;
    if (!answer_decode(data, size, &result)) compiler_result_free(&result);
    return 0;
}
