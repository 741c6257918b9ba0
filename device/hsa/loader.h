// Finds and opens the HSA runtime (ROCr), over the AMD kernel driver or over Kiln's software GPU.
#pragma once

#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <stdbool.h>
#include <stddef.h>

struct hsa_functions {
#define HSA_FUNCTION(member, name) __typeof__(name) *member;
#include "functions.def"
#undef HSA_FUNCTION
};

// The functions of the runtime that was opened. Valid after loader_open.
extern struct hsa_functions hsa;

// Opens the HSA runtime over the thunk that KILN_DEVICE asks for and initialises it (hsa_init, once per
// process). False: there is no usable device and `reason` says in one line why.
bool loader_open(char *reason, size_t size);
