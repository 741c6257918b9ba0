#include "benchmark.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("benchmark: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

void cl_check(cl_int status, const char *call)
{
    if (status != CL_SUCCESS) die("error %d from %s", status, call);
}

void *alloc(size_t size)
{
    void *memory = malloc(size);
    if (!memory) die("no memory for %zu bytes", size);
    return memory;
}

static double clock_read(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

struct cost cost_now(void)
{
    return (struct cost){clock_read(CLOCK_MONOTONIC), clock_read(CLOCK_PROCESS_CPUTIME_ID)};
}

struct cost cost_since(struct cost begin, unsigned operations)
{
    struct cost end = cost_now();
    return (struct cost){(end.wall - begin.wall) / operations, (end.cpu - begin.cpu) / operations};
}
