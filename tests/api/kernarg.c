// Hidden arguments, filled in by hand-made metadata over a device of the test's own.
#define _GNU_SOURCE // MAP_ANONYMOUS
#include "api/machinery/kernarg.h"
#include "compiler/launch.h"
#include "fake_device.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

static const struct launch launch = {
    .dimensions = 2,
    .global = {70, 9, 1},
    .offset = {1000, 2000, 3000},
    .groups = {5, 3, 1},
    .local = {16, 4, 1},
    .group_size = 4096,
    .printf_buffer = 0x123456789a,
};
static const struct piece piece = {.first_group = {2, 1, 0}, .items = {38, 5, 1}};

// Its address is all that is looked at.
static const struct device_queue *queue(void) { return (const struct device_queue *)&launch; }

static uint64_t filled(enum argument_kind kind, uint32_t size)
{
    struct argument_metadata argument = {.kind = kind, .offset = 8, .size = size};
    struct kernel_metadata metadata = {.arguments = &argument, .argument_count = 1, .kernarg_size = 24};
    uint64_t block[3] = {UINT64_MAX, 0, UINT64_MAX};
    kernarg_fill_hidden(&metadata, &launch, &piece, queue(), (uint8_t *)block);
    assert_true(block[0] == UINT64_MAX && block[2] == UINT64_MAX);
    return block[1];
}

// All that kernarg_unsupported lets pass has its value.
static void every_hidden_argument(void **state)
{
    (void)state;
    const struct {
        enum argument_kind kind;
        uint32_t size;
        uint64_t value;
    } cases[] = {
        {ARGUMENT_HIDDEN_GLOBAL_OFFSET_X, 8, 1032},
        {ARGUMENT_HIDDEN_GLOBAL_OFFSET_Y, 8, 2004},
        {ARGUMENT_HIDDEN_GLOBAL_OFFSET_Z, 8, 3000},
        {ARGUMENT_HIDDEN_PRINTF_BUFFER, 8, 0x123456789a},
        {ARGUMENT_HIDDEN_BLOCK_COUNT_X, 4, 2},
        {ARGUMENT_HIDDEN_BLOCK_COUNT_Y, 4, 1},
        {ARGUMENT_HIDDEN_BLOCK_COUNT_Z, 4, 1},
        {ARGUMENT_HIDDEN_GROUP_SIZE_X, 2, 16},
        {ARGUMENT_HIDDEN_GROUP_SIZE_Y, 2, 4},
        {ARGUMENT_HIDDEN_GROUP_SIZE_Z, 2, 1},
        {ARGUMENT_HIDDEN_REMAINDER_X, 2, 6},
        {ARGUMENT_HIDDEN_REMAINDER_Y, 2, 1},
        {ARGUMENT_HIDDEN_REMAINDER_Z, 2, 0},
        {ARGUMENT_HIDDEN_GRID_DIMS, 2, 2},
        {ARGUMENT_HIDDEN_DYNAMIC_LDS_SIZE, 4, 4096},
        {ARGUMENT_HIDDEN_PRIVATE_BASE, 4, FAKE_PRIVATE_BASE},
        {ARGUMENT_HIDDEN_SHARED_BASE, 4, FAKE_SHARED_BASE},
        {ARGUMENT_HIDDEN_QUEUE_PTR, 8, (uintptr_t)queue()},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (filled(cases[i].kind, cases[i].size) != cases[i].value) fail_msg("case %zu", i);
}

// Blocks of every size around the launch's words, the last of them up to the end of what 32 bits can say,
// each before a page that nobody may write.
static void nothing_behind_the_block(void **state)
{
    (void)state;
    const size_t page = 4096, reserved = ((size_t)1 << 32) + page;
    uint8_t *memory = mmap(NULL, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(memory != MAP_FAILED);
    uint8_t *end = memory + reserved - page;
    assert_int_equal(mprotect(end - page, page, PROT_READ | PROT_WRITE), 0);
    const uint32_t sizes[] = {4, LAUNCH_END - 1, LAUNCH_END, LAUNCH_END + 1, 1u << 20, UINT32_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint32_t size = sizes[i], most = size < 2 * LAUNCH_END ? size : 2 * LAUNCH_END;
        for (uint32_t back = 4; back <= most; back++) {
            struct argument_metadata argument = {
                .kind = ARGUMENT_HIDDEN_BLOCK_COUNT_X, .offset = size - back, .size = 4};
            struct kernel_metadata metadata = {
                .arguments = &argument, .argument_count = 1, .kernarg_size = size};
            memset(end - back, 0xff, back);
            kernarg_fill_hidden(&metadata, &launch, &piece, queue(), end - size);
            uint32_t groups = UINT32_MAX;
            if (back >= LAUNCH_END) memcpy(&groups, end - back + LAUNCH_GROUPS, sizeof groups);
            if (groups != (back >= LAUNCH_END ? launch.groups[0] : UINT32_MAX))
                fail_msg("%u bytes before the end of %u", back, size);
        }
    }
    assert_int_equal(munmap(memory, reserved), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_hidden_argument),
        cmocka_unit_test(nothing_behind_the_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
