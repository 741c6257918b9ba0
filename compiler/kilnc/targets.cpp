// What lld and clang call in LLVM but Kiln's compiler does not need: initialisers of all the targets that
// LLVM was built with, and the Polly plug-in. These empty ones keep forty megabytes out of the program.
#include <llvm/Plugins/PassPlugin.h>

// AMDGPU's are real, and X86's for translations: here their names become others.
#define LLVMInitializeAMDGPUTargetInfo unused_target_info
#define LLVMInitializeX86TargetInfo    unused_x86_target_info
#define LLVMInitializeAMDGPUTarget     unused_target
#define LLVMInitializeX86Target        unused_x86_target
#define LLVMInitializeAMDGPUTargetMC   unused_target_mc
#define LLVMInitializeX86TargetMC      unused_x86_target_mc
#define LLVMInitializeAMDGPUAsmPrinter unused_asm_printer
#define LLVMInitializeX86AsmPrinter    unused_x86_asm_printer
#define LLVMInitializeAMDGPUAsmParser  unused_asm_parser

extern "C" {
#define LLVM_TARGET(name)                                                                                    \
    void LLVMInitialize##name##TargetInfo() {}                                                               \
    void LLVMInitialize##name##Target() {}                                                                   \
    void LLVMInitialize##name##TargetMC() {}
#include <llvm/Config/Targets.def>

#define LLVM_ASM_PRINTER(name)                                                                               \
    void LLVMInitialize##name##AsmPrinter() {}
#include <llvm/Config/AsmPrinters.def>

#define LLVM_ASM_PARSER(name)                                                                                \
    void LLVMInitialize##name##AsmParser() {}
#include <llvm/Config/AsmParsers.def>
}

llvm::PassPluginLibraryInfo getPollyPluginInfo()
{
    return {LLVM_PLUGIN_API_VERSION, "Polly", "", [](llvm::PassBuilder &) {}};
}
