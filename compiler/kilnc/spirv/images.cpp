// Images and samplers: the device library's functions on them.
#include "mangling.h"
#include "opcode.h"

namespace spirv
{

enum {
    OPERAND_LOD = 2,
    OPERAND_GRADIENT = 4,
    OPERANDS_IGNORED = 0x7000
}; // sign, zero extension; nontemporal

static const Type *image_type(const Value &image)
{
    require(image.type->kind == Kind::IMAGE, "the operand is not an image");
    return image.type;
}

void sampled_image(Reader &reader, const Operation &operation)
{
    Value image = reader.value(operation.words[0]), sampler = reader.value(operation.words[1]);
    require(operation.type->kind == Kind::SAMPLED_IMAGE && sampler.type->kind == Kind::SAMPLER,
            "the operands are not an image and a sampler");
    image_type(image);
    Id &entry = reader.define(operation.result, Id::SAMPLED_IMAGE);
    entry.type = image.type;
    entry.value = image.llvm;
    entry.second = sampler.llvm;
}

// read_imagef, read_imagei, …: by the component's type.
static std::string function_for(const char *verb, const llvm::Type *vector)
{
    const llvm::Type *scalar = vector->getScalarType();
    const char *ending = scalar->isFloatTy()       ? "f"
                         : scalar->isHalfTy()      ? "h"
                         : scalar->isIntegerTy(32) ? "i"
                                                   : nullptr;
    require(ending, "no texel's components are of this type");
    return std::string(verb) + ending;
}

// The library counts the coordinates of an array of images, or of a volume, as four.
static llvm::Value *coordinates_of(Reader &reader, const Type *image, uint32_t id)
{
    llvm::Value *value = reader.value(id).llvm;
    auto *vector = llvm::dyn_cast<llvm::FixedVectorType>(value->getType());
    unsigned count = vector ? vector->getNumElements() : 1;
    unsigned wanted = image->coordinates == 3 ? 4 : image->coordinates;
    require(value->getType()->getScalarType()->isFloatTy() ||
                value->getType()->getScalarType()->isIntegerTy(32),
            "coordinates are neither 32-bit integers nor floats");
    require(count >= image->coordinates && count <= 4, "there are not as many coordinates as the image has");
    if (count == wanted) return value;
    if (wanted == 1) return reader.build.CreateExtractElement(value, (uint64_t)0);
    llvm::SmallVector<int> lanes;
    for (unsigned i = 0; i < wanted; i++) lanes.push_back(i < count ? (int)i : (int)image->coordinates - 1);
    return reader.build.CreateShuffleVector(value, lanes);
}

// A depth image gives one number, which SPIR-V has as the first of four.
static llvm::Value *texel_read(Reader &reader, const Operation &operation, const Type *image, Mangling &name,
                               llvm::ArrayRef<llvm::Value *> arguments)
{
    llvm::Type *type = operation.type->llvm;
    bool depth = llvm::StringRef(image->image).contains("depth");
    require(operation.type->kind == Kind::VECTOR ? operation.type->count == 4 : depth,
            "a texel has four components");
    if (!depth || operation.type->kind != Kind::VECTOR) return reader.call(name.text(), type, arguments);
    llvm::Value *number = reader.call(name.text(), type->getScalarType(), arguments);
    return reader.build.CreateInsertElement(llvm::Constant::getNullValue(type), number, (uint64_t)0);
}

// Sampled image, coordinates, operands.
void image_sample(Reader &reader, const Operation &operation)
{
    const Id sampled = reader.id(operation.words[0]);
    require(sampled.what == Id::SAMPLED_IMAGE, "the operand is not an image with its sampler");
    require(first_class(operation.type), "the result is not a texel");
    uint32_t mask = operation.words[2] & ~(uint32_t)OPERANDS_IGNORED;
    require(mask == OPERAND_LOD && operation.words.size() == 4,
            "of image operands, only a level is supported");
    llvm::Value *level = reader.value(operation.words[3]).llvm;
    auto *zero = llvm::dyn_cast<llvm::Constant>(level);
    require(zero && zero->isNullValue(), "images have one level");
    llvm::Value *coordinates = coordinates_of(reader, sampled.type, operation.words[1]);
    Mangling name(function_for("read_image", operation.type->llvm));
    name.named(sampled.type->image).named("ocl_sampler").value(coordinates->getType(), true);
    reader.define(operation, texel_read(reader, operation, sampled.type, name,
                                        {sampled.value, sampled.second, coordinates}));
}

static void operands_none(const Operation &operation, size_t at)
{
    if (operation.words.size() <= at) return;
    require(!(operation.words[at] & ~(uint32_t)OPERANDS_IGNORED), "these image operands are not supported");
}

void image_read(Reader &reader, const Operation &operation)
{
    Value image = reader.value(operation.words[0]);
    require(first_class(operation.type), "the result is not a texel");
    operands_none(operation, 2);
    llvm::Value *coordinates = coordinates_of(reader, image_type(image), operation.words[1]);
    Mangling name(function_for("read_image", operation.type->llvm));
    name.named(image.type->image).value(coordinates->getType(), true);
    reader.define(operation, texel_read(reader, operation, image.type, name, {image.llvm, coordinates}));
}

void image_write(Reader &reader, const Operation &operation)
{
    Value image = reader.value(operation.words[0]);
    llvm::Value *texel = reader.value(operation.words[2]).llvm;
    operands_none(operation, 3);
    llvm::Value *coordinates = coordinates_of(reader, image_type(image), operation.words[1]);
    bool depth = llvm::StringRef(image.type->image).contains("depth");
    if (depth && texel->getType()->isVectorTy())
        texel = reader.build.CreateExtractElement(texel, (uint64_t)0);
    Mangling name(function_for("write_image", texel->getType()));
    name.named(image.type->image).value(coordinates->getType(), true).value(texel->getType(), true);
    reader.call(name.text(), llvm::Type::getVoidTy(reader.context), {image.llvm, coordinates, texel});
}

// ---- Queries --------------------------------------------------------------------------------------------

static llvm::Value *ask(Reader &reader, const Value &image, const char *function, llvm::Type *result)
{
    return reader.call(Mangling(function).named(image.type->image).text(), result, {image.llvm});
}

// The library counts from CL_SNORM_INT8 and CL_R, SPIR-V from 0.
void image_query(Reader &reader, const Operation &operation)
{
    Value image = reader.value(operation.words[0]);
    image_type(image);
    llvm::StringRef function(operation.row->text);
    unsigned first = function.ends_with("order") ? 0x10b0 : 0x10d0;
    require(operation.type->kind == Kind::INT && operation.type->size == 4,
            "the result is not a 32-bit integer");
    llvm::Value *number = ask(reader, image, operation.row->text, operation.type->llvm);
    reader.define(operation, reader.build.CreateSub(number, reader.build.getInt32(first)));
}

void image_size(Reader &reader, const Operation &operation)
{
    Value image = reader.value(operation.words[0]);
    llvm::StringRef name(image_type(image)->image);
    llvm::Type *integer = llvm::Type::getInt32Ty(reader.context);
    bool volume = name.contains("3d"), array = name.contains("array"), flat = name.contains("1d");
    llvm::SmallVector<llvm::Value *> parts = {ask(reader, image, "get_image_width", integer)};
    if (!flat) parts.push_back(ask(reader, image, "get_image_height", integer));
    if (volume) parts.push_back(ask(reader, image, "get_image_depth", integer));
    if (array) {
        llvm::Type *size = llvm::Type::getInt64Ty(reader.context);
        parts.push_back(reader.build.CreateTrunc(ask(reader, image, "get_image_array_size", size), integer));
    }
    const Type *type = operation.type;
    const Type *number = type->kind == Kind::VECTOR ? type->element : type;
    require(number->kind == Kind::INT && (type->kind == Kind::VECTOR ? type->count : 1) == parts.size(),
            "the result is not an integer for each dimension");
    if (parts.size() == 1)
        return reader.define(operation, reader.build.CreateZExtOrTrunc(parts[0], type->llvm));
    llvm::Value *whole = llvm::PoisonValue::get(type->llvm);
    for (unsigned i = 0; i < parts.size(); i++)
        whole = reader.build.CreateInsertElement(whole,
                                                 reader.build.CreateZExtOrTrunc(parts[i], number->llvm), i);
    reader.define(operation, whole);
}

} // namespace spirv
