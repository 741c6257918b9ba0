// The process's one HSA runtime: started at the first look for devices and never shut down. At exit its
// threads and the device's queues simply end with the process: waiting for a kernel there could wait for
// ever.
#include "runtime.h"

#include "base/log.h"
#include "fault.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define DEVICES_MAX 64

enum runtime_state { RUNTIME_NONE, RUNTIME_ALIVE, RUNTIME_GONE };

static _Atomic(int) state = RUNTIME_NONE;
static char missing_reason[1200];
static struct device **devices;
static unsigned device_count;
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

cl_int runtime_status_error(hsa_status_t status)
{
    switch ((int)status) {
    case HSA_STATUS_SUCCESS:
        return CL_SUCCESS;
    case HSA_STATUS_ERROR_OUT_OF_RESOURCES:
    case HSA_STATUS_ERROR_INVALID_ALLOCATION:
        return CL_MEM_OBJECT_ALLOCATION_FAILURE;
    default:
        return CL_OUT_OF_RESOURCES;
    }
}

struct agents {
    hsa_agent_t host;
    bool has_host;
    hsa_agent_t gpus[DEVICES_MAX];
    unsigned gpu_count;
};

static hsa_status_t agent_visit(hsa_agent_t agent, void *argument)
{
    struct agents *agents = argument;
    hsa_device_type_t type;
    hsa_status_t status = hsa.agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type);
    if (status != HSA_STATUS_SUCCESS) return status;
    if (type == HSA_DEVICE_TYPE_CPU && !agents->has_host) {
        agents->host = agent;
        agents->has_host = true;
    }
    if (type == HSA_DEVICE_TYPE_GPU && agents->gpu_count < sizeof agents->gpus / sizeof *agents->gpus)
        agents->gpus[agents->gpu_count++] = agent;
    return HSA_STATUS_SUCCESS;
}

static void devices_collect(void)
{
    struct agents agents = {0};
    hsa_status_t status = hsa.iterate_agents(agent_visit, &agents);
    if (status != HSA_STATUS_SUCCESS || !agents.has_host) {
        snprintf(missing_reason, sizeof missing_reason, "HSA lists no CPU agent: %s",
                 runtime_status_text(status));
        return;
    }
    devices = calloc(agents.gpu_count, sizeof(struct device *));
    for (unsigned i = 0; devices && i < agents.gpu_count; i++) {
        struct device *device = calloc(1, sizeof *device);
        if (device && device_describe(device, agents.gpus[i], agents.host))
            devices[device_count++] = device;
        else
            free(device);
    }
    if (!device_count)
        snprintf(missing_reason, sizeof missing_reason,
                 "none of the %u GPU agents takes kernel dispatches and has memory of its own",
                 agents.gpu_count);
}

static void runtime_start(void)
{
    if (!loader_open(missing_reason, sizeof missing_reason)) {
        log_info("no device: %s", missing_reason);
        return;
    }
    hsa.system_get_info(HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY, &clock_frequency);
    // Registered after ROCr was loaded, so that these run before its destructors.
    pthread_atfork(NULL, NULL, runtime_gone);
    atexit(runtime_gone);
    hsa.register_system_event_handler(fault_system_event, NULL);
    atomic_store(&state, RUNTIME_ALIVE);
    devices_collect();
    if (!device_count) log_info("no device: %s", missing_reason);
}

cl_int devices_find(struct device *const **found, unsigned *count)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, runtime_start);
    *found = devices;
    *count = device_count;
    return CL_SUCCESS;
}

struct device *devices_by_agent(hsa_agent_t agent)
{
    for (unsigned i = 0; i < device_count; i++)
        if (devices[i]->agent.handle == agent.handle) return devices[i];
    return NULL;
}

bool devices_allow(const void *memory)
{
    hsa_agent_t agents[DEVICES_MAX];
    for (unsigned i = 0; i < device_count; i++) agents[i] = devices[i]->agent;
    return hsa.allow_access(device_count, agents, NULL, memory) == HSA_STATUS_SUCCESS;
}

const char *device_missing_reason(void) { return missing_reason; }
const struct device_info *device_info(const struct device *device) { return &device->info; }

uint64_t device_clock(const struct device *device)
{
    (void)device; // one system clock for all devices
    return runtime_clock();
}
