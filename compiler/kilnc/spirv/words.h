// A SPIR-V module as words: header, byte order, where each instruction begins.
//
// Source: SPIR-V 1.6, "Physical Layout of a SPIR-V Module and Instruction", "Universal Limits".
#pragma once

#include <llvm/ADT/ArrayRef.h>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace spirv
{

// Why a module is refused, and where. Thrown by all that reads; it never passes through LLVM's own frames.
struct Refusal {
    std::string reason;
};

struct RawInstruction {
    size_t offset; // in words, from the module's beginning
    unsigned opcode;
    llvm::ArrayRef<uint32_t> words; // without the first
};

struct Words {
    std::vector<uint32_t> words;
    std::deque<std::vector<uint32_t>> joined; // operands of instructions that others continue
    std::vector<RawInstruction> instructions;
    unsigned version; // 0x010600
    uint32_t bound;   // all ids are below
};

// Throws Refusal.
Words words_read(const void *data, size_t size);

// A literal string that begins at words[first]; `first` becomes what follows it. Throws Refusal.
std::string string_read(llvm::ArrayRef<uint32_t> words, size_t &first);

} // namespace spirv
