#include "library.h"

#include "compiler/libraries/pack.h"

#include <llvm/ADT/StringSet.h>
#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/Linker/Linker.h>
#include <llvm/Support/MemoryBuffer.h>

#include <algorithm>
#include <cstring>

namespace
{

llvm::Error failure(const llvm::Twine &what)
{
    return llvm::createStringError(llvm::inconvertibleErrorCode(), what);
}

// The file, mapped. It is Kiln's own: offsets in it are trusted.
class Pack
{
    std::unique_ptr<llvm::MemoryBuffer> file;
    llvm::ArrayRef<pack_piece> pieces;

    llvm::StringRef key_of(const pack_piece &piece) const
    {
        return {file->getBufferStart() + piece.key, piece.key_size};
    }

  public:
    llvm::Error open(const char *path)
    {
        if (file) return llvm::Error::success();
        auto read = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
        if (!read) return failure(llvm::Twine(path) + ": " + read.getError().message());
        auto *header = (const pack_header *)(*read)->getBufferStart();
        if ((*read)->getBufferSize() < sizeof *header ||
            memcmp(header->magic, pack_magic, sizeof pack_magic) != 0)
            return failure(llvm::Twine(path) + ": not this version's device library");
        pieces = {(const pack_piece *)(header + 1), header->piece_count};
        file = std::move(*read);
        return llvm::Error::success();
    }

    // An empty buffer where there is no such piece.
    llvm::MemoryBufferRef find(llvm::StringRef key) const
    {
        auto piece = std::lower_bound(
            pieces.begin(), pieces.end(), key,
            [&](const pack_piece &candidate, llvm::StringRef wanted) { return key_of(candidate) < wanted; });
        if (piece == pieces.end() || key_of(*piece) != key) return {};
        return {{file->getBufferStart() + piece->bitcode, piece->bitcode_size}, key_of(*piece)};
    }
};

// What is still undefined is looked up round by round, each name once.
class Linking
{
    llvm::Module &module;
    const Pack &pack;
    llvm::ArrayRef<llvm::StringRef> layers;
    llvm::Linker linker;
    llvm::StringSet<> tried;

    llvm::Error piece_link(llvm::MemoryBufferRef bitcode)
    {
        auto piece = llvm::getLazyBitcodeModule(bitcode, module.getContext());
        if (!piece) return piece.takeError();
        (*piece)->setDataLayout(module.getDataLayout());
        (*piece)->setTargetTriple(module.getTargetTriple());
        if (linker.linkInModule(std::move(*piece), llvm::Linker::LinkOnlyNeeded))
            return failure("device library: " + bitcode.getBufferIdentifier());
        return llvm::Error::success();
    }

    // Of two definitions of a function the one that is linked first stays.
    std::vector<llvm::MemoryBufferRef> wanted()
    {
        std::vector<llvm::MemoryBufferRef> found;
        llvm::StringSet<> keys;
        for (const llvm::GlobalValue &value : module.global_values()) {
            llvm::StringRef name = value.getName();
            if (!value.isDeclaration() || name.starts_with("llvm.") || !tried.insert(name).second) continue;
            std::string key = pack_key(name).str();
            if (!keys.insert(key).second) continue;
            for (llvm::StringRef layer : layers)
                if (auto piece = pack.find((layer + key).str()); piece.getBufferSize())
                    found.push_back(piece);
        }
        return found;
    }

    // The library's functions ask how they are to behave, by variables; most programs have few that do.
    // Setting oclc_daz_opt_on defines __oclc_daz_opt.
    bool asks_for(llvm::StringRef setting) const
    {
        return llvm::any_of(module.globals(), [&](const llvm::GlobalVariable &variable) {
            llvm::StringRef name = variable.getName();
            return variable.isDeclaration() && name.consume_front("__") &&
                   name.starts_with_insensitive(setting.rsplit('_').first);
        });
    }

  public:
    Linking(llvm::Module &module, const Pack &pack, llvm::ArrayRef<llvm::StringRef> layers)
        : module(module), pack(pack), layers(layers), linker(module)
    {
    }

    llvm::Error run(llvm::ArrayRef<const char *> settings)
    {
        for (auto pieces = wanted(); !pieces.empty(); pieces = wanted())
            for (llvm::MemoryBufferRef piece : pieces)
                if (auto error = piece_link(piece)) return error;
        for (const char *setting : settings) {
            if (!asks_for(setting)) continue;
            llvm::MemoryBufferRef piece = pack.find(setting);
            if (!piece.getBufferSize()) return failure(llvm::Twine("no device library ") + setting);
            if (auto error = piece_link(piece)) return error;
        }
        return llvm::Error::success();
    }
};

} // namespace

llvm::Error library_link(llvm::Module &module, const char *path, llvm::ArrayRef<llvm::StringRef> layers,
                         llvm::ArrayRef<const char *> settings)
{
    static Pack pack;
    if (auto error = pack.open(path)) return error;
    return Linking(module, pack, layers).run(settings);
}
