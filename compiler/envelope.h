// What is around a program binary that Kiln gives out: what it is, which ISA it is for, and a digest of it
// all, so that no damaged one is ever taken for a program.
#pragma once

#include <stddef.h>
#include <stdint.h>

// As CL_PROGRAM_BINARY_TYPE_*. Recorded in binaries: do not renumber.
enum envelope_type { ENVELOPE_OBJECT = 1, ENVELOPE_LIBRARY = 2, ENVELOPE_EXECUTABLE = 4 };

enum { ENVELOPE_VERSION = 1 };

struct envelope {
    char magic[8];
    unsigned char digest[32]; // of all that follows, the content included
    uint32_t version, type;
    char isa[96]; // HSA's name, NUL-terminated: "amdgcn-amd-amdhsa--gfx1030"
};

// Fills the envelope in front of a content: `binary` is `size` bytes, of which the first sizeof(struct
// envelope) are for it.
void envelope_seal(void *binary, size_t size, enum envelope_type type, const char *isa);

// Reads a binary's envelope. Returns 0; -1 where these bytes are not as envelope_seal of this version left
// them.
int envelope_read(const void *binary, size_t size, struct envelope *envelope);
