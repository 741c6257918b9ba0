// LLVM up to 22 makes a logical operation of three operands, and a select between that and one of them, a
// single masked vpternlog; where one more of them lies in memory, it turns the truth table wrongly for some
// orders of the operands (llvm-project, issue 157929). So the two are kept apart, which takes a move more.
#include "pipeline.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

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

static void keep_apart(llvm::Instruction &merge, unsigned result, const Value *kept)
{
    Value *value = merge.getOperand(result);
    if (!is_ternary(value) || !has_operand(value, kept, DEPTH_MOST)) return;
    llvm::IRBuilder<> ir(&merge);
    auto *type = llvm::FunctionType::get(value->getType(), {value->getType()}, false);
    llvm::InlineAsm *nothing = llvm::InlineAsm::get(type, "", "=v,0", false);
    merge.setOperand(result, ir.CreateCall(type, nothing, {value}));
}

// The first of two operands that `at` merges lane by lane, where it does so; constant masks become shuffles.
static int merged(const llvm::Instruction &at)
{
    if (at.getType()->getScalarSizeInBits() < 32) return -1;
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
