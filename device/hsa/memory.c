// Memory that kernels reach: the device's own, host memory, the application's pages, and other drivers'.
#include "runtime.h"

#include <stdlib.h>

struct device_memory {
    struct device *device; // whose memory it is
    size_t size;
    enum device_memory_kind kind;
    void *address; // as kernels see it
    void *host;    // as the host sees it, or NULL
};

static cl_int memory_status(hsa_status_t status)
{
    return status == HSA_STATUS_SUCCESS ? CL_SUCCESS : CL_MEM_OBJECT_ALLOCATION_FAILURE;
}

// The agents that must reach the memory: the context's devices, of which several may be parts of one, and,
// where it can, the host.
static unsigned agents_list(struct device *const *devices, unsigned count, bool host, hsa_agent_t *agents)
{
    unsigned listed = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned seen = 0;
        while (seen < i && devices[seen] != devices[i]) seen++;
        if (seen == i) agents[listed++] = devices[i]->agent;
    }
    if (host) agents[listed++] = devices[0]->host;
    return listed;
}

static cl_int memory_lock(struct device_memory *memory, hsa_agent_t *agents, unsigned count, void *user,
                          size_t size)
{
    memory->host = user;
    return memory_status(hsa.memory_lock(user, size, agents, (int)count, &memory->address));
}

static cl_int memory_allocate(struct device_memory *memory, const struct device *device, hsa_agent_t *agents,
                              unsigned count, size_t size, bool host)
{
    hsa_amd_memory_pool_t pool = memory->kind == DEVICE_MEMORY_LOCAL ? device->local : device->shared;
    hsa_status_t status = hsa.pool_allocate(pool, size, 0, &memory->address);
    if (status != HSA_STATUS_SUCCESS) return memory_status(status);
    status = hsa.allow_access(count, agents, NULL, memory->address);
    if (status != HSA_STATUS_SUCCESS) hsa.pool_free(memory->address);
    memory->host = host ? memory->address : NULL;
    return memory_status(status);
}

cl_int device_memory_create(struct device *const *devices, unsigned count, size_t size,
                            enum device_memory_kind kind, void *user, struct device_memory **result)
{
    if (!runtime_alive()) return CL_DEVICE_NOT_AVAILABLE;
    if (!count || !size || (kind == DEVICE_MEMORY_USER) != !!user) return CL_INVALID_VALUE;
    bool local = kind == DEVICE_MEMORY_LOCAL;
    bool host = !local || devices[0]->info.host_accessible;
    struct device_memory *memory = calloc(1, sizeof *memory);
    hsa_agent_t *agents = calloc(count + 1, sizeof *agents);
    cl_int error = CL_OUT_OF_HOST_MEMORY;
    if (memory && agents) {
        unsigned listed = agents_list(devices, count, local && host, agents);
        memory->device = devices[0];
        memory->size = size;
        memory->kind = kind;
        error = kind == DEVICE_MEMORY_USER ? memory_lock(memory, agents, listed, user, size)
                                           : memory_allocate(memory, devices[0], agents, listed, size, host);
    }
    free(agents);
    if (error != CL_SUCCESS) {
        free(memory);
        return error;
    }
    if (local) memory->device->memory_used += size;
    *result = memory;
    return CL_SUCCESS;
}

// The host reaches it by its own address where kernels reach all of the process's memory.
static cl_int memory_map(struct device_memory *memory, hsa_agent_t *agents, unsigned count, int file)
{
    hsa_status_t status =
        hsa.interop_map(count, agents, file, 0, &memory->size, &memory->address, NULL, NULL);
    if (status == HSA_STATUS_ERROR) return CL_INVALID_VALUE;
    if (status == HSA_STATUS_SUCCESS && memory->device->info.process_memory) memory->host = memory->address;
    return memory_status(status);
}

cl_int device_memory_import(struct device *const *devices, unsigned count, int file, size_t *size,
                            struct device_memory **result)
{
    if (!runtime_alive()) return CL_DEVICE_NOT_AVAILABLE;
    if (!count || file < 0) return CL_INVALID_VALUE;
    struct device_memory *memory = calloc(1, sizeof *memory);
    hsa_agent_t *agents = calloc(count, sizeof *agents);
    cl_int error = CL_OUT_OF_HOST_MEMORY;
    if (memory && agents) {
        memory->device = devices[0];
        memory->kind = DEVICE_MEMORY_FOREIGN;
        error = memory_map(memory, agents, agents_list(devices, count, false, agents), file);
    }
    free(agents);
    if (error != CL_SUCCESS) {
        free(memory);
        return error;
    }
    *size = memory->size;
    *result = memory;
    return CL_SUCCESS;
}

static void memory_return(const struct device_memory *memory)
{
    if (memory->kind == DEVICE_MEMORY_LOCAL) memory->device->memory_used -= memory->size;
    if (memory->kind == DEVICE_MEMORY_USER)
        hsa.memory_unlock(memory->host);
    else if (memory->kind == DEVICE_MEMORY_FOREIGN)
        hsa.interop_unmap(memory->address);
    else
        hsa.pool_free(memory->address);
}

void device_memory_destroy(struct device_memory *memory)
{
    if (runtime_alive()) memory_return(memory); // or it goes with the process
    free(memory);
}

uint64_t device_memory_free(const struct device *device)
{
    uint64_t used = device->memory_used;
    return used < device->info.memory_size ? device->info.memory_size - used : 0;
}

void *device_memory_address(const struct device_memory *memory) { return memory->address; }
void *device_memory_host(const struct device_memory *memory) { return memory->host; }

void device_memory_host_wrote(const struct device_memory *memory)
{
    bool local = memory->kind == DEVICE_MEMORY_LOCAL || memory->kind == DEVICE_MEMORY_FOREIGN;
    if (local) device_host_wrote(memory->device);
}
