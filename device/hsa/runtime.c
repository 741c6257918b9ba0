// The process's one HSA runtime: started at the first look for devices and never shut down. At exit its
// threads and the device's queues simply end with the process: waiting for a kernel there could wait for
// ever.
#include "runtime.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum runtime_state { RUNTIME_NONE, RUNTIME_ALIVE, RUNTIME_GONE };

struct devices devices;

static _Atomic(int) state = RUNTIME_NONE;
static uint64_t clock_frequency = 1000000000; // ticks per second of HSA's system clock

bool runtime_alive(void) { return atomic_load_explicit(&state, memory_order_relaxed) == RUNTIME_ALIVE; }

static void runtime_gone(void)
{
    int alive = RUNTIME_ALIVE;
    atomic_compare_exchange_strong(&state, &alive, RUNTIME_GONE);
}

uint64_t runtime_nanoseconds(uint64_t ticks)
{
    return clock_frequency == 1000000000
               ? ticks
               : (uint64_t)((unsigned __int128)ticks * 1000000000 / clock_frequency);
}

uint64_t runtime_clock(void)
{
    uint64_t ticks = 0;
    hsa.system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &ticks);
    return runtime_nanoseconds(ticks);
}

const char *runtime_status_text(hsa_status_t status)
{
    const char *text = NULL;
    return hsa.status_string(status, &text) == HSA_STATUS_SUCCESS && text ? text : "unknown HSA error";
}

// Registered after ROCr was loaded, so that these run before its destructors. In a child that does not know
// of the fork, ROCr would wait for threads that are not there.
static bool ends_watch(void) { return !pthread_atfork(NULL, NULL, runtime_gone) && !atexit(runtime_gone); }

bool runtime_open(char *why, size_t why_size)
{
    if (!loader_open(why, why_size)) return false;
    if (!ends_watch()) {
        snprintf(why, why_size, "no memory for what a fork or the exit has to do");
        return false;
    }
    hsa.system_get_info(HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY, &clock_frequency);
    atomic_store(&state, RUNTIME_ALIVE);
    return true;
}

struct device *devices_by_agent(hsa_agent_t agent)
{
    for (unsigned i = 0; i < devices.count; i++)
        if (devices.list[i]->agent.handle == agent.handle) return devices.list[i];
    return NULL;
}

bool devices_allow(const void *memory)
{
    hsa_agent_t agents[DEVICES_MAX];
    for (unsigned i = 0; i < devices.count; i++) agents[i] = devices.list[i]->agent;
    return hsa.allow_access(devices.count, agents, NULL, memory) == HSA_STATUS_SUCCESS;
}
