// Linked to every test of code for one CPU level (kiln_test's LEVEL): ctest skips it where the host is below
// that.
#include <stdio.h>
#include <unistd.h>

enum { SKIPPED = 77 };

// Before main, and before anything of that code can run.
__attribute__((constructor(101))) static void require_cpu_level(void)
{
    __builtin_cpu_init();
    if (__builtin_cpu_supports(CPU_LEVEL)) return;
    fprintf(stderr, "this CPU is no %s\n", CPU_LEVEL);
    _exit(SKIPPED);
}
