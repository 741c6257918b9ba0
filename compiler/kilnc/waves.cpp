#include "waves.h"

#include "reach.h"
#include "sub_groups.h"

#include <llvm/Linker/Linker.h>
#include <llvm/Transforms/Utils/Cloning.h>

static constexpr unsigned local_space = 3;

static bool is_wide(const llvm::Function &function)
{
    return is_kernel(function) && sub_group_size_required(function) == wide_sub_group;
}

// Constants may be there twice, and local variables are each kernel's own.
static bool is_shared(const llvm::GlobalVariable &variable)
{
    return !variable.isConstant() && variable.getAddressSpace() != local_space &&
           !variable.getName().starts_with("llvm.");
}

static void kernels_drop(llvm::Module &module, bool wide)
{
    for (llvm::Function &function : llvm::make_early_inc_range(module)) {
        if (!is_kernel(function) || is_wide(function) != wide) continue;
        function.deleteBody();
        if (function.use_empty()) function.eraseFromParent();
    }
}

std::unique_ptr<llvm::Module> wide_kernels_take(Codegen &whole)
{
    llvm::Module &module = *whole.module;
    if (whole.program.lanes == wide_sub_group || llvm::none_of(module, is_wide)) return nullptr;
    for (llvm::GlobalVariable &variable : module.globals()) {
        if (!is_shared(variable) || !variable.hasLocalLinkage()) continue;
        variable.setName("__kiln_shared_" + variable.getName());
        variable.setLinkage(llvm::GlobalValue::ExternalLinkage);
        variable.setVisibility(llvm::GlobalValue::HiddenVisibility);
    }
    std::unique_ptr<llvm::Module> wide = llvm::CloneModule(module);
    kernels_drop(module, true);
    kernels_drop(*wide, false);
    for (llvm::GlobalAlias &alias : llvm::make_early_inc_range(wide->aliases()))
        if (alias.use_empty()) alias.eraseFromParent(); // the application's names, once
    for (llvm::GlobalVariable &variable : wide->globals()) {
        if (!is_shared(variable)) continue;
        variable.setInitializer(nullptr);
        variable.setLinkage(llvm::GlobalValue::ExternalLinkage);
    }
    return wide;
}

static void features_widen(llvm::Function &function)
{
    std::string features;
    for (llvm::StringRef rest = function.getFnAttribute("target-features").getValueAsString();
         !rest.empty();) {
        auto [feature, others] = rest.split(',');
        if (feature != "+wavefrontsize32") features += feature.str() + ",";
        rest = others;
    }
    function.addFnAttr("target-features", features + "-wavefrontsize32,+wavefrontsize64");
}

// As part of the program: what is there twice under one name is each one's own.
static void keep_inside(llvm::GlobalObject &object)
{
    object.setComdat(nullptr);
    object.setLinkage(llvm::GlobalValue::InternalLinkage);
    object.setVisibility(llvm::GlobalValue::DefaultVisibility);
}

bool wide_kernels_join(Codegen &whole, std::unique_ptr<llvm::Module> wide)
{
    for (llvm::Function &function : *wide) {
        if (function.isDeclaration()) continue;
        features_widen(function);
        if (!is_kernel(function)) keep_inside(function);
    }
    for (llvm::GlobalVariable &variable : wide->globals()) {
        bool own = !variable.isDeclaration() && !is_shared(variable);
        if (own && !variable.getName().starts_with("llvm.")) keep_inside(variable);
    }
    return !llvm::Linker::linkModules(*whole.module, std::move(wide)) && !whole.failed;
}
