// Kiln's objects and libraries: what COMPILE and LIBRARY produce and LINK takes. A header and one entry an
// object, each with its LLVM bitcode and the options that still matter when it is linked.
#pragma once

#include "compiler/buffer.h"
#include "compiler/job.h"

#include <stdint.h>

struct object {
    struct compiler_blob bitcode; // leads into the container
    uint32_t math;                // enum math_flag
    uint32_t optimisation;        // 0 to 3
};

struct object_list {
    struct object *objects;
    size_t count;
    bool link_options_enabled; // every library among the inputs was made with -enable-link-options
};

void container_write(const char *isa, const struct object *objects, size_t count, bool library,
                     bool link_options, struct buffer *out);

// Adds a container's objects to the list. Returns 0, or -1 and a line in `log` where these bytes are no
// object of this version for this ISA.
int container_read(const struct compiler_blob *blob, const char *isa, struct object_list *list,
                   struct buffer *log);
void object_list_free(struct object_list *list);
