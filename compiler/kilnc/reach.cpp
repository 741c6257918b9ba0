#include "reach.h"

#include <llvm/ADT/DenseSet.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/InstrTypes.h>

bool is_kernel(const llvm::Function &function)
{
    return !function.isDeclaration() && function.getCallingConv() == llvm::CallingConv::AMDGPU_KERNEL;
}

const std::vector<const llvm::Function *> &Reach::calls(const llvm::Function &function)
{
    auto [place, fresh] = called.try_emplace(&function);
    if (!fresh) return place->second;
    std::vector<const llvm::Function *> found;
    for (const llvm::Instruction &instruction : llvm::instructions(function))
        if (auto *call = llvm::dyn_cast<llvm::CallBase>(&instruction))
            if (auto *callee = call->getCalledFunction(); callee && !callee->isDeclaration())
                found.push_back(callee);
    return called[&function] = std::move(found);
}

size_t Reach::size_of(llvm::ArrayRef<const llvm::Function *> starts)
{
    size_t size = 0;
    llvm::DenseSet<const llvm::Function *> seen(starts.begin(), starts.end());
    std::vector<const llvm::Function *> open(starts.begin(), starts.end());
    while (!open.empty()) {
        const llvm::Function &function = *open.back();
        open.pop_back();
        size += function.getInstructionCount();
        for (const llvm::Function *callee : calls(function))
            if (seen.insert(callee).second) open.push_back(callee);
    }
    return size;
}
