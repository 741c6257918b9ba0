// Relocatable object to code object: lld as a library. It wants files, so it gets anonymous ones. An output
// file it would replace by renaming, which an anonymous one does not allow; but "-" it writes as it is.
#include "lld.h"

#include <lld/Common/Driver.h>
#include <llvm/Support/raw_ostream.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

LLD_HAS_DRIVER(elf)

namespace
{

struct AnonymousFile {
    int fd;
    std::string path;

    explicit AnonymousFile(const char *name)
        : fd(memfd_create(name, MFD_CLOEXEC)), path("/proc/self/fd/" + std::to_string(fd))
    {
    }
    ~AnonymousFile()
    {
        if (fd >= 0) close(fd);
    }
    AnonymousFile(const AnonymousFile &) = delete;
    AnonymousFile &operator=(const AnonymousFile &) = delete;

    bool write(const char *data, size_t size)
    {
        while (size) {
            ssize_t written = ::write(fd, data, size);
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return false;
            data += written;
            size -= (size_t)written;
        }
        return true;
    }

    bool read(buffer *out)
    {
        struct stat status;
        if (fstat(fd, &status)) return false;
        size_t size = (size_t)status.st_size;
        char *end = (char *)buffer_reserve(out, size);
        if (!end || pread(fd, end, size, 0) != (ssize_t)size) return false;
        out->size += size;
        return size > 0;
    }
};

// Standard output leads into a file for as long as this lives.
struct Redirection {
    int saved, status;

    explicit Redirection(int fd) : saved(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3))
    {
        fflush(stdout);
        status = saved < 0 ? -1 : dup2(fd, STDOUT_FILENO);
    }
    ~Redirection()
    {
        if (saved < 0) return;
        dup2(saved, STDOUT_FILENO);
        close(saved);
    }
    Redirection(const Redirection &) = delete;
    Redirection &operator=(const Redirection &) = delete;
};

bool spent;

lld::Result lld_run(llvm::ArrayRef<const char *> arguments, int output, std::string &text)
{
    llvm::raw_string_ostream messages(text);
    Redirection redirection(output);
    if (redirection.status < 0) return {1, true};
    return lld::lldMain(arguments, messages, messages, {{lld::Gnu, &lld::elf::link}});
}

} // namespace

bool lld_link(llvm::ArrayRef<Bytes> objects, buffer *out, buffer *log)
{
    AnonymousFile output("kiln-code-object");
    std::vector<std::unique_ptr<AnonymousFile>> inputs;
    bool written = output.fd >= 0;
    for (const Bytes &object : objects) {
        inputs.push_back(std::make_unique<AnonymousFile>("kiln-object"));
        written = written && inputs.back()->fd >= 0 && inputs.back()->write(object.data(), object.size());
    }
    if (!written) {
        buffer_printf(log, "error: no memory file for the linker: %s\n", strerror(errno));
        return false;
    }
    std::vector<const char *> arguments = {"ld.lld", "-shared", "--no-undefined", "--threads=1", "-o", "-"};
    for (const auto &input : inputs) arguments.push_back(input->path.c_str());
    std::string text;
    lld::Result result = lld_run(arguments, output.fd, text);
    spent |= !result.canRunAgain;
    buffer_append(log, text.data(), text.size());
    return result.retCode == 0 && output.read(out);
}

bool bridge_spent(void) { return spent; }
