// A mapping of an image's region, and the commands that begin and end it. Where the host reaches the texels,
// the mapping is their address and moves nothing; elsewhere the host works on a copy, which is read when
// mapped and written back when unmapped. With CL_MEM_USE_HOST_PTR the copy is where the application has it.
#pragma once

#include "api/machinery/command.h"
#include "api/memory.h"

// Makes one, not on record yet. NULL: *error says why.
struct memory_map *image_map_create(struct kiln_memory *, cl_map_flags, const struct image_box *,
                                    cl_int *error);

// Enqueues what makes the mapping valid.
cl_int image_map_enqueue(const struct command_request *, struct kiln_memory *, const struct memory_map *);

// Takes the mapping of `pointer` off the record and enqueues what ends it. CL_INVALID_VALUE: there is none.
cl_int image_unmap_enqueue(const struct command_request *, struct kiln_memory *, void *pointer);
