// A translation's IR to an object file.
#pragma once

#include "semantics.h"

#include <llvm/ADT/SmallVector.h>

// Optimises the module and generates code. Returns false with `error` filled where LLVM cannot.
bool pipeline_run(Semantics &semantics, llvm::SmallVectorImpl<char> &object, std::string &error);

// Of optimised code: see ternary.cpp.
void ternary_keep_apart(llvm::Function &function);
