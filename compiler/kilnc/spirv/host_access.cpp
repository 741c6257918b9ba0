// Variables that the application knows by a name of their own.
//
// Source: SPV_INTEL_global_variable_host_access.
#include "reader.h"

#include "compiler/host_variable.h"

namespace spirv
{

static void variable_publish(Reader &reader, uint32_t id, const Decoration &decoration)
{
    require(decoration.words.size() >= 2 && decoration.words[0] < HOST_VARIABLE_ACCESSES,
            "HostAccessINTEL without an access and a name");
    const Id &known = reader.id(id);
    auto *variable = known.what == Id::VALUE ? llvm::dyn_cast<llvm::GlobalVariable>(known.value) : nullptr;
    require(variable && variable->getAddressSpace() != SPACE_LOCAL,
            "HostAccessINTEL of what is no variable of the module");
    if (variable->isDeclaration()) return; // the module that has it tells
    unsigned access = decoration.words[0];
    if (variable->isConstant()) access &= ~(unsigned)HOST_VARIABLE_WRITE;
    size_t first = 1;
    std::string name =
        HOST_VARIABLE_PREFIX + std::to_string(access) + "_" + string_read(decoration.words, first);
    require(!reader.module.getNamedValue(name), "two variables have one name for the host");
    if (variable->hasLocalLinkage()) {
        variable->setName(name);
        variable->setLinkage(llvm::GlobalValue::ExternalLinkage);
        return;
    }
    auto *alias = llvm::GlobalAlias::create(name, variable);
    alias->setVisibility(llvm::GlobalValue::ProtectedVisibility);
}

void host_access_apply(Reader &reader)
{
    enum { HOST_ACCESS = 6188 };
    for (const auto &[id, decorations] : reader.decorations)
        for (const Decoration &decoration : decorations) {
            if (decoration.kind != HOST_ACCESS) continue;
            try {
                variable_publish(reader, id, decoration);
            } catch (const Refusal &refusal) {
                throw Refusal{"id " + std::to_string(id) + ": " + refusal.reason};
            }
        }
}

} // namespace spirv
