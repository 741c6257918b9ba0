// Kernels whose waves are wider than the program's others: from gfx10 on, those that ask for sub-groups
// of 64.
#pragma once

#include "codegen.h"

// Takes the kernels with waves of 64 lanes, where that is not the program's own number, into a module of
// their own with all that they call; variables that kernels share are only declared there. NULL: there are
// none.
std::unique_ptr<llvm::Module> wide_kernels_take(Codegen &whole);

// Puts such a module, linked with its libraries, back.
bool wide_kernels_join(Codegen &whole, std::unique_ptr<llvm::Module> wide);
