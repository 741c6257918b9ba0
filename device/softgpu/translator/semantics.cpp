#include "semantics.h"

#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Support/MemoryBuffer.h>

// Functions are read when they are first named.
bool Semantics::open(const char *path, llvm::LLVMContext &context, std::string &error)
{
    auto file = llvm::MemoryBuffer::getFile(path);
    if (!file) {
        error = std::string(path) + ": " + file.getError().message();
        return false;
    }
    auto read = llvm::getOwningLazyBitcodeModule(std::move(*file), context);
    if (!read) {
        error = std::string(path) + ": " + llvm::toString(read.takeError());
        return false;
    }
    module = std::move(*read);
    // No arithmetic traps, so that loops need not see the host's own repeated.
    for (llvm::Function &function : *module)
        if (function.getName().starts_with("llvm.x86.") && function.doesNotAccessMemory())
            function.addFnAttr(llvm::Attribute::Speculatable);
    // Whoever calls translated code sees to the registers' upper halves.
    for (llvm::Function &function : *module)
        if (function.hasFnAttribute("target-features")) {
            llvm::StringRef features = function.getFnAttribute("target-features").getValueAsString();
            function.addFnAttr("target-features", (features + ",-vzeroupper").str());
        }
    return true;
}

void Semantics::take_called(llvm::Function &function)
{
    for (llvm::BasicBlock &block : function)
        for (llvm::Instruction &instruction : block) {
            auto *call = llvm::dyn_cast<llvm::CallBase>(&instruction);
            llvm::Function *callee = call ? call->getCalledFunction() : nullptr;
            if (callee && callee->isMaterializable()) take(callee->getName());
        }
}

llvm::Function *Semantics::take(llvm::StringRef name)
{
    // Functions with the same body are one, with aliases.
    llvm::GlobalValue *value = module->getNamedValue(name);
    auto *function = value ? llvm::dyn_cast<llvm::Function>(value->getAliaseeObject()) : nullptr;
    if (!function || !function->isMaterializable()) return function;
    if (llvm::Error error = function->materialize()) {
        llvm::consumeError(std::move(error));
        return nullptr;
    }
    function->setLinkage(llvm::GlobalValue::InternalLinkage);
    function->setVisibility(llvm::GlobalValue::DefaultVisibility);
    take_called(*function);
    return function;
}

llvm::Function *Semantics::inlined(llvm::StringRef name)
{
    llvm::Function *function = take(name);
    if (!function) return nullptr;
    function->removeFnAttr(llvm::Attribute::NoInline);
    function->addFnAttr(llvm::Attribute::AlwaysInline);
    return function;
}

void Semantics::attributes_copy(llvm::Function &function)
{
    const llvm::Function *any = module->getFunction("modifiers_finish");
    for (const char *name : {"target-cpu", "target-features", "tune-cpu", "prefer-vector-width"})
        if (any->hasFnAttribute(name)) function.addFnAttr(any->getFnAttribute(name));
    function.addFnAttr("min-legal-vector-width", "512");
    function.addFnAttr(llvm::Attribute::NoUnwind);
}

void Semantics::prune()
{
    for (llvm::GlobalAlias &alias : llvm::make_early_inc_range(module->aliases()))
        if (alias.use_empty()) alias.eraseFromParent();
    llvm::SmallVector<llvm::Function *, 0> unused;
    for (llvm::Function &function : *module)
        if (function.use_empty() && (function.isMaterializable() || function.isDeclaration()))
            unused.push_back(&function);
    for (llvm::Function *function : unused) function->eraseFromParent();
}
