// What every OpenCL object of Kiln's begins with, and how handles are told from garbage.
#pragma once

#include <CL/cl.h>
#include <CL/cl_icd.h>
#include <stdatomic.h>
#include <stdbool.h>

enum object_type {
    OBJECT_PLATFORM,
    OBJECT_DEVICE,
    OBJECT_CONTEXT,
    OBJECT_QUEUE,
    OBJECT_EVENT,
    OBJECT_MEMORY,
    OBJECT_SAMPLER,
    OBJECT_PROGRAM,
    OBJECT_KERNEL,
    OBJECT_COMMAND_BUFFER,
    OBJECT_MUTABLE_COMMAND,
    OBJECT_SEMAPHORE,
};

enum { OBJECT_ALIGNMENT = 16 }; // of handles, as malloc gives it; more than there are types

// First member of every object; `dispatch` must be the first word (the ICD ABI).
struct object {
    _Alignas(OBJECT_ALIGNMENT) const void *dispatch; // the ICD dispatch table
    void *loader_data;                               // the loader's own (cl_khr_icd 2.0.0)
    _Atomic(uint32_t) references; // all: the application's and those that other objects and commands hold
    _Atomic(uint32_t) handles;    // the application's alone: what CL_*_REFERENCE_COUNT tells
};

// The first word of every object: the table through which a loader calls. Defined by who stands between the
// loader and these objects (icd/).
extern const void *const object_dispatch;

// The second word of every object from here on.
void object_loader_data_set(void *);

// Prepares a new object (one reference) and records its handle as live. False: memory is short, and the
// handle is not live.
bool object_init(struct object *, enum object_type);

// Whether `handle` is a live object of this type. Never touches memory that is not Kiln's: garbage, stale and
// foreign handles are looked up, not dereferenced.
bool object_is(const void *handle, enum object_type);

// One more reference.
void object_retain(struct object *);

// The same of one that may have none left; false: it has none, and is about to end.
bool object_retain_live(struct object *);

// clRetain*: one more reference of the application's.
void object_retain_handle(struct object *);
// clRelease*: one less of the application's; false when it has none left, and then its handle is invalid to
// it, though something else may keep the object. The reference itself is still to be released.
bool object_release_handle(struct object *);

// One less. True when it was the last: the handle is no longer live, and the caller destroys the object.
bool object_release(struct object *);
