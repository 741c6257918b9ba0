#include "api/semaphore.h"

#include "api/cl_device.h"
#include "api/machinery/info.h"

#include <stdlib.h>
#include <string.h>

// ---- Creation -----------------------------------------------------------------------------------------

// One device, and the end of the list. *next: what follows it.
static cl_int device_read(const struct kiln_context *context, const cl_semaphore_properties_khr *list,
                          struct kiln_device **device, const cl_semaphore_properties_khr **next)
{
    cl_device_id handle = (cl_device_id)(uintptr_t)list[0];
    if (list[0] == CL_SEMAPHORE_DEVICE_HANDLE_LIST_END_KHR || !cl_device_is(handle)) return CL_INVALID_DEVICE;
    if (list[1] != CL_SEMAPHORE_DEVICE_HANDLE_LIST_END_KHR) return CL_INVALID_DEVICE;
    if (!context_has_device(context, cl_device_from(handle))) return CL_INVALID_DEVICE;
    *device = cl_device_from(handle);
    *next = list + 2;
    return CL_SUCCESS;
}

static cl_int properties_read(struct kiln_semaphore *semaphore, const cl_semaphore_properties_khr *list)
{
    bool typed = false;
    const cl_semaphore_properties_khr *next = list;
    while (next && *next) {
        cl_int error = CL_SUCCESS;
        if (*next == CL_SEMAPHORE_TYPE_KHR && !typed && next[1] == CL_SEMAPHORE_TYPE_BINARY_KHR)
            typed = true, next += 2;
        else if (*next == CL_SEMAPHORE_DEVICE_HANDLE_LIST_KHR && !semaphore->device)
            error = device_read(semaphore->context, next + 1, &semaphore->device, &next);
        else
            error = CL_INVALID_PROPERTY;
        if (error) return error;
    }
    if (!typed) return CL_INVALID_VALUE;
    if (!semaphore->device && semaphore->context->device_count > 1) return CL_INVALID_PROPERTY;
    semaphore->property_count = (size_t)(next - list) + 1;
    semaphore->property_list = malloc(semaphore->property_count * sizeof *list);
    if (!semaphore->property_list) return CL_OUT_OF_HOST_MEMORY;
    memcpy(semaphore->property_list, list, semaphore->property_count * sizeof *list);
    return CL_SUCCESS;
}

// A wait command whose signal command will never come ends with an error.
static void semaphore_destroy(struct kiln_semaphore *semaphore)
{
    if (semaphore->signal) clReleaseEvent(semaphore->signal);
    if (semaphore->awaited) {
        clSetUserEventStatus(semaphore->awaited, CL_INVALID_SEMAPHORE_KHR);
        clReleaseEvent(semaphore->awaited);
    }
    pthread_mutex_destroy(&semaphore->lock);
    context_release(semaphore->context);
    free(semaphore->property_list);
    free(semaphore);
}

static cl_int semaphore_create(struct kiln_context *context, const cl_semaphore_properties_khr *list,
                               struct kiln_semaphore **out)
{
    struct kiln_semaphore *semaphore = calloc(1, sizeof *semaphore);
    if (!semaphore) return CL_OUT_OF_HOST_MEMORY;
    context_retain(semaphore->context = context);
    pthread_mutex_init(&semaphore->lock, NULL);
    cl_int error = properties_read(semaphore, list);
    if (!error && !object_init(&semaphore->object, OBJECT_SEMAPHORE)) error = CL_OUT_OF_HOST_MEMORY;
    if (error)
        semaphore_destroy(semaphore);
    else
        *out = semaphore;
    return error;
}

CL_API_ENTRY cl_semaphore_khr CL_API_CALL clCreateSemaphoreWithPropertiesKHR(
    cl_context context, const cl_semaphore_properties_khr *properties, cl_int *error_out)
{
    struct kiln_semaphore *semaphore;
    if (!context_is(context)) return error_return(error_out, CL_INVALID_CONTEXT);
    cl_int error = semaphore_create(context_from(context), properties, &semaphore);
    if (error) return error_return(error_out, error);
    error_return(error_out, CL_SUCCESS);
    return semaphore_handle(semaphore);
}

CL_API_ENTRY cl_int CL_API_CALL clRetainSemaphoreKHR(cl_semaphore_khr semaphore)
{
    if (!semaphore_is(semaphore)) return CL_INVALID_SEMAPHORE_KHR;
    object_retain_handle(&semaphore_from(semaphore)->object);
    return CL_SUCCESS;
}

// Commands know the events; they do not need the semaphore.
CL_API_ENTRY cl_int CL_API_CALL clReleaseSemaphoreKHR(cl_semaphore_khr handle)
{
    if (!semaphore_is(handle)) return CL_INVALID_SEMAPHORE_KHR;
    struct kiln_semaphore *semaphore = semaphore_from(handle);
    if (!object_release_handle(&semaphore->object)) return CL_INVALID_SEMAPHORE_KHR;
    if (object_release(&semaphore->object)) semaphore_destroy(semaphore);
    return CL_SUCCESS;
}

// cl_khr_external_semaphore's, which is not reported: no semaphore is made to be exported. It can be found,
// for the Khronos suite looks for it where it tests others.
CL_API_ENTRY cl_int CL_API_CALL clGetSemaphoreHandleForTypeKHR(cl_semaphore_khr semaphore,
                                                               cl_device_id device,
                                                               cl_external_semaphore_handle_type_khr type,
                                                               size_t size, void *handle, size_t *size_ret)
{
    (void)type, (void)size, (void)handle, (void)size_ret;
    if (!semaphore_is(semaphore)) return CL_INVALID_SEMAPHORE_KHR;
    if (!cl_device_is(device) ||
        !context_has_device(semaphore_from(semaphore)->context, cl_device_from(device)))
        return CL_INVALID_DEVICE;
    return CL_INVALID_VALUE;
}

// ---- Queries ------------------------------------------------------------------------------------------

// 1 once the signal command has ended.
static cl_semaphore_payload_khr payload_now(struct kiln_semaphore *semaphore)
{
    pthread_mutex_lock(&semaphore->lock);
    bool signalled = semaphore->signal && event_result(event_from(semaphore->signal)) == CL_COMPLETE;
    pthread_mutex_unlock(&semaphore->lock);
    return signalled;
}

CL_API_ENTRY cl_int CL_API_CALL clGetSemaphoreInfoKHR(cl_semaphore_khr handle, cl_semaphore_info_khr query,
                                                      size_t size, void *value, size_t *size_ret)
{
    const struct info_out out = {size, value, size_ret};
    if (!semaphore_is(handle)) return CL_INVALID_SEMAPHORE_KHR;
    struct kiln_semaphore *semaphore = semaphore_from(handle);
    struct kiln_device *device = semaphore->device ? semaphore->device : semaphore->context->devices[0];
    switch (query) {
    case CL_SEMAPHORE_CONTEXT_KHR:
        return INFO_SCALAR(&out, cl_context, context_handle(semaphore->context));
    case CL_SEMAPHORE_REFERENCE_COUNT_KHR:
        return INFO_SCALAR(&out, cl_uint, semaphore->object.handles);
    case CL_SEMAPHORE_PROPERTIES_KHR:
        return info_bytes(&out, semaphore->property_list,
                          semaphore->property_count * sizeof *semaphore->property_list);
    case CL_SEMAPHORE_TYPE_KHR:
        return INFO_SCALAR(&out, cl_semaphore_type_khr, CL_SEMAPHORE_TYPE_BINARY_KHR);
    case CL_SEMAPHORE_PAYLOAD_KHR:
        return INFO_SCALAR(&out, cl_semaphore_payload_khr, payload_now(semaphore));
    case CL_SEMAPHORE_DEVICE_HANDLE_LIST_KHR:
        return INFO_SCALAR(&out, cl_device_id, cl_device_handle(device));
    default:
        return CL_INVALID_VALUE;
    }
}
