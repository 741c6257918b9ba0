// Kernels that ask for sub-groups of some size: cl_intel_required_subgroup_size, SPIR-V's execution mode
// SubgroupSize.
#pragma once

#include "codegen.h"

// What they are called in LLVM's IR: one constant each. The second is SPIR-V's SubgroupsPerWorkgroup.
inline constexpr char sub_group_size_metadata[] = "intel_reqd_sub_group_size";
inline constexpr char sub_group_count_metadata[] = "kiln_reqd_sub_group_count";

// The size that kernels can ask for on every target; the other one is the program's number of lanes.
inline constexpr unsigned wide_sub_group = 64;

// What a kernel asks for; 0: nothing.
unsigned sub_group_size_required(const llvm::Function &kernel);

// Whether all kernels can have what they ask for; else an error is in the log.
bool sub_group_sizes_check(Codegen &whole);

// Has the object that was made tell what its kernels asked for: `.reqd_sub_group_size` and
// `.reqd_sub_group_count`, keys of Kiln's own.
bool sub_groups_tell(Codegen &codegen, Bytes &object);
