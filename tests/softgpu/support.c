#include "support.h"

#include <dlfcn.h>
#include <hsa/amd_hsa_queue.h>
#include <hsa/amd_hsa_signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct hsa_functions hsa;
softgpu_processor_fn *processor_of;
softgpu_announce_fn *announce;
softgpu_wake_fn *wake;
softgpu_fault_text_fn *fault_text;

static void *library_open(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    return library;
}

static void *symbol_find(void *library, const char *name)
{
    void *symbol = dlsym(library, name);
    if (!symbol) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    return symbol;
}

void libraries_open(void)
{
    void *thunk = library_open(THUNK_PATH), *rocr = library_open("libhsa-runtime64.so.1");
    processor_of = (softgpu_processor_fn *)symbol_find(thunk, SOFTGPU_PROCESSOR);
    announce = (softgpu_announce_fn *)symbol_find(thunk, SOFTGPU_ANNOUNCE);
    wake = (softgpu_wake_fn *)symbol_find(thunk, SOFTGPU_WAKE);
    fault_text = (softgpu_fault_text_fn *)symbol_find(thunk, SOFTGPU_FAULT_TEXT);
#define FUNCTION(name) hsa.name = (__typeof__(hsa.name))symbol_find(rocr, "hsa_" #name);
#include "functions.def"
#undef FUNCTION
}

static hsa_status_t agent_seen(hsa_agent_t agent, void *data)
{
    struct device *device = data;
    hsa_device_type_t type;
    CHECK(hsa.agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type));
    *(type == HSA_DEVICE_TYPE_GPU ? &device->gpu : &device->cpu) = agent;
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t pool_seen(hsa_amd_memory_pool_t pool, void *data)
{
    struct device *device = data;
    hsa_amd_segment_t segment;
    uint32_t flags;
    CHECK(hsa.amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_SEGMENT, &segment));
    if (segment != HSA_AMD_SEGMENT_GLOBAL) return HSA_STATUS_SUCCESS;
    CHECK(hsa.amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_GLOBAL_FLAGS, &flags));
    if (flags & HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_KERNARG_INIT)
        device->kernarg = pool;
    else if (flags & HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_FINE_GRAINED)
        device->host = pool;
    else
        device->vram = pool;
    return HSA_STATUS_SUCCESS;
}

uint32_t compute_units(hsa_agent_t gpu)
{
    uint32_t units;
    // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): AMD's extension of the enumeration
    CHECK(hsa.agent_get_info(gpu, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT, &units));
    return units;
}

static void *file_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "%s: %m\n", path);
        exit(1);
    }
    enum { SIZE_MAX_EXPECTED = 1 << 20 };
    void *contents = malloc(SIZE_MAX_EXPECTED);
    *size = fread(contents, 1, SIZE_MAX_EXPECTED, file);
    assert_in_range(*size, 1, SIZE_MAX_EXPECTED - 1);
    fclose(file);
    return contents;
}

void kernels_load(struct device *device)
{
    size_t size;
    void *object = file_read(KERNELS_PATH, &size);
    hsa_code_object_reader_t reader;
    CHECK(hsa.code_object_reader_create_from_memory(object, size, &reader));
    CHECK(hsa.executable_create_alt(HSA_PROFILE_BASE, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL,
                                    &device->executable));
    CHECK(hsa.executable_load_agent_code_object(device->executable, device->gpu, reader, NULL, NULL));
    CHECK(hsa.executable_freeze(device->executable, NULL));
    CHECK(hsa.code_object_reader_destroy(reader));
    free(object);
}

static void queue_error(hsa_status_t status, hsa_queue_t *queue, void *data)
{
    (void)queue;
    struct device *device = data;
    device->error = status;
    __atomic_add_fetch(&device->errors, 1, __ATOMIC_RELEASE);
}

hsa_queue_t *queue_open(struct device *device)
{
    hsa_queue_t *queue;
    CHECK(hsa.queue_create(device->gpu, 256, HSA_QUEUE_TYPE_MULTI, queue_error, device, UINT32_MAX,
                           UINT32_MAX, &queue));
    return queue;
}

void device_open_empty(struct device *device)
{
    memset(device, 0, sizeof *device);
    CHECK(hsa.init());
    CHECK(hsa.iterate_agents(agent_seen, device));
    assert_true(device->cpu.handle && device->gpu.handle);
    hsa_amd_memory_pool_t vram;
    CHECK(hsa.amd_agent_iterate_memory_pools(device->gpu, pool_seen, device));
    vram = device->vram;
    CHECK(hsa.amd_agent_iterate_memory_pools(device->cpu, pool_seen, device));
    device->vram = vram; // the CPU has a coarse-grained pool as well
    assert_true(vram.handle && device->host.handle && device->kernarg.handle);
    device->queue = queue_open(device);
}

void device_open(struct device *device)
{
    device_open_empty(device);
    kernels_load(device);
}

enum { SIGNALS_MAX = 4096 };
static hsa_signal_t signals[SIGNALS_MAX];
static size_t signal_count;

hsa_signal_t signal_make(hsa_signal_value_t value)
{
    hsa_signal_t signal;
    CHECK(hsa.signal_create(value, 0, NULL, &signal));
    if (signal_count == SIGNALS_MAX) fail_msg("more signals than the tests were made for");
    signals[signal_count++ % SIGNALS_MAX] = signal;
    return signal;
}

static void signals_destroy(void)
{
    while (signal_count) CHECK(hsa.signal_destroy(signals[--signal_count]));
}

void device_close(struct device *device)
{
    CHECK(hsa.queue_destroy(device->queue));
    CHECK(hsa.executable_destroy(device->executable));
    signals_destroy();
    CHECK(hsa.shut_down());
}

static void *pool_alloc(struct device *device, hsa_amd_memory_pool_t pool, size_t size)
{
    void *memory;
    hsa_agent_t agents[] = {device->cpu, device->gpu};
    CHECK(hsa.amd_memory_pool_allocate(pool, size, 0, &memory));
    CHECK(hsa.amd_agents_allow_access(2, agents, NULL, memory));
    return memory;
}

void *host_alloc(struct device *device, size_t size) { return pool_alloc(device, device->host, size); }
void *vram_alloc(struct device *device, size_t size) { return pool_alloc(device, device->vram, size); }

bool signal_waited(hsa_signal_t signal, double seconds)
{
    uint64_t frequency;
    CHECK(hsa.system_get_info(HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY, &frequency));
    bool ended =
        hsa.signal_wait_scacquire(signal, HSA_SIGNAL_CONDITION_EQ, 0, (uint64_t)(seconds * (double)frequency),
                                  HSA_WAIT_STATE_BLOCKED) == 0;
    sanitizer_acquire(&((amd_signal_t *)signal.handle)->value);
    return ended;
}

void signal_wait(hsa_signal_t signal) { assert_true(signal_waited(signal, 20)); }

void packet_push(hsa_queue_t *queue, const void *packet)
{
    enum { WORDS = 16 };
    const uint32_t *words = packet;
    uint64_t index = hsa.queue_add_write_index_relaxed(queue, 1);
    while (index - hsa.queue_load_read_index_scacquire(queue) >= queue->size) {
    }
    sanitizer_acquire(&((amd_queue_t *)queue)->read_dispatch_id);
    uint32_t *slot = (uint32_t *)queue->base_address + index % queue->size * WORDS;
    memcpy(slot + 1, words + 1, (WORDS - 1) * sizeof *words);
    __atomic_store_n(slot, words[0], __ATOMIC_RELEASE);
    hsa.signal_store_screlease(queue->doorbell_signal, (hsa_signal_value_t)index);
}

static uint64_t symbol_info(hsa_executable_symbol_t symbol, hsa_executable_symbol_info_t what)
{
    uint64_t value = 0;
    CHECK(hsa.executable_symbol_get_info(symbol, what, &value));
    return value;
}

void launch_packet(struct device *device, const struct launch *launch, hsa_kernel_dispatch_packet_t *packet)
{
    char name[64];
    snprintf(name, sizeof name, "%s.kd", launch->kernel);
    hsa_executable_symbol_t symbol;
    CHECK(hsa.executable_get_symbol_by_name(device->executable, name, &device->gpu, &symbol));
    uint64_t *arguments = pool_alloc(device, device->kernarg, 4096);
    memset(arguments, 0, 4096);
    arguments[0] = launch->argument;
    *packet = (hsa_kernel_dispatch_packet_t){
        .header = HSA_PACKET_TYPE_KERNEL_DISPATCH | 1 << HSA_PACKET_HEADER_BARRIER |
                  HSA_FENCE_SCOPE_SYSTEM << HSA_PACKET_HEADER_SCACQUIRE_FENCE_SCOPE |
                  HSA_FENCE_SCOPE_SYSTEM << HSA_PACKET_HEADER_SCRELEASE_FENCE_SCOPE,
        .setup = 1,
        .workgroup_size_x = (uint16_t)launch->items,
        .workgroup_size_y = 1,
        .workgroup_size_z = 1,
        .grid_size_x = launch->groups * launch->items,
        .grid_size_y = 1,
        .grid_size_z = 1,
        .kernel_object = symbol_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT),
        .group_segment_size =
            (uint32_t)symbol_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE),
        .private_segment_size =
            (uint32_t)symbol_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE),
        .kernarg_address = arguments,
        .completion_signal = launch->done,
    };
}

void launch(struct device *device, hsa_queue_t *queue, const struct launch *launch)
{
    hsa_kernel_dispatch_packet_t packet;
    launch_packet(device, launch, &packet);
    packet_push(queue, &packet);
}

void barrier_push(hsa_queue_t *queue, const hsa_signal_t *dependencies, int count, hsa_signal_t done)
{
    hsa_barrier_and_packet_t packet = {.header = HSA_PACKET_TYPE_BARRIER_AND | 1 << HSA_PACKET_HEADER_BARRIER,
                                       .completion_signal = done};
    for (int i = 0; i < count; i++) packet.dep_signal[i] = dependencies[i];
    packet_push(queue, &packet);
}

int scene_run(int (*scene)(void))
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        alarm(SCENE_SECONDS);                // ends a hanging scene with a signal
        setenv("CMOCKA_TEST_ABORT", "1", 1); // so does a failed assertion
        libraries_open();
        exit(scene());
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) fail_msg("ended by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status);
}
