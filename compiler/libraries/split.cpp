// Run when Kiln is built: writes the device libraries in pieces (pack.h).
// Usage: split PACK [--whole FILE…] [--joined LAYER FILE…]…: a whole file becomes a piece by its own name
// (there are several that define one and the same constant); the files of a layer are joined, then split, and
// its name is put before the pieces' keys.
#include "pack.h"

#include <llvm/ADT/MapVector.h>
#include <llvm/Bitcode/BitcodeWriter.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/IRReader/IRReader.h>
#include <llvm/Linker/Linker.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/Path.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include <cstdlib>
#include <map>

namespace
{

using Pieces = std::map<std::string, std::string>; // bitcode by key

[[noreturn]] void stop(const llvm::Twine &what)
{
    llvm::errs() << "split: " << what << "\n";
    exit(1);
}

// What only says how the libraries were compiled would pile up in programs.
void named_metadata_drop(llvm::Module &module)
{
    while (!module.named_metadata_empty()) module.eraseNamedMetadata(&*module.named_metadata_begin());
}

std::unique_ptr<llvm::Module> library_read(llvm::StringRef path, llvm::LLVMContext &context)
{
    llvm::SMDiagnostic problem;
    auto module = llvm::parseIRFile(path, problem, context);
    if (!module) stop(path + ": " + problem.getMessage());
    named_metadata_drop(*module);
    return module;
}

std::string bitcode_of(const llvm::Module &module)
{
    llvm::SmallVector<char, 0> bytes;
    llvm::raw_svector_ostream stream(bytes);
    llvm::WriteBitcodeToFile(module, stream);
    bytes.resize(llvm::alignTo(bytes.size(), 4));
    return std::string(bytes.begin(), bytes.end());
}

// An alias and its function cannot be in different pieces: each becomes a copy of the function.
void aliases_replace(llvm::Module &module)
{
    for (llvm::GlobalAlias &alias : llvm::make_early_inc_range(module.aliases())) {
        auto *function = llvm::dyn_cast<llvm::Function>(alias.getAliasee()->stripPointerCasts());
        if (!function) stop(alias.getName() + ": an alias of no function");
        llvm::ValueToValueMapTy map;
        llvm::Function *copy = llvm::CloneFunction(function, map);
        copy->setLinkage(alias.getLinkage());
        copy->setVisibility(alias.getVisibility());
        copy->takeName(&alias);
        alias.replaceAllUsesWith(copy);
        alias.eraseFromParent();
        if (function->hasLocalLinkage() && function->use_empty()) function->eraseFromParent();
    }
}

// What was local to a library is to be found from other pieces, under a name that nobody else has.
void locals_publish(llvm::Module &module, const std::string &layer)
{
    unsigned count = 0;
    for (llvm::GlobalValue &value : module.global_values()) {
        if (!value.hasLocalLinkage()) continue;
        value.setName("__kiln_library_" + layer + llvm::Twine(count++));
        value.setLinkage(llvm::GlobalValue::ExternalLinkage);
        value.setVisibility(llvm::GlobalValue::HiddenVisibility);
    }
}

void unused_drop(llvm::Module &module)
{
    for (llvm::GlobalVariable &value : llvm::make_early_inc_range(module.globals()))
        if (value.isDeclaration() && value.use_empty()) value.eraseFromParent();
    for (llvm::Function &function : llvm::make_early_inc_range(module.functions()))
        if (function.isDeclaration() && function.use_empty()) function.eraseFromParent();
}

// Halves the keys until one is left: each step copies what it keeps only.
void module_split(const llvm::Module &module, const std::string &layer, llvm::ArrayRef<std::string> keys,
                  Pieces &pieces)
{
    if (keys.size() == 1) {
        if (llvm::verifyModule(module, &llvm::errs())) stop(keys[0] + ": not a module of its own");
        pieces[layer + keys[0]] = bitcode_of(module);
        return;
    }
    for (auto half : {keys.take_front(keys.size() / 2), keys.drop_front(keys.size() / 2)}) {
        llvm::ValueToValueMapTy map;
        auto part = llvm::CloneModule(module, map, [&](const llvm::GlobalValue *value) {
            std::string key = pack_key(value->getName()).str();
            return half.front() <= key && key <= half.back();
        });
        unused_drop(*part);
        module_split(*part, layer, half, pieces);
    }
}

std::vector<std::string> keys_of(const llvm::Module &module)
{
    std::vector<std::string> keys;
    for (const llvm::GlobalValue &value : module.global_values())
        if (!value.isDeclaration()) keys.push_back(pack_key(value.getName()).str());
    llvm::sort(keys);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

void pack_write(const char *path, const Pieces &pieces)
{
    std::error_code error;
    llvm::raw_fd_ostream out(path, error, llvm::sys::fs::OF_None);
    if (error) stop(llvm::Twine(path) + ": " + error.message());
    pack_header header = {{}, (uint32_t)pieces.size(), 0};
    std::copy(std::begin(pack_magic), std::end(pack_magic), header.magic);
    out.write((const char *)&header, sizeof header);

    uint32_t bitcode = sizeof header + header.piece_count * sizeof(pack_piece), key = bitcode;
    for (auto &[name, bytes] : pieces) key += bytes.size();
    for (auto &[name, bytes] : pieces) {
        pack_piece piece = {key, (uint32_t)name.size(), bitcode, (uint32_t)bytes.size()};
        out.write((const char *)&piece, sizeof piece);
        key += name.size();
        bitcode += bytes.size();
    }
    for (auto &[name, bytes] : pieces) out << bytes;
    for (auto &[name, bytes] : pieces) out << name;
    out.close();
    if (out.has_error()) stop(llvm::Twine(path) + ": " + out.error().message());
}

using Files = llvm::ArrayRef<const char *>;

void whole_add(Files files, llvm::LLVMContext &context, Pieces &pieces)
{
    for (const char *file : files)
        pieces[llvm::sys::path::stem(file).str()] = bitcode_of(*library_read(file, context));
}

void layer_add(const std::string &layer, Files files, llvm::LLVMContext &context, Pieces &pieces)
{
    if (files.empty()) stop("a layer of no files: " + layer);
    auto joined = library_read(files.front(), context);
    for (const char *file : files.drop_front())
        if (llvm::Linker::linkModules(*joined, library_read(file, context)))
            stop(llvm::Twine(file) + " does not link");
    aliases_replace(*joined);
    locals_publish(*joined, layer);
    module_split(*joined, layer, keys_of(*joined), pieces);
}

} // namespace

int main(int count, char **arguments)
{
    if (count < 3) stop("usage: split PACK [--whole FILE…] [--joined LAYER FILE…]…");
    llvm::LLVMContext context;
    Pieces pieces;
    for (Files rest(arguments + 2, arguments + count); !rest.empty();) {
        llvm::StringRef kind = rest.front();
        Files files = rest.drop_front().take_until(
            [](const char *word) { return llvm::StringRef(word).starts_with("--"); });
        rest = rest.drop_front(1 + files.size());
        if (kind == "--whole")
            whole_add(files, context, pieces);
        else if (kind == "--joined" && !files.empty())
            layer_add(files.front(), files.drop_front(), context, pieces);
        else
            stop("what is " + kind + "?");
    }
    pack_write(arguments[1], pieces);
}
