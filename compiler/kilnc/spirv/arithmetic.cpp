// Arithmetic, bits, comparisons and selection. Nearly all are one LLVM instruction, on numbers or on vectors.
#include "mangling.h"
#include "opcode.h"

#include <llvm/IR/Intrinsics.h>

namespace spirv
{

enum {
    DECORATION_NO_SIGNED_WRAP = 4469,
    DECORATION_NO_UNSIGNED_WRAP = 4470,
};

struct Pair {
    llvm::Value *a, *b;
};

static Pair operands_alike(Reader &reader, const Operation &operation)
{
    Pair pair = {reader.value(operation.words[0]).llvm, reader.value(operation.words[1]).llvm};
    require(pair.a->getType() == pair.b->getType(), "the operands are not of one type");
    return pair;
}

static bool is_boolean(const llvm::Type *type) { return type->getScalarType()->isIntegerTy(1); }

static void require_integers(const llvm::Type *type)
{
    require(type->isIntOrIntVectorTy() && !is_boolean(type), "the operands are not integers");
}

static void require_booleans(const llvm::Type *type)
{
    require(is_boolean(type), "the operands are not boolean");
}

// ---- Integers -------------------------------------------------------------------------------------------

// A wrap that a decoration rules out lets LLVM assume more.
static void wraps_apply(Reader &reader, const Operation &operation, llvm::Value *value)
{
    auto *instruction = llvm::dyn_cast<llvm::OverflowingBinaryOperator>(value);
    auto *binary = instruction ? llvm::dyn_cast<llvm::Instruction>(instruction) : nullptr;
    if (!binary) return;
    if (reader.decorated(operation.result, DECORATION_NO_SIGNED_WRAP)) binary->setHasNoSignedWrap();
    if (reader.decorated(operation.result, DECORATION_NO_UNSIGNED_WRAP)) binary->setHasNoUnsignedWrap();
}

void integer_binary(Reader &reader, const Operation &operation)
{
    auto [a, b] = operands_alike(reader, operation);
    require_integers(a->getType());
    llvm::Value *value = reader.build.CreateBinOp((llvm::Instruction::BinaryOps)operation.row->code, a, b);
    wraps_apply(reader, operation, value);
    reader.define(operation, value);
}

void integer_negate(Reader &reader, const Operation &operation)
{
    llvm::Value *a = reader.value(operation.words[0]).llvm;
    require_integers(a->getType());
    llvm::Value *value = reader.build.CreateNeg(a);
    wraps_apply(reader, operation, value);
    reader.define(operation, value);
}

void integer_not(Reader &reader, const Operation &operation)
{
    llvm::Value *a = reader.value(operation.words[0]).llvm;
    require_integers(a->getType());
    reader.define(operation, reader.build.CreateNot(a));
}

// The result has the divisor's sign.
void integer_modulo(Reader &reader, const Operation &operation)
{
    auto [a, b] = operands_alike(reader, operation);
    require_integers(a->getType());
    auto *zero = llvm::Constant::getNullValue(a->getType());
    llvm::Value *rest = reader.build.CreateSRem(a, b);
    llvm::Value *apart = reader.build.CreateICmpSLT(reader.build.CreateXor(rest, b), zero);
    llvm::Value *wrong = reader.build.CreateAnd(apart, reader.build.CreateICmpNE(rest, zero));
    reader.define(operation, reader.build.CreateSelect(wrong, reader.build.CreateAdd(rest, b), rest));
}

llvm::Value *integer_resize(Reader &reader, llvm::Value *value, llvm::Type *to, bool is_signed)
{
    require_integers(value->getType());
    return reader.build.CreateIntCast(value, to, is_signed);
}

// The amount may be of another width than what is shifted. By as many bits as there are, or more: no meaning.
void shift(Reader &reader, const Operation &operation)
{
    llvm::Value *a = reader.value(operation.words[0]).llvm, *b = reader.value(operation.words[1]).llvm;
    require_integers(a->getType());
    require_integers(b->getType());
    require(a->getType()->isVectorTy() == b->getType()->isVectorTy() &&
                (!a->getType()->isVectorTy() ||
                 llvm::cast<llvm::FixedVectorType>(a->getType())->getNumElements() ==
                     llvm::cast<llvm::FixedVectorType>(b->getType())->getNumElements()),
            "the operands do not have as many components");
    b = integer_resize(reader, b, a->getType(), false);
    llvm::Value *value = reader.build.CreateBinOp((llvm::Instruction::BinaryOps)operation.row->code, a, b);
    if (operation.row->code == llvm::Instruction::Shl) wraps_apply(reader, operation, value);
    reader.define(operation, value);
}

void bit_unary(Reader &reader, const Operation &operation)
{
    llvm::Value *a = reader.value(operation.words[0]).llvm;
    require_integers(a->getType());
    llvm::Value *value = reader.build.CreateUnaryIntrinsic((llvm::Intrinsic::ID)operation.row->code, a);
    require(operation.type->llvm->isIntOrIntVectorTy() &&
                operation.type->llvm->isVectorTy() == a->getType()->isVectorTy() &&
                operation.type->parts ==
                    (a->getType()->isVectorTy()
                         ? llvm::cast<llvm::FixedVectorType>(a->getType())->getNumElements()
                         : 1),
            "the result does not have the operand's components");
    reader.define(operation, integer_resize(reader, value, operation.type->llvm, false));
}

// One or two fields' holders, as `code` says, then where the field begins and how many bits it has.
void bit_field(Reader &reader, const Operation &operation)
{
    unsigned values = operation.row->code;
    Mangling name(operation.row->text);
    llvm::SmallVector<llvm::Value *> arguments;
    for (unsigned i = 0; i < operation.words.size(); i++) {
        llvm::Value *value = reader.value(operation.words[i]).llvm;
        require_integers(value->getType());
        require(i < values ? value->getType() == operation.type->llvm : !value->getType()->isVectorTy(),
                "an operand is not of its type");
        if (i >= values) value = integer_resize(reader, value, llvm::Type::getInt32Ty(reader.context), false);
        arguments.push_back(value);
        name.value(value->getType(), false);
    }
    reader.define(operation, reader.call(name.text(), operation.type->llvm, arguments));
}

// A structure of the low half and the other.
static void define_two(Reader &reader, const Operation &operation, llvm::Value *low, llvm::Value *high)
{
    const Type *type = operation.type;
    require(type->kind == Kind::STRUCT && type->members.size() == 2 &&
                type->members[0]->llvm == low->getType() && type->members[1]->llvm == high->getType(),
            "the result is not a structure of two of the operands' type");
    llvm::Value *both = reader.build.CreateInsertValue(llvm::PoisonValue::get(type->llvm), low, 0);
    reader.define(operation, reader.build.CreateInsertValue(both, high, 1));
}

void carry(Reader &reader, const Operation &operation)
{
    auto [a, b] = operands_alike(reader, operation);
    require_integers(a->getType());
    llvm::Value *both = reader.build.CreateBinaryIntrinsic((llvm::Intrinsic::ID)operation.row->code, a, b);
    llvm::Value *over = reader.build.CreateZExt(reader.build.CreateExtractValue(both, 1), a->getType());
    define_two(reader, operation, reader.build.CreateExtractValue(both, 0), over);
}

void multiply_extended(Reader &reader, const Operation &operation)
{
    auto [a, b] = operands_alike(reader, operation);
    require_integers(a->getType());
    auto extend = (llvm::Instruction::CastOps)operation.row->code;
    unsigned width = a->getType()->getScalarSizeInBits();
    llvm::Type *wide = a->getType()->getExtendedType();
    llvm::Value *product = reader.build.CreateMul(reader.build.CreateCast(extend, a, wide),
                                                  reader.build.CreateCast(extend, b, wide));
    llvm::Value *high = reader.build.CreateLShr(product, llvm::ConstantInt::get(wide, width));
    define_two(reader, operation, reader.build.CreateTrunc(product, a->getType()),
               reader.build.CreateTrunc(high, a->getType()));
}

// ---- Floating point -------------------------------------------------------------------------------------

void float_binary(Reader &reader, const Operation &operation)
{
    auto [a, b] = operands_alike(reader, operation);
    require_arithmetic(reader, a->getType());
    error_check(reader, operation.result, 0.5);
    reader.build.setFastMathFlags(fast_math_flags(reader, operation.result, a->getType()));
    llvm::Value *value = reader.build.CreateBinOp((llvm::Instruction::BinaryOps)operation.row->code, a, b);
    reader.build.clearFastMathFlags();
    if (operation.row->code == llvm::Instruction::FDiv) division_accuracy(reader, operation.result, value);
    reader.define(operation, value);
}

void float_negate(Reader &reader, const Operation &operation)
{
    llvm::Value *a = reader.value(operation.words[0]).llvm;
    require_arithmetic(reader, a->getType());
    reader.define(operation, reader.build.CreateFNeg(a));
}

// The result has the divisor's sign.
void float_modulo(Reader &reader, const Operation &operation)
{
    auto [a, b] = operands_alike(reader, operation);
    require_arithmetic(reader, a->getType());
    auto *zero = llvm::Constant::getNullValue(a->getType());
    llvm::Value *rest = reader.build.CreateFRem(a, b);
    llvm::Value *apart =
        reader.build.CreateXor(reader.build.CreateFCmpOLT(rest, zero), reader.build.CreateFCmpOLT(b, zero));
    llvm::Value *wrong = reader.build.CreateAnd(apart, reader.build.CreateFCmpONE(rest, zero));
    reader.define(operation, reader.build.CreateSelect(wrong, reader.build.CreateFAdd(rest, b), rest));
}

static llvm::Value *splat(Reader &reader, llvm::Type *vector, llvm::Value *scalar)
{
    return reader.build.CreateVectorSplat(llvm::cast<llvm::FixedVectorType>(vector)->getNumElements(),
                                          scalar);
}

void vector_times_scalar(Reader &reader, const Operation &operation)
{
    llvm::Value *a = reader.value(operation.words[0]).llvm, *b = reader.value(operation.words[1]).llvm;
    require(a->getType()->isVectorTy() && a->getType()->getScalarType() == b->getType(),
            "the operands are not a vector and its component");
    require_arithmetic(reader, a->getType());
    reader.build.setFastMathFlags(fast_math_flags(reader, operation.result, a->getType()));
    llvm::Value *value = reader.build.CreateFMul(a, splat(reader, a->getType(), b));
    reader.build.clearFastMathFlags();
    reader.define(operation, value);
}

// The library's has one rounding less for each component but the first. It takes four; OpenCL C has no longer
// ones.
static llvm::Value *dot_of(Reader &reader, llvm::Value *a, llvm::Value *b)
{
    auto *vector = llvm::cast<llvm::FixedVectorType>(a->getType());
    unsigned half = vector->getNumElements() / 2;
    if (half <= 2) {
        std::string name = Mangling("dot").value(vector, true).value(vector, true).text();
        return reader.call(name, vector->getElementType(), {a, b});
    }
    llvm::SmallVector<int> low, high;
    for (unsigned i = 0; i < half; i++) low.push_back((int)i), high.push_back((int)(half + i));
    auto part = [&](llvm::ArrayRef<int> lanes) {
        return dot_of(reader, reader.build.CreateShuffleVector(a, lanes),
                      reader.build.CreateShuffleVector(b, lanes));
    };
    llvm::Value *first = part(low);
    return reader.build.CreateFAdd(first, part(high));
}

void dot(Reader &reader, const Operation &operation)
{
    auto [a, b] = operands_alike(reader, operation);
    require_arithmetic(reader, a->getType());
    require(llvm::isa<llvm::FixedVectorType>(a->getType()), "the operands are not vectors");
    reader.define(operation, dot_of(reader, a, b));
}

// ---- Integer dot products -------------------------------------------------------------------------------

static llvm::Value *unpacked(Reader &reader, llvm::Value *value)
{
    if (!value->getType()->isIntegerTy(32)) return value;
    auto *bytes = llvm::FixedVectorType::get(llvm::Type::getInt8Ty(reader.context), 4);
    return reader.build.CreateBitCast(value, bytes);
}

void dot_integer(Reader &reader, const Operation &operation)
{
    const char *signs = operation.row->text;
    bool accumulate = operation.row->code;
    llvm::Value *a = unpacked(reader, reader.value(operation.words[0]).llvm);
    llvm::Value *b = unpacked(reader, reader.value(operation.words[1]).llvm);
    require(a->getType()->isVectorTy() && a->getType() == b->getType(),
            "the operands are not vectors of one type");
    require_integers(a->getType());
    require(operation.type->kind == Kind::INT, "the result is not an integer");
    unsigned count = llvm::cast<llvm::FixedVectorType>(a->getType())->getNumElements();
    auto *wide = llvm::FixedVectorType::get(operation.type->llvm, count);
    a = integer_resize(reader, a, wide, signs[0] == 'i');
    b = integer_resize(reader, b, wide, signs[1] == 'i');
    llvm::Value *sum = reader.build.CreateAddReduce(reader.build.CreateMul(a, b));
    if (accumulate) {
        llvm::Value *first = reader.value(operation.words[2]).llvm;
        require(first->getType() == sum->getType(), "the accumulator is not of the result's type");
        bool is_signed = signs[0] == 'i';
        sum = reader.build.CreateBinaryIntrinsic(
            is_signed ? llvm::Intrinsic::sadd_sat : llvm::Intrinsic::uadd_sat, sum, first);
    }
    reader.define(operation, sum);
}

// ---- Comparisons and booleans ---------------------------------------------------------------------------

void integer_compare(Reader &reader, const Operation &operation)
{
    auto [a, b] = operands_alike(reader, operation);
    require_integers(a->getType());
    reader.define(operation, reader.build.CreateICmp((llvm::CmpInst::Predicate)operation.row->code, a, b));
}

void float_compare(Reader &reader, const Operation &operation)
{
    auto [a, b] = operands_alike(reader, operation);
    require_arithmetic(reader, a->getType());
    reader.define(operation, reader.build.CreateFCmp((llvm::CmpInst::Predicate)operation.row->code, a, b));
}

void logical_compare(Reader &reader, const Operation &operation)
{
    auto [a, b] = operands_alike(reader, operation);
    require_booleans(a->getType());
    reader.define(operation, reader.build.CreateICmp((llvm::CmpInst::Predicate)operation.row->code, a, b));
}

void logical_binary(Reader &reader, const Operation &operation)
{
    auto [a, b] = operands_alike(reader, operation);
    require_booleans(a->getType());
    reader.define(operation,
                  reader.build.CreateBinOp((llvm::Instruction::BinaryOps)operation.row->code, a, b));
}

void logical_not(Reader &reader, const Operation &operation)
{
    llvm::Value *a = reader.value(operation.words[0]).llvm;
    require_booleans(a->getType());
    reader.define(operation, reader.build.CreateNot(a));
}

// LLVM's writer gives them OpenCL C's vectors of integers too, of which the sign bit counts.
void any_all(Reader &reader, const Operation &operation)
{
    llvm::Value *a = reader.value(operation.words[0]).llvm;
    require(a->getType()->isVectorTy() && a->getType()->isIntOrIntVectorTy(),
            "the operand is not a vector of booleans");
    if (!is_boolean(a->getType()))
        a = reader.build.CreateICmpSLT(a, llvm::Constant::getNullValue(a->getType()));
    reader.define(operation,
                  operation.row->code ? reader.build.CreateAndReduce(a) : reader.build.CreateOrReduce(a));
}

void float_class(Reader &reader, const Operation &operation)
{
    llvm::Value *a = reader.value(operation.words[0]).llvm;
    require_arithmetic(reader, a->getType());
    reader.define(operation, reader.build.createIsFPClass(a, operation.row->code));
}

void sign_bit(Reader &reader, const Operation &operation)
{
    llvm::Value *a = reader.value(operation.words[0]).llvm;
    require_arithmetic(reader, a->getType());
    llvm::Type *bits = llvm::Type::getIntNTy(reader.context, a->getType()->getScalarSizeInBits());
    if (auto *vector = llvm::dyn_cast<llvm::FixedVectorType>(a->getType()))
        bits = llvm::FixedVectorType::get(bits, vector->getNumElements());
    llvm::Value *number = reader.build.CreateBitCast(a, bits);
    reader.define(operation, reader.build.CreateICmpSLT(number, llvm::Constant::getNullValue(bits)));
}

void select(Reader &reader, const Operation &operation)
{
    llvm::Value *condition = reader.value(operation.words[0]).llvm;
    llvm::Value *a = reader.value(operation.words[1]).llvm, *b = reader.value(operation.words[2]).llvm;
    require_booleans(condition->getType());
    require(a->getType() == b->getType(), "the operands are not of one type");
    const char *problem = llvm::SelectInst::areInvalidOperands(condition, a, b);
    if (problem) throw Refusal{problem};
    reader.define(operation, reader.build.CreateSelect(condition, a, b));
}

// ---- Hints ----------------------------------------------------------------------------------------------

void assume(Reader &reader, const Operation &operation)
{
    llvm::Value *condition = reader.value(operation.words[0]).llvm;
    require(condition->getType()->isIntegerTy(1), "the operand is not boolean");
    reader.build.CreateAssumption(condition);
}

// LLVM knows of expected integers only.
void expect(Reader &reader, const Operation &operation)
{
    auto [a, b] = operands_alike(reader, operation);
    llvm::Value *value = a;
    if (a->getType()->isIntegerTy())
        value = reader.build.CreateIntrinsic(llvm::Intrinsic::expect, {a->getType()}, {a, b});
    reader.define(operation, value);
}

} // namespace spirv
