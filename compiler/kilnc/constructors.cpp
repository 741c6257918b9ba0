#include "constructors.h"

#include <llvm/IR/Constants.h>

// LLVM would make one kernel of another kind of them, which only loaders of HIP's look for.
void constructors_publish(llvm::Module &module)
{
    llvm::GlobalVariable *list = module.getGlobalVariable("llvm.global_ctors");
    if (!list || !list->hasInitializer()) return;
    for (const llvm::Use &entry : list->getInitializer()->operands()) {
        auto *function = llvm::dyn_cast<llvm::Function>(
            llvm::cast<llvm::Constant>(entry)->getAggregateElement(1u)->stripPointerCasts());
        if (!function || function->isDeclaration() || !function->arg_empty()) continue;
        function->setCallingConv(llvm::CallingConv::AMDGPU_KERNEL);
        function->setLinkage(llvm::GlobalValue::ExternalLinkage);
        function->setVisibility(llvm::GlobalValue::ProtectedVisibility);
        function->addFnAttr("amdgpu-flat-work-group-size", "1,256");
    }
    list->eraseFromParent();
}
