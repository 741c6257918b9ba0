// Blocks of memory and of images that a sub-group reads or writes together (SPV_INTEL_subgroups): the device
// library's functions, one for each size of a number and count of them.
#include "mangling.h"
#include "opcode.h"

namespace spirv
{

// "intel_sub_group_block_read_us4"
static std::string block_function(const char *verb, const llvm::Type *type)
{
    auto *vector = llvm::dyn_cast<llvm::FixedVectorType>(type);
    const llvm::Type *number = type->getScalarType();
    unsigned bits = number->isIntegerTy() ? number->getIntegerBitWidth() : 0,
             count = vector ? vector->getNumElements() : 1;
    const char *kind = bits == 8    ? "_uc"
                       : bits == 16 ? "_us"
                       : bits == 32 ? "_ui"
                       : bits == 64 ? "_ul"
                                    : nullptr;
    require(kind && count != 3 && count <= (bits <= 16 ? 16u : 8u), "no block consists of this type");
    return std::string("intel_sub_group_block_") + verb + kind + (vector ? std::to_string(count) : "");
}

static Value block_pointer(Reader &reader, uint32_t id)
{
    Value pointer = reader.value(id);
    require(space_of(pointer.llvm) == SPACE_GLOBAL, "the block is not in global memory");
    return pointer;
}

void intel_block_read(Reader &reader, const Operation &operation)
{
    Value from = block_pointer(reader, operation.words[0]);
    llvm::Type *type = operation.type->llvm;
    require(first_class(operation.type), "no block consists of this type");
    Mangling name(block_function("read", type));
    name.pointer(SPACE_GLOBAL, true, type->getScalarType(), false);
    reader.define(operation, reader.call(name.text(), type, {from.llvm}));
}

void intel_block_write(Reader &reader, const Operation &operation)
{
    Value to = block_pointer(reader, operation.words[0]);
    llvm::Value *data = reader.value(operation.words[1]).llvm;
    Mangling name(block_function("write", data->getType()));
    name.pointer(SPACE_GLOBAL, false, data->getType()->getScalarType(), false).value(data->getType(), false);
    reader.call(name.text(), llvm::Type::getVoidTy(reader.context), {to.llvm, data});
}

// The image and where in it: a byte and a row.
static llvm::SmallVector<llvm::Value *> image_place(Reader &reader, const Operation &operation,
                                                    const char *without, Mangling &name)
{
    Value image = reader.value(operation.words[0]);
    llvm::Value *place = reader.value(operation.words[1]).llvm;
    llvm::StringRef kind(image.type->image);
    require(image.type->kind == Kind::IMAGE && kind.starts_with("ocl_image2d_") && !kind.contains("array") &&
                !kind.contains("depth") && !kind.contains("msaa") && !kind.ends_with(without),
            "the operand is not a 2D image of this access");
    require(place->getType() == llvm::FixedVectorType::get(llvm::Type::getInt32Ty(reader.context), 2),
            "the coordinates are not two 32-bit integers");
    name.named(kind).value(place->getType(), true);
    return {image.llvm, place};
}

void intel_image_read(Reader &reader, const Operation &operation)
{
    require(first_class(operation.type), "no block consists of this type");
    Mangling name(block_function("read", operation.type->llvm));
    auto arguments = image_place(reader, operation, "_wo", name);
    reader.define(operation, reader.call(name.text(), operation.type->llvm, arguments));
}

void intel_image_write(Reader &reader, const Operation &operation)
{
    llvm::Value *data = reader.value(operation.words[2]).llvm;
    Mangling name(block_function("write", data->getType()));
    auto arguments = image_place(reader, operation, "_ro", name);
    arguments.push_back(data);
    reader.call(name.value(data->getType(), false).text(), llvm::Type::getVoidTy(reader.context), arguments);
}

} // namespace spirv
