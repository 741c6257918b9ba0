// Facts about the machine the software GPU runs on.
#pragma once

#include <stdint.h>

unsigned host_cpus(void);    // online CPUs
unsigned host_threads(void); // that run work-groups: KILN_CPUS, else all online CPUs
uint64_t host_memory(void);  // bytes of RAM
unsigned host_mhz(void);     // of the first CPU, as the system tells it; 1000 when it does not

const char *host_cpu_name(void);

// Size in bytes of the data (or unified) cache of this level, 1 to 3; 0 when the system does not tell.
uint64_t host_cache_size(unsigned level);
