// The table of opcodes: opcodes.def, a line an opcode.
#pragma once

#include "reader.h"

#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Instructions.h>

namespace spirv
{

// Where an instruction may stand.
enum Place {
    ANYWHERE,
    MODULE,   // outside of functions
    FUNCTION, // what functions and blocks are made of
    BLOCK,    // in a block
    PURE,     // in a block, or as an OpSpecConstantOp
};

using Handler = void (*)(Reader &, const Operation &);

// `operands`: T result type, R result, then a letter each: v a value's id, t a type's, i any id, n a literal;
// "?" what follows may be missing (all of it), "*" what follows comes any number of times. `code` is for the
// handler: LLVM's opcode, predicate or the like; `text` a name.
struct Opcode {
    unsigned number;
    const char *name;
    Place place;
    const char *operands;
    Handler handler;
    unsigned code;
    const char *text;
};

// The handlers. Each is where its kind of opcodes is: types.cpp, memory.cpp, …
#define OPCODE(number, name, place, operands, handler, code, text) void handler(Reader &, const Operation &);
#include "opcodes.def"
#undef OPCODE

const Opcode *opcode_find(unsigned number);

} // namespace spirv
