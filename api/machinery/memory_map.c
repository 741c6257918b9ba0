#include "api/machinery/memory_map.h"

#include "api/machinery/memory_flags.h"
#include "api/machinery/recycle.h"
#include "api/machinery/storage_pool.h"

// What tree.h calls functions that need not be used.
#ifndef __unused
#define __unused __attribute__((unused))
#endif

static int compare(uint64_t left, uint64_t right) { return (left > right) - (left < right); }

static int pointers_compare(const struct memory_map *a, const struct memory_map *b)
{
    int order = compare((uintptr_t)a->pointer, (uintptr_t)b->pointer);
    if (!order) order = compare((uintptr_t)a->owner, (uintptr_t)b->owner);
    return order ? order : compare(b->number, a->number);
}

RB_GENERATE_STATIC(maps_by_pointer, memory_map, by_pointer, pointers_compare)

// ---- By place -----------------------------------------------------------------------------------------

enum { LEVEL_SHIFT = 32 }; // no image is as deep

static int places_compare(const struct memory_map *a, const struct memory_map *b)
{
    int order = 0;
    for (unsigned i = 3; i-- && !order;) order = compare(a->place.origin[i], b->place.origin[i]);
    return order;
}

static void box_include(struct image_box *box, const struct image_box *other)
{
    for (unsigned i = 0; i < 3; i++) {
        size_t end = box->origin[i] + box->region[i], other_end = other->origin[i] + other->region[i];
        if (other->origin[i] < box->origin[i]) box->origin[i] = other->origin[i];
        box->region[i] = (end > other_end ? end : other_end) - box->origin[i];
    }
}

static void around_update(struct memory_map *map)
{
    const struct memory_map *left = RB_LEFT(map, by_place), *right = RB_RIGHT(map, by_place);
    map->around = map->place;
    if (left) box_include(&map->around, &left->around);
    if (right) box_include(&map->around, &right->around);
}

#undef RB_AUGMENT
#define RB_AUGMENT(map) around_update(map)
RB_GENERATE_STATIC(maps_by_place, memory_map, by_place, places_compare)

// Whether one below `map`, or itself, has something in common with the box. As deep as the tree.
static bool place_is_taken(const struct memory_map *map, const struct image_box *box)
{
    if (!map || !image_boxes_overlap(&map->around, box)) return false;
    return image_boxes_overlap(&map->place, box) || place_is_taken(RB_LEFT(map, by_place), box) ||
           place_is_taken(RB_RIGHT(map, by_place), box);
}

static bool written_add(struct memory_maps *maps, struct memory_map *map)
{
    if (!(map->flags & MAP_WRITES)) return true;
    map->place = map->box;
    map->place.origin[2] += (size_t)map->box.level << LEVEL_SHIFT;
    map->place.level = 0;
    if (place_is_taken(RB_ROOT(&maps->written), &map->place)) return false;
    map->around = map->place;
    RB_INSERT(maps_by_place, &maps->written, map);
    while ((map = RB_PARENT(map, by_place))) around_update(map); // what was turned is up to date
    return true;
}

// ---- The record ---------------------------------------------------------------------------------------

struct memory_map *memory_map_create(const struct kiln_memory *owner, cl_map_flags flags,
                                     const struct image_box *box)
{
    struct memory_map *map = recycle_take(sizeof *map);
    if (map) *map = (struct memory_map){.owner = owner, .flags = flags, .box = *box, .references = 1};
    return map;
}

cl_int memory_maps_add(struct memory_maps *maps, struct memory_map *map)
{
    if (!written_add(maps, map)) return CL_INVALID_OPERATION;
    map->number = ++maps->recorded;
    RB_INSERT(maps_by_pointer, &maps->all, map);
    return CL_SUCCESS;
}

static bool is_of(const struct memory_map *map, const struct memory_map *key)
{
    return map && map->pointer == key->pointer && map->owner == key->owner;
}

struct memory_map *memory_maps_take(struct memory_maps *maps, const struct kiln_memory *owner, void *pointer)
{
    struct memory_map key = {.owner = owner, .pointer = pointer, .number = UINT64_MAX};
    struct memory_map *map = RB_NFIND(maps_by_pointer, &maps->all, &key);
    while (is_of(map, &key) && map->taken) // by other threads that are about to remove it
        map = RB_NEXT(maps_by_pointer, &maps->all, map);
    if (!is_of(map, &key)) return NULL;
    map->taken = true;
    memory_map_retain(map);
    return map;
}

void memory_maps_give_back(struct memory_map *taken) { taken->taken = false; }

void memory_maps_remove(struct memory_maps *maps, struct memory_map *taken)
{
    RB_REMOVE(maps_by_pointer, &maps->all, taken);
    if (taken->flags & MAP_WRITES) RB_REMOVE(maps_by_place, &maps->written, taken);
    memory_map_release(taken);
}

void memory_map_retain(struct memory_map *map) { map->references++; }

void memory_map_release(struct memory_map *map)
{
    if (--map->references) return;
    if (map->staging) storage_pool_give(map->pool, map->staging, map->staging_size, DEVICE_MEMORY_HOST);
    recycle_give(map, sizeof *map);
}

void memory_maps_free(struct memory_maps *maps)
{
    struct memory_map *map;
    while ((map = RB_ROOT(&maps->all))) memory_maps_remove(maps, map);
}
