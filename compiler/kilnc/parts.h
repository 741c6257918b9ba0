// A program compiled in parts, side by side. A part is some of its kernels and what they call; parts have
// nothing in common but constants, so each becomes an object of its own.
#pragma once

#include "codegen.h"

#include <llvm/ADT/StringSet.h>

using Parts = std::vector<llvm::StringSet<>>; // the kernels' names

// Empty where the program is small, or cannot be taken apart: one piece it is then.
Parts parts_plan(const llvm::Module &module, const bridge_program &program);

// Compiles the parts of `whole`'s module, each on a thread, to objects that are the program when linked.
// Diagnostics go to the whole's log, in the parts' order.
bool parts_run(Codegen &whole, const Parts &parts, std::vector<Bytes> &objects,
               std::vector<std::string> &undefined);
