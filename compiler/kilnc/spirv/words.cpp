#include "words.h"

#include "compiler/spirv.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/Support/SwapByteOrder.h>

#include <cstring>

namespace spirv
{

constexpr uint32_t magic = 0x07230203;
constexpr size_t header_words = 5;
constexpr uint32_t bound_limit = 0x400000;

static bool version_known(unsigned version)
{
    return llvm::any_of(spirv_version_list, [version](const cl_name_version &known) {
        return version == (CL_VERSION_MAJOR(known.version) << 16 | CL_VERSION_MINOR(known.version) << 8);
    });
}

static void header_read(Words &module)
{
    if (module.words.size() < header_words) throw Refusal{"the module ends in its header"};
    if (module.words[0] == llvm::byteswap(magic))
        for (uint32_t &word : module.words) word = llvm::byteswap(word);
    if (module.words[0] != magic) throw Refusal{"not a SPIR-V module: its first word is no magic number"};
    module.version = module.words[1];
    module.bound = module.words[3];
    if (!version_known(module.version))
        throw Refusal{"version " + std::to_string(module.version >> 16) + "." +
                      std::to_string(module.version >> 8 & 0xff) + " is none of " + spirv_versions};
    if (!module.bound || module.bound > bound_limit)
        throw Refusal{"a bound of " + std::to_string(module.bound) + " ids is not within 1 to 4194304"};
    if (module.words[4]) throw Refusal{"the header's reserved word is not 0"};
}

// ---- Long composites (SPV_INTEL_long_composites) ---------------------------------------------------------

static constexpr struct {
    unsigned opcode, continues;
} continuations[] = {{6090, 30}, {6091, 44}, {6092, 51}, {6096, 80}};

// What an instruction has only more operands for: 0 for most, which stand for themselves.
static unsigned continued_by(unsigned opcode)
{
    for (const auto &row : continuations)
        if (row.opcode == opcode) return row.continues;
    return 0;
}

static void operands_join(Words &module, const RawInstruction &more, unsigned opcode)
{
    if (module.instructions.empty() || module.instructions.back().opcode != opcode)
        throw Refusal{"word " + std::to_string(more.offset) + ": opcode " + std::to_string(more.opcode) +
                      " does not follow what it continues"};
    RawInstruction &begun = module.instructions.back();
    bool first = module.joined.empty() || begun.words.data() != module.joined.back().data();
    if (first) module.joined.emplace_back(begun.words.begin(), begun.words.end());
    std::vector<uint32_t> &whole = module.joined.back();
    whole.insert(whole.end(), more.words.begin(), more.words.end());
    begun.words = whole;
}

Words words_read(const void *data, size_t size)
{
    Words module;
    if (size % sizeof(uint32_t)) throw Refusal{"its size is not a multiple of 4 bytes"};
    module.words.resize(size / sizeof(uint32_t));
    if (size) memcpy(module.words.data(), data, size);
    header_read(module);
    llvm::ArrayRef<uint32_t> words(module.words);
    for (size_t at = header_words; at < words.size();) {
        size_t count = words[at] >> 16;
        if (!count || count > words.size() - at)
            throw Refusal{"word " + std::to_string(at) + ": an instruction of " + std::to_string(count) +
                          " words, where " + std::to_string(words.size() - at) + " are left"};
        RawInstruction instruction = {at, words[at] & 0xffff, words.slice(at + 1, count - 1)};
        if (unsigned opcode = continued_by(instruction.opcode))
            operands_join(module, instruction, opcode);
        else
            module.instructions.push_back(instruction);
        at += count;
    }
    return module;
}

std::string string_read(llvm::ArrayRef<uint32_t> words, size_t &first)
{
    std::string text;
    while (first < words.size()) {
        uint32_t word = words[first++];
        for (unsigned shift = 0; shift < 32; shift += 8) {
            char letter = (char)(word >> shift & 0xff);
            if (!letter) return text;
            text += letter;
        }
    }
    throw Refusal{"a string does not end within its instruction"};
}

} // namespace spirv
