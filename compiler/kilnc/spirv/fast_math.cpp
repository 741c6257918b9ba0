// What floating-point arithmetic may do: fast-math flags of instructions, types and build options,
// contraction, and the errors that are allowed.
//
// Source: SPV_KHR_float_controls2, SPV_INTEL_fp_fast_math_mode, SPV_INTEL_fp_max_error; SPIR-V 1.6, "FP Fast
// Math Mode".
#include "opcode.h"

#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/Support/Format.h>

#include <cmath>
#include <cstring>

namespace spirv
{

enum {
    NOT_NAN = 1,
    NOT_INF = 2,
    NO_SIGNED_ZERO = 4,
    RECIPROCAL = 8,
    FAST = 16,
    CONTRACT = 0x10000,
    REASSOCIATE = 0x20000,
    TRANSFORM = 0x40000,
};

enum {
    MODE_FAST_MATH_DEFAULT = 6028,
    DECORATION_FAST_MATH = 40,
    DECORATION_NO_CONTRACTION = 42,
    DECORATION_MAX_ERROR = 6170,
};

// ---- Flags ----------------------------------------------------------------------------------------------

// The flags that an entry point has as its default for numbers of the type. If it has a default for any type,
// those without one have no flags; if it has none, contraction is OpenCL's own default.
static uint32_t entry_default(Reader &reader, llvm::ArrayRef<Mode> modes, const llvm::Type *scalar)
{
    bool given = false;
    uint32_t flags = 0;
    for (const Mode &mode : modes) {
        if (mode.mode != MODE_FAST_MATH_DEFAULT) continue;
        require(mode.ids && mode.words.size() == 2,
                "the execution mode FPFastMathDefault has a type and a constant");
        given = true;
        if (reader.type(mode.words[0])->llvm == scalar) flags |= (uint32_t)reader.integer(mode.words[1]);
    }
    return given ? flags : (uint32_t)CONTRACT;
}

// Functions may be called from several entry points: what all of them allow.
static uint32_t default_of(Reader &reader, const llvm::Type *scalar)
{
    auto [known, missing] = reader.fast_math.try_emplace(scalar, UINT32_MAX);
    if (!missing) return known->second;
    uint32_t flags = UINT32_MAX;
    for (const EntryPoint &entry : reader.entry_points)
        flags &= entry_default(reader, reader.modes[entry.function], scalar);
    return known->second = reader.entry_points.empty() ? (uint32_t)CONTRACT : flags;
}

static uint32_t bits_of(Reader &reader, uint32_t result, llvm::Type *type)
{
    const Decoration *decoration = reader.decoration(result, DECORATION_FAST_MATH);
    uint32_t bits = default_of(reader, type->getScalarType());
    if (decoration && !decoration->words.empty()) {
        bits = decoration->words[0];
        if (!reader.float_controls) bits |= CONTRACT; // the bit is of no older version
    }
    bool off = reader.function && reader.function->contraction_off;
    bool contract = !off && !reader.decorated(result, DECORATION_NO_CONTRACTION);
    return contract ? bits : bits & ~(uint32_t)CONTRACT;
}

llvm::FastMathFlags fast_math_flags(Reader &reader, uint32_t result, llvm::Type *type)
{
    uint32_t bits = bits_of(reader, result, type);
    llvm::FastMathFlags flags;
    if (bits & FAST || reader.source.unsafe_math) flags.setFast();
    if (!(bits & FAST) && reader.source.unsafe_math) flags.setNoNaNs(false), flags.setNoInfs(false);
    if (bits & NOT_NAN || reader.source.finite_math) flags.setNoNaNs();
    if (bits & NOT_INF || reader.source.finite_math) flags.setNoInfs();
    if (bits & NO_SIGNED_ZERO) flags.setNoSignedZeros();
    if (bits & (RECIPROCAL | TRANSFORM)) flags.setAllowReciprocal();
    if (bits & (REASSOCIATE | TRANSFORM)) flags.setAllowReassoc();
    if (bits & CONTRACT) flags.setAllowContract();
    return flags;
}

// ---- Fences ---------------------------------------------------------------------------------------------

// A number behind an empty piece of assembly, which LLVM does not look through (it has no arithmetic fence
// for AMD's GPUs).
static llvm::Value *fenced(Reader &reader, llvm::Value *number)
{
    llvm::IRBuilderBase &build = reader.build;
    llvm::Type *type = number->getType(), *word = llvm::Type::getInt32Ty(reader.context);
    bool half = type->isHalfTy(); // no register class of its own before gfx8
    if (half)
        number = build.CreateZExt(build.CreateBitCast(number, llvm::Type::getInt16Ty(reader.context)), word);
    auto *same = llvm::FunctionType::get(number->getType(), {number->getType()}, /*isVarArg=*/false);
    number = build.CreateCall(llvm::InlineAsm::get(same, "", "=v,0", /*hasSideEffects=*/false), {number});
    if (!half) return number;
    return build.CreateBitCast(build.CreateTrunc(number, llvm::Type::getInt16Ty(reader.context)), type);
}

void arithmetic_fence(Reader &reader, const Operation &operation)
{
    llvm::Value *a = reader.value(operation.words[0]).llvm;
    require_arithmetic(reader, a->getType());
    auto *vector = llvm::dyn_cast<llvm::FixedVectorType>(a->getType());
    llvm::Value *whole = vector ? llvm::PoisonValue::get(vector) : fenced(reader, a);
    for (unsigned i = 0; vector && i < vector->getNumElements(); i++)
        whole = reader.build.CreateInsertElement(whole,
                                                 fenced(reader, reader.build.CreateExtractElement(a, i)), i);
    reader.define(operation, whole);
}

// ---- Errors ---------------------------------------------------------------------------------------------

void error_check(const Reader &reader, uint32_t result, double promised)
{
    const Decoration *decoration = reader.decoration(result, DECORATION_MAX_ERROR);
    if (!decoration || decoration->words.empty()) return;
    float allowed;
    memcpy(&allowed, decoration->words.data(), sizeof allowed);
    if (allowed >= promised) return;
    std::string text;
    llvm::raw_string_ostream(text) << "an error of at most " << llvm::format("%g", allowed)
                                   << " ULP is asked for: " << llvm::format("%g", promised)
                                   << " is what there is";
    throw Refusal{text};
}

// OpenCL lets a division of floats be off by 2.5 ULP.
void division_accuracy(Reader &reader, uint32_t result, llvm::Value *value)
{
    auto *division = llvm::dyn_cast<llvm::Instruction>(value);
    if (!division || reader.source.correctly_rounded || !value->getType()->getScalarType()->isFloatTy())
        return;
    float allowed = 2.5f;
    const Decoration *decoration = reader.decoration(result, DECORATION_MAX_ERROR);
    if (decoration && !decoration->words.empty()) memcpy(&allowed, decoration->words.data(), sizeof allowed);
    if (std::isfinite(allowed) && allowed > 0.5f)
        division->setMetadata("fpmath", llvm::MDBuilder(reader.context).createFPMath(allowed));
}

} // namespace spirv
