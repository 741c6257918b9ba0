// The metadata notes of AMDGPU objects (NT_AMDGPU_METADATA: MessagePack, one map an object).
#pragma once

#include "codegen.h"

#include <llvm/ADT/StringMap.h>

// Puts the kernels of all notes into the first object's, in the order of `kernels`, and has the linker leave
// out the others. False: an object is not as LLVM writes them.
bool notes_join(std::vector<Bytes> &objects, const std::vector<std::string> &kernels);

// Adds a number by a key to what is said of some kernels. False: as above.
bool notes_add(Bytes &object, const char *key, const llvm::StringMap<unsigned> &numbers);
