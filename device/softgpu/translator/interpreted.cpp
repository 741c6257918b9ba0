// Instructions that the interpreter is called for, in the midst of native code: what they read lies in the
// wave then, and what they write is fetched from there.
#include "emitter.h"
#include "states.h"

using llvm::BasicBlock;
using llvm::Value;

void Emitter::interpreted_emit(const reached &at)
{
    if (whole) { // registers do not all lie in the wave
        ir.CreateBr(unable_block());
        ir.SetInsertPoint(BasicBlock::Create(context, "never", function));
        return;
    }
    registers reads = {}, writes = {};
    reads_find(&guest, &at.in, &reads);
    writes_find(&guest, &at.in, &writes);
    registers_unite(&reads, &writes); // lanes that it leaves alone
    place_note(at);
    registers_store(reads);
    llvm::FunctionType *type = llvm::FunctionType::get(i32, {ir.getPtrTy(), i32}, false);
    llvm::FunctionCallee interpret = semantics.module->getOrInsertFunction("interpret_one", type);
    Value *state = ir.CreateCall(interpret, {wave(), offset_of(at.address)});
    auto *stopped = BasicBlock::Create(context, "stopped", function);
    auto *done = BasicBlock::Create(context, "done", function);
    ir.CreateCondBr(ir.CreateICmpEQ(state, ir.getInt32(STATE_UNTRANSLATED)), done, stopped);
    ir.SetInsertPoint(stopped);
    ir.CreateRet(state);
    ir.SetInsertPoint(done);
    registers_reload(writes, at.in.opcode->scalar);
}
