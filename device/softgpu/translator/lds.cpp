// LDS. Where the lanes' offsets are known to be a constant apart, whether all of them are inside is asked
// once for all accesses of a block from the same registers; where only some lanes are active, and the host
// has masks, those that are outside are masked, too.
#include "shapes.h"

#include <algorithm>

using llvm::BasicBlock;
using llvm::Value;

// --- Any ---

Emitter::Access Emitter::lds_access(const instruction &in, unsigned slice)
{
    Access access = {};
    const Shape *shape = shape_of(in);
    if (!shape) return access;
    access.suffix = shape->suffix;
    access.bytes = shape->bytes;
    access.store = shape->store;
    // The shape is the register's: accesses from it with other offsets need not ask again.
    Value *lanes = active_get(slice, in.src[0].index), *exec = exec_slice(slice);
    Value *start = ir.CreateZExt(ir.CreateExtractElement(lanes, UINT64_C(0)), i64);
    Value *size = ir.CreateZExt(lds_size, i64);
    const uint64_t bytes = shape->bytes;
    const bool known = whole && is_lds_known(in); // and required to be inside
    if (whole && is_lds_row(in)) {
        const unsigned index = in.src[0].index;
        start = lds_first(in, slice);
        row_shape(access, facts.vector[index].stride == 0, exec);
    } else {
        access.is_row = shape_ask("shape_row", lanes, exec, {ir.getInt32((uint32_t)bytes)});
        if (wants_all(access))
            access.is_row = ir.CreateAnd(access.is_row, ir.CreateICmpEQ(exec, ir.getInt16(UINT16_MAX)));
        access.is_same = ir.CreateAnd(shape_ask("shape_same", lanes, exec, {}), ir.CreateTrunc(exec, i1));
    }
    for (unsigned piece = 0; piece < shape->pieces; piece++) {
        const uint64_t offset = piece_offset(in, *shape, piece);
        auto inside = [&](uint64_t span) {
            return ir.CreateICmpULE(ir.CreateAdd(start, ir.getInt64(offset + span)), size);
        };
        if (!known) access.is_row = ir.CreateAnd(access.is_row, inside(bytes * SLICE_WIDTH));
        if (!known) access.is_same = ir.CreateAnd(access.is_same, inside(bytes));
        access.starts.push_back(ir.CreateAdd(lds, ir.CreateAdd(start, ir.getInt64(offset))));
        access.offsets.push_back((uint32_t)offset);
    }
    return access;
}

// --- Lanes a constant apart ---

bool Emitter::is_lds_strided(const instruction &in) const
{
    const Shape *shape = shape_of(in);
    if (!shape || shape->bytes < 4 || in.opcode->encoding != ENCODING_DS || !exec_is_whole()) return false;
    if (in.src[0].file != FILE_VGPR || is_lds_row(in)) return false;
    return facts.vector[in.src[0].index].known && (shape->store || in.dst.file == FILE_VGPR);
}

// Whether all lanes are active, and their offsets a constant apart.
bool Emitter::is_lds_known(const instruction &in) const
{
    return exec_is_whole() && (is_lds_row(in) || is_lds_strided(in));
}

Value *Emitter::lds_first(const instruction &in, unsigned slice)
{
    return ir.CreateZExt(ir.CreateLoad(i32, shadow_slot(slice, in.src[0].index)), i64);
}

// That accesses of all lanes that end `end` bytes behind the register's offset are inside, which no wrapping
// row's are.
Value *Emitter::lds_inside(const instruction &in, uint32_t end, unsigned slice)
{
    const int64_t span = (int64_t)(SLICE_WIDTH - 1) * facts.vector[in.src[0].index].stride;
    Value *first = lds_first(in, slice), *last = ir.CreateAdd(first, ir.getInt64((uint64_t)span));
    Value *top = ir.CreateAdd(span < 0 ? first : last, ir.getInt64(end));
    Value *inside = ir.CreateICmpULE(top, ir.CreateZExt(lds_size, i64));
    return span < 0 ? ir.CreateAnd(inside, ir.CreateICmpSGE(last, ir.getInt64(0))) : inside;
}

static uint32_t lds_end(const instruction &in)
{
    const Shape &shape = *shape_of(in);
    uint32_t offset = piece_offset(in, shape, 0);
    if (shape.pieces > 1) offset = std::max(offset, piece_offset(in, shape, 1));
    return offset + shape.bytes;
}

// Each way out of the midst of a block keeps registers alive. So this is required of what comes later in it,
// too, as long as EXEC and what is known of registers remain.
void Emitter::lds_require()
{
    if (lds_required.count(current)) return;
    std::map<unsigned, std::pair<const instruction *, uint32_t>> ends; // by the register
    registers written = {};
    const uint32_t end = block_now().end;
    for (uint32_t i = current; i < end; i++) {
        const instruction &in = guest.at[i].in;
        const enum treatment treatment = in.opcode ? treatment_of(&guest, &in) : TREAT_UNTRANSLATED;
        if (treatment == TREAT_UNTRANSLATED || treatment == TREAT_INTERPRETED || writes_exec(&in)) break;
        const unsigned index = in.src[0].index;
        if (is_lds_known(in) && !registers_have_vector(&written, index)) {
            auto &[at, most] = ends.try_emplace(index, &in, 0).first->second;
            most = std::max(most, lds_end(in));
            lds_required.insert(i);
        }
        may_write_find(&guest, &in, &written);
    }
    Value *inside = ir.getTrue();
    for (const auto &[index, of] : ends)
        for (unsigned slice = 0; slice < slices; slice++)
            inside = ir.CreateAnd(inside, lds_inside(*of.first, of.second, slice));
    require(inside);
}

// Two pieces that lie side by side, as those of all lanes do: a row of what is twice as wide.
bool Emitter::is_lds_pair(const instruction &in) const
{
    const Shape &shape = *shape_of(in);
    if (shape.pieces != 2 || facts.vector[in.src[0].index].stride != 2 * (int32_t)shape.bytes) return false;
    return piece_offset(in, shape, 1) == piece_offset(in, shape, 0) + shape.bytes;
}

void Emitter::lds_pair_emit(const instruction &in, Value *start, unsigned slice)
{
    const Shape &shape = *shape_of(in);
    Access access = {};
    access.suffix = shape.bytes == 4 ? "2" : "4";
    access.bytes = 2 * shape.bytes;
    access.starts = {start};
    Value *exec = exec_slice(slice);
    if (!shape.store) return pieces_load(in, access, "load", exec, slice);
    Source both = vector_source(in, 1, slice), high = vector_source(in, 2, slice);
    for (unsigned k = 0; k < high.count; k++) both.dwords[both.count++] = high.dwords[k];
    rows_store(sources[1], both);
    ir.CreateCall(semantics.inlined(shape_name("store", access.suffix)), {sources[1], start, exec});
}

void Emitter::lds_strided_emit(const instruction &in)
{
    const Shape &shape = *shape_of(in);
    const int64_t stride = facts.vector[in.src[0].index].stride;
    for (unsigned slice = 0; slice < slices; slice++) {
        Value *start = ir.CreateAdd(lds, lds_first(in, slice));
        if (is_lds_pair(in)) {
            start = ir.CreateAdd(start, ir.getInt64(piece_offset(in, shape, 0)));
            lds_pair_emit(in, start, slice);
            continue;
        }
        for (unsigned piece = 0; piece < shape.pieces; piece++) {
            const int64_t offset = piece_offset(in, shape, piece);
            auto address = [&](unsigned lane) {
                return ir.CreateAdd(start, ir.getInt64((uint64_t)(offset + lane * stride)));
            };
            if (shape.store)
                lanes_store(vector_source(in, 1 + piece, slice), address);
            else
                lanes_load(in, piece, slice, address);
        }
    }
}

// --- Rows of dwords, of which some lanes are active ---

bool Emitter::is_lds_masked(const instruction &in) const
{
    const Shape *shape = shape_of(in);
    if (!has_masks || !is_lds_row(in) || shape->bytes != 4 || exec_is_whole()) return false;
    return shape->store || in.dst.file == FILE_VGPR;
}

// The lanes whose access is inside. Offsets wrap at 32 bits.
Value *Emitter::lds_lanes_inside(Value *first, int32_t stride, unsigned slice)
{
    Value *above = ir.CreateBinaryIntrinsic(llvm::Intrinsic::usub_sat, lds_size, ir.getInt32(3));
    Value *inside = ir.CreateICmpULT(row_from(first, stride), row_of(above));
    return ir.CreateAnd(inside, lanes_of(exec_slice(slice)));
}

// Lanes outside read 0. What lies below LDS is mapped, for where lane 0 is one of those.
Value *Emitter::lds_masked_load(Value *first, int32_t stride, unsigned slice)
{
    if (stride) {
        auto block = [&](const char *name) { return BasicBlock::Create(context, name, function); };
        BasicBlock *all = block("inside"), *some = block("outside"), *behind = block("behind");
        Value *at = ir.CreateAdd(lds, ir.CreateSExt(first, i64));
        Value *end = ir.CreateAdd(ir.CreateZExt(first, i64), ir.getInt64(4 * SLICE_WIDTH));
        ir.CreateCondBr(ir.CreateICmpULE(end, ir.CreateZExt(lds_size, i64)), all, some);
        ir.SetInsertPoint(all);
        ir.CreateCall(semantics.inlined("shape_load_1"), {result, at, exec_slice(slice)});
        ir.CreateBr(behind);
        ir.SetInsertPoint(some);
        Value *inside = lds_lanes_inside(first, stride, slice);
        Value *loaded = ir.CreateMaskedLoad(row, ir.CreateIntToPtr(at, ir.getPtrTy()), llvm::Align(1), inside,
                                            llvm::Constant::getNullValue(row));
        ir.CreateAlignedStore(loaded, result, llvm::Align(64));
        ir.CreateBr(behind);
        ir.SetInsertPoint(behind);
        return ir.CreateAlignedLoad(row, result, llvm::Align(64));
    }
    Value *end = ir.CreateAdd(ir.CreateZExt(first, i64), ir.getInt64(4));
    Value *inside = ir.CreateICmpULE(end, ir.CreateZExt(lds_size, i64));
    Value *offset = ir.CreateZExt(ir.CreateSelect(inside, first, ir.getInt32(0)), i64);
    Value *at = ir.CreateIntToPtr(ir.CreateAdd(lds, offset), ir.getPtrTy());
    Value *one = ir.CreateAlignedLoad(i32, at, llvm::Align(1));
    return row_of(ir.CreateSelect(inside, one, ir.getInt32(0)));
}

void Emitter::lds_masked_emit(const instruction &in)
{
    const Shape &shape = *shape_of(in);
    const int32_t stride = facts.vector[in.src[0].index].stride;
    for (unsigned slice = 0; slice < slices; slice++) {
        Value *lane0 = ir.CreateLoad(i32, shadow_slot(slice, in.src[0].index));
        for (unsigned piece = 0; piece < shape.pieces; piece++) {
            Value *first = ir.CreateAdd(lane0, ir.getInt32(piece_offset(in, shape, piece)));
            if (!shape.store) {
                Value *value = lds_masked_load(first, stride, slice);
                vector_merge(slice, in.dst.index + piece, value, exec_slice(slice));
                continue;
            }
            rows_store(sources[1], vector_source(in, 1 + piece, slice));
            Value *inside = ir.CreateBitCast(lds_lanes_inside(first, stride, slice), i16);
            ir.CreateCall(semantics.inlined("shape_store_1"),
                          {sources[1], ir.CreateAdd(lds, ir.CreateSExt(first, i64)), inside});
        }
    }
}

// --- Read-modify-writes ---

// Those of integers are a few instructions a lane, on the registers where they are. (Floats' arithmetic is
// not LLVM's to know of.)
bool Emitter::is_lds_update(const instruction &in) const
{
    const bool is_float = in.src[1].type == TYPE_F32 || in.src[1].type == TYPE_F64;
    return in.opcode->flags & OPCODE_ATOMIC && in.src[1].file == FILE_VGPR && !is_float;
}

void Emitter::lds_update_emit(const instruction &in)
{
    const bool has_result = in.dst.file == FILE_VGPR;
    llvm::Function *meaning = semantics.inlined(meaning_name(in.opcode->id));
    lanes_field(layout.offset, ir.getInt32((uint16_t)in.offset));
    lanes_field(layout.lds, lds);
    lanes_field(layout.lds_size, lds_size);
    for (unsigned slice = 0; slice < slices; slice++) {
        Value *exec = exec_slice(slice);
        lanes_field(layout.exec, exec);
        for (unsigned i = 0; i < 3; i++)
            if (in.src[i].file == FILE_VGPR) rows_store(sources[i], vector_source(in, i, slice));
        ir.CreateCall(meaning, {has_result ? result : dropped, sources[0], sources[1], sources[2], lanes});
        if (has_result) result_merge(in.dst, slice, exec, false);
    }
}

void Emitter::lds_emit(const instruction &in)
{
    if (is_lds_update(in)) return lds_update_emit(in);
    if (whole && is_lds_masked(in)) return lds_masked_emit(in);
    if (whole && is_lds_known(in)) lds_require();
    if (whole && is_lds_strided(in)) return lds_strided_emit(in);
    Access accesses[SLICES_MOST];
    for (unsigned slice = 0; slice < slices; slice++) accesses[slice] = lds_access(in, slice);
    for (unsigned slice = 0; slice < slices; slice++) access_emit(in, accesses[slice], slice);
}
