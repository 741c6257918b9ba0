// Vector arithmetic: operands, modifiers, the meaning of each slice, and the merge with EXEC.
#include "emitter.h"

#include "device/softgpu/isa/semantics/semantics.h"

#include <algorithm>

using llvm::Value;

// --- Sources ---

static bool is_float(unsigned type)
{
    return type == TYPE_F16 || type == TYPE_F32 || type == TYPE_F64 || type == TYPE_PK_F16;
}

// Whether arithmetic may come to see this constant as a float.
static bool may_be_float(const instruction &in, const operand &source)
{
    uint64_t top = source.value >> (source.dwords > 1 ? 32 : 0);
    bool moved = in.opcode->id == OPCODE_ID_v_mov_b32__VOP1 || in.opcode->id == OPCODE_ID_v_cndmask_b32__VOP2;
    return is_float(source.type) || (moved && top >= 0x00800000 && top < 0xffff0000);
}

// A special operand that is a constant of this device, as one.
static operand as_constant(operand o)
{
    if (o.file != FILE_SPECIAL || o.index == CODE_SCC || o.index == CODE_VCCZ || o.index == CODE_EXECZ)
        return o;
    o.file = FILE_CONSTANT;
    o.value = special_value(o.index);
    return o;
}

Emitter::Source Emitter::vector_source(const instruction &in, unsigned i, unsigned slice)
{
    const operand source = as_constant(in.src[i]);
    Source rows = {{}, source.dwords < 2 ? 1u : source.dwords};
    Value *scalar = source.file == FILE_SPECIAL ? special_get(source.index) : nullptr;
    const bool all_lanes = is_crossing(&in);
    for (unsigned k = 0; k < rows.count && k < DWORDS_MOST; k++) {
        uint32_t bits = k < 2 ? (uint32_t)(source.value >> 32 * k) : 0;
        if (source.file == FILE_VGPR)
            rows.dwords[k] =
                all_lanes ? vector_get(slice, source.index + k) : active_get(slice, source.index + k);
        else if (source.file == FILE_SGPR)
            rows.dwords[k] = row_of(scalar_get(source.index + k));
        else if (scalar)
            rows.dwords[k] = row_of(k ? ir.getInt32(0) : ir.CreateTrunc(scalar, i32));
        else if (source.file == FILE_CONSTANT && may_be_float(in, source))
            rows.dwords[k] = row_of(opaque(bits));
        else
            rows.dwords[k] = row_of(ir.getInt32(source.file == FILE_CONSTANT ? bits : 0));
    }
    return rows;
}

static bool has_vector(const instruction &in)
{
    return std::any_of(in.src, in.src + SOURCES_MAX, [](const operand &o) { return o.file == FILE_VGPR; });
}

// What LLVM knows of a number it computes with itself, as IEEE says and rounding to nearest; a comparison of
// denormals with zero becomes one of integers, and what zero is added to in some lanes is left as it is
// there. So where MODE has it otherwise, and where all sources may be constants, it is told nothing: not of
// bits that are 1, nor of those that are 0, nor when that is done twice.
void Emitter::number_hide(const instruction &in, unsigned i, Source &source)
{
    enum {
        F32_DENORMALS = MODE_F32_DENORM_IN | MODE_F32_DENORM_OUT,
        AS_IEEE = F32_DENORMALS | MODE_F16_F64_DENORM_IN | MODE_F16_F64_DENORM_OUT,
        FLOAT_MODE = AS_IEEE | 15, // and rounding
    };
    bool is_number = is_float(in.src[i].type) || opcode_is_mixed_precision(in.opcode);
    bool hidden =
        (is_number || is_float(in.dst.type)) && ((guest.mode & FLOAT_MODE) != AS_IEEE || !has_vector(in));
    for (unsigned k = 0; k < source.count && hidden; k++)
        source.dwords[k] =
            ir.CreateOr(ir.CreateAnd(source.dwords[k], row_of(opaque(UINT32_MAX))), row_of(opaque(0)));
}

void Emitter::rows_store(Value *rows, const Source &source)
{
    for (unsigned k = 0; k < source.count; k++)
        ir.CreateAlignedStore(source.dwords[k], ir.CreateConstInBoundsGEP1_32(row, rows, k), llvm::Align(64));
}

void Emitter::lanes_field(uint32_t offset, Value *value) { ir.CreateStore(value, field(lanes, offset)); }

// --- Modifiers ---

// DPP. Returns the lanes that may be written.
Value *Emitter::lanes_exchange(const lane_exchange &x, Source &source, Value *exec, unsigned slice)
{
    llvm::SmallVector<int, SLICE_WIDTH> from(x.lane, x.lane + SLICE_WIDTH);
    Value *readable = ir.getInt16(x.valid);
    if (!x.fetch_inactive) {
        Value *active = ir.CreateBitCast(ir.CreateShuffleVector(lanes_of(exec), from), i16);
        readable = ir.CreateAnd(readable, active);
    }
    for (unsigned k = 0; k < source.count; k++) {
        Value *moved = ir.CreateShuffleVector(source.dwords[k], from);
        source.dwords[k] = ir.CreateSelect(lanes_of(readable), moved, llvm::Constant::getNullValue(row));
    }
    if (!(x.rows >> slice & 1)) return ir.getInt16(0);
    Value *writable = ir.CreateAnd(exec, x.write);
    return x.bound_zero ? writable : ir.CreateAnd(writable, readable);
}

// Puts source i where the meaning looks for it. Returns the lanes that may be written.
Value *Emitter::source_fetch(const Modified &m, unsigned i, Source &source, Value *exec, unsigned slice)
{
    const source_modifier &change = m.values.source[i];
    if (i == 0 && m.values.exchange.used) exec = lanes_exchange(m.values.exchange, source, exec, slice);
    number_hide(m.in, i, source);
    if (change.plain) {
        rows_store(sources[i], source);
        return exec;
    }
    rows_store(unmodified, source);
    ir.CreateCall(semantics.inlined("modifiers_fetch"),
                  {m.constant, ir.getInt32(i), sources[i], unmodified, ir.getInt32(source.count)});
    if (!change.flip) return exec;
    // LLVM must not make a subtraction of an addition: a NaN would keep its sign.
    Value *top = ir.CreateConstInBoundsGEP1_32(row, sources[i], change.top);
    Value *flipped =
        ir.CreateXor(ir.CreateAlignedLoad(row, top, llvm::Align(64)), row_of(opaque(change.flip)));
    ir.CreateAlignedStore(flipped, top, llvm::Align(64));
    return exec;
}

// The modifiers as the bitcode reads them, but for `flip`, which is source_fetch's.
static llvm::GlobalVariable *modifiers_constant(llvm::Module &module, modifiers values)
{
    for (source_modifier &source : values.source) source.flip = 0;
    llvm::StringRef bytes(reinterpret_cast<const char *>(&values), sizeof values);
    llvm::Constant *data = llvm::ConstantDataArray::getString(module.getContext(), bytes, false);
    auto *constant = new llvm::GlobalVariable(module, data->getType(), true,
                                              llvm::GlobalValue::PrivateLinkage, data, "modifiers");
    constant->setAlignment(llvm::Align(alignof(modifiers)));
    return constant;
}

static bool finishes(const modifiers &m) { return m.omod || m.clamp || m.partial; }

void Emitter::result_finish(const Modified &m, unsigned slice)
{
    const operand &dst = m.in.dst;
    Source before = {{}, dst.dwords};
    for (unsigned k = 0; k < dst.dwords; k++) before.dwords[k] = active_get(slice, dst.index + k);
    rows_store(old, before);
    ir.CreateCall(semantics.inlined("modifiers_finish"), {m.constant, result, old, ir.getInt32(guest.mode)});
}

// `exchanged`: `exec` may be less than EXEC.
void Emitter::result_merge(const operand &dst, unsigned slice, Value *exec, bool exchanged)
{
    for (unsigned k = 0; k < dst.dwords; k++) {
        Value *from = ir.CreateConstInBoundsGEP1_32(row, result, k);
        Value *value = ir.CreateAlignedLoad(row, from, llvm::Align(64));
        if (exchanged)
            vector_set(slice, dst.index + k,
                       ir.CreateSelect(lanes_of(exec), value, vector_get(slice, dst.index + k)));
        else
            vector_merge(slice, dst.index + k, value, exec);
    }
}

// --- Instructions ---

// A test for classes that are known, which the general meaning looks up lane by lane. LLVM may make
// comparisons of it, which do not tell denormals from zeros where MODE flushes.
bool Emitter::class_emit(const instruction &in)
{
    enum { F32_DENORMALS = MODE_F32_DENORM_IN | MODE_F32_DENORM_OUT, CLASSES = (1 << 10) - 1 };
    const bool tests = is_named(in, "v_cmp_class_f32") || is_named(in, "v_cmpx_class_f32");
    if (!tests || in.src[1].file != FILE_CONSTANT || in.form == FORM_SDWA) return false;
    if ((guest.mode & F32_DENORMALS) != F32_DENORMALS) return false;
    llvm::Type *floats = llvm::FixedVectorType::get(ir.getFloatTy(), SLICE_WIDTH);
    Value *x = ir.CreateAlignedLoad(floats, sources[0], llvm::Align(64));
    Value *found = ir.createIsFPClass(x, (unsigned)in.src[1].value & CLASSES);
    lanes_field(layout.mask_out, ir.CreateBitCast(found, i16));
    return true;
}

void Emitter::vector_emit(const instruction &in)
{
    Modified m = {in, {}, nullptr};
    modifiers_resolve(&m.values, &in);
    bool changes = finishes(m.values);
    for (const source_modifier &source : m.values.source) changes |= !source.plain;
    if (changes) m.constant = modifiers_constant(*semantics.module, m.values);
    lane_masks masks = lane_masks_of(&in);
    Value *mask_in = masks.in == MASK_NONE ? nullptr : mask_get(masks.in), *mask_out = nullptr;
    Value *exec_wave = mask_get(SGPR_EXEC);
    for (unsigned slice = 0; slice < slices; slice++) {
        Value *exec = mask_slice(exec_wave, slice);
        lanes_field(layout.exec, exec);
        lanes_field(layout.first_lane, ir.getInt8((uint8_t)(slice * SLICE_WIDTH)));
        lanes_field(layout.clamp, ir.getInt8(in.clamp && !m.values.clamp));
        if (mask_in) lanes_field(layout.mask_in, mask_slice(mask_in, slice));
        for (unsigned i = 0; i < SOURCES_MAX; i++) {
            if (in.src[i].file == FILE_NONE || in.src[i].type == TYPE_LANE_MASK) continue;
            Source source = vector_source(in, i, slice);
            exec = source_fetch(m, i, source, exec, slice);
        }
        if (!class_emit(in)) {
            llvm::Function *meaning = semantics.inlined(meaning_name(in.opcode->id));
            ir.CreateCall(meaning, {result, sources[0], sources[1], sources[2], lanes});
        }
        if (in.dst.file == FILE_VGPR) {
            if (finishes(m.values)) result_finish(m, slice);
            result_merge(in.dst, slice, exec, m.values.exchange.used);
        }
        if (masks.out == MASK_NONE) continue;
        Value *at = ir.CreateConstInBoundsGEP1_32(ir.getInt8Ty(), lanes, layout.mask_out);
        Value *bits = ir.CreateZExt(ir.CreateAnd(ir.CreateLoad(i16, at), exec), mask_type);
        bits = ir.CreateShl(bits, SLICE_WIDTH * slice);
        mask_out = mask_out ? ir.CreateOr(mask_out, bits) : bits;
    }
    if (masks.out != MASK_NONE) mask_set(masks.out, mask_out);
}
