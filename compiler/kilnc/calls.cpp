#include "calls.h"

#include "reach.h"

namespace
{

// Before optimising, with all that is called. Against so much code a call's own time is nothing.
constexpr size_t large = 400;
constexpr unsigned several = 3;

// What reduces angles of 2^17 and more: most of the code of sin, cos and tan, for each component of a vector.
bool is_rare(const llvm::Function &function)
{
    return function.getName().starts_with("__ocmlpriv_trigredlarge_");
}

// Pointers keep LLVM from seeing what they lead to, and images and samplers must be known where they are
// used.
bool takes_values_only(const llvm::Function &function)
{
    for (const llvm::Argument &argument : function.args())
        if (!argument.getType()->isIntOrIntVectorTy() && !argument.getType()->isFPOrFPVectorTy())
            return false;
    return !function.isVarArg();
}

} // namespace

void calls_keep(llvm::Module &module)
{
    Reach reach;
    for (llvm::Function &function : module) {
        if (function.isDeclaration() || is_kernel(function)) continue;
        if (function.hasFnAttribute(llvm::Attribute::AlwaysInline)) continue;
        bool shared = function.hasNUsesOrMore(several) && takes_values_only(function);
        if (is_rare(function) || (shared && reach.size_of(function) >= large))
            function.addFnAttr(llvm::Attribute::NoInline);
    }
}
