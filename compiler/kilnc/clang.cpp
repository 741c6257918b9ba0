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
    memory->addFile(DECLARATIONS_PATH, 0,
                    llvm::MemoryBuffer::getMemBuffer(declarations_text, DECLARATIONS_PATH));
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

class GenerateAction : public clang::EmitLLVMOnlyAction
{
  public:
    GenerateAction(llvm::LLVMContext &context, bool &clock_seen)
        : EmitLLVMOnlyAction(&context), clock_seen(clock_seen)
    {
    }

  protected:
    bool BeginSourceFileAction(clang::CompilerInstance &compiler) override
    {
        compiler.getPreprocessor().addPPCallbacks(std::make_unique<ClockWatch>(clock_seen));
        return EmitLLVMOnlyAction::BeginSourceFileAction(compiler);
    }

  private:
    bool &clock_seen;
};

std::unique_ptr<llvm::Module> module_generate(const bridge_source &source, llvm::LLVMContext &context,
                                              llvm::raw_ostream &messages)
{
    auto disk = llvm::makeIntrusiveRefCnt<FileTrace>(llvm::vfs::createPhysicalFileSystem(), source.resources,
                                                     source.directory);
    FileSystem files = files_overlay(source, disk);
    clang::DiagnosticOptions diagnostic_options;
    auto diagnostics = clang::CompilerInstance::createDiagnostics(
        *files, diagnostic_options, new clang::TextDiagnosticPrinter(messages, diagnostic_options));

    std::vector<const char *> arguments(source.arguments, source.arguments + source.argument_count);
    arguments.push_back(source.name);
    auto invocation = std::make_shared<clang::CompilerInvocation>();
    if (!clang::CompilerInvocation::CreateFromArgs(*invocation, arguments, *diagnostics)) return nullptr;

    clang::CompilerInstance compiler(invocation);
    compiler.setVirtualFileSystem(files);
    compiler.createDiagnostics(new clang::TextDiagnosticPrinter(messages, compiler.getDiagnosticOpts()));
    compiler.createFileManager();
    compiler.setVerboseOutputStream(std::make_unique<llvm::raw_null_ostream>());
    GenerateAction action(context, source.evidence->fleeting);
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
    auto module = module_generate(*source, context, messages);
    buffer_append(log, text.data(), text.size());
    if (!module) return false;

    llvm::SmallVector<char, 0> bytes;
    llvm::raw_svector_ostream stream(bytes);
    llvm::WriteBitcodeToFile(*module, stream);
    buffer_append(bitcode, bytes.data(), bytes.size());
    return !bitcode->failed;
}
