// An LLVM module to an AMDGPU object: optimising, generating code.
#include "codegen.h"

#include "printf.h"
#include "variables.h"

#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Demangle/Demangle.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/IPO/Internalize.h>

#include <map>
#include <mutex>
#include <tuple>

extern "C" {
void LLVMInitializeAMDGPUTarget();
void LLVMInitializeAMDGPUTargetInfo();
void LLVMInitializeAMDGPUTargetMC();
void LLVMInitializeAMDGPUAsmPrinter();
void LLVMInitializeAMDGPUAsmParser(); // kernels hold inline assembly
}

namespace
{

// Writes LLVM's diagnostics as "error: …" lines and remembers whether there was an error.
struct Messages : llvm::DiagnosticHandler {
    buffer *log;
    bool *failed;

    Messages(buffer *log, bool *failed) : log(log), failed(failed) {}

    bool handleDiagnostics(const llvm::DiagnosticInfo &info) override
    {
        if (info.getSeverity() > llvm::DS_Warning) return true; // remarks and notes
        bool error = info.getSeverity() == llvm::DS_Error;
        std::string text;
        llvm::raw_string_ostream stream(text);
        llvm::DiagnosticPrinterRawOStream printer(stream);
        info.print(printer);
        llvm::StringRef message(text);
        message.consume_front("<unknown>:0:0: "); // where there is no debug information
        buffer_printf(log, "%s: %s\n", error ? "error" : "warning", message.str().c_str());
        if (error) *failed = true;
        return true;
    }
};

// LLVM 22's StructurizeCFG takes values that cost nothing out of a branch to where the paths part, and may
// then hand them to paths that never took the branch (llvm-project, pull request 183792: not in this
// version). It looks at values made in the block that a branch ends in: here they get a block of their own
// before that.
struct BranchEnds : llvm::FunctionPass {
    static char ID;
    BranchEnds() : FunctionPass(ID) {}

    static bool hands_on_its_own(const llvm::BasicBlock &block)
    {
        const llvm::BasicBlock *next = block.getSingleSuccessor();
        if (!next) return false;
        for (const llvm::PHINode &phi : next->phis()) {
            auto *value = llvm::dyn_cast<llvm::Instruction>(phi.getIncomingValueForBlock(&block));
            if (value && value->getParent() == &block && !llvm::isa<llvm::PHINode>(value)) return true;
        }
        return false;
    }

    bool runOnFunction(llvm::Function &function) override
    {
        std::vector<llvm::BasicBlock *> found;
        for (llvm::BasicBlock &block : function)
            if (hands_on_its_own(block)) found.push_back(&block);
        for (llvm::BasicBlock *block : found) block->splitBasicBlock(block->getTerminator());
        return !found.empty();
    }
};
char BranchEnds::ID;

// AMD's conversions saturate and make 0 of NaN, as LLVM's saturating intrinsics do; but LLVM 22 adds six
// instructions that see to it once more. A plain conversion means nothing beyond the integer's range, and
// what follows would make use of that (there and back would be rounding): behind a freeze it cannot.
struct Saturation : llvm::FunctionPass {
    static char ID;
    Saturation() : FunctionPass(ID) {}

    static bool is_native(const llvm::IntrinsicInst &call)
    {
        llvm::Type *from = call.getArgOperand(0)->getType()->getScalarType();
        return call.getType()->isIntOrIntVectorTy(32) && (from->isFloatTy() || from->isDoubleTy());
    }

    static void replace(llvm::IntrinsicInst &call)
    {
        llvm::IRBuilder<> builder(&call);
        bool is_signed = call.getIntrinsicID() == llvm::Intrinsic::fptosi_sat;
        auto operation = is_signed ? llvm::Instruction::FPToSI : llvm::Instruction::FPToUI;
        llvm::Value *plain = builder.CreateCast(operation, call.getArgOperand(0), call.getType());
        call.replaceAllUsesWith(builder.CreateFreeze(plain));
        call.eraseFromParent();
    }

    bool runOnFunction(llvm::Function &function) override
    {
        std::vector<llvm::IntrinsicInst *> found;
        for (llvm::Instruction &instruction : llvm::instructions(function)) {
            auto *call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
            bool saturates = call && (call->getIntrinsicID() == llvm::Intrinsic::fptosi_sat ||
                                      call->getIntrinsicID() == llvm::Intrinsic::fptoui_sat);
            if (saturates && is_native(*call)) found.push_back(call);
        }
        for (llvm::IntrinsicInst *call : found) replace(*call);
        return !found.empty();
    }
};
char Saturation::ID;

// LLVM 22's lowering of local variables says of whatever a variable's address is an operand of that it
// accesses this variable alone. That is so of loads and of stores to it; but an address may be stored in
// another variable, and what calls and copies are given may lead to others.
struct LocalScopes : llvm::FunctionPass {
    static char ID;
    LocalScopes() : FunctionPass(ID) {}

    static bool is_plain(const llvm::Instruction &instruction)
    {
        auto *store = llvm::dyn_cast<llvm::StoreInst>(&instruction);
        return llvm::isa<llvm::LoadInst>(instruction) ||
               (store && !store->getValueOperand()->getType()->isPtrOrPtrVectorTy());
    }

    bool runOnFunction(llvm::Function &function) override
    {
        bool changed = false;
        for (llvm::Instruction &instruction : llvm::instructions(function)) {
            if (!instruction.hasMetadata(llvm::LLVMContext::MD_noalias) || is_plain(instruction)) continue;
            instruction.setMetadata(llvm::LLVMContext::MD_noalias, nullptr);
            instruction.setMetadata(llvm::LLVMContext::MD_alias_scope, nullptr);
            changed = true;
        }
        return changed;
    }
};
char LocalScopes::ID;

// Code generation's passes, with those three where they must be.
struct Passes : llvm::legacy::PassManager {
    unsigned guarded = 0;

    void add(llvm::Pass *pass) override
    {
        bool locals = pass->getPassName() == "Lower uses of LDS variables from non-kernel functions";
        if (pass->getPassName() == "Structurize control flow") {
            PassManager::add(new Saturation);
            PassManager::add(new BranchEnds);
            guarded++;
        }
        PassManager::add(pass);
        if (!locals) return;
        PassManager::add(new LocalScopes);
        guarded++;
    }
};

void targets_start()
{
    LLVMInitializeAMDGPUTargetInfo();
    LLVMInitializeAMDGPUTarget();
    LLVMInitializeAMDGPUTargetMC();
    LLVMInitializeAMDGPUAsmPrinter();
    LLVMInitializeAMDGPUAsmParser();
}

bool kernel_or_kept(const llvm::GlobalValue &value)
{
    auto *function = llvm::dyn_cast<llvm::Function>(&value);
    bool kernel = function && function->getCallingConv() == llvm::CallingConv::AMDGPU_KERNEL;
    return kernel || variable_is_published(value);
}

// Target machines that no compilation uses. Making one takes LLVM longer than a small kernel does: it works
// out which registers overlap, and rules for every instruction. What a compilation changes in one is a cache.
struct Machines {
    using Key = std::tuple<std::string, std::string, int>; // processor, features, optimisation
    std::mutex mutex;
    std::multimap<Key, std::unique_ptr<llvm::TargetMachine>> idle;

    std::unique_ptr<llvm::TargetMachine> take(const Key &key)
    {
        std::lock_guard<std::mutex> guard(mutex);
        auto found = idle.find(key);
        if (found == idle.end()) return nullptr;
        std::unique_ptr<llvm::TargetMachine> machine = std::move(found->second);
        idle.erase(found);
        return machine;
    }

    // A few: programs of one process are for one processor, mostly.
    void give(const Key &key, std::unique_ptr<llvm::TargetMachine> machine)
    {
        constexpr size_t most = 8;
        std::lock_guard<std::mutex> guard(mutex);
        if (idle.size() < most) idle.emplace(key, std::move(machine));
    }
};

// Never destroyed: threads may be at work when the process ends.
Machines &machines()
{
    static Machines *all = new Machines;
    return *all;
}

Machines::Key machine_key(const bridge_program &program)
{
    return {program.processor, program.features, program.optimisation};
}

} // namespace

Codegen::Codegen(const bridge_program &program, buffer *log) : program(program), log(log)
{
    context.setDiagnosticHandler(std::make_unique<Messages>(log, &failed));
}

Codegen::~Codegen()
{
    module.reset();
    if (machine) machines().give(machine_key(program), std::move(machine));
}

bool Codegen::error(const llvm::Twine &message)
{
    buffer_printf(log, "error: %s\n", message.str().c_str());
    return false;
}

bool Codegen::machine_create()
{
    static const llvm::CodeGenOptLevel levels[] = {llvm::CodeGenOptLevel::None, llvm::CodeGenOptLevel::Less,
                                                   llvm::CodeGenOptLevel::Default,
                                                   llvm::CodeGenOptLevel::Aggressive};
    static std::once_flag started;
    std::call_once(started, targets_start);
    machine = machines().take(machine_key(program));
    if (machine) return true;
    llvm::Triple triple("amdgcn-amd-amdhsa");
    std::string message;
    const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, message);
    if (!target) return error(message);
    llvm::TargetOptions options;
    options.AllowFPOpFusion = llvm::FPOpFusion::Standard;
    machine.reset(target->createTargetMachine(triple, program.processor, program.features, options,
                                              llvm::Reloc::PIC_, std::nullopt, levels[program.optimisation]));
    return machine ? true : error("LLVM has no such target machine");
}

// The whole pipeline, or only what removes functions that nothing reaches.
void Codegen::passes_run(bool whole)
{
    static const llvm::OptimizationLevel levels[] = {llvm::OptimizationLevel::O0, llvm::OptimizationLevel::O1,
                                                     llvm::OptimizationLevel::O2,
                                                     llvm::OptimizationLevel::O3};
    llvm::OptimizationLevel level = levels[program.optimisation];
    llvm::PipelineTuningOptions tuning;
    tuning.LoopVectorization = tuning.SLPVectorization = program.optimisation > 1;
    llvm::PassBuilder builder(machine.get(), tuning);
    llvm::LoopAnalysisManager loops;
    llvm::FunctionAnalysisManager functions;
    llvm::CGSCCAnalysisManager components;
    llvm::ModuleAnalysisManager modules;
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(components);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, components, modules);
    llvm::ModulePassManager passes;
    if (!whole)
        passes.addPass(llvm::GlobalDCEPass());
    else if (program.optimisation)
        passes = builder.buildPerModuleDefaultPipeline(level);
    else
        passes = builder.buildO0DefaultPipeline(level);
    passes.run(*module, modules);
}

void Codegen::optimise()
{
    llvm::internalizeModule(*module, kernel_or_kept);
    passes_run(true);
}

bool Codegen::prune()
{
    llvm::internalizeModule(*module, kernel_or_kept);
    passes_run(false);
    return undefined_names().empty();
}

std::vector<std::string> Codegen::undefined_names() const
{
    std::vector<std::string> names;
    for (const llvm::GlobalValue &value : module->global_values()) {
        bool intrinsic = value.getName().starts_with("llvm.");
        if (value.isDeclaration() && !intrinsic && !value.use_empty())
            names.push_back(llvm::demangle(value.getName()));
    }
    return names;
}

// LLVM asks of declarations, too, what processor they are for: for those that do not tell it makes another
// subtarget, which takes a fifteenth of what a process's first small program does.
static void declarations_target(llvm::Module &module)
{
    const llvm::Function *defined = nullptr;
    for (const llvm::Function &function : module)
        if (!function.isDeclaration() && function.hasFnAttribute("target-cpu")) defined = &function;
    for (llvm::Function &function : module)
        for (const char *name : {"target-cpu", "target-features"})
            if (defined && function.isDeclaration() && defined->hasFnAttribute(name))
                function.addFnAttr(defined->getFnAttribute(name));
}

bool Codegen::emit(Bytes &out)
{
    llvm::raw_svector_ostream stream(out);
    declarations_target(*module);
    if (program.output == BRIDGE_IR) {
        module->print(stream, nullptr);
        return true;
    }
    auto type = program.output == BRIDGE_CODE_OBJECT ? llvm::CodeGenFileType::ObjectFile
                                                     : llvm::CodeGenFileType::AssemblyFile;
    Passes passes;
    passes.add(new llvm::TargetLibraryInfoWrapperPass(machine->getTargetTriple()));
    if (machine->addPassesToEmitFile(passes, stream, nullptr, type) || passes.guarded != 2)
        return error("LLVM cannot emit this file");
    passes.run(*module);
    return !failed;
}

// Undefined are also functions that are not called any more: those do no harm.
bool Codegen::run(Bytes &out)
{
    printf_arguments_prepare(*module); // optimising begins with the lowering of printf
    optimise();
    undefined = undefined_names();
    return !failed && undefined.empty() && emit(out);
}
