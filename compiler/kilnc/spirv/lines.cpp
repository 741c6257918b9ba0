#include "lines.h"

#include "opcode.h"

#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/IR/DebugInfoMetadata.h>

#include <algorithm>

namespace spirv
{

enum { OP_LINE = 8, OP_EXT_INST = 12, OP_FUNCTION_END = 56 };
enum { DEBUG_FUNCTION_DEFINITION = 101, DEBUG_LINE = 103 };
constexpr unsigned depth_limit = 256; // of scopes within one another: LLVM walks them by recursion

// ---- Files and functions --------------------------------------------------------------------------------

Lines::Lines(Reader &reader, bool wanted) : reader(reader)
{
    if (!wanted) return;
    builder = std::make_unique<llvm::DIBuilder>(reader.module);
    reader.module.addModuleFlag(llvm::Module::Max, "Dwarf Version", 5);
    reader.module.addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
}

// The text of an OpString; "" where the id is none.
llvm::StringRef Lines::text_of(uint32_t id)
{
    const Id &entry = reader.id(id);
    return entry.what == Id::STRING ? llvm::StringRef(reader.strings[entry.number]) : llvm::StringRef();
}

std::string Lines::text() const
{
    if (!current.file) return "";
    return " (" + reader.strings[reader.id(current.file).number] + ":" + std::to_string(current.line) + ")";
}

llvm::DIFile *Lines::file(uint32_t string)
{
    some_file = string;
    llvm::DIFile *made = builder->createFile(text_of(string), "");
    if (!unit)
        unit = builder->createCompileUnit(llvm::DISourceLanguageName(llvm::dwarf::DW_LANG_OpenCL), made,
                                          "kilnc", /*isOptimized=*/true, "", 0);
    return made;
}

llvm::DIFile *Lines::file_of_source(uint32_t id)
{
    auto found = sources.find(id);
    return found == sources.end() ? nullptr : file(found->second);
}

llvm::DISubprogram *Lines::program_make(llvm::StringRef name, llvm::StringRef linkage, llvm::DIFile *file,
                                        unsigned line)
{
    llvm::DISubroutineType *type = builder->createSubroutineType(builder->getOrCreateTypeArray({}));
    return builder->createFunction(file, name, linkage, file, line, type, line, llvm::DINode::FlagZero,
                                   llvm::DISubprogram::SPFlagDefinition);
}

SourceLine Lines::line_of(llvm::ArrayRef<uint32_t> words)
{
    bool told = words.size() == 3 && reader.id(words[0]).what == Id::STRING;
    return told ? SourceLine{words[0], words[1], words[2]} : SourceLine{};
}

// A file that anything of the module is from: functions without lines must be somewhere for those that are
// inlined into them to keep theirs. 0: there is none.
uint32_t Lines::any_file()
{
    if (unit || searched) return some_file;
    searched = true;
    for (const RawInstruction &instruction : reader.words.instructions)
        if (instruction.opcode == OP_LINE && !some_file) some_file = line_of(instruction.words).file;
    return some_file;
}

// What a module tells of a function: a DebugFunction that names it or is named in its body, or the line that
// stands before it or is its first.
llvm::DISubprogram *Lines::program_find(const Function &function)
{
    auto found = described.find(function.id);
    llvm::DISubprogram *told = found == described.end() ? nullptr : found->second;
    SourceLine first = current;
    const auto &all = reader.words.instructions;
    auto next = std::upper_bound(all.begin(), all.end(), function.offset,
                                 [](size_t offset, const RawInstruction &i) { return offset < i.offset; });
    for (; next != all.end() && next->opcode != OP_FUNCTION_END; ++next) {
        if (next->opcode == OP_LINE && !first.file) first = line_of(next->words);
        if (next->opcode != OP_EXT_INST || next->words.size() < 6) continue;
        const Id &set = reader.id(next->words[2]);
        if (set.what != Id::SET || set.number != SET_DEBUG_SHADER) continue;
        if (next->words[3] == DEBUG_FUNCTION_DEFINITION && next->words.size() == 6 &&
            next->words[5] == function.id)
            told = llvm::dyn_cast_or_null<llvm::DISubprogram>(node(next->words[4]).node);
        auto source = sources.find(next->words[4]);
        if (next->words[3] == DEBUG_LINE && !first.file && source != sources.end()) {
            shader = true;
            first = {source->second, number(next->words[5])};
        }
    }
    if (told && attached.insert(told).second) return told;
    if (!first.file) first.file = any_file();
    if (!first.file) return nullptr;
    llvm::StringRef name = reader.name(function.id);
    for (const EntryPoint &entry : reader.entry_points)
        if (entry.function == function.id) name = entry.name;
    if (name.empty()) name = function.body->getName();
    return program_make(name, "", file(first.file), first.line);
}

void Lines::function_begin()
{
    program = builder ? program_find(*reader.function) : nullptr;
    reader.function->body->setSubprogram(program);
    current = {};
    scope_set(program, nullptr);
    llvm::DebugLoc start;
    if (program) start = llvm::DILocation::get(reader.context, program->getLine(), 0, program);
    reader.prologue.SetCurrentDebugLocation(start);
}

void Lines::function_end()
{
    program = nullptr;
    location_apply();
}

// A kernel is a function of its own, which the entry point's is inlined into: it has its name and place.
void Lines::kernel_begin(const Function &function, llvm::Function &kernel)
{
    llvm::DISubprogram *body = function.body->getSubprogram();
    if (!body) return kernel_end();
    llvm::DISubprogram *own = program_make(kernel.getName(), "", body->getFile(), body->getLine());
    kernel.setSubprogram(own);
    reader.build.SetCurrentDebugLocation(llvm::DILocation::get(reader.context, body->getLine(), 0, own));
}

void Lines::kernel_end() { reader.build.SetCurrentDebugLocation(llvm::DebugLoc()); }

void Lines::finish()
{
    if (builder) builder->finalize();
}

// ---- Lines ----------------------------------------------------------------------------------------------

void Lines::location_apply()
{
    llvm::DebugLoc location;
    if (program) {
        llvm::DILocalScope *within = scope;
        llvm::DIFile *of = current.file ? file(current.file) : scope->getFile();
        if (of != scope->getFile()) within = builder->createLexicalBlockFile(scope, of);
        location = llvm::DILocation::get(reader.context, current.line, current.column, within, inlined);
    }
    reader.build.SetCurrentDebugLocation(location);
}

void Lines::set(SourceLine told)
{
    current = told;
    location_apply();
}

// A scope must lead to the function where it is used, or LLVM takes the module for a damaged one.
void Lines::scope_set(llvm::DILocalScope *told, llvm::DILocation *at)
{
    llvm::DILocalScope *outermost = told;
    for (llvm::DILocation *call = at; call; call = call->getInlinedAt()) outermost = call->getScope();
    bool ours = told && outermost->getSubprogram() == program;
    scope = ours ? told : program;
    inlined = ours ? at : nullptr;
    location_apply();
}

void Lines::block_end()
{
    current = {};
    scope_set(program, nullptr);
}

void line(Reader &reader, const Operation &operation)
{
    require(reader.id(operation.words[0]).what == Id::STRING, "the file's name is not a string");
    reader.lines->set({operation.words[0], operation.words[1], operation.words[2]});
}

void no_line(Reader &reader, const Operation &) { reader.lines->set({}); }

// ---- Debug information ----------------------------------------------------------------------------------

struct Lines::Row {
    unsigned number;
    size_t operands; // at least
    Handler handler;
};

const Lines::Row Lines::rows[] = {
    {20, 9, &Lines::debug_function},      {21, 4, &Lines::debug_block},
    {22, 3, &Lines::debug_discriminator}, {23, 1, &Lines::debug_scope},
    {24, 0, &Lines::debug_no_scope},      {25, 2, &Lines::debug_inlined_at},
    {35, 1, &Lines::debug_source},        {DEBUG_LINE, 5, &Lines::debug_line},
    {104, 0, &Lines::debug_no_line},
};

void Lines::run(const Operation &operation, bool from_shader)
{
    shader = from_shader;
    if (!builder) return;
    Operation inner = operation;
    inner.words = operation.words.drop_front(2);
    for (const Row &row : rows)
        if (row.number == operation.words[1] && inner.words.size() >= row.operands)
            (this->*row.handler)(inner);
}

unsigned Lines::number(uint32_t word)
{
    if (!shader) return word;
    auto *constant = llvm::dyn_cast_or_null<llvm::ConstantInt>(reader.id(word).value);
    return constant ? (unsigned)constant->getValue().getLimitedValue(UINT32_MAX) : 0;
}

DebugNode Lines::node(uint32_t id) const
{
    auto found = nodes.find(id);
    return found == nodes.end() ? DebugNode() : found->second;
}

void Lines::note(const Operation &operation, llvm::MDNode *made, unsigned depth)
{
    nodes[operation.result] = {made, depth};
}

void Lines::debug_source(const Operation &operation)
{
    if (reader.id(operation.words[0]).what == Id::STRING) sources[operation.result] = operation.words[0];
}

// Name, type, source, line, column, parent, linkage name, flags, line of the scope; OpenCL's: the function.
void Lines::debug_function(const Operation &operation)
{
    llvm::ArrayRef<uint32_t> words = operation.words;
    llvm::DIFile *source = file_of_source(words[2]);
    if (!source) return;
    llvm::DISubprogram *made = program_make(text_of(words[0]), text_of(words[6]), source, number(words[3]));
    note(operation, made, 1);
    if (!shader && words.size() > 9) described.emplace(words[9], made);
}

// Source, line, column, parent.
void Lines::debug_block(const Operation &operation)
{
    llvm::DIFile *source = file_of_source(operation.words[0]);
    DebugNode parent = node(operation.words[3]);
    auto *outer = llvm::dyn_cast_or_null<llvm::DILocalScope>(parent.node);
    if (!source || !outer || parent.depth >= depth_limit) return;
    note(operation,
         builder->createLexicalBlock(outer, source, number(operation.words[1]), number(operation.words[2])),
         parent.depth + 1);
}

// Source, number, parent: which of a line's several blocks it is, of which line tables make nothing.
void Lines::debug_discriminator(const Operation &operation)
{
    DebugNode parent = node(operation.words[2]);
    note(operation, parent.node, parent.depth);
}

// Scope, and where it was inlined.
void Lines::debug_scope(const Operation &operation)
{
    auto *told = llvm::dyn_cast_or_null<llvm::DILocalScope>(node(operation.words[0]).node);
    bool called = operation.words.size() > 1;
    auto *at = called ? llvm::dyn_cast_or_null<llvm::DILocation>(node(operation.words[1]).node) : nullptr;
    if (program) scope_set(called && !at ? nullptr : told, at);
}

void Lines::debug_no_scope(const Operation &) { scope_set(program, nullptr); }

// Line, scope, and where that was inlined.
void Lines::debug_inlined_at(const Operation &operation)
{
    DebugNode within = node(operation.words[1]), outer;
    auto *local = llvm::dyn_cast_or_null<llvm::DILocalScope>(within.node);
    bool nested = operation.words.size() > 2;
    if (nested) outer = node(operation.words[2]);
    auto *at = llvm::dyn_cast_or_null<llvm::DILocation>(outer.node);
    if (!local || (nested && !at) || outer.depth >= depth_limit) return;
    note(operation, llvm::DILocation::getDistinct(reader.context, number(operation.words[0]), 0, local, at),
         outer.depth + 1);
}

// Source, first and last line, first and last column.
void Lines::debug_line(const Operation &operation)
{
    auto source = sources.find(operation.words[0]);
    if (source != sources.end())
        set({source->second, number(operation.words[1]), number(operation.words[3])});
}

void Lines::debug_no_line(const Operation &) { set({}); }

} // namespace spirv
