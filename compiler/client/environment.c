#define _GNU_SOURCE
#include "environment.h"

#include "base/sanitizer.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// By how they begin.
static const char *const passed[] = {
    "KILN_",         "TZ=",
#if SANITIZER_BUILD // kilnc is then built so too; slow unwinding is not for all that LLVM allocates
    "LSAN_OPTIONS=", "TSAN_OPTIONS=", "UBSAN_OPTIONS=",
#endif
};

// Its heap in huge pages where the system gives them to who asks: with a fault for every 4 KiB of it, a small
// compilation takes a tenth more processor time. (The GNU C Library, "Memory Allocation Tunables".)
static char huge_pages[] = "GLIBC_TUNABLES=glibc.malloc.hugetlb=1";

static bool is_passed(const char *variable)
{
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
        if (!strncmp(variable, passed[i], strlen(passed[i]))) return true;
    return false;
}

char **environment_of_worker(void)
{
    size_t count = 0, kept = 0;
    while (environ && environ[count]) count++;
    char **environment = calloc(count + 2, sizeof *environment);
    for (size_t i = 0; environment && i < count; i++)
        if (is_passed(environ[i])) environment[kept++] = environ[i];
    if (environment) environment[kept] = huge_pages;
    return environment;
}
