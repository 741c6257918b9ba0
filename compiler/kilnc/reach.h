// How much code a function is with all that it calls.
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/Module.h>

#include <vector>

// Instructions of a function and of those that it reaches, each counted once. The module must not change.
class Reach
{
  public:
    size_t size_of(const llvm::Function &function);

  private:
    const std::vector<const llvm::Function *> &calls(const llvm::Function &function);

    llvm::DenseMap<const llvm::Function *, std::vector<const llvm::Function *>> called;
};
