// Single lanes, from and to scalar registers.
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

void Emitter::lane_emit(const instruction &in)
{
    if (in.opcode->id == OPCODE_ID_v_writelane_b32__VOP3) return lane_put(in);
    bool first = in.opcode->id == OPCODE_ID_v_readfirstlane_b32__VOP1;
    Value *value = lane_get(in, first ? lane_first() : lane_selected(in));
    if (in.dst.file == FILE_SGPR) scalar_set(in.dst.index, value);
}
