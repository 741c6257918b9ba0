// Blocks: how waves come in, go from one to another, and leave.
#include "emitter.h"

#include "states.h"
#include "translated.h"

using llvm::BasicBlock;
using llvm::Value;

// --- Leaving ---

void Emitter::leave(uint64_t address, unsigned state, const registers &live)
{
    registers_store(live);
    ir.CreateStore(offset_of(address), wave_field(layout.wave_place));
    if (whole)
        ir.CreateStore(ir.CreateLoad(i32, group.index), launch_field(layout.launch_stopped));
    else
        ir.CreateStore(ir.CreateLoad(i32, left), wave_field(layout.wave_budget));
    ir.CreateRet(ir.getInt32(state));
}

BasicBlock *Emitter::leave_block(uint64_t address, unsigned state, const registers &live)
{
    llvm::IRBuilder<>::InsertPointGuard guard(ir);
    auto *block = BasicBlock::Create(context, "leave", function);
    ir.SetInsertPoint(block);
    leave(address, state, live);
    return block;
}

// What comes next cannot be done here: the interpreter goes on with the current instruction, or from the
// wave's launch on.
BasicBlock *Emitter::unable_block()
{
    if (whole && facts.untouched) return relaunch_block();
    return leave_block(guest.at[current].address, STATE_UNTRANSLATED, guest.live[current]);
}

// --- Going on ---

// What follows where no block begins is the interpreter's.
BasicBlock *Emitter::block_of(uint32_t number, uint64_t address)
{
    if (number == BLOCK_NONE) return leave_block(address, STATE_UNTRANSLATED, registers_all());
    return blocks[number];
}

llvm::SmallVector<uint32_t, 2> Emitter::successors(uint32_t number) const
{
    llvm::SmallVector<uint32_t, 2> all(SUCCESSORS_MOST);
    all.resize(block_successors(&guest, &guest.blocks[number], all.data()));
    return all;
}

// Backward jumps are counted, so that endless loops can be cancelled and waves that wait for others let them
// run.
BasicBlock *Emitter::backward_block(uint32_t number)
{
    const block &to = guest.blocks[number];
    llvm::IRBuilder<>::InsertPointGuard guard(ir);
    auto *counting = BasicBlock::Create(context, "backward", function);
    ir.SetInsertPoint(counting);
    Value *fewer = ir.CreateSub(ir.CreateLoad(i32, left), ir.getInt32(1));
    ir.CreateStore(fewer, left);
    BasicBlock *spent = leave_block(guest.at[to.first].address, STATE_YIELDED, to.live);
    ir.CreateCondBr(ir.CreateICmpEQ(fewer, ir.getInt32(0)), spent, blocks[number]);
    return counting;
}

BasicBlock *Emitter::branch_target(const block &from)
{
    const reached &last = guest.at[from.end - 1];
    uint64_t target = last.address + last.in.size + (uint64_t)((int64_t)last.in.offset * 4);
    bool counts = from.backward && from.target != BLOCK_NONE;
    return counts ? backward_block(from.target) : block_of(from.target, target);
}

// --- Calls ---

void Emitter::call_emit(const block &from)
{
    const reached &last = guest.at[from.end - 1];
    uint64_t behind = last.address + last.in.size;
    if (last.in.dst.file == FILE_SGPR)
        scalar_set64(last.in.dst.index, ir.CreateAdd(base, ir.getInt64(behind)));
    ir.CreateBr(from.backward ? backward_block(from.target) : block_of(from.target, last.call));
}

// Where it surely returns from one call only, its address need not be looked at.
void Emitter::return_emit(const block &from)
{
    const reached &last = guest.at[from.end - 1];
    auto points = successors((uint32_t)(&from - guest.blocks));
    auto point_block = [&](uint32_t point) {
        return guest.blocks[point].first < from.end ? backward_block(point) : blocks[point];
    };
    if (guest.closed && points.size() == 1) {
        ir.CreateBr(point_block(points.front()));
        return;
    }
    BasicBlock *elsewhere = leave_block(last.address, STATE_UNTRANSLATED, guest.live[from.end - 1]);
    Value *offset = ir.CreateSub(scalar_source(last.in.src[0]), base);
    llvm::SwitchInst *to = ir.CreateSwitch(offset, elsewhere);
    for (uint32_t point : points)
        to->addCase(ir.getInt64(guest.at[guest.blocks[point].first].address), point_block(point));
}

Value *Emitter::branch_condition(flow kind)
{
    Value *zero = llvm::ConstantInt::get(mask_type, 0);
    switch (kind) {
    case FLOW_BRANCH_SCC0:
        return ir.CreateNot(ir.CreateLoad(i1, scc));
    case FLOW_BRANCH_SCC1:
        return ir.CreateLoad(i1, scc);
    case FLOW_BRANCH_VCCZ:
        return ir.CreateICmpEQ(mask_get(SGPR_VCC), zero);
    case FLOW_BRANCH_VCCNZ:
        return ir.CreateICmpNE(mask_get(SGPR_VCC), zero);
    case FLOW_BRANCH_EXECZ:
        return ir.CreateICmpEQ(mask_get(SGPR_EXEC), zero);
    case FLOW_BRANCH_EXECNZ:
        return ir.CreateICmpNE(mask_get(SGPR_EXEC), zero);
    default:
        return ir.getTrue();
    }
}

// A wave that has no company does not wait.
void Emitter::barrier_emit(const block &from)
{
    const reached &last = guest.at[from.end - 1];
    uint64_t behind = last.address + last.in.size;
    Value *company = ir.CreateLoad(ir.getPtrTy(), wave_field(layout.wave_group));
    Value *count = ir.CreateLoad(i32, field(company, layout.group_wave_count));
    registers live = from.next == BLOCK_NONE ? registers_all() : guest.blocks[from.next].live;
    BasicBlock *waiting = leave_block(behind, STATE_AT_BARRIER, live);
    ir.CreateCondBr(ir.CreateICmpEQ(count, ir.getInt32(1)), block_of(from.next, behind), waiting);
}

void Emitter::getpc_emit(const reached &at)
{
    if (at.in.dst.file != FILE_SGPR) return;
    scalar_set64(at.in.dst.index, ir.CreateAdd(base, ir.getInt64(at.address + at.in.size)));
}

void Emitter::end_emit()
{
    if (!whole) {
        ir.CreateRet(ir.getInt32(STATE_ENDED));
        return;
    }
    ir.CreateStore(ir.getInt32(TRANSLATED_HAS_ENDED), resume_field());
    ir.CreateBr(group.next);
}

void Emitter::block_end_emit(const block &from)
{
    const reached &last = guest.at[from.end - 1];
    uint64_t behind = last.address + last.in.size;
    flow kind = flow_of(last.in.opcode);
    if (kind == FLOW_END)
        end_emit();
    else if (kind == FLOW_CALL || kind == FLOW_SWAPPC)
        call_emit(from);
    else if (kind == FLOW_SETPC)
        return_emit(from);
    else if (kind == FLOW_BARRIER)
        whole ? group_barrier_emit(from) : barrier_emit(from);
    else if (kind == FLOW_BRANCH)
        ir.CreateBr(branch_target(from));
    else if (kind > FLOW_BRANCH && kind <= FLOW_BRANCH_EXECNZ) {
        Value *condition = branch_condition(kind);
        BasicBlock *next = block_of(from.next, behind);
        ir.CreateCondBr(condition, branch_target(from), next);
    } else
        ir.CreateBr(block_of(from.next, behind));
}

// Whether the block before it is the only way to it.
bool Emitter::follows_only(uint32_t number) const
{
    if (number == 0 || guest.blocks[number].entry || number == guest.entry_block) return false;
    return guest.blocks[number - 1].next == number && ways[number] == 1;
}

void Emitter::block_emit(uint32_t number)
{
    const block &b = guest.blocks[number];
    ir.SetInsertPoint(blocks[number]);
    if (b.untranslated) {
        leave(guest.at[b.first].address, STATE_UNTRANSLATED, b.live);
        return;
    }
    if (whole && b.exec_whole) exec_fill();
    if (whole) facts = block_facts[number];
    if (!follows_only(number)) active_forget();
    for (current = b.first; current < b.end; current++) {
        whole ? facts_step(true) : instruction_emit(guest.at[current]);
        const instruction &in = guest.at[current].in;
        if (!in.opcode || (writes_exec(&in) && !narrows_exec(&in))) active_forget();
        if (whole && guest.exec_whole[current]) exec_fill();
    }
    block_end_emit(b);
}

// --- Coming in ---

// Of all blocks that are entries.
uint32_t Emitter::entry_number(uint32_t number)
{
    uint32_t before = 0;
    for (uint32_t i = 0; i < number; i++) before += guest.blocks[i].entry;
    return before;
}

// The function's beginning.
void Emitter::entries_emit()
{
    ir.SetInsertPoint(prologue);
    ir.CreateStore(ir.CreateLoad(i32, wave_field(layout.wave_budget)), left);
    auto *nowhere = BasicBlock::Create(context, "nowhere", function);
    llvm::SwitchInst *entry = ir.CreateSwitch(function->getArg(1), nowhere);
    for (uint32_t i = 0; i < guest.block_count; i++) {
        const block &b = guest.blocks[i];
        if (!b.entry) continue;
        auto *in = BasicBlock::Create(context, "entry", function);
        entry->addCase(ir.getInt32(entry_number(i)), in);
        ir.SetInsertPoint(in);
        registers_load(b.live);
        ir.CreateBr(blocks[i]);
    }
    ir.SetInsertPoint(nowhere);
    ir.CreateUnreachable();
}

// The table of where waves may come in.
void Emitter::entries_export()
{
    std::vector<uint32_t> table = {0};
    for (uint32_t i = 0; i < guest.block_count; i++)
        if (guest.blocks[i].entry) table.push_back((uint32_t)guest.at[guest.blocks[i].first].address);
    table[0] = (uint32_t)table.size() - 1;
    llvm::Constant *data = llvm::ConstantDataArray::get(context, table);
    new llvm::GlobalVariable(*semantics.module, data->getType(), true, llvm::GlobalValue::ExternalLinkage,
                             data, "translated_entries");
}
