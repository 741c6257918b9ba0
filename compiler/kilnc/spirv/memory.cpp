// Variables, loads, stores, copies, and pointers into objects.
#include "opcode.h"

namespace spirv
{

constexpr uint64_t value_limit = 1 << 16; // scalars in one value
enum {
    DECORATION_BUILT_IN = 11,
    DECORATION_CONSTANT = 22,
    DECORATION_LINKAGE = 41,
    DECORATION_ALIGNMENT = 44
};

// ---- Memory operands ------------------------------------------------------------------------------------

struct Access {
    bool is_volatile = false, nontemporal = false;
    llvm::MaybeAlign alignment;
};

static Access access_of(Reader &reader, llvm::ArrayRef<uint32_t> words)
{
    enum { VOLATILE = 1, ALIGNED = 2, NONTEMPORAL = 4, KNOWN = 0x3003f };
    static const uint32_t with_id[] = {0x8, 0x10, 0x10000, 0x20000};
    Access access;
    if (words.empty()) return access;
    uint32_t mask = words[0];
    require(!(mask & ~(uint32_t)KNOWN), "an unknown memory operand");
    size_t next = 1;
    access.is_volatile = mask & VOLATILE;
    access.nontemporal = mask & NONTEMPORAL;
    if (mask & ALIGNED) {
        require(next < words.size(), "an alignment is missing");
        uint32_t alignment = words[next++];
        require(!(alignment & (alignment - 1)), "an alignment is no power of two");
        if (alignment)
            access.alignment = llvm::Align(std::min<uint32_t>(alignment, 1 << 20)); // LLVM 22 writes 0, too
    }
    for (uint32_t bit : with_id) next += (mask & bit) != 0;
    require(next <= words.size(), "a memory operand is missing");
    (void)reader;
    return access;
}

static void nontemporal_mark(Reader &reader, llvm::Instruction *instruction)
{
    llvm::Metadata *one =
        llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(llvm::Type::getInt32Ty(reader.context), 1));
    instruction->setMetadata("nontemporal", llvm::MDNode::get(reader.context, one));
}

static uint64_t parts_of(const Type *type)
{
    uint64_t parts = type->kind == Kind::ARRAY ? type->count * parts_of(type->element) : type->parts;
    if (type->kind == Kind::STRUCT)
        for (const Type *member : type->members) parts += parts_of(member);
    return std::min<uint64_t>(parts, value_limit + 1);
}

static void value_type_check(const Type *type)
{
    require(first_class(type), "no value can be of this type");
    require(parts_of(type) <= value_limit, "a value has too many parts: memory of this size is copied");
}

// ---- Loads and stores -----------------------------------------------------------------------------------

void load(Reader &reader, const Operation &operation)
{
    const Id &id = reader.id(operation.words[0]);
    value_type_check(operation.type);
    if (id.what == Id::SAMPLER) { // a variable that holds a sampler
        reader.define(operation, sampler_of(reader, id.number));
        return;
    }
    Value pointer = reader.value(operation.words[0]);
    require(pointee_of(reader, pointer)->llvm == operation.type->llvm,
            "the pointer does not point to the result's type");
    Access access = access_of(reader, operation.words.drop_front());
    llvm::LoadInst *load = reader.build.CreateAlignedLoad(operation.type->stored, pointer.llvm,
                                                          access.alignment, access.is_volatile);
    if (access.nontemporal) nontemporal_mark(reader, load);
    reader.define(operation, from_memory(reader, load, operation.type->llvm));
}

void store(Reader &reader, const Operation &operation)
{
    Value pointer = reader.value(operation.words[0]), value = reader.value(operation.words[1]);
    value_type_check(value.type);
    require(pointee_of(reader, pointer)->llvm == value.type->llvm,
            "the pointer does not point to the value's type");
    Access access = access_of(reader, operation.words.drop_front(2));
    llvm::StoreInst *store = reader.build.CreateAlignedStore(in_memory(reader, value.llvm), pointer.llvm,
                                                             access.alignment, access.is_volatile);
    if (access.nontemporal) nontemporal_mark(reader, store);
}

void copy_memory(Reader &reader, const Operation &operation)
{
    Value to = reader.value(operation.words[0]), from = reader.value(operation.words[1]);
    const Type *type = pointee_of(reader, to);
    require(first_class(type) && pointee_of(reader, from)->llvm == type->llvm,
            "the pointers do not point to one type");
    Access access = access_of(reader, operation.words.drop_front(2));
    llvm::Align alignment = reader.layout.getABITypeAlign(type->stored);
    if (access.alignment) alignment = *access.alignment;
    reader.build.CreateMemCpy(to.llvm, alignment, from.llvm, alignment, type->size, access.is_volatile);
}

void copy_memory_sized(Reader &reader, const Operation &operation)
{
    llvm::Value *to = reader.value(operation.words[0]).llvm, *from = reader.value(operation.words[1]).llvm;
    llvm::Value *size = reader.value(operation.words[2]).llvm;
    (void)space_of(to), (void)space_of(from);
    require(size->getType()->isIntegerTy(), "the size is not an integer");
    Access access = access_of(reader, operation.words.drop_front(3));
    size = reader.build.CreateZExtOrTrunc(size, llvm::Type::getInt64Ty(reader.context));
    reader.build.CreateMemCpy(to, access.alignment, from, access.alignment, size, access.is_volatile);
}

// ---- Variables ------------------------------------------------------------------------------------------

static void local_variable(Reader &reader, const Operation &operation, const Type *type)
{
    require(operation.words[0] == FUNCTION_STORAGE, "a function's variable is not of storage class Function");
    llvm::AllocaInst *slot = reader.prologue.CreateAlloca(type->stored, SPACE_PRIVATE);
    if (const Decoration *decoration = reader.decoration(operation.result, DECORATION_ALIGNMENT))
        if (!decoration->words.empty() && llvm::isPowerOf2_32(decoration->words[0]))
            slot->setAlignment(
                std::max(slot->getAlign(), llvm::Align(std::min(decoration->words[0], 4096u))));
    if (operation.words.size() > 1) {
        llvm::Constant *first = reader.constant(operation.words[1]);
        require(first->getType() == type->llvm, "the initializer is not of the variable's type");
        reader.build.CreateStore(in_memory(reader, first), slot);
    }
    reader.define(operation, slot);
}

// Optimising finds lifetimes itself. But LLVM 22's writer takes a variable's type from what is first done
// with it: a structure that begins with a pointer may be one of a pointer's type, and only its lifetime tells
// its size.
void lifetime_start(Reader &reader, const Operation &operation)
{
    constexpr uint32_t room = 1 << 20;
    llvm::Value *pointer = reader.value(operation.words[0]).llvm;
    uint32_t size = operation.words[1];
    auto *slot = llvm::dyn_cast<llvm::AllocaInst>(pointer);
    if (!slot || size > room || size <= reader.layout.getTypeAllocSize(slot->getAllocatedType())) return;
    slot->setAllocatedType(llvm::ArrayType::get(llvm::Type::getInt8Ty(reader.context), size));
}

// Translators once gave built-in variables the storage class of constants.
static bool is_built_in(Reader &reader, const Operation &operation)
{
    if (operation.words[0] == INPUT) return true;
    return operation.words[0] == UNIFORM_CONSTANT && reader.decoration(operation.result, DECORATION_BUILT_IN);
}

static void built_in_variable(Reader &reader, const Operation &operation)
{
    const Decoration *decoration = reader.decoration(operation.result, DECORATION_BUILT_IN);
    require(decoration && !decoration->words.empty(), "an input that is not built in");
    Id &entry = reader.define(operation.result, Id::BUILT_IN);
    entry.type = operation.type;
    entry.number = decoration->words[0];
}

static llvm::Constant *initializer_of(Reader &reader, const Operation &operation, const Type *type)
{
    if (operation.words.size() > 1) {
        llvm::Constant *first = reader.constant(operation.words[1]);
        require(first->getType() == type->llvm, "the initializer is not of the variable's type");
        return in_memory(reader, first);
    }
    return operation.words[0] == WORKGROUP ? llvm::PoisonValue::get(type->stored)
                                           : llvm::Constant::getNullValue(type->stored);
}

static void linkage_apply(Reader &reader, uint32_t id, llvm::GlobalVariable &variable)
{
    enum { IMPORT = 1, LINK_ONCE_ODR = 2 };
    const Decoration *linkage = reader.decoration(id, DECORATION_LINKAGE);
    if (!linkage) return;
    size_t first = 0;
    std::string name = string_read(linkage->words, first);
    require(first < linkage->words.size(), "a linkage without a kind");
    reader.name_free(name, "two things of this module have one linkage name");
    variable.setName(name);
    variable.setLinkage(linkage->words[first] == LINK_ONCE_ODR ? llvm::GlobalValue::LinkOnceODRLinkage
                                                               : llvm::GlobalValue::ExternalLinkage);
    variable.setVisibility(llvm::GlobalValue::HiddenVisibility);
    if (linkage->words[first] == IMPORT) variable.setInitializer(nullptr);
}

static void global_variable(Reader &reader, const Operation &operation, const Type *type)
{
    unsigned storage = operation.words[0];
    require(storage == UNIFORM_CONSTANT || storage == CROSS_WORKGROUP || storage == WORKGROUP,
            "no variable outside of functions is of this storage class");
    require(storage != WORKGROUP || operation.words.size() == 1, "local memory has no initial value");
    auto *variable = new llvm::GlobalVariable(
        reader.module, type->stored, /*isConstant=*/storage == UNIFORM_CONSTANT,
        llvm::GlobalValue::InternalLinkage, initializer_of(reader, operation, type), "variable", nullptr,
        llvm::GlobalValue::NotThreadLocal, space_of_storage(storage));
    variable->setAlignment(reader.layout.getPrefTypeAlign(type->stored));
    if (const Decoration *decoration = reader.decoration(operation.result, DECORATION_ALIGNMENT))
        if (!decoration->words.empty() && llvm::isPowerOf2_32(decoration->words[0]))
            variable->setAlignment(llvm::Align(std::min(decoration->words[0], 4096u)));
    linkage_apply(reader, operation.result, *variable);
    reader.define(operation, variable);
}

void variable(Reader &reader, const Operation &operation)
{
    require(operation.type->kind == Kind::POINTER && operation.type->storage == operation.words[0],
            "the type is not a pointer of the variable's storage class");
    if (is_built_in(reader, operation)) return built_in_variable(reader, operation);
    pointee_resolve(reader, operation.type);
    const Type *type = operation.type->element;
    require(first_class(type), "no variable can be of this type");
    if (reader.function) {
        require(reader.build.GetInsertBlock(), "it is not in a block");
        return local_variable(reader, operation, type);
    }
    if (type->kind == Kind::SAMPLER && operation.words.size() > 1) {
        const Id &sampler = reader.id(operation.words[1]);
        require(sampler.what == Id::SAMPLER, "the initializer is not a sampler");
        uint32_t bits = sampler.number;
        Id &entry = reader.define(operation.result, Id::SAMPLER);
        entry.type = type;
        entry.number = bits;
        return;
    }
    global_variable(reader, operation, type);
}

void size_of(Reader &reader, const Operation &operation)
{
    const Type *type = pointee_of(reader, reader.value(operation.words[0]));
    require(operation.type->kind == Kind::INT && first_class(type), "there is no size of this");
    reader.define(operation, llvm::ConstantInt::get(operation.type->llvm, type->size));
}

// ---- Pointers into objects ------------------------------------------------------------------------------

// The type that an index leads to within `type`.
static const Type *step(Reader &reader, const Type *type, uint32_t index)
{
    llvm::Value *value = reader.value(index).llvm;
    require(value->getType()->isIntegerTy(), "an index is not an integer");
    if (type->kind == Kind::VECTOR || type->kind == Kind::ARRAY) return type->element;
    require(type->kind == Kind::STRUCT, "an index into what has no parts");
    uint64_t member = reader.integer(index);
    require(member < type->members.size(), "a structure has no such member");
    return type->members[member];
}

// LLVM takes a structure's member as a 32-bit number.
static llvm::Value *index_value(Reader &reader, const Type *within, uint32_t index)
{
    if (within->kind != Kind::STRUCT) return reader.value(index).llvm;
    return llvm::ConstantInt::get(llvm::Type::getInt32Ty(reader.context), reader.integer(index));
}

static void chain(Reader &reader, const Operation &operation, llvm::Value *element,
                  llvm::ArrayRef<uint32_t> indices)
{
    Value base = reader.value(operation.words[0]);
    const Type *type = pointee_of(reader, base);
    llvm::Type *object = type->kind == Kind::VOID ? llvm::Type::getInt8Ty(reader.context) : type->stored;
    require(object && object->isSized(), "the pointer's object has no size");
    require(element->getType()->isIntegerTy(), "an index is not an integer");
    llvm::SmallVector<llvm::Value *> steps = {element};
    for (uint32_t index : indices) {
        const Type *part = step(reader, type, index);
        steps.push_back(index_value(reader, type, index));
        type = part;
    }
    require(operation.type->kind == Kind::POINTER, "the result is not a pointer");
    pointee_resolve(reader, operation.type);
    require(operation.type->element->llvm == type->llvm, "the result does not point to what is reached");
    auto flags = operation.row->code ? llvm::GEPNoWrapFlags::inBounds() : llvm::GEPNoWrapFlags::none();
    reader.define(operation, reader.build.CreateGEP(object, base.llvm, steps, "", flags));
}

void access_chain(Reader &reader, const Operation &operation)
{
    chain(reader, operation, llvm::ConstantInt::get(llvm::Type::getInt32Ty(reader.context), 0),
          operation.words.drop_front());
}

void pointer_access_chain(Reader &reader, const Operation &operation)
{
    chain(reader, operation, reader.value(operation.words[1]).llvm, operation.words.drop_front(2));
}

static bool pointers_alike(llvm::Value *a, llvm::Value *b)
{
    return a->getType()->isPointerTy() && a->getType() == b->getType();
}

void pointer_compare(Reader &reader, const Operation &operation)
{
    llvm::Value *a = reader.value(operation.words[0]).llvm, *b = reader.value(operation.words[1]).llvm;
    require(pointers_alike(a, b), "the operands are not pointers of one kind");
    reader.define(operation, reader.build.CreateICmp((llvm::CmpInst::Predicate)operation.row->code, a, b));
}

void pointer_difference(Reader &reader, const Operation &operation)
{
    Value a = reader.value(operation.words[0]), b = reader.value(operation.words[1]);
    require(pointers_alike(a.llvm, b.llvm), "the operands are not pointers of one kind");
    const Type *type = pointee_of(reader, a);
    require(first_class(type) && operation.type->kind == Kind::INT, "there is no such difference");
    llvm::Value *difference = reader.build.CreatePtrDiff(type->stored, a.llvm, b.llvm);
    reader.define(operation, reader.build.CreateSExtOrTrunc(difference, operation.type->llvm));
}

} // namespace spirv
