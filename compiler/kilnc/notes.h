// The metadata notes of AMDGPU objects (NT_AMDGPU_METADATA: MessagePack, one map an object).
#pragma once

#include "codegen.h"

// Puts the kernels of all notes into the first object's, in the order of `kernels`, and has the linker leave
// out the others. False: an object is not as LLVM writes them.
bool notes_join(std::vector<Bytes> &objects, const std::vector<std::string> &kernels);

// Tells of each kernel that is required to have sub-groups of some size (`.reqd_sub_group_size`, a key of
// Kiln's own) what it is. False: as above.
bool notes_add_sub_group_sizes(Bytes &object, const llvm::Module &module);
