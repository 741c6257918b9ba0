// Copies and fills against plain C on a mirror in ordinary memory.
#include "fixture.h"

#define AREA (4u << 20)

struct area {
    struct device_queue *queue;
    struct device_memory *memory[2]; // local, host
    uint8_t *bytes[3];               // local, host, pageable
    uint8_t *mirror[3];
};

static int area_open(void **state)
{
    struct area *area = calloc(1, sizeof *area);
    enum device_memory_kind kinds[] = {DEVICE_MEMORY_LOCAL, DEVICE_MEMORY_HOST};
    area->queue = fixture_queue();
    for (int i = 0; i < 3; i++) {
        if (i < 2)
            assert_ok(device_memory_create(&fixture.device, 1, AREA, kinds[i], NULL, &area->memory[i]));
        area->bytes[i] = i < 2 ? device_memory_address(area->memory[i]) : malloc(AREA);
        area->mirror[i] = malloc(AREA);
        fixture_fill(area->mirror[i], AREA, (uint32_t)i + 7);
        struct device_command command = {0};
        assert_ok(device_queue_copy(area->queue, &command, area->bytes[i], area->mirror[i], AREA));
    }
    assert_ok(device_queue_finish(area->queue));
    *state = area;
    return 0;
}

static int area_close(void **state)
{
    struct area *area = *state;
    device_queue_destroy(area->queue);
    for (int i = 0; i < 2; i++) device_memory_destroy(area->memory[i]);
    free(area->bytes[2]);
    for (int i = 0; i < 3; i++) free(area->mirror[i]);
    free(area);
    return 0;
}

static void area_check(struct area *area)
{
    uint8_t *read = malloc(AREA);
    for (int i = 0; i < 3; i++) {
        struct device_command command = {0};
        memset(read, 0, AREA);
        assert_ok(device_queue_copy(area->queue, &command, read, area->bytes[i], AREA));
        assert_ok(device_queue_finish(area->queue));
        assert_memory_equal(read, area->mirror[i], AREA);
    }
    free(read);
}

static void copies_between_all_kinds(void **state)
{
    struct area *area = *state;
    static const size_t sizes[] = {1, 3, 64, 1000, 4097, 65536, 1048577, 1500003};
    uint32_t seed = 3;
    for (int to = 0; to < 3; to++)
        for (int from = 0; from < 3; from++)
            for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
                size_t half = AREA / 2; // the halves do not overlap
                size_t to_offset = fixture_random(&seed) % (half - sizes[i]);
                size_t from_offset = half + fixture_random(&seed) % (half - sizes[i]);
                struct device_command command = {0};
                assert_ok(device_queue_copy(area->queue, &command, area->bytes[to] + to_offset,
                                            area->bytes[from] + from_offset, sizes[i]));
                memcpy(area->mirror[to] + to_offset, area->mirror[from] + from_offset, sizes[i]);
            }
    area_check(area);
}

static void rect_mirror(uint8_t *to, const struct device_rect *to_rect, const uint8_t *from,
                        const struct device_rect *from_rect, const size_t extent[3])
{
    for (size_t z = 0; z < extent[2]; z++)
        for (size_t y = 0; y < extent[1]; y++)
            memcpy(to + z * to_rect->slice_pitch + y * to_rect->row_pitch,
                   from + z * from_rect->slice_pitch + y * from_rect->row_pitch, extent[0]);
}

static void rects_between_all_kinds(void **state)
{
    struct area *area = *state;
    uint32_t seed = 11;
    for (int round = 0; round < 60; round++) {
        int to = round % 3, from = round / 3 % 3;
        size_t extent[3] = {1 + fixture_random(&seed) % 3000, 1 + fixture_random(&seed) % 16,
                            1 + fixture_random(&seed) % 4};
        size_t gap = fixture_random(&seed) % 2 * 5; // tight boxes too
        struct device_rect to_rect = {.row_pitch = extent[0] + gap,
                                      .slice_pitch = (extent[0] + gap) * extent[1] + gap};
        struct device_rect from_rect = {.row_pitch = extent[0],
                                        .slice_pitch = extent[0] * extent[1] + gap * 3};
        size_t to_offset = fixture_random(&seed) % 100000,
               from_offset = AREA / 2 + fixture_random(&seed) % 100000;
        to_rect.base = area->bytes[to] + to_offset;
        from_rect.base = area->bytes[from] + from_offset;
        struct device_command command = {0};
        assert_ok(device_queue_copy_rect(area->queue, &command, &to_rect, &from_rect, extent));
        rect_mirror(area->mirror[to] + to_offset, &to_rect, area->mirror[from] + from_offset, &from_rect,
                    extent);
    }
    area_check(area);
}

static void fill_both(struct device_queue *queue, uint8_t *bytes, uint8_t *mirror, size_t pattern_size,
                      size_t size)
{
    uint8_t pattern[128];
    fixture_fill(pattern, sizeof pattern, 5);
    struct device_command command = {0};
    assert_ok(device_queue_fill(queue, &command, bytes, pattern, pattern_size, size));
    for (size_t at = 0; at < size; at++) mirror[at] = pattern[at % pattern_size];
}

static void fill_checked(struct area *area, int kind, size_t offset, size_t pattern_size, size_t size)
{
    fill_both(area->queue, area->bytes[kind] + offset, area->mirror[kind] + offset, pattern_size, size);
}

static void fills_of_all_patterns(void **state)
{
    struct area *area = *state;
    static const size_t patterns[] = {1, 2, 4, 8, 12, 16, 32, 64, 128};
    uint32_t seed = 13;
    for (int kind = 0; kind < 3; kind++)
        for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
            size_t size = patterns[i] * (1 + fixture_random(&seed) % (i % 2 ? 9 : 9000));
            fill_checked(area, kind, fixture_random(&seed) % (AREA - size), patterns[i], size);
        }
    area_check(area);
}

static void large_fills(void **state)
{
    struct area *area = *state;
    static const size_t patterns[] = {1, 4, 12, 127, 128};
    uint32_t seed = 17;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        size_t size =
            (AREA / 2 + fixture_random(&seed) % (AREA / 4)) / patterns[i] * patterns[i] + patterns[i];
        fill_checked(area, 0, fixture_random(&seed) % (AREA / 8), patterns[i], size);
        area_check(area);
    }
}

// ---- What several threads copy at once ----------------------------------------------------------------

enum { LARGE = 24 << 20, LARGE_QUEUES = 3 };

struct large {
    struct device_memory *memory;
    uint8_t *bytes, *mirror, *source;
};

static struct large large_open(void)
{
    struct large large = {.mirror = malloc(LARGE), .source = malloc(LARGE)};
    assert_ok(device_memory_create(&fixture.device, 1, LARGE, DEVICE_MEMORY_LOCAL, NULL, &large.memory));
    large.bytes = device_memory_address(large.memory);
    memset(large.bytes, 0, LARGE);
    memset(large.mirror, 0, LARGE);
    fixture_fill(large.source, LARGE, 23);
    return large;
}

static void large_close(struct large *large)
{
    device_memory_destroy(large->memory);
    free(large->mirror);
    free(large->source);
}

// Boxes of long rows, of middling ones with gaps, and of very short ones.
static void large_boxes(void **state)
{
    struct area *area = *state;
    static const struct {
        size_t extent[3], to_gap, from_gap;
    } boxes[] = {
        {{5 << 20, 3, 1}, 4097, 0}, {{50001, 40, 3}, 0, 13}, {{24, 7000, 30}, 8, 1}, {{LARGE, 1, 1}, 0, 0}};
    struct large large = large_open();
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++) {
        const size_t *extent = boxes[i].extent;
        struct device_rect to = {.base = large.bytes, .row_pitch = extent[0] + boxes[i].to_gap};
        struct device_rect from = {.base = large.source, .row_pitch = extent[0] + boxes[i].from_gap};
        to.slice_pitch = to.row_pitch * extent[1];
        from.slice_pitch = from.row_pitch * extent[1] + boxes[i].from_gap;
        struct device_command command = {0};
        assert_ok(device_queue_copy_rect(area->queue, &command, &to, &from, extent));
        rect_mirror(large.mirror, &to, large.source, &from, extent);
        assert_ok(device_queue_finish(area->queue));
        assert_memory_equal(large.bytes, large.mirror, LARGE);
    }
    large_close(&large);
}

static void large_patterns(void **state)
{
    struct area *area = *state;
    static const size_t patterns[] = {1, 4, 12, 127, 128};
    struct large large = large_open();
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        size_t offset = 3 + i, size = (LARGE / 2 + i * 1000) / patterns[i] * patterns[i];
        fill_both(area->queue, large.bytes + offset, large.mirror + offset, patterns[i], size);
        assert_ok(device_queue_finish(area->queue));
        assert_memory_equal(large.bytes, large.mirror, LARGE);
    }
    large_close(&large);
}

// The queues' threads ask for the same helpers.
static void large_copies_at_once(void **state)
{
    struct device_queue *queues[LARGE_QUEUES];
    struct large large = large_open();
    size_t part = LARGE / LARGE_QUEUES;
    (void)state;
    for (int i = 0; i < LARGE_QUEUES; i++) queues[i] = fixture_queue();
    for (int round = 0; round < 10; round++)
        for (size_t i = 0; i < LARGE_QUEUES; i++) {
            struct device_command command = {0};
            uint8_t *to = large.bytes + i * part;
            const uint8_t byte = (uint8_t)round;
            assert_ok(device_queue_fill(queues[i], &command, to, &byte, 1, part));
            assert_ok(device_queue_copy(queues[i], &command, to, large.source + i * part, part - 1));
        }
    for (int i = 0; i < LARGE_QUEUES; i++) {
        assert_ok(device_queue_finish(queues[i]));
        device_queue_destroy(queues[i]);
        assert_memory_equal(large.bytes + (size_t)i * part, large.source + (size_t)i * part, part - 1);
        assert_int_equal(large.bytes[((size_t)i + 1) * part - 1], 9);
    }
    large_close(&large);
}

static void bad_sizes_are_refused(void **state)
{
    struct area *area = *state;
    struct device_command command = {0};
    uint8_t *to = area->bytes[0], *from = area->bytes[1];
    assert_int_equal(device_queue_copy(area->queue, &command, to, from, 0), CL_INVALID_VALUE);
    assert_int_equal(device_queue_fill(area->queue, &command, to, from, 3, 10), CL_INVALID_VALUE);
    assert_int_equal(device_queue_fill(area->queue, &command, to, from, 0, 0), CL_INVALID_VALUE);
    assert_int_equal(device_queue_fill(area->queue, &command, to, from, 129, 129), CL_INVALID_VALUE);
    area_check(area);
}

static void copies_have_times(void **state)
{
    struct area *area = *state;
    struct device_signal *done = fixture_signal();
    struct device_command command = {.done = done};
    struct device_queue_options options = {.profiling = true};
    struct device_queue *queue;
    assert_ok(device_queue_create(fixture.device, &options, &queue));
    uint64_t before = device_clock(fixture.device), start = 0, end = 0;
    assert_ok(device_queue_copy(queue, &command, area->bytes[0], area->mirror[0], AREA));
    assert_ok(device_signal_wait(done));
    assert_true(device_signal_times(done, &start, &end));
    assert_true(before <= start && start < end && end <= device_clock(fixture.device));
    device_queue_destroy(queue);
    device_signal_release(done);
}

int copy_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_between_all_kinds),
        cmocka_unit_test(rects_between_all_kinds),
        cmocka_unit_test(fills_of_all_patterns),
        cmocka_unit_test(large_fills),
        cmocka_unit_test(large_boxes),
        cmocka_unit_test(large_patterns),
        cmocka_unit_test(large_copies_at_once),
        cmocka_unit_test(bad_sizes_are_refused),
        cmocka_unit_test(copies_have_times),
    };
    return cmocka_run_group_tests_name("copies", tests, area_open, area_close);
}
