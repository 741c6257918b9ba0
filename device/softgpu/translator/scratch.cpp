// Private memory, as MUBUF instructions with the descriptor of the wave's scratch access it. A dword that all
// lanes have at the same offset, as they do where registers are spilled, is a row of memory. What is not so
// simple, or no scratch, the interpreter is called for.
#include "emitter.h"

using llvm::BasicBlock;
using llvm::Value;

// A half of it, which lies in the wave.
void Emitter::flat_scratch_emit(const instruction &in)
{
    const bool upper = (in.offset & HWREG_ID) == HWREG_FLAT_SCR_HI;
    Value *half = ir.CreateTrunc(scalar_source(in.src[0]), i32);
    ir.CreateStore(half, wave_field(layout.wave_flat_scratch + (upper ? 4 : 0)));
}

// Of one wave.
Value *Emitter::scratch_bytes()
{
    if (whole) return ir.CreateLoad(i64, launch_field(layout.launch_scratch_wave_bytes));
    Value *group = ir.CreateLoad(ir.getPtrTy(), wave_field(layout.wave_group));
    return ir.CreateLoad(i64, field(group, layout.group_scratch_wave_bytes));
}

// UINT64_MAX where the descriptor is not scratch's.
Value *Emitter::scratch_start(const instruction &in)
{
    unsigned words = in.src[1].index;
    Value *soffset = ir.CreateTrunc(scalar_source(in.src[2]), i32);
    Value *scratch = ir.CreateLoad(i64, wave_field(layout.wave_flat_scratch));
    return ir.CreateCall(semantics.inlined("scratch_start"),
                         {scalar_get(words), scalar_get(words + 1), scalar_get(words + 3), soffset, scratch,
                          ir.getInt1(guest.wave64)});
}

// Of a slice's lanes; the same of all, a scalar, where no register adds to it.
Value *Emitter::scratch_offset(const instruction &in, Value *start, unsigned slice)
{
    Value *base = ir.CreateAdd(ir.CreateTrunc(start, i32), ir.getInt32((uint32_t)in.offset));
    return in.offen ? ir.CreateAdd(row_of(base), active_get(slice, in.src[0].index)) : base;
}

Value *Emitter::scratch_is_plain(const instruction &in, Value *start)
{
    Value *limit = ir.CreateLShr(scratch_bytes(), guest.wave64 ? 6 : 5);
    Value *size = ir.getInt32(access_size(&in));
    Value *plain = ir.CreateICmpNE(start, ir.getInt64(UINT64_MAX));
    if (!in.offen) {
        Value *same = ir.CreateCall(semantics.inlined("scratch_plain_same"),
                                    {scratch_offset(in, start, 0), size, limit});
        return ir.CreateAnd(plain, same);
    }
    for (unsigned slice = 0; slice < slices; slice++) {
        Value *each =
            shape_ask("scratch_plain", scratch_offset(in, start, slice), exec_slice(slice), {size, limit});
        plain = ir.CreateAnd(plain, each);
    }
    return plain;
}

// All lanes' dwords at one offset.
void Emitter::scratch_row(const instruction &dword, Value *offset, Value *exec, unsigned slice)
{
    Value *scratch = ir.CreateLoad(i64, wave_field(layout.wave_flat_scratch));
    Value *at = ir.CreateCall(semantics.inlined("scratch_row"),
                              {offset, scratch, ir.getInt32(slice * SLICE_WIDTH), ir.getInt1(guest.wave64)});
    Access access = {{at}, {}, nullptr, nullptr, nullptr, "1", 4, (dword.opcode->flags & OPCODE_STORE) != 0};
    if (access.store) return pieces_store(dword, access, exec, slice);
    pieces_load(dword, access, "load", exec, slice);
}

// Every lane's dword, at offsets that differ.
void Emitter::scratch_each(const instruction &dword, Value *offset, Value *exec, unsigned slice)
{
    const bool store = dword.opcode->flags & OPCODE_STORE;
    Value *scratch = ir.CreateLoad(i64, wave_field(layout.wave_flat_scratch));
    ir.CreateAlignedStore(offset, unmodified, llvm::Align(64));
    if (store) rows_store(sources[1], vector_source(dword, 1, slice));
    ir.CreateCall(semantics.inlined(store ? "scratch_store" : "scratch_load"),
                  {store ? sources[1] : result, unmodified, exec, scratch, ir.getInt32(slice * SLICE_WIDTH),
                   ir.getInt1(guest.wave64)});
    if (!store)
        vector_merge(slice, dword.dst.index, ir.CreateAlignedLoad(row, result, llvm::Align(64)), exec);
}

// Bytes and halves.
void Emitter::scratch_lanes(const instruction &in, Value *offset, Value *exec, unsigned slice)
{
    auto *wide = llvm::FixedVectorType::get(i64, SLICE_WIDTH);
    Value *scratch = ir.CreateLoad(i64, wave_field(layout.wave_flat_scratch));
    Value *offsets = offset->getType()->isVectorTy() ? offset : row_of(offset);
    ir.CreateAlignedStore(offsets, unmodified, llvm::Align(64));
    ir.CreateCall(semantics.inlined("scratch_addresses"),
                  {old, unmodified, scratch, ir.getInt32(slice * SLICE_WIDTH), ir.getInt1(guest.wave64)});
    Value *addresses = ir.CreateAlignedLoad(wide, old, llvm::Align(64));
    meaning_call(in, {{}, {}, nullptr, nullptr, addresses, nullptr, 0, false}, exec, slice);
}

void Emitter::scratch_dword(const instruction &dword, bool is_same, Value *offset, unsigned slice)
{
    Value *exec = exec_slice(slice);
    if (is_same) return scratch_row(dword, offset, exec, slice);
    auto block = [&](const char *name) { return BasicBlock::Create(context, name, function); };
    BasicBlock *same = block("same"), *scattered = block("scattered"), *behind = block("behind");
    Value *alike = ir.CreateAnd(shape_ask("shape_same", offset, exec, {}), ir.CreateTrunc(exec, i1));
    ir.CreateCondBr(alike, same, scattered);
    ir.SetInsertPoint(same);
    scratch_row(dword, ir.CreateExtractElement(offset, UINT64_C(0)), exec, slice);
    ir.CreateBr(behind);
    ir.SetInsertPoint(scattered);
    scratch_each(dword, offset, exec, slice);
    ir.CreateBr(behind);
    ir.SetInsertPoint(behind);
}

// The access as one of another size, whose data begins `skip` registers on: where semantics look for it.
static instruction access_of(const instruction &in, unsigned id, unsigned skip, unsigned dwords)
{
    instruction part = in;
    part.opcode = &opcodes[id];
    part.src[0] = part.src[2] = part.src[3] = {};
    part.src[1] = in.src[3];
    for (operand *data : {&part.dst, &part.src[1]}) {
        data->index = (uint16_t)(data->index + skip);
        data->dwords = (uint8_t)dwords;
    }
    return part;
}

void Emitter::scratch_slice(const instruction &in, Value *start, unsigned slice)
{
    bool load = in.opcode->flags & OPCODE_LOAD;
    unsigned id = load ? OPCODE_ID_buffer_load_dword__MUBUF : OPCODE_ID_buffer_store_dword__MUBUF;
    unsigned size = access_size(&in);
    // The register may be what is loaded.
    Value *offset = scratch_offset(in, start, slice);
    if (size % 4) return scratch_lanes(access_of(in, in.opcode->id, 0, 1), offset, exec_slice(slice), slice);
    for (unsigned k = 0; k < size / 4; k++) {
        Value *by = ir.getInt32(4 * k), *at = ir.CreateAdd(offset, in.offen ? row_of(by) : by);
        scratch_dword(access_of(in, id, k, 1), !in.offen, at, slice);
    }
}

void Emitter::scratch_emit(const reached &at)
{
    auto block = [&](const char *name) { return BasicBlock::Create(context, name, function); };
    BasicBlock *plain = block("plain"), *other = block("other"), *behind = block("behind");
    Value *start = scratch_start(at.in);
    ir.CreateCondBr(scratch_is_plain(at.in, start), plain, other);
    ir.SetInsertPoint(plain);
    for (unsigned slice = 0; slice < slices; slice++) scratch_slice(at.in, start, slice);
    ir.CreateBr(behind);
    ir.SetInsertPoint(other);
    interpreted_emit(at);
    ir.CreateBr(behind);
    ir.SetInsertPoint(behind);
    active_forget();
}
