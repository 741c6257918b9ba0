// What an application says is a code object: checked before ROCr sees it.
#include "api/machinery/code_object.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return !code_object_check(data, size) && code_object_variables_size(data, size) == SIZE_MAX ? -1 : 0;
}
