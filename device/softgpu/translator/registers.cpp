// Registers: their slots, and what they are in the wave.
#include "emitter.h"

#include <cstring>

using llvm::AllocaInst;
using llvm::Value;

AllocaInst *Emitter::slot(llvm::Type *type, const llvm::Twine &name)
{
    llvm::IRBuilder<> at(prologue, prologue->begin());
    return at.CreateAlloca(type, nullptr, name);
}

AllocaInst *Emitter::scalar_slot(unsigned index)
{
    if (!scalars[index]) scalars[index] = slot(i32, "s" + llvm::Twine(index));
    return scalars[index];
}

AllocaInst *Emitter::vector_slot(unsigned slice, unsigned index)
{
    AllocaInst *&there = vectors[slice][index];
    if (!there) there = slot(row, "v" + llvm::Twine(index) + "." + llvm::Twine(slice));
    return there;
}

Value *Emitter::field(Value *of, uint32_t offset)
{
    return ir.CreateConstInBoundsGEP1_32(ir.getInt8Ty(), of, offset);
}

Value *Emitter::scalar_get64(unsigned index)
{
    Value *low = ir.CreateZExt(scalar_get(index), i64), *high = ir.CreateZExt(scalar_get(index + 1), i64);
    return ir.CreateOr(low, ir.CreateShl(high, 32));
}

void Emitter::scalar_set64(unsigned index, Value *value)
{
    scalar_set(index, ir.CreateTrunc(value, i32));
    scalar_set(index + 1, ir.CreateTrunc(ir.CreateLShr(value, 32), i32));
}

Value *Emitter::mask_get(unsigned index)
{
    if (index >= SGPR_COUNT) return llvm::ConstantInt::get(mask_type, 0); // NULL
    return guest.wave64 ? scalar_get64(index) : scalar_get(index);
}

void Emitter::mask_set(unsigned index, Value *mask)
{
    if (index >= SGPR_COUNT) return;
    if (guest.wave64)
        scalar_set64(index, mask);
    else
        scalar_set(index, mask);
}

Value *Emitter::mask_slice(Value *mask, unsigned slice)
{
    return ir.CreateTrunc(slice ? ir.CreateLShr(mask, SLICE_WIDTH * slice) : mask, i16);
}

// Where the host has no mask registers, a mask is a comparison's result: LLVM would move it bit by bit.
Value *Emitter::lanes_of(Value *bits)
{
    if (has_masks) return ir.CreateBitCast(bits, llvm::FixedVectorType::get(i1, SLICE_WIDTH));
    llvm::SmallVector<uint32_t, SLICE_WIDTH> lane;
    for (unsigned i = 0; i < SLICE_WIDTH; i++) lane.push_back(1u << i);
    Value *each = llvm::ConstantDataVector::get(context, lane);
    Value *set = ir.CreateAnd(row_of(ir.CreateZExt(bits, i32)), each);
    return ir.CreateICmpEQ(set, each);
}

// --- Active lanes ---

// That the vector has just been given this value.
void Emitter::active_put(unsigned slice, unsigned index, Value *value)
{
    AllocaInst *&there = fresh[slice][index];
    if (!there) there = slot(row, "active");
    ir.CreateStore(value, there);
    is_fresh[slice][index] = true;
}

// Others become active, or this code is come to on several ways.
void Emitter::active_forget() { memset(is_fresh, 0, sizeof is_fresh); }

// Gives active lanes a value. What comes next computes with that, and need not wait for the merge: of several
// in a row the last remains.
void Emitter::vector_merge(unsigned slice, unsigned index, Value *value, Value *exec)
{
    if (!merges()) return vector_set(slice, index, value);
    vector_set(slice, index, ir.CreateSelect(lanes_of(exec), value, vector_get(slice, index)));
    active_put(slice, index, value);
}

// --- From and to the wave ---

void Emitter::registers_load(const registers &which)
{
    for (unsigned i = 0; i < SGPR_COUNT; i++)
        if (registers_have_scalar(&which, i) && scalars[i])
            scalar_set(i, ir.CreateLoad(i32, wave_field(layout.wave_sgpr + 4 * i)));
    for (unsigned i = 0; i < VGPR_COUNT; i++)
        for (unsigned slice = 0; slice < slices && registers_have_vector(&which, i); slice++) {
            if (!vectors[slice][i]) continue;
            Value *at = wave_field(layout.wave_vgpr + slice * layout.vgpr_slice + 64 * i);
            vector_set(slice, i, ir.CreateAlignedLoad(row, at, llvm::Align(64)));
        }
    if (which.scc) {
        Value *set = ir.CreateLoad(i64, wave_field(layout.wave_scc));
        ir.CreateStore(ir.CreateICmpNE(set, ir.getInt64(0)), scc);
    }
}

// The same in the midst of code: SCC where it is asked for.
void Emitter::registers_reload(registers which, bool with_scc)
{
    for (unsigned i = 0; i < SGPR_COUNT; i++)
        if (registers_have_scalar(&which, i)) scalar_slot(i);
    for (unsigned i = 0; i < VGPR_COUNT; i++)
        for (unsigned slice = 0; slice < slices && registers_have_vector(&which, i); slice++)
            vector_slot(slice, i);
    which.scc = with_scc;
    registers_load(which);
}

// What no instruction writes is in the wave already.
void Emitter::registers_store(const registers &which)
{
    const registers &written = guest.written;
    for (unsigned i = 0; i < SGPR_COUNT; i++)
        if (registers_have_scalar(&which, i) && registers_have_scalar(&written, i))
            ir.CreateStore(scalar_get(i), wave_field(layout.wave_sgpr + 4 * i));
    for (unsigned i = 0; i < VGPR_COUNT; i++) {
        if (!registers_have_vector(&which, i) || !registers_have_vector(&written, i)) continue;
        for (unsigned slice = 0; slice < slices; slice++) {
            Value *at = wave_field(layout.wave_vgpr + slice * layout.vgpr_slice + 64 * i);
            ir.CreateAlignedStore(vector_get(slice, i), at, llvm::Align(64));
        }
    }
    if (which.scc && written.scc)
        ir.CreateStore(ir.CreateZExt(ir.CreateLoad(i1, scc), i64), wave_field(layout.wave_scc));
}
