// Scalar instructions.
#include "emitter.h"

#include "device/softgpu/isa/semantics/memory_scalar.h"

using llvm::Value;

// A constant that LLVM does not see through: arithmetic folded at this time would neither round nor flush nor
// quiet NaNs as MODE says.
Value *Emitter::opaque(uint32_t bits)
{
    llvm::GlobalVariable *&constant = constants[bits];
    if (!constant)
        constant = new llvm::GlobalVariable(*semantics.module, i32, false, llvm::GlobalValue::InternalLinkage,
                                            ir.getInt32(bits), "constant");
    llvm::LoadInst *value = ir.CreateLoad(i32, constant);
    value->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(context, {}));
    return value;
}

Value *Emitter::special_get(unsigned index)
{
    if (index == CODE_SCC) return ir.CreateZExt(ir.CreateLoad(i1, scc), i64);
    if (index != CODE_VCCZ && index != CODE_EXECZ) return ir.getInt64(special_value(index));
    Value *mask = mask_get(index == CODE_VCCZ ? (unsigned)SGPR_VCC : (unsigned)SGPR_EXEC);
    return ir.CreateZExt(ir.CreateICmpEQ(mask, llvm::ConstantInt::get(mask_type, 0)), i64);
}

Value *Emitter::scalar_source(const operand &source)
{
    switch (source.file) {
    case FILE_SGPR:
        return source.dwords > 1 ? scalar_get64(source.index) : ir.CreateZExt(scalar_get(source.index), i64);
    case FILE_SPECIAL:
        return special_get(source.index);
    case FILE_CONSTANT:
        return ir.getInt64(source.value);
    default:
        return ir.getInt64(0);
    }
}

// As the interpreter's scalar_run does.
void Emitter::scalar_emit(const instruction &in)
{
    bool has_result = in.dst.file == FILE_SGPR, pair = in.dst.dwords == 2;
    Value *exec = scalar_get64(SGPR_EXEC), *old = ir.getInt64(0);
    if (has_result) old = pair ? scalar_get64(in.dst.index) : ir.CreateZExt(scalar_get(in.dst.index), i64);
    Value *state = scalar_state, *set = ir.CreateZExt(ir.CreateLoad(i1, scc), ir.getInt8Ty());
    ir.CreateStore(set, field(state, layout.scalar_scc));
    ir.CreateStore(ir.getInt8(guest.wave64), field(state, layout.scalar_wave64));
    ir.CreateStore(old, field(state, layout.scalar_d_in));
    ir.CreateStore(exec, field(state, layout.scalar_exec));
    ir.CreateStore(ir.getInt32(0), field(state, layout.scalar_m0));
    llvm::Function *meaning = semantics.inlined(meaning_name(in.opcode->id));
    Value *value = ir.CreateCall(meaning, {scalar_source(in.src[0]), scalar_source(in.src[1]), state});
    set = ir.CreateLoad(ir.getInt8Ty(), field(state, layout.scalar_scc));
    ir.CreateStore(ir.CreateTrunc(set, i1), scc);
    if (has_result && pair) scalar_set64(in.dst.index, value);
    if (has_result && !pair) scalar_set(in.dst.index, ir.CreateTrunc(value, i32));
    if (!(in.opcode->flags & OPCODE_WRITES_EXEC)) return;
    Value *fresh = ir.CreateLoad(i64, field(state, layout.scalar_exec));
    Value *same = ir.CreateICmpEQ(fresh, exec);
    Value *low = ir.CreateSelect(same, scalar_get(SGPR_EXEC), ir.CreateTrunc(fresh, i32));
    scalar_set(SGPR_EXEC, low);
    if (!pair) return; // the 32-bit ones leave EXEC_HI alone
    Value *high = ir.CreateTrunc(ir.CreateLShr(fresh, 32), i32);
    scalar_set(SGPR_EXEC + 1, ir.CreateSelect(same, scalar_get(SGPR_EXEC + 1), high));
}

// Whether the wave surely gets there from where the region begins, once, and the SGPRs from `first` on are
// still what they were at the launch.
bool Emitter::is_launched_until(uint32_t instruction, unsigned first, unsigned count) const
{
    registers written = {};
    uint32_t number = guest.entry_block;
    for (uint32_t seen = 0; number != BLOCK_NONE && seen < guest.block_count; seen++) {
        const block &b = guest.blocks[number];
        if (ways[number] > (seen ? 1u : 0u)) return false;
        for (uint32_t i = b.first; i < b.end && i < instruction; i++)
            may_write_find(&guest, &guest.at[i].in, &written);
        if (instruction >= b.first && instruction < b.end) break;
        auto to = successors(number);
        if (to.size() > 1) return false;
        number = to.empty() ? (uint32_t)BLOCK_NONE : to.front();
    }
    bool same = number != BLOCK_NONE;
    for (unsigned i = first; i < first + count; i++)
        same &= i < SGPR_COUNT && !registers_have_scalar(&written, i);
    return same;
}

// From what the dispatcher points to, and no kernel writes to: arguments, the packet. All waves read the
// same.
bool Emitter::is_launch_load(const instruction &in) const
{
    const operand &from = in.src[0];
    bool simple = from.file == FILE_SGPR && from.dwords == 2 && in.src[1].file != FILE_SGPR;
    return whole && !guest.has_scratch && simple && is_launched_until(current, from.index, 2);
}

Value *Emitter::load_offset(const instruction &in)
{
    Value *soffset = ir.CreateAnd(scalar_source(in.src[1]), UINT32_MAX);
    return ir.CreateAdd(soffset, ir.getInt64((uint64_t)(int64_t)in.offset));
}

// For who tells of a fault.
void Emitter::load_note(Value *address)
{
    ir.CreateStore(address, field(first_wave, layout.wave_lanes + layout.address), true);
}

llvm::SmallVector<Value *, 16> Emitter::scalar_load(const reached &at, Value *start)
{
    const instruction &in = at.in;
    Value *address = ir.CreateAnd(ir.CreateAdd(start, load_offset(in)), ~UINT64_C(3));
    Value *from = ir.CreateIntToPtr(address, ir.getPtrTy());
    place_note(at);
    load_note(address);
    // By two: addresses, mostly, which are to stay whole. In order, needed or not: a fault is the first
    // one's.
    llvm::SmallVector<Value *, 16> dwords;
    for (unsigned i = 0; i + 1 < in.dst.dwords; i += 2) {
        Value *at_pair = ir.CreateConstInBoundsGEP1_32(i32, from, i);
        Value *pair = ir.CreateAlignedLoad(i64, at_pair, llvm::Align(4), true);
        dwords.push_back(ir.CreateTrunc(pair, i32));
        dwords.push_back(ir.CreateTrunc(ir.CreateLShr(pair, 32), i32));
    }
    if (in.dst.dwords == 1) dwords.push_back(ir.CreateAlignedLoad(i32, from, llvm::Align(4), true));
    return dwords;
}

// What is beyond the buffer's end is read from the wave instead, and is 0.
llvm::SmallVector<Value *, 16> Emitter::buffer_load(const reached &at)
{
    const instruction &in = at.in;
    llvm::Function *find = semantics.inlined("buffer_dword");
    Value *words[3], *elsewhere = ir.CreatePtrToInt(wave(), i64);
    for (unsigned i = 0; i < 3; i++) words[i] = scalar_get(in.src[0].index + i);
    Value *offset = ir.CreateAnd(load_offset(in), ~UINT64_C(3));
    place_note(at);
    llvm::SmallVector<Value *, 16> dwords;
    for (unsigned i = 0; i < in.dst.dwords; i++) {
        Value *here = ir.CreateAdd(offset, ir.getInt64(4 * i));
        Value *found = ir.CreateCall(find, {words[0], words[1], words[2], here});
        Value *inside = ir.CreateICmpNE(found, ir.getInt64(BUFFER_OUTSIDE));
        Value *address = ir.CreateSelect(inside, found, elsewhere);
        load_note(address);
        Value *dword =
            ir.CreateAlignedLoad(i32, ir.CreateIntToPtr(address, ir.getPtrTy()), llvm::Align(4), true);
        dwords.push_back(ir.CreateSelect(inside, dword, ir.getInt32(0)));
    }
    return dwords;
}

void Emitter::scalar_load_emit(const reached &at)
{
    const instruction &in = at.in;
    llvm::SmallVector<Value *, 16> dwords;
    if (is_launch_load(in)) {
        llvm::IRBuilder<>::InsertPointGuard guard(ir);
        ir.SetInsertPoint(prologue);
        Value *low = ir.CreateZExt(launch_sgpr(in.src[0].index), i64);
        Value *high = ir.CreateZExt(launch_sgpr(in.src[0].index + 1), i64);
        dwords = scalar_load(at, ir.CreateOr(low, ir.CreateShl(high, 32)));
    } else if (in.opcode->src[0] == TYPE_B128)
        dwords = buffer_load(at);
    else
        dwords = scalar_load(at, scalar_source(in.src[0]));
    if (in.dst.file != FILE_SGPR) return;
    for (unsigned i = 0; i < in.dst.dwords; i++) scalar_set(in.dst.index + i, dwords[i]);
}
