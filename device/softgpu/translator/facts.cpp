// Addresses: integer arithmetic on rows - registers whose lanes ascend by a constant, or are all the same -
// is done on lane 0's value, a scalar. Where a row would wrap, so that it is none, waves leave for the
// interpreter.
#include "emitter.h"

#include "states.h"

#include <algorithm>
#include <cstring>

using llvm::Value;

// --- Values ---

enum {
    ALIGNED_MOST = 31,
    ROW_ALIGNED = 4, // the ids that a row of items begins with
};

static unsigned aligned_by(uint32_t bits)
{
    return bits ? std::min((unsigned)__builtin_ctz(bits), (unsigned)ALIGNED_MOST) : (unsigned)ALIGNED_MOST;
}

llvm::AllocaInst *Emitter::shadow_slot(unsigned slice, unsigned index)
{
    if (!shadows[slice][index]) shadows[slice][index] = slot(i32, "first");
    return shadows[slice][index];
}

llvm::AllocaInst *Emitter::carry_slot(unsigned slice, unsigned index)
{
    if (!carries[slice][index]) carries[slice][index] = slot(i1, "carry");
    return carries[slice][index];
}

Emitter::FactOperand Emitter::fact_operand(const operand &source, unsigned dword)
{
    FactOperand found = {
        {}, source.file == FILE_CONSTANT, (uint32_t)(source.value >> 32 * dword), &source, dword};
    bool scalar = source.file == FILE_SGPR || source.file == FILE_CONSTANT || source.file == FILE_NULL;
    if (scalar) found.fact.known = found.fact.fits = true;
    if (found.constant) found.fact.aligned = aligned_by(found.bits);
    if (source.file == FILE_VGPR && source.index + dword < VGPR_COUNT)
        found.fact = facts.vector[source.index + dword];
    if (source.neg || source.abs || source.op_sel) found.fact.known = false;
    return found;
}

Value *Emitter::fact_value(const FactOperand &o, unsigned slice)
{
    switch (o.source->file) {
    case FILE_VGPR:
        return ir.CreateLoad(i32, shadow_slot(slice, o.source->index + o.dword));
    case FILE_SGPR:
        return scalar_get(o.source->index + o.dword);
    case FILE_CONSTANT:
        return ir.getInt32(o.bits);
    default:
        return ir.getInt32(0);
    }
}

// Whether no lane's number is above the most, so that the row does not wrap.
Value *Emitter::row_fits(Value *first, int32_t stride, uint32_t most)
{
    int64_t span = (int64_t)stride * (SLICE_WIDTH - 1);
    if (span > most || -span > most) return ir.getFalse();
    Value *below = ir.CreateICmpULE(first, ir.getInt32((uint32_t)(span >= 0 ? most - span : most)));
    return span >= 0 ? below : ir.CreateAnd(below, ir.CreateICmpUGE(first, ir.getInt32((uint32_t)-span)));
}

Value *Emitter::fact_fits(const FactOperand &o, unsigned slice)
{
    if (o.fact.fits || o.fact.stride == 0) return ir.getTrue();
    return row_fits(fact_value(o, slice), o.fact.stride);
}

Value *Emitter::row_from(Value *first, int32_t stride)
{
    if (stride == 0) return row_of(first);
    llvm::SmallVector<uint32_t, SLICE_WIDTH> steps;
    for (unsigned i = 0; i < SLICE_WIDTH; i++) steps.push_back(i * (uint32_t)stride);
    return ir.CreateAdd(row_of(first), llvm::ConstantDataVector::get(context, steps));
}

// Goes on where the condition holds; else the instruction is left to the interpreter.
void Emitter::require(Value *condition)
{
    auto *constant = llvm::dyn_cast<llvm::ConstantInt>(condition);
    if (constant && constant->isOne()) return;
    auto *on = llvm::BasicBlock::Create(context, "holds", function);
    ir.CreateCondBr(condition, on, unable_block());
    ir.SetInsertPoint(on);
}

void Emitter::fact_put(unsigned index, const Fact &fact, llvm::ArrayRef<Value *> first)
{
    for (unsigned slice = 0; slice < slices; slice++) {
        ir.CreateStore(first[slice], shadow_slot(slice, index));
        vector_merge(slice, index, row_from(first[slice], fact.stride), exec_slice(slice));
    }
}

// The mask of active lanes where `lanes` says so, <16 x i1> of each slice or the same of all.
void Emitter::lanes_put(unsigned mask, llvm::ArrayRef<Value *> lanes)
{
    Value *all = llvm::ConstantInt::get(mask_type, 0);
    for (unsigned slice = 0; slice < slices; slice++) {
        Value *bits = lanes[slice]->getType() == i1
                          ? ir.CreateSelect(lanes[slice], exec_slice(slice), ir.getInt16(0))
                          : ir.CreateAnd(ir.CreateBitCast(lanes[slice], i16), exec_slice(slice));
        all = ir.CreateOr(all, ir.CreateShl(ir.CreateZExt(bits, mask_type), SLICE_WIDTH * slice));
    }
    mask_set(mask, all);
}

void Emitter::carry_put(unsigned mask, llvm::ArrayRef<Value *> carry)
{
    if (mask >= SGPR_COUNT) return;
    for (unsigned slice = 0; slice < slices; slice++) ir.CreateStore(carry[slice], carry_slot(slice, mask));
    lanes_put(mask, carry);
}

// --- Rules ---

namespace
{
enum Kind {
    MOVE,
    ADD,
    SUB,
    SUBREV,
    ADD3,
    LSHL_ADD,
    ADD_LSHL,
    LSHL,
    LSHR,
    ASHR,
    MUL,
    MUL_24,
    MAD_24,
    AND,
    OR,
    XOR,
    AND_OR,
    LSHL_OR
};
struct Rule {
    const char *name;
    Kind kind;
    unsigned sources;
};
} // namespace

static const uint32_t MOST_24 = 0xffffff;

static const Rule rules[] = {
    {"v_mov_b32", MOVE, 1},          {"v_add_nc_u32", ADD, 2},    {"v_sub_nc_u32", SUB, 2},
    {"v_subrev_nc_u32", SUBREV, 2},  {"v_add3_u32", ADD3, 3},     {"v_lshl_add_u32", LSHL_ADD, 3},
    {"v_add_lshl_u32", ADD_LSHL, 3}, {"v_lshlrev_b32", LSHL, 2},  {"v_lshrrev_b32", LSHR, 2},
    {"v_ashrrev_i32", ASHR, 2},      {"v_mul_lo_u32", MUL, 2},    {"v_mul_u32_u24", MUL_24, 2},
    {"v_mad_u32_u24", MAD_24, 3},    {"v_and_b32", AND, 2},       {"v_or_b32", OR, 2},
    {"v_xor_b32", XOR, 2},           {"v_and_or_b32", AND_OR, 3}, {"v_lshl_or_b32", LSHL_OR, 3},
};

static const Rule *rule_of(const instruction &in)
{
    for (const Rule &rule : rules)
        if (!strcmp(rule.name, in.opcode->name)) return &rule;
    return nullptr;
}

namespace
{
struct Term {
    int32_t stride;
    bool constant;
    uint32_t bits; // of a constant
    unsigned aligned;
};
} // namespace

// How many of the lowest bits tell lanes apart, of a row that begins with so many zeros at least; else none.
static unsigned width_of(int32_t stride, unsigned aligned)
{
    if (stride <= 0 || stride > INT32_MAX / SLICE_WIDTH) return 0;
    unsigned width = 32u - (unsigned)__builtin_clz((uint32_t)stride * (SLICE_WIDTH - 1));
    return width <= aligned ? width : 0;
}

static Fact fact_of(const Term &term, bool partial)
{
    bool fits = term.stride == 0 || width_of(term.stride, term.aligned);
    return {true, partial, fits, term.stride, term.aligned};
}

static Term term_add(const Term &a, const Term &b)
{
    return {(int32_t)((uint32_t)a.stride + (uint32_t)b.stride), false, 0, std::min(a.aligned, b.aligned)};
}

static Term term_subtract(const Term &a, const Term &b)
{
    return {(int32_t)((uint32_t)a.stride - (uint32_t)b.stride), false, 0, std::min(a.aligned, b.aligned)};
}

static bool term_shift_left(const Term &a, const Term &by, Term &to)
{
    const unsigned count = by.constant ? by.bits & 31 : 0;
    to = {(int32_t)((uint32_t)a.stride << count), false, 0,
          std::min(a.aligned + count, (unsigned)ALIGNED_MOST)};
    return by.stride == 0 && (a.stride == 0 || by.constant);
}

static bool term_shift_right(const Term &a, const Term &by, Term &to)
{
    const unsigned count = by.bits & 31, width = width_of(a.stride, a.aligned);
    to = {0, false, 0, by.constant && a.aligned > count ? a.aligned - count : 0};
    if (a.stride == 0 || by.stride) return by.stride == 0;
    if (!by.constant || !width) return false;
    if (count >= width) return true;
    to.stride = a.stride >> count;
    return (uint32_t)to.stride << count == (uint32_t)a.stride && a.aligned >= count;
}

// Factors have no more bits than `most`.
static bool term_multiply(const Term &a, const Term &b, uint32_t most, Term &to)
{
    const Term &row = a.stride ? a : b, &other = a.stride ? b : a;
    const uint32_t times = other.bits & most;
    const unsigned more = other.constant ? aligned_by(times) : other.aligned;
    to = {(int32_t)((uint32_t)row.stride * times), false, 0,
          std::min(row.aligned + more, (unsigned)ALIGNED_MOST)};
    return row.stride == 0 || other.constant;
}

// Where bits that tell lanes apart meet only zeros, or only ones.
static bool term_combine(Kind kind, const Term &a, const Term &b, Term &to)
{
    const Term &row = a.stride ? a : b, &other = a.stride ? b : a;
    const unsigned aligned = kind == AND ? std::max(a.aligned, b.aligned) : std::min(a.aligned, b.aligned);
    to = {kind == AND ? 0 : row.stride, false, 0, aligned};
    if (row.stride == 0) return true;
    const unsigned width = width_of(row.stride, row.aligned);
    if (!width || other.stride) return false;
    if (other.aligned >= width) return true;
    const uint32_t low = (UINT32_C(1) << width) - 1;
    to.stride = row.stride;
    return kind == AND && other.constant && (other.bits & low) == low;
}

// What the result is, where it is a row.
static bool result_of(Kind kind, const Term s[3], Term &to)
{
    switch (kind) {
    case MOVE:
        to = s[0];
        return true;
    case ADD:
        to = term_add(s[0], s[1]);
        return true;
    case SUB:
        to = term_subtract(s[0], s[1]);
        return true;
    case SUBREV:
        to = term_subtract(s[1], s[0]);
        return true;
    case ADD3:
        to = term_add(term_add(s[0], s[1]), s[2]);
        return true;
    case LSHL_ADD:
        if (!term_shift_left(s[0], s[1], to)) return false;
        to = term_add(to, s[2]);
        return true;
    case ADD_LSHL:
        return term_shift_left(term_add(s[0], s[1]), s[2], to);
    case LSHL:
        return term_shift_left(s[1], s[0], to);
    case LSHR:
    case ASHR:
        return term_shift_right(s[1], s[0], to);
    case MUL:
        return term_multiply(s[0], s[1], UINT32_MAX, to);
    case MUL_24: // where what is multiplied has no more bits
        return term_multiply(s[0], s[1], MOST_24, to);
    case MAD_24:
        if (!term_multiply(s[0], s[1], MOST_24, to)) return false;
        to = term_add(to, s[2]);
        return true;
    case AND_OR:
        return term_combine(AND, s[0], s[1], to) && term_combine(OR, Term(to), s[2], to);
    case LSHL_OR:
        return term_shift_left(s[0], s[1], to) && term_combine(OR, Term(to), s[2], to);
    default:
        return term_combine(kind, s[0], s[1], to);
    }
}

static Value *value_of(llvm::IRBuilder<> &ir, Kind kind, Value *a, Value *b, Value *c)
{
    auto by = [&](Value *amount) { return ir.CreateAnd(amount, 31); };
    auto low = [&](Value *value) { return ir.CreateAnd(value, 0xffffff); };
    switch (kind) {
    case MOVE:
        return a;
    case ADD:
        return ir.CreateAdd(a, b);
    case SUB:
        return ir.CreateSub(a, b);
    case SUBREV:
        return ir.CreateSub(b, a);
    case ADD3:
        return ir.CreateAdd(ir.CreateAdd(a, b), c);
    case LSHL_ADD:
        return ir.CreateAdd(ir.CreateShl(a, by(b)), c);
    case ADD_LSHL:
        return ir.CreateShl(ir.CreateAdd(a, b), by(c));
    case LSHL:
        return ir.CreateShl(b, by(a));
    case LSHR:
        return ir.CreateLShr(b, by(a));
    case ASHR:
        return ir.CreateAShr(b, by(a));
    case MUL:
        return ir.CreateMul(a, b);
    case MUL_24:
        return ir.CreateMul(low(a), low(b));
    case MAD_24:
        return ir.CreateAdd(ir.CreateMul(low(a), low(b)), c);
    case AND:
        return ir.CreateAnd(a, b);
    case OR:
        return ir.CreateOr(a, b);
    case XOR:
        return ir.CreateXor(a, b);
    case AND_OR:
        return ir.CreateOr(ir.CreateAnd(a, b), c);
    case LSHL_OR:
        return ir.CreateOr(ir.CreateShl(a, by(b)), c);
    }
    return nullptr;
}

const block &Emitter::block_now() const
{
    const block *b = guest.blocks;
    while (b->end <= current) b++;
    return *b;
}

bool Emitter::exec_is_whole() const
{
    const block &b = block_now();
    return current == b.first ? b.exec_whole : guest.exec_whole[current - 1];
}

static bool is_24(Kind kind) { return kind == MUL_24 || kind == MAD_24; }

// What follows from operands alone.
bool Emitter::fact_plain(const instruction &in, bool emits)
{
    const Rule *rule = rule_of(in);
    if (!rule) return false;
    FactOperand s[3] = {};
    Term terms[3] = {}, to;
    bool partial = !exec_is_whole();
    for (unsigned i = 0; i < rule->sources; i++) {
        s[i] = fact_operand(in.src[i], 0);
        if (!s[i].fact.known) return false;
        terms[i] = {s[i].fact.stride, s[i].constant, s[i].bits, s[i].fact.aligned};
        partial |= s[i].fact.partial;
    }
    if (!result_of(rule->kind, terms, to)) return false;
    Fact fact = fact_of(to, partial);
    if (rule->kind == MOVE) fact.fits = s[0].fact.fits;
    if (emits) {
        llvm::SmallVector<Value *, SLICES_MOST> first;
        Value *fits = ir.getTrue();
        for (unsigned slice = 0; slice < slices; slice++) {
            Value *values[3] = {};
            for (unsigned i = 0; i < rule->sources; i++) values[i] = fact_value(s[i], slice);
            first.push_back(value_of(ir, rule->kind, values[0], values[1], values[2]));
            for (unsigned i = 0; i < 2 && is_24(rule->kind); i++)
                if (terms[i].stride) fits = ir.CreateAnd(fits, row_fits(values[i], terms[i].stride, MOST_24));
        }
        require(fits);
        fact_put(in.dst.index, fact, first);
    }
    facts_forget(in);
    facts.vector[in.dst.index] = fact;
    return true;
}

bool is_named(const instruction &in, const char *name) { return !strcmp(in.opcode->name, name); }

bool is_plain(const instruction &in)
{
    return (in.form == FORM_NATIVE || in.form == FORM_VOP3) && !in.clamp && !in.omod && !in.dst_op_sel;
}

// v_add_co_u32, v_add_co_ci_u32: the carry is the same for all lanes, where no row wraps.
bool Emitter::fact_add(const instruction &in, bool emits)
{
    bool carries_in = is_named(in, "v_add_co_ci_u32");
    if (!carries_in && !is_named(in, "v_add_co_u32")) return false;
    lane_masks masks = lane_masks_of(&in);
    FactOperand a = fact_operand(in.src[0], 0), b = fact_operand(in.src[1], 0);
    if (!a.fact.known || !b.fact.known) return false;
    int32_t stride = (int32_t)((uint32_t)a.fact.stride + (uint32_t)b.fact.stride);
    if (carries_in && (stride || a.fact.stride || masks.in >= SGPR_COUNT || !facts.mask[masks.in]))
        return false;
    if (masks.out == SGPR_EXEC) return false;
    Fact fact = {true, !exec_is_whole() || a.fact.partial || b.fact.partial, true, stride};
    if (!carries_in) fact.aligned = std::min(a.fact.aligned, b.fact.aligned);
    if (emits) {
        llvm::SmallVector<Value *, SLICES_MOST> first, carry;
        Value *fits = ir.getTrue();
        for (unsigned slice = 0; slice < slices; slice++) {
            Value *x = ir.CreateZExt(fact_value(a, slice), i64),
                  *y = ir.CreateZExt(fact_value(b, slice), i64);
            Value *sum = ir.CreateAdd(x, y);
            if (carries_in)
                sum = ir.CreateAdd(sum, ir.CreateZExt(ir.CreateLoad(i1, carry_slot(slice, masks.in)), i64));
            first.push_back(ir.CreateTrunc(sum, i32));
            carry.push_back(ir.CreateICmpNE(ir.CreateLShr(sum, 32), ir.getInt64(0)));
            fits = ir.CreateAnd(fits, ir.CreateAnd(fact_fits(a, slice), fact_fits(b, slice)));
            if (stride) fits = ir.CreateAnd(fits, row_fits(first.back(), stride));
        }
        require(fits);
        fact_put(in.dst.index, fact, first);
        carry_put(masks.out, carry);
    }
    facts_forget(in);
    facts.vector[in.dst.index] = fact;
    if (masks.out < SGPR_COUNT) facts.mask[masks.out] = true;
    return true;
}

// v_ashrrev_i32 by 31 of a row: the sign, where all lanes have the same.
bool Emitter::fact_sign(const instruction &in, bool emits)
{
    if (!is_named(in, "v_ashrrev_i32")) return false;
    FactOperand by = fact_operand(in.src[0], 0), from = fact_operand(in.src[1], 0);
    if (!by.constant || by.bits != 31 || !from.fact.known) return false;
    int32_t stride = from.fact.stride;
    if (stride > INT32_MAX / SLICE_WIDTH || stride < -(INT32_MAX / SLICE_WIDTH)) return false;
    Fact fact = {true, !exec_is_whole() || from.fact.partial, true, 0};
    if (emits) {
        llvm::SmallVector<Value *, SLICES_MOST> first;
        Value *fits = ir.getTrue();
        for (unsigned slice = 0; slice < slices; slice++) {
            Value *value = fact_value(from, slice);
            Value *last = ir.CreateAdd(value, ir.getInt32((uint32_t)(stride * (SLICE_WIDTH - 1))));
            first.push_back(ir.CreateAShr(value, 31));
            fits = ir.CreateAnd(fits, ir.CreateICmpEQ(first.back(), ir.CreateAShr(last, 31)));
        }
        require(fits);
        fact_put(in.dst.index, fact, first);
    }
    facts_forget(in);
    facts.vector[in.dst.index] = fact;
    return true;
}

// v_mad_u64_u32 where nothing is known of the upper half that is added, as where nothing reads the result's.
bool Emitter::fact_product_low(const instruction &in, bool emits)
{
    if (!is_named(in, "v_mad_u64_u32")) return false;
    FactOperand s[3];
    Term terms[3], to;
    bool partial = !exec_is_whole();
    for (unsigned i = 0; i < 3; i++) {
        s[i] = fact_operand(in.src[i], 0);
        if (!s[i].fact.known) return false;
        terms[i] = {s[i].fact.stride, s[i].constant, s[i].bits, s[i].fact.aligned};
        partial |= s[i].fact.partial;
    }
    if (!term_multiply(terms[0], terms[1], UINT32_MAX, to)) return false;
    const Fact fact = fact_of(term_add(to, terms[2]), partial);
    llvm::SmallVector<Value *, SLICES_MOST> first;
    for (unsigned slice = 0; slice < slices && emits; slice++) {
        Value *product = ir.CreateMul(fact_value(s[0], slice), fact_value(s[1], slice));
        first.push_back(ir.CreateAdd(product, fact_value(s[2], slice)));
    }
    if (emits) instruction_emit(guest.at[current]);
    if (emits) fact_put(in.dst.index, fact, first);
    facts_forget(in);
    facts.vector[in.dst.index] = fact;
    return true;
}

bool Emitter::fact_apply(const instruction &in, bool emits)
{
    if (treatment_of(&guest, &in) != TREAT_VECTOR || in.dst.file != FILE_VGPR || !is_plain(in)) return false;
    return fact_plain(in, emits) || fact_wide(in, emits) || fact_add(in, emits) || fact_sign(in, emits) ||
           fact_product_low(in, emits);
}

// --- Instructions ---

// What is known of active lanes only, where others become active.
static void partial_forget(Facts &facts)
{
    for (Fact *of : {facts.vector, facts.wide})
        for (unsigned i = 0; i < VGPR_COUNT; i++)
            if (of[i].partial) of[i] = {};
    for (bool &mask : facts.mask) mask = false;
}

// What it writes is not known any more.
void Emitter::facts_forget(const instruction &in)
{
    registers writes = {};
    writes_find(&guest, &in, &writes);
    if (in.dst2.file == FILE_SGPR) writes.scalar[in.dst2.index / 64 & 1] |= UINT64_C(1) << in.dst2.index % 64;
    for (unsigned i = 0; i < VGPR_COUNT; i++) {
        if (!registers_have_vector(&writes, i)) continue;
        facts.vector[i] = facts.wide[i] = {};
        if (i) facts.wide[i - 1] = {};
    }
    for (unsigned i = 0; i < SGPR_COUNT; i++) {
        bool upper = guest.wave64 && i + 1 < SGPR_COUNT && registers_have_scalar(&writes, i + 1);
        if (upper || registers_have_scalar(&writes, i)) facts.mask[i] = false;
    }
    if (writes_exec(&in) && !narrows_exec(&in)) partial_forget(facts);
}

// Whether running the instruction twice is as running it once.
static bool is_repeatable(const code &guest, const instruction &in)
{
    switch (treatment_of(&guest, &in)) {
    case TREAT_NOTHING:
    case TREAT_FLOW:
    case TREAT_SCALAR:
    case TREAT_SCALAR_LOAD:
    case TREAT_VECTOR:
    case TREAT_LANE:
    case TREAT_FLAT_SCRATCH:
        return true;
    case TREAT_EXCHANGE:
        return !(in.opcode->flags & OPCODE_ATOMIC);
    case TREAT_GLOBAL:
    case TREAT_LDS:
    case TREAT_SCRATCH:
        return in.opcode->flags & OPCODE_LOAD && !(in.opcode->flags & OPCODE_ATOMIC);
    default:
        return false;
    }
}

void Emitter::facts_step(bool emits)
{
    const reached &at = guest.at[current];
    const bool untouched = facts.untouched;
    fact_step(at, emits);
    facts.untouched = untouched && is_repeatable(guest, at.in);
}

void Emitter::fact_step(const reached &at, bool emits)
{
    if (!at.in.opcode) {
        facts = {};
        return;
    }
    if (fact_apply(at.in, emits)) return;
    bool uniform = is_uniform_load(at.in);
    if (emits) instruction_emit(at);
    facts_forget(at.in);
    if (!uniform) return;
    for (unsigned k = 0; k < at.in.dst.dwords; k++) {
        unsigned index = at.in.dst.index + k;
        facts.vector[index] = {true, false, true, 0};
        for (unsigned slice = 0; slice < slices && emits; slice++) {
            Value *value = ir.CreateExtractElement(vector_get(slice, index), UINT64_C(0));
            ir.CreateStore(value, shadow_slot(slice, index));
        }
    }
}

// --- Blocks ---

// Returns whether that changes what is known.
static bool fact_meet(Fact &a, const Fact &b)
{
    if (!a.known) return false;
    const Fact before = a;
    a.known = b.known && a.stride == b.stride;
    a.partial |= b.partial;
    a.fits &= b.fits;
    a.aligned = std::min(a.aligned, b.aligned);
    if (!a.known) a = {};
    return a.known != before.known || a.partial != before.partial || a.fits != before.fits ||
           a.aligned != before.aligned;
}

static bool facts_meet(Facts &to, const Facts &from)
{
    if (!to.reached) {
        to = from;
        to.reached = true;
        return true;
    }
    bool changed = false;
    for (unsigned i = 0; i < VGPR_COUNT; i++) {
        changed |= fact_meet(to.vector[i], from.vector[i]);
        changed |= fact_meet(to.wide[i], from.wide[i]);
    }
    for (unsigned i = 0; i < SGPR_COUNT; i++) {
        changed |= to.mask[i] && !from.mask[i];
        to.mask[i] &= from.mask[i];
    }
    changed |= to.untouched && !from.untouched;
    to.untouched &= from.untouched;
    return changed;
}

// Behind a barrier, registers come from the wave.
static void facts_keep(Facts &facts)
{
    partial_forget(facts);
    facts.untouched = false;
}

bool Emitter::facts_pass(uint32_t number)
{
    const block &b = guest.blocks[number];
    if (!block_facts[number].reached) return false;
    facts = block_facts[number];
    for (current = b.first; current < b.end; current++) facts_step(false);
    if (block_flow(&guest, &b) == FLOW_BARRIER) facts_keep(facts);
    bool changed = false;
    for (uint32_t to : successors(number)) changed |= facts_meet(block_facts[to], facts);
    return changed;
}

void Emitter::facts_launch()
{
    Facts &entry = block_facts[guest.entry_block];
    entry.reached = entry.untouched = true;
    for (unsigned i = 0; i < 3; i++) entry.vector[i] = {true, false, true, i == 0, i == 0 ? ROW_ALIGNED : 0u};
}

void Emitter::facts_find()
{
    block_facts.resize(guest.block_count);
    facts_launch();
    bool changed = true;
    while (changed) {
        changed = false;
        for (uint32_t i = 0; i < guest.block_count; i++) changed |= facts_pass(i);
    }
}

void Emitter::shadows_launch(const registers &live)
{
    for (unsigned i = 0; i < 3; i++)
        for (unsigned slice = 0; slice < slices && registers_have_vector(&live, i); slice++)
            ir.CreateStore(ir.CreateLoad(i32, id_row_at(slice, i)), shadow_slot(slice, i));
}

void Emitter::shadows_resume(const Facts &from)
{
    for (unsigned i = 0; i < VGPR_COUNT; i++)
        for (unsigned slice = 0; slice < slices && from.vector[i].known; slice++) {
            if (!shadows[slice][i]) continue;
            bool kept = registers_have_vector(&guest.written, i) || i >= 3;
            Value *home = wave_field(layout.wave_vgpr + slice * layout.vgpr_slice + 64 * i);
            ir.CreateStore(ir.CreateLoad(i32, kept ? home : id_row_at(slice, i)), shadow_slot(slice, i));
        }
    wide_resume(from);
}
