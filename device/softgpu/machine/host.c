#define _GNU_SOURCE
#include "host.h"

#include "base/config.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

enum { CACHE_LEVELS = 3 };

// Read once: ROCr asks for most of these many times while it starts.
static struct {
    unsigned cpus, threads, mhz;
    uint64_t memory, caches[CACHE_LEVELS];
    char name[64];
} host;

// Of the first CPU.
static void cpuinfo_read(void)
{
    FILE *file = fopen("/proc/cpuinfo", "re");
    char line[256];
    while (file && (!*host.name || !host.mhz) && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (!colon) continue;
        if (!strncmp(line, "cpu MHz", strlen("cpu MHz"))) host.mhz = (unsigned)strtod(colon + 1, NULL);
        if (!strncmp(line, "model name", strlen("model name")))
            snprintf(host.name, sizeof host.name, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
    }
    if (file) fclose(file);
    if (!host.mhz) host.mhz = 1000;
    if (!*host.name) snprintf(host.name, sizeof host.name, "x86-64 CPU");
}

// What the process's control group may use, as far as /sys shows it; all there is where it sets no limit. In
// a container its own group is what it sees as the root.
static uint64_t memory_limit(uint64_t physical)
{
    static const char *const files[] = {"/sys/fs/cgroup/memory.max",
                                        "/sys/fs/cgroup/memory/memory.limit_in_bytes"}; // of version 1
    uint64_t limit = physical;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        FILE *file = fopen(files[i], "re");
        char line[32] = ""; // a number, or "max"
        if (file && fgets(line, sizeof line, file) && *line >= '0' && *line <= '9') {
            unsigned long long bytes = strtoull(line, NULL, 10);
            if (bytes < limit) limit = bytes;
        }
        if (file) fclose(file);
    }
    return limit;
}

static void host_read(void)
{
    static const int caches[CACHE_LEVELS] = {_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE,
                                             _SC_LEVEL3_CACHE_SIZE};
    int cpus = get_nprocs();
    host.cpus = cpus > 0 ? (unsigned)cpus : 1;
    host.threads = config_get()->cpus ? config_get()->cpus : host.cpus;
    host.memory = memory_limit((uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE));
    for (unsigned level = 0; level < CACHE_LEVELS; level++) {
        long size = sysconf(caches[level]);
        host.caches[level] = size > 0 ? (uint64_t)size : 0;
    }
    cpuinfo_read();
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

#define HOST(member) (pthread_once(&once, host_read), host.member)

unsigned host_cpus(void) { return HOST(cpus); }
unsigned host_threads(void) { return HOST(threads); }
uint64_t host_memory(void) { return HOST(memory); }
unsigned host_mhz(void) { return HOST(mhz); }
const char *host_cpu_name(void) { return HOST(name); }
uint64_t host_cache_size(unsigned level) { return HOST(caches[level - 1]); }
