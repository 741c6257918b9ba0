// Addresses of 64 bits: rows of numbers that lie in a register and the next. Their lane 0 is one scalar, and
// what is known of them holds wherever the lower halves wrap. v_add_co_u32 and the v_add_co_ci_u32 that reads
// its carry are one addition; the vectors and masks that they say are made, too, for LLVM to drop where
// nothing reads them.
#include "emitter.h"

using llvm::Value;

enum { CARRY_DISTANCE = 32 }; // instructions, between an addition of lower halves and that of the upper

// --- Operands ---

llvm::AllocaInst *Emitter::pair_slot(unsigned slice, unsigned index)
{
    if (!pairs[slice][index]) pairs[slice][index] = slot(i64, "pair");
    return pairs[slice][index];
}

static bool writes_register(const code &guest, const instruction &in, unsigned file, unsigned index)
{
    registers writes = {};
    writes_find(&guest, &in, &writes);
    if (file == FILE_VGPR) return registers_have_vector(&writes, index);
    return index >= SGPR_COUNT || registers_have_scalar(&writes, index);
}

// Whether all lanes hold the same there when `until` is reached.
bool Emitter::is_uniform_until(const operand &source, unsigned dword, uint32_t until)
{
    if (source.file != FILE_VGPR) return fact_operand(source, dword).fact.known;
    const unsigned index = source.index + dword;
    bool uniform = fact_operand(source, dword).fact.uniform();
    for (uint32_t i = current + 1; i < until; i++) {
        const instruction &in = guest.at[i].in;
        if (!writes_register(guest, in, FILE_VGPR, index)) continue;
        bool scalar = in.src[0].file == FILE_SGPR || in.src[0].file == FILE_CONSTANT;
        uniform = is_named(in, "v_mov_b32") && is_plain(in) && scalar;
    }
    return uniform;
}

// Whether both halves lie in a register and the next, and the upper one still does when `until` is reached.
bool Emitter::is_pair_until(const FactOperand &low, const FactOperand &high, uint32_t until) const
{
    const operand &a = *low.source, &b = *high.source;
    const unsigned index = a.index + low.dword + 1;
    if (a.file != b.file || b.index + high.dword != index || index >= VGPR_COUNT) return false;
    if (a.neg || a.abs || a.op_sel || b.neg || b.abs || b.op_sel) return false;
    for (uint32_t i = current + 1; i < until; i++)
        if (writes_register(guest, guest.at[i].in, a.file, index)) return false;
    return a.file == FILE_SGPR || (a.file == FILE_VGPR && facts.wide[index - 1].known);
}

// What is known now of the lower half, and when `until` is reached of the upper.
Emitter::Wide Emitter::wide_operand(const operand &low, unsigned low_dword, const operand &high,
                                    unsigned high_dword, uint32_t until)
{
    Wide wide = {{}, false, fact_operand(low, low_dword), fact_operand(high, high_dword)};
    wide.is_pair = is_pair_until(wide.low, wide.high, until);
    if (wide.is_pair && low.file == FILE_VGPR)
        wide.fact = facts.wide[low.index + low_dword];
    else if (wide.low.fact.known && is_uniform_until(high, high_dword, until))
        wide.fact = {true, wide.low.fact.partial || wide.high.fact.partial, true, wide.low.fact.stride};
    return wide;
}

Value *Emitter::wide_low(const Wide &wide, unsigned slice)
{
    const unsigned index = wide.low.source->index + wide.low.dword;
    if (!wide.is_pair) return ir.CreateZExt(fact_value(wide.low, slice), i64);
    if (wide.low.source->file == FILE_SGPR) return scalar_get64(index);
    return ir.CreateLoad(i64, pair_slot(slice, index));
}

// What is to be added to it.
Value *Emitter::wide_high(const Wide &wide, unsigned slice)
{
    if (wide.is_pair) return ir.getInt64(0);
    return ir.CreateShl(ir.CreateZExt(fact_value(wide.high, slice), i64), 32);
}

Value *Emitter::wide_fits(const Wide &wide, unsigned slice)
{
    return wide.is_pair ? ir.getTrue() : fact_fits(wide.low, slice);
}

static bool is_stride(int64_t stride) { return stride >= INT32_MIN && stride <= INT32_MAX; }

// --- Results ---

Value *Emitter::wide_row(Value *first, int32_t stride)
{
    llvm::SmallVector<uint64_t, SLICE_WIDTH> steps;
    for (unsigned i = 0; i < SLICE_WIDTH; i++) steps.push_back((uint64_t)((int64_t)i * stride));
    Value *all = ir.CreateVectorSplat(SLICE_WIDTH, first);
    return ir.CreateAdd(all, llvm::ConstantDataVector::get(context, steps));
}

// `puts_low`: into the register of the lower half, too, which else holds it already.
void Emitter::wide_put(unsigned index, int32_t stride, llvm::ArrayRef<Value *> first, bool puts_low)
{
    for (unsigned slice = 0; slice < slices; slice++) {
        auto put = [&](unsigned i, Value *value) { vector_merge(slice, i, value, exec_slice(slice)); };
        Value *low = ir.CreateTrunc(first[slice], i32);
        Value *high = ir.CreateTrunc(ir.CreateLShr(first[slice], 32), i32);
        ir.CreateStore(first[slice], pair_slot(slice, index));
        ir.CreateStore(low, shadow_slot(slice, index));
        ir.CreateStore(high, shadow_slot(slice, index + 1));
        if (puts_low) put(index, row_from(low, stride));
        put(index + 1,
            stride ? ir.CreateTrunc(ir.CreateLShr(wide_row(first[slice], stride), 32), row) : row_of(high));
    }
}

void Emitter::wide_know(const instruction &in, unsigned index, const Fact &fact)
{
    facts_forget(in);
    facts.wide[index] = fact;
    facts.vector[index] = {true, fact.partial, fact.stride == 0, fact.stride};
    facts.vector[index + 1] = fact.stride ? Fact{} : fact;
}

// --- Addition ---

// The instruction that adds the upper halves to what `in` adds, or BLOCK_NONE.
uint32_t Emitter::carry_reader(const instruction &in) const
{
    const unsigned mask = lane_masks_of(&in).out, low = in.dst.index;
    if (mask >= SGPR_COUNT || mask == SGPR_EXEC || low + 1 >= VGPR_COUNT) return BLOCK_NONE;
    uint32_t end = block_now().end;
    if (end > current + CARRY_DISTANCE) end = current + CARRY_DISTANCE;
    for (uint32_t i = current + 1; i < end; i++) {
        const instruction &at = guest.at[i].in;
        enum treatment treatment = treatment_of(&guest, &at);
        if (treatment == TREAT_UNTRANSLATED || treatment == TREAT_INTERPRETED || writes_exec(&at))
            return BLOCK_NONE;
        bool reads = is_named(at, "v_add_co_ci_u32") && lane_masks_of(&at).in == mask;
        if (reads) return is_plain(at) && at.dst.index == low + 1 ? i : BLOCK_NONE;
        registers writes = {};
        writes_find(&guest, &at, &writes);
        bool changed = registers_have_scalar(&writes, mask) || registers_have_vector(&writes, low);
        bool upper = guest.wave64 && mask + 1 < SGPR_COUNT && registers_have_scalar(&writes, mask + 1);
        if (changed || upper) return BLOCK_NONE;
    }
    return BLOCK_NONE;
}

// Which upper half belongs to which lower one does not matter: sums are the same.
bool Emitter::sum_terms(const instruction &in, uint32_t reader, Wide terms[2])
{
    const instruction &upper = guest.at[reader].in;
    for (unsigned i = 0; i < 2; i++)
        if (upper.src[i].file == FILE_VGPR && upper.src[i].index == in.dst.index) return false;
    unsigned best = 0;
    for (unsigned turned = 0; turned < 2; turned++) {
        Wide a = wide_operand(in.src[0], 0, upper.src[turned], 0, reader);
        Wide b = wide_operand(in.src[1], 0, upper.src[!turned], 0, reader);
        unsigned score = 1 + a.is_pair + b.is_pair;
        bool known = a.fact.known && b.fact.known && is_stride((int64_t)a.fact.stride + b.fact.stride);
        if (!known || score <= best) continue;
        best = score;
        terms[0] = a;
        terms[1] = b;
    }
    return best > 0;
}

// v_add_co_u32.
bool Emitter::wide_add(const instruction &in, bool emits)
{
    if (!is_named(in, "v_add_co_u32")) return false;
    const uint32_t reader = carry_reader(in);
    if (reader == BLOCK_NONE) return false;
    sums.erase(reader);
    Sum sum;
    if (!sum_terms(in, reader, sum.terms)) return false;
    const Fact &a = sum.terms[0].fact, &b = sum.terms[1].fact;
    const int32_t stride = a.stride + b.stride;
    const Fact fact = {true, !exec_is_whole() || a.partial || b.partial, stride == 0, stride};
    if (emits) {
        llvm::SmallVector<Value *, SLICES_MOST> first, carry;
        Value *fits = ir.getTrue();
        for (unsigned slice = 0; slice < slices; slice++) {
            for (unsigned i = 0; i < 2; i++) {
                sum.parts[i].push_back(wide_low(sum.terms[i], slice));
                fits = ir.CreateAnd(fits, wide_fits(sum.terms[i], slice));
            }
            Value *term = ir.CreateTrunc(sum.parts[0].back(), i32);
            first.push_back(ir.CreateTrunc(ir.CreateAdd(sum.parts[0].back(), sum.parts[1].back()), i32));
            carry.push_back(ir.CreateICmpULT(row_from(first.back(), stride), row_from(term, a.stride)));
        }
        require(fits);
        fact_put(in.dst.index, fact, first);
        lanes_put(lane_masks_of(&in).out, carry);
    }
    facts_forget(in);
    facts.vector[in.dst.index] = fact;
    sums.emplace(reader, std::move(sum));
    return true;
}

void Emitter::carry_out_put(unsigned mask, const Sum &sum, int32_t stride, llvm::ArrayRef<Value *> first)
{
    if (mask >= SGPR_COUNT) return;
    llvm::SmallVector<Value *, SLICES_MOST> carry;
    for (unsigned slice = 0; slice < slices; slice++) {
        Value *term = ir.CreateAdd(sum.parts[0][slice], wide_high(sum.terms[0], slice));
        carry.push_back(
            ir.CreateICmpULT(wide_row(first[slice], stride), wide_row(term, sum.terms[0].fact.stride)));
    }
    lanes_put(mask, carry);
}

// The v_add_co_ci_u32 that goes with it.
bool Emitter::wide_add_upper(const instruction &in, bool emits)
{
    auto found = sums.find(current);
    if (found == sums.end()) return false;
    const Sum &sum = found->second;
    Fact fact = {true, !exec_is_whole(), true, sum.terms[0].fact.stride + sum.terms[1].fact.stride};
    for (const Wide &term : sum.terms)
        fact.partial |= term.fact.partial || fact_operand(*term.high.source, term.high.dword).fact.partial;
    if (emits) {
        llvm::SmallVector<Value *, SLICES_MOST> first;
        for (unsigned slice = 0; slice < slices; slice++) {
            Value *low = ir.CreateAdd(sum.parts[0][slice], sum.parts[1][slice]);
            Value *high = ir.CreateAdd(wide_high(sum.terms[0], slice), wide_high(sum.terms[1], slice));
            first.push_back(ir.CreateAdd(low, high));
        }
        carry_out_put(lane_masks_of(&in).out, sum, fact.stride, first);
        wide_put(in.dst.index - 1, fact.stride, first, false);
    }
    wide_know(in, in.dst.index - 1, fact);
    return true;
}

// --- Upper halves alone ---

// Products of 64 bits end so: what is the same for all lanes is added to the upper half of a row.
bool Emitter::wide_add_above(const instruction &in, bool emits)
{
    const bool product = is_named(in, "v_mad_u64_u32"), three = is_named(in, "v_add3_u32");
    if (!product && !three && !is_named(in, "v_add_nc_u32")) return false;
    const unsigned index = in.dst.index - 1u, last = product || three ? 2 : 1; // of the lower half
    if (index >= VGPR_COUNT || !facts.wide[index].known) return false;
    Fact fact = facts.wide[index];
    llvm::SmallVector<FactOperand, 2> terms;
    for (unsigned i = 0; i <= last; i++) {
        bool upper = in.src[i].file == FILE_VGPR && in.src[i].index == in.dst.index;
        if (upper && (!product || i == last)) continue;
        terms.push_back(fact_operand(in.src[i], 0));
        if (!terms.back().fact.uniform()) return false;
        fact.partial |= terms.back().fact.partial;
    }
    if (terms.size() != last) return false;
    fact.partial |= !exec_is_whole();
    llvm::SmallVector<Value *, SLICES_MOST> first;
    for (unsigned slice = 0; slice < slices && emits; slice++) {
        Value *more = fact_value(terms[0], slice);
        if (terms.size() > 1) {
            Value *other = fact_value(terms[1], slice);
            more = product ? ir.CreateMul(more, other) : ir.CreateAdd(more, other);
        }
        more = ir.CreateShl(ir.CreateZExt(more, i64), 32);
        first.push_back(ir.CreateAdd(ir.CreateLoad(i64, pair_slot(slice, index)), more));
    }
    if (emits) instruction_emit(guest.at[current]);
    for (unsigned slice = 0; slice < slices && emits; slice++)
        ir.CreateStore(first[slice], pair_slot(slice, index));
    facts_forget(in);
    facts.wide[index] = fact;
    return true;
}

// --- Products and shifts ---

// v_mad_u64_u32 of factors that are the same for all lanes, or one a row and the other a constant.
bool Emitter::wide_multiply(const instruction &in, bool emits)
{
    if (!is_named(in, "v_mad_u64_u32") || in.dst.index + 1 >= VGPR_COUNT) return false;
    if (lane_masks_of(&in).out < SGPR_COUNT) return false;
    FactOperand a = fact_operand(in.src[0], 0), b = fact_operand(in.src[1], 0);
    Wide more = wide_operand(in.src[2], 0, in.src[2], 1, current);
    if (!a.fact.known || !b.fact.known || !more.fact.known) return false;
    if ((a.fact.stride && !b.constant) || (b.fact.stride && !a.constant)) return false;
    if (!is_stride(a.constant ? a.bits : 0) || !is_stride(b.constant ? b.bits : 0)) return false;
    int64_t stride = more.fact.stride;
    if (a.fact.stride) stride += (int64_t)a.fact.stride * (int32_t)b.bits;
    if (b.fact.stride) stride += (int64_t)b.fact.stride * (int32_t)a.bits;
    if (!is_stride(stride)) return false;
    bool partial = !exec_is_whole() || a.fact.partial || b.fact.partial || more.fact.partial;
    const Fact fact = {true, partial, true, (int32_t)stride};
    if (emits) {
        llvm::SmallVector<Value *, SLICES_MOST> first;
        Value *fits = ir.getTrue();
        for (unsigned slice = 0; slice < slices; slice++) {
            Value *x = ir.CreateZExt(fact_value(a, slice), i64);
            Value *y = ir.CreateZExt(fact_value(b, slice), i64);
            first.push_back(ir.CreateAdd(ir.CreateMul(x, y), wide_value(more, slice)));
            for (Value *holds : {fact_fits(a, slice), fact_fits(b, slice), wide_fits(more, slice)})
                fits = ir.CreateAnd(fits, holds);
        }
        require(fits);
        wide_put(in.dst.index, fact.stride, first, true);
    }
    wide_know(in, in.dst.index, fact);
    return true;
}

// v_lshlrev_b64 by a constant.
bool Emitter::wide_shift(const instruction &in, bool emits)
{
    if (!is_named(in, "v_lshlrev_b64") || in.dst.index + 1 >= VGPR_COUNT) return false;
    FactOperand by = fact_operand(in.src[0], 0);
    Wide source = wide_operand(in.src[1], 0, in.src[1], 1, current);
    if (!by.constant || by.bits >= 32 || !source.fact.known) return false;
    const int64_t stride = (int64_t)source.fact.stride << by.bits;
    if (!is_stride(stride)) return false;
    const Fact fact = {true, !exec_is_whole() || source.fact.partial, true, (int32_t)stride};
    if (emits) {
        llvm::SmallVector<Value *, SLICES_MOST> first;
        Value *fits = ir.getTrue();
        for (unsigned slice = 0; slice < slices; slice++) {
            first.push_back(ir.CreateShl(wide_value(source, slice), by.bits));
            fits = ir.CreateAnd(fits, wide_fits(source, slice));
        }
        require(fits);
        wide_put(in.dst.index, fact.stride, first, true);
    }
    wide_know(in, in.dst.index, fact);
    return true;
}

bool Emitter::fact_wide(const instruction &in, bool emits)
{
    return wide_add(in, emits) || wide_add_upper(in, emits) || wide_multiply(in, emits) ||
           wide_shift(in, emits) || wide_add_above(in, emits);
}

// --- Behind a barrier ---

void Emitter::wide_resume(const Facts &from)
{
    auto home = [&](unsigned slice, unsigned i) {
        Value *at = wave_field(layout.wave_vgpr + slice * layout.vgpr_slice + 64 * i);
        return ir.CreateZExt(ir.CreateLoad(i32, at), i64);
    };
    for (unsigned i = 0; i + 1 < VGPR_COUNT; i++)
        for (unsigned slice = 0; slice < slices && from.wide[i].known; slice++) {
            if (!pairs[slice][i]) continue;
            Value *number = ir.CreateOr(home(slice, i), ir.CreateShl(home(slice, i + 1), 32));
            ir.CreateStore(number, pair_slot(slice, i));
        }
}
