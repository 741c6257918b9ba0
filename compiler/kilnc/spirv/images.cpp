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

void image_of_sampled(Reader &reader, const Operation &operation)
{
    const Id sampled = reader.id(operation.words[0]);
    require(sampled.what == Id::SAMPLED_IMAGE, "the operand is not an image with its sampler");
    require(operation.type == sampled.type, "the result is not of the image's type");
    reader.define(operation, sampled.value);
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

// Image operands: what follows their mask is in the order of its bits.
struct Operands {
    llvm::Value *level = nullptr; // NULL: the first one
    llvm::Value *gradient[2] = {};
};

static Operands operands_read(Reader &reader, const Operation &operation, size_t at, uint32_t supported)
{
    Operands operands;
    uint32_t mask = operation.words.size() > at ? operation.words[at] & ~(uint32_t)OPERANDS_IGNORED : 0;
    require(!(mask & ~supported) && mask != (OPERAND_LOD | OPERAND_GRADIENT),
            "these image operands are not supported");
    size_t count = mask == OPERAND_GRADIENT ? 2 : mask == OPERAND_LOD;
    require(operation.words.size() <= at || operation.words.size() == at + 1 + count,
            "there are not as many image operands as their mask names");
    if (mask == OPERAND_GRADIENT)
        for (unsigned i = 0; i < 2; i++)
            operands.gradient[i] = reader.value(operation.words[at + 1 + i]).llvm;
    if (mask != OPERAND_LOD) return operands;
    llvm::Value *level = reader.value(operation.words[at + 1]).llvm;
    auto *constant = llvm::dyn_cast<llvm::Constant>(level);
    if (!constant || !constant->isNullValue()) operands.level = level;
    return operands;
}

// As many numbers as the image has dimensions; the library has them of a volume as four.
static llvm::Value *gradient_of(Reader &reader, const Type *image, llvm::Value *value)
{
    llvm::StringRef name(image->image);
    auto *vector = llvm::dyn_cast<llvm::FixedVectorType>(value->getType());
    unsigned count = vector ? vector->getNumElements() : 1;
    unsigned dimensions = name.contains("1d") ? 1 : name.contains("2d") ? 2 : 3;
    require(value->getType()->getScalarType()->isFloatTy() && count >= dimensions && count <= 4,
            "a gradient is no float for each dimension");
    if (dimensions == 1 && !vector) return value;
    if (dimensions == 1) return reader.build.CreateExtractElement(value, (uint64_t)0);
    llvm::SmallVector<int> lanes;
    for (unsigned i = 0; i < (dimensions == 3 ? 4 : 2); i++) lanes.push_back(i < count ? (int)i : 0);
    return reader.build.CreateShuffleVector(value, lanes);
}

// Coordinates of what has levels.
static llvm::Value *as_floats(Reader &reader, llvm::Value *value)
{
    llvm::Type *type = llvm::Type::getFloatTy(reader.context);
    if (value->getType()->getScalarType()->isFloatTy()) return value;
    if (auto *vector = llvm::dyn_cast<llvm::FixedVectorType>(value->getType()))
        type = llvm::FixedVectorType::get(type, vector->getNumElements());
    return reader.build.CreateSIToFP(value, type);
}

// Sampled image, coordinates, operands.
void image_sample(Reader &reader, const Operation &operation)
{
    const Id sampled = reader.id(operation.words[0]);
    require(sampled.what == Id::SAMPLED_IMAGE, "the operand is not an image with its sampler");
    require(first_class(operation.type), "the result is not a texel");
    Operands operands = operands_read(reader, operation, 2, OPERAND_LOD | OPERAND_GRADIENT);
    llvm::SmallVector<llvm::Value *> arguments = {sampled.value, sampled.second,
                                                  coordinates_of(reader, sampled.type, operation.words[1])};
    if (operands.level || operands.gradient[0]) arguments[2] = as_floats(reader, arguments[2]);
    if (operands.level) {
        require(operands.level->getType()->isFloatTy(), "the level is not a float");
        arguments.push_back(operands.level);
    }
    for (llvm::Value *gradient : operands.gradient)
        if (gradient) arguments.push_back(gradient_of(reader, sampled.type, gradient));
    Mangling name(function_for("read_image", operation.type->llvm));
    name.named(sampled.type->image).named("ocl_sampler");
    for (llvm::Value *argument : llvm::ArrayRef(arguments).drop_front(2))
        name.value(argument->getType(), true);
    reader.define(operation, texel_read(reader, operation, sampled.type, name, arguments));
}

// A level's number is the argument after the coordinates.
static void level_add(const Operands &operands, Mangling &name,
                      llvm::SmallVectorImpl<llvm::Value *> &arguments)
{
    if (!operands.level) return;
    require(operands.level->getType()->isIntegerTy(32), "the level is not a 32-bit integer");
    name.value(operands.level->getType(), true);
    arguments.push_back(operands.level);
}

void image_read(Reader &reader, const Operation &operation)
{
    Value image = reader.value(operation.words[0]);
    require(first_class(operation.type), "the result is not a texel");
    Operands operands = operands_read(reader, operation, 2, OPERAND_LOD);
    llvm::Value *coordinates = coordinates_of(reader, image_type(image), operation.words[1]);
    Mangling name(function_for("read_image", operation.type->llvm));
    llvm::SmallVector<llvm::Value *> arguments = {image.llvm, coordinates};
    name.named(image.type->image).value(coordinates->getType(), true);
    level_add(operands, name, arguments);
    reader.define(operation, texel_read(reader, operation, image.type, name, arguments));
}

void image_write(Reader &reader, const Operation &operation)
{
    Value image = reader.value(operation.words[0]);
    llvm::Value *texel = reader.value(operation.words[2]).llvm;
    Operands operands = operands_read(reader, operation, 3, OPERAND_LOD);
    llvm::Value *coordinates = coordinates_of(reader, image_type(image), operation.words[1]);
    bool depth = llvm::StringRef(image.type->image).contains("depth");
    if (depth && texel->getType()->isVectorTy())
        texel = reader.build.CreateExtractElement(texel, (uint64_t)0);
    Mangling name(function_for("write_image", texel->getType()));
    llvm::SmallVector<llvm::Value *> arguments = {image.llvm, coordinates};
    name.named(image.type->image).value(coordinates->getType(), true);
    level_add(operands, name, arguments);
    name.value(texel->getType(), true);
    arguments.push_back(texel);
    reader.call(name.text(), llvm::Type::getVoidTy(reader.context), arguments);
}

// ---- Queries --------------------------------------------------------------------------------------------

static llvm::Value *ask(Reader &reader, const Value &image, const char *function, llvm::Type *result)
{
    return reader.call(Mangling(function).named(image.type->image).text(), result, {image.llvm});
}

void image_levels(Reader &reader, const Operation &operation)
{
    Value image = reader.value(operation.words[0]);
    image_type(image);
    llvm::Type *integer = llvm::Type::getInt32Ty(reader.context);
    require(operation.type->kind == Kind::INT, "the result is not an integer");
    llvm::Value *levels = ask(reader, image, "get_image_num_mip_levels", integer);
    reader.define(operation, reader.build.CreateZExtOrTrunc(levels, operation.type->llvm));
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

// Half of it for each level, and 1 at least.
static llvm::Value *size_of_level(Reader &reader, llvm::Value *size, llvm::Value *level)
{
    if (!level) return size;
    llvm::Value *half = reader.build.CreateLShr(size, level), *one = reader.build.getInt32(1);
    return reader.build.CreateBinaryIntrinsic(llvm::Intrinsic::umax, half, one);
}

// With a level or without.
void image_size(Reader &reader, const Operation &operation)
{
    Value image = reader.value(operation.words[0]);
    llvm::Value *level = operation.words.size() > 1 ? reader.value(operation.words[1]).llvm : nullptr;
    require(!level || level->getType()->isIntegerTy(32), "the level is not a 32-bit integer");
    llvm::StringRef name(image_type(image)->image);
    llvm::Type *integer = llvm::Type::getInt32Ty(reader.context);
    bool volume = name.contains("3d"), array = name.contains("array"), flat = name.contains("1d");
    llvm::SmallVector<llvm::Value *> parts = {ask(reader, image, "get_image_width", integer)};
    if (!flat) parts.push_back(ask(reader, image, "get_image_height", integer));
    if (volume) parts.push_back(ask(reader, image, "get_image_depth", integer));
    for (llvm::Value *&part : parts) part = size_of_level(reader, part, level);
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
