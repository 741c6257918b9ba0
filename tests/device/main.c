#include "fixture.h"

#include <stdio.h>

static void *file_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    void *bytes = malloc(1 << 20);
    *size = bytes ? fread(bytes, 1, 1 << 20, file) : 0;
    fclose(file);
    return bytes;
}

static bool fixture_open(void)
{
    struct device *const *devices;
    unsigned count;
    if (devices_find(&devices, &count) != CL_SUCCESS || !count) {
        fprintf(stderr, "no device: %s\n", device_missing_reason());
        return false;
    }
    fixture.device = devices[0];
    size_t size;
    const char *why = "cannot be read";
    void *code = file_read(KERNELS, &size);
    cl_int error =
        code ? device_program_create(fixture.device, code, size, &fixture.program, &why) : CL_INVALID_VALUE;
    free(code);
    if (error != CL_SUCCESS) fprintf(stderr, "%s: %s (%d)\n", KERNELS, why ? why : "no reason", error);
    return error == CL_SUCCESS;
}

int main(void)
{
    if (!fixture_open()) return 1;
    int failed = discovery_tests() + memory_tests() + signal_tests() + copy_tests() + image_tests() +
                 queue_tests() + order_tests() + fault_tests() + refused_thread_tests() + pool_tests();
    device_program_destroy(fixture.program);
    return failed != 0;
}
