#include "sub_groups.h"

#include "notes.h"

#include <llvm/IR/Constants.h>

// What a kernel asks for; 0: nothing.
static unsigned required(const llvm::Function &kernel, const char *what)
{
    const llvm::MDNode *node = kernel.getMetadata(what);
    if (!node || node->getNumOperands() != 1) return 0;
    auto *size = llvm::mdconst::dyn_extract<llvm::ConstantInt>(node->getOperand(0));
    return size ? (unsigned)size->getLimitedValue(UINT32_MAX) : 0;
}

unsigned sub_group_size_required(const llvm::Function &kernel)
{
    return required(kernel, sub_group_size_metadata);
}

bool sub_group_sizes_check(Codegen &whole)
{
    bool good = true;
    for (const llvm::Function &function : *whole.module) {
        unsigned size = required(function, sub_group_size_metadata);
        if (function.getCallingConv() != llvm::CallingConv::AMDGPU_KERNEL || !size ||
            size == whole.program.lanes || size == wide_sub_group)
            continue;
        good = whole.error(function.getName() + " asks for sub-groups of " + llvm::Twine(size) +
                           ": the device's have " + (whole.program.lanes == 64 ? "64" : "32 or 64"));
    }
    return good;
}

static bool tell(Codegen &codegen, Bytes &object, const char *what, const char *key)
{
    llvm::StringMap<unsigned> numbers;
    for (const llvm::Function &function : *codegen.module)
        if (unsigned number = required(function, what)) numbers[function.getName()] = number;
    return numbers.empty() || notes_add(object, key, numbers) || codegen.error("an object without metadata");
}

bool sub_groups_tell(Codegen &codegen, Bytes &object)
{
    if (codegen.program.output != BRIDGE_CODE_OBJECT) return true;
    return tell(codegen, object, sub_group_size_metadata, ".reqd_sub_group_size") &&
           tell(codegen, object, sub_group_count_metadata, ".reqd_sub_group_count");
}
