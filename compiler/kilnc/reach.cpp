#include "reach.h"

#include <llvm/ADT/DenseSet.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/InstrTypes.h>

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

size_t Reach::size_of(const llvm::Function &start)
{
    size_t size = 0;
    llvm::DenseSet<const llvm::Function *> seen = {&start};
    std::vector<const llvm::Function *> open = {&start};
    while (!open.empty()) {
        const llvm::Function &function = *open.back();
        open.pop_back();
        size += function.getInstructionCount();
        for (const llvm::Function *callee : calls(function))
            if (seen.insert(callee).second) open.push_back(callee);
    }
    return size;
}
