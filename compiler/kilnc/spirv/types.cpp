// Types.
//
// Source: SPIR-V 1.6, "Type-Declaration Instructions"; SPIR-V Environment for OpenCL, "Validation Rules".
#include "opcode.h"

namespace spirv
{

constexpr uint64_t size_limit = (uint64_t)1 << 32; // bytes of one object
constexpr uint64_t parts_limit = 1 << 16;
constexpr unsigned depth_limit = 64;

unsigned space_of_storage(unsigned storage)
{
    switch (storage) {
    case UNIFORM_CONSTANT:
        return SPACE_CONSTANT;
    case INPUT:
    case PRIVATE:
    case FUNCTION_STORAGE:
        return SPACE_PRIVATE;
    case WORKGROUP:
        return SPACE_LOCAL;
    case CROSS_WORKGROUP:
        return SPACE_GLOBAL;
    case GENERIC:
        return SPACE_GENERIC;
    default:
        throw Refusal{"storage class " + std::to_string(storage) + " is not supported"};
    }
}

unsigned space_of(const llvm::Value *pointer)
{
    require(pointer->getType()->isPointerTy(), "an operand is not a pointer");
    return pointer->getType()->getPointerAddressSpace();
}

// All pointers of a module have 64 bits, and a null's are zero: structures' layouts, and memory that is
// cleared or seen as integers, count on it. AMD's to local and to private memory have 32, and their null is
// no zero. So they are generic wherever they can be seen: in memory, in structures and arrays, and as
// integers.
static llvm::Type *type_in_memory(const llvm::DataLayout &layout, llvm::Type *type)
{
    bool narrow = type && type->isPointerTy() && layout.getTypeSizeInBits(type) < 64;
    return narrow ? llvm::PointerType::get(type->getContext(), SPACE_GENERIC) : type;
}

llvm::Value *in_memory(Reader &reader, llvm::Value *value)
{
    llvm::Type *stored = type_in_memory(reader.layout, value->getType());
    return stored == value->getType() ? value : reader.build.CreateAddrSpaceCast(value, stored);
}

llvm::Constant *in_memory(Reader &reader, llvm::Constant *constant)
{
    llvm::Type *stored = type_in_memory(reader.layout, constant->getType());
    if (stored == constant->getType()) return constant;
    return llvm::ConstantExpr::getAddrSpaceCast(constant, stored);
}

llvm::Value *from_memory(Reader &reader, llvm::Value *stored, llvm::Type *type)
{
    return stored->getType() == type ? stored : reader.build.CreateAddrSpaceCast(stored, type);
}

bool first_class(const Type *type)
{
    return type->llvm && type->llvm->isFirstClassType() && type->llvm->isSized();
}

void pointee_resolve(Reader &reader, const Type *pointer)
{
    if (pointer->element) return;
    require(pointer->awaited, "a pointer to nothing");
    const_cast<Type *>(pointer)->element = reader.type(pointer->awaited);
}

const Type *pointee_of(Reader &reader, const Value &pointer)
{
    require(pointer.type && pointer.type->kind == Kind::POINTER, "an operand is not a pointer");
    pointee_resolve(reader, pointer.type);
    return pointer.type->element;
}

Type &type_add(Reader &reader, Kind kind, llvm::Type *llvm)
{
    Type &type = reader.types.emplace_back();
    type.kind = kind;
    type.llvm = llvm;
    type.stored = type_in_memory(reader.layout, llvm);
    if (llvm && llvm->isSized()) type.size = reader.layout.getTypeAllocSize(type.stored);
    return type;
}

static Type &type_define(Reader &reader, const Operation &operation, Kind kind, llvm::Type *llvm)
{
    Id &entry = reader.define(operation.result, Id::TYPE);
    Type &type = type_add(reader, kind, llvm);
    entry.type = &type;
    return type;
}

static bool is_language_width(unsigned width)
{
    return width == 8 || width == 16 || width == 32 || width == 64;
}

static std::string name_of_integer(unsigned width)
{
    if (!is_language_width(width)) return "unsigned _BitInt(" + std::to_string(width) + ")";
    return width == 8 ? "uchar" : width == 16 ? "ushort" : width == 32 ? "uint" : "ulong";
}

// ---- Scalars and what is opaque -------------------------------------------------------------------------

void type_void(Reader &reader, const Operation &operation)
{
    type_define(reader, operation, Kind::VOID, llvm::Type::getVoidTy(reader.context)).name = "void";
}

void type_bool(Reader &reader, const Operation &operation)
{
    type_define(reader, operation, Kind::BOOL, llvm::Type::getInt1Ty(reader.context)).name = "bool";
}

void type_int(Reader &reader, const Operation &operation)
{
    unsigned width = operation.words[0];
    require(width > 1 && width <= 64,
            "no integer has this width"); // 3 and the like: what optimisers make of few cases
    type_define(reader, operation, Kind::INT, llvm::Type::getIntNTy(reader.context, width)).name =
        name_of_integer(width);
}

void type_float(Reader &reader, const Operation &operation)
{
    unsigned width = operation.words[0];
    require(width == 16 || width == 32 || width == 64, "no floating-point number has this width");
    llvm::Type *type = width == 16   ? llvm::Type::getHalfTy(reader.context)
                       : width == 32 ? llvm::Type::getFloatTy(reader.context)
                                     : llvm::Type::getDoubleTy(reader.context);
    type_define(reader, operation, Kind::FLOAT, type).name = width == 16   ? "half"
                                                             : width == 32 ? "float"
                                                                           : "double";
}

void type_sampler(Reader &reader, const Operation &operation)
{
    type_define(reader, operation, Kind::SAMPLER, llvm::PointerType::get(reader.context, SPACE_CONSTANT))
        .name = "sampler_t";
}

void type_event(Reader &reader, const Operation &operation)
{
    type_define(reader, operation, Kind::EVENT, llvm::PointerType::get(reader.context, SPACE_GENERIC)).name =
        "event_t";
}

void type_opaque(Reader &reader, const Operation &operation)
{
    type_define(reader, operation, Kind::OPAQUE, nullptr).name = "opaque";
}

// ---- Images ---------------------------------------------------------------------------------------------

// Numbers are SPIR-V's: dimension 0 to 2 and 5 (buffer).
void type_image(Reader &reader, const Operation &operation)
{
    static const struct {
        unsigned dimension;
        bool array, depth;
        const char *name;
        unsigned coordinates;
    } kinds[] = {
        {0, false, false, "image1d", 1},      {0, true, false, "image1d_array", 2},
        {1, false, false, "image2d", 2},      {1, true, false, "image2d_array", 3},
        {1, false, true, "image2d_depth", 2}, {1, true, true, "image2d_array_depth", 3},
        {2, false, false, "image3d", 3},      {5, false, false, "image1d_buffer", 1},
    };
    static const char *const endings[] = {"_ro", "_wo", "_rw"};
    bool depth = operation.words[2] == 1, array = operation.words[3] == 1;
    unsigned access = operation.words.size() > 7 ? operation.words[7] : 0;
    require(!operation.words[4], "images of several samples are not supported");
    require(access < 3, "no such access qualifier");
    for (const auto &kind : kinds) {
        if (kind.dimension != operation.words[1] || kind.array != array || kind.depth != depth) continue;
        Type &type = type_define(reader, operation, Kind::IMAGE,
                                 llvm::PointerType::get(reader.context, SPACE_CONSTANT));
        type.image = std::string("ocl_") + kind.name + endings[access];
        type.name = std::string(kind.name) + "_t";
        type.access = access;
        type.coordinates = kind.coordinates;
        return;
    }
    throw Refusal{"images of this kind are not supported"};
}

void type_sampled_image(Reader &reader, const Operation &operation)
{
    const Type *image = reader.type(operation.words[0]);
    require(image->kind == Kind::IMAGE, "the operand is not an image type");
    type_define(reader, operation, Kind::SAMPLED_IMAGE, nullptr).element = image;
}

// ---- Aggregates -----------------------------------------------------------------------------------------

static void nesting_check(Type &type)
{
    require(type.depth <= depth_limit, "types are nested too deeply");
    require(type.parts <= parts_limit, "a type has too many parts");
    require(type.size <= size_limit, "a type is larger than 4 GiB");
}

void type_vector(Reader &reader, const Operation &operation)
{
    const Type *element = reader.type(operation.words[0]);
    unsigned count = operation.words[1];
    require(element->kind == Kind::BOOL || element->kind == Kind::INT || element->kind == Kind::FLOAT,
            "a vector's components are numbers or booleans");
    require(element->kind != Kind::INT || is_language_width(element->llvm->getIntegerBitWidth()),
            "no vector has components of this width");
    require(count == 2 || count == 3 || count == 4 || count == 8 || count == 16,
            "no vector has this number of components");
    Type &type =
        type_define(reader, operation, Kind::VECTOR, llvm::FixedVectorType::get(element->llvm, count));
    type.element = element;
    type.count = type.parts = count;
    type.name = element->name + std::to_string(count);
}

void type_array(Reader &reader, const Operation &operation)
{
    const Type *element = reader.type(operation.words[0]);
    uint64_t count = reader.integer(operation.words[1]);
    require(first_class(element), "an array cannot hold this type");
    require(count > 0 && count <= size_limit, "an array's length is not within 1 to 2^32");
    require(count * (element->size ? element->size : 1) <= size_limit, "a type is larger than 4 GiB");
    Type &type = type_define(reader, operation, Kind::ARRAY, llvm::ArrayType::get(element->stored, count));
    type.element = element;
    type.count = count;
    type.parts = element->parts + 1;
    type.depth = element->depth + 1;
    type.name = element->name + "[]";
    nesting_check(type);
}

void type_struct(Reader &reader, const Operation &operation)
{
    llvm::SmallVector<llvm::Type *> elements;
    std::vector<const Type *> members;
    uint64_t parts = 1, size = 0;
    unsigned depth = 0;
    for (uint32_t word : operation.words) {
        const Type *member = reader.type(word);
        require(first_class(member), "a structure cannot hold this type");
        elements.push_back(member->stored);
        members.push_back(member);
        parts += member->parts;
        size += member->size;
        depth = std::max(depth, member->depth + 1);
        require(parts <= parts_limit && size <= size_limit, "a structure is too large");
    }
    bool packed = reader.decorated(operation.result, 10); // CPacked
    Type &type = type_define(reader, operation, Kind::STRUCT,
                             llvm::StructType::create(reader.context, elements, "", packed));
    type.members = std::move(members);
    type.parts = parts;
    type.depth = depth;
    type.name = reader.name(operation.result).str();
    nesting_check(type);
}

// ---- Pointers and functions -----------------------------------------------------------------------------

void type_forward_pointer(Reader &reader, const Operation &operation)
{
    Id &entry = reader.define(operation.words[0], Id::TYPE);
    entry.type = &type_add(reader, Kind::POINTER,
                           llvm::PointerType::get(reader.context, space_of_storage(operation.words[1])));
}

void type_pointer(Reader &reader, const Operation &operation)
{
    llvm::Type *llvm = llvm::PointerType::get(reader.context, space_of_storage(operation.words[0]));
    Id &entry = reader.id(operation.result);
    bool announced = entry.what == Id::TYPE && entry.type->kind == Kind::POINTER && !entry.type->element &&
                     !entry.type->awaited && entry.type->llvm == llvm;
    Type &type =
        announced ? *const_cast<Type *>(entry.type) : type_define(reader, operation, Kind::POINTER, llvm);
    type.storage = operation.words[0];
    if (reader.id(operation.words[1]).what == Id::NOTHING)
        type.awaited = operation.words[1];
    else
        type.element = reader.type(operation.words[1]);
    type.name = (type.element ? type.element->name : "void") + "*";
}

void type_function(Reader &reader, const Operation &operation)
{
    const Type *result = reader.type(operation.words[0]);
    std::vector<const Type *> members;
    llvm::SmallVector<llvm::Type *> parameters;
    require(result->kind == Kind::VOID || first_class(result), "a function cannot return this type");
    require(operation.words.size() <= 256, "a function of more than 255 parameters");
    for (uint32_t word : operation.words.drop_front()) {
        members.push_back(reader.type(word));
        require(first_class(members.back()), "a function cannot take this type");
        parameters.push_back(members.back()->llvm);
    }
    Type &type = type_define(reader, operation, Kind::FUNCTION,
                             llvm::FunctionType::get(result->llvm, parameters, /*isVarArg=*/false));
    type.element = result;
    type.members = std::move(members);
}

} // namespace spirv
