// Native code as the software GPU loads it. It is not run.
#include "device/softgpu/native/loader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const void *resolve(const char *name) { return *name == 'h' ? &resolve : NULL; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct loaded loaded;
    unsigned sum = 0;
    if (loader_load(data, size, resolve, &loaded)) return 0;
    for (size_t i = 0; i < loaded.symbol_count; i++) {
        const struct loaded_symbol *symbol = &loaded.symbols[i];
        const unsigned char *bytes = symbol->address;
        for (size_t k = 0; k < symbol->size; k++) sum += bytes[k]; // all within the memory
    }
    loader_free(&loaded);
    return sum == 1 ? -1 : 0;
}
