// Kernels that ask for sub-groups of some size: cl_intel_required_subgroup_size, SPIR-V's execution mode
// SubgroupSize.
#pragma once

#include "codegen.h"

// What the attribute is called in LLVM's IR: one constant.
inline constexpr char sub_group_size_metadata[] = "intel_reqd_sub_group_size";

// Whether all kernels can have what they ask for; else an error is in the log.
bool sub_group_sizes_check(Codegen &whole);

// Has the object that was made tell what its kernels asked for: `.reqd_sub_group_size`, a key of Kiln's own.
bool sub_group_sizes_tell(Codegen &codegen, Bytes &object);
