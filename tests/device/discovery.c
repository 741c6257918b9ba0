#include "fixture.h"

static void devices_are_found_once(void **state)
{
    (void)state;
    struct device *const *first, *const *second;
    unsigned first_count, second_count;
    assert_ok(devices_find(&first, &first_count));
    assert_ok(devices_find(&second, &second_count));
    assert_ptr_equal(first, second);
    assert_int_equal(first_count, second_count);
    assert_true(first_count >= 1);
}

static void info_is_plausible(void **state)
{
    (void)state;
    const struct device_info *info = device_info(fixture.device);
    assert_string_equal(info->name, "gfx1030");
    assert_string_equal(info->isa, "amdgcn-amd-amdhsa--gfx1030");
    assert_string_not_equal(info->marketing_name, "");
    assert_int_equal(info->vendor_id, 0x1002);
    assert_true(info->compute_units >= 1);
    assert_true(info->clock_mhz >= 1);
    assert_int_equal(info->wavefront_size, 32);
    assert_int_equal(info->max_work_group_size, 1024);
    for (int i = 0; i < 3; i++) assert_int_equal(info->max_work_group_dim[i], 1024);
    for (int i = 0; i < 3; i++) assert_true(info->max_grid_dim[i] >= 1u << 31);
    assert_true(info->memory_size >= 64u << 20);
    assert_in_range(info->max_alloc_size, 64u << 20, info->memory_size);
    assert_int_equal(info->lds_size, 64 << 10);
    assert_true(info->cache_size && info->cache_line_size);
    assert_int_equal(info->max_private_size, 262112);
    assert_true(info->timer_resolution >= 1);
    assert_non_null(strstr(info->driver_version, "ROCr"));
}

static void clock_runs_in_nanoseconds(void **state)
{
    (void)state;
    uint64_t before = device_clock(fixture.device);
    struct device_signal *signal = fixture_signal();
    device_signal_release(signal);
    uint64_t after = device_clock(fixture.device);
    assert_true(after >= before);
    assert_true(after - before < 10000000000);
}

static void broken_code_is_refused(void **state)
{
    (void)state;
    struct device_program *program;
    const char *why = NULL;
    const char *broken[] = {"", "not an ELF file at all", "\177ELF\2\1\1\100\3"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        assert_int_equal(device_program_create(fixture.device, broken[i], strlen(broken[i]), &program, &why),
                         CL_INVALID_BINARY);
        assert_non_null(why);
    }
}

static void kernels_are_found_by_symbol(void **state)
{
    (void)state;
    struct device_code kernel = fixture_kernel("reverse");
    assert_true(kernel.object);
    assert_int_equal(kernel.group_size, 0);
    assert_int_equal(kernel.kernarg_size, 12);
    assert_false(kernel.dynamic_stack);
    assert_int_equal(device_program_kernel(fixture.program, "missing.kd", &kernel), CL_INVALID_KERNEL_NAME);
}

int discovery_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices_are_found_once),      cmocka_unit_test(info_is_plausible),
        cmocka_unit_test(clock_runs_in_nanoseconds),   cmocka_unit_test(broken_code_is_refused),
        cmocka_unit_test(kernels_are_found_by_symbol),
    };
    return cmocka_run_group_tests_name("discovery", tests, NULL, NULL);
}
