// Whole work-groups: how waves are launched, go on behind barriers, and follow each other.
#include "emitter.h"

#include "states.h"
#include "translated.h"

using llvm::BasicBlock;
using llvm::Value;

enum { IDS = 3 };

void Emitter::group_begin()
{
    group.launch = function->getArg(0);
    first_wave = ir.CreateLoad(ir.getPtrTy(), launch_field(layout.launch_waves));
    group.count = ir.CreateLoad(i32, launch_field(layout.launch_wave_count));
    group.budget = ir.CreateLoad(i32, launch_field(layout.launch_budget));
    for (unsigned i = 0; i < IDS; i++)
        group.id[i] = ir.CreateLoad(ir.getPtrTy(), launch_field(layout.launch_id + 8 * i));
    group.wave = slot(ir.getPtrTy(), "wave");
    group.index = slot(i32, "index");
    for (llvm::AllocaInst **each : {&group.later, &group.waiting}) *each = slot(i1, "state");
    group.next = BasicBlock::Create(context, "next", function);
}

// What all waves begin with is read once.
Value *Emitter::launch_sgpr(unsigned index)
{
    Value *&value = group.sgpr[index];
    if (value) return value;
    llvm::IRBuilder<>::InsertPointGuard guard(ir);
    ir.SetInsertPoint(prologue);
    Value *sgpr = ir.CreateLoad(ir.getPtrTy(), launch_field(layout.launch_sgpr));
    return value = ir.CreateLoad(i32, field(sgpr, 4 * index));
}

// From the first wave's scratch to this one's.
Value *Emitter::scratch_moved()
{
    Value *index = ir.CreateZExt(ir.CreateLoad(i32, group.index), i64);
    return ir.CreateMul(index, ir.CreateLoad(i64, launch_field(layout.launch_scratch_wave_bytes)));
}

// What this wave begins with.
Value *Emitter::launched_sgpr(unsigned index)
{
    Value *value = launch_sgpr(index);
    if (!guest.has_scratch) return value;
    Value *scratch = ir.CreateLoad(i32, launch_field(layout.launch_scratch_sgpr));
    Value *moved = ir.CreateTrunc(scratch_moved(), i32);
    return ir.CreateSelect(ir.CreateICmpEQ(scratch, ir.getInt32(index)), moved, value);
}

Value *Emitter::resume_field()
{
    Value *index = ir.CreateZExt(ir.CreateLoad(i32, group.index), i64);
    return ir.CreateInBoundsGEP(i32, launch_field(layout.launch_resume), index);
}

// Cheaper than to store all that the wave has computed.
BasicBlock *Emitter::relaunch_block()
{
    if (group.relaunch) return group.relaunch;
    llvm::IRBuilder<>::InsertPointGuard guard(ir);
    group.relaunch = BasicBlock::Create(context, "relaunch", function);
    ir.SetInsertPoint(group.relaunch);
    Value *index = ir.CreateLoad(i32, group.index);
    ir.CreateStore(index, launch_field(layout.launch_launched));
    ir.CreateStore(index, launch_field(layout.launch_stopped));
    ir.CreateRet(ir.getInt32(STATE_UNTRANSLATED));
    return group.relaunch;
}

// EXEC is what waves are launched with.
void Emitter::exec_fill()
{
    scalar_set(SGPR_EXEC, ir.getInt32(UINT32_MAX));
    scalar_set(SGPR_EXEC + 1, ir.getInt32(guest.wave64 ? UINT32_MAX : 0));
}

// --- Registers ---

Value *Emitter::id_row_at(unsigned slice, unsigned dimension)
{
    Value *index = ir.CreateMul(ir.CreateLoad(i32, group.index), ir.getInt32(slices));
    index = ir.CreateZExt(ir.CreateAdd(index, ir.getInt32(slice)), i64);
    return ir.CreateInBoundsGEP(row, group.id[dimension], index);
}

void Emitter::group_registers_launch(const registers &live)
{
    for (unsigned i = 0; i < SGPR_COUNT; i++)
        if (registers_have_scalar(&live, i) && scalars[i]) scalar_set(i, launched_sgpr(i));
    for (unsigned i = 0; i < VGPR_COUNT; i++)
        for (unsigned slice = 0; slice < slices && registers_have_vector(&live, i); slice++) {
            if (!vectors[slice][i]) continue;
            Value *at = field(first_wave, layout.wave_vgpr + slice * layout.vgpr_slice + 64 * i);
            vector_set(slice, i, i < IDS ? id_row(slice, i) : ir.CreateAlignedLoad(row, at, llvm::Align(64)));
        }
    ir.CreateStore(ir.getFalse(), scc);
    exec_fill();
    if (!guest.has_scratch) return;
    Value *first = ir.CreateLoad(i64, launch_field(layout.launch_scratch));
    ir.CreateStore(ir.CreateAdd(first, scratch_moved()), wave_field(layout.wave_flat_scratch));
}

// What nothing writes is what it was at the launch.
void Emitter::group_registers_resume(const registers &live)
{
    registers changed = live;
    for (unsigned i = 0; i < VGPR_COUNT / 64; i++) {
        changed.vector[i] &= guest.written.vector[i];
        changed.inactive[i] &= guest.written.vector[i];
    }
    for (unsigned i = 0; i < SGPR_COUNT / 64; i++) changed.scalar[i] &= guest.written.scalar[i];
    kept_load(kept_take(changed));
    registers_load(changed);
    for (unsigned i = 0; i < SGPR_COUNT && guest.has_scratch; i++)
        if (scalars[i] && registers_have_scalar(&live, i) && !registers_have_scalar(&guest.written, i))
            scalar_set(i, launched_sgpr(i));
    for (unsigned i = 0; i < IDS; i++)
        for (unsigned slice = 0; slice < slices; slice++)
            if (vectors[slice][i] && registers_have_vector(&live, i) &&
                !registers_have_vector(&guest.written, i))
                vector_set(slice, i, id_row(slice, i));
}

// --- Rows at barriers ---

// Whether waves wait behind it, and go on in native code.
bool Emitter::resumes(const block &b) const
{
    return block_flow(&guest, &b) == FLOW_BARRIER && b.next != BLOCK_NONE && guest.blocks[b.next].entry;
}

void Emitter::kept_find()
{
    for (unsigned i = 0; i < VGPR_COUNT; i++) {
        bool row = registers_have_vector(&guest.written, i), upper = row && i && kept[i - 1].row, any = false;
        Fact fact, wide;
        for (uint32_t k = 0; k < guest.block_count; k++) {
            const block &b = guest.blocks[k];
            if (!resumes(b) || !registers_have_vector(&guest.blocks[b.next].live, i)) continue;
            const Facts &known = block_facts[b.next];
            if (!any) fact = known.vector[i];
            if (!any && i) wide = known.wide[i - 1];
            any = true;
            row &= known.vector[i].known && known.vector[i].stride == fact.stride;
            upper &= i && known.wide[i - 1].known && known.wide[i - 1].stride == wide.stride &&
                     wide.stride == kept[i - 1].stride &&
                     registers_have_vector(&guest.blocks[b.next].live, i - 1);
        }
        if (any && row) kept[i] = {true, false, fact.stride};
        if (any && !row && upper) kept[i] = {false, true, wide.stride};
    }
}

// Takes those out that are kept so.
registers Emitter::kept_take(registers &from) const
{
    registers taken = {};
    for (unsigned i = 0; i < VGPR_COUNT; i++) {
        const uint64_t bit = UINT64_C(1) << i % 64;
        if (!registers_have_vector(&from, i) || !(kept[i].row || kept[i].upper)) continue;
        taken.vector[i / 64] |= bit;
        from.vector[i / 64] &= ~bit;
        from.inactive[i / 64] &= ~bit;
    }
    return taken;
}

void Emitter::kept_store(const registers &which)
{
    for (unsigned i = 0; i < VGPR_COUNT; i++)
        for (unsigned slice = 0; slice < slices && registers_have_vector(&which, i); slice++) {
            Value *upper = kept[i].row ? nullptr : ir.CreateLoad(i64, pair_slot(slice, i - 1));
            Value *first = upper ? ir.CreateTrunc(ir.CreateLShr(upper, 32), i32)
                                 : ir.CreateLoad(i32, shadow_slot(slice, i));
            ir.CreateStore(first, wave_field(layout.wave_vgpr + slice * layout.vgpr_slice + 64 * i));
        }
}

void Emitter::kept_load(const registers &which)
{
    for (unsigned i = 0; i < VGPR_COUNT; i++)
        for (unsigned slice = 0; slice < slices && registers_have_vector(&which, i); slice++) {
            if (!vectors[slice][i]) continue;
            auto home = [&](unsigned index) {
                return wave_field(layout.wave_vgpr + slice * layout.vgpr_slice + 64 * index);
            };
            Value *first = ir.CreateLoad(i32, home(i));
            if (kept[i].row) {
                vector_set(slice, i, row_from(first, kept[i].stride));
                continue;
            }
            Value *low = ir.CreateZExt(ir.CreateLoad(i32, home(i - 1)), i64);
            Value *number = ir.CreateOr(low, ir.CreateShl(ir.CreateZExt(first, i64), 32));
            vector_set(slice, i, ir.CreateTrunc(ir.CreateLShr(wide_row(number, kept[i].stride), 32), row));
        }
}

void Emitter::kept_export(std::vector<uint64_t> &words) const
{
    const size_t at = words.size();
    words.push_back(0);
    for (unsigned i = 0; i < VGPR_COUNT; i++) {
        if (!kept[i].row && !kept[i].upper) continue;
        words.push_back((uint64_t)(uint32_t)kept[i].stride << 32 | (uint64_t)kept[i].upper << 16 | i);
        words[at]++;
    }
}

// --- Waves ---

void Emitter::group_launch_emit(BasicBlock *launching)
{
    const block &entry = guest.blocks[guest.entry_block];
    ir.SetInsertPoint(launching);
    ir.CreateStore(group.budget, left);
    Value *launched = ir.CreateAdd(ir.CreateLoad(i32, group.index), ir.getInt32(1));
    ir.CreateStore(launched, launch_field(layout.launch_launched));
    group_registers_launch(entry.live);
    shadows_launch(entry.live);
    ir.CreateBr(blocks[guest.entry_block]);
}

void Emitter::group_resume_emit(BasicBlock *resuming)
{
    ir.SetInsertPoint(resuming);
    ir.CreateStore(group.budget, left);
    llvm::SwitchInst *entry = ir.CreateSwitch(ir.CreateLoad(i32, resume_field()), group.next);
    for (uint32_t i = 0; i < guest.block_count; i++) {
        const block &b = guest.blocks[i];
        if (!resumes(b)) continue;
        auto *in = BasicBlock::Create(context, "resume", function);
        entry->addCase(ir.getInt32(entry_number(b.next)), in);
        ir.SetInsertPoint(in);
        group_registers_resume(guest.blocks[b.next].live);
        shadows_resume(block_facts[b.next]);
        ir.CreateBr(blocks[b.next]);
    }
}

// From one wave to the next, and from the last to the first as long as some wait at a barrier.
void Emitter::group_next_emit(BasicBlock *launching, BasicBlock *resuming)
{
    auto block = [&](const char *name) { return BasicBlock::Create(context, name, function); };
    BasicBlock *following = block("following"), *over = block("over"), *again = block("again");
    BasicBlock *released = block("released"), *cancelled = block("cancelled"), *ended = block("ended");
    BasicBlock *going_on = block("going_on"), *spent = block("spent");
    auto go_on = [&](Value *wave, Value *index, BasicBlock *at) {
        ir.SetInsertPoint(at);
        ir.CreateStore(wave, group.wave);
        ir.CreateStore(index, group.index);
    };
    ir.SetInsertPoint(group.next);
    Value *index = ir.CreateAdd(ir.CreateLoad(i32, group.index), ir.getInt32(1));
    ir.CreateCondBr(ir.CreateICmpULT(index, group.count), following, over);
    ir.SetInsertPoint(following);
    go_on(field(wave(), layout.wave_bytes), index, following);
    ir.CreateCondBr(ir.CreateLoad(i1, group.later), resuming, launching);
    ir.SetInsertPoint(over);
    ir.CreateCondBr(ir.CreateLoad(i1, group.waiting), again, ended);
    ir.SetInsertPoint(again);
    Value *cancel = ir.CreateLoad(ir.getPtrTy(), launch_field(layout.launch_cancel));
    llvm::LoadInst *flag = ir.CreateLoad(ir.getInt8Ty(), cancel);
    flag->setAtomic(llvm::AtomicOrdering::Monotonic);
    flag->setAlignment(llvm::Align(1));
    ir.CreateCondBr(ir.CreateICmpNE(flag, ir.getInt8(0)), cancelled, going_on);
    ir.SetInsertPoint(going_on);
    Value *rounds = ir.CreateSub(ir.CreateLoad(i32, launch_field(layout.launch_rounds)), ir.getInt32(1));
    ir.CreateStore(rounds, launch_field(layout.launch_rounds));
    ir.CreateCondBr(ir.CreateICmpEQ(rounds, ir.getInt32(0)), spent, released);
    go_on(first_wave, ir.getInt32(0), released);
    ir.CreateStore(ir.getTrue(), group.later);
    ir.CreateStore(ir.getFalse(), group.waiting);
    ir.CreateBr(resuming);
    ir.SetInsertPoint(cancelled);
    ir.CreateRet(ir.getInt32(STATE_STOPPED));
    ir.SetInsertPoint(spent);
    ir.CreateStore(group.count, launch_field(layout.launch_stopped));
    ir.CreateRet(ir.getInt32(STATE_YIELDED));
    ir.SetInsertPoint(ended);
    ir.CreateRet(ir.getInt32(STATE_ENDED));
}

// Also where the wave has no company: were there another way on, all registers would have to come along on
// both.
void Emitter::group_barrier_emit(const block &from)
{
    const reached &last = guest.at[from.end - 1];
    uint64_t behind = last.address + last.in.size;
    bool known = from.next != BLOCK_NONE && guest.blocks[from.next].entry;
    if (!known) return leave(behind, STATE_AT_BARRIER, registers_all());
    registers stores = barrier_stores(&guest, &from);
    kept_store(kept_take(stores));
    registers_store(stores);
    ir.CreateStore(ir.getInt32(entry_number(from.next)), resume_field());
    ir.CreateStore(ir.getTrue(), group.waiting);
    ir.CreateBr(group.next);
}

// --- The whole ---

void Emitter::group_written_export()
{
    std::vector<uint64_t> words(guest.written.scalar, guest.written.scalar + SGPR_COUNT / 64);
    words.insert(words.end(), guest.written.vector, guest.written.vector + VGPR_COUNT / 64);
    words.push_back(guest.has_scratch);
    kept_export(words);
    llvm::Constant *data = llvm::ConstantDataArray::get(context, words);
    new llvm::GlobalVariable(*semantics.module, data->getType(), true, llvm::GlobalValue::ExternalLinkage,
                             data, "translated_written");
}

void Emitter::group_emit()
{
    auto *launching = BasicBlock::Create(context, "launch", function);
    auto *resuming = BasicBlock::Create(context, "resume", function);
    group_next_emit(launching, resuming);
    group_resume_emit(resuming);
    group_launch_emit(launching);
    ir.SetInsertPoint(prologue);
    ir.CreateStore(first_wave, group.wave);
    ir.CreateStore(ir.getInt32(0), group.index);
    ir.CreateStore(ir.getFalse(), group.later);
    ir.CreateStore(ir.getFalse(), group.waiting);
    ir.CreateBr(launching);
    group_written_export();
}
