// Mappings of a memory object: recorded where all that share its storage see them, and counted.
#pragma once

#include "api/memory.h"

// Records one: the object has it from here on. Errors: memory_maps_add's; the caller still has it then.
cl_int mapping_add(struct kiln_memory *, struct memory_map *);
// Takes the newest mapping of `pointer`; NULL: there is none. The caller ends with it: it is off the record
// then, or, where it could not be unmapped, stays mapped.
struct memory_map *mapping_take(struct kiln_memory *, void *pointer);
void mapping_end(struct kiln_memory *, struct memory_map *taken, bool unmapped);
