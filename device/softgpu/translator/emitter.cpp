#include "emitter.h"

Emitter::Emitter(const code &guest, Semantics &semantics)
    : guest(guest), semantics(semantics), context(semantics.module->getContext()), ir(context),
      slices(guest.wave64 ? 4 : 2), whole(guest.whole)
{
    i1 = ir.getInt1Ty();
    i16 = ir.getInt16Ty();
    i32 = ir.getInt32Ty();
    i64 = ir.getInt64Ty();
    row = llvm::FixedVectorType::get(i32, SLICE_WIDTH);
    mask_type = guest.wave64 ? i64 : i32;
    llvm::SmallVector<llvm::Type *, 3> arguments = {ir.getPtrTy(), i32, i64};
    if (whole) arguments.erase(arguments.begin() + 1);
    auto *type = llvm::FunctionType::get(i32, arguments, false);
    const char *name = whole ? "translated_group" : "translated";
    function = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, *semantics.module);
    semantics.attributes_copy(*function);
    has_masks = function->getFnAttribute("target-features").getValueAsString().contains("+avx512f");
    first_wave = function->getArg(0);
    base = function->getArg(whole ? 1 : 2);
    prologue = llvm::BasicBlock::Create(context, "prologue", function);
    ir.SetInsertPoint(prologue);
    scc = slot(i1, "scc");
    left = slot(i32, "left");
    lanes = slot(llvm::ArrayType::get(ir.getInt8Ty(), layout.lanes_bytes), "lanes");
    scalar_state = slot(llvm::ArrayType::get(ir.getInt8Ty(), layout.scalar_bytes), "scalar");
    llvm::Type *rows = llvm::ArrayType::get(row, DWORDS_MOST);
    result = slot(rows, "result");
    unmodified = slot(rows, "unmodified");
    old = slot(rows, "old");
    dropped = slot(rows, "dropped");
    for (llvm::AllocaInst *&source : sources) source = slot(rows, "source");
    wave_lanes = slot(llvm::ArrayType::get(ir.getInt8Ty(), layout.whole_bytes), "wave_lanes");
    lanes->setAlignment(llvm::Align(64));
    scalar_state->setAlignment(llvm::Align(16));
    wave_lanes->setAlignment(llvm::Align(16));
    lanes_field(layout.is_wave64, ir.getInt8(guest.wave64));
    lanes_field(layout.mode, ir.getInt32(guest.mode));
    if (whole) group_begin();
    lds = ir.CreateLoad(i64, field(first_wave, layout.wave_lds));
    lds_size = ir.CreateLoad(i32, field(first_wave, layout.wave_lanes + layout.lds_size));
}

void Emitter::instruction_emit(const reached &at)
{
    switch (treatment_of(&guest, &at.in)) {
    case TREAT_SCALAR:
        return scalar_emit(at.in);
    case TREAT_SCALAR_LOAD:
        return scalar_load_emit(at);
    case TREAT_VECTOR:
        return vector_emit(at.in);
    case TREAT_LANE:
        return lane_emit(at.in);
    case TREAT_EXCHANGE:
        return exchange_emit(at.in);
    case TREAT_GLOBAL:
        return at.in.opcode->encoding == ENCODING_FLAT ? flat_emit(at) : global_emit(at);
    case TREAT_LDS:
        return lds_emit(at.in);
    case TREAT_SCRATCH:
        return scratch_emit(at);
    case TREAT_FLAT_SCRATCH:
        return flat_scratch_emit(at.in);
    case TREAT_INTERPRETED:
        return interpreted_emit(at);
    case TREAT_FLOW:
        if (flow_of(at.in.opcode) == FLOW_GETPC) getpc_emit(at);
        return;
    default:
        return;
    }
}

void Emitter::run()
{
    for (uint32_t i = 0; i < guest.block_count; i++)
        blocks.push_back(llvm::BasicBlock::Create(context, "block" + llvm::Twine(i), function));
    ways.resize(guest.block_count);
    for (uint32_t i = 0; i < guest.block_count; i++)
        for (uint32_t to : successors(i)) ways[to]++;
    if (whole) {
        facts_find();
        kept_find();
    }
    for (uint32_t i = 0; i < guest.block_count; i++) block_emit(i);
    whole ? group_emit() : entries_emit();
    entries_export();
}
