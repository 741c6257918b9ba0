// cl_ext_image_requirements_info: what an image would need, before there is one.
#include "api/context.h"
#include "api/machinery/image_alignment.h"
#include "api/machinery/image_devices.h"
#include "api/machinery/image_format.h"
#include "api/machinery/info.h"
#include "api/machinery/memory_flags.h"

#include <CL/cl_ext.h>

// What is asked about. Both may be missing: then the answer is good for all there are.
struct question {
    const struct kiln_context *context;
    const cl_image_format *format;
    const cl_image_desc *description;
};

static cl_mem_object_type type_of(const struct question *question)
{
    return question->description ? question->description->image_type : 0;
}

// ---- Sizes that devices can have ----------------------------------------------------------------------

// The limit of each type for each query: 0 where the type has no such size.
static size_t limit_of(const struct device_image_limits *limits, cl_mem_object_type type,
                       cl_image_requirements_info_ext name)
{
    const bool volume = type == CL_MEM_OBJECT_IMAGE3D, plane = type == CL_MEM_OBJECT_IMAGE2D,
               planes = type == CL_MEM_OBJECT_IMAGE2D_ARRAY, lines = type == CL_MEM_OBJECT_IMAGE1D_ARRAY;
    switch (name) {
    case CL_IMAGE_REQUIREMENTS_MAX_WIDTH_EXT:
        if (type == CL_MEM_OBJECT_IMAGE1D_BUFFER) return limits->max_buffer_size;
        return volume ? limits->max_3d[0] : limits->max_width;
    case CL_IMAGE_REQUIREMENTS_MAX_HEIGHT_EXT:
        return volume ? limits->max_3d[1] : plane || planes ? limits->max_height : 0;
    case CL_IMAGE_REQUIREMENTS_MAX_DEPTH_EXT:
        return volume ? limits->max_3d[2] : 0;
    default:
        return planes || lines ? limits->max_layers : 0;
    }
}

// The least of all devices' with images, and of all types that have such a size where none is given.
static cl_int limit_ask(const struct question *question, cl_image_requirements_info_ext name,
                        const struct info_out *out)
{
    cl_mem_object_type type = type_of(question);
    size_t least = CL_UINT_MAX;
    for (unsigned i = 0; i < question->context->device_count; i++) {
        const struct device_image_limits *limits = device_image_limits(question->context->devices[i]->device);
        for (cl_mem_object_type t = CL_MEM_OBJECT_IMAGE2D; t <= CL_MEM_OBJECT_IMAGE1D_BUFFER; t++) {
            size_t limit = limits->max_width && (!type || t == type) ? limit_of(limits, t, name) : 0;
            if (limit && limit < least) least = limit;
        }
    }
    if (least == CL_UINT_MAX) return CL_INVALID_IMAGE_DESCRIPTOR; // the type has no such size
    return INFO_SCALAR(out, cl_uint, (cl_uint)least);
}

// ---- Shapes -------------------------------------------------------------------------------------------

// Of descriptions the sizes are looked at here, whatever the format is.
static cl_int shape_make(const struct question *question, struct image_shape *shape)
{
    static const cl_image_format bytes = {CL_R, CL_UNSIGNED_INT8};
    const cl_image_format *format = question->format ? question->format : &bytes;
    struct image_alignment alignment =
        image_alignment_of(question->context, type_of(question), device_image_texel_size(format));
    cl_int error = image_shape_make(format, question->description, alignment.row, shape);
    return error == CL_INVALID_IMAGE_SIZE ? CL_INVALID_IMAGE_DESCRIPTOR : error;
}

static cl_int size_ask(const struct question *question, const struct info_out *out)
{
    struct image_shape shape;
    if (!question->format || !question->description) return CL_INVALID_VALUE;
    cl_int error = shape_make(question, &shape);
    if (!error && image_is_mipmap(&shape)) error = CL_INVALID_IMAGE_DESCRIPTOR; // buffers have none
    return error ? error : INFO_SCALAR(out, size_t, image_shape_bytes(&shape));
}

static cl_int alignment_ask(const struct question *question, cl_image_requirements_info_ext name,
                            const struct info_out *out)
{
    struct image_shape shape;
    cl_int error = question->description ? shape_make(question, &shape) : CL_SUCCESS;
    if (error) return error;
    size_t texel = question->format ? device_image_texel_size(question->format) : 0;
    struct image_alignment alignment = image_alignment_of(question->context, type_of(question), texel);
    switch (name) {
    case CL_IMAGE_REQUIREMENTS_BASE_ADDRESS_ALIGNMENT_EXT:
        return INFO_SCALAR(out, size_t, alignment.base);
    case CL_IMAGE_REQUIREMENTS_ROW_PITCH_ALIGNMENT_EXT:
        return INFO_SCALAR(out, size_t, alignment.row);
    default:
        return INFO_SCALAR(out, size_t, alignment.slice);
    }
}

// ---- The entry point ----------------------------------------------------------------------------------

static cl_int format_check(const cl_image_format *format)
{
    if (!format) return CL_SUCCESS;
    if (!image_format_valid(format)) return CL_INVALID_IMAGE_FORMAT_DESCRIPTOR;
    return device_image_texel_size(format) ? CL_SUCCESS : CL_IMAGE_FORMAT_NOT_SUPPORTED;
}

CL_API_ENTRY cl_int CL_API_CALL
clGetImageRequirementsInfoEXT(cl_context context, const cl_mem_properties *properties, cl_mem_flags flags,
                              const cl_image_format *format, const cl_image_desc *description,
                              cl_image_requirements_info_ext name, size_t size, void *value, size_t *size_out)
{
    if (!context_is(context)) return CL_INVALID_CONTEXT;
    const struct question question = {context_from(context), format, description};
    const struct info_out out = {size, value, size_out};
    if (!image_device_first(question.context)) return CL_INVALID_OPERATION;
    if (properties && properties[0]) return CL_INVALID_PROPERTY; // there is none for images
    if (!memory_flags_valid(flags & ~(cl_mem_flags)CL_MEM_KERNEL_READ_AND_WRITE)) return CL_INVALID_VALUE;
    cl_int error = format_check(format);
    if (error) return error;
    switch (name) {
    case CL_IMAGE_REQUIREMENTS_BASE_ADDRESS_ALIGNMENT_EXT:
    case CL_IMAGE_REQUIREMENTS_ROW_PITCH_ALIGNMENT_EXT:
    case CL_IMAGE_REQUIREMENTS_SLICE_PITCH_ALIGNMENT_EXT:
        return alignment_ask(&question, name, &out);
    case CL_IMAGE_REQUIREMENTS_SIZE_EXT:
        return size_ask(&question, &out);
    case CL_IMAGE_REQUIREMENTS_MAX_WIDTH_EXT:
    case CL_IMAGE_REQUIREMENTS_MAX_HEIGHT_EXT:
    case CL_IMAGE_REQUIREMENTS_MAX_DEPTH_EXT:
    case CL_IMAGE_REQUIREMENTS_MAX_ARRAY_SIZE_EXT:
        return limit_ask(&question, name, &out);
    default:
        return CL_INVALID_VALUE;
    }
}
