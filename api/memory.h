// Memory objects: buffers, sub-buffers and images. (No device of this driver has pipes yet.)
#pragma once

#include "api/machinery/image.h"
#include "api/machinery/memory_map.h"
#include "api/machinery/storage.h"
#include "api/object.h"
#include "device/device.h"

#include <pthread.h>

struct kiln_context;
struct svm_allocation;

struct memory_destructor {
    void(CL_CALLBACK *function)(cl_mem, void *);
    void *argument;
    struct memory_destructor *next; // the one registered before
};

struct kiln_memory {
    struct object object;
    cl_mem_object_type type;
    struct kiln_context *context;
    struct kiln_memory *parent;    // retained: of a sub-buffer, or of an image in another object; else NULL
    cl_mem_flags flags;            // as given; with a parent, with what is inherited
    size_t size, origin;           // bytes; `origin` counts from the parent's first byte
    void *host_pointer;            // CL_MEM_USE_HOST_PTR, else NULL
    struct image *image;           // NULL: a buffer
    struct device_memory *storage; // with a parent, the parent's; NULL: an image that has its own
    size_t offset;                 // of the object's first byte in the storage
    struct svm_allocation *svm;    // retained: whose storage it is, by CL_MEM_USE_HOST_PTR; NULL: its own
    cl_mem_properties *properties;
    size_t property_count; // 0: none were given
    bool has_address;      // CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT: the application may ask for it
    bool foreign;          // another driver's memory; of an image, its parent is the API's own secret
    _Atomic(cl_uint) map_count;
    pthread_mutex_t lock; // guards what follows
    struct memory_destructor *destructors;
    struct memory_maps maps; // of a sub-buffer, in its root: overlaps concern all that share the storage
};

static inline struct kiln_memory *memory_from(cl_mem handle) { return (struct kiln_memory *)handle; }
static inline cl_mem memory_handle(const struct kiln_memory *memory) { return (cl_mem)(uintptr_t)memory; }
static inline bool memory_is(cl_mem handle) { return object_is(handle, OBJECT_MEMORY); }

static inline bool memory_is_buffer(cl_mem handle)
{
    return memory_is(handle) && memory_from(handle)->type == CL_MEM_OBJECT_BUFFER;
}

static inline bool memory_is_image(cl_mem handle) { return memory_is(handle) && memory_from(handle)->image; }

// The buffer that owns a buffer's storage: itself, or a sub-buffer's parent. An image is its own.
static inline struct kiln_memory *memory_root(struct kiln_memory *memory)
{
    return memory->parent && !memory->image ? memory->parent : memory;
}

// The kind of storage that a buffer with these flags has.
static inline enum device_memory_kind memory_kind(cl_mem_flags flags)
{
    if (flags & CL_MEM_USE_HOST_PTR) return DEVICE_MEMORY_USER;
    return flags & CL_MEM_ALLOC_HOST_PTR ? DEVICE_MEMORY_HOST : DEVICE_MEMORY_LOCAL;
}

// What kernels must be able to do with an image that has these flags (DEVICE_IMAGE_READ, …).
static inline unsigned memory_image_uses(cl_mem_flags flags)
{
    if (flags & CL_MEM_READ_ONLY) return DEVICE_IMAGE_READ;
    if (flags & CL_MEM_WRITE_ONLY) return DEVICE_IMAGE_WRITE;
    return DEVICE_IMAGE_READ | DEVICE_IMAGE_WRITE;
}

// A buffer's first byte as kernels see it.
uint8_t *memory_address(const struct kiln_memory *);

// First byte as the host sees it; NULL where it cannot.
uint8_t *memory_host(const struct kiln_memory *);

// Whether [offset, offset + size) lies within the object. Sums that overflow do not.
bool memory_contains(const struct kiln_memory *, size_t offset, size_t size);

// What every command that uses a memory object of any kind, a buffer or an image checks of it:
// CL_INVALID_MEM_OBJECT, CL_INVALID_CONTEXT or CL_SUCCESS. There is no CL_MISALIGNED_SUB_BUFFER_OFFSET: all
// devices have the same alignment, which clCreateSubBuffer has seen to.
cl_int memory_check(cl_mem, const struct kiln_context *);
cl_int memory_check_buffer(cl_mem, const struct kiln_context *);
cl_int memory_check_image(cl_mem, const struct kiln_context *);

// Whether the host may do this (CL_MAP_READ, CL_MAP_WRITE, CL_MAP_WRITE_INVALIDATE_REGION) to the object:
// CL_INVALID_OPERATION where its flags forbid it.
cl_int memory_check_host_access(const struct kiln_memory *, cl_map_flags access);

// A memory object with all other fields 0; NULL: out of memory. And the end of one, its fields let go of.
struct kiln_memory *memory_new(cl_mem_object_type);
void memory_free(struct kiln_memory *);
// Keeps a list of `count` elements for CL_MEM_PROPERTIES. CL_OUT_OF_HOST_MEMORY.
cl_int memory_properties_keep(struct kiln_memory *, const cl_mem_properties *, size_t count);
// Gives an object whose size, flags and host_pointer are filled in its storage: its own or, with
// CL_MEM_USE_HOST_PTR, that of clSVMAlloc's memory. `host`: what CL_MEM_USE_HOST_PTR and CL_MEM_COPY_HOST_PTR
// take. CL_INVALID_BUFFER_SIZE where that goes beyond clSVMAlloc's memory.
cl_int memory_open(struct kiln_memory *, const void *host);
// Gives a buffer another driver's memory by its file descriptor; one of size 0 gets all of it.
// CL_INVALID_PROPERTY: it is none; CL_INVALID_BUFFER_SIZE: there is less.
cl_int memory_open_foreign(struct kiln_memory *, int file);
// Undoes memory_open, where it was called and has succeeded.
void memory_close(struct kiln_memory *);
// Makes a memory object whose fields are filled in live: one reference, the context retained. False: out of
// memory, and nothing is changed.
bool memory_init(struct kiln_memory *);
// A buffer that is another driver's memory, all of it.
cl_int buffer_import(struct kiln_context *, cl_mem_flags, int file, struct kiln_memory **);
void memory_retain(struct kiln_memory *);
// Drops one reference; the last one calls the destructor callbacks, newest first, and frees.
void memory_release(struct kiln_memory *);
