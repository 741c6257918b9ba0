// Sharing with OpenGL and EGL, and the names that extensions gave to what became core. None of the sharing
// extensions is reported: no context here was created from a GL context, which is the error the specification
// has for it.
#include "api/context.h"
#include "api/machinery/info.h"
#include "api/queue.h"

#include <CL/cl_egl.h>
#include <CL/cl_ext.h>
#include <CL/cl_gl.h>

#define CREATE_FROM_GL(name, ...)                                                                            \
    CL_API_ENTRY cl_mem CL_API_CALL name(__VA_ARGS__, cl_int *error_out)                                     \
    {                                                                                                        \
        return error_return(error_out, CL_INVALID_CONTEXT);                                                  \
    }

// NOLINTBEGIN(misc-unused-parameters): what a signature must name
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wunused-parameter"
CREATE_FROM_GL(clCreateFromGLBuffer, cl_context context, cl_mem_flags flags, cl_GLuint buffer)
CREATE_FROM_GL(clCreateFromGLTexture, cl_context context, cl_mem_flags flags, cl_GLenum target,
               cl_GLint level, cl_GLuint texture)
CREATE_FROM_GL(clCreateFromGLTexture2D, cl_context context, cl_mem_flags flags, cl_GLenum target,
               cl_GLint level, cl_GLuint texture)
CREATE_FROM_GL(clCreateFromGLTexture3D, cl_context context, cl_mem_flags flags, cl_GLenum target,
               cl_GLint level, cl_GLuint texture)
CREATE_FROM_GL(clCreateFromGLRenderbuffer, cl_context context, cl_mem_flags flags, cl_GLuint renderbuffer)
CREATE_FROM_GL(clCreateFromEGLImageKHR, cl_context context, CLeglDisplayKHR display, CLeglImageKHR image,
               cl_mem_flags flags, const cl_egl_image_properties_khr *properties)

CL_API_ENTRY cl_event CL_API_CALL clCreateEventFromGLsyncKHR(cl_context context, cl_GLsync sync,
                                                             cl_int *error_out)
{
    return error_return(error_out, CL_INVALID_CONTEXT);
}

CL_API_ENTRY cl_event CL_API_CALL clCreateEventFromEGLSyncKHR(cl_context context, CLeglSyncKHR sync,
                                                              CLeglDisplayKHR display, cl_int *error_out)
{
    return error_return(error_out, CL_INVALID_CONTEXT);
}

CL_API_ENTRY cl_int CL_API_CALL clGetGLObjectInfo(cl_mem memory, cl_gl_object_type *type, cl_GLuint *name)
{
    return object_is(memory, OBJECT_MEMORY) ? CL_INVALID_GL_OBJECT : CL_INVALID_MEM_OBJECT;
}

CL_API_ENTRY cl_int CL_API_CALL clGetGLTextureInfo(cl_mem memory, cl_gl_texture_info query, size_t size,
                                                   void *value, size_t *size_ret)
{
    return object_is(memory, OBJECT_MEMORY) ? CL_INVALID_GL_OBJECT : CL_INVALID_MEM_OBJECT;
}

CL_API_ENTRY cl_int CL_API_CALL clGetGLContextInfoKHR(const cl_context_properties *properties,
                                                      cl_gl_context_info query, size_t size, void *value,
                                                      size_t *size_ret)
{
    return CL_INVALID_GL_SHAREGROUP_REFERENCE_KHR;
}

#define ENQUEUE_SHARED(name)                                                                                 \
    CL_API_ENTRY cl_int CL_API_CALL name(cl_command_queue queue, cl_uint count, const cl_mem *objects,       \
                                         cl_uint wait_count, const cl_event *wait, cl_event *event)          \
    {                                                                                                        \
        return queue_is(queue) ? CL_INVALID_CONTEXT : CL_INVALID_COMMAND_QUEUE;                              \
    }
ENQUEUE_SHARED(clEnqueueAcquireGLObjects)
ENQUEUE_SHARED(clEnqueueReleaseGLObjects)
ENQUEUE_SHARED(clEnqueueAcquireEGLObjectsKHR)
ENQUEUE_SHARED(clEnqueueReleaseEGLObjectsKHR)

CL_API_ENTRY cl_int CL_API_CALL clCreateSubDevicesEXT(cl_device_id device,
                                                      const cl_device_partition_property_ext *properties,
                                                      cl_uint entries, cl_device_id *devices, cl_uint *count)
{
    return cl_device_is(device) ? CL_INVALID_VALUE : CL_INVALID_DEVICE;
}
#pragma clang diagnostic pop
// NOLINTEND(misc-unused-parameters)

CL_API_ENTRY cl_int CL_API_CALL clRetainDeviceEXT(cl_device_id device) { return clRetainDevice(device); }
CL_API_ENTRY cl_int CL_API_CALL clReleaseDeviceEXT(cl_device_id device) { return clReleaseDevice(device); }
