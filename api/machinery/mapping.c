#include "api/machinery/mapping.h"

cl_int mapping_add(struct kiln_memory *memory, struct memory_map *map)
{
    struct kiln_memory *root = memory_root(memory);
    pthread_mutex_lock(&root->lock);
    cl_int error = memory_maps_add(&root->maps, map);
    if (!error) memory->map_count++;
    pthread_mutex_unlock(&root->lock);
    return error;
}

struct memory_map *mapping_take(struct kiln_memory *memory, void *pointer)
{
    struct kiln_memory *root = memory_root(memory);
    pthread_mutex_lock(&root->lock);
    struct memory_map *map = memory_maps_take(&root->maps, memory, pointer);
    pthread_mutex_unlock(&root->lock);
    return map;
}

void mapping_end(struct kiln_memory *memory, struct memory_map *taken, bool unmapped)
{
    struct kiln_memory *root = memory_root(memory);
    pthread_mutex_lock(&root->lock);
    if (unmapped) {
        memory_maps_remove(&root->maps, taken);
        memory->map_count--;
    } else {
        memory_maps_give_back(taken);
    }
    pthread_mutex_unlock(&root->lock);
    memory_map_release(taken);
}
