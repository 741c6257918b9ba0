// Watches what clang asks of the disk, for the cache: which files it reads, and what it looks for in vain.
#pragma once

#include "compiler/evidence.h"

#include <llvm/Support/VirtualFileSystem.h>
#include <map>
#include <string>

// What became known of one name on the disk: `proof` is EVIDENCE_CONTENT's or EVIDENCE_IDENTITY's.
struct file_finding {
    evidence_kind kind;
    digest proof;
};

class FileTrace : public llvm::RTTIExtends<FileTrace, llvm::vfs::ProxyFileSystem>
{
  public:
    static const char ID;

    // Files below the folder `installed` are known by their identity. Relative names start from `directory`,
    // which need not be there, nor be one that may be entered: then they name nothing.
    FileTrace(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> disk, std::string installed,
              std::string directory)
        : RTTIExtends(std::move(disk)), installed(std::move(installed)), directory(std::move(directory))
    {
    }

    llvm::ErrorOr<std::string> getCurrentWorkingDirectory() const override { return directory; }
    std::error_code setCurrentWorkingDirectory(const llvm::Twine &path) override
    {
        directory = path.str();
        return {};
    }

    llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine &path) override;
    bool exists(const llvm::Twine &path) override;
    llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine &path) override;
    llvm::vfs::directory_iterator dir_begin(const llvm::Twine &folder, std::error_code &error) override;

    // Adds what was found to the evidence.
    void tell(evidence &evidence) const;

    void note(const std::string &path, const file_finding &finding);

  private:
    void note_status(const llvm::Twine &path, const llvm::ErrorOr<llvm::vfs::Status> &status);
    bool note_installed(const llvm::Twine &path);
    std::string absolute(const llvm::Twine &path) const;

    std::string installed, directory;
    std::map<std::string, file_finding> findings;
    bool contradicted = false; // a file changed while clang looked, or is of a kind that cannot be recorded
};
