// A translation's IR to an object file.
#pragma once

#include "semantics.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Dominators.h>

// Optimises the module and generates code. Returns false with `error` filled where LLVM cannot.
bool pipeline_run(Semantics &semantics, llvm::SmallVectorImpl<char> &object, std::string &error);

// See products.cpp. Returns whether anything has changed.
bool products_widen(llvm::Function &function, llvm::DominatorTree &tree);

// Of optimised code: see ternary.cpp.
void ternary_keep_apart(llvm::Function &function);

// Of optimised code: see strands.cpp. Returns whether that is in another order now.
bool strands_interleave(llvm::Function &function);
