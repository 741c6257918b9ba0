// OpenCL C to LLVM IR: clang as a library, files in memory.
#include "bridge.h"

#include "declarations.h"
#include "file_trace.h"

#include <clang/Basic/DiagnosticOptions.h>
#include <clang/CodeGen/CodeGenAction.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/CompilerInvocation.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <clang/Lex/PPCallbacks.h>
#include <clang/Lex/Preprocessor.h>
#include <llvm/Bitcode/BitcodeWriter.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/Path.h>
#include <llvm/Support/VirtualFileSystem.h>

namespace
{

using FileSystem = llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>;

std::string path_absolute(const bridge_source &source, llvm::StringRef name)
{
    llvm::SmallString<256> path(name);
    llvm::sys::path::make_absolute(source.directory, path);
    llvm::sys::path::remove_dots(path, /*remove_dot_dot=*/true);
    return std::string(path);
}

// The disk, and on top of it the program and its embedded headers as if they lay in the application's folder.
FileSystem files_overlay(const bridge_source &source, FileSystem disk)
{
    auto memory = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
    memory->addFile(
        path_absolute(source, source.name), 0,
        llvm::MemoryBuffer::getMemBufferCopy(llvm::StringRef(source.text, source.size), source.name));
    for (auto [path, text] : {std::pair(DECLARATIONS_PATH, declarations_text),
                              std::pair(INTEL_DECLARATIONS_PATH, intel_declarations_text)})
        memory->addFile(path, 0, llvm::MemoryBuffer::getMemBuffer(text, path));
    // Of two headers of a name the first counts: addFile refuses the second.
    for (size_t i = 0; i < source.header_count; i++) {
        const compiler_header &header = source.headers[i];
        memory->addFile(path_absolute(source, header.name), 0,
                        llvm::MemoryBuffer::getMemBufferCopy(header.text, header.name));
    }
    auto overlay = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(std::move(disk));
    overlay->pushOverlay(memory);
    // A folder that is gone holds no files to include.
    static_cast<void>(overlay->setCurrentWorkingDirectory(source.directory));
    return overlay;
}

// Notices macros whose value is the time: such a result is for now only.
class ClockWatch : public clang::PPCallbacks
{
  public:
    explicit ClockWatch(bool &seen) : seen(seen) {}

    void MacroExpands(const clang::Token &name, const clang::MacroDefinition &, clang::SourceRange,
                      const clang::MacroArgs *) override
    {
        llvm::StringRef text = name.getIdentifierInfo()->getName();
        seen |= text == "__DATE__" || text == "__TIME__" || text == "__TIMESTAMP__";
    }

  private:
    bool &seen;
};

bool names_sub_groups(const clang::IdentifierTable &identifiers)
{
    static const char *const beginnings[] = {"intel_sub_group_", "sub_group_", "get_sub_group_",
                                             "get_max_sub_group_size", "get_num_sub_groups"};
    for (const auto &identifier : identifiers)
        for (llvm::StringRef beginning : beginnings)
            if (identifier.getKey().starts_with(beginning)) return true;
    return false;
}

// What is learned of a program besides its module.
struct Traits {
    bool clock_seen = false;
    bool sub_groups_named = false; // asked only where there are errors
};

class GenerateAction : public clang::EmitLLVMOnlyAction
{
  public:
    GenerateAction(llvm::LLVMContext &context, Traits &traits) : EmitLLVMOnlyAction(&context), traits(traits)
    {
    }

  protected:
    bool BeginSourceFileAction(clang::CompilerInstance &compiler) override
    {
        compiler.getPreprocessor().addPPCallbacks(std::make_unique<ClockWatch>(traits.clock_seen));
        return EmitLLVMOnlyAction::BeginSourceFileAction(compiler);
    }

    void EndSourceFileAction() override
    {
        clang::CompilerInstance &compiler = getCompilerInstance();
        if (compiler.getDiagnostics().hasErrorOccurred())
            traits.sub_groups_named = names_sub_groups(compiler.getPreprocessor().getIdentifierTable());
        EmitLLVMOnlyAction::EndSourceFileAction();
    }

  private:
    Traits &traits;
};

std::unique_ptr<llvm::Module> module_generate(const bridge_source &source,
                                              std::vector<const char *> arguments, llvm::LLVMContext &context,
                                              llvm::raw_ostream &messages, Traits &traits)
{
    auto disk = llvm::makeIntrusiveRefCnt<FileTrace>(llvm::vfs::createPhysicalFileSystem(), source.resources,
                                                     source.directory);
    FileSystem files = files_overlay(source, disk);
    clang::DiagnosticOptions diagnostic_options;
    clang::TextDiagnosticPrinter printer(messages, diagnostic_options);
    auto diagnostics = clang::CompilerInstance::createDiagnostics(*files, diagnostic_options, &printer,
                                                                  /*ShouldOwnClient=*/false);

    arguments.push_back(source.name);
    auto invocation = std::make_shared<clang::CompilerInvocation>();
    if (!clang::CompilerInvocation::CreateFromArgs(*invocation, arguments, *diagnostics)) return nullptr;

    clang::CompilerInstance compiler(invocation);
    compiler.setVirtualFileSystem(files);
    compiler.createDiagnostics(new clang::TextDiagnosticPrinter(messages, compiler.getDiagnosticOpts()));
    compiler.createFileManager();
    compiler.setVerboseOutputStream(std::make_unique<llvm::raw_null_ostream>());
    GenerateAction action(context, traits);
    if (!compiler.ExecuteAction(action)) return nullptr;
    disk->tell(*source.evidence);
    return action.takeModule();
}

} // namespace

bool bridge_compile(const bridge_source *source, buffer *bitcode, buffer *log)
{
    std::string text;
    llvm::raw_string_ostream messages(text);
    llvm::LLVMContext context;
    std::vector<const char *> arguments(source->arguments, source->arguments + source->argument_count);
    Traits traits;
    auto module = module_generate(*source, arguments, context, messages, traits);
    if (!module && traits.sub_groups_named) {
        text.clear();
        arguments.insert(arguments.end(), {"-include", INTEL_DECLARATIONS_PATH});
        module = module_generate(*source, arguments, context, messages, traits);
    }
    source->evidence->fleeting |= traits.clock_seen;
    buffer_append(log, text.data(), text.size());
    if (!module) return false;

    llvm::SmallVector<char, 0> bytes;
    llvm::raw_svector_ostream stream(bytes);
    llvm::WriteBitcodeToFile(*module, stream);
    buffer_append(bitcode, bytes.data(), bytes.size());
    return !bitcode->failed;
}
