// An LLVM module to an AMDGPU object.
#pragma once

#include "bridge.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>
#include <string>
#include <vector>

using Bytes = llvm::SmallVector<char, 0>;

struct Codegen {
    const bridge_program &program;
    buffer *log;
    bool failed = false; // a diagnostic was an error
    llvm::LLVMContext context;
    std::unique_ptr<llvm::Module> module;
    std::unique_ptr<llvm::TargetMachine> machine;
    std::vector<std::string> undefined; // what neither the program nor the libraries define

    Codegen(const bridge_program &program, buffer *log); // the program outlives it
    ~Codegen();

    bool error(const llvm::Twine &message);
    bool machine_create();
    // Optimises the module and writes what the program's output is to be. Only kernels stay visible.
    bool run(Bytes &out);
    // Removes what no kernel reaches, and returns whether all that is left is defined.
    bool prune();

  private:
    void passes_run(bool whole);
    void optimise();
    std::vector<std::string> undefined_names() const;
    bool emit(Bytes &out);
};
