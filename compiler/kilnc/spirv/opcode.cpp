// The table of opcodes.
#include "opcode.h"

#include <llvm/ADT/FloatingPointMode.h>
#include <llvm/IR/Intrinsics.h>

#include <algorithm>
#include <iterator>

namespace spirv
{

using llvm::AtomicRMWInst;
using llvm::CmpInst;
using llvm::Instruction;

static constexpr Opcode opcodes[] = {
#define OPCODE(number, name, place, operands, handler, code, text)                                           \
    {number, #name, place, operands, handler, (unsigned)(code), text},
#include "opcodes.def"
#undef OPCODE
};

const Opcode *opcode_find(unsigned number)
{
    const Opcode *found =
        std::lower_bound(std::begin(opcodes), std::end(opcodes), number,
                         [](const Opcode &opcode, unsigned wanted) { return opcode.number < wanted; });
    return found != std::end(opcodes) && found->number == number ? found : nullptr;
}

} // namespace spirv
