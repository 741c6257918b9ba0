// What goes wrong on a queue is that queue's error: it is told with a status and a line of text, and nothing
// else stops.
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct device device;

static void await_error(const struct device *told)
{
    while (!__atomic_load_n(&told->errors, __ATOMIC_ACQUIRE)) usleep(100);
}

// Its queue's error goes to a device of its own, with the executable and agents of the common one.
static hsa_queue_t *victim_open(struct device *victim)
{
    *victim = device;
    victim->errors = 0;
    return queue_open(victim);
}

static void works(void)
{
    uint32_t *word = vram_alloc(&device, 4);
    *word = 1;
    hsa_signal_t done = signal_make(1);
    launch(&device, device.queue, &(struct launch){"add_one", 1, 1, (uint64_t)word, done});
    signal_wait(done);
    assert_int_equal(*word, 2);
}

// Pushes the packet, and expects this status, with a text that holds these words.
static void expect_error(const void *packet, int status, const char *words)
{
    struct device victim;
    char text[256];
    hsa_queue_t *queue = victim_open(&victim);
    assert_int_equal(fault_text(queue, text, sizeof text), 0);
    packet_push(queue, packet);
    await_error(&victim);
    assert_int_equal(victim.error, status);
    assert_true(fault_text(queue, text, sizeof text) > 0);
    if (!strstr(text, words)) fail_msg("\"%s\" does not tell \"%s\"", text, words);
    assert_int_equal(fault_text(queue, NULL, 0), strlen(text));
    works();
    CHECK(hsa.queue_destroy(queue));
    assert_int_equal(victim.errors, 1);
    works();
}

static void kernel_error(const char *kernel, uint32_t groups, uint64_t argument, int status,
                         const char *words)
{
    hsa_kernel_dispatch_packet_t packet;
    hsa_signal_t done = signal_make(1);
    launch_packet(&device, &(struct launch){kernel, groups, 64, argument, done}, &packet);
    expect_error(&packet, status, words);
    assert_int_equal(hsa.signal_load_scacquire(done), 1); // it did not complete
}

static void illegal_instruction(void **state)
{
    (void)state;
    kernel_error("illegal", 1, (uint64_t)vram_alloc(&device, 4), HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION,
                 "illegal instruction");
}

static void trapped(void **state)
{
    (void)state;
    kernel_error("trap", 1, (uint64_t)vram_alloc(&device, 4), HSA_STATUS_ERROR_EXCEPTION, "s_trap");
}

static void memory_fault(void **state)
{
    (void)state;
    int status = HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION;
    kernel_error("store_to", 1, 0, status, "0x0");
    kernel_error("store_to", 1000, 0x591234567000, status, "591234567000");
}

static hsa_kernel_dispatch_packet_t good_packet(void)
{
    hsa_kernel_dispatch_packet_t packet;
    launch_packet(&device, &(struct launch){"fill_ids", 1, 1, (uint64_t)vram_alloc(&device, 4096), {0}},
                  &packet);
    return packet;
}

static void invalid_dispatches(void **state)
{
    (void)state;
    hsa_kernel_dispatch_packet_t packet = good_packet();
    packet.setup = 0;
    expect_error(&packet, HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS, "dimensions");
    packet = good_packet();
    packet.workgroup_size_x = 0;
    expect_error(&packet, HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS, "0x1x1");
    packet = good_packet();
    packet.grid_size_x = 0;
    expect_error(&packet, HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS, "0x1x1");
    packet = good_packet();
    packet.setup = 3;
    packet.grid_size_x = packet.grid_size_y = packet.grid_size_z = UINT32_MAX;
    expect_error(&packet, HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS, "2^64");
    packet = good_packet();
    packet.workgroup_size_x = 1025;
    expect_error(&packet, HSA_STATUS_ERROR_INVALID_ARGUMENT, "1025");
    packet = good_packet();
    packet.group_segment_size = 65537;
    expect_error(&packet, HSA_STATUS_ERROR_INVALID_ALLOCATION, "65537");
    packet = good_packet();
    packet.kernel_object = 0;
    expect_error(&packet, HSA_STATUS_ERROR_INVALID_CODE_OBJECT, "0x0");
    packet = good_packet();
    packet.kernel_object = 0x10000;
    expect_error(&packet, HSA_STATUS_ERROR_INVALID_CODE_OBJECT, "0x10000");
    packet = good_packet();
    packet.kernel_object = (uint64_t)vram_alloc(&device, 4096);
    memset((void *)packet.kernel_object, 0, 4096);
    expect_error(&packet, HSA_STATUS_ERROR_INVALID_CODE_OBJECT, "no kernel");
}

// Memory that the application registered and then took away: a kernel object, and PM4 packets.
static void unmapped_memory(void **state)
{
    (void)state;
    enum { SIZE = 4096 };
    void *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *there;
    assert_true(memory != MAP_FAILED);
    CHECK(hsa.amd_memory_lock(memory, SIZE, &device.gpu, 1, &there));
    assert_int_equal(mprotect(memory, SIZE, PROT_NONE), 0);
    hsa_kernel_dispatch_packet_t packet = good_packet();
    packet.kernel_object = (uint64_t)there;
    expect_error(&packet, HSA_STATUS_ERROR_INVALID_CODE_OBJECT, "not there");
    const struct {
        uint16_t header, format;
        uint32_t pm4[15];
    } pm4 = {HSA_PACKET_TYPE_VENDOR_SPECIFIC,
             1,
             {0xc0023f00, (uint32_t)(uintptr_t)there, (uint32_t)((uint64_t)there >> 32), 16}};
    expect_error(&pm4, HSA_STATUS_ERROR_INVALID_PACKET_FORMAT, "cannot be read");
    assert_int_equal(mprotect(memory, SIZE, PROT_READ | PROT_WRITE), 0);
    CHECK(hsa.amd_memory_unlock(memory));
    assert_int_equal(munmap(memory, SIZE), 0);
}

static void unsupported_packets(void **state)
{
    (void)state;
    hsa_agent_dispatch_packet_t packet = {.header = HSA_PACKET_TYPE_AGENT_DISPATCH};
    expect_error(&packet, HSA_STATUS_ERROR_INVALID_PACKET_FORMAT, "type 4");
    hsa_amd_barrier_value_packet_t vendor = {
        .header = {.header = HSA_PACKET_TYPE_VENDOR_SPECIFIC, .AmdFormat = 77}};
    expect_error(&vendor, HSA_STATUS_ERROR_INVALID_PACKET_FORMAT, "format 77");
    struct {
        uint16_t header, format;
        uint32_t pm4[15];
    } pm4 = {HSA_PACKET_TYPE_VENDOR_SPECIFIC, 1, {0xc0004200}};
    expect_error(&pm4, HSA_STATUS_ERROR_INVALID_PACKET_FORMAT, "c0004200");
}

// A queue can be destroyed under a kernel that never ends, and under a barrier that never opens.
static void destroy_while_busy(void **state)
{
    (void)state;
    uint32_t *word = vram_alloc(&device, 4);
    *word = 0;
    hsa_queue_t *queue = queue_open(&device);
    launch(&device, queue, &(struct launch){"wait_for", 100, 64, (uint64_t)word, {0}});
    works();
    CHECK(hsa.queue_destroy(queue));
    queue = queue_open(&device);
    hsa_signal_t gate = signal_make(1);
    barrier_push(queue, &gate, 1, (hsa_signal_t){0});
    works();
    CHECK(hsa.queue_destroy(queue));
    works();
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
    assert_int_equal(device.errors, 0);
    device_close(&device);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(illegal_instruction), cmocka_unit_test(trapped),
        cmocka_unit_test(memory_fault),        cmocka_unit_test(invalid_dispatches),
        cmocka_unit_test(unmapped_memory),     cmocka_unit_test(unsupported_packets),
        cmocka_unit_test(destroy_while_busy),
    };
    libraries_open();
    return cmocka_run_group_tests_name("softgpu errors", tests, setup, teardown);
}
