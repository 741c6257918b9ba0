// The semantics' bitcode: the module that a translation is built in.
#pragma once

#include <llvm/IR/Module.h>

#include <memory>
#include <string>

struct Semantics {
    std::unique_ptr<llvm::Module> module;

    // Returns false with `error` filled where the file is not there or is no bitcode.
    bool open(const char *path, llvm::LLVMContext &context, std::string &error);
    // A function of it, to be inlined where it is called.
    llvm::Function *inlined(llvm::StringRef name);
    // Gives `function` the semantics' CPU and features.
    void attributes_copy(llvm::Function &function);
    // Removes what is not referred to.
    void prune();

  private:
    llvm::Function *take(llvm::StringRef name);
    void take_called(llvm::Function &function);
};
