// What an HSA ISA name says, and which device libraries go with it.
#pragma once

#include "options.h"

struct target {
    char processor[32]; // "gfx1030"
    char features[64];  // LLVM's spelling: "+xnack,-sramecc"; "" where the name has none
};

// Takes "amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-". Returns 0, or -1 and a line in `log`.
int target_parse(const char *isa, struct target *target, struct buffer *log);

// The ROCm device libraries (5.2.3) of a target, as files, in the order in which they refer to each other.
// Their names choose behaviour: each oclc_* file defines one constant that the code of the others tests.
// Returns 0, or -1 and a line in `log` where one is missing.
int target_libraries(const struct target *target, uint32_t math, struct word_list *paths, struct buffer *log);
