// LLVM up to 22 makes a logical operation of three operands, and a select between that and one of them, a
// single masked vpternlog; where one more of them lies in memory, it turns the truth table wrongly for some
// orders of the operands (llvm-project, issue 157929). So the two are kept apart, which takes a move more.
#include "pipeline.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

#include <numeric>

using llvm::Value;

enum { DEPTH_MOST = 4 }; // of the operations that LLVM may take for one

static llvm::BinaryOperator *logic(Value *value)
{
    auto *found = llvm::dyn_cast<llvm::BinaryOperator>(value);
    return found && found->isBitwiseLogicOp() ? found : nullptr;
}

static bool has_operand(Value *value, const Value *wanted, unsigned depth)
{
    if (value == wanted) return true;
    llvm::BinaryOperator *operation = depth ? logic(value) : nullptr;
    if (!operation) return false;
    return has_operand(operation->getOperand(0), wanted, depth - 1) ||
           has_operand(operation->getOperand(1), wanted, depth - 1);
}

static bool is_ternary(Value *value)
{
    llvm::BinaryOperator *operation = logic(value);
    return operation && (logic(operation->getOperand(0)) || logic(operation->getOperand(1)));
}

enum { REGISTER_BITS = 512 };

// The same value, of which LLVM knows nothing; of as many registers as it takes.
static Value *hidden(llvm::IRBuilder<> &ir, Value *value)
{
    auto *type = llvm::cast<llvm::FixedVectorType>(value->getType());
    if (type->getPrimitiveSizeInBits() <= REGISTER_BITS) {
        auto *like = llvm::FunctionType::get(type, {type}, false);
        return ir.CreateCall(like, llvm::InlineAsm::get(like, "", "=v,0", false), {value});
    }
    llvm::SmallVector<int, 64> lanes(type->getNumElements());
    std::iota(lanes.begin(), lanes.end(), 0);
    auto half = llvm::ArrayRef(lanes).take_front(lanes.size() / 2),
         rest = llvm::ArrayRef(lanes).drop_front(half.size());
    Value *low = hidden(ir, ir.CreateShuffleVector(value, half));
    Value *high = hidden(ir, ir.CreateShuffleVector(value, rest));
    return ir.CreateShuffleVector(low, high, lanes);
}

static void keep_apart(llvm::Instruction &merge, unsigned result, const Value *kept)
{
    Value *value = merge.getOperand(result);
    if (!is_ternary(value) || !has_operand(value, kept, DEPTH_MOST)) return;
    llvm::IRBuilder<> ir(&merge);
    merge.setOperand(result, hidden(ir, value));
}

// Of a power of two of dwords or more, a register's smallest part at least.
static bool is_row(const llvm::Type *type)
{
    unsigned bits = (unsigned)type->getPrimitiveSizeInBits().getKnownMinValue();
    return type->isVectorTy() && type->getScalarSizeInBits() >= 32 && bits >= 128 && (bits & (bits - 1)) == 0;
}

// The first of two operands that `at` merges lane by lane, where it does so; constant masks become shuffles.
static int merged(const llvm::Instruction &at)
{
    if (!is_row(at.getType())) return -1;
    auto *shuffle = llvm::dyn_cast<llvm::ShuffleVectorInst>(&at);
    if (shuffle) return shuffle->isSelect() ? 0 : -1;
    auto *select = llvm::dyn_cast<llvm::SelectInst>(&at);
    return select && select->getCondition()->getType()->isVectorTy() ? 1 : -1;
}

void ternary_keep_apart(llvm::Function &function)
{
    if (!function.getFnAttribute("target-features").getValueAsString().contains("+avx512f")) return;
    for (llvm::Instruction &at : llvm::instructions(function)) {
        int first = merged(at);
        if (first < 0) continue;
        keep_apart(at, (unsigned)first, at.getOperand((unsigned)first + 1));
        keep_apart(at, (unsigned)first + 1, at.getOperand((unsigned)first));
    }
}
