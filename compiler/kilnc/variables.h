// Variables of a program's scope that the application knows by name.
#pragma once

#include <llvm/IR/Module.h>

// They stay in the code object, under their own names, and optimising takes them to be read and written by
// others: all that other programs could link with and kernels can write.
void variables_publish(llvm::Module &module);

bool variable_is_published(const llvm::GlobalValue &value);
