#include "atomics.h"

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

// Source: LLVM AMDGPUUsage, "'amdgpu.no.fine.grained.memory' Metadata" and the section after it.
static constexpr const char *marks[] = {"amdgpu.no.fine.grained.memory", "amdgpu.no.remote.memory"};

// "one-as" is the same scope, of memory in one address space.
static bool beyond_device(const llvm::AtomicRMWInst &atomic)
{
    llvm::LLVMContext &context = atomic.getContext();
    llvm::SyncScope::ID scope = atomic.getSyncScopeID();
    return scope == llvm::SyncScope::System || scope == context.getOrInsertSyncScopeID("one-as");
}

void atomics_mark(llvm::Module &module)
{
    llvm::MDNode *yes = llvm::MDNode::get(module.getContext(), {});
    for (llvm::Function &function : module)
        for (llvm::Instruction &instruction : llvm::instructions(function))
            if (auto *atomic = llvm::dyn_cast<llvm::AtomicRMWInst>(&instruction))
                for (const char *mark : marks)
                    atomic->setMetadata(mark, beyond_device(*atomic) ? nullptr : yes);
}
