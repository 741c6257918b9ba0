#include "oracle.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstPrinter.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/MCTargetOptions.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/TargetParser/Triple.h>

using namespace llvm;

namespace
{

// LLVM's C interface would do, if it told words that are cautioned against from words that are refused.
struct Disassembler {
    explicit Disassembler(bool wave64);

    Triple triple{"amdgcn-amd-amdhsa"};
    MCTargetOptions options;
    const Target *target;
    std::unique_ptr<MCRegisterInfo> registers;
    std::unique_ptr<MCAsmInfo> assembly;
    std::unique_ptr<MCSubtargetInfo> processor;
    std::unique_ptr<MCInstrInfo> instructions;
    std::unique_ptr<MCContext> context;
    std::unique_ptr<MCDisassembler> decoder;
    std::unique_ptr<MCInstPrinter> printer;
};

const Target *target_find(const Triple &triple)
{
    LLVMInitializeAMDGPUTargetInfo();
    LLVMInitializeAMDGPUTargetMC();
    LLVMInitializeAMDGPUDisassembler();
    std::string error;
    const Target *target = TargetRegistry::lookupTarget(triple, error);
    if (!target) {
        std::fprintf(stderr, "LLVM has no AMDGPU disassembler: %s\n", error.c_str());
        std::exit(2);
    }
    return target;
}

Disassembler::Disassembler(bool wave64) : target(target_find(triple))
{
    const char *features = wave64 ? "+wavefrontsize64,-wavefrontsize32" : "+wavefrontsize32,-wavefrontsize64";
    registers.reset(target->createMCRegInfo(triple));
    assembly.reset(target->createMCAsmInfo(*registers, triple, options));
    processor.reset(target->createMCSubtargetInfo(triple, "gfx1030", features));
    instructions.reset(target->createMCInstrInfo());
    context = std::make_unique<MCContext>(triple, assembly.get(), registers.get(), processor.get());
    decoder.reset(target->createMCDisassembler(*processor, *context));
    printer.reset(target->createMCInstPrinter(triple, 0, *assembly, *instructions, *registers));
}

// Whether the text names a VGPR beyond v255. LLVM knows these of later GPUs and lets groups run over the end.
bool has_large_vgpr(const char *line)
{
    for (const char *v = std::strstr(line, "v["); v; v = std::strstr(v + 1, "v[")) {
        const char *end = std::strchr(v, ':');
        if (end && std::strtoul(end + 1, nullptr, 10) > 255) return true;
    }
    return false;
}

// LLVM prints operands that cannot be with a complaint in a comment, and accepts registers of later GPUs.
bool is_complaint(const char *line)
{
    return std::strstr(line, "/*") || std::strstr(line, "src_flat_scratch_base") || has_large_vgpr(line);
}

} // namespace

size_t oracle_disassemble(const void *code, size_t available, bool wave64, char text[ORACLE_TEXT_SIZE])
{
    static Disassembler wave32_of{false}, wave64_of{true};
    Disassembler &d = wave64 ? wave64_of : wave32_of;
    MCInst instruction;
    uint64_t size = 0;
    ArrayRef<uint8_t> bytes(static_cast<const uint8_t *>(code), available);
    // A soft failure is a field that should hold something else, and is ignored.
    if (d.decoder->getInstruction(instruction, size, bytes, 0, nulls()) == MCDisassembler::Fail) return 0;
    std::string line;
    raw_string_ostream stream(line);
    d.printer->printInst(&instruction, 0, "", *d.processor, stream);
    if (is_complaint(line.c_str())) return 0;
    const char *begin = line.c_str() + std::strspn(line.c_str(), " \t");
    size_t length = std::strcspn(begin, ";");
    const char *comment = std::strstr(begin, "//");
    if (comment && static_cast<size_t>(comment - begin) < length)
        length = static_cast<size_t>(comment - begin);
    while (length && (begin[length - 1] == ' ' || begin[length - 1] == '\t')) length--;
    std::memcpy(text, begin, length);
    text[length] = '\0';
    return size;
}
