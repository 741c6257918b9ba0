#include "fake_device.h"

#include "device/device.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct device {
    struct device_info info;
};

struct notification {
    struct notification *next;
    struct device_signal *signal; // retained once it has ended
    void (*function)(void *, cl_int);
    void *argument;
};

struct device_signal {
    _Atomic(unsigned) references;
    _Atomic(cl_int) state;
    struct notification *first; // newest first; guarded by `notify_lock`
};

struct device_memory {
    enum device_memory_kind kind;
    uint8_t *bytes;
};

struct device_queue {
    struct device *device;
};

static struct device fake = {.info = {.name = "fake",
                                      .isa = "amdgcn-amd-amdhsa--gfx1030",
                                      .compute_units = 4,
                                      .wavefront_size = 32,
                                      .max_work_group_size = 1024,
                                      .max_work_group_dim = {1024, 1024, 1024},
                                      .max_grid_dim = {UINT32_MAX, UINT32_MAX, UINT32_MAX},
                                      .memory_size = 1 << 30,
                                      .max_alloc_size = 1 << 28,
                                      .lds_size = 65536}};
static size_t bytes_copied;
static _Atomic(size_t) states_asked;
static _Atomic(unsigned) memory_count;
static unsigned writes_told;

size_t fake_bytes_copied(void) { return bytes_copied; }
size_t fake_states_asked(void) { return atomic_load(&states_asked); }
unsigned fake_memory_count(void) { return memory_count; }
unsigned fake_writes_told(void) { return writes_told; }

// ---- Discovery ----------------------------------------------------------------------------------------

cl_int devices_find(struct device *const **devices, unsigned *count)
{
    static struct device *const all[] = {&fake};
    *devices = all;
    *count = 1;
    return CL_SUCCESS;
}

const char *device_missing_reason(void) { return NULL; }
const struct device_info *device_info(const struct device *device) { return &device->info; }
uint64_t device_clock(const struct device *device)
{
    (void)device;
    return 1;
}

// ---- Signals ------------------------------------------------------------------------------------------

cl_int device_signal_create(struct device_signal **signal)
{
    *signal = calloc(1, sizeof **signal);
    if (!*signal) return CL_OUT_OF_HOST_MEMORY;
    (*signal)->references = 1;
    (*signal)->state = 1;
    return CL_SUCCESS;
}

void device_signal_retain(struct device_signal *signal) { signal->references++; }

static pthread_mutex_t notify_lock = PTHREAD_MUTEX_INITIALIZER;

void device_signal_release(struct device_signal *signal)
{
    if (--signal->references) return;
    for (struct notification *next; signal->first; signal->first = next) { // nobody can end it any more
        next = signal->first->next;
        free(signal->first);
    }
    free(signal);
}

cl_int device_signal_state(const struct device_signal *signal)
{
    atomic_fetch_add(&states_asked, 1);
    return signal->state;
}

cl_int device_signal_wait(struct device_signal *signal)
{
    return signal->state;
} // commands have ended already

// As the device layer does, from a thread that holds none of the caller's locks.
static void *notifications_call(void *of)
{
    for (struct notification *all = of, *next; all; all = next) {
        next = all->next;
        struct device_signal *signal = all->signal;
        all->function(all->argument, signal->state);
        free(all);
        device_signal_release(signal);
    }
    return NULL;
}

static void notify(struct device_signal *signal)
{
    pthread_t thread;
    pthread_mutex_lock(&notify_lock);
    struct notification *all = signal->first;
    signal->first = NULL;
    pthread_mutex_unlock(&notify_lock);
    for (struct notification *each = all; each; each = each->next) device_signal_retain(signal);
    if (!all) return;
    if (pthread_create(&thread, NULL, notifications_call, all)) abort();
    pthread_detach(thread);
}

void device_signal_set(struct device_signal *signal, cl_int state)
{
    signal->state = state;
    notify(signal);
}

cl_int device_signal_notify(struct device_signal *signal, void (*function)(void *, cl_int), void *argument)
{
    struct notification *notification = malloc(sizeof *notification);
    if (!notification) return CL_OUT_OF_HOST_MEMORY;
    pthread_mutex_lock(&notify_lock);
    *notification = (struct notification){signal->first, signal, function, argument};
    signal->first = notification;
    pthread_mutex_unlock(&notify_lock);
    if (signal->state != 1) notify(signal);
    return CL_SUCCESS;
}

void device_signal_starts_with(struct device_signal *signal, struct device_signal *first)
{
    (void)signal, (void)first;
}

bool device_signal_times(const struct device_signal *signal, uint64_t *start, uint64_t *end)
{
    (void)signal, (void)start, (void)end;
    return false;
}

// ---- Memory -------------------------------------------------------------------------------------------

cl_int device_memory_create(struct device *const *devices, unsigned count, size_t size,
                            enum device_memory_kind kind, void *user, struct device_memory **memory)
{
    (void)devices, (void)count;
    struct device_memory *created = calloc(1, sizeof *created);
    if (created) created->bytes = kind == DEVICE_MEMORY_USER ? user : malloc(size);
    if (!created || !created->bytes) {
        free(created);
        return CL_OUT_OF_HOST_MEMORY;
    }
    created->kind = kind;
    *memory = created;
    memory_count++;
    return CL_SUCCESS;
}

cl_int device_memory_import(struct device *const *devices, unsigned count, int file, size_t *size,
                            struct device_memory **memory)
{
    (void)file;
    *size = 1 << 16;
    return device_memory_create(devices, count, *size, DEVICE_MEMORY_FOREIGN, NULL, memory);
}

void device_memory_destroy(struct device_memory *memory)
{
    if (memory->kind != DEVICE_MEMORY_USER) free(memory->bytes);
    free(memory);
    memory_count--;
}

void *device_memory_address(const struct device_memory *memory) { return memory->bytes; }

void *device_memory_host(const struct device_memory *memory)
{
    return memory->kind == DEVICE_MEMORY_LOCAL ? NULL : memory->bytes;
}

void device_memory_host_wrote(const struct device_memory *memory)
{
    (void)memory;
    writes_told++;
}

// ---- Programs: of any code object, with kernels of any name -------------------------------------------

struct device_program {
    struct device *device;
};

cl_int device_program_create(struct device *device, const void *code_object, size_t size,
                             struct device_program **program, const char **why)
{
    (void)code_object, (void)size;
    *why = NULL;
    *program = malloc(sizeof **program);
    if (!*program) return CL_OUT_OF_HOST_MEMORY;
    (*program)->device = device;
    return CL_SUCCESS;
}

void device_program_destroy(struct device_program *program) { free(program); }

cl_int device_program_kernel(struct device_program *program, const char *symbol, struct device_code *kernel)
{
    (void)program, (void)symbol;
    *kernel = (struct device_code){.object = 1, .kernarg_align = 8};
    return CL_SUCCESS;
}

cl_int device_program_variable(struct device_program *program, const char *symbol, void **address,
                               size_t *size)
{
    (void)program, (void)symbol, (void)address, (void)size;
    return CL_INVALID_ARG_VALUE;
}

// ---- Queues -------------------------------------------------------------------------------------------

uint64_t device_memory_free(const struct device *device)
{
    (void)device;
    return 0;
}

bool device_units_check(struct device *device, struct device_units units)
{
    (void)device, (void)units;
    return false;
}

cl_int device_queue_create(struct device *device, const struct device_queue_options *options,
                           struct device_queue **queue)
{
    (void)options;
    *queue = malloc(sizeof **queue);
    if (!*queue) return CL_OUT_OF_HOST_MEMORY;
    (*queue)->device = device;
    return CL_SUCCESS;
}

void device_queue_destroy(struct device_queue *queue) { free(queue); }

struct device_queue_addresses device_queue_addresses(const struct device_queue *queue)
{
    return (struct device_queue_addresses){(uintptr_t)queue, FAKE_SHARED_BASE, FAKE_PRIVATE_BASE};
}

static cl_int command_end(const struct device_command *command)
{
    if (command->done) device_signal_set(command->done, 0);
    return CL_SUCCESS;
}

cl_int device_queue_dispatch(struct device_queue *queue, const struct device_command *command,
                             const struct device_dispatch *dispatch)
{
    (void)queue, (void)dispatch;
    return command_end(command);
}

struct device_batch {
    size_t count;
};

cl_int device_batch_create(struct device *device, struct device_batch **batch)
{
    (void)device;
    *batch = calloc(1, sizeof **batch);
    return *batch ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
}

cl_int device_batch_add(struct device_batch *batch, const struct device_dispatch *dispatch)
{
    (void)dispatch;
    batch->count++;
    return CL_SUCCESS;
}

size_t device_batch_count(const struct device_batch *batch) { return batch->count; }
void device_batch_destroy(struct device_batch *batch) { free(batch); }

cl_int device_queue_batch(struct device_queue *queue, const struct device_command *command,
                          const struct device_batch *batch)
{
    (void)queue, (void)batch;
    return command_end(command);
}

cl_int device_queue_copy(struct device_queue *queue, const struct device_command *command, void *to,
                         const void *from, size_t size)
{
    (void)queue;
    memcpy(to, from, size);
    bytes_copied += size;
    return command_end(command);
}

cl_int device_queue_copy_rect(struct device_queue *queue, const struct device_command *command,
                              const struct device_rect *to, const struct device_rect *from,
                              const size_t extent[3])
{
    (void)queue;
    for (size_t z = 0; z < extent[2]; z++)
        for (size_t y = 0; y < extent[1]; y++)
            memcpy(to->base + z * to->slice_pitch + y * to->row_pitch,
                   from->base + z * from->slice_pitch + y * from->row_pitch, extent[0]);
    bytes_copied += extent[0] * extent[1] * extent[2];
    return command_end(command);
}

cl_int device_queue_fill(struct device_queue *queue, const struct device_command *command, void *to,
                         const void *pattern, size_t pattern_size, size_t size)
{
    (void)queue;
    for (size_t at = 0; at < size; at += pattern_size) memcpy((uint8_t *)to + at, pattern, pattern_size);
    return command_end(command);
}

cl_int device_queue_barrier(struct device_queue *queue, const struct device_command *command)
{
    (void)queue;
    return command_end(command);
}

cl_int device_queue_host(struct device_queue *queue, const struct device_command *command,
                         void (*function)(void *), void *argument)
{
    (void)queue;
    function(argument);
    return command_end(command);
}

bool device_queue_idle(struct device_queue *queue)
{
    (void)queue;
    return true;
}

bool device_queue_runs(struct device_queue *queue, const struct device_signal *signal)
{
    (void)queue, (void)signal;
    return false;
}

cl_int device_queue_error(const struct device_queue *queue)
{
    (void)queue;
    return CL_SUCCESS;
}

cl_int device_queue_flush(struct device_queue *queue)
{
    (void)queue;
    return CL_SUCCESS;
}

cl_int device_queue_finish(struct device_queue *queue)
{
    (void)queue;
    return CL_SUCCESS;
}
