// Images. No device of this driver has them yet (CL_DEVICE_IMAGE_SUPPORT is CL_FALSE): there is no image
// object, and every entry point says so after it has looked at the context or queue.
#pragma clang diagnostic ignored "-Wunused-parameter" // what a signature must name
// NOLINTBEGIN(misc-unused-parameters)
#include "api/context.h"
#include "api/machinery/info.h"
#include "api/machinery/memory_flags.h"
#include "api/queue.h"

static cl_int image_refuse(cl_context context)
{
    return context_is(context) ? CL_INVALID_OPERATION : CL_INVALID_CONTEXT;
}

static cl_int image_command_refuse(cl_command_queue queue)
{
    return queue_is(queue) ? CL_INVALID_OPERATION : CL_INVALID_COMMAND_QUEUE;
}

// ---- Creating and asking ------------------------------------------------------------------------------

CL_API_ENTRY cl_mem CL_API_CALL clCreateImage(cl_context context, cl_mem_flags flags,
                                              const cl_image_format *format, const cl_image_desc *description,
                                              void *host, cl_int *error_out)
{
    return error_return(error_out, image_refuse(context));
}

CL_API_ENTRY cl_mem CL_API_CALL clCreateImageWithProperties(cl_context context,
                                                            const cl_mem_properties *properties,
                                                            cl_mem_flags flags, const cl_image_format *format,
                                                            const cl_image_desc *description, void *host,
                                                            cl_int *error_out)
{
    return error_return(error_out, image_refuse(context));
}

CL_API_ENTRY cl_mem CL_API_CALL clCreateImage2D(cl_context context, cl_mem_flags flags,
                                                const cl_image_format *format, size_t width, size_t height,
                                                size_t row_pitch, void *host, cl_int *error_out)
{
    return error_return(error_out, image_refuse(context));
}

CL_API_ENTRY cl_mem CL_API_CALL clCreateImage3D(cl_context context, cl_mem_flags flags,
                                                const cl_image_format *format, size_t width, size_t height,
                                                size_t depth, size_t row_pitch, size_t slice_pitch,
                                                void *host, cl_int *error_out)
{
    return error_return(error_out, image_refuse(context));
}

CL_API_ENTRY cl_int CL_API_CALL clGetImageInfo(cl_mem image, cl_image_info name, size_t size, void *value,
                                               size_t *size_out)
{
    return CL_INVALID_MEM_OBJECT;
}

static bool image_type_valid(cl_mem_object_type type)
{
    return type >= CL_MEM_OBJECT_IMAGE2D && type <= CL_MEM_OBJECT_IMAGE1D_BUFFER;
}

CL_API_ENTRY cl_int CL_API_CALL clGetSupportedImageFormats(cl_context context, cl_mem_flags flags,
                                                           cl_mem_object_type type, cl_uint room,
                                                           cl_image_format *formats, cl_uint *count_out)
{
    if (!context_is(context)) return CL_INVALID_CONTEXT;
    // This query alone takes CL_MEM_KERNEL_READ_AND_WRITE.
    if (!memory_flags_valid(flags & ~(cl_mem_flags)CL_MEM_KERNEL_READ_AND_WRITE)) return CL_INVALID_VALUE;
    if (!image_type_valid(type) || (!room && formats)) return CL_INVALID_VALUE;
    if (count_out) *count_out = 0;
    return CL_SUCCESS;
}

// ---- Commands -----------------------------------------------------------------------------------------

CL_API_ENTRY cl_int CL_API_CALL clEnqueueReadImage(cl_command_queue queue, cl_mem image, cl_bool blocking,
                                                   const size_t *origin, const size_t *region,
                                                   size_t row_pitch, size_t slice_pitch, void *to,
                                                   cl_uint wait_count, const cl_event *wait, cl_event *event)
{
    return image_command_refuse(queue);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueWriteImage(cl_command_queue queue, cl_mem image, cl_bool blocking,
                                                    const size_t *origin, const size_t *region,
                                                    size_t row_pitch, size_t slice_pitch, const void *from,
                                                    cl_uint wait_count, const cl_event *wait, cl_event *event)
{
    return image_command_refuse(queue);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueFillImage(cl_command_queue queue, cl_mem image, const void *color,
                                                   const size_t *origin, const size_t *region,
                                                   cl_uint wait_count, const cl_event *wait, cl_event *event)
{
    return image_command_refuse(queue);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueCopyImage(cl_command_queue queue, cl_mem from, cl_mem to,
                                                   const size_t *from_origin, const size_t *to_origin,
                                                   const size_t *region, cl_uint wait_count,
                                                   const cl_event *wait, cl_event *event)
{
    return image_command_refuse(queue);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueCopyImageToBuffer(cl_command_queue queue, cl_mem from, cl_mem to,
                                                           const size_t *origin, const size_t *region,
                                                           size_t offset, cl_uint wait_count,
                                                           const cl_event *wait, cl_event *event)
{
    return image_command_refuse(queue);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueCopyBufferToImage(cl_command_queue queue, cl_mem from, cl_mem to,
                                                           size_t offset, const size_t *origin,
                                                           const size_t *region, cl_uint wait_count,
                                                           const cl_event *wait, cl_event *event)
{
    return image_command_refuse(queue);
}

CL_API_ENTRY void *CL_API_CALL clEnqueueMapImage(cl_command_queue queue, cl_mem image, cl_bool blocking,
                                                 cl_map_flags flags, const size_t *origin,
                                                 const size_t *region, size_t *row_pitch, size_t *slice_pitch,
                                                 cl_uint wait_count, const cl_event *wait, cl_event *event,
                                                 cl_int *error_out)
{
    return error_return(error_out, image_command_refuse(queue));
}
// NOLINTEND(misc-unused-parameters)
