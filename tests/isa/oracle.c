#include "oracle.h"

#include <llvm-c/Disassembler.h>
#include <llvm-c/Target.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static LLVMDisasmContextRef context_create(bool wave64)
{
    LLVMInitializeAMDGPUTargetInfo();
    LLVMInitializeAMDGPUTargetMC();
    LLVMInitializeAMDGPUDisassembler();
    const char *features = wave64 ? "+wavefrontsize64,-wavefrontsize32" : "+wavefrontsize32,-wavefrontsize64";
    LLVMDisasmContextRef context =
        LLVMCreateDisasmCPUFeatures("amdgcn-amd-amdhsa", "gfx1030", features, NULL, 0, NULL, NULL);
    if (!context) {
        fprintf(stderr, "LLVM has no gfx1030 disassembler\n");
        exit(2);
    }
    return context;
}

// Whether the text names a VGPR beyond v255. LLVM knows these of later GPUs and lets groups run over the end.
static bool has_large_vgpr(const char *line)
{
    for (const char *v = strstr(line, "v["); v; v = strstr(v + 1, "v[")) {
        const char *end = strchr(v, ':');
        if (end && strtoul(end + 1, NULL, 10) > 255) return true;
    }
    return false;
}

// LLVM prints operands that cannot be with a complaint in a comment, and accepts registers of later GPUs.
static bool is_complaint(const char *line)
{
    return strstr(line, "/*") || strstr(line, "src_flat_scratch_base") || has_large_vgpr(line);
}

size_t oracle_disassemble(const void *code, size_t available, bool wave64, char text[ORACLE_TEXT_SIZE])
{
    static LLVMDisasmContextRef contexts[2];
    char line[ORACLE_TEXT_SIZE];
    if (!contexts[wave64]) contexts[wave64] = context_create(wave64);
    size_t size =
        LLVMDisasmInstruction(contexts[wave64], (uint8_t *)(uintptr_t)code, available, 0, line, sizeof line);
    if (size == 0 || is_complaint(line)) return 0;
    const char *begin = line + strspn(line, " \t");
    size_t length = strcspn(begin, ";");
    const char *comment = strstr(begin, "//");
    if (comment && (size_t)(comment - begin) < length) length = (size_t)(comment - begin);
    while (length && (begin[length - 1] == ' ' || begin[length - 1] == '\t')) length--;
    memcpy(text, begin, length);
    text[length] = '\0';
    return size;
}
