// How much code a function is with all that it calls.
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/Module.h>

#include <vector>

// A kernel that has code.
bool is_kernel(const llvm::Function &function);

// Instructions of functions and of those that they reach, each counted once. The module must not change.
class Reach
{
  public:
    size_t size_of(const llvm::Function &function) { return size_of(&function); }
    size_t size_of(llvm::ArrayRef<const llvm::Function *> functions);

  private:
    const std::vector<const llvm::Function *> &calls(const llvm::Function &function);

    llvm::DenseMap<const llvm::Function *, std::vector<const llvm::Function *>> called;
};
