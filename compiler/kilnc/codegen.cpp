// LLVM IR to an AMDGPU object: linking modules with the device libraries, optimising, generating code.
#include "bridge.h"
#include "library.h"

#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/Demangle/Demangle.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Linker/Linker.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/TargetParser.h>
#include <llvm/Transforms/IPO/Internalize.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Config/llvm-config.h>

#include <new>

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

struct Linkage {
    const bridge_program &program;
    buffer *log;
    bool failed = false;
    llvm::LLVMContext context;
    std::unique_ptr<llvm::Module> module;
    std::unique_ptr<llvm::TargetMachine> machine;

    Linkage(const bridge_program &program, buffer *log) : program(program), log(log)
    {
        context.setDiagnosticHandler(std::make_unique<Messages>(log, &failed));
    }

    bool error(const llvm::Twine &message)
    {
        buffer_printf(log, "error: %s\n", message.str().c_str());
        return false;
    }

    bool machine_create();
    bool modules_link();
    bool library_link();
    bool undefined_report();
    void optimise();
    bool emit(llvm::SmallVectorImpl<char> &bytes);
};

bool Linkage::machine_create()
{
    static const llvm::CodeGenOptLevel levels[] = {llvm::CodeGenOptLevel::None, llvm::CodeGenOptLevel::Less,
                                                   llvm::CodeGenOptLevel::Default,
                                                   llvm::CodeGenOptLevel::Aggressive};
    LLVMInitializeAMDGPUTargetInfo();
    LLVMInitializeAMDGPUTarget();
    LLVMInitializeAMDGPUTargetMC();
    LLVMInitializeAMDGPUAsmPrinter();
    LLVMInitializeAMDGPUAsmParser();
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

// Objects may come from an application's file: they are verified before anything relies on them.
bool Linkage::modules_link()
{
    for (size_t i = 0; i < program.module_count; i++) {
        llvm::StringRef bytes((const char *)program.modules[i].data, program.modules[i].size);
        auto read = llvm::parseBitcodeFile(llvm::MemoryBufferRef(bytes, "object"), context);
        if (!read) return error("malformed object: " + llvm::toString(read.takeError()));
        std::string problem;
        llvm::raw_string_ostream stream(problem);
        if (llvm::verifyModule(**read, &stream)) return error("malformed object: " + problem);
        if (!module)
            module = std::move(*read);
        else if (llvm::Linker::linkModules(*module, std::move(*read)))
            return false;
    }
    return module && !failed ? true : error("there is nothing to link");
}

void attribute_set(llvm::Function &function, llvm::StringRef name, llvm::StringRef value)
{
    if (!value.empty()) function.addFnAttr(name, value);
}

// The library's functions were compiled for no processor in particular. They inline only into functions whose
// attributes agree, so they are given the program's.
bool Linkage::library_link()
{
    std::string features;
    llvm::DenseSet<const llvm::Function *> own;
    for (const llvm::Function &function : *module) {
        if (function.isDeclaration()) continue;
        own.insert(&function);
        if (features.empty()) features = function.getFnAttribute("target-features").getValueAsString();
    }
    // LLVM turns printf into calls of this function, but only after linking.
    if (module->getFunction("printf"))
        module->getOrInsertFunction("__printf_alloc", llvm::PointerType::get(context, 1),
                                    llvm::Type::getInt32Ty(context));
    if (auto problem = ::library_link(*module, program.library, program.library_layer,
                                      {program.settings, program.setting_count}))
        return error(llvm::toString(std::move(problem)));
    for (llvm::Function &function : *module) {
        if (function.isDeclaration()) continue;
        if (program.denormals_zero) function.addFnAttr("denormal-fp-math-f32", "preserve-sign,preserve-sign");
        if (own.contains(&function)) continue;
        attribute_set(function, "target-cpu", program.processor);
        attribute_set(function, "target-features", features);
    }
    return !failed;
}

bool kernel_or_kept(const llvm::GlobalValue &value)
{
    auto *function = llvm::dyn_cast<llvm::Function>(&value);
    return function && function->getCallingConv() == llvm::CallingConv::AMDGPU_KERNEL;
}

void Linkage::optimise()
{
    static const llvm::OptimizationLevel levels[] = {llvm::OptimizationLevel::O0, llvm::OptimizationLevel::O1,
                                                     llvm::OptimizationLevel::O2,
                                                     llvm::OptimizationLevel::O3};
    llvm::OptimizationLevel level = levels[program.optimisation];
    llvm::internalizeModule(*module, kernel_or_kept);

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
    llvm::ModulePassManager passes = program.optimisation ? builder.buildPerModuleDefaultPipeline(level)
                                                          : builder.buildO0DefaultPipeline(level);
    passes.run(*module, modules);
}

// What neither the program nor the libraries define. After optimising, since unreachable calls do no harm.
bool Linkage::undefined_report()
{
    bool complete = true;
    for (const llvm::GlobalValue &value : module->global_values()) {
        bool intrinsic = value.getName().starts_with("llvm.");
        if (!value.isDeclaration() || intrinsic || value.use_empty()) continue;
        complete = error("undefined symbol '" + llvm::demangle(value.getName()) + "'");
    }
    return complete;
}

bool Linkage::emit(llvm::SmallVectorImpl<char> &bytes)
{
    llvm::raw_svector_ostream stream(bytes);
    if (program.output == BRIDGE_IR) {
        module->print(stream, nullptr);
        return true;
    }
    auto type = program.output == BRIDGE_OBJECT ? llvm::CodeGenFileType::ObjectFile
                                                : llvm::CodeGenFileType::AssemblyFile;
    llvm::legacy::PassManager passes;
    passes.add(new llvm::TargetLibraryInfoWrapperPass(machine->getTargetTriple()));
    if (machine->addPassesToEmitFile(passes, stream, nullptr, type))
        return error("LLVM cannot emit this file");
    passes.run(*module);
    return !failed;
}

void (*fatal_handler)(const char *);
void (*memory_handler)();

} // namespace

bool bridge_link(const bridge_program *program, buffer *out, buffer *log)
{
    Linkage linkage(*program, log);
    llvm::SmallVector<char, 0> bytes;
    if (!linkage.modules_link() || !linkage.machine_create()) return false;
    linkage.module->setTargetTriple(linkage.machine->getTargetTriple());
    linkage.module->setDataLayout(linkage.machine->createDataLayout());
    if (!linkage.library_link()) return false;
    linkage.optimise();
    if (linkage.failed || !linkage.undefined_report() || !linkage.emit(bytes)) return false;
    buffer_append(out, bytes.data(), bytes.size());
    return !out->failed;
}

void bridge_on_fatal(void (*fatal)(const char *message), void (*no_memory)(void))
{
    fatal_handler = fatal;
    memory_handler = no_memory;
    llvm::install_fatal_error_handler([](void *, const char *message, bool) { fatal_handler(message); },
                                      nullptr);
    llvm::install_bad_alloc_error_handler([](void *, const char *, bool) { memory_handler(); }, nullptr);
    std::set_new_handler(no_memory);
}

bool bridge_processor(const char *name, unsigned *features)
{
    llvm::AMDGPU::GPUKind kind = llvm::AMDGPU::parseArchAMDGCN(name);
    unsigned attributes = llvm::AMDGPU::getArchAttrAMDGCN(kind);
    *features = (attributes & llvm::AMDGPU::FEATURE_SRAMECC ? PROCESSOR_SRAMECC : 0) |
                (attributes & llvm::AMDGPU::FEATURE_XNACK ? PROCESSOR_XNACK : 0);
    return kind != llvm::AMDGPU::GK_NONE;
}

const char *bridge_version(void) { return "LLVM " LLVM_VERSION_STRING; }
