// Objects of a program's scope whose constructors run on the device: C++ for OpenCL.
#pragma once

#include <llvm/IR/Module.h>

// What clang makes to initialise them becomes kernels that the application launches, as clang's manual has it
// ("C++ for OpenCL", "Constructing and destroying global objects"): _GLOBAL__sub_I_program.cl.
void constructors_publish(llvm::Module &module);
