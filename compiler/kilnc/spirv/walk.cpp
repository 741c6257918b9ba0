// The walk over a module's instructions, and errors with their place.
#include "lines.h"
#include "opcode.h"

#include <llvm/Bitcode/BitcodeWriter.h>
#include <llvm/IR/Verifier.h>

namespace spirv
{

// ---- Instructions ---------------------------------------------------------------------------------------

static void place_check(const Reader &reader, const Opcode &row)
{
    bool in_block = reader.build.GetInsertBlock();
    switch (row.place) {
    case ANYWHERE:
    case FUNCTION:
        return;
    case MODULE:
        return require(!reader.function, "this cannot be inside of a function");
    case BLOCK:
    case PURE:
        return require(in_block, "this can only be in a block");
    }
}

// Checks words against the letters of the table, so that handlers find what they ask for.
static void operands_check(Reader &reader, llvm::StringRef letters, llvm::ArrayRef<uint32_t> words)
{
    size_t at = 0;
    bool optional = false, repeated = false;
    for (char letter : letters) {
        optional |= letter == '?';
        repeated |= letter == '*';
        if (letter == '?' || letter == '*') continue;
        if (at == words.size() && (optional || repeated)) return;
        do {
            require(at < words.size(), "it has too few operands");
            if (letter == 'v') reader.value(words[at]);
            if (letter == 't') reader.type(words[at]);
            if (letter == 'i') reader.id(words[at]);
            at++;
        } while (repeated && at < words.size());
    }
    require(at == words.size(), "it has too many operands");
}

void Reader::apply(const Operation &operation, llvm::StringRef operands)
{
    operands_check(*this, operands, operation.words);
    operation.row->handler(*this, operation);
}

void Reader::run_instruction(const RawInstruction &instruction)
{
    const Opcode *row = opcode_find(instruction.opcode);
    if (!row) throw Refusal{"the opcode is not supported"};
    place_check(*this, *row);
    Operation operation = {row, instruction.offset, nullptr, 0, instruction.words};
    llvm::StringRef letters(row->operands);
    if (letters.consume_front("T")) {
        require(!operation.words.empty(), "it has too few operands");
        operation.type = type(operation.words[0]);
        operation.words = operation.words.drop_front();
    }
    if (letters.consume_front("R")) {
        require(!operation.words.empty(), "it has too few operands");
        operation.result = operation.words[0];
        id(operation.result);
        operation.words = operation.words.drop_front();
    }
    bool in_block = build.GetInsertBlock();
    apply(operation, letters);
    if (in_block && !build.GetInsertBlock()) lines->block_end();
}

void Reader::run()
{
    for (const RawInstruction &instruction : words.instructions) {
        try {
            if (instruction.opcode == 54 && functions.empty()) functions_declare(*this);
            run_instruction(instruction);
        } catch (const Refusal &refusal) {
            const Opcode *row = opcode_find(instruction.opcode);
            std::string name = row ? "Op" + std::string(row->name) : "opcode";
            throw Refusal{"word " + std::to_string(instruction.offset) + ": " + name + " (" +
                          std::to_string(instruction.opcode) + "): " + refusal.reason + lines->text()};
        }
    }
    if (function) throw Refusal{"the module ends within a function"};
    entry_points_make(*this);
    host_access_apply(*this);
    lines->finish();
}

// ---- What has no other place ----------------------------------------------------------------------------

void ignore(Reader &, const Operation &) {}

void unsupported(Reader &, const Operation &) { throw Refusal{"this is not supported"}; }

void note(Reader &reader, const Operation &operation) { reader.define(operation.result, Id::NOTE); }

void undef(Reader &reader, const Operation &operation)
{
    require(first_class(operation.type), "no value can be of this type");
    reader.define(operation, llvm::UndefValue::get(operation.type->llvm));
}

void copy(Reader &reader, const Operation &operation)
{
    reader.define(operation, reader.value(operation.words[0]).llvm);
}

} // namespace spirv

// ---- The bridge -----------------------------------------------------------------------------------------

static void module_prepare(llvm::Module &module)
{
    llvm::Triple triple("amdgcn-amd-amdhsa");
    module.setTargetTriple(triple);
    module.setDataLayout(triple.computeDataLayout());
    module.addModuleFlag(llvm::Module::Error, "amdhsa_code_object_version", 500);
    module.addModuleFlag(llvm::Module::Error, "wchar_size", 4);
    module.addModuleFlag(llvm::Module::Max, "PIC Level", 2);
}

static bool refuse(buffer *log, const bridge_spirv_module &source, const std::string &reason)
{
    buffer_printf(log, "%s: error: SPIR-V: %s\n", source.name, reason.c_str());
    return false;
}

bool bridge_spirv(const bridge_spirv_module *source, buffer *bitcode, buffer *log)
{
    llvm::LLVMContext context;
    llvm::Module module(source->name, context);
    module_prepare(module);
    try {
        spirv::Reader reader(*source, module, spirv::words_read(source->words, source->size));
        spirv::Lines lines(reader, source->debug);
        reader.lines = &lines;
        reader.run();
    } catch (const spirv::Refusal &refusal) {
        return refuse(log, *source, refusal.reason);
    }
    std::string problem;
    llvm::raw_string_ostream stream(problem);
    if (llvm::verifyModule(module, &stream)) return refuse(log, *source, "not valid: " + problem);
    llvm::SmallVector<char, 0> bytes;
    llvm::raw_svector_ostream out(bytes);
    llvm::WriteBitcodeToFile(module, out);
    buffer_append(bitcode, bytes.data(), bytes.size());
    return !bitcode->failed;
}
