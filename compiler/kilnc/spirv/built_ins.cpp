// Built-in variables: a stack slot in each function that uses one, which the device library's functions fill
// where the function begins. LLVM dissolves the slot.
#include "mangling.h"
#include "reader.h"

#include <algorithm>

namespace spirv
{

static const struct BuiltIn {
    unsigned number;
    const char *name, *function;
    bool per_dimension;
} built_ins[] = {
#define BUILT_IN(number, name, function, per_dimension) {number, #name, function, per_dimension},
#include "built_ins.def"
#undef BUILT_IN
};

static const BuiltIn &built_in_find(unsigned number)
{
    auto found = std::find_if(std::begin(built_ins), std::end(built_ins),
                              [number](const BuiltIn &row) { return row.number == number; });
    if (found == std::end(built_ins))
        throw Refusal{"the built-in variable " + std::to_string(number) + " is not supported"};
    return *found;
}

// The library's functions on sizes and numbers of work-items return size_t, these uint.
static llvm::Type *result_of(Reader &reader, const BuiltIn &row, const Type *type)
{
    llvm::StringRef name(row.function);
    if (type->kind == Kind::VECTOR && !row.per_dimension) return type->llvm;
    bool size = row.per_dimension || name.ends_with("linear_id");
    return llvm::Type::getIntNTy(reader.context, size ? 64 : 32);
}

static llvm::Value *value_make(Reader &reader, const BuiltIn &row, const Type *type)
{
    llvm::Type *result = result_of(reader, row, type);
    if (!row.per_dimension) {
        llvm::Value *value = reader.call(Mangling(row.function).text(), result, {});
        return value->getType() == type->llvm ? value : reader.build.CreateZExtOrTrunc(value, type->llvm);
    }
    llvm::Type *number = llvm::Type::getInt32Ty(reader.context);
    llvm::Value *whole = llvm::PoisonValue::get(type->llvm);
    for (unsigned i = 0; i < type->count; i++) {
        llvm::Value *part = reader.call(Mangling(row.function).value(number, false).text(), result,
                                        {llvm::ConstantInt::get(number, i)});
        part = reader.build.CreateZExtOrTrunc(part, type->element->llvm);
        whole = reader.build.CreateInsertElement(whole, part, i);
    }
    return whole;
}

static void type_check(const BuiltIn &row, const Type *type)
{
    bool mask = llvm::StringRef(row.function).ends_with("_mask");
    const Type *number = type->kind == Kind::VECTOR ? type->element : type;
    bool fits = row.per_dimension ? type->kind == Kind::VECTOR && type->count == 3
                : mask            ? type->kind == Kind::VECTOR && type->count == 4 && number->size == 4
                                  : type->kind == Kind::INT;
    if (!fits || number->kind != Kind::INT)
        throw Refusal{"the built-in variable " + std::string(row.name) + " is not of its type"};
}

// Writes into the prologue with what writes into the current block.
template <typename Make> static llvm::Value *in_prologue(Reader &reader, const Make &make)
{
    llvm::IRBuilderBase::InsertPointGuard back(reader.build);
    reader.build.SetInsertPoint(reader.prologue.GetInsertBlock());
    reader.build.SetCurrentDebugLocation(reader.prologue.getCurrentDebugLocation());
    return make();
}

llvm::Value *built_in_pointer(Reader &reader, const Id &id)
{
    const BuiltIn &row = built_in_find(id.number);
    pointee_resolve(reader, id.type);
    const Type *type = id.type->element;
    type_check(row, type);
    require(reader.prologue.GetInsertBlock(), "a built-in variable is used outside of a block");
    uint32_t key = id.number * 2;
    auto found = reader.prologue_values.find(key);
    if (found != reader.prologue_values.end() &&
        llvm::cast<llvm::AllocaInst>(found->second)->getAllocatedType() == type->llvm)
        return found->second;
    llvm::Value *slot = in_prologue(reader, [&]() -> llvm::Value * {
        llvm::AllocaInst *made = reader.build.CreateAlloca(type->llvm, SPACE_PRIVATE);
        reader.build.CreateStore(value_make(reader, row, type), made);
        return made;
    });
    return reader.prologue_values[key] = slot;
}

llvm::Value *sampler_of(Reader &reader, uint32_t bits)
{
    require(reader.prologue.GetInsertBlock(), "a sampler is used outside of a block");
    uint32_t key = bits * 2 + 1;
    auto found = reader.prologue_values.find(key);
    if (found != reader.prologue_values.end()) return found->second;
    llvm::Value *sampler = in_prologue(reader, [&] {
        return reader.call("__translate_sampler_initializer",
                           llvm::PointerType::get(reader.context, SPACE_CONSTANT),
                           {llvm::ConstantInt::get(llvm::Type::getInt32Ty(reader.context), bits)});
    });
    return reader.prologue_values[key] = sampler;
}

} // namespace spirv
