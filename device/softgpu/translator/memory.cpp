// Vector memory. An access in which the lanes' addresses ascend is a row of memory; the others are the
// bitcode's.
#include "emitter.h"

using llvm::Value;

// For reports of faults: the access cannot move before it.
void Emitter::place_note(const reached &at)
{
    ir.CreateStore(offset_of(at.address), wave_field(layout.wave_place), true);
}

// --- GLOBAL ---

Value *Emitter::global_address(const instruction &in, unsigned slice)
{
    auto *wide = llvm::FixedVectorType::get(i64, SLICE_WIDTH);
    Value *low = ir.CreateZExt(vector_get(slice, in.src[0].index), wide), *start;
    if (in.src[2].file == FILE_SGPR) {
        start = scalar_get64(in.src[2].index);
    } else {
        Value *high = ir.CreateZExt(vector_get(slice, in.src[0].index + 1), wide);
        low = ir.CreateOr(low, ir.CreateShl(high, 32));
        start = ir.getInt64(0);
    }
    start = ir.CreateAdd(start, ir.getInt64((uint64_t)(int64_t)in.offset));
    return ir.CreateAdd(low, ir.CreateVectorSplat(SLICE_WIDTH, start));
}

// Runs the instruction's meaning on one slice, if any of its lanes is active. `prepare` fills `lanes`.
void Emitter::access_emit(const instruction &in, unsigned slice, const std::function<void()> &prepare)
{
    Value *exec = exec_slice(slice);
    auto *active = llvm::BasicBlock::Create(context, "active", function);
    auto *behind = llvm::BasicBlock::Create(context, "behind", function);
    ir.CreateCondBr(ir.CreateICmpNE(exec, ir.getInt16(0)), active, behind);
    ir.SetInsertPoint(active);
    prepare();
    lanes_field(layout.exec, exec);
    Source before = {{}, in.dst.file == FILE_VGPR ? in.dst.dwords : 0u};
    for (unsigned k = 0; k < before.count; k++) before.dwords[k] = vector_get(slice, in.dst.index + k);
    rows_store(result, before);
    for (unsigned i = 0; i < 3; i++)
        if (in.src[i].file == FILE_VGPR) rows_store(sources[i], vector_source(in, i, slice));
    ir.CreateCall(semantics.inlined(meaning_name(in.opcode->id)),
                  {result, sources[0], sources[1], sources[2], lanes});
    for (unsigned k = 0; k < before.count; k++) {
        Value *at = ir.CreateConstInBoundsGEP1_32(row, result, k);
        vector_set(slice, in.dst.index + k, ir.CreateAlignedLoad(row, at, llvm::Align(64)));
    }
    ir.CreateBr(behind);
    ir.SetInsertPoint(behind);
}

void Emitter::global_emit(const reached &at)
{
    place_note(at);
    // The address may be the destination's own register.
    llvm::SmallVector<Value *, SLICES_MOST> addresses;
    for (unsigned slice = 0; slice < slices; slice++) addresses.push_back(global_address(at.in, slice));
    for (unsigned slice = 0; slice < slices; slice++)
        access_emit(at.in, slice, [&] { lanes_field(layout.address, addresses[slice]); });
}

// --- LDS ---

void Emitter::lds_emit(const instruction &in)
{
    for (unsigned slice = 0; slice < slices; slice++)
        access_emit(in, slice, [&] {
            lanes_field(layout.first_lane, ir.getInt8((uint8_t)(slice * SLICE_WIDTH)));
            lanes_field(layout.offset, ir.getInt32((uint16_t)in.offset));
            lanes_field(layout.m0, scalar_get(SGPR_M0));
        });
}
