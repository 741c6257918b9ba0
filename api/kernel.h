// Kernel objects: a kernel function of a program, and the arguments set for it. As the specification says,
// setting arguments of one kernel object from several threads, or while another thread enqueues it, is the
// application's mistake.
#pragma once

#include "api/machinery/kernel_device.h"
#include "api/program.h"

struct kernel_argument {
    bool set;
    // Not retained, as the specification asks.
    cl_mem memory;      // of ARGUMENT_GLOBAL_BUFFER and ARGUMENT_IMAGE; NULL: a null buffer
    cl_sampler sampler; // of ARGUMENT_SAMPLER
    size_t local_size;  // of ARGUMENT_DYNAMIC_SHARED_POINTER
};

struct kiln_kernel {
    struct object object;
    struct kiln_program *program; // retained
    const struct kernel_metadata
        *metadata;                     // of the first device: names, arguments and their places, alike on all
    struct kernel_argument *arguments; // metadata->explicit_count of them
    uint8_t
        *values; // the kernel argument segment with all values set so far, but for the addresses of objects
    size_t values_size;
    struct launch_memo *memos; // one a device
    unsigned device_count;
    struct kernel_device devices[];
};

static inline struct kiln_kernel *kernel_from(cl_kernel handle) { return (struct kiln_kernel *)handle; }
static inline cl_kernel kernel_handle(const struct kiln_kernel *kernel)
{
    return (cl_kernel)(uintptr_t)kernel;
}
static inline bool kernel_is(cl_kernel handle) { return object_is(handle, OBJECT_KERNEL); }

void kernel_retain(struct kiln_kernel *);
void kernel_release(struct kiln_kernel *);

// Another kernel of the same code with the same arguments; one reference.
cl_int kernel_clone(const struct kiln_kernel *, struct kiln_kernel **clone);

// The kernel on a device, or NULL where the program has no executable for it.
static inline const struct kernel_device *kernel_device(const struct kiln_kernel *kernel,
                                                        const struct kiln_device *device)
{
    for (unsigned i = 0; i < kernel->device_count; i++)
        if (kernel->devices[i].device == device) return &kernel->devices[i];
    return NULL;
}

// The kernel on the device that a query names; NULL means the only one there is. CL_INVALID_DEVICE where
// there is none.
cl_int kernel_device_find(const struct kiln_kernel *, cl_device_id, const struct kernel_device **on);

// LDS bytes of one work-group: the kernel's own and the __local arguments', each placed at its alignment.
uint64_t kernel_group_size(const struct kiln_kernel *, const struct kernel_device *);

// Fills `block` (kernel->values_size bytes), a kernel argument segment: explicit arguments but for objects,
// and LDS offsets. All explicit arguments are set.
void kernel_arguments_fill(const struct kiln_kernel *, const struct kernel_device *, uint8_t *block);
