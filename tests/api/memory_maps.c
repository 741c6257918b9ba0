// The record of mappings against a list of them, and that no list is walked: what is looked at for one
// mapping hardly grows with the number of those there are. The looks are counted (-Wl,--wrap), not timed.
#include "api/machinery/memory_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS = 128, TILES = ROWS * ROWS, MANY = 400, ROUNDS = 20000, EXTENT = 24 };

static unsigned long looks;

bool __real_image_boxes_overlap(const struct image_box *, const struct image_box *);
bool __wrap_image_boxes_overlap(const struct image_box *, const struct image_box *);
bool __wrap_image_boxes_overlap(const struct image_box *a, const struct image_box *b)
{
    looks++;
    return __real_image_boxes_overlap(a, b);
}

static uint32_t random_state = 1;
static uint32_t random_below(uint32_t end)
{
    random_state = random_state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)random_state * end >> 32);
}

static const struct kiln_memory *const owners[2] = {(const struct kiln_memory *)&owners[0],
                                                    (const struct kiln_memory *)&owners[1]};
static uint8_t places[8]; // few: many mappings have the same pointer

// ---- Against a list -----------------------------------------------------------------------------------

static struct memory_map *listed[MANY + 1]; // oldest first; NULL behind the newest
static unsigned count;

static bool list_overlaps(const struct image_box *box)
{
    for (unsigned i = 0; i < count; i++) {
        const struct image_box *other = &listed[i]->box;
        bool apart = box->level != other->level;
        for (unsigned axis = 0; axis < 3; axis++)
            apart |= box->origin[axis] + box->region[axis] <= other->origin[axis] ||
                     other->origin[axis] + other->region[axis] <= box->origin[axis];
        if (listed[i]->flags & CL_MAP_WRITE && !apart) return true;
    }
    return false;
}

// Of up to three axes, the fourth are levels.
static void one_more(struct memory_maps *maps, unsigned axes)
{
    static const cl_map_flags flags[] = {CL_MAP_READ, CL_MAP_WRITE, CL_MAP_READ | CL_MAP_WRITE};
    struct image_box box = {{0, 0, 0}, {1, 1, 1}, axes < 4 ? 0 : random_below(3)};
    for (unsigned i = 0; i < axes && i < 3; i++) {
        box.origin[i] = random_below(EXTENT);
        box.region[i] = 1 + random_below(EXTENT / 4);
    }
    struct memory_map *map = memory_map_create(owners[random_below(2)], flags[random_below(3)], &box);
    map->pointer = &places[random_below(sizeof places)];
    bool refused = map->flags & CL_MAP_WRITE && list_overlaps(&box);
    assert_int_equal(memory_maps_add(maps, map), refused ? CL_INVALID_OPERATION : CL_SUCCESS);
    if (refused)
        memory_map_release(map);
    else
        listed[count++] = map;
}

static void one_less(struct memory_maps *maps)
{
    const struct kiln_memory *owner = owners[random_below(2)];
    void *pointer = &places[random_below(sizeof places)];
    unsigned at = count;
    while (at && (listed[at - 1]->owner != owner || listed[at - 1]->pointer != pointer)) at--;
    struct memory_map *map = memory_maps_take(maps, owner, pointer);
    assert_ptr_equal(map, at ? listed[at - 1] : NULL);
    if (!map || !at) return;
    if (random_below(4)) {
        memory_maps_remove(maps, map);
        for (count--; at < MANY && listed[at]; at++) listed[at - 1] = listed[at];
        listed[at - 1] = NULL;
    } else {
        memory_maps_give_back(map);
    }
    memory_map_release(map);
}

static void against_a_list(void **state)
{
    (void)state;
    for (unsigned axes = 1; axes <= 4; axes++) {
        struct memory_maps maps = {0};
        count = 0;
        memset(listed, 0, sizeof listed);
        for (unsigned i = 0; i < ROUNDS; i++)
            if (count < MANY && random_below(2))
                one_more(&maps, axes);
            else
                one_less(&maps);
        assert_in_range(count, 8, MANY);
        memory_maps_free(&maps);
    }
}

// Other threads have taken the newer ones.
static void taken_by_others(void **state)
{
    (void)state;
    const struct image_box box = {{0, 0, 0}, {1, 1, 1}, 0};
    struct memory_maps maps = {0};
    struct memory_map *all[3];
    for (unsigned i = 0; i < 3; i++) {
        all[i] = memory_map_create(owners[0], CL_MAP_READ, &box);
        all[i]->pointer = places;
        assert_int_equal(memory_maps_add(&maps, all[i]), CL_SUCCESS);
    }
    for (unsigned i = 3; i--;) assert_ptr_equal(memory_maps_take(&maps, owners[0], places), all[i]);
    assert_null(memory_maps_take(&maps, owners[0], places));
    for (unsigned i = 0; i < 3; i++) {
        memory_maps_remove(&maps, all[i]);
        memory_map_release(all[i]);
    }
    memory_maps_free(&maps);
}

// ---- Very many ----------------------------------------------------------------------------------------

static struct memory_map *tile_map(struct memory_maps *maps, unsigned number, bool lines)
{
    const struct image_box box = {{number % ROWS * 8, number / ROWS * 8, 0}, {8, 8, 1}, 0};
    const struct image_box line = {{(size_t)number * 64, 0, 0}, {64, 1, 1}, 0};
    struct memory_map *map = memory_map_create(owners[0], CL_MAP_WRITE, lines ? &line : &box);
    map->pointer = (void *)((number + 1) * (uintptr_t)64);
    assert_int_equal(memory_maps_add(maps, map), CL_SUCCESS);
    return map;
}

// All tiles of an image, or lines of a buffer, in a random order.
static void many(bool lines)
{
    enum { LOOKS_MAX = 200 }; // a list would be TILES / 2 long
    static unsigned order[TILES];
    struct memory_maps maps = {0};
    for (unsigned i = 0; i < TILES; i++) {
        unsigned other = random_below(i + 1);
        order[i] = order[other];
        order[other] = i;
    }
    looks = 0;
    for (unsigned i = 0; i < TILES; i++) tile_map(&maps, order[i], lines);
    assert_in_range(looks / TILES, 1, LOOKS_MAX);
    looks = 0;
    for (unsigned i = 0; i < TILES; i++) {
        void *pointer = (void *)((i + 1) * (uintptr_t)64);
        struct memory_map *map = memory_maps_take(&maps, owners[0], pointer);
        assert_non_null(map);
        memory_maps_remove(&maps, map);
        memory_map_release(map);
        tile_map(&maps, i, lines); // the place is free again
    }
    assert_in_range(looks / TILES, 1, LOOKS_MAX);
    memory_maps_free(&maps);
}

static void many_tiles(void **state)
{
    (void)state;
    many(false);
}

static void many_lines(void **state)
{
    (void)state;
    many(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_a_list),
        cmocka_unit_test(taken_by_others),
        cmocka_unit_test(many_tiles),
        cmocka_unit_test(many_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
