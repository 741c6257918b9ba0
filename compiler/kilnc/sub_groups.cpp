#include "sub_groups.h"

#include "notes.h"

#include <llvm/IR/Constants.h>

// What a kernel asks for; 0: nothing.
static unsigned size_required(const llvm::Function &kernel)
{
    const llvm::MDNode *node = kernel.getMetadata(sub_group_size_metadata);
    if (!node || node->getNumOperands() != 1) return 0;
    auto *size = llvm::mdconst::dyn_extract<llvm::ConstantInt>(node->getOperand(0));
    return size ? (unsigned)size->getLimitedValue(UINT32_MAX) : 0;
}

bool sub_group_sizes_check(Codegen &whole)
{
    bool good = true;
    for (const llvm::Function &function : *whole.module) {
        unsigned size = size_required(function);
        if (function.getCallingConv() != llvm::CallingConv::AMDGPU_KERNEL || !size ||
            size == whole.program.lanes)
            continue;
        good = whole.error(function.getName() + " asks for sub-groups of " + llvm::Twine(size) +
                           ": the device's have " + llvm::Twine(whole.program.lanes));
    }
    return good;
}

bool sub_group_sizes_tell(Codegen &codegen, Bytes &object)
{
    llvm::StringMap<unsigned> sizes;
    for (const llvm::Function &function : *codegen.module)
        if (unsigned size = size_required(function)) sizes[function.getName()] = size;
    if (sizes.empty() || codegen.program.output != BRIDGE_CODE_OBJECT) return true;
    return notes_add(object, ".reqd_sub_group_size", sizes) || codegen.error("an object without metadata");
}
