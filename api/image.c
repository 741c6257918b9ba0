// Creating images.
#include "api/context.h"
#include "api/machinery/image_alignment.h"
#include "api/machinery/image_devices.h"
#include "api/machinery/info.h"
#include "api/machinery/memory_flags.h"
#include "api/machinery/memory_properties.h"
#include "api/machinery/upload.h"
#include "api/memory.h"
#include "api/svm.h"

#include <stdlib.h>

// What clCreateImage* asks for, and what comes of it as it is checked.
struct request {
    struct kiln_context *context;
    cl_mem_flags flags; // with what is inherited, once the parent is checked
    const cl_image_format *format;
    const cl_image_desc *description;
    void *host;
    struct memory_properties properties;
    struct kiln_memory *parent; // whose bytes the texels are; NULL
    struct image_shape shape;
};

// ---- The object whose bytes the texels are ------------------------------------------------------------

static cl_int buffer_check(const struct request *request)
{
    if (image_is_mipmap(&request->shape)) return CL_INVALID_IMAGE_DESCRIPTOR;
    if (image_shape_bytes(&request->shape) > request->parent->size) return CL_INVALID_IMAGE_SIZE;
    return image_alignment_check(request->context, &request->shape, memory_address(request->parent));
}

// Orders that a view may have the one of where the image has the other.
static bool orders_match(cl_channel_order one, cl_channel_order other)
{
    static const cl_channel_order pairs[][2] = {
        {CL_sBGRA, CL_BGRA}, {CL_sRGBA, CL_RGBA}, {CL_sRGB, CL_RGB}, {CL_sRGBx, CL_RGBx}, {CL_DEPTH, CL_R}};
    for (unsigned i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if ((one == pairs[i][0] && other == pairs[i][1]) || (one == pairs[i][1] && other == pairs[i][0]))
            return true;
    return one == other;
}

static cl_int view_check(struct request *request)
{
    const struct image_shape *of = &request->parent->image->shape;
    struct image_shape *shape = &request->shape;
    if (of->format.image_channel_data_type != shape->format.image_channel_data_type ||
        !orders_match(of->format.image_channel_order, shape->format.image_channel_order))
        return CL_INVALID_IMAGE_FORMAT_DESCRIPTOR;
    size_t given = request->description->image_row_pitch;
    if (image_is_mipmap(of) ? of->levels != shape->levels : image_is_mipmap(shape))
        return CL_INVALID_IMAGE_DESCRIPTOR;
    if (of->width != shape->width || of->height != shape->height || (given && given != of->row_pitch))
        return CL_INVALID_IMAGE_DESCRIPTOR;
    shape->row_pitch = of->row_pitch;
    return CL_SUCCESS;
}

static bool parent_fits(const struct request *request)
{
    cl_mem_object_type type = request->parent->type;
    return type == CL_MEM_OBJECT_BUFFER ||
           (type == CL_MEM_OBJECT_IMAGE2D && request->shape.type == CL_MEM_OBJECT_IMAGE2D);
}

// The texels of another driver's memory lie in a buffer that the application does not see.
static cl_int foreign_check(struct request *request)
{
    if (request->description->mem_object || request->shape.type == CL_MEM_OBJECT_IMAGE1D_BUFFER)
        return CL_INVALID_IMAGE_DESCRIPTOR;
    if (request->flags & MEMORY_FLAGS_STORAGE) return CL_INVALID_VALUE;
    cl_int error =
        buffer_import(request->context, request->flags, request->properties.file, &request->parent);
    return error ? error : buffer_check(request);
}

static cl_int parent_check(struct request *request)
{
    cl_mem handle = request->description->mem_object;
    if (request->properties.foreign) return foreign_check(request);
    if (!handle)
        return request->shape.type == CL_MEM_OBJECT_IMAGE1D_BUFFER ? CL_INVALID_IMAGE_DESCRIPTOR : CL_SUCCESS;
    if (!memory_is(handle)) return CL_INVALID_IMAGE_DESCRIPTOR;
    request->parent = memory_from(handle);
    if (request->parent->context != request->context) return CL_INVALID_CONTEXT;
    if (!parent_fits(request)) return CL_INVALID_IMAGE_DESCRIPTOR;
    if (!memory_flags_inherit(request->parent->flags, request->flags, &request->flags))
        return CL_INVALID_VALUE;
    return request->parent->image ? view_check(request) : buffer_check(request);
}

// ---- Checks -------------------------------------------------------------------------------------------

static bool within_limits(const struct device_image_limits *limits, const struct image_shape *shape)
{
    if (shape->layers > limits->max_layers) return false;
    switch (shape->type) {
    case CL_MEM_OBJECT_IMAGE1D_BUFFER:
        return shape->width <= limits->max_buffer_size;
    case CL_MEM_OBJECT_IMAGE3D:
        return shape->width <= limits->max_3d[0] && shape->height <= limits->max_3d[1] &&
               shape->depth <= limits->max_3d[2];
    default:
        return shape->width <= limits->max_width && shape->height <= limits->max_height;
    }
}

static bool format_supported(const struct device *device, const struct request *request)
{
    unsigned count, uses = memory_image_uses(request->flags);
    const struct device_image_format *formats = device_image_formats(device, request->shape.type, &count);
    for (unsigned i = 0; i < count; i++)
        if (formats[i].format.image_channel_order == request->format->image_channel_order &&
            formats[i].format.image_channel_data_type == request->format->image_channel_data_type)
            return (formats[i].uses & uses) == uses;
    return false;
}

// Whether any device has the format, and can have the size.
static cl_int devices_check(const struct request *request)
{
    const struct image_shape *shape = &request->shape;
    cl_int error = CL_IMAGE_FORMAT_NOT_SUPPORTED;
    size_t bytes = image_shape_bytes(shape);
    for (unsigned i = 0; i < request->context->device_count; i++) {
        const struct kiln_device *device = request->context->devices[i];
        if (!format_supported(device->device, request)) continue;
        const struct device_image_limits *limits = device_image_limits(device->device);
        error = shape->levels > limits->max_levels ? CL_INVALID_IMAGE_DESCRIPTOR : CL_INVALID_IMAGE_SIZE;
        if (error == CL_INVALID_IMAGE_DESCRIPTOR || !within_limits(limits, shape)) continue;
        return bytes <= device->info->max_alloc_size ? CL_SUCCESS : CL_MEM_OBJECT_ALLOCATION_FAILURE;
    }
    return error;
}

// The host has no texels for a mipmap.
static cl_int host_check(const struct request *request)
{
    bool wanted = request->flags & (CL_MEM_USE_HOST_PTR | CL_MEM_COPY_HOST_PTR);
    if (wanted && image_is_mipmap(&request->shape)) return CL_INVALID_VALUE;
    if (wanted != (request->host != NULL)) return CL_INVALID_HOST_PTR;
    struct svm_allocation *svm = request->host ? svm_find(request->context, request->host) : NULL;
    if (!svm) return CL_SUCCESS;
    bool within = svm_contains(svm, request->host, image_shape_bytes(&request->shape));
    svm_release(svm);
    return within ? CL_SUCCESS : CL_INVALID_HOST_PTR;
}

// What pitches are multiples of; 0: there are none.
static size_t pitch_alignment(const struct request *request)
{
    const cl_image_desc *description = request->description;
    bool foreign = description && request->properties.foreign;
    if (!foreign && (!description || !description->mem_object)) return request->host ? 1 : 0;
    return foreign || memory_is_buffer(description->mem_object)
               ? image_alignment_of(request->context, description->image_type, 0).row
               : 1;
}

static cl_int request_check(struct request *request)
{
    const cl_image_desc *description = request->description;
    if (!image_device_first(request->context)) return CL_INVALID_OPERATION;
    if (!memory_flags_valid(request->flags)) return CL_INVALID_VALUE;
    cl_int error = image_shape_make(request->format, description, pitch_alignment(request), &request->shape);
    if (!error) error = host_check(request);
    if (!error) error = parent_check(request);
    return error ? error : devices_check(request);
}

// ---- Making -------------------------------------------------------------------------------------------

static struct device_image_description description_of(const struct image_shape *shape)
{
    return (struct device_image_description){.type = shape->type,
                                             .format = shape->format,
                                             .width = shape->width,
                                             .height = shape->height,
                                             .depth = shape->depth,
                                             .layers = shape->layers,
                                             .levels = shape->levels};
}

static cl_int image_in_memory(struct kiln_memory *memory, const struct image_devices *devices)
{
    const struct image_shape *shape = &memory->image->shape;
    struct device_image_description description = description_of(shape);
    description.memory = memory_address(memory);
    if (shape->type != CL_MEM_OBJECT_IMAGE1D) description.row_pitch = shape->row_pitch; // it has one row
    description.slice_pitch = shape->slice_pitch;
    return device_image_create(devices->list, devices->count, &description, &memory->image->device);
}

static cl_int image_in_parent(struct kiln_memory *memory, const struct image_devices *devices)
{
    const struct kiln_memory *parent = memory->parent;
    memory->storage = parent->storage;
    memory->offset = parent->offset;
    if (!parent->image) return image_in_memory(memory, devices);
    memory->image->apart = parent->image->apart;
    struct device_image_description description = description_of(&memory->image->shape);
    description.view = parent->image->device;
    return device_image_create(devices->list, devices->count, &description, &memory->image->device);
}

// Whether the devices can have the texels just where the host has them.
static bool host_suits(const struct kiln_memory *memory, const struct image_devices *devices)
{
    const struct image_shape *shape = &memory->image->shape;
    struct device_image_description description = description_of(shape);
    struct device_image_layout layout;
    description.linear = true;
    description.row_pitch = shape->row_pitch;
    description.slice_pitch = shape->slice_pitch;
    return !device_image_layout(devices->list, devices->count, &description, &layout) &&
           layout.size <= memory->size && (uintptr_t)memory->host_pointer % layout.alignment == 0;
}

static bool image_in_host(struct kiln_memory *memory, const struct image_devices *devices)
{
    if (!host_suits(memory, devices)) return false;
    if (!memory_open(memory, memory->host_pointer) && !image_in_memory(memory, devices)) return true;
    memory_close(memory);
    return false;
}

static cl_int image_of_its_own(struct kiln_memory *memory, const struct image_devices *devices)
{
    struct device_image_description description = description_of(&memory->image->shape);
    // Memory that the host wants to reach is mapped without a copy.
    description.linear = memory->flags & CL_MEM_ALLOC_HOST_PTR;
    memory->image->apart = memory->host_pointer;
    return device_image_create(devices->list, devices->count, &description, &memory->image->device);
}

struct texels {
    const struct image *image;
    uint8_t *host;
};

static cl_int texels_give(struct device_queue *queue, const struct device_command *command,
                          const void *argument)
{
    const struct texels *texels = argument;
    const struct image_shape *shape = &texels->image->shape;
    const struct device_rect from = {texels->host, shape->row_pitch, shape->slice_pitch};
    const struct device_image_place to = {.image = texels->image->device};
    return device_queue_write_image(queue, command, &to, &from, shape->extent);
}

static cl_int image_open(struct kiln_memory *memory, uint8_t *host, const struct image_devices *devices)
{
    if (memory->parent) return image_in_parent(memory, devices);
    if (memory->host_pointer && image_in_host(memory, devices)) return CL_SUCCESS;
    cl_int error = image_of_its_own(memory, devices);
    if (error) return error;
    memory->size = device_image_laid_out(memory->image->device)->size;
    return host ? upload_run(devices->list[0], texels_give, &(struct texels){memory->image, host}) : error;
}

// All fields of an image but for its place in memory.
static struct kiln_memory *image_allocate(const struct request *request)
{
    struct kiln_memory *memory = memory_new(request->shape.type);
    struct image *image = calloc(1, sizeof *image);
    if (!memory || !image) {
        if (memory) memory_free(memory);
        free(image);
        return NULL;
    }
    image->shape = request->shape;
    memory->context = request->context;
    memory->flags = request->flags;
    memory->size = image_shape_bytes(&image->shape);
    memory->image = image;
    memory->parent = request->parent;
    memory->host_pointer = request->flags & CL_MEM_USE_HOST_PTR ? request->host : NULL;
    memory->foreign = request->properties.foreign;
    if (memory->parent) memory->host_pointer = memory->parent->host_pointer;
    return memory;
}

static cl_int image_create(const struct request *request, const cl_mem_properties *properties,
                           struct kiln_memory **result)
{
    struct kiln_memory *memory = image_allocate(request);
    if (!memory) return CL_OUT_OF_HOST_MEMORY;
    struct image_devices devices;
    cl_int error = image_devices_find(request->context, &devices) ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
    if (!error) error = image_open(memory, request->host, &devices);
    free(devices.list);
    if (!error && request->properties.count)
        error = memory_properties_keep(memory, properties, request->properties.count);
    if (!error && !memory_init(memory)) error = CL_OUT_OF_HOST_MEMORY;
    if (error) {
        image_free(memory->image);
        memory_close(memory);
        memory_free(memory);
        return error;
    }
    if (memory->parent) memory_retain(memory->parent);
    *result = memory;
    return CL_SUCCESS;
}

// ---- Entry points -------------------------------------------------------------------------------------

static cl_mem image_new(cl_context context, const cl_mem_properties *properties, struct request *request,
                        cl_int *error_out)
{
    if (!context_is(context)) return error_return(error_out, CL_INVALID_CONTEXT);
    request->context = context_from(context);
    struct kiln_memory *memory;
    cl_int error = memory_properties_read(request->context, properties, &request->properties);
    if (!error && request->properties.has_address) error = CL_INVALID_PROPERTY; // it is for buffers
    if (!error) error = request_check(request);
    if (!error) error = image_create(request, properties, &memory);
    if (request->properties.foreign && request->parent) memory_release(request->parent);
    if (error) return error_return(error_out, error);
    error_return(error_out, CL_SUCCESS);
    return memory_handle(memory);
}

CL_API_ENTRY cl_mem CL_API_CALL clCreateImage(cl_context context, cl_mem_flags flags,
                                              const cl_image_format *format, const cl_image_desc *description,
                                              void *host, cl_int *error_out)
{
    struct request request = {.flags = flags, .format = format, .description = description, .host = host};
    return image_new(context, NULL, &request, error_out);
}

CL_API_ENTRY cl_mem CL_API_CALL clCreateImageWithProperties(cl_context context,
                                                            const cl_mem_properties *properties,
                                                            cl_mem_flags flags, const cl_image_format *format,
                                                            const cl_image_desc *description, void *host,
                                                            cl_int *error_out)
{
    struct request request = {.flags = flags, .format = format, .description = description, .host = host};
    return image_new(context, properties, &request, error_out);
}

// Before OpenCL 1.2 pitches that do not fit were errors of the size.
static cl_mem image_new_1_1(cl_context context, cl_mem_flags flags, const cl_image_format *format,
                            const cl_image_desc *description, void *host, cl_int *error_out)
{
    cl_int error;
    cl_mem image = clCreateImage(context, flags, format, description, host, &error);
    error_return(error_out, error == CL_INVALID_IMAGE_DESCRIPTOR ? CL_INVALID_IMAGE_SIZE : error);
    return image;
}

CL_API_ENTRY cl_mem CL_API_CALL clCreateImage2D(cl_context context, cl_mem_flags flags,
                                                const cl_image_format *format, size_t width, size_t height,
                                                size_t row_pitch, void *host, cl_int *error_out)
{
    const cl_image_desc description = {.image_type = CL_MEM_OBJECT_IMAGE2D,
                                       .image_width = width,
                                       .image_height = height,
                                       .image_row_pitch = row_pitch};
    return image_new_1_1(context, flags, format, &description, host, error_out);
}

CL_API_ENTRY cl_mem CL_API_CALL clCreateImage3D(cl_context context, cl_mem_flags flags,
                                                const cl_image_format *format, size_t width, size_t height,
                                                size_t depth, size_t row_pitch, size_t slice_pitch,
                                                void *host, cl_int *error_out)
{
    const cl_image_desc description = {.image_type = CL_MEM_OBJECT_IMAGE3D,
                                       .image_width = width,
                                       .image_height = height,
                                       .image_depth = depth,
                                       .image_row_pitch = row_pitch,
                                       .image_slice_pitch = slice_pitch};
    return image_new_1_1(context, flags, format, &description, host, error_out);
}
