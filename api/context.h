// Contexts: the devices that objects are shared between, and where faults are told.
#pragma once

#include "api/cl_device.h"
#include "api/machinery/holding.h"
#include "api/machinery/storage.h"
#include "api/object.h"

#include <pthread.h>
#include <sys/queue.h>

struct context_destructor {
    void(CL_CALLBACK *function)(cl_context, void *);
    void *argument;
    struct context_destructor *next; // the one registered before
};

struct kiln_context {
    struct object object;
    cl_context_properties *properties;
    size_t property_count; // with the terminating 0; 0: none were given
    void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *);
    void *notify_argument;
    pthread_mutex_t lock; // guards the lists and the tree
    struct context_destructor *destructors;
    struct holding holding;
    void *svm_allocations; // svm.c's search tree
    LIST_HEAD(, kiln_queue) queues;
    pthread_cond_t queue_gone; // from the list
    struct storage_pool storage;
    unsigned device_count;
    struct kiln_device *devices[];
};

static inline struct kiln_context *context_from(cl_context handle) { return (struct kiln_context *)handle; }
static inline cl_context context_handle(const struct kiln_context *context)
{
    return (cl_context)(uintptr_t)context;
}
static inline bool context_is(cl_context handle) { return object_is(handle, OBJECT_CONTEXT); }

void context_retain(struct kiln_context *);
void context_release(struct kiln_context *);
bool context_has_device(const struct kiln_context *, const struct kiln_device *);

// Tells the application of an error: the context's callback, and the log.
void context_notify(struct kiln_context *, const char *text);
