// Vector memory. Where the lanes' data lie one behind another, or all lanes read the same, an access is a few
// moves of vectors; else the instruction's meaning is called, on the registers as they lie in the wave.
#include "emitter.h"
#include "shapes.h"

#include "device/softgpu/isa/semantics/memory_halves.h"

using llvm::BasicBlock;
using llvm::Value;

// For reports of faults: the access cannot move before it.
void Emitter::place_note(const reached &at)
{
    ir.CreateStore(offset_of(at.address), field(first_wave, layout.wave_place), true);
}

// --- What an instruction accesses ---

#define LOADS(name, dwords)              {OPCODE_ID_##name, #dwords, 4 * (dwords), false, 1, 0}
#define STORES(name, dwords)             {OPCODE_ID_##name, #dwords, 4 * (dwords), true, 1, 0}
#define LOADS_SMALL(name, type, bytes)   {OPCODE_ID_##name, #type, bytes, false, 1, 0}
#define STORES_SMALL(name, type, bytes)  {OPCODE_ID_##name, #type, bytes, true, 1, 0}
#define PAIRS(name, dwords, store, step) {OPCODE_ID_##name, #dwords, 4 * (dwords), store, 2, step}
static const Shape shapes[] = {
    LOADS(global_load_dword__GLOBAL, 1),
    LOADS(global_load_dwordx2__GLOBAL, 2),
    LOADS(global_load_dwordx4__GLOBAL, 4),
    STORES(global_store_dword__GLOBAL, 1),
    STORES(global_store_dwordx2__GLOBAL, 2),
    STORES(global_store_dwordx4__GLOBAL, 4),
    LOADS(flat_load_dword__FLAT, 1),
    LOADS(flat_load_dwordx2__FLAT, 2),
    LOADS(flat_load_dwordx4__FLAT, 4),
    STORES(flat_store_dword__FLAT, 1),
    STORES(flat_store_dwordx2__FLAT, 2),
    STORES(flat_store_dwordx4__FLAT, 4),
    LOADS(ds_read_b32__DS, 1),
    LOADS(ds_read_b64__DS, 2),
    LOADS(ds_read_b128__DS, 4),
    STORES(ds_write_b32__DS, 1),
    STORES(ds_write_b64__DS, 2),
    STORES(ds_write_b128__DS, 4),
    LOADS_SMALL(global_load_ubyte__GLOBAL, u8, 1),
    LOADS_SMALL(global_load_sbyte__GLOBAL, s8, 1),
    LOADS_SMALL(global_load_ushort__GLOBAL, u16, 2),
    LOADS_SMALL(global_load_sshort__GLOBAL, s16, 2),
    STORES_SMALL(global_store_byte__GLOBAL, u8, 1),
    STORES_SMALL(global_store_short__GLOBAL, u16, 2),
    LOADS_SMALL(flat_load_ubyte__FLAT, u8, 1),
    LOADS_SMALL(flat_load_sbyte__FLAT, s8, 1),
    LOADS_SMALL(flat_load_ushort__FLAT, u16, 2),
    LOADS_SMALL(flat_load_sshort__FLAT, s16, 2),
    STORES_SMALL(flat_store_byte__FLAT, u8, 1),
    STORES_SMALL(flat_store_short__FLAT, u16, 2),
    LOADS_SMALL(ds_read_u8__DS, u8, 1),
    LOADS_SMALL(ds_read_i8__DS, s8, 1),
    LOADS_SMALL(ds_read_u16__DS, u16, 2),
    LOADS_SMALL(ds_read_i16__DS, s16, 2),
    STORES_SMALL(ds_write_b8__DS, u8, 1),
    STORES_SMALL(ds_write_b16__DS, u16, 2),
    PAIRS(ds_read2_b32__DS, 1, false, 4),
    PAIRS(ds_read2_b64__DS, 2, false, 8),
    PAIRS(ds_read2st64_b32__DS, 1, false, 256),
    PAIRS(ds_read2st64_b64__DS, 2, false, 512),
    PAIRS(ds_write2_b32__DS, 1, true, 4),
    PAIRS(ds_write2_b64__DS, 2, true, 8),
    PAIRS(ds_write2st64_b32__DS, 1, true, 256),
    PAIRS(ds_write2st64_b64__DS, 2, true, 512),
};

const Shape *shape_of(const instruction &in)
{
    for (const Shape &shape : shapes)
        if (shape.id == in.opcode->id) return &shape;
    return nullptr;
}

// --- Shapes ---

// A function over vectors, of the semantics' bitcode.
Value *Emitter::shape_ask(const char *name, Value *vector, Value *exec, llvm::ArrayRef<Value *> more)
{
    ir.CreateAlignedStore(vector, unmodified, llvm::Align(64));
    llvm::SmallVector<Value *, 3> arguments = {unmodified, exec};
    arguments.append(more.begin(), more.end());
    return ir.CreateCall(semantics.inlined(name), arguments);
}

std::string shape_name(const char *kind, const char *suffix)
{
    return std::string("shape_") + kind + "_" + suffix;
}

// Whether its rows are not for some of the lanes, too. Those of single dwords are, and where the host has
// masks, loads of bytes and halves.
bool Emitter::wants_all(const Access &access) const
{
    return access.bytes != 4 && (access.store || access.bytes > 4 || !has_masks);
}

// What lies in `result`, to registers.
void Emitter::piece_take(const instruction &in, const Access &access, unsigned piece, Value *exec,
                         unsigned slice)
{
    for (unsigned k = 0; k < access.dwords(); k++) {
        Value *at = ir.CreateConstInBoundsGEP1_32(row, result, k);
        unsigned index = in.dst.index + piece * access.dwords() + k;
        vector_merge(slice, index, ir.CreateAlignedLoad(row, at, llvm::Align(64)), exec);
    }
}

// Every piece as a row, or the same for all lanes.
void Emitter::pieces_load(const instruction &in, const Access &access, const char *kind, Value *exec,
                          unsigned slice)
{
    llvm::Function *load = semantics.inlined(shape_name(kind, access.suffix));
    for (unsigned piece = 0; piece < access.starts.size(); piece++) {
        ir.CreateCall(load, {result, access.starts[piece], exec});
        piece_take(in, access, piece, exec, slice);
    }
}

void Emitter::pieces_store(const instruction &in, const Access &access, Value *exec, unsigned slice)
{
    llvm::Function *store = semantics.inlined(shape_name("store", access.suffix));
    for (unsigned piece = 0; piece < access.starts.size(); piece++) {
        rows_store(sources[1], vector_source(in, 1 + piece, slice));
        ir.CreateCall(store, {sources[1], access.starts[piece], exec});
    }
}

// For reports of faults: who is active, and where the host does not tell it, their addresses.
void Emitter::addresses_note(Value *addresses, Value *exec, unsigned slice)
{
    uint32_t state = layout.wave_lanes + slice * layout.lanes_bytes;
    ir.CreateStore(exec, field(first_wave, state + layout.exec));
    if (!addresses) return;
    ir.CreateStore(addresses, field(first_wave, state + layout.address));
    ir.CreateStore(ir.getInt8((uint8_t)slice), field(first_wave, layout.wave_slice));
}

// LDS, the lanes' offsets of a piece.
Value *Emitter::lds_offsets(const Access &access, Value *lanes, unsigned piece)
{
    return ir.CreateAdd(lanes, row_of(ir.getInt32(access.offsets[piece])));
}

Value *Emitter::lds_addresses(Value *offsets)
{
    Value *wide = ir.CreateZExt(offsets, llvm::FixedVectorType::get(i64, SLICE_WIDTH));
    return ir.CreateAdd(wide, ir.CreateVectorSplat(SLICE_WIDTH, lds));
}

// No address of the host's lies above, nor in the page before: rows from below it do not lead further.
static const uint64_t address_limit = (UINT64_C(1) << 47) - 4096;

// One piece into `result`: in halves, if they turn out to be simple, or else by `gather`.
void Emitter::halves_load(const Access &access, Value *addresses, Value *exec,
                          llvm::function_ref<void()> gather)
{
    auto block = [&](const char *name) { return BasicBlock::Create(context, name, function); };
    BasicBlock *rows = block("rows"), *same = block("same"), *other = block("other"),
               *behind = block("behind");
    Value *from = access.addresses ? ir.getInt64(0) : lds;
    Value *to =
        access.addresses ? ir.getInt64(address_limit) : ir.CreateAdd(lds, ir.CreateZExt(lds_size, i64));
    Value *shape = shape_ask("shape_halves", addresses, exec, {ir.getInt32(access.bytes), from, to});
    Value *low = ir.CreateExtractElement(addresses, UINT64_C(0));
    Value *high = ir.CreateExtractElement(addresses, HALF_LANES);
    auto *kinds = ir.CreateSwitch(shape, other, 2);
    kinds->addCase(ir.getInt32(HALVES_ROWS), rows);
    kinds->addCase(ir.getInt32(HALVES_SAME), same);
    for (auto [at, kind] : {std::pair(rows, "halves_load"), std::pair(same, "halves_spread")}) {
        ir.SetInsertPoint(at);
        ir.CreateCall(semantics.inlined(shape_name(kind, access.suffix)), {result, low, high});
        ir.CreateBr(behind);
    }
    ir.SetInsertPoint(other);
    gather();
    ir.CreateBr(behind);
    ir.SetInsertPoint(behind);
}

void Emitter::far_gather(const Access &access, Value *addresses, Value *exec)
{
    ir.CreateAlignedStore(addresses, unmodified, llvm::Align(64));
    ir.CreateCall(semantics.inlined(shape_name("gather", access.suffix)), {result, unmodified, exec});
}

void Emitter::global_gather(const Access &access, Value *exec, unsigned slice)
{
    auto gather = [&] {
        addresses_note(access.addresses, exec, slice);
        far_gather(access, access.addresses, exec);
    };
    if (access.bytes < 4) return gather();
    halves_load(access, access.addresses, exec, gather);
}

// Those lanes that are not inside read 0.
void Emitter::lds_gather(const Access &access, Value *offsets, Value *exec)
{
    Value *addresses = lds_addresses(offsets);
    if (access.bytes < 4) {
        Value *inside = shape_ask("shape_inside", offsets, exec, {lds_size, ir.getInt32(access.bytes)});
        return far_gather(access, addresses, inside);
    }
    halves_load(access, addresses, exec, [&] {
        ir.CreateAlignedStore(offsets, unmodified, llvm::Align(64));
        ir.CreateCall(semantics.inlined(shape_name("gather_near", access.suffix)),
                      {result, unmodified, exec, lds, lds_size});
    });
}

// Every lane's dwords from wherever they are, where the host can do that at once.
bool Emitter::pieces_gather(const instruction &in, const Access &access, Value *exec, unsigned slice)
{
    if (!semantics.inlined(shape_name("gather", access.suffix))) return false;
    if (access.store || in.dst.file != FILE_VGPR) return false;
    if (access.addresses) {
        global_gather(access, exec, slice);
        piece_take(in, access, 0, exec, slice);
        return true;
    }
    Value *lanes = active_get(slice, in.src[0].index); // it may be what is loaded
    for (unsigned piece = 0; piece < access.starts.size(); piece++) {
        lds_gather(access, lds_offsets(access, lanes, piece), exec);
        piece_take(in, access, piece, exec, slice);
    }
    return true;
}

void Emitter::global_scatter(const instruction &in, const Access &access, Value *exec, unsigned slice)
{
    addresses_note(access.addresses, exec, slice);
    rows_store(sources[1], vector_source(in, 1, slice));
    ir.CreateAlignedStore(access.addresses, unmodified, llvm::Align(64));
    ir.CreateCall(semantics.inlined(shape_name("scatter", access.suffix)), {sources[1], unmodified, exec});
}

// To wherever the lanes' dwords go, one lane behind another. LDS: where some lane is inactive or outside, it
// is left to the whole meaning.
bool Emitter::pieces_scatter(const instruction &in, const Access &access, Value *exec, unsigned slice)
{
    if (!access.store || (!access.addresses && access.bytes < 4)) return false;
    if (access.addresses) {
        global_scatter(in, access, exec, slice);
        return true;
    }
    Value *lanes = active_get(slice, in.src[0].index), *inside = exec;
    for (unsigned piece = 0; piece < access.starts.size(); piece++)
        inside = shape_ask("shape_inside", lds_offsets(access, lanes, piece), inside,
                           {lds_size, ir.getInt32(access.bytes)});
    auto block = [&](const char *name) { return BasicBlock::Create(context, name, function); };
    BasicBlock *all = block("all"), *some = block("some"), *behind = block("behind");
    ir.CreateCondBr(ir.CreateICmpEQ(inside, ir.getInt16(UINT16_MAX)), all, some);
    ir.SetInsertPoint(all);
    for (unsigned piece = 0; piece < access.starts.size(); piece++) {
        Value *offsets = lds_offsets(access, lanes, piece);
        lanes_store(vector_source(in, 1 + piece, slice), [&](unsigned lane) {
            Value *offset = ir.CreateZExt(ir.CreateExtractElement(offsets, lane), i64);
            return ir.CreateAdd(lds, offset);
        });
    }
    ir.CreateBr(behind);
    ir.SetInsertPoint(some);
    meaning_call(in, access, exec, slice);
    ir.CreateBr(behind);
    ir.SetInsertPoint(behind);
    return true;
}

// --- Lane by lane ---

void Emitter::lanes_store(const Source &source, llvm::function_ref<Value *(unsigned lane)> address)
{
    for (unsigned lane = 0; lane < SLICE_WIDTH; lane++) {
        Value *at = ir.CreateIntToPtr(address(lane), ir.getPtrTy());
        for (unsigned k = 0; k < source.count; k++)
            ir.CreateAlignedStore(ir.CreateExtractElement(source.dwords[k], lane),
                                  ir.CreateConstInBoundsGEP1_32(i32, at, k), llvm::Align(1));
    }
}

void Emitter::lanes_load(const instruction &in, unsigned piece, unsigned slice,
                         llvm::function_ref<Value *(unsigned lane)> address)
{
    const unsigned dwords = shape_of(in)->bytes / 4;
    Value *made[DWORDS_MOST] = {};
    for (unsigned k = 0; k < dwords; k++) made[k] = llvm::PoisonValue::get(row);
    for (unsigned lane = 0; lane < SLICE_WIDTH; lane++) {
        Value *at = ir.CreateIntToPtr(address(lane), ir.getPtrTy());
        for (unsigned k = 0; k < dwords; k++) {
            Value *one = ir.CreateAlignedLoad(i32, ir.CreateConstInBoundsGEP1_32(i32, at, k), llvm::Align(1));
            made[k] = ir.CreateInsertElement(made[k], one, lane);
        }
    }
    for (unsigned k = 0; k < dwords; k++)
        vector_merge(slice, in.dst.index + piece * dwords + k, made[k], exec_slice(slice));
}

// The whole meaning. What it reads and writes lies in the wave meanwhile, as for the interpreter: a fault's
// address is looked for there, too.
void Emitter::meaning_call(const instruction &in, const Access &access, Value *exec, unsigned slice)
{
    auto home = [&](const operand &o, unsigned k) {
        return wave_field(layout.wave_vgpr + slice * layout.vgpr_slice + 64 * (o.index + k));
    };
    auto put = [&](const operand &o) {
        if (o.file != FILE_VGPR) return;
        for (unsigned k = 0; k < o.dwords; k++)
            ir.CreateAlignedStore(vector_get(slice, o.index + k), home(o, k), llvm::Align(64));
    };
    uint32_t state = layout.wave_lanes + slice * layout.lanes_bytes;
    for (const operand &source : in.src) put(source);
    put(in.dst);
    addresses_note(access.addresses, exec, slice);
    if (in.opcode->encoding == ENCODING_DS) {
        ir.CreateStore(ir.getInt32((uint16_t)in.offset), field(first_wave, state + layout.offset));
        ir.CreateStore(scalar_get(SGPR_M0), field(first_wave, state + layout.m0));
    }
    bool has_result = in.dst.file == FILE_VGPR;
    Value *d = has_result ? home(in.dst, 0) : field(first_wave, layout.wave_result);
    llvm::SmallVector<Value *, 6> arguments = {ir.getInt32(in.opcode->id), d};
    for (unsigned i = 0; i < 3; i++)
        arguments.push_back(in.src[i].file == FILE_VGPR ? home(in.src[i], 0)
                                                        : field(first_wave, layout.wave_result));
    arguments.push_back(field(first_wave, state));
    llvm::Type *pointer = ir.getPtrTy();
    auto *type =
        llvm::FunctionType::get(ir.getVoidTy(), {i32, pointer, pointer, pointer, pointer, pointer}, false);
    llvm::FunctionCallee run = semantics.module->getOrInsertFunction("memory_run", type);
    // The rare case: registers are saved there, not around it.
    ir.CreateCall(run, arguments)->setCallingConv(llvm::CallingConv::PreserveAll);
    for (unsigned k = 0; has_result && k < in.dst.dwords; k++) {
        Value *value = ir.CreateAlignedLoad(row, home(in.dst, k), llvm::Align(64));
        vector_set(slice, in.dst.index + k, value);
        if (merges()) active_put(slice, in.dst.index + k, value); // as where it was not called
    }
}

// Whether nothing reads what it loads.
bool Emitter::is_unread(const instruction &in) const
{
    if (in.dst.file != FILE_VGPR) return false;
    const block &b = block_now();
    auto reads = [&](const registers &live) {
        bool any = false;
        for (unsigned k = 0; k < in.dst.dwords && in.dst.index + k < VGPR_COUNT; k++)
            any |= registers_have_vector(&live, in.dst.index + k);
        return any;
    };
    if (current + 1 < b.end) return !reads(guest.live[current + 1]);
    bool any = false;
    for (uint32_t to : successors((uint32_t)(&b - guest.blocks))) any |= reads(guest.blocks[to].live);
    return !any;
}

static bool is_true(Value *condition)
{
    auto *constant = llvm::dyn_cast<llvm::ConstantInt>(condition);
    return constant && constant->isOne();
}

void Emitter::access_emit(const instruction &in, const Access &access, unsigned slice)
{
    Value *exec = exec_slice(slice);
    // LLVM drops a load that nothing reads, and with it the fault that it may end in.
    if (access.starts.empty() || is_unread(in)) return meaning_call(in, access, exec, slice);
    if (is_true(access.is_row))
        return access.store ? pieces_store(in, access, exec, slice)
                            : pieces_load(in, access, "load", exec, slice);
    if (is_true(access.is_same) && !access.store) return pieces_load(in, access, "spread", exec, slice);
    auto block = [&](const char *name) { return BasicBlock::Create(context, name, function); };
    BasicBlock *rows = block("rows"), *other = block("other"), *behind = block("behind");
    ir.CreateCondBr(access.is_row, rows, other);
    ir.SetInsertPoint(rows);
    if (access.store)
        pieces_store(in, access, exec, slice);
    else
        pieces_load(in, access, "load", exec, slice);
    ir.CreateBr(behind);
    ir.SetInsertPoint(other);
    if (!access.store) {
        BasicBlock *same = block("same"), *scattered = block("scattered");
        ir.CreateCondBr(access.is_same, same, scattered);
        ir.SetInsertPoint(same);
        pieces_load(in, access, "spread", exec, slice);
        ir.CreateBr(behind);
        ir.SetInsertPoint(scattered);
    }
    if (!pieces_gather(in, access, exec, slice) && !pieces_scatter(in, access, exec, slice))
        meaning_call(in, access, exec, slice);
    ir.CreateBr(behind);
    ir.SetInsertPoint(behind);
}

// --- GLOBAL ---

// All lanes' addresses, and nothing of their shape.
Emitter::Access Emitter::global_access(const instruction &in, unsigned slice)
{
    auto *wide = llvm::FixedVectorType::get(i64, SLICE_WIDTH);
    Value *start = ir.getInt64((uint64_t)(int64_t)in.offset);
    Value *address = ir.CreateZExt(active_get(slice, in.src[0].index), wide);
    if (in.src[2].file == FILE_SGPR) {
        start = ir.CreateAdd(start, scalar_get64(in.src[2].index));
    } else {
        Value *high = ir.CreateZExt(active_get(slice, in.src[0].index + 1), wide);
        address = ir.CreateOr(address, ir.CreateShl(high, 32));
    }
    address = ir.CreateAdd(address, ir.CreateVectorSplat(SLICE_WIDTH, start));
    const Shape *shape = shape_of(in);
    return {{},
            {},
            nullptr,
            nullptr,
            address,
            shape ? shape->suffix : nullptr,
            shape ? shape->bytes : 0,
            shape && shape->store};
}

// Asks for the shape.
Emitter::Access Emitter::global_access_shaped(const instruction &in, unsigned slice)
{
    Access access = global_access(in, slice);
    if (!access.bytes || (access.store ? in.src[1].file : in.dst.file) != FILE_VGPR) return access;
    Value *low = active_get(slice, in.src[0].index), *exec = exec_slice(slice);
    Value *first = ir.CreateExtractElement(access.addresses, UINT64_C(0));
    Value *fits = ir.CreateICmpULT(first, ir.getInt64(address_limit));
    if (in.src[2].file != FILE_SGPR) {
        Value *high = active_get(slice, in.src[0].index + 1);
        fits = ir.CreateAnd(fits, shape_ask("shape_same", high, exec, {}));
    }
    access.starts = {first};
    access.is_row = ir.CreateAnd(fits, shape_ask("shape_row", low, exec, {ir.getInt32(access.bytes)}));
    if (wants_all(access))
        access.is_row = ir.CreateAnd(access.is_row, ir.CreateICmpEQ(exec, ir.getInt16(UINT16_MAX)));
    access.is_same = ir.CreateAnd(fits, shape_ask("shape_same", low, exec, {}));
    access.is_same = ir.CreateAnd(access.is_same, ir.CreateTrunc(exec, i1));
    return access;
}

// FLAT: whether any lane's address lies in an aperture.
Value *Emitter::is_in_aperture(const reached &at)
{
    Value *inside = ir.getInt16(0);
    for (unsigned slice = 0; slice < slices; slice++) {
        Value *high = active_get(slice, at.in.src[0].index + 1);
        if (at.in.offset) // which may lead into one
            high = ir.CreateTrunc(ir.CreateLShr(global_access(at.in, slice).addresses, 32), row);
        Value *shared = ir.CreateICmpEQ(high, row_of(ir.getInt32(layout.shared_aperture)));
        Value *private_ = ir.CreateICmpEQ(high, row_of(ir.getInt32(layout.private_aperture)));
        Value *lanes = ir.CreateBitCast(ir.CreateOr(shared, private_), i16);
        inside = ir.CreateOr(inside, ir.CreateAnd(lanes, exec_slice(slice)));
    }
    return ir.CreateICmpNE(inside, ir.getInt16(0));
}

// What is known of the lanes' addresses, or of their offsets from a register.
Fact Emitter::address_fact(const instruction &in) const
{
    const unsigned index = in.src[0].index;
    if (in.src[0].file != FILE_VGPR || index >= VGPR_COUNT) return {};
    bool wide = in.opcode->encoding != ENCODING_DS && in.src[2].file != FILE_SGPR;
    if (!wide) return facts.vector[index];
    if (facts.wide[index].known) return facts.wide[index];
    return index + 1 < VGPR_COUNT && facts.vector[index + 1].uniform() ? facts.vector[index] : Fact{};
}

// One behind another, or all the same.
bool Emitter::is_row(const instruction &in, const Fact &address) const
{
    const Shape *shape = shape_of(in);
    if (!shape || !address.known) return false;
    return address.stride == (int32_t)shape->bytes || (address.stride == 0 && !shape->store);
}

bool Emitter::is_global_row(const instruction &in) const
{
    const Shape *shape = shape_of(in);
    if (!shape || in.opcode->encoding != ENCODING_GLOBAL) return false;
    return (shape->store ? in.src[1].file : in.dst.file) == FILE_VGPR && is_row(in, address_fact(in));
}

bool Emitter::is_lds_row(const instruction &in) const
{
    return in.opcode->encoding == ENCODING_DS && is_row(in, address_fact(in));
}

bool Emitter::is_uniform_load(const instruction &in) const
{
    const Shape *shape = shape_of(in);
    if (!shape || shape->store || in.dst.file != FILE_VGPR || !exec_is_whole()) return false;
    return (is_global_row(in) || is_lds_row(in)) && address_fact(in).stride == 0;
}

// Where not all lanes are known to be active, the shape depends on which are.
void Emitter::row_shape(Access &access, bool same, Value *exec)
{
    bool all = exec_is_whole();
    Value *active = ir.CreateICmpNE(exec, ir.getInt16(0)),
          *full = ir.CreateICmpEQ(exec, ir.getInt16(UINT16_MAX));
    access.is_row = ir.getInt1(!same);
    access.is_same = ir.getInt1(same);
    if (all) return;
    if (wants_all(access)) access.is_row = ir.CreateAnd(access.is_row, full);
    access.is_same = ir.CreateAnd(access.is_same, active);
}

// Lane 0's address, by what is known of registers; and that it is what they say, and all lanes' are addresses
// of the host's.
Value *Emitter::global_first(const instruction &in, unsigned slice, Value *&fits)
{
    const unsigned index = in.src[0].index;
    const bool based = in.src[2].file == FILE_SGPR, wide = !based && facts.wide[index].known;
    const Fact fact = address_fact(in);
    auto half = [&](unsigned i) { return ir.CreateZExt(ir.CreateLoad(i32, shadow_slot(slice, i)), i64); };
    Value *first = wide ? ir.CreateLoad(i64, pair_slot(slice, index)) : half(index);
    if (!wide && !fact.fits) fits = ir.CreateAnd(fits, row_fits(ir.CreateTrunc(first, i32), fact.stride));
    if (based) first = ir.CreateAdd(first, scalar_get64(in.src[2].index));
    if (!wide && !based) first = ir.CreateAdd(first, ir.CreateShl(half(index + 1), 32));
    first = ir.CreateAdd(first, ir.getInt64((uint64_t)(int64_t)in.offset));
    auto reachable = [&](Value *address) { return ir.CreateICmpULT(address, ir.getInt64(address_limit)); };
    fits = ir.CreateAnd(fits, reachable(first));
    if (is_global_row(in)) return first;
    Value *span = ir.getInt64((uint64_t)((int64_t)fact.stride * (SLICE_WIDTH - 1)));
    fits = ir.CreateAnd(fits, reachable(ir.CreateAdd(first, span)));
    return first;
}

void Emitter::global_row_emit(const reached &at)
{
    const instruction &in = at.in;
    Access accesses[SLICES_MOST];
    Value *fits = ir.getTrue();
    for (unsigned slice = 0; slice < slices; slice++) {
        accesses[slice] = global_access(in, slice);
        accesses[slice].starts = {global_first(in, slice, fits)};
        row_shape(accesses[slice], address_fact(in).stride == 0, exec_slice(slice));
    }
    require(fits);
    place_note(at);
    for (unsigned slice = 0; slice < slices; slice++) access_emit(in, accesses[slice], slice);
}

// All lanes active, and a constant apart.
bool Emitter::is_global_strided(const instruction &in) const
{
    const Shape *shape = shape_of(in);
    if (!shape || shape->bytes < 4 || in.opcode->encoding != ENCODING_GLOBAL || !exec_is_whole())
        return false;
    if ((shape->store ? in.src[1].file : in.dst.file) != FILE_VGPR || is_global_row(in)) return false;
    return address_fact(in).known && (shape->store || !is_unread(in));
}

void Emitter::global_strided_emit(const reached &at)
{
    const instruction &in = at.in;
    const Shape &shape = *shape_of(in);
    Value *fits = ir.getTrue(), *first[SLICES_MOST];
    for (unsigned slice = 0; slice < slices; slice++) first[slice] = global_first(in, slice, fits);
    require(fits);
    place_note(at);
    Value *stride = ir.getInt64((uint64_t)(int64_t)address_fact(in).stride);
    const char *kind = shape.store ? "strided_store" : "strided_load";
    llvm::Function *move = semantics.inlined(shape_name(kind, shape.suffix));
    for (unsigned slice = 0; slice < slices; slice++) {
        if (shape.store) rows_store(sources[1], vector_source(in, 1, slice));
        ir.CreateCall(move, {shape.store ? sources[1] : result, first[slice], stride});
        Access access = {};
        access.bytes = shape.bytes;
        if (!shape.store) piece_take(in, access, 0, exec_slice(slice), slice);
    }
}

void Emitter::global_emit(const reached &at)
{
    if (whole && is_global_row(at.in)) return global_row_emit(at);
    if (whole && is_global_strided(at.in)) return global_strided_emit(at);
    place_note(at);
    for (unsigned slice = 0; slice < slices; slice++)
        access_emit(at.in, global_access_shaped(at.in, slice), slice);
}

// Addresses in an aperture are the interpreter's, as is known before anything is accessed.
void Emitter::flat_emit(const reached &at)
{
    auto *inside = BasicBlock::Create(context, "inside", function);
    auto *outside = BasicBlock::Create(context, "outside", function);
    auto *behind = BasicBlock::Create(context, "behind", function);
    ir.CreateCondBr(is_in_aperture(at), inside, outside);
    ir.SetInsertPoint(inside);
    interpreted_emit(at);
    ir.CreateBr(behind);
    ir.SetInsertPoint(outside);
    global_emit(at);
    ir.CreateBr(behind);
    ir.SetInsertPoint(behind);
    active_forget();
}
