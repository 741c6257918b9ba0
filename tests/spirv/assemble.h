// Assembly as a module, by spirv-as, which `assembler` is the path of.
#pragma once

#include "file.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

// `write` writes the assembly. The module has no words where there is an error, which spirv-as tells; the
// text stays then.
static inline struct file assemble(const char *assembler, void (*write)(FILE *out))
{
    char text[] = "/tmp/assembly-XXXXXX", binary[] = "/tmp/assembly-XXXXXX";
    int text_fd = mkstemp(text), binary_fd = mkstemp(binary), status = -1;
    FILE *out = text_fd < 0 ? NULL : fdopen(text_fd, "w");
    if (!out || binary_fd < 0) abort();
    write(out);
    fclose(out);
    char *const arguments[] = {(char *)assembler, "--target-env", "spv1.6", text, "-o", binary, NULL};
    struct file module = {0};
    pid_t child;
    if (!posix_spawn(&child, assembler, NULL, NULL, arguments, environ)) waitpid(child, &status, 0);
    if (!status) module = file_read(binary);
    close(binary_fd);
    unlink(binary);
    if (!status) unlink(text);
    return module;
}
