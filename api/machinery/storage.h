// Where a context's buffers and mappings lie. What is given back may be kept for the next ones.
#pragma once

#include "api/machinery/storage_pool.h"

struct kiln_context;

// Storage that all devices of a context reach. `user`: DEVICE_MEMORY_USER's pages, else NULL.
cl_int storage_create(struct kiln_context *, size_t size, enum device_memory_kind, void *user,
                      struct device_memory **);

// Another driver's memory, as device_memory_import has it; device_memory_destroy gives it back.
cl_int storage_import(struct kiln_context *, int file, size_t *size, struct device_memory **);

// Gives it back: size and kind are those that it was created with. (device_memory_destroy does, too, and
// keeps nothing.)
void storage_release(struct kiln_context *, struct device_memory *, size_t size, enum device_memory_kind);
