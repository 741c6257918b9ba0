// Constants, and those that are only specialised when the program is built.
#include "opcode.h"

namespace spirv
{

constexpr unsigned decoration_spec_id = 1;

// The value that the application set for a specialisation constant, NULL where there is none.
static const compiler_constant *specialisation(const Reader &reader, const Operation &operation)
{
    const Decoration *id = reader.decoration(operation.result, decoration_spec_id);
    if (!id || id->words.empty()) return nullptr;
    for (size_t i = 0; i < reader.source.constant_count; i++)
        if (reader.source.constants[i].id == id->words[0]) return &reader.source.constants[i];
    return nullptr;
}

void constant_bool(Reader &reader, const Operation &operation)
{
    require(operation.type->kind == Kind::BOOL, "the type is not boolean");
    const compiler_constant *set = specialisation(reader, operation);
    bool value = set ? set->value != 0 : operation.row->code;
    reader.define(operation, llvm::ConstantInt::getBool(reader.context, value));
}

void constant_number(Reader &reader, const Operation &operation)
{
    Kind kind = operation.type->kind;
    require(kind == Kind::INT || kind == Kind::FLOAT, "the type is not a number's");
    unsigned width = operation.type->llvm->getScalarSizeInBits();
    require(operation.words.size() == (width > 32 ? 2 : 1), "the literal does not have the type's size");
    uint64_t bits = operation.words[0];
    if (width > 32) bits |= (uint64_t)operation.words[1] << 32;
    if (const compiler_constant *set = specialisation(reader, operation)) {
        require(set->size * 8 == width, "a specialization constant was set with another size");
        bits = set->value;
    }
    llvm::APInt number(64, bits);
    number = number.trunc(width);
    if (kind == Kind::INT)
        reader.define(operation, llvm::ConstantInt::get(operation.type->llvm, number));
    else
        reader.define(operation,
                      llvm::ConstantFP::get(reader.context,
                                            llvm::APFloat(operation.type->llvm->getFltSemantics(), number)));
}

// A pointer to local or private memory that is null is not zero on AMD's GPUs; within structures and arrays
// it is.
llvm::Constant *null_of(Reader &reader, const Type *type)
{
    require(first_class(type), "no value can be of this type");
    if (type->kind != Kind::POINTER) return llvm::Constant::getNullValue(type->llvm);
    auto *generic = llvm::ConstantPointerNull::get(llvm::PointerType::get(reader.context, SPACE_GENERIC));
    return type->llvm == type->stored ? llvm::Constant::getNullValue(type->llvm)
                                      : llvm::ConstantExpr::getAddrSpaceCast(generic, type->llvm);
}

void constant_null(Reader &reader, const Operation &operation)
{
    reader.define(operation, null_of(reader, operation.type));
}

static llvm::Constant *composite_make(const Type *type, llvm::ArrayRef<llvm::Constant *> parts)
{
    if (type->kind == Kind::VECTOR) return llvm::ConstantVector::get(parts);
    if (type->kind == Kind::ARRAY)
        return llvm::ConstantArray::get(llvm::cast<llvm::ArrayType>(type->llvm), parts);
    return llvm::ConstantStruct::get(llvm::cast<llvm::StructType>(type->llvm), parts);
}

// LLVM 22's writer takes the null of any type for that of any pointer.
static llvm::Constant *constituent(Reader &reader, llvm::Constant *constant, const Type *type)
{
    llvm::Constant *stored = in_memory(reader, constant);
    if (constant->getType() == type->llvm) return stored;
    require(type->kind == Kind::POINTER && stored->isNullValue(), "a constituent is not of its type");
    return llvm::Constant::getNullValue(type->stored);
}

void constant_composite(Reader &reader, const Operation &operation)
{
    const Type *type = operation.type;
    bool record = type->kind == Kind::STRUCT;
    require(record || type->kind == Kind::VECTOR || type->kind == Kind::ARRAY, "the type is not a composite");
    require(operation.words.size() == (record ? type->members.size() : type->count),
            "the number of constituents is not the type's");
    llvm::SmallVector<llvm::Constant *> parts;
    for (size_t i = 0; i < operation.words.size(); i++) {
        const Type *part = record ? type->members[i] : type->element;
        parts.push_back(constituent(reader, reader.constant(operation.words[i]), part));
    }
    reader.define(operation, composite_make(type, parts));
}

// Bits as the device library's are: CLK_NORMALIZED_COORDS_TRUE, CLK_ADDRESS_…, CLK_FILTER_….
void constant_sampler(Reader &reader, const Operation &operation)
{
    enum { FILTER_NEAREST = 0x10, FILTER_LINEAR = 0x20 };
    require(operation.type->kind == Kind::SAMPLER, "the type is not a sampler's");
    require(operation.words[0] < 5 && operation.words[1] < 2 && operation.words[2] < 2,
            "no sampler is like this");
    Id &entry = reader.define(operation.result, Id::SAMPLER);
    entry.type = operation.type;
    entry.number =
        operation.words[0] << 1 | operation.words[1] | (operation.words[2] ? FILTER_LINEAR : FILTER_NEAREST);
}

// The instruction is carried out in a block that nothing calls: what LLVM folds to a constant is one.
void constant_operation(Reader &reader, const Operation &operation)
{
    auto *nothing = llvm::FunctionType::get(llvm::Type::getVoidTy(reader.context), /*isVarArg=*/false);
    auto *scratch =
        llvm::Function::Create(nothing, llvm::GlobalValue::InternalLinkage, "constant", reader.module);
    reader.build.SetInsertPoint(llvm::BasicBlock::Create(reader.context, "", scratch));
    const Opcode *row = opcode_find(operation.words[0]);
    bool pure = row && row->place == PURE;
    if (pure) {
        Operation inner = operation;
        inner.row = row;
        inner.words = operation.words.drop_front();
        reader.apply(inner, llvm::StringRef(row->operands).drop_front(2));
    }
    reader.build.ClearInsertionPoint();
    bool folded = pure && llvm::isa<llvm::Constant>(reader.id(operation.result).value);
    scratch->dropAllReferences();
    scratch->eraseFromParent();
    require(pure, "its opcode is none for constants");
    require(folded, "its value cannot be computed when it is compiled");
}

} // namespace spirv
