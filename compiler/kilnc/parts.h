// A program compiled in parts, side by side. A part is some of its kernels and what they call; parts have
// nothing in common but constants, so each becomes an object of its own.
#pragma once

#include "codegen.h"

#include <string>
#include <vector>

using Parts = std::vector<std::vector<std::string>>; // the kernels' names

// Empty where the program is small, or cannot be taken apart: one piece it is then. More parts where they are
// to be streamed, as long as the code that several of them call is not compiled too often.
Parts parts_plan(const llvm::Module &module, const bridge_program &program, const bridge_stream *stream);

// Compiles the parts of `whole`'s module on threads, to objects that are the program when linked. With a
// stream, also gives it each as it is done, those first that are asked for; nothing in the module is
// undefined then. Diagnostics go to the whole's log, in the parts' order.
bool parts_run(Codegen &whole, const Parts &parts, const bridge_stream *stream, std::vector<Bytes> &objects,
               std::vector<std::string> &undefined);
