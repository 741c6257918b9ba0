// Copies and fills through ROCr: SDMA queues, ROCr's own kernels, and the host.
#include "support.h"

#include <stdlib.h>
#include <string.h>

static struct device device;

enum { GUARD = 64, PIECES_MAX = 9 << 20 };

static uint8_t pattern(size_t i, unsigned seed) { return (uint8_t)((i * 2654435761u >> 13) + seed); }

static void pattern_write(uint8_t *memory, size_t size, unsigned seed)
{
    for (size_t i = 0; i < size; i++) memory[i] = pattern(i, seed);
}

static void pattern_expect(const uint8_t *memory, size_t size, unsigned seed)
{
    for (size_t i = 0; i < size; i++)
        if (memory[i] != pattern(i, seed)) fail_msg("byte %zu is %u, not %u", i, memory[i], pattern(i, seed));
}

static void all_zero(const uint8_t *memory, size_t size)
{
    for (size_t i = 0; i < size; i++) assert_int_equal(memory[i], 0);
}

struct place {
    hsa_agent_t agent;
    uint8_t *memory; // PIECES_MAX + 2 * GUARD bytes
};

static struct place places[3]; // host, vram, vram

static void copy_one(const struct place *to, const struct place *from, size_t size, size_t shift)
{
    static unsigned seed;
    hsa_signal_t done = signal_make(1);
    memset(to->memory, 0, size + 2 * GUARD);
    pattern_write(from->memory + GUARD, size, ++seed);
    CHECK(hsa.amd_memory_async_copy(to->memory + GUARD - shift, to->agent, from->memory + GUARD, from->agent,
                                    size, 0, NULL, done));
    signal_wait(done);
    pattern_expect(to->memory + GUARD - shift, size, seed);
    all_zero(to->memory, GUARD - shift);
    all_zero(to->memory + GUARD - shift + size, GUARD);
}

static void all_directions_and_sizes(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 3, 4, 63, 64, 4095, 4096, 65537, (1 << 20) + 5, PIECES_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int direction = 0; direction < 9; direction++) {
            if (direction % 3 == direction / 3) continue;
            copy_one(&places[direction % 3], &places[direction / 3], sizes[i], 0);
            copy_one(&places[direction % 3], &places[direction / 3], sizes[i], 3);
        }
}

// More copies than the ring (1 MiB) holds packets of, so that it wraps; in order by their signals.
static void many_chained_copies(void **state)
{
    (void)state;
    enum { COUNT = 12000, SIZE = 16 };
    hsa_signal_t done = signal_make(COUNT), gate = signal_make(1);
    pattern_write(places[0].memory, SIZE, 7);
    for (int i = 0; i < COUNT; i++) {
        CHECK(hsa.amd_memory_async_copy(places[1].memory + i * SIZE, device.gpu, places[0].memory, device.cpu,
                                        SIZE, i < 100, i < 100 ? &gate : NULL, done));
        if (i == 200) hsa.signal_store_screlease(gate, 0);
    }
    signal_wait(done);
    for (int i = 0; i < COUNT; i++) pattern_expect(places[1].memory + i * SIZE, SIZE, 7);
}

static void copy_waits_for_its_signals(void **state)
{
    (void)state;
    hsa_signal_t gates[3], done = signal_make(1);
    for (int i = 0; i < 3; i++) gates[i] = signal_make((hsa_signal_value_t)1 << (16 * i));
    memset(places[1].memory, 0, 16);
    CHECK(hsa.amd_memory_async_copy(places[1].memory, device.gpu, places[0].memory, device.cpu, 16, 3, gates,
                                    done));
    pattern_write(places[0].memory, 16, 9);
    for (int i = 0; i < 3; i++) {
        assert_false(signal_waited(done, 0.02));
        hsa.signal_store_screlease(gates[i], 0);
    }
    signal_wait(done);
    pattern_expect(places[1].memory, 16, 9);
}

// Application memory: ROCr locks it or stages it.
static void application_memory(void **state)
{
    (void)state;
    size_t size = (3 << 20) + 17;
    uint8_t *mine = malloc(size), *back = calloc(1, size);
    pattern_write(mine, size, 11);
    CHECK(hsa.memory_copy(places[1].memory, mine, size));
    CHECK(hsa.memory_copy(back, places[1].memory, size));
    pattern_expect(back, size, 11);
    void *locked;
    CHECK(hsa.amd_memory_lock(mine, size, &device.gpu, 1, &locked));
    hsa_signal_t done = signal_make(1);
    pattern_write(mine, size, 12);
    CHECK(hsa.amd_memory_async_copy(places[1].memory, device.gpu, locked, device.cpu, size, 0, NULL, done));
    signal_wait(done);
    pattern_expect(places[1].memory, size, 12);
    CHECK(hsa.amd_memory_unlock(mine));
    free(mine);
    free(back);
}

static void rectangle(void **state)
{
    (void)state;
    enum { PITCH = 260, ROWS = 40, SLICE = PITCH * ROWS, SLICES = 5 };
    for (unsigned element = 1; element <= 4; element *= 2) {
        hsa_signal_t done = signal_make(1);
        hsa_pitched_ptr_t to = {places[1].memory, PITCH, SLICE}, from = {places[0].memory, PITCH, SLICE};
        hsa_dim3_t to_at = {4 * element, 3, 1}, from_at = {8 * element, 5, 2}, range = {25 * element, 20, 3};
        memset(places[1].memory, 0, SLICE * SLICES);
        pattern_write(places[0].memory, SLICE * SLICES, element);
        CHECK(hsa.amd_memory_async_copy_rect(&to, &to_at, &from, &from_at, &range, device.gpu,
                                             hsaHostToDevice, 0, NULL, done));
        signal_wait(done);
        for (size_t z = 0; z < SLICES; z++)
            for (size_t y = 0; y < ROWS; y++)
                for (size_t x = 0; x < PITCH; x++) {
                    int inside = x - to_at.x < range.x && y - to_at.y < range.y && z - to_at.z < range.z;
                    size_t source = (z - 1 + 2) * SLICE + (y - 3 + 5) * PITCH + x - to_at.x + from_at.x;
                    assert_int_equal(places[1].memory[z * SLICE + y * PITCH + x],
                                     inside ? pattern(source, element) : 0);
                }
    }
}

static void fills(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 15, 64, 1000, 300001};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        uint32_t *words = (uint32_t *)places[1].memory;
        memset(words, 0, (counts[i] + 1) * 4);
        CHECK(hsa.amd_memory_fill(words, 0xdeadbe00 + (uint32_t)i, counts[i]));
        for (size_t n = 0; n < counts[i]; n++) assert_int_equal(words[n], 0xdeadbe00 + (uint32_t)i);
        assert_int_equal(words[counts[i]], 0);
    }
}

static void profiled_copies(void **state)
{
    (void)state;
    CHECK(hsa.amd_profiling_async_copy_enable(true));
    uint64_t before, after, frequency;
    CHECK(hsa.system_get_info(HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY, &frequency));
    for (int i = 0; i < 4; i++) {
        hsa_signal_t done = signal_make(1);
        hsa_amd_profiling_async_copy_time_t time;
        CHECK(hsa.system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &before));
        CHECK(hsa.amd_memory_async_copy(places[1].memory, device.gpu, places[0].memory, device.cpu,
                                        PIECES_MAX, 0, NULL, done));
        signal_wait(done);
        CHECK(hsa.system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &after));
        CHECK(hsa.amd_profiling_get_async_copy_time(done, &time));
        uint64_t slack = frequency / 100000;
        assert_true(time.start + slack >= before && time.start < time.end && time.end <= after + slack);
    }
    CHECK(hsa.amd_profiling_async_copy_enable(false));
}

static void pointer_queries(void **state)
{
    (void)state;
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    int local = 0;
    CHECK(hsa.amd_pointer_info(&local, &info, NULL, NULL, NULL));
    assert_int_equal(info.type, HSA_EXT_POINTER_TYPE_UNKNOWN);
    uint32_t count = 0;
    hsa_agent_t *agents = NULL;
    CHECK(hsa.amd_pointer_info(places[1].memory + 100, &info, malloc, &count, &agents));
    assert_int_equal(info.type, HSA_EXT_POINTER_TYPE_HSA);
    assert_ptr_equal(info.agentBaseAddress, places[1].memory);
    assert_int_equal(info.agentOwner.handle, device.gpu.handle);
    assert_int_equal(count, 1);
    assert_int_equal(agents[0].handle, device.gpu.handle);
    free(agents);
    CHECK(hsa.amd_pointer_info(places[0].memory, &info, NULL, NULL, NULL));
    assert_int_equal(info.agentOwner.handle, device.cpu.handle);
}

static void memory_runs_out(void **state)
{
    (void)state;
    size_t size;
    void *blocks[64];
    int count = 0;
    CHECK(hsa.amd_memory_pool_get_info(device.vram, HSA_AMD_MEMORY_POOL_INFO_SIZE, &size));
    while (count < 64 &&
           hsa.amd_memory_pool_allocate(device.vram, size / 16, 0, &blocks[count]) == HSA_STATUS_SUCCESS)
        count++;
    assert_true(count >= 14 && count <= 16);
    for (int i = 0; i < count; i++) CHECK(hsa.amd_memory_pool_free(blocks[i]));
    CHECK(hsa.amd_memory_pool_allocate(device.vram, size / 16, 0, &blocks[0]));
    CHECK(hsa.amd_memory_pool_free(blocks[0]));
}

static int setup(void **state)
{
    (void)state;
    device_open(&device);
    size_t size = PIECES_MAX + 2 * GUARD;
    places[0] = (struct place){device.cpu, host_alloc(&device, size)};
    places[1] = (struct place){device.gpu, vram_alloc(&device, size)};
    places[2] = (struct place){device.gpu, vram_alloc(&device, size)};
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
        cmocka_unit_test(all_directions_and_sizes),
        cmocka_unit_test(many_chained_copies),
        cmocka_unit_test(copy_waits_for_its_signals),
        cmocka_unit_test(application_memory),
        cmocka_unit_test(rectangle),
        cmocka_unit_test(fills),
        cmocka_unit_test(profiled_copies),
        cmocka_unit_test(pointer_queries),
        cmocka_unit_test(memory_runs_out),
    };
    libraries_open();
    return cmocka_run_group_tests_name("softgpu copies", tests, setup, teardown);
}
