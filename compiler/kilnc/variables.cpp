#include "variables.h"

#include "compiler/host_variable.h"

static constexpr unsigned global_space = 1;
static constexpr char published[] = "kiln-published"; // unlike what libraries export, which are linked later

static bool is_for_the_host(const llvm::GlobalVariable &variable)
{
    if (variable.isDeclaration() || variable.hasLocalLinkage()) return false;
    if (variable.getName().starts_with(HOST_VARIABLE_PREFIX)) return true;
    return variable.getAddressSpace() == global_space && !variable.isConstant() &&
           !variable.getName().starts_with("llvm.");
}

void variables_publish(llvm::Module &module)
{
    for (llvm::GlobalVariable &variable : module.globals()) {
        if (!is_for_the_host(variable)) continue;
        variable.setComdat(nullptr);
        variable.setLinkage(llvm::GlobalValue::ExternalLinkage);
        variable.setVisibility(llvm::GlobalValue::ProtectedVisibility);
        variable.addAttribute(published);
    }
}

bool variable_is_published(const llvm::GlobalValue &value)
{
    if (auto *variable = llvm::dyn_cast<llvm::GlobalVariable>(&value))
        return variable->hasAttribute(published);
    return llvm::isa<llvm::GlobalAlias>(value) && value.getName().starts_with(HOST_VARIABLE_PREFIX);
}
