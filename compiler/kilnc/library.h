// The device library: a file of pieces (compiler/libraries/pack.h), of which a program gets what it calls.
#pragma once

#include <llvm/ADT/ArrayRef.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/Error.h>

// Links what `module` refers to and the library defines into it, and all that this in turn refers to.
// Pieces of the layers ("wave32/"; "": those that belong to none) come in that order. `settings` name the
// pieces that define the library's constants (oclc_daz_opt_on, …).
llvm::Error library_link(llvm::Module &module, const char *path, llvm::ArrayRef<llvm::StringRef> layers,
                         llvm::ArrayRef<const char *> settings);
