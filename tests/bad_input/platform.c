// Chapter 4: platforms, devices, contexts; sharing with other interfaces.
#include "table.h"

#include <CL/cl_egl.h>
#include <CL/cl_ext.h>
#include <CL/cl_gl.h>
#include <stdlib.h>

static size_t size;
static cl_uint count;
static char text[4096];

// 4.1 Querying Platform Info
void platforms(void **state)
{
    (void)state;
    // The loader's tag for ICD 2.0 stands in the table for this one.
    clIcdGetPlatformIDsKHR_fn clGetPlatformIDs =
        cl->clGetExtensionFunctionAddressForPlatform(platform, "clGetPlatformIDs");
    BAD(CL_INVALID_VALUE, clGetPlatformIDs(0, NULL, NULL));
    BAD(CL_INVALID_VALUE, clGetPlatformIDs(0, &(cl_platform_id){NULL}, &count));
    BAD_HANDLES(cl_platform_id, CL_INVALID_PLATFORM,
                cl->clGetPlatformInfo(bad, CL_PLATFORM_NAME, 0, NULL, &size));
    BAD(CL_INVALID_VALUE, cl->clGetPlatformInfo(platform, 0, sizeof text, text, &size));
    BAD(CL_INVALID_VALUE, cl->clGetPlatformInfo(platform, CL_DEVICE_NAME, sizeof text, text, &size));
    BAD(CL_INVALID_VALUE, cl->clGetPlatformInfo(platform, CL_PLATFORM_NAME, 4, text, &size));
    NULL_RESULT(cl->clGetExtensionFunctionAddress(NULL));
    NULL_RESULT(cl->clGetExtensionFunctionAddress("clNoSuchFunction"));
    NULL_RESULT(cl->clGetExtensionFunctionAddress(""));
    NULL_RESULT(cl->clGetExtensionFunctionAddressForPlatform(platform, NULL));
    NULL_RESULT(cl->clGetExtensionFunctionAddressForPlatform(platform, "clNoSuchFunction"));
    for (handle_first("cl_platform_id"); handle_exists(); handle_next())
        NULL_RESULT(cl->clGetExtensionFunctionAddressForPlatform(handle_bad(), "clCreateContext"));
}

// 4.2 Querying Devices
void devices(void **state)
{
    (void)state;
    cl_device_id found;
    cl_ulong time;
    BAD_HANDLES(cl_platform_id, CL_INVALID_PLATFORM,
                cl->clGetDeviceIDs(bad, CL_DEVICE_TYPE_ALL, 1, &found, NULL));
    BAD(CL_INVALID_DEVICE_TYPE, cl->clGetDeviceIDs(platform, 0, 1, &found, NULL));
    BAD(CL_INVALID_DEVICE_TYPE, cl->clGetDeviceIDs(platform, 1 << 20, 1, &found, NULL));
    BAD(CL_INVALID_DEVICE_TYPE, cl->clGetDeviceIDs(platform, CL_DEVICE_TYPE_GPU | 1 << 20, 1, &found, NULL));
    BAD(CL_INVALID_VALUE, cl->clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, &found, NULL));
    BAD(CL_INVALID_VALUE, cl->clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, NULL, NULL));
    BAD(CL_DEVICE_NOT_FOUND, cl->clGetDeviceIDs(platform, CL_DEVICE_TYPE_ACCELERATOR, 1, &found, NULL));
    BAD(CL_DEVICE_NOT_FOUND, cl->clGetDeviceIDs(platform, CL_DEVICE_TYPE_CUSTOM, 0, NULL, &count));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE, cl->clGetDeviceInfo(bad, CL_DEVICE_NAME, 0, NULL, &size));
    BAD(CL_INVALID_VALUE, cl->clGetDeviceInfo(device, 0, sizeof text, text, &size));
    BAD(CL_INVALID_VALUE, cl->clGetDeviceInfo(device, CL_CONTEXT_DEVICES, sizeof text, text, &size));
    BAD(CL_INVALID_VALUE, cl->clGetDeviceInfo(device, CL_DEVICE_NAME, 4, text, &size));
    BAD(CL_INVALID_VALUE, cl->clGetDeviceInfo(device, CL_DEVICE_TYPE, 0, text, &size));
    BAD(CL_INVALID_VALUE, cl->clGetDeviceInfo(device, CL_DEVICE_MAX_WORK_ITEM_SIZES, 8, text, &size));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE, cl->clGetDeviceAndHostTimer(bad, &time, &time));
    BAD(CL_INVALID_VALUE, cl->clGetDeviceAndHostTimer(device, NULL, &time));
    BAD(CL_INVALID_VALUE, cl->clGetDeviceAndHostTimer(device, &time, NULL));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE, cl->clGetHostTimer(bad, &time));
    BAD(CL_INVALID_VALUE, cl->clGetHostTimer(device, NULL));
}

// 4.3 Partitioning a Device
void sub_devices(void **state)
{
    (void)state;
    const cl_device_partition_property equally[] = {CL_DEVICE_PARTITION_EQUALLY, 1, 0},
                                       unknown[] = {0x7777, 1, 0}, empty[] = {0},
                                       none[] = {CL_DEVICE_PARTITION_EQUALLY, 0, 0},
                                       far[] = {CL_DEVICE_PARTITION_BY_AFFINITY_DOMAIN, 0, 0};
    const cl_device_partition_property_ext old[] = {0x7777, 1, 0};
    cl_device_id parts[64];
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE, cl->clCreateSubDevices(bad, equally, 64, parts, NULL));
    BAD(CL_INVALID_VALUE, cl->clCreateSubDevices(device, NULL, 64, parts, NULL));
    BAD(CL_INVALID_VALUE, cl->clCreateSubDevices(device, unknown, 64, parts, NULL));
    BAD(CL_INVALID_VALUE, cl->clCreateSubDevices(device, empty, 64, parts, NULL));
    BAD(CL_INVALID_VALUE, cl->clCreateSubDevices(device, none, 64, parts, NULL));
    BAD(CL_INVALID_VALUE, cl->clCreateSubDevices(device, far, 64, parts, NULL));
    BAD(CL_INVALID_VALUE, cl->clCreateSubDevices(device, equally, 0, parts, NULL));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE, cl->clCreateSubDevicesEXT(bad, old, 64, parts, NULL));
    BAD(CL_INVALID_VALUE, cl->clCreateSubDevicesEXT(device, old, 64, parts, NULL));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE, cl->clRetainDevice(bad));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE, cl->clReleaseDevice(bad));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE, cl->clRetainDeviceEXT(bad));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE, cl->clReleaseDeviceEXT(bad));
}

static void CL_CALLBACK not_destroyed(cl_context of, void *user)
{
    (void)of, (void)user;
    abort();
}

static void CL_CALLBACK not_called(const char *message, const void *info, size_t length, void *user)
{
    (void)message, (void)info, (void)length, (void)user;
    abort();
}

#define PROPERTIES(...) (const cl_context_properties[]){__VA_ARGS__, 0}

// 4.4 Contexts
void contexts(void **state)
{
    (void)state;
    const cl_context_properties *known = PROPERTIES(CL_CONTEXT_PLATFORM, (intptr_t)platform);
    BAD(CL_INVALID_VALUE, cl->clCreateContext(known, 0, &device, NULL, NULL, error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateContext(known, 1, NULL, NULL, NULL, error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateContext(known, 1, &device, NULL, text, error_out));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE, cl->clCreateContext(known, 1, &bad, NULL, NULL, error_out));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE,
                cl->clCreateContext(NULL, 2, (cl_device_id[]){device, bad}, not_called, text, error_out));
    BAD_HANDLES(cl_platform_id, CL_INVALID_PLATFORM,
                cl->clCreateContext(PROPERTIES(CL_CONTEXT_PLATFORM, (intptr_t)bad), 1, &device, NULL, NULL,
                                    error_out));
    BAD(CL_INVALID_PROPERTY, cl->clCreateContext(PROPERTIES(0x7777, 1), 1, &device, NULL, NULL, error_out));
    BAD(CL_INVALID_PROPERTY,
        cl->clCreateContext(PROPERTIES(CL_CONTEXT_INTEROP_USER_SYNC, 2), 1, &device, NULL, NULL, error_out));
    BAD(CL_INVALID_PROPERTY,
        cl->clCreateContext(PROPERTIES(CL_CONTEXT_INTEROP_USER_SYNC, 0, CL_CONTEXT_INTEROP_USER_SYNC, 0), 1,
                            &device, NULL, NULL, error_out));
    BAD(CL_INVALID_DEVICE_TYPE, cl->clCreateContextFromType(known, 0, NULL, NULL, error_out));
    BAD(CL_INVALID_DEVICE_TYPE, cl->clCreateContextFromType(known, 1 << 20, NULL, NULL, error_out));
    BAD(CL_DEVICE_NOT_FOUND,
        cl->clCreateContextFromType(known, CL_DEVICE_TYPE_ACCELERATOR, NULL, NULL, error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateContextFromType(known, CL_DEVICE_TYPE_ALL, NULL, text, error_out));
    BAD(CL_INVALID_PROPERTY,
        cl->clCreateContextFromType(PROPERTIES(0x7777, 1), CL_DEVICE_TYPE_ALL, NULL, NULL, error_out));
    BAD_HANDLES(cl_platform_id, CL_INVALID_PLATFORM,
                cl->clCreateContextFromType(PROPERTIES(CL_CONTEXT_PLATFORM, (intptr_t)bad),
                                            CL_DEVICE_TYPE_ALL, NULL, NULL, error_out));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clRetainContext(bad));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clReleaseContext(bad));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT,
                cl->clGetContextInfo(bad, CL_CONTEXT_DEVICES, 0, NULL, &size));
    BAD(CL_INVALID_VALUE, cl->clGetContextInfo(context, 0, sizeof text, text, &size));
    BAD(CL_INVALID_VALUE, cl->clGetContextInfo(context, CL_CONTEXT_DEVICES, 1, text, &size));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clSetContextDestructorCallback(bad, not_destroyed, NULL));
    BAD(CL_INVALID_VALUE, cl->clSetContextDestructorCallback(context, NULL, NULL));
}

// cl_khr_gl_sharing, cl_khr_egl_image and their events: not reported, and no context here was made from one
// of theirs.
void interop(void **state)
{
    (void)state;
    BAD(CL_INVALID_CONTEXT, cl->clCreateFromGLBuffer(context, 0, 1, error_out));
    BAD(CL_INVALID_CONTEXT, cl->clCreateFromGLTexture(context, 0, 0x0DE1, 0, 1, error_out));
    BAD(CL_INVALID_CONTEXT, cl->clCreateFromGLTexture2D(context, 0, 0x0DE1, 0, 1, error_out));
    BAD(CL_INVALID_CONTEXT, cl->clCreateFromGLTexture3D(context, 0, 0x806F, 0, 1, error_out));
    BAD(CL_INVALID_CONTEXT, cl->clCreateFromGLRenderbuffer(context, 0, 1, error_out));
    BAD(CL_INVALID_CONTEXT, cl->clCreateFromEGLImageKHR(context, NULL, NULL, 0, NULL, error_out));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clCreateFromGLBuffer(bad, 0, 1, error_out));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clCreateEventFromGLsyncKHR(bad, NULL, error_out));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clCreateEventFromEGLSyncKHR(bad, NULL, NULL, error_out));
    BAD_HANDLES(any_mem, CL_INVALID_MEM_OBJECT, cl->clGetGLObjectInfo(bad, NULL, NULL));
    BAD(CL_INVALID_GL_OBJECT, cl->clGetGLObjectInfo(buffer, NULL, NULL));
    BAD_HANDLES(any_mem, CL_INVALID_MEM_OBJECT, cl->clGetGLTextureInfo(bad, 0, 0, NULL, &size));
    BAD(CL_INVALID_GL_OBJECT, cl->clGetGLTextureInfo(buffer, 0, 0, NULL, &size));
    BAD(CL_INVALID_GL_SHAREGROUP_REFERENCE_KHR,
        cl->clGetGLContextInfoKHR(PROPERTIES(CL_CONTEXT_PLATFORM, (intptr_t)platform),
                                  CL_CURRENT_DEVICE_FOR_GL_CONTEXT_KHR, 0, NULL, &size));
    BAD_QUEUES(cl->clEnqueueAcquireGLObjects(on, 1, &buffer, WAIT, NULL));
    BAD_QUEUES(cl->clEnqueueReleaseGLObjects(on, 1, &buffer, WAIT, NULL));
    BAD_QUEUES(cl->clEnqueueAcquireEGLObjectsKHR(on, 1, &buffer, WAIT, NULL));
    BAD_QUEUES(cl->clEnqueueReleaseEGLObjectsKHR(on, 1, &buffer, WAIT, NULL));
}
