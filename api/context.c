#include "api/context.h"

#include "api/machinery/info.h"
#include "api/platform.h"
#include "api/svm.h"
#include "base/log.h"
#include "compiler/client/compiler.h"

#include <stdlib.h>
#include <string.h>

void context_retain(struct kiln_context *context) { object_retain(&context->object); }

static void context_destroy(struct kiln_context *context)
{
    for (struct context_destructor *next, *d = context->destructors; d; d = next) {
        next = d->next;
        d->function(context_handle(context), d->argument);
        free(d);
    }
    svm_free_all(context);
    storage_pool_destroy(&context->storage);
    for (unsigned i = 0; i < context->device_count; i++) cl_device_release(context->devices[i]);
    pthread_mutex_destroy(&context->holding.lock);
    pthread_cond_destroy(&context->queue_gone);
    pthread_mutex_destroy(&context->lock);
    free(context->properties);
    free(context);
}

void context_release(struct kiln_context *context)
{
    if (object_release(&context->object)) context_destroy(context);
}

bool context_has_device(const struct kiln_context *context, const struct kiln_device *device)
{
    for (unsigned i = 0; i < context->device_count; i++)
        if (context->devices[i] == device) return true;
    return false;
}

void context_notify(struct kiln_context *context, const char *text)
{
    log_error("%s", text);
    if (context->notify) context->notify(text, NULL, 0, context->notify_argument);
}

// Checks a property list and counts its words, the terminating 0 included. Source: OpenCL 3.0, table "Context
// properties".
static cl_int properties_check(const cl_context_properties *properties, size_t *count)
{
    bool seen_platform = false, seen_sync = false;
    *count = 0;
    if (!properties) return CL_SUCCESS;
    for (const cl_context_properties *p = properties; *p; p += 2) {
        bool *seen = *p == CL_CONTEXT_PLATFORM            ? &seen_platform
                     : *p == CL_CONTEXT_INTEROP_USER_SYNC ? &seen_sync
                                                          : NULL;
        if (!seen || *seen) return CL_INVALID_PROPERTY;
        *seen = true;
        if (seen == &seen_platform && !platform_is((cl_platform_id)p[1])) return CL_INVALID_PLATFORM;
        if (seen == &seen_sync && p[1] != CL_TRUE && p[1] != CL_FALSE) return CL_INVALID_PROPERTY;
        *count += 2;
    }
    ++*count;
    return CL_SUCCESS;
}

static struct kiln_context *context_alloc(const cl_context_properties *properties, size_t property_count,
                                          cl_uint devices)
{
    struct kiln_context *context = calloc(1, sizeof *context + devices * sizeof(struct kiln_device *));
    if (!context) return NULL;
    if (property_count) {
        context->properties = malloc(property_count * sizeof *properties);
        if (!context->properties) {
            free(context);
            return NULL;
        }
        memcpy(context->properties, properties, property_count * sizeof *properties);
        context->property_count = property_count;
    }
    pthread_mutex_init(&context->lock, NULL);
    pthread_cond_init(&context->queue_gone, NULL);
    pthread_mutex_init(&context->holding.lock, NULL);
    storage_pool_init(&context->storage);
    return context;
}

static cl_int devices_check(cl_uint count, const cl_device_id *devices)
{
    for (cl_uint i = 0; i < count; i++)
        if (!cl_device_is(devices[i])) return CL_INVALID_DEVICE;
    return CL_SUCCESS;
}

CL_API_ENTRY cl_context CL_API_CALL clCreateContext(
    const cl_context_properties *properties, cl_uint count, const cl_device_id *devices,
    void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *), void *argument, cl_int *error_out)
{
    size_t property_count;
    cl_int error = properties_check(properties, &property_count);
    if (!error && (!devices || !count || (!notify && argument))) error = CL_INVALID_VALUE;
    if (!error) error = devices_check(count, devices);
    if (error) return error_return(error_out, error);

    struct kiln_context *context = context_alloc(properties, property_count, count);
    if (!context) return error_return(error_out, CL_OUT_OF_HOST_MEMORY);
    context->notify = notify;
    context->notify_argument = argument;
    for (cl_uint i = 0; i < count; i++) // a device named twice counts once
        if (!context_has_device(context, cl_device_from(devices[i]))) {
            context->devices[context->device_count++] = cl_device_from(devices[i]);
            cl_device_retain(cl_device_from(devices[i]));
        }
    if (!object_init(&context->object, OBJECT_CONTEXT)) {
        context_destroy(context);
        return error_return(error_out, CL_OUT_OF_HOST_MEMORY);
    }
    compiler_prepare(); // most contexts soon have a program to build
    if (error_out) *error_out = CL_SUCCESS;
    return context_handle(context);
}

CL_API_ENTRY cl_context CL_API_CALL clCreateContextFromType(
    const cl_context_properties *properties, cl_device_type type,
    void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *), void *argument, cl_int *error_out)
{
    size_t property_count;
    cl_uint count = 0;
    cl_int error = properties_check(properties, &property_count);
    const struct kiln_platform *platform = platform_get();
    if (!error) error = clGetDeviceIDs(platform_handle(platform), type, 0, NULL, &count);
    if (error) return error_return(error_out, error);
    cl_device_id *devices = calloc(count, sizeof(cl_device_id));
    if (!devices) return error_return(error_out, CL_OUT_OF_HOST_MEMORY);
    clGetDeviceIDs(platform_handle(platform), type, count, devices, NULL);
    cl_context context = clCreateContext(properties, count, devices, notify, argument, error_out);
    free(devices);
    return context;
}

CL_API_ENTRY cl_int CL_API_CALL clRetainContext(cl_context context)
{
    if (!context_is(context)) return CL_INVALID_CONTEXT;
    object_retain_handle(&context_from(context)->object);
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clReleaseContext(cl_context context)
{
    if (!context_is(context) || !object_release_handle(&context_from(context)->object))
        return CL_INVALID_CONTEXT;
    context_release(context_from(context));
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clGetContextInfo(cl_context handle, cl_context_info query, size_t size,
                                                 void *value, size_t *size_ret)
{
    const struct info_out out = {size, value, size_ret};
    if (!context_is(handle)) return CL_INVALID_CONTEXT;
    const struct kiln_context *context = context_from(handle);
    switch (query) {
    case CL_CONTEXT_REFERENCE_COUNT:
        return INFO_SCALAR(&out, cl_uint, context->object.handles);
    case CL_CONTEXT_NUM_DEVICES:
        return INFO_SCALAR(&out, cl_uint, context->device_count);
    case CL_CONTEXT_DEVICES:
        return info_bytes(&out, context->devices, context->device_count * sizeof(cl_device_id));
    case CL_CONTEXT_PROPERTIES:
        return info_bytes(&out, context->properties, context->property_count * sizeof(cl_context_properties));
    default:
        return CL_INVALID_VALUE;
    }
}

CL_API_ENTRY cl_int CL_API_CALL clSetContextDestructorCallback(
    cl_context handle, void(CL_CALLBACK *function)(cl_context, void *), void *argument)
{
    if (!context_is(handle)) return CL_INVALID_CONTEXT;
    if (!function) return CL_INVALID_VALUE;
    struct context_destructor *destructor = malloc(sizeof *destructor);
    if (!destructor) return CL_OUT_OF_HOST_MEMORY;
    struct kiln_context *context = context_from(handle);
    pthread_mutex_lock(&context->lock);
    *destructor = (struct context_destructor){function, argument, context->destructors};
    context->destructors = destructor;
    pthread_mutex_unlock(&context->lock);
    return CL_SUCCESS;
}
