// Which devices there are. Looked for once.
#include "fault.h"
#include "runtime.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

static char missing_reason[1200];

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
    devices.list = calloc(agents.gpu_count, sizeof(struct device *));
    bool memory = devices.list || !agents.gpu_count;
    for (unsigned i = 0; memory && i < agents.gpu_count; i++) {
        struct device *device = calloc(1, sizeof *device);
        memory = device;
        if (device && device_describe(device, agents.gpus[i], agents.host))
            devices.list[devices.count++] = device;
        else
            free(device);
    }
    if (!memory) log_error("out of memory: %u of %u GPU agents are used", devices.count, agents.gpu_count);
    if (devices.count) return;
    if (memory)
        snprintf(missing_reason, sizeof missing_reason,
                 "none of the %u GPU agents takes kernel dispatches and has memory of its own",
                 agents.gpu_count);
    else
        snprintf(missing_reason, sizeof missing_reason, "out of memory");
}

static void devices_look(void)
{
    if (runtime_open(missing_reason, sizeof missing_reason)) {
        hsa_status_t status = hsa.register_system_event_handler(fault_system_event, NULL);
        if (status != HSA_STATUS_SUCCESS)
            log_error("a memory fault will end the process: %s", runtime_status_text(status));
        devices_collect();
    }
    if (!devices.count) log_info("no device: %s", missing_reason);
}

cl_int devices_find(struct device *const **found, unsigned *count)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, devices_look);
    *found = devices.list;
    *count = devices.count;
    return CL_SUCCESS;
}

const char *device_missing_reason(void) { return missing_reason; }
const struct device_info *device_info(const struct device *device) { return &device->info; }

uint64_t device_clock(const struct device *device)
{
    (void)device; // one system clock for all devices
    return runtime_clock();
}
