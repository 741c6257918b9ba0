// lld, as a library.
#pragma once

#include "codegen.h"

#include <llvm/ADT/ArrayRef.h>

// Relocatable objects to one shared one, which is what ROCr loads.
bool lld_link(llvm::ArrayRef<Bytes> objects, buffer *out, buffer *log);
