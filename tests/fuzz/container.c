// Objects and libraries, as the linker reads them.
#include "compiler/kilnc/container.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct compiler_blob blob = {data, size};
    struct object_list list = {0};
    struct buffer log = {0};
    unsigned sum = 0;
    if (!container_read(&blob, "amdgcn-amd-amdhsa--gfx1030", &list, &log)) {
        for (size_t i = 0; i < list.count; i++) {
            const unsigned char *bytes = list.objects[i].bitcode.data;
            for (size_t k = 0; k < list.objects[i].bitcode.size; k++) sum += bytes[k]; // all within the input
        }
    }
    object_list_free(&list);
    buffer_clear(&log);
    return sum == 1 ? -1 : 0;
}
