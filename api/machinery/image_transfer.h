// Commands that move or set an image's texels: read, write, copy, fill, map and unmap.
#pragma once

#include "api/machinery/command.h"
#include "api/memory.h"

enum image_transfer_kind {
    IMAGE_NOTHING, // keeps its place in the queue's order
    IMAGE_READ,    // `from` to `memory`
    IMAGE_WRITE,   // `memory` to `to`
    IMAGE_COPY,    // `from` to `to`
    IMAGE_FILL,    // `color` to `to`
};

struct image_transfer {
    enum image_transfer_kind kind;
    struct kiln_memory *memories[2]; // kept alive until the command has ended; NULL: none
    struct memory_map *map;          // likewise, with its staging memory
    struct device_image_place from, to;
    struct device_rect memory; // a buffer's or the host's
    size_t region[3];          // texels
    uint32_t color[4];         // as clEnqueueFillImage takes it
};

// Where an image's texels begin that a command takes.
struct device_image_place image_place(const struct kiln_memory *, const struct image_box *);

// Copies the description, retains the memory objects; enqueues. For those without a mapping.
cl_int image_transfer_enqueue(const struct command_request *, const struct image_transfer *);

// In two steps: see transfer_create.
cl_int image_transfer_create(const struct command_request *, struct command **, struct image_transfer **);
