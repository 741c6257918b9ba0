// The record of a memory object's mappings: what clEnqueueMapBuffer and MapImage handed out and nobody has
// unmapped yet. An application may have very many.
#pragma once

#include "api/machinery/image_shape.h"

#include <bsd/sys/tree.h>
#include <stdint.h>

struct device_memory;
struct storage_pool;
struct kiln_memory;

struct memory_map {
    const struct kiln_memory *owner; // the object that was mapped
    void *pointer;
    struct image_box box;         // texels; of a buffer: bytes of the root buffer, along x
    struct image_pitches pitches; // of an image: those that the host sees
    cl_map_flags flags;
    bool copied; // of an image: the host has a copy
    struct device_memory
        *staging;              // holds the host's copy, where bytes or texels are out of its reach; else NULL
    size_t staging_size;       // bytes
    struct storage_pool *pool; // that the staging goes back to
    _Atomic unsigned references;
    // The record's own:
    uint64_t number; // of all that were recorded
    bool taken;
    struct image_box place, around; // its box with the levels one behind the other; with all below it
    RB_ENTRY(memory_map) by_pointer, by_place;
};

RB_HEAD(maps_by_pointer, memory_map); // and by owner; the newest first
RB_HEAD(maps_by_place, memory_map);

struct memory_maps {
    struct maps_by_pointer all;
    struct maps_by_place written; // those for writing, which never overlap
    uint64_t recorded;            // so far
};

// A mapping with one reference, whose pointer is yet to be set. NULL: no memory.
struct memory_map *memory_map_create(const struct kiln_memory *owner, cl_map_flags, const struct image_box *);

// Records a mapping, and takes over the caller's reference. CL_INVALID_OPERATION where bytes or texels would
// be mapped for writing twice.
cl_int memory_maps_add(struct memory_maps *, struct memory_map *);

// The newest mapping of `pointer` that nobody has taken, with a reference for the caller, who then removes it
// from the record or gives it back; NULL where there is none. Neither needs memory.
struct memory_map *memory_maps_take(struct memory_maps *, const struct kiln_memory *owner, void *pointer);
void memory_maps_remove(struct memory_maps *, struct memory_map *taken);
void memory_maps_give_back(struct memory_map *taken);

// The last reference frees it, with its staging memory.
void memory_map_retain(struct memory_map *);
void memory_map_release(struct memory_map *);
void memory_maps_free(struct memory_maps *);
