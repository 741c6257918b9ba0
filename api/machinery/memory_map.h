// The record of a memory object's mappings: what clEnqueueMapBuffer and MapImage handed out and nobody has
// unmapped yet. An application may have very many.
#pragma once

#include "api/machinery/image_shape.h"

struct device_memory;
struct kiln_memory;

struct memory_map {
    const struct kiln_memory *owner; // the object that was mapped
    void *pointer;
    size_t begin, end;            // of a buffer: bytes of the root buffer
    struct image_box box;         // of an image; a region of 0: it is a buffer's
    struct image_pitches pitches; // of an image: those that the host sees
    cl_map_flags flags;
    bool copied; // of an image: the host has a copy
    struct device_memory
        *staging; // holds the host's copy, where bytes or texels are out of its reach; else NULL
    _Atomic unsigned references;
    // The record's own:
    struct memory_map *older; // of the same owner and pointer
    struct memory_map *next;  // of the boxes for writing
    bool taken;
};

// An object has either bytes or boxes mapped.
struct memory_maps {
    void *by_pointer;         // search tree of the newest ones
    void *written;            // search tree of those for writing, which never overlap
    struct memory_map *boxes; // those for writing of an image, which never overlap either
};

// Records a mapping, and takes over the caller's reference. CL_INVALID_OPERATION where bytes or texels would
// be mapped for writing twice; CL_OUT_OF_HOST_MEMORY.
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
