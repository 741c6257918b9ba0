// A compute device as the API layer sees it. device/hsa implements this on ROCr; nothing above it calls
// hsa_*.
//
// Functions that return cl_int return CL_SUCCESS or the OpenCL error that the API call should return. All
// functions are thread-safe unless they say otherwise. Times are nanoseconds on one monotonic clock
// (device_clock).
//
// While the process exits (from exit() on) and in a forked child there is no device any more: functions
// return CL_DEVICE_NOT_AVAILABLE or do nothing. Commands under way at exit end with the process.
#pragma once

#include <CL/cl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- Discovery ----------------------------------------------------------------------------------------

struct device;

struct device_info {
    char name[64]; // "gfx1030"
    char isa[96];  // HSA ISA name: "amdgcn-amd-amdhsa--gfx1030"
    char marketing_name[128];
    char vendor[64];
    char driver_version[64]; // HSA runtime's
    uint32_t vendor_id;      // 0x1002
    uint32_t chip_id;
    uint32_t compute_units, simds_per_unit;
    uint32_t clock_mhz;
    uint32_t wavefront_size; // the ISA's default
    uint32_t max_work_group_size;
    uint32_t max_work_group_dim[3];
    uint32_t max_grid_dim[3]; // work-items one dispatch can have in each dimension
    uint64_t memory_size;     // bytes of the memory buffers come from
    uint32_t memory_width;    // bits of its bus; 0: not known
    uint64_t max_alloc_size;
    uint64_t cache_size; // last-level data cache
    uint32_t cache_line_size;
    uint32_t lds_size;         // per work-group
    uint64_t max_private_size; // scratch bytes per work-item
    uint64_t timer_resolution; // ns
    bool host_accessible;      // buffers are directly accessible by the host
    bool host_atomics;         // the device's atomics in host memory are atomic to the host and other devices
    bool process_memory;       // kernels reach all memory of the process, at its own address
    uint8_t uuid[16];
    uint32_t pci_domain, pci_bus, pci_device, pci_function;
};

// Finds the devices, once per process (later calls return the same). *devices is an array owned by
// device/hsa. With no device *count is 0 and device_missing_reason() says why in one line.
cl_int devices_find(struct device *const **devices, unsigned *count);
const char *device_missing_reason(void);
const struct device_info *device_info(const struct device *);

// Now, on the clock of device_signal_times.
uint64_t device_clock(const struct device *);

// ---- Signals: what events are -------------------------------------------------------------------------

// 1: not done. 0: done. Negative: ended with that OpenCL error. Reference-counted by its creator and by
// commands under way, so it may be released at any time.
struct device_signal;
cl_int device_signal_create(struct device_signal **);
void device_signal_retain(struct device_signal *);
void device_signal_release(struct device_signal *);
cl_int device_signal_state(const struct device_signal *); // 1, 0 or the error
// Sleeps until the signal is no longer 1; returns 0 or the error.
cl_int device_signal_wait(struct device_signal *);
// Ends a signal by hand (user events): 0 or a negative error.
void device_signal_set(struct device_signal *, cl_int state);
// Calls `function(argument, state)` once, from a thread of the device layer, when the signal is no longer 1
// (at once, from such a thread, if it already is not). The function must not block. CL_OUT_OF_HOST_MEMORY or,
// where no thread can be had, CL_OUT_OF_RESOURCES: it will not be called. A command that is to end a signal
// which has been asked about already is refused where no thread can be had for it.
cl_int device_signal_notify(struct device_signal *, void (*function)(void *argument, cl_int state),
                            void *argument);
// When the command that ended this signal ran. Valid once the state is 0. False: the command left no times.
bool device_signal_times(const struct device_signal *, uint64_t *start, uint64_t *end);
// Of several commands that are one to the application: the times of `signal`, which the last one ends, start
// with those of `first`. To be told before that command is enqueued.
void device_signal_starts_with(struct device_signal *signal, struct device_signal *first);

// ---- Memory -------------------------------------------------------------------------------------------

struct device_memory;
enum device_memory_kind {
    DEVICE_MEMORY_LOCAL,   // the device's own (coarse-grained)
    DEVICE_MEMORY_HOST,    // host memory that devices reach (CL_MEM_ALLOC_HOST_PTR)
    DEVICE_MEMORY_USER,    // the application's pages, pinned (CL_MEM_USE_HOST_PTR): `user` is given
    DEVICE_MEMORY_FOREIGN, // another driver's (device_memory_import)
};
// Memory for `count` devices of one context. Alignment is at least 128 bytes (USER: the application's own).
cl_int device_memory_create(struct device *const *devices, unsigned count, size_t size,
                            enum device_memory_kind kind, void *user, struct device_memory **);
// Another driver's memory by its file descriptor, of a dma_buf or the like, which stays the caller's; *size
// gets its bytes. CL_INVALID_VALUE: it is no such file.
cl_int device_memory_import(struct device *const *devices, unsigned count, int file, size_t *size,
                            struct device_memory **);
void device_memory_destroy(struct device_memory *); // no command may be using it
// Bytes of the device's own memory that this process has not taken.
uint64_t device_memory_free(const struct device *);
void *device_memory_address(const struct device_memory *); // as kernels see it
void *device_memory_host(const struct device_memory *);    // as the host sees it; NULL where it cannot
// The host wrote there by itself: commands enqueued from now on see it.
void device_memory_host_wrote(const struct device_memory *);

// ---- Programs -----------------------------------------------------------------------------------------

struct device_program;
struct device_code {
    uint64_t object;                                                // descriptor's address
    uint32_t kernarg_size, kernarg_align, group_size, private_size; // bytes
    bool dynamic_stack;
};
// Loads a code object (AMDGPU ELF) on one device. On failure *why (a constant string or NULL) explains.
cl_int device_program_create(struct device *, const void *code_object, size_t size, struct device_program **,
                             const char **why);
void device_program_destroy(struct device_program *); // no command may be using it
cl_int device_program_kernel(struct device_program *, const char *symbol, struct device_code *);
// A variable's place. CL_INVALID_ARG_VALUE: there is none of that name.
cl_int device_program_variable(struct device_program *, const char *symbol, void **address, size_t *size);

// ---- Queues -------------------------------------------------------------------------------------------

// An in-order queue: commands start in order, each after the one before it has ended and its memory is
// visible.
struct device_queue;

// A command of the queue ended abnormally. The queue is dead then: all its commands that have not ended, end
// with `error`, and further ones are refused with it. Called once per queue, from a thread of the device
// layer, before the signals end.
struct device_fault {
    cl_int error;     // CL_OUT_OF_RESOURCES, …
    const char *text; // one line: what, where, and which kernel
};
typedef void device_fault_fn(void *argument, const struct device_fault *);

enum device_queue_priority { DEVICE_QUEUE_NORMAL, DEVICE_QUEUE_LOW, DEVICE_QUEUE_HIGH }; // hints
// Some of a device's compute units; with a count of 0 all of them.
struct device_units {
    uint32_t first, count;
};
// Whether queues can be confined to these.
bool device_units_check(struct device *, struct device_units);

struct device_queue_options {
    device_fault_fn *on_fault;
    void *argument;
    bool profiling; // signals of this queue's commands must have times
    enum device_queue_priority priority;
    struct device_units units;
};
cl_int device_queue_create(struct device *, const struct device_queue_options *, struct device_queue **);
// Waits for all commands, then frees the queue. A dead queue's commands have ended, but for on_fault: it may
// call this.
void device_queue_destroy(struct device_queue *);

// What every command has: signals to wait for first (any queue's, any device's, user events; one that ended
// with an error does not stop this command: the API layer sees to that), and the signal to end, NULL if
// nobody wants to know. The signals are retained while they are needed. No call here blocks but where it says
// so (it may wait for room in the ring).
struct device_command {
    struct device_signal *const *wait;
    unsigned wait_count;
    struct device_signal *done;
    bool waited_for; // the caller waits for `done` right after: its thread may do what one of ours would
};

// Sizes are within the device's limits, as device_info has them.
struct device_dispatch {
    const struct device_code *kernel;
    const void *kernarg; // kernel->kernarg_size bytes, hidden arguments filled in; copied
    uint32_t dimensions; // 1..3
    uint32_t global[3];  // work-items; unused dimensions 1
    uint16_t local[3];   // work-items; global need not be a multiple
    uint32_t group_size; // LDS bytes: static plus dynamic
};
cl_int device_queue_dispatch(struct device_queue *, const struct device_command *,
                             const struct device_dispatch *);

// Dispatches made ready once, to be carried out in a row any number of times, by any queue of the device and
// by several at once. Not to be added to once a queue has it.
struct device_batch;
cl_int device_batch_create(struct device *, struct device_batch **);
cl_int device_batch_add(struct device_batch *, const struct device_dispatch *); // its arguments are copied
size_t device_batch_count(const struct device_batch *);
void device_batch_destroy(struct device_batch *); // no command may be using it
// Of an empty batch nothing is done, and `done` does not end.
cl_int device_queue_batch(struct device_queue *, const struct device_command *, const struct device_batch *);

// What a kernel may be told of the queue that runs it: the address of its amd_queue_t, and the upper 32 bits
// of the addresses by which flat instructions reach local and private memory (0 where the hardware says so
// itself). Source: LLVM AMDGPUUsage, "Code Object V5 Metadata".
struct device_queue_addresses {
    uint64_t queue;
    uint32_t shared_base, private_base;
};
struct device_queue_addresses device_queue_addresses(const struct device_queue *);

// Copies `size` bytes; each side may be memory of the device or of the host (pageable too). Host memory is
// read and written until the command has ended.
cl_int device_queue_copy(struct device_queue *, const struct device_command *, void *to, const void *from,
                         size_t size);

// A box: width in bytes, height in rows, depth in slices; pitches in bytes.
struct device_rect {
    uint8_t *base; // address of the box's first byte
    size_t row_pitch, slice_pitch;
};
cl_int device_queue_copy_rect(struct device_queue *, const struct device_command *,
                              const struct device_rect *to, const struct device_rect *from,
                              const size_t extent[3]);
// Repeats `pattern` (1..128 bytes, copied) over `size` bytes, a multiple of pattern_size.
cl_int device_queue_fill(struct device_queue *, const struct device_command *, void *to, const void *pattern,
                         size_t pattern_size, size_t size);
// No operation of its own: ends after the commands before it and `wait`.
cl_int device_queue_barrier(struct device_queue *, const struct device_command *);
// Runs `function(argument)` on a thread of the device layer in the queue's order. For map, unmap, host-side
// work. When the queue dies before its turn it is not run; `done` ends with the error all the same.
cl_int device_queue_host(struct device_queue *, const struct device_command *, void (*function)(void *),
                         void *argument);
// Whether all commands have ended, as far as can be told at once.
bool device_queue_idle(struct device_queue *);
// Whether the command of this queue that ends this signal is being carried out.
bool device_queue_runs(struct device_queue *, const struct device_signal *);
// CL_SUCCESS, or the error that the queue died of.
cl_int device_queue_error(const struct device_queue *);
// Makes sure all commands so far will run without further calls. Returns the queue's fault, if it has one.
cl_int device_queue_flush(struct device_queue *);
// Sleeps until all commands so far have ended. Returns the queue's fault, if it has one.
cl_int device_queue_finish(struct device_queue *);
