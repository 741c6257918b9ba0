// Kernels through AQL queues.
#include <stdio.h>
#include <string.h>

#include "support.h"

static struct device device;

static void agent_is_gfx1030(void **state)
{
    (void)state;
    char name[64];
    CHECK(hsa.agent_get_info(device.gpu, HSA_AGENT_INFO_NAME, name));
    assert_string_equal(name, "gfx1030");
    uint32_t units;
    CHECK(hsa.agent_get_info(device.gpu, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT, &units));
    assert_true(units >= 2);
}

static void one_dispatch(void **state)
{
    (void)state;
    enum { GROUPS = 100, ITEMS = 64 };
    uint32_t *out = vram_alloc(&device, GROUPS * ITEMS * 4);
    memset(out, 0, GROUPS * ITEMS * 4);
    hsa_signal_t done = signal_make(1);
    launch(&device, device.queue, &(struct launch){"fill_ids", GROUPS, ITEMS, (uint64_t)out, done});
    signal_wait(done);
    for (uint32_t i = 0; i < GROUPS * ITEMS; i++) assert_int_equal(out[i], 3 * i + 1);
    CHECK(hsa.amd_memory_pool_free(out));
    CHECK(hsa.signal_destroy(done));
}

static int setup(void **state)
{
    (void)state;
    device_open(&device);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    device_close(&device);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agent_is_gfx1030),
        cmocka_unit_test(one_dispatch),
    };
    libraries_open();
    return cmocka_run_group_tests_name("softgpu dispatch", tests, setup, teardown);
}
