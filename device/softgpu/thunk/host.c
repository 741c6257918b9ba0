#define _GNU_SOURCE
#include "host.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "base/config.h"
#include "base/log.h"

enum { THREADS_MAX = 1024 };

unsigned host_cpus(void)
{
    int count = get_nprocs();
    return count > 0 ? (unsigned)count : 1;
}

static unsigned threads;

static void threads_read(void)
{
    const char *text = config_get()->cpus;
    char *end;
    unsigned long wanted = strtoul(text, &end, 10);
    if (*end || *text == '-' || wanted > THREADS_MAX) {
        log_error("KILN_CPUS=%s is not a number from 0 to %d; using all CPUs", text, THREADS_MAX);
        wanted = 0;
    }
    threads = wanted ? (unsigned)wanted : host_cpus();
}

unsigned host_threads(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, threads_read);
    return threads;
}

uint64_t host_memory(void) { return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE); }

// Copies what follows the colon of /proc/cpuinfo's first line beginning with `key`.
static int cpuinfo_read(const char *key, char *value, size_t size)
{
    FILE *file = fopen("/proc/cpuinfo", "re");
    if (!file) return 0;
    char line[256];
    int found = 0;
    while (!found && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, key, strlen(key)) != 0 || !colon) continue;
        snprintf(value, size, "%s", colon + 1 + strspn(colon + 1, " "));
        char *end = strchr(value, '\n');
        if (end) *end = '\0';
        found = 1;
    }
    fclose(file);
    return found;
}

unsigned host_mhz(void)
{
    char value[64];
    unsigned mhz = cpuinfo_read("cpu MHz", value, sizeof value) ? (unsigned)strtod(value, NULL) : 0;
    return mhz ? mhz : 1000;
}

void host_cpu_name(char *name, size_t size)
{
    if (!cpuinfo_read("model name", name, size)) snprintf(name, size, "x86-64 CPU");
}

uint64_t host_cache_size(unsigned level)
{
    static const int names[] = {_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE};
    if (level == 0 || level > sizeof names / sizeof *names) return 0;
    long size = sysconf(names[level - 1]);
    return size > 0 ? (uint64_t)size : 0;
}
