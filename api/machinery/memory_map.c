#define _GNU_SOURCE // tdestroy
#include "api/machinery/memory_map.h"

#include "api/machinery/memory_flags.h"
#include "device/device.h"

#include <search.h>
#include <stdint.h>
#include <stdlib.h>

static int pointers_compare(const void *a, const void *b)
{
    const struct memory_map *one = a, *other = b;
    uintptr_t left = (uintptr_t)one->pointer, right = (uintptr_t)other->pointer;
    if (left == right) {
        left = (uintptr_t)one->owner;
        right = (uintptr_t)other->owner;
    }
    return (left > right) - (left < right);
}

static bool is_box(const struct memory_map *map) { return map->box.region[0]; }

// Ranges that overlap are equal.
static int ranges_compare(const void *a, const void *b)
{
    const struct memory_map *one = a, *other = b;
    if (one->end <= other->begin) return -1;
    return other->end <= one->begin;
}

static cl_int box_add(struct memory_maps *maps, struct memory_map *map)
{
    for (const struct memory_map *other = maps->boxes; other; other = other->next)
        if (image_boxes_overlap(&map->box, &other->box)) return CL_INVALID_OPERATION;
    map->next = maps->boxes;
    maps->boxes = map;
    return CL_SUCCESS;
}

static void box_remove(struct memory_maps *maps, const struct memory_map *map)
{
    struct memory_map **place = &maps->boxes;
    while (*place != map) place = &(*place)->next;
    *place = map->next;
}

// tfind and tsearch return a place that holds the mapping.
static cl_int written_add(struct memory_maps *maps, struct memory_map *map)
{
    if (!(map->flags & MAP_WRITES)) return CL_SUCCESS;
    if (is_box(map)) return box_add(maps, map);
    struct memory_map **place = tsearch(map, &maps->written, ranges_compare);
    if (!place) return CL_OUT_OF_HOST_MEMORY;
    return *place == map ? CL_SUCCESS : CL_INVALID_OPERATION;
}

static void written_remove(struct memory_maps *maps, const struct memory_map *map)
{
    if (!(map->flags & MAP_WRITES)) return;
    if (is_box(map))
        box_remove(maps, map);
    else
        tdelete(map, &maps->written, ranges_compare);
}

cl_int memory_maps_add(struct memory_maps *maps, struct memory_map *map)
{
    cl_int error = written_add(maps, map);
    if (error) return error;
    struct memory_map **place = tsearch(map, &maps->by_pointer, pointers_compare);
    if (!place) {
        written_remove(maps, map);
        return CL_OUT_OF_HOST_MEMORY;
    }
    map->older = *place == map ? NULL : *place;
    *place = map;
    return CL_SUCCESS;
}

struct memory_map *memory_maps_take(struct memory_maps *maps, const struct kiln_memory *owner, void *pointer)
{
    const struct memory_map key = {.owner = owner, .pointer = pointer};
    struct memory_map **place = tfind(&key, &maps->by_pointer, pointers_compare);
    struct memory_map *map = place ? *place : NULL;
    while (map && map->taken) map = map->older; // by other threads that are about to remove it
    if (!map) return NULL;
    map->taken = true;
    memory_map_retain(map);
    return map;
}

void memory_maps_give_back(struct memory_map *taken) { taken->taken = false; }

void memory_maps_remove(struct memory_maps *maps, struct memory_map *taken)
{
    struct memory_map **newest = tfind(taken, &maps->by_pointer, pointers_compare), **place = newest;
    while (*place != taken) place = &(*place)->older;
    if (place == newest && !taken->older)
        tdelete(taken, &maps->by_pointer, pointers_compare);
    else
        *place = taken->older;
    written_remove(maps, taken);
    memory_map_release(taken);
}

void memory_map_retain(struct memory_map *map) { map->references++; }

void memory_map_release(struct memory_map *map)
{
    if (--map->references) return;
    if (map->staging) device_memory_destroy(map->staging);
    free(map);
}

static void node_leave(void *map) { (void)map; }

static void node_free(void *newest)
{
    for (struct memory_map *map = newest, *older; map; map = older) {
        older = map->older;
        memory_map_release(map);
    }
}

void memory_maps_free(struct memory_maps *maps)
{
    tdestroy(maps->written, node_leave);
    tdestroy(maps->by_pointer, node_free);
}
