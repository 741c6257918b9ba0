// The record of a buffer's mappings: what clEnqueueMapBuffer handed out and nobody has unmapped yet. An
// application may have very many.
#pragma once

#include <CL/cl.h>
#include <stddef.h>

struct device_memory;
struct kiln_memory;

struct memory_map {
    const struct kiln_memory *owner; // the buffer or sub-buffer that was mapped
    void *pointer;
    size_t begin, end; // bytes of the root buffer
    cl_map_flags flags;
    struct device_memory
        *staging;             // holds the host's copy where the storage is out of the host's reach, else NULL
    struct memory_map *older; // of the same owner and pointer
};

struct memory_maps {
    void *by_pointer; // search tree of the newest ones
    void *written;    // search tree of those for writing, which never overlap
};

// Records a mapping. CL_INVALID_OPERATION where bytes would be mapped for writing twice;
// CL_OUT_OF_HOST_MEMORY.
cl_int memory_maps_add(struct memory_maps *, struct memory_map *);

// Takes the newest mapping of `pointer` off the record; NULL where there is none.
struct memory_map *memory_maps_take(struct memory_maps *, const struct kiln_memory *owner, void *pointer);

// Frees one that is not on record, and all that are.
void memory_map_free(struct memory_map *);
void memory_maps_free(struct memory_maps *);
