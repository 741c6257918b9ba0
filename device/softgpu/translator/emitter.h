// A region's LLVM IR: one function (translated.h says what it is called and does).
//
// Registers are slots on the stack that LLVM's passes turn into values: an i32 for each SGPR, a <16 x i32>
// for each VGPR and slice. Meanings are calls of the semantics' bitcode, inlined later.
#pragma once

extern "C" {
#include "device/softgpu/isa/flow/flow.h"
#include "device/softgpu/isa/semantics/modifiers.h"
#include "device/softgpu/isa/semantics/vector_state.h"
}
#include "code.h"
#include "fact.h"
#include "meaning.h"
#include "semantics.h"

#include <llvm/IR/IRBuilder.h>

#include <map>
#include <set>
#include <vector>

enum { SLICE_WIDTH = 16, SLICES_MOST = 4, DWORDS_MOST = 4 };

bool is_named(const instruction &in, const char *name);
// Neither of a special form, nor is its result changed.
bool is_plain(const instruction &in);

struct Emitter {
    const code &guest;
    Semantics &semantics;
    llvm::LLVMContext &context;
    llvm::IRBuilder<> ir;
    const unsigned slices;
    const bool whole; // runs whole work-groups, of waves that are launched with all lanes
    bool has_masks;   // the host has registers for lane masks

    Emitter(const code &guest, Semantics &semantics);
    void run();

  private:
    // registers.cpp
    llvm::AllocaInst *slot(llvm::Type *type, const llvm::Twine &name);
    llvm::AllocaInst *scalar_slot(unsigned index);
    llvm::AllocaInst *vector_slot(unsigned slice, unsigned index);
    llvm::Value *field(llvm::Value *of, uint32_t offset);
    llvm::Value *wave_field(uint32_t offset) { return field(wave(), offset); }
    llvm::Value *scalar_get(unsigned index) { return ir.CreateLoad(i32, scalar_slot(index)); }
    void scalar_set(unsigned index, llvm::Value *value) { ir.CreateStore(value, scalar_slot(index)); }
    llvm::Value *scalar_get64(unsigned index);
    void scalar_set64(unsigned index, llvm::Value *value);
    llvm::Value *vector_get(unsigned slice, unsigned index)
    {
        return ir.CreateLoad(row, vector_slot(slice, index));
    }
    void vector_set(unsigned slice, unsigned index, llvm::Value *value)
    {
        ir.CreateStore(value, vector_slot(slice, index));
        is_fresh[slice][index] = false;
    }
    // For who looks at active lanes only: what was written last, before it was merged with what others hold.
    llvm::Value *active_get(unsigned slice, unsigned index)
    {
        return ir.CreateLoad(row, is_fresh[slice][index] ? fresh[slice][index] : vector_slot(slice, index));
    }
    void vector_merge(unsigned slice, unsigned index, llvm::Value *value, llvm::Value *exec);
    void active_put(unsigned slice, unsigned index, llvm::Value *value);
    void active_forget();
    llvm::Value *mask_get(unsigned index); // a bit a lane of the wave
    void mask_set(unsigned index, llvm::Value *mask);
    llvm::Value *mask_slice(llvm::Value *mask, unsigned slice); // i16
    llvm::Value *lanes_of(llvm::Value *bits);                   // <16 x i1>
    llvm::Value *exec_slice(unsigned slice) { return mask_slice(mask_get(SGPR_EXEC), slice); }
    void registers_load(const registers &which);
    void registers_reload(registers which, bool with_scc);
    void registers_store(const registers &which);

    // scalar.cpp
    llvm::Value *opaque(uint32_t bits);
    llvm::Value *special_get(unsigned index);
    llvm::Value *scalar_source(const operand &source); // i64
    void scalar_emit(const instruction &in);
    bool is_launched_until(uint32_t instruction, unsigned first, unsigned count) const;
    bool is_launch_load(const instruction &in) const;
    llvm::Value *load_offset(const instruction &in);
    void load_note(llvm::Value *address);
    llvm::SmallVector<llvm::Value *, 16> scalar_load(const reached &at, llvm::Value *start);
    llvm::SmallVector<llvm::Value *, 16> buffer_load(const reached &at);
    void scalar_load_emit(const reached &at);

    // vector.cpp
    struct Source {
        llvm::Value *dwords[DWORDS_MOST];
        unsigned count;
    };
    struct Modified {
        const instruction &in;
        modifiers values;
        llvm::GlobalVariable *constant; // the same, for the bitcode
    };
    llvm::Value *row_of(llvm::Value *scalar) { return ir.CreateVectorSplat(SLICE_WIDTH, scalar); }
    Source vector_source(const instruction &in, unsigned i, unsigned slice);
    void number_hide(const instruction &in, unsigned i, Source &source);
    void rows_store(llvm::Value *rows, const Source &source);
    void lanes_field(uint32_t offset, llvm::Value *value);
    llvm::Value *lanes_exchange(const lane_exchange &x, Source &source, llvm::Value *exec, unsigned slice);
    llvm::Value *source_fetch(const Modified &m, unsigned i, Source &source, llvm::Value *exec,
                              unsigned slice);
    void result_finish(const Modified &m, unsigned slice);
    void result_merge(const operand &dst, unsigned slice, llvm::Value *exec, bool exchanged);
    bool class_emit(const instruction &in);
    void vector_emit(const instruction &in);
    // Whether inactive lanes of what the instruction writes must keep what they hold.
    bool merges() const { return guest.merges[current]; }

    // lanes.cpp
    llvm::Value *lane_get(const instruction &in, llvm::Value *lane);
    llvm::Value *lane_selected(const instruction &in);
    llvm::Value *lane_first();
    void lane_put(const instruction &in);
    void registers_swap(const instruction &in);
    void lane_emit(const instruction &in);
    void exchange_emit(const instruction &in);

    // memory.cpp
    void place_note(const reached &at);
    struct Access {
        llvm::SmallVector<llvm::Value *, 2>
            starts; // lane 0's address of each piece; none where it has no simple shape
        llvm::SmallVector<uint32_t, 2> offsets; // of each, LDS
        llvm::Value *is_row, *is_same;
        llvm::Value *addresses; // of all lanes; LDS: nullptr
        const char *suffix;     // of the semantics' functions
        unsigned bytes;         // of each piece
        bool store;
        unsigned dwords() const { return bytes < 4 ? 1 : bytes / 4; }
    };
    bool wants_all(const Access &access) const;
    llvm::Value *shape_ask(const char *name, llvm::Value *vector, llvm::Value *exec,
                           llvm::ArrayRef<llvm::Value *> more);
    void piece_take(const instruction &in, const Access &access, unsigned piece, llvm::Value *exec,
                    unsigned slice);
    void addresses_note(llvm::Value *addresses, llvm::Value *exec, unsigned slice);
    llvm::Value *lds_offsets(const Access &access, llvm::Value *lanes, unsigned piece);
    llvm::Value *lds_addresses(llvm::Value *offsets);
    void lanes_store(const Source &source, llvm::function_ref<llvm::Value *(unsigned lane)> address);
    void lanes_load(const instruction &in, unsigned piece, unsigned slice,
                    llvm::function_ref<llvm::Value *(unsigned lane)> address);
    void global_scatter(const instruction &in, const Access &access, llvm::Value *exec, unsigned slice);
    bool pieces_scatter(const instruction &in, const Access &access, llvm::Value *exec, unsigned slice);
    void halves_load(const Access &access, llvm::Value *addresses, llvm::Value *exec,
                     llvm::function_ref<void()> gather);
    void far_gather(const Access &access, llvm::Value *addresses, llvm::Value *exec);
    void global_gather(const Access &access, llvm::Value *exec, unsigned slice);
    void lds_gather(const Access &access, llvm::Value *offsets, llvm::Value *exec);
    bool pieces_gather(const instruction &in, const Access &access, llvm::Value *exec, unsigned slice);
    void pieces_load(const instruction &in, const Access &access, const char *kind, llvm::Value *exec,
                     unsigned slice);
    void pieces_store(const instruction &in, const Access &access, llvm::Value *exec, unsigned slice);
    void meaning_call(const instruction &in, const Access &access, llvm::Value *exec, unsigned slice);
    bool is_unread(const instruction &in) const;
    void access_emit(const instruction &in, const Access &access, unsigned slice);
    Access global_access(const instruction &in, unsigned slice);
    Access global_access_shaped(const instruction &in, unsigned slice);
    Fact address_fact(const instruction &in) const;
    bool is_row(const instruction &in, const Fact &address) const;
    bool is_global_row(const instruction &in) const;
    bool is_lds_row(const instruction &in) const;
    void row_shape(Access &access, bool same, llvm::Value *exec);
    llvm::Value *global_first(const instruction &in, unsigned slice, llvm::Value *&fits);
    void global_row_emit(const reached &at);
    bool is_global_strided(const instruction &in) const;
    void global_strided_emit(const reached &at);
    llvm::Value *is_in_aperture(const reached &at);
    void global_emit(const reached &at);
    void flat_emit(const reached &at);

    // lds.cpp
    Access lds_access(const instruction &in, unsigned slice);
    bool is_lds_strided(const instruction &in) const;
    bool is_lds_known(const instruction &in) const;
    llvm::Value *lds_first(const instruction &in, unsigned slice);
    llvm::Value *lds_inside(const instruction &in, uint32_t end, unsigned slice);
    std::set<uint32_t> lds_required; // instructions whose accesses are inside, as has been asked
    void lds_require();
    bool is_lds_pair(const instruction &in) const;
    void lds_pair_emit(const instruction &in, llvm::Value *start, unsigned slice);
    void lds_strided_emit(const instruction &in);
    bool is_lds_masked(const instruction &in) const;
    llvm::Value *lds_lanes_inside(llvm::Value *first, int32_t stride, unsigned slice);
    llvm::Value *lds_masked_load(llvm::Value *first, int32_t stride, unsigned slice);
    void lds_masked_emit(const instruction &in);
    bool is_lds_update(const instruction &in) const;
    void lds_update_emit(const instruction &in);
    void lds_emit(const instruction &in);

    // scratch.cpp
    void flat_scratch_emit(const instruction &in);
    llvm::Value *scratch_bytes();
    llvm::Value *scratch_start(const instruction &in);
    llvm::Value *scratch_offset(const instruction &in, llvm::Value *start, unsigned slice);
    llvm::Value *scratch_is_plain(const instruction &in, llvm::Value *start);
    void scratch_row(const instruction &dword, llvm::Value *offset, llvm::Value *exec, unsigned slice);
    void scratch_each(const instruction &dword, llvm::Value *offset, llvm::Value *exec, unsigned slice);
    void scratch_lanes(const instruction &in, llvm::Value *offset, llvm::Value *exec, unsigned slice);
    void scratch_dword(const instruction &dword, bool is_same, llvm::Value *offset, unsigned slice);
    void scratch_slice(const instruction &in, llvm::Value *start, unsigned slice);
    void scratch_emit(const reached &at);

    // interpreted.cpp
    void interpreted_emit(const reached &at);

    // flow.cpp
    llvm::Value *offset_of(uint64_t address) { return ir.getInt32((uint32_t)address); }
    void leave(uint64_t address, unsigned state, const registers &live);
    llvm::BasicBlock *leave_block(uint64_t address, unsigned state, const registers &live);
    llvm::BasicBlock *unable_block();
    llvm::BasicBlock *block_of(uint32_t block, uint64_t address);
    llvm::BasicBlock *backward_block(uint32_t number);
    llvm::BasicBlock *branch_target(const block &from);
    void call_emit(const block &from);
    void return_emit(const block &from);
    void barrier_emit(const block &from);
    void branch_emit(const block &from, llvm::Value *condition);
    llvm::Value *branch_condition(flow kind);
    void getpc_emit(const reached &at);
    void end_emit();
    void block_end_emit(const block &from);
    bool follows_only(uint32_t number) const;
    llvm::SmallVector<uint32_t, 2> successors(uint32_t number) const;
    void block_emit(uint32_t number);
    void entries_emit();
    void entries_export();
    uint32_t entry_number(uint32_t block);

    // group.cpp
    struct Group {
        llvm::Value *launch, *count, *budget;
        llvm::AllocaInst *wave, *index, *later, *waiting;
        llvm::BasicBlock *next;                // the next wave
        llvm::BasicBlock *relaunch;            // the wave is to begin anew, interpreted
        llvm::Value *sgpr[SGPR_COUNT], *id[3]; // what the launch says
    } group = {};
    llvm::Value *launch_field(uint32_t offset) { return field(group.launch, offset); }
    llvm::Value *launch_sgpr(unsigned index);
    llvm::Value *scratch_moved();
    llvm::Value *launched_sgpr(unsigned index);
    llvm::Value *resume_field();
    llvm::BasicBlock *relaunch_block();
    // Registers that behind every barrier where they are live are the same row, or the upper half of numbers
    // that are: at barriers they go to the wave as lane 0's.
    struct Kept {
        bool row, upper;
        int32_t stride;
    } kept[VGPR_COUNT] = {};
    bool resumes(const block &b) const;
    void kept_find();
    registers kept_take(registers &from) const;
    void kept_store(const registers &which);
    void kept_load(const registers &which);
    void kept_export(std::vector<uint64_t> &words) const;
    void group_begin();
    void group_registers_launch(const registers &live);
    void group_registers_resume(const registers &live);
    void group_launch_emit(llvm::BasicBlock *launching);
    void group_resume_emit(llvm::BasicBlock *resuming);
    void group_next_emit(llvm::BasicBlock *launching, llvm::BasicBlock *resuming);
    void group_emit();
    void group_written_export();
    void group_barrier_emit(const block &from);
    llvm::Value *id_row_at(unsigned slice, unsigned dimension);
    llvm::Value *id_row(unsigned slice, unsigned dimension)
    {
        return ir.CreateAlignedLoad(row, id_row_at(slice, dimension), llvm::Align(64));
    }
    void exec_fill();

    // facts.cpp
    Facts facts;                    // of whole work-groups, before the instruction that is being emitted
    std::vector<Facts> block_facts; // at each block's beginning
    llvm::AllocaInst *shadows[SLICES_MOST][VGPR_COUNT] = {}; // lane 0's value
    llvm::AllocaInst *carries[SLICES_MOST][SGPR_COUNT] =
        {}; // of masks that are all or none of the active lanes
    struct FactOperand {
        Fact fact;
        bool constant;
        uint32_t bits; // of a constant
        const operand *source;
        unsigned dword;
    };
    llvm::AllocaInst *shadow_slot(unsigned slice, unsigned index);
    llvm::AllocaInst *carry_slot(unsigned slice, unsigned index);
    FactOperand fact_operand(const operand &source, unsigned dword);
    llvm::Value *fact_value(const FactOperand &operand, unsigned slice);
    llvm::Value *fact_fits(const FactOperand &operand, unsigned slice);
    llvm::Value *row_fits(llvm::Value *first, int32_t stride, uint32_t most = UINT32_MAX);
    llvm::Value *row_from(llvm::Value *first, int32_t stride);
    void require(llvm::Value *condition);
    void fact_put(unsigned index, const Fact &fact, llvm::ArrayRef<llvm::Value *> first);
    void lanes_put(unsigned mask, llvm::ArrayRef<llvm::Value *> lanes);
    void carry_put(unsigned mask, llvm::ArrayRef<llvm::Value *> carry);
    const block &block_now() const;
    bool exec_is_whole() const;
    bool fact_plain(const instruction &in, bool emits);
    bool fact_add(const instruction &in, bool emits);
    bool fact_sign(const instruction &in, bool emits);
    bool fact_product_low(const instruction &in, bool emits);
    bool fact_apply(const instruction &in, bool emits);
    bool is_uniform_load(const instruction &in) const;
    void facts_step(bool emits);
    void fact_step(const reached &at, bool emits);
    void facts_forget(const instruction &in);
    void facts_find();
    bool facts_pass(uint32_t number);
    void facts_launch();
    void shadows_launch(const registers &live);
    void shadows_resume(const Facts &from);

    // wide.cpp
    llvm::AllocaInst *pairs[SLICES_MOST][VGPR_COUNT] = {}; // lane 0's number of 64 bits
    struct Wide {
        Fact fact;
        bool is_pair; // a register and the next, scalar or known to facts.wide; else two facts
        FactOperand low, high;
    };
    struct Sum { // of two, whose upper halves are still to be added
        Wide terms[2];
        llvm::SmallVector<llvm::Value *, SLICES_MOST> parts[2];
    };
    std::map<uint32_t, Sum> sums; // by the instruction that adds the upper halves
    llvm::AllocaInst *pair_slot(unsigned slice, unsigned index);
    bool is_pair_until(const FactOperand &low, const FactOperand &high, uint32_t until) const;
    bool is_uniform_until(const operand &source, unsigned dword, uint32_t until);
    Wide wide_operand(const operand &low, unsigned low_dword, const operand &high, unsigned high_dword,
                      uint32_t until);
    llvm::Value *wide_low(const Wide &wide, unsigned slice);
    llvm::Value *wide_high(const Wide &wide, unsigned slice);
    llvm::Value *wide_value(const Wide &wide, unsigned slice)
    {
        return ir.CreateAdd(wide_low(wide, slice), wide_high(wide, slice));
    }
    llvm::Value *wide_fits(const Wide &wide, unsigned slice);
    llvm::Value *wide_row(llvm::Value *first, int32_t stride);
    void wide_put(unsigned index, int32_t stride, llvm::ArrayRef<llvm::Value *> first, bool puts_low);
    void wide_know(const instruction &in, unsigned index, const Fact &fact);
    uint32_t carry_reader(const instruction &in) const;
    bool sum_terms(const instruction &in, uint32_t reader, Wide terms[2]);
    bool wide_add(const instruction &in, bool emits);
    bool wide_add_upper(const instruction &in, bool emits);
    void carry_out_put(unsigned mask, const Sum &sum, int32_t stride, llvm::ArrayRef<llvm::Value *> first);
    bool wide_add_above(const instruction &in, bool emits);
    bool wide_multiply(const instruction &in, bool emits);
    bool wide_shift(const instruction &in, bool emits);
    bool fact_wide(const instruction &in, bool emits);
    void wide_resume(const Facts &from);

    void instruction_emit(const reached &at);

    llvm::Type *i1, *i16, *i32, *i64;
    llvm::VectorType *row;
    llvm::Type *mask_type; // i32 or i64
    llvm::Function *function;
    llvm::Value *wave() { return whole ? ir.CreateLoad(ir.getPtrTy(), group.wave) : first_wave; }
    llvm::Value *first_wave, *base; // of whole work-groups the first wave, else the only one
    uint32_t current;               // instruction
    llvm::BasicBlock *prologue;     // slots, and what stays the same
    llvm::AllocaInst *scalars[SGPR_COUNT] = {};
    llvm::AllocaInst *vectors[SLICES_MOST][VGPR_COUNT] = {};
    llvm::AllocaInst *fresh[SLICES_MOST][VGPR_COUNT] = {}; // of active lanes, where
    bool is_fresh[SLICES_MOST][VGPR_COUNT] = {};           // EXEC is what it was when they were written
    llvm::AllocaInst *scc;
    llvm::AllocaInst *left;                              // of the budget of backward jumps
    llvm::AllocaInst *lanes, *wave_lanes, *scalar_state; // the structs of semantics.h
    llvm::AllocaInst *result, *sources[3], *unmodified, *old;
    llvm::AllocaInst *dropped; // results that nothing takes
    llvm::Value *lds, *lds_size;
    std::vector<llvm::BasicBlock *> blocks;
    std::vector<uint32_t> ways; // that lead to each block
    std::map<uint32_t, llvm::GlobalVariable *> constants;
};
