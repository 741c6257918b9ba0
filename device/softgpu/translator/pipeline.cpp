#include "pipeline.h"

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/GVN.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include <mutex>

extern "C" {
void LLVMInitializeX86Target();
void LLVMInitializeX86TargetInfo();
void LLVMInitializeX86TargetMC();
void LLVMInitializeX86AsmPrinter();
}

static void target_start()
{
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
}

// The CPU and its features are each function's own.
static std::unique_ptr<llvm::TargetMachine> machine_create(std::string &error)
{
    static std::once_flag started;
    std::call_once(started, target_start);
    llvm::Triple triple("x86_64-unknown-linux-gnu");
    const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
    if (!target) return nullptr;
    return std::unique_ptr<llvm::TargetMachine>(
        target->createTargetMachine(triple, "x86-64", "", llvm::TargetOptions(), llvm::Reloc::PIC_,
                                    llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default));
}

namespace
{

struct ProductsPass : llvm::PassInfoMixin<ProductsPass> {
    static llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses)
    {
        if (!products_widen(function, analyses.getResult<llvm::DominatorTreeAnalysis>(function)))
            return llvm::PreservedAnalyses::all();
        llvm::PreservedAnalyses kept;
        kept.preserveSet<llvm::CFGAnalyses>();
        return kept;
    }
};

} // namespace

// As much as pays. Loops are the guest's own, vectors are there already.
static void optimise(llvm::Module &module, llvm::TargetMachine &machine)
{
    llvm::PassBuilder builder(&machine);
    llvm::LoopAnalysisManager loops;
    llvm::FunctionAnalysisManager functions;
    llvm::CGSCCAnalysisManager components;
    llvm::ModuleAnalysisManager modules;
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(components);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, components, modules);

    llvm::FunctionPassManager each;
    each.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
    each.addPass(llvm::EarlyCSEPass(true));
    each.addPass(ProductsPass()); // before InstCombine, which has many ways to write a sum
    each.addPass(llvm::InstCombinePass());
    each.addPass(llvm::SimplifyCFGPass());
    each.addPass(llvm::GVNPass());
    each.addPass(llvm::createFunctionToLoopPassAdaptor(llvm::LICMPass(llvm::LICMOptions()), true));
    each.addPass(llvm::InstCombinePass());
    each.addPass(llvm::ADCEPass());
    each.addPass(llvm::SimplifyCFGPass());
    llvm::ModulePassManager passes;
    passes.addPass(llvm::AlwaysInlinerPass());
    passes.addPass(llvm::GlobalDCEPass());
    passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(each)));
    passes.run(module, modules);
}

namespace
{

// Code generation's passes. Where slices take turns, LLVM's scheduler would undo that to save registers.
struct CodePasses : llvm::legacy::PassManager {
    bool in_order = false;

    void add(llvm::Pass *pass) override
    {
        if (in_order && pass->getPassName() == "Machine Instruction Scheduler")
            delete pass;
        else
            PassManager::add(pass);
    }
};

} // namespace

bool pipeline_run(Semantics &semantics, llvm::SmallVectorImpl<char> &object, std::string &error)
{
    llvm::Module &module = *semantics.module;
    std::unique_ptr<llvm::TargetMachine> machine = machine_create(error);
    if (!machine) return false;
    semantics.prune();
    llvm::raw_string_ostream broken(error);
    if (llvm::verifyModule(module, &broken)) return false;
    module.setTargetTriple(machine->getTargetTriple());
    module.setDataLayout(machine->createDataLayout());
    optimise(module, *machine);
    CodePasses passes;
    for (llvm::Function &function : module) {
        ternary_keep_apart(function);
        passes.in_order |= strands_interleave(function);
    }
    llvm::raw_svector_ostream stream(object);
    if (machine->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile)) {
        error = "LLVM cannot emit this file";
        return false;
    }
    passes.run(module);
    return true;
}
