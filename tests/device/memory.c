#include "fixture.h"

static void every_kind_is_reached_by_kernels(enum device_memory_kind kind, void *user, size_t size)
{
    struct device_memory *memory;
    assert_ok(device_memory_create(&fixture.device, 1, size, kind, user, &memory));
    uint32_t *words = device_memory_host(memory);
    void *address = device_memory_address(memory);
    assert_non_null(words);
    if (!user) assert_int_equal((uintptr_t)words % 128, 0);
    if (user) assert_ptr_equal(words, user);
    fixture_fill(words, size, 1);
    uint32_t *expected = malloc(size);
    memcpy(expected, words, size);
    struct device_queue *queue = fixture_queue();
    assert_ok(fixture_start(queue, NULL, "increment", &address, sizeof address, (uint32_t)(size / 4)));
    assert_ok(device_queue_finish(queue));
    for (size_t i = 0; i < size / 4; i++) assert_int_equal(words[i], expected[i] + 1);
    device_queue_destroy(queue);
    device_memory_destroy(memory);
    free(expected);
}

static void local_memory(void **state)
{
    (void)state;
    every_kind_is_reached_by_kernels(DEVICE_MEMORY_LOCAL, NULL, 4096);
    every_kind_is_reached_by_kernels(DEVICE_MEMORY_LOCAL, NULL, 3u << 20);
}

static void host_memory(void **state)
{
    (void)state;
    every_kind_is_reached_by_kernels(DEVICE_MEMORY_HOST, NULL, 65536);
}

static void user_memory(void **state)
{
    (void)state;
    uint8_t *block = malloc(65536 + 64);
    uint8_t *user = (uint8_t *)(((uintptr_t)block + 63) & ~(uintptr_t)63); // in the middle of a page
    every_kind_is_reached_by_kernels(DEVICE_MEMORY_USER, user, 65536);
    free(block);
}

static void sizes_are_checked(void **state)
{
    (void)state;
    struct device_memory *memory;
    uint8_t byte;
    assert_int_equal(
        device_memory_create(&fixture.device, 1, (size_t)1 << 50, DEVICE_MEMORY_LOCAL, NULL, &memory),
        CL_MEM_OBJECT_ALLOCATION_FAILURE);
    assert_int_equal(
        device_memory_create(&fixture.device, 1, (size_t)1 << 50, DEVICE_MEMORY_HOST, NULL, &memory),
        CL_MEM_OBJECT_ALLOCATION_FAILURE);
    assert_int_equal(device_memory_create(&fixture.device, 1, 0, DEVICE_MEMORY_LOCAL, NULL, &memory),
                     CL_INVALID_VALUE);
    assert_int_equal(device_memory_create(&fixture.device, 1, 1, DEVICE_MEMORY_LOCAL, &byte, &memory),
                     CL_INVALID_VALUE);
}

static void memory_is_given_back(void **state)
{
    (void)state;
    size_t size = device_info(fixture.device)->max_alloc_size / 8 & ~(size_t)4095;
    for (int i = 0; i < 100; i++) { // many times what there is
        struct device_memory *memory;
        assert_ok(device_memory_create(&fixture.device, 1, size, DEVICE_MEMORY_LOCAL, NULL, &memory));
        device_memory_destroy(memory);
    }
}

int memory_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(local_memory),         cmocka_unit_test(host_memory),
        cmocka_unit_test(user_memory),          cmocka_unit_test(sizes_are_checked),
        cmocka_unit_test(memory_is_given_back),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
