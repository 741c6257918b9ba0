#include "file_trace.h"

#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/Path.h>

namespace
{

// A file whose content is noted once it is read. `name` is what clang calls it, `path` where it is.
class TracedFile : public llvm::vfs::File
{
  public:
    TracedFile(std::unique_ptr<llvm::vfs::File> file, FileTrace &trace, std::string name, std::string path)
        : file(std::move(file)), trace(trace), name(std::move(name)), path(std::move(path))
    {
    }

    llvm::ErrorOr<llvm::vfs::Status> status() override
    {
        auto status = file->status();
        if (!status) return status;
        return llvm::vfs::Status::copyWithNewName(*status, name);
    }
    llvm::ErrorOr<std::string> getName() override { return name; }
    std::error_code close() override { return file->close(); }

    llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> getBuffer(const llvm::Twine &name, int64_t size,
                                                                 bool terminated, bool is_volatile) override
    {
        auto buffer = file->getBuffer(name, size, terminated, is_volatile);
        if (buffer)
            trace.note(
                path, {EVIDENCE_CONTENT, digest_of((*buffer)->getBufferStart(), (*buffer)->getBufferSize())});
        return buffer;
    }

  private:
    std::unique_ptr<llvm::vfs::File> file;
    FileTrace &trace;
    std::string name, path;
};

} // namespace

const char FileTrace::ID = 0;

std::string FileTrace::absolute(const llvm::Twine &path) const
{
    llvm::SmallString<256> text;
    path.toVector(text);
    llvm::sys::path::make_absolute(directory, text);
    return std::string(text);
}

// A finding may be refined by a later one, from "a file" to its content, but not change.
void FileTrace::note(const std::string &path, const file_finding &finding)
{
    auto [place, fresh] = findings.emplace(path, finding);
    file_finding &known = place->second;
    if (fresh) return;
    if (known.kind == EVIDENCE_FILE && finding.kind == EVIDENCE_CONTENT)
        known = finding;
    else if (known.kind == finding.kind)
        contradicted |= memcmp(&known.proof, &finding.proof, sizeof known.proof) != 0;
    else
        contradicted |= known.kind != EVIDENCE_CONTENT || finding.kind != EVIDENCE_FILE;
}

// To be called before the file is looked at, so that one that takes its place meanwhile is not mistaken for
// it.
bool FileTrace::note_installed(const llvm::Twine &path)
{
    std::string name = absolute(path);
    digest identity;
    if (!llvm::StringRef(name).starts_with(installed)) return false;
    if (evidence_identity(name.c_str(), &identity))
        note(name, {EVIDENCE_NOTHING, {}});
    else
        note(name, {EVIDENCE_IDENTITY, identity});
    return true;
}

void FileTrace::note_status(const llvm::Twine &path, const llvm::ErrorOr<llvm::vfs::Status> &status)
{
    if (!status)
        note(absolute(path), {EVIDENCE_NOTHING, {}});
    else if (status->isDirectory())
        note(absolute(path), {EVIDENCE_FOLDER, {}});
    else if (status->isRegularFile())
        note(absolute(path), {EVIDENCE_FILE, {}});
    else
        contradicted = true;
}

llvm::ErrorOr<llvm::vfs::Status> FileTrace::status(const llvm::Twine &path)
{
    bool known = note_installed(path);
    auto status = ProxyFileSystem::status(absolute(path));
    if (!known) note_status(path, status);
    if (!status) return status;
    return llvm::vfs::Status::copyWithNewName(*status, path);
}

bool FileTrace::exists(const llvm::Twine &path) { return (bool)status(path); }

llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> FileTrace::openFileForRead(const llvm::Twine &path)
{
    if (note_installed(path)) return ProxyFileSystem::openFileForRead(path);
    auto file = ProxyFileSystem::openFileForRead(absolute(path));
    if (!file) {
        note(absolute(path), {EVIDENCE_NOTHING, {}});
        return file;
    }
    note_status(path, (*file)->status());
    return std::make_unique<TracedFile>(std::move(*file), *this, path.str(), absolute(path));
}

llvm::vfs::directory_iterator FileTrace::dir_begin(const llvm::Twine &folder, std::error_code &error)
{
    contradicted = true;
    return ProxyFileSystem::dir_begin(folder, error);
}

void FileTrace::tell(evidence &evidence) const
{
    evidence.fleeting |= contradicted;
    for (const auto &[path, finding] : findings) {
        bool proven = finding.kind == EVIDENCE_CONTENT || finding.kind == EVIDENCE_IDENTITY;
        evidence_add(&evidence, finding.kind, path.c_str(), proven ? &finding.proof : nullptr);
        evidence.local |= finding.kind != EVIDENCE_IDENTITY;
    }
}
