// Where in a source instructions come from: OpLine, and with -g LLVM's line tables. Debug information changes
// no result: what of it is not understood is passed over.
//
// Source: SPIR-V 1.6, "Debug Instructions"; the extended instruction sets OpenCL.DebugInfo.100 and
// NonSemantic.Shader.DebugInfo.100.
#pragma once

#include <llvm/IR/DIBuilder.h>

#include <memory>
#include <set>
#include <unordered_map>

namespace spirv
{

class Reader;
struct Operation;
struct Function;

// A line of a file, whose name is an OpString. File 0: none is told.
struct SourceLine {
    uint32_t file = 0;
    unsigned line = 0, column = 0;
};

// What a debug instruction's result stands for, and how deep it is nested.
struct DebugNode {
    llvm::MDNode *node = nullptr;
    unsigned depth = 0;
};

class Lines
{
  public:
    Lines(Reader &reader, bool wanted);

    // OpLine and its like: what the next instructions of this block come from.
    void set(SourceLine told);
    void block_end();
    std::string text() const; // " (program.cl:12)", or nothing

    void function_begin();
    void function_end();
    void kernel_begin(const Function &function, llvm::Function &kernel);
    void kernel_end();
    void finish();

    // An instruction of a debug information set: its operands after set and number.
    void run(const Operation &operation, bool shader);

  private:
    using Handler = void (Lines::*)(const Operation &);
    struct Row;
    static const Row rows[];

    Reader &reader;
    std::unique_ptr<llvm::DIBuilder> builder; // NULL: no line tables are wanted
    llvm::DICompileUnit *unit = nullptr;
    bool shader = false; // numbers are constants' ids, not literals
    SourceLine current;
    uint32_t some_file = 0;
    bool searched = false; // for that
    std::unordered_map<uint32_t, DebugNode> nodes;
    std::unordered_map<uint32_t, uint32_t> sources;               // DebugSource's files
    std::unordered_map<uint32_t, llvm::DISubprogram *> described; // functions that a DebugFunction tells of
    std::set<llvm::DISubprogram *> attached;

    // ---- the current function ----
    llvm::DISubprogram *program = nullptr; // NULL: nothing tells where it comes from
    llvm::DILocalScope *scope = nullptr;
    llvm::DILocation *inlined = nullptr;

    uint32_t any_file();
    llvm::DIFile *file(uint32_t string);
    llvm::DIFile *file_of_source(uint32_t id);
    llvm::DISubprogram *program_make(llvm::StringRef name, llvm::StringRef linkage, llvm::DIFile *file,
                                     unsigned line);
    llvm::DISubprogram *program_find(const Function &function);
    SourceLine line_of(llvm::ArrayRef<uint32_t> words);
    void location_apply();
    void scope_set(llvm::DILocalScope *new_scope, llvm::DILocation *new_inlined);

    unsigned number(uint32_t word);
    llvm::StringRef text_of(uint32_t id);
    DebugNode node(uint32_t id) const;
    void note(const Operation &operation, llvm::MDNode *made, unsigned depth);

    void debug_source(const Operation &operation);
    void debug_function(const Operation &operation);
    void debug_block(const Operation &operation);
    void debug_discriminator(const Operation &operation);
    void debug_scope(const Operation &operation);
    void debug_no_scope(const Operation &operation);
    void debug_inlined_at(const Operation &operation);
    void debug_line(const Operation &operation);
    void debug_no_line(const Operation &operation);
};

} // namespace spirv
