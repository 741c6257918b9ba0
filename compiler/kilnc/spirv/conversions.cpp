// Conversions between numbers, and what makes pointers of other things.
#include "mangling.h"
#include "opcode.h"

#include <llvm/IR/IntrinsicsAMDGPU.h>

namespace spirv
{

enum { DECORATION_SATURATED = 28, DECORATION_ROUNDING = 39 };

static unsigned lanes_of(const llvm::Type *type)
{
    auto *vector = llvm::dyn_cast<llvm::FixedVectorType>(type);
    return vector ? vector->getNumElements() : 0;
}

static void require_lanes(const llvm::Type *from, const Type *to)
{
    require(to->llvm && lanes_of(from) == lanes_of(to->llvm), "the operand does not have as many components");
}

// ---- The library's conversions --------------------------------------------------------------------------

static std::string type_text(llvm::Type *type, bool is_signed)
{
    llvm::Type *scalar = type->getScalarType();
    std::string text = scalar->isHalfTy()        ? "half"
                       : scalar->isFloatTy()     ? "float"
                       : scalar->isDoubleTy()    ? "double"
                       : scalar->isIntegerTy(8)  ? "char"
                       : scalar->isIntegerTy(16) ? "short"
                       : scalar->isIntegerTy(32) ? "int"
                                                 : "long";
    if (scalar->isIntegerTy() && !is_signed) text = "u" + text;
    return lanes_of(type) ? text + std::to_string(lanes_of(type)) : text;
}

// convert_uchar4_sat_rte(float4) and its like.
static llvm::Value *convert_by_library(Reader &reader, llvm::Value *from, bool from_signed, llvm::Type *to,
                                       bool to_signed, bool saturate, const Decoration *rounding)
{
    static const char *const modes[] = {"_rte", "_rtz", "_rtp", "_rtn"};
    std::string name = "convert_" + type_text(to, to_signed) + (saturate ? "_sat" : "");
    if (rounding) {
        require(!rounding->words.empty() && rounding->words[0] < 4, "there is no such rounding mode");
        name += modes[rounding->words[0]];
    }
    return reader.call(Mangling(name).value(from->getType(), from_signed).text(), to, {from});
}

// Whether an opcode converts from floating-point numbers, or to them.
static bool takes_floats(llvm::Instruction::CastOps opcode)
{
    return opcode == llvm::Instruction::FPToUI || opcode == llvm::Instruction::FPToSI ||
           opcode == llvm::Instruction::FPExt || opcode == llvm::Instruction::FPTrunc;
}

static bool gives_floats(llvm::Instruction::CastOps opcode)
{
    return opcode == llvm::Instruction::UIToFP || opcode == llvm::Instruction::SIToFP ||
           opcode == llvm::Instruction::FPExt || opcode == llvm::Instruction::FPTrunc;
}

// `text`: whether the integers are signed: "i", "u"; "f" where there are none.
void convert(Reader &reader, const Operation &operation)
{
    auto opcode = (llvm::Instruction::CastOps)operation.row->code;
    bool is_signed = operation.row->text[0] == 'i';
    llvm::Value *from = reader.value(operation.words[0]).llvm;
    llvm::Type *to = operation.type->llvm;
    require_lanes(from->getType(), operation.type);
    bool from_float = from->getType()->isFPOrFPVectorTy(), to_float = to->isFPOrFPVectorTy();
    require(!from->getType()->getScalarType()->isIntegerTy(1) && !to->getScalarType()->isIntegerTy(1) &&
                (from_float || from->getType()->isIntOrIntVectorTy()) &&
                (to_float || to->isIntOrIntVectorTy()),
            "these are not numbers");
    require(from_float == takes_floats(opcode) && to_float == gives_floats(opcode),
            "the opcode does not convert between these");
    const Decoration *rounding = reader.decoration(operation.result, DECORATION_ROUNDING);
    bool saturate = reader.decorated(operation.result, DECORATION_SATURATED);
    if (rounding || saturate) {
        require(llvm::isa<llvm::Instruction>(from) || reader.function, "a constant is not rounded");
        reader.define(operation,
                      convert_by_library(reader, from, is_signed, to, is_signed, saturate, rounding));
        return;
    }
    bool shorter = to->getScalarSizeInBits() < from->getType()->getScalarSizeInBits();
    if (from_float && to_float) opcode = shorter ? llvm::Instruction::FPTrunc : llvm::Instruction::FPExt;
    if (!from_float && !to_float && shorter) opcode = llvm::Instruction::Trunc;
    if (from->getType() == to) return reader.define(operation, from);
    reader.define(operation, reader.build.CreateCast(opcode, from, to));
}

void convert_saturated(Reader &reader, const Operation &operation)
{
    const char *signs = operation.row->text;
    llvm::Value *from = reader.value(operation.words[0]).llvm;
    require_lanes(from->getType(), operation.type);
    require(from->getType()->isIntOrIntVectorTy() && operation.type->llvm->isIntOrIntVectorTy(),
            "these are not integers");
    reader.define(operation, convert_by_library(reader, from, signs[0] == 'i', operation.type->llvm,
                                                signs[1] == 'i', true, nullptr));
}

// ---- Pointers -------------------------------------------------------------------------------------------

void pointer_to_integer(Reader &reader, const Operation &operation)
{
    llvm::Value *from = reader.value(operation.words[0]).llvm;
    space_of(from);
    require(operation.type->kind == Kind::INT, "the result is not an integer");
    reader.define(operation, reader.build.CreatePtrToInt(in_memory(reader, from), operation.type->llvm));
}

void integer_to_pointer(Reader &reader, const Operation &operation)
{
    llvm::Value *from = reader.value(operation.words[0]).llvm;
    require(from->getType()->isIntegerTy() && operation.type->kind == Kind::POINTER,
            "these are not an integer and a pointer");
    llvm::Value *pointer = reader.build.CreateIntToPtr(from, operation.type->stored);
    reader.define(operation, from_memory(reader, pointer, operation.type->llvm));
}

void pointer_cast(Reader &reader, const Operation &operation)
{
    llvm::Value *from = reader.value(operation.words[0]).llvm;
    space_of(from);
    require(operation.type->kind == Kind::POINTER, "the result is not a pointer");
    reader.define(operation, reader.build.CreateAddrSpaceCast(from, operation.type->llvm));
}

// Whether a generic pointer leads to a memory of this storage class.
static llvm::Value *points_to(Reader &reader, llvm::Value *generic, unsigned storage)
{
    auto is = [&](llvm::Intrinsic::ID which) { return reader.build.CreateIntrinsic(which, {}, {generic}); };
    if (storage == WORKGROUP) return is(llvm::Intrinsic::amdgcn_is_shared);
    if (storage == FUNCTION_STORAGE) return is(llvm::Intrinsic::amdgcn_is_private);
    require(storage == CROSS_WORKGROUP, "no generic pointer leads to this storage class");
    return reader.build.CreateNot(
        reader.build.CreateOr(is(llvm::Intrinsic::amdgcn_is_shared), is(llvm::Intrinsic::amdgcn_is_private)));
}

void pointer_cast_explicit(Reader &reader, const Operation &operation)
{
    llvm::Value *from = reader.value(operation.words[0]).llvm;
    require(space_of(from) == SPACE_GENERIC, "the operand is not a generic pointer");
    require(operation.type->kind == Kind::POINTER && operation.type->storage == operation.words[1],
            "the result is not a pointer of this storage class");
    llvm::Value *fits = points_to(reader, from, operation.words[1]);
    llvm::Value *cast = reader.build.CreateAddrSpaceCast(from, operation.type->llvm);
    reader.define(operation, reader.build.CreateSelect(fits, cast, null_of(reader, operation.type)));
}

void generic_semantics(Reader &reader, const Operation &operation)
{
    enum { WORKGROUP_MEMORY = 0x100, CROSS_WORKGROUP_MEMORY = 0x200 };
    llvm::Value *from = reader.value(operation.words[0]).llvm;
    require(space_of(from) == SPACE_GENERIC, "the operand is not a generic pointer");
    require(operation.type->llvm && operation.type->llvm->isIntegerTy(32),
            "the result is not a 32-bit integer");
    reader.define(operation, reader.build.CreateSelect(points_to(reader, from, WORKGROUP),
                                                       reader.build.getInt32(WORKGROUP_MEMORY),
                                                       reader.build.getInt32(CROSS_WORKGROUP_MEMORY)));
}

// An integer of as many bits.
static llvm::Type *bits_of(llvm::Type *type)
{
    unsigned bits = type->getPrimitiveSizeInBits();
    require(bits, "the types do not have as many bits");
    return llvm::IntegerType::get(type->getContext(), bits);
}

void bitcast(Reader &reader, const Operation &operation)
{
    llvm::Value *from = reader.value(operation.words[0]).llvm;
    llvm::Type *to = operation.type->llvm;
    require(first_class(operation.type), "no value can be of this type");
    bool was = from->getType()->isPointerTy(), is = to->isPointerTy();
    if (from->getType() == to) return reader.define(operation, from);
    // Between pointers and what has as many bits as SPIR-V's addresses, vectors too.
    if (was && !is) from = reader.build.CreatePtrToInt(in_memory(reader, from), bits_of(to));
    if (is && !was) {
        llvm::Value *bits = reader.build.CreateBitCast(from, bits_of(from->getType()));
        llvm::Value *pointer = reader.build.CreateIntToPtr(bits, operation.type->stored);
        return reader.define(operation, from_memory(reader, pointer, to));
    }
    require(!is && llvm::CastInst::castIsValid(llvm::Instruction::BitCast, from->getType(), to),
            "the types do not have as many bits");
    reader.define(operation, reader.build.CreateBitCast(from, to));
}

} // namespace spirv
