// Single lanes, from and to scalar registers; values that move between lanes; whole registers.
#include "emitter.h"

using llvm::Value;

// A lane of source 0; `lane` is below the wave's width.
Value *Emitter::lane_get(const instruction &in, Value *lane)
{
    if (in.src[0].file != FILE_VGPR) return ir.CreateTrunc(scalar_source(in.src[0]), i32);
    Value *within = ir.CreateAnd(lane, SLICE_WIDTH - 1), *value = nullptr;
    for (unsigned slice = 0; slice < slices; slice++) {
        Value *here = ir.CreateExtractElement(vector_get(slice, in.src[0].index), within);
        Value *is_here = ir.CreateICmpEQ(ir.CreateLShr(lane, 4), ir.getInt32(slice));
        value = value ? ir.CreateSelect(is_here, here, value) : here;
    }
    return value;
}

// Source 1 as a lane's number.
Value *Emitter::lane_selected(const instruction &in)
{
    Value *lane = ir.CreateTrunc(scalar_source(in.src[1]), i32);
    return ir.CreateAnd(lane, slices * SLICE_WIDTH - 1);
}

// The first active lane; 0 where none is.
Value *Emitter::lane_first()
{
    Value *exec = mask_get(SGPR_EXEC), *none = llvm::ConstantInt::get(mask_type, 0);
    Value *first = ir.CreateBinaryIntrinsic(llvm::Intrinsic::cttz, exec, ir.getFalse());
    return ir.CreateZExtOrTrunc(ir.CreateSelect(ir.CreateICmpEQ(exec, none), none, first), i32);
}

void Emitter::lane_put(const instruction &in)
{
    Value *lane = lane_selected(in), *value = ir.CreateTrunc(scalar_source(in.src[0]), i32);
    for (unsigned slice = 0; slice < slices; slice++) {
        llvm::SmallVector<uint32_t, SLICE_WIDTH> numbers;
        for (unsigned i = 0; i < SLICE_WIDTH; i++) numbers.push_back(slice * SLICE_WIDTH + i);
        Value *is_lane = ir.CreateICmpEQ(llvm::ConstantDataVector::get(context, numbers), row_of(lane));
        Value *old = vector_get(slice, in.dst.index);
        vector_set(slice, in.dst.index, ir.CreateSelect(is_lane, row_of(value), old));
    }
}

void Emitter::registers_swap(const instruction &in)
{
    for (unsigned slice = 0; slice < slices; slice++) {
        Value *exec = exec_slice(slice);
        Value *a = active_get(slice, in.dst.index), *b = active_get(slice, in.dst2.index);
        vector_merge(slice, in.dst.index, b, exec);
        vector_merge(slice, in.dst2.index, a, exec);
    }
}

void Emitter::lane_emit(const instruction &in)
{
    if (in.opcode->registers == REGISTERS_WRITELANE) return lane_put(in);
    if (in.opcode->registers == REGISTERS_SWAP) return registers_swap(in);
    bool first = in.opcode->registers == REGISTERS_READFIRSTLANE;
    Value *value = lane_get(in, first ? lane_first() : lane_selected(in));
    if (in.dst.file == FILE_SGPR) scalar_set(in.dst.index, value);
}

// Each operand's slices lie one behind another.
void Emitter::exchange_emit(const instruction &in)
{
    auto put = [&](uint32_t offset, Value *value) { ir.CreateStore(value, field(wave_lanes, offset)); };
    const bool all = whole && exec_is_whole();
    put(layout.whole_exec,
        ir.CreateZExt(all ? llvm::Constant::getAllOnesValue(mask_type) : mask_get(SGPR_EXEC), i64));
    put(layout.whole_slices, ir.getInt32(slices));
    put(layout.whole_fetch_inactive, ir.getInt8(in.fetch_inactive));
    put(layout.whole_bound_zero, ir.getInt8(in.bound_ctrl));
    put(layout.whole_offset, ir.getInt32((uint16_t)in.offset));
    put(layout.whole_m0, scalar_get(SGPR_M0));
    put(layout.whole_lds, lds);
    put(layout.whole_lds_size, lds_size);
    auto slice_at = [&](Value *rows, unsigned slice) {
        return ir.CreateConstInBoundsGEP1_32(row, rows, slice);
    };
    for (unsigned slice = 0; slice < slices; slice++) {
        ir.CreateAlignedStore(vector_get(slice, in.dst.index), slice_at(result, slice), llvm::Align(64));
        for (unsigned i = 0; i < 3; i++) {
            if (in.src[i].file == FILE_NONE) continue;
            Value *source = vector_source(in, i, slice).dwords[0];
            ir.CreateAlignedStore(source, slice_at(sources[i], slice), llvm::Align(64));
        }
    }
    llvm::Function *meaning = semantics.inlined(meaning_name(in.opcode->id));
    ir.CreateCall(meaning, {result, sources[0], sources[1], sources[2], wave_lanes});
    for (unsigned slice = 0; slice < slices; slice++) {
        Value *value = ir.CreateAlignedLoad(row, slice_at(result, slice), llvm::Align(64));
        vector_merge(slice, in.dst.index, value, exec_slice(slice));
    }
}
