// Semaphores (cl_khr_semaphore 1.0.0), binary ones: what a signal command leaves for the next wait command of
// any queue of the context is its event, so that waiting is a packet as for any other event.
#pragma once

#include "api/event.h"

#include <CL/cl_ext.h>

#ifndef CL_SEMAPHORE_DEVICE_HANDLE_LIST_KHR
#define CL_SEMAPHORE_DEVICE_HANDLE_LIST_KHR     0x2053
#define CL_SEMAPHORE_DEVICE_HANDLE_LIST_END_KHR 0
#endif

struct kiln_semaphore {
    struct object object;
    struct kiln_context *context; // retained
    struct kiln_device *device;   // that it is for; NULL: all of the context's
    cl_semaphore_properties_khr *property_list;
    size_t property_count; // with the terminating 0
    pthread_mutex_t lock;  // guards what follows
    cl_event signal;       // of the last signal command, until a wait command takes it; NULL
    cl_event awaited;      // the user event of wait commands that came before their signal command; NULL
    unsigned waiting;      // those
};

static inline struct kiln_semaphore *semaphore_from(cl_semaphore_khr handle)
{
    return (struct kiln_semaphore *)handle;
}
static inline cl_semaphore_khr semaphore_handle(const struct kiln_semaphore *semaphore)
{
    return (cl_semaphore_khr)(uintptr_t)semaphore;
}
static inline bool semaphore_is(cl_semaphore_khr handle) { return object_is(handle, OBJECT_SEMAPHORE); }
