// What atomic operations are told of the memory that they work on.
#pragma once

#include <llvm/IR/Module.h>

// PCI Express knows of atomic operations only add, exchange, and compare and exchange, so that memory of the
// host which the device does not cache cannot do others. LLVM makes those loops that compare and exchange,
// except where it is told that no such memory is meant. That is so up to the scope of the device: atomics
// across devices and the host keep the loop.
void atomics_mark(llvm::Module &);
