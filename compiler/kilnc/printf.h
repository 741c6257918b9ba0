// What kilnc makes of printf before LLVM lowers it.
#pragma once

#include <llvm/IR/Module.h>

// Writes strings that a call of printf names as literals (all that OpenCL C allows for %s: 3.0, 6.15.14.2)
// into the call's format, formatted as their conversions ask, and NULL as "(null)": of those, LLVM 22 lays
// records out whose parts nobody can tell apart. So become conversions that OpenCL C does not know, as they
// stand, without their arguments: LLVM would find others in them. Backslashes, which LLVM takes for its own,
// become arguments. And keeps the digits of doubles that are constants.
void printf_arguments_prepare(llvm::Module &);
