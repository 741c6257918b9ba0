// Which functions stay functions, for the time that a program takes to build.
#pragma once

#include <llvm/IR/Module.h>

// Marks what is to be called and never inlined: the library's code for arguments that are rare, and the
// program's large functions that have several callers. To be called with the libraries linked in.
void calls_keep(llvm::Module &module);
