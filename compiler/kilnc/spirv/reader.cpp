// What a module's ids stand for, and calls of the library.
#include "reader.h"

namespace spirv
{

Reader::Reader(const bridge_spirv_module &source, llvm::Module &module, Words read)
    : source(source), module(module), context(module.getContext()), layout(module.getDataLayout()),
      words(std::move(read)), build(module.getContext(), llvm::TargetFolder(layout)),
      prologue(module.getContext(), llvm::TargetFolder(layout)), slots(words.bound)
{
    ids.emplace_back(); // no id has slot 0
}

// ---- Ids ------------------------------------------------------------------------------------------------

Id &Reader::id(uint32_t number)
{
    if (!number || number >= words.bound)
        throw Refusal{"id " + std::to_string(number) + " is not below the module's bound"};
    if (!slots[number]) {
        slots[number] = ids.size();
        ids.emplace_back();
    }
    return ids[slots[number]];
}

Id &Reader::define(uint32_t number, Id::What what)
{
    Id &entry = id(number);
    if (entry.what != Id::NOTHING) throw Refusal{"id " + std::to_string(number) + " is defined twice"};
    entry.what = what;
    if (function && what != Id::TYPE) locals.push_back(number);
    return entry;
}

void Reader::define(const Operation &operation, llvm::Value *value)
{
    require(operation.type->llvm == value->getType(), "the result is not of the type that is named for it");
    Id &entry = define(operation.result, Id::VALUE);
    entry.type = operation.type;
    entry.value = value;
}

const Type *Reader::type(uint32_t number)
{
    const Id &entry = id(number);
    if (entry.what != Id::TYPE) throw Refusal{"id " + std::to_string(number) + " is not a type"};
    return entry.type;
}

Value Reader::value(uint32_t number)
{
    const Id &entry = id(number);
    if (entry.what == Id::VALUE) return {entry.type, entry.value};
    if (function && entry.what == Id::BUILT_IN) return {entry.type, built_in_pointer(*this, entry)};
    if (function && entry.what == Id::SAMPLER) return {entry.type, sampler_of(*this, entry.number)};
    throw Refusal{"id " + std::to_string(number) + " is not a value here"};
}

llvm::Constant *Reader::constant(uint32_t number)
{
    auto *constant = llvm::dyn_cast<llvm::Constant>(value(number).llvm);
    if (!constant) throw Refusal{"id " + std::to_string(number) + " is not a constant"};
    return constant;
}

uint64_t Reader::integer(uint32_t number)
{
    auto *integer = llvm::dyn_cast<llvm::ConstantInt>(constant(number));
    if (!integer) throw Refusal{"id " + std::to_string(number) + " is not an integer constant"};
    return integer->getValue().getLimitedValue();
}

const Decoration *Reader::decoration(uint32_t number, unsigned kind, int member) const
{
    auto found = decorations.find(number);
    if (found == decorations.end()) return nullptr;
    for (const Decoration &decoration : found->second)
        if (decoration.kind == kind && decoration.member == member) return &decoration;
    return nullptr;
}

llvm::StringRef Reader::name(uint32_t number) const
{
    auto found = names.find(number);
    return found == names.end() ? llvm::StringRef() : llvm::StringRef(found->second);
}

// What only this module sees has its name from the reader, and gives it up for one that the module asks for.
void Reader::name_free(llvm::StringRef name, const char *reason)
{
    llvm::GlobalValue *other = module.getNamedValue(name);
    require(!other || other->hasLocalLinkage(), reason);
    if (other) other->setName(name + ".own");
}

// ---- Library functions ----------------------------------------------------------------------------------

llvm::Value *Reader::call(llvm::StringRef name, llvm::Type *result, llvm::ArrayRef<llvm::Value *> arguments)
{
    llvm::SmallVector<llvm::Type *> types;
    for (llvm::Value *argument : arguments) types.push_back(argument->getType());
    auto *wanted = llvm::FunctionType::get(result, types, /*isVarArg=*/false);
    auto *callee = llvm::dyn_cast<llvm::Function>(module.getOrInsertFunction(name, wanted).getCallee());
    if (!callee || callee->getFunctionType() != wanted)
        throw Refusal{"the library's function " + name.str() + " is used with types that it does not have"};
    callee->setConvergent();
    callee->setDoesNotThrow();
    llvm::CallInst *call = build.CreateCall(callee, arguments);
    call->setConvergent();
    return call;
}

} // namespace spirv
