// What an HSA ISA name says, and which device libraries go with it.
#pragma once

#include "options.h"

struct target {
    char processor[32]; // "gfx1030"
    char features[64];  // LLVM's spelling: "+xnack,-sramecc"; "" where the name has none
};

// Takes "amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-". Returns 0, or -1 and a line in `log`.
int target_parse(const char *isa, struct target *target, struct buffer *log);

// Whether an ISA's processor has image instructions; false also where there is no such ISA.
bool target_has_images(const char *isa);

// The processors that LLVM and the device libraries both know, a word each, with the features that may
// follow: "gfx90a[:sramecc+|-][:xnack+|-]".
void target_list(struct word_list *names);

// The device library's file. Returns 0, or -1 and a line in `log`.
int target_library(char *path, size_t size, struct buffer *log);

// How many work-items a wave has: 32 or 64.
int target_lanes(const struct target *target);

// The names of the pieces of ROCm's device libraries (5.2.3) that go with a target. They choose behaviour:
// each defines one constant that the code of the others tests.
void target_settings(const struct target *target, uint32_t math, struct word_list *names);
