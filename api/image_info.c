// Asking images, and which there can be.
#include "api/context.h"
#include "api/machinery/image_devices.h"
#include "api/machinery/info.h"
#include "api/machinery/memory_flags.h"
#include "api/memory.h"

#include <stdlib.h>

CL_API_ENTRY cl_int CL_API_CALL clGetImageInfo(cl_mem handle, cl_image_info name, size_t size, void *value,
                                               size_t *size_out)
{
    if (!memory_is_image(handle)) return CL_INVALID_MEM_OBJECT;
    const struct kiln_memory *memory = memory_from(handle);
    const struct image_shape *shape = &memory->image->shape;
    const struct kiln_memory *buffer = memory->parent;
    const struct info_out out = {size, value, size_out};
    switch (name) {
    case CL_IMAGE_FORMAT:
        return info_bytes(&out, &shape->format, sizeof shape->format);
    case CL_IMAGE_ELEMENT_SIZE:
        return INFO_SCALAR(&out, size_t, shape->texel);
    case CL_IMAGE_ROW_PITCH:
        return INFO_SCALAR(&out, size_t, shape->row_pitch);
    case CL_IMAGE_SLICE_PITCH:
        return INFO_SCALAR(&out, size_t, shape->slice_pitch);
    case CL_IMAGE_WIDTH:
        return INFO_SCALAR(&out, size_t, shape->width);
    case CL_IMAGE_HEIGHT:
        return INFO_SCALAR(&out, size_t, shape->height);
    case CL_IMAGE_DEPTH:
        return INFO_SCALAR(&out, size_t, shape->depth);
    case CL_IMAGE_ARRAY_SIZE:
        return INFO_SCALAR(&out, size_t, shape->layers);
    case CL_IMAGE_BUFFER:
        return INFO_SCALAR(&out, cl_mem, buffer && !buffer->image ? memory_handle(buffer) : NULL);
    case CL_IMAGE_NUM_MIP_LEVELS:
        return INFO_SCALAR(&out, cl_uint, shape->levels);
    case CL_IMAGE_NUM_SAMPLES:
        return INFO_SCALAR(&out, cl_uint, 0);
    default:
        return CL_INVALID_VALUE;
    }
}

// ---- Formats ------------------------------------------------------------------------------------------

static bool image_type_valid(cl_mem_object_type type)
{
    return type >= CL_MEM_OBJECT_IMAGE2D && type <= CL_MEM_OBJECT_IMAGE1D_BUFFER;
}

// What kernels must be able to do with images of these flags. This query alone takes
// CL_MEM_KERNEL_READ_AND_WRITE.
static unsigned uses_of(cl_mem_flags flags)
{
    return flags & CL_MEM_KERNEL_READ_AND_WRITE ? DEVICE_IMAGE_READ_WRITE : memory_image_uses(flags);
}

static bool list_has(const cl_image_format *list, cl_uint count, const cl_image_format *format)
{
    for (cl_uint i = 0; i < count; i++)
        if (list[i].image_channel_order == format->image_channel_order &&
            list[i].image_channel_data_type == format->image_channel_data_type)
            return true;
    return false;
}

struct format_list {
    cl_image_format *formats;
    cl_uint count;
};

// Adds a device's to the list: it is the union of all devices'.
static bool formats_add(struct format_list *list, const struct device *device, cl_mem_object_type type,
                        unsigned uses)
{
    unsigned count;
    const struct device_image_format *formats = device_image_formats(device, type, &count);
    cl_image_format *grown = realloc(list->formats, (list->count + count + 1) * sizeof *grown);
    if (!grown) return false;
    list->formats = grown;
    for (unsigned i = 0; i < count; i++)
        if ((formats[i].uses & uses) == uses && !list_has(grown, list->count, &formats[i].format))
            grown[list->count++] = formats[i].format;
    return true;
}

CL_API_ENTRY cl_int CL_API_CALL clGetSupportedImageFormats(cl_context context, cl_mem_flags flags,
                                                           cl_mem_object_type type, cl_uint room,
                                                           cl_image_format *formats, cl_uint *count_out)
{
    if (!context_is(context)) return CL_INVALID_CONTEXT;
    if (!memory_flags_valid(flags & ~(cl_mem_flags)CL_MEM_KERNEL_READ_AND_WRITE)) return CL_INVALID_VALUE;
    if (!image_type_valid(type) || (!room && formats)) return CL_INVALID_VALUE;
    const struct kiln_context *of = context_from(context);
    struct format_list list = {0};
    bool done = true;
    for (unsigned i = 0; done && i < of->device_count; i++)
        done = formats_add(&list, of->devices[i]->device, type, uses_of(flags));
    for (cl_uint i = 0; done && formats && i < list.count && i < room; i++) formats[i] = list.formats[i];
    if (done && count_out) *count_out = list.count;
    free(list.formats);
    return done ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
}
