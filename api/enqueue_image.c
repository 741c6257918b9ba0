// Reading, writing, copying and filling regions of images.
#include "api/machinery/image_transfer.h"
#include "api/machinery/recording.h"

#include <string.h>

// What every command checks of its image: CL_INVALID_OPERATION where the device has no images.
static cl_int image_check(const struct command_request *request, cl_mem handle)
{
    if (!device_has_images(request->queue->device->device)) return CL_INVALID_OPERATION;
    return memory_check_image(handle, request->queue->context);
}

// ---- The host's memory --------------------------------------------------------------------------------

struct host_side {
    const size_t *origin, *region; // of the image
    struct image_pitches pitches;
    uint8_t *host;
    cl_map_flags access; // what the host does: CL_MAP_READ or CL_MAP_WRITE
};

static cl_int host_side_enqueue(const struct command_request *request, cl_mem handle,
                                const struct host_side *side)
{
    cl_int error = image_check(request, handle);
    if (error) return error;
    struct kiln_memory *memory = memory_from(handle);
    const struct image_shape *shape = &memory->image->shape;
    struct image_pitches pitches = side->pitches;
    struct image_box box;
    error = image_box_make(shape, side->origin, side->region, &box);
    if (!error && !side->host) error = CL_INVALID_VALUE;
    if (!error) error = image_region_pitches(shape, side->region, &pitches);
    if (!error) error = memory_check_host_access(memory, side->access);
    if (error) return error;
    const struct device_image_place place = image_place(memory, &box);
    const struct image_transfer transfer = {
        .kind = side->access == CL_MAP_READ ? IMAGE_READ : IMAGE_WRITE,
        .memories = {memory},
        .from = place,
        .to = place,
        .memory = {side->host, pitches.row, pitches.slice},
        .region = {side->region[0], side->region[1], side->region[2]},
    };
    return image_transfer_enqueue(request, &transfer);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueReadImage(cl_command_queue queue, cl_mem image, cl_bool blocking,
                                                   const size_t *origin, const size_t *region,
                                                   size_t row_pitch, size_t slice_pitch, void *to,
                                                   cl_uint wait_count, const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_READ_IMAGE, wait_count, wait, event);
    if (error) return error;
    request.blocking = blocking;
    const struct host_side side = {origin, region, {row_pitch, slice_pitch}, to, CL_MAP_READ};
    return host_side_enqueue(&request, image, &side);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueWriteImage(cl_command_queue queue, cl_mem image, cl_bool blocking,
                                                    const size_t *origin, const size_t *region,
                                                    size_t row_pitch, size_t slice_pitch, const void *from,
                                                    cl_uint wait_count, const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_WRITE_IMAGE, wait_count, wait, event);
    if (error) return error;
    request.blocking = blocking;
    const struct host_side side = {
        origin, region, {row_pitch, slice_pitch}, (uint8_t *)(uintptr_t)from, CL_MAP_WRITE};
    return host_side_enqueue(&request, image, &side);
}

// ---- Images and buffers -------------------------------------------------------------------------------

static bool formats_equal(const cl_image_format *one, const cl_image_format *other)
{
    return one->image_channel_order == other->image_channel_order &&
           one->image_channel_data_type == other->image_channel_data_type;
}

static cl_int images_copy_enqueue(const struct command_request *request, cl_mem from, cl_mem to,
                                  const size_t *from_origin, const size_t *to_origin, const size_t *region)
{
    struct image_box from_box, to_box;
    cl_int error = image_check(request, from);
    if (!error) error = image_check(request, to);
    if (error) return error;
    struct kiln_memory *source = memory_from(from), *target = memory_from(to);
    const struct image_shape *source_shape = &source->image->shape, *target_shape = &target->image->shape;
    if (!formats_equal(&source_shape->format, &target_shape->format)) return CL_IMAGE_FORMAT_MISMATCH;
    error = image_box_make(source_shape, from_origin, region, &from_box);
    if (!error) error = image_box_make(target_shape, to_origin, region, &to_box);
    if (error) return error;
    if (source == target && image_boxes_overlap(&from_box, &to_box)) return CL_MEM_COPY_OVERLAP;
    const struct image_transfer transfer = {
        .kind = IMAGE_COPY,
        .memories = {source, target},
        .from = image_place(source, &from_box),
        .to = image_place(target, &to_box),
        .region = {region[0], region[1], region[2]},
    };
    return image_transfer_enqueue(request, &transfer);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueCopyImage(cl_command_queue queue, cl_mem from, cl_mem to,
                                                   const size_t *from_origin, const size_t *to_origin,
                                                   const size_t *region, cl_uint wait_count,
                                                   const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_COPY_IMAGE, wait_count, wait, event);
    return error ? error : images_copy_enqueue(&request, from, to, from_origin, to_origin, region);
}

CL_API_ENTRY cl_int CL_API_CALL clCommandCopyImageKHR(
    cl_command_buffer_khr buffer, cl_command_queue queue, const command_properties *properties, cl_mem from,
    cl_mem to, const size_t *from_origin, const size_t *to_origin, const size_t *region, cl_uint wait_count,
    const cl_sync_point_khr *wait, cl_sync_point_khr *sync_point, cl_mutable_command_khr *handle)
{
    const struct recording_terms terms = {buffer, queue, properties, wait_count, wait, sync_point, handle};
    struct recording recording;
    cl_int error = recording_begin(&recording, &terms, CL_COMMAND_COPY_IMAGE);
    if (!error) error = images_copy_enqueue(&recording.request, from, to, from_origin, to_origin, region);
    return recording_end(&recording, error);
}

// An image's region and the buffer's bytes, in which it lies without gaps.
struct buffer_side {
    enum image_transfer_kind kind; // IMAGE_READ or IMAGE_WRITE
    cl_mem image, buffer;
    const size_t *origin, *region;
    size_t offset;
};

static cl_int buffer_side_enqueue(const struct command_request *request, const struct buffer_side *side)
{
    cl_int error = image_check(request, side->image);
    if (!error) error = memory_check_buffer(side->buffer, request->queue->context);
    if (error) return error;
    struct kiln_memory *image = memory_from(side->image), *buffer = memory_from(side->buffer);
    const struct image_shape *shape = &image->image->shape;
    struct image_pitches pitches = {0};
    struct image_box box;
    error = image_box_make(shape, side->origin, side->region, &box);
    if (!error) error = image_region_pitches(shape, side->region, &pitches);
    if (error) return error;
    if (!memory_contains(buffer, side->offset, image_region_bytes(shape, side->region, &pitches)))
        return CL_INVALID_VALUE;
    const struct device_image_place place = image_place(image, &box);
    const struct image_transfer transfer = {
        .kind = side->kind,
        .memories = {image, buffer},
        .from = place,
        .to = place,
        .memory = {memory_address(buffer) + side->offset, pitches.row, pitches.slice},
        .region = {side->region[0], side->region[1], side->region[2]},
    };
    return image_transfer_enqueue(request, &transfer);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueCopyImageToBuffer(cl_command_queue queue, cl_mem from, cl_mem to,
                                                           const size_t *origin, const size_t *region,
                                                           size_t offset, cl_uint wait_count,
                                                           const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error =
        command_request_init(&request, queue, CL_COMMAND_COPY_IMAGE_TO_BUFFER, wait_count, wait, event);
    if (error) return error;
    return buffer_side_enqueue(&request, &(struct buffer_side){IMAGE_READ, from, to, origin, region, offset});
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueCopyBufferToImage(cl_command_queue queue, cl_mem from, cl_mem to,
                                                           size_t offset, const size_t *origin,
                                                           const size_t *region, cl_uint wait_count,
                                                           const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error =
        command_request_init(&request, queue, CL_COMMAND_COPY_BUFFER_TO_IMAGE, wait_count, wait, event);
    if (error) return error;
    return buffer_side_enqueue(&request,
                               &(struct buffer_side){IMAGE_WRITE, to, from, origin, region, offset});
}

CL_API_ENTRY cl_int CL_API_CALL clCommandCopyImageToBufferKHR(
    cl_command_buffer_khr buffer, cl_command_queue queue, const command_properties *properties, cl_mem from,
    cl_mem to, const size_t *origin, const size_t *region, size_t offset, cl_uint wait_count,
    const cl_sync_point_khr *wait, cl_sync_point_khr *sync_point, cl_mutable_command_khr *handle)
{
    const struct recording_terms terms = {buffer, queue, properties, wait_count, wait, sync_point, handle};
    struct recording recording;
    const struct buffer_side side = {IMAGE_READ, from, to, origin, region, offset};
    cl_int error = recording_begin(&recording, &terms, CL_COMMAND_COPY_IMAGE_TO_BUFFER);
    if (!error) error = buffer_side_enqueue(&recording.request, &side);
    return recording_end(&recording, error);
}

CL_API_ENTRY cl_int CL_API_CALL clCommandCopyBufferToImageKHR(
    cl_command_buffer_khr buffer, cl_command_queue queue, const command_properties *properties, cl_mem from,
    cl_mem to, size_t offset, const size_t *origin, const size_t *region, cl_uint wait_count,
    const cl_sync_point_khr *wait, cl_sync_point_khr *sync_point, cl_mutable_command_khr *handle)
{
    const struct recording_terms terms = {buffer, queue, properties, wait_count, wait, sync_point, handle};
    struct recording recording;
    const struct buffer_side side = {IMAGE_WRITE, to, from, origin, region, offset};
    cl_int error = recording_begin(&recording, &terms, CL_COMMAND_COPY_BUFFER_TO_IMAGE);
    if (!error) error = buffer_side_enqueue(&recording.request, &side);
    return recording_end(&recording, error);
}

// ---- Filling ------------------------------------------------------------------------------------------

static cl_int image_fill_enqueue(const struct command_request *request, cl_mem handle, const void *color,
                                 const size_t *origin, const size_t *region)
{
    cl_int error = image_check(request, handle);
    if (error) return error;
    struct kiln_memory *memory = memory_from(handle);
    const cl_image_format *format = &memory->image->shape.format;
    struct image_box box;
    error = color ? image_box_make(&memory->image->shape, origin, region, &box) : CL_INVALID_VALUE;
    if (error) return error;
    struct image_transfer transfer = {
        .kind = IMAGE_FILL,
        .memories = {memory},
        .to = image_place(memory, &box),
        .region = {region[0], region[1], region[2]},
    };
    size_t channels = format->image_channel_order == CL_DEPTH ? 1 : 4; // all that the application gives
    memcpy(transfer.color, color, channels * sizeof *transfer.color);
    return image_transfer_enqueue(request, &transfer);
}

CL_API_ENTRY cl_int CL_API_CALL clEnqueueFillImage(cl_command_queue queue, cl_mem handle, const void *color,
                                                   const size_t *origin, const size_t *region,
                                                   cl_uint wait_count, const cl_event *wait, cl_event *event)
{
    struct command_request request;
    cl_int error = command_request_init(&request, queue, CL_COMMAND_FILL_IMAGE, wait_count, wait, event);
    return error ? error : image_fill_enqueue(&request, handle, color, origin, region);
}

CL_API_ENTRY cl_int CL_API_CALL clCommandFillImageKHR(
    cl_command_buffer_khr buffer, cl_command_queue queue, const command_properties *properties, cl_mem image,
    const void *color, const size_t *origin, const size_t *region, cl_uint wait_count,
    const cl_sync_point_khr *wait, cl_sync_point_khr *sync_point, cl_mutable_command_khr *handle)
{
    const struct recording_terms terms = {buffer, queue, properties, wait_count, wait, sync_point, handle};
    struct recording recording;
    cl_int error = recording_begin(&recording, &terms, CL_COMMAND_FILL_IMAGE);
    if (!error) error = image_fill_enqueue(&recording.request, image, color, origin, region);
    return recording_end(&recording, error);
}
