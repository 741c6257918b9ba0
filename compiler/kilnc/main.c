// kilnc: Kiln's compiler, as the driver's worker and as a command.
#include "base/processors.h"
#include "command.h"
#include "device/softgpu/translator/translator.h"
#include "worker.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static long number_parse(const char *text)
{
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (!errno && !*end && end != text && number >= 0 && number <= INT_MAX) return number;
    fprintf(stderr, "kilnc: not a number: %s\n", text);
    exit(2);
}

// That this process may use. With more than a few the memory of the parts weighs more than the time.
static unsigned processors(void)
{
    enum { MOST = 8 };
    unsigned count = processors_count();
    return count < MOST ? count : MOST;
}

// `kilnc --worker [--memory MB] [--seconds N] [--threads N]`, as the driver calls it.
static int worker_main(int count, char **arguments)
{
    struct worker_limits limits = {0};
    for (int i = 2; i + 1 < count; i += 2) {
        if (!strcmp(arguments[i], "--memory")) limits.memory_mb = number_parse(arguments[i + 1]);
        if (!strcmp(arguments[i], "--seconds")) limits.seconds = number_parse(arguments[i + 1]);
        if (!strcmp(arguments[i], "--threads")) limits.threads = (unsigned)number_parse(arguments[i + 1]);
    }
    if (!limits.threads) limits.threads = processors();
    return worker_serve(&limits);
}

// clang recurses once for each nested parenthesis, of which it allows 2048: more than the usual 8 MB.
static void stack_grow(void)
{
    struct rlimit stack;
    rlim_t wanted = (rlim_t)64 << 20;
    if (getrlimit(RLIMIT_STACK, &stack) || stack.rlim_cur >= wanted) return;
    stack.rlim_cur = stack.rlim_max < wanted ? stack.rlim_max : wanted;
    setrlimit(RLIMIT_STACK, &stack);
}

int main(int count, char **arguments)
{
    bool worker = count > 1 && !strcmp(arguments[1], "--worker");
    stack_grow();
    translator_prepare();
    return worker ? worker_main(count, arguments) : command_main(count, arguments);
}
