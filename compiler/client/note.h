// The metadata note of an AMDGPU code object.
#pragma once

#include <stddef.h>

// Finds the note NT_AMDGPU_METADATA in an ELF image and points at its description inside `image`. Returns 0;
// -1 where this is no AMDGPU shared object or it has no such note, with *why a constant string.
int note_find(const void *image, size_t size, const char **description, size_t *description_size,
              const char **why);
