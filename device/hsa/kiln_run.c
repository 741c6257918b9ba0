// kiln-run PROGRAM [ARGUMENTS]: the program with the software GPU, where there is no AMD GPU. For programs
// that use ROCr by themselves: HIP, OpenMP, HSA. The dynamic linker finds the software GPU in the place of
// ROCr's thunk, here and in every process that the program starts. OpenCL's programs need none of it, and
// lose nothing by it.
#define _GNU_SOURCE
#include "base/config.h"
#include "hardware.h"
#include "software.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// As of shells, env and nohup.
enum { EXIT_USAGE = 125, EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127 };

// The folder of Kiln's own files is the one that this program is in.
static const char *libdir(char folder[PATH_MAX])
{
    if (*config_get()->libdir) return config_get()->libdir;
    ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);
    if (length <= 0) return NULL;
    folder[length] = '\0';
    char *slash = strrchr(folder, '/');
    if (!slash) return NULL;
    *slash = '\0';
    return folder;
}

// Puts a folder before all others that the dynamic linker looks into.
static bool library_path_prepend(const char *folder)
{
    const char *old = getenv("LD_LIBRARY_PATH");
    char *value;
    int length = old && *old ? asprintf(&value, "%s:%s", folder, old) : asprintf(&value, "%s", folder);
    if (length < 0) return false;
    bool set = !setenv("LD_LIBRARY_PATH", value, 1);
    free(value);
    return set;
}

static bool hardware_wanted(void)
{
    char reason[512];
    enum device_choice wanted = config_get()->device;
    return wanted == DEVICE_GPU || (wanted != DEVICE_SOFT && hardware_present(reason, sizeof reason));
}

static bool software_prepare(void)
{
    char folder[PATH_MAX], path[PATH_MAX], reason[PATH_MAX + 512];
    if (!software_find(libdir(folder), path, sizeof path, reason, sizeof reason)) {
        fprintf(stderr, "kiln-run: no software GPU: %s\n", reason);
        return false;
    }
    *strrchr(path, '/') = '\0';
    if (library_path_prepend(path)) return true;
    fprintf(stderr, "kiln-run: %m\n");
    return false;
}

int main(int argc, char **argv)
{
    if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
        fprintf(argc < 2 ? stderr : stdout,
                "usage: kiln-run PROGRAM [ARGUMENTS]\n\n"
                "Runs a program that uses ROCr (HIP, OpenMP, HSA) on Kiln's software GPU, where there is no "
                "AMD GPU.\n"
                "KILN_DEVICE=soft: even where there is one; KILN_DEVICE=gpu: never.\n");
        return argc < 2 ? EXIT_USAGE : 0;
    }
    if (!hardware_wanted() && !software_prepare()) return EXIT_USAGE;
    execvp(argv[1], argv + 1);
    int status = errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
    fprintf(stderr, "kiln-run: %s: %m\n", argv[1]);
    return status;
}
