// What the files of this room share: the process-wide runtime and the devices.
#pragma once

#include "device/device.h"
#include "loader.h"

#include <pthread.h>

struct device_queue;

struct device {
    hsa_agent_t agent, host;       // the GPU, and the CPU whose memory it uses
    hsa_amd_memory_pool_t local;   // the GPU's own coarse-grained memory
    hsa_amd_memory_pool_t shared;  // fine-grained host memory
    hsa_amd_memory_pool_t kernarg; // fine-grained host memory that packets may take arguments from
    hsa_profile_t profile;
    hsa_isa_t isa;
    uint32_t queue_packets_max;
    volatile uint32_t
        *hdp_flush;   // written after the host wrote to the GPU's memory through PCIe; NULL: not needed
    bool host_cached; // the host reaches its memory as fast as its own: no PCIe bus in between
    struct device_info info;
    _Atomic(uint64_t) memory_used;    // bytes of `local` in this process's buffers
    pthread_mutex_t mutex;            // guards what follows
    struct device_queue *queues;      // live
    struct pooled_queue *idle, *dead; // of queue_pool.c
    unsigned idle_count, destroyers;
};

enum { DEVICES_MAX = 64 };

// All there are; does not change once they have been found.
extern struct devices {
    struct device **list;
    unsigned count;
} devices;

// Starts HSA. False, with the reason in one line: it cannot be used.
bool runtime_open(char *why, size_t why_size);

// False once the process is exiting, and in a forked child: the runtime's threads are gone and ROCr must not
// be called. Every function of device.h then returns CL_DEVICE_NOT_AVAILABLE or does nothing.
bool runtime_alive(void);

// Nanoseconds on HSA's system clock; ticks of that clock as nanoseconds.
uint64_t runtime_clock(void);
uint64_t runtime_nanoseconds(uint64_t ticks);

// HSA's own words for a status; never NULL.
const char *runtime_status_text(hsa_status_t);

// Fills in *device for a GPU agent that takes kernel dispatches; false: the agent is not of use.
bool device_describe(struct device *, hsa_agent_t agent, hsa_agent_t host);

// The device of an agent; NULL: none of ours.
struct device *devices_by_agent(hsa_agent_t);

// Lets all our devices reach memory of the host's pools.
bool devices_allow(const void *memory);

// The name of a loaded kernel, shortened to fit; false: no program that is there has this kernel object.
bool program_kernel_name(uint64_t object, char *name, size_t size);

// The host wrote directly to device memory: make it visible to the device's next command.
void device_host_wrote(const struct device *);
