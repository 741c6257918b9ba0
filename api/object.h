// What every OpenCL object of Kiln's begins with, and how handles are told from garbage.
#pragma once

#include <CL/cl.h>
#include <CL/cl_icd.h>
#include <stdatomic.h>
#include <stdbool.h>

enum object_type {
    OBJECT_PLATFORM = 0x4b4c4e50, // "KLNP" and so on: a freed or foreign object has none of these
    OBJECT_DEVICE = 0x4b4c4e44,
    OBJECT_CONTEXT = 0x4b4c4e43,
    OBJECT_QUEUE = 0x4b4c4e51,
    OBJECT_EVENT = 0x4b4c4e45,
    OBJECT_MEMORY = 0x4b4c4e4d,
    OBJECT_SAMPLER = 0x4b4c4e53,
    OBJECT_PROGRAM = 0x4b4c4e47,
    OBJECT_KERNEL = 0x4b4c4e4b,
};

// First member of every object; `dispatch` must be the first word (the ICD ABI).
struct object {
    const void
        *dispatch; // the ICD dispatch table; the loader may store its own data in the second word (ICD 2.0)
    void *loader_data;
    _Atomic(uint32_t) references; // all: the application's and those that other objects and commands hold
    _Atomic(uint32_t) handles;    // the application's alone: what CL_*_REFERENCE_COUNT tells
};

// Prepares a new object (one reference) and records its handle as live.
void object_init(struct object *, enum object_type);

// Whether `handle` is a live object of this type. Never touches memory that is not Kiln's: garbage, stale and
// foreign handles are looked up, not dereferenced.
bool object_is(const void *handle, enum object_type);

// One more reference.
void object_retain(struct object *);

// clRetain*: one more reference of the application's.
void object_retain_handle(struct object *);
// clRelease*: one less of the application's; false when it has none left, and then its handle is invalid to
// it, though something else may keep the object. The reference itself is still to be released.
bool object_release_handle(struct object *);

// One less. True when it was the last: the handle is no longer live, and the caller destroys the object.
bool object_release(struct object *);
