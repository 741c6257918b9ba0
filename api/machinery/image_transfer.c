#include "api/machinery/image_transfer.h"

#include <string.h>

static cl_int image_transfer_submit(void *payload, struct device_queue *queue,
                                    const struct device_command *command)
{
    const struct image_transfer *transfer = payload;
    switch (transfer->kind) {
    case IMAGE_READ:
        return device_queue_read_image(queue, command, &transfer->memory, &transfer->from, transfer->region);
    case IMAGE_WRITE:
        return device_queue_write_image(queue, command, &transfer->to, &transfer->memory, transfer->region);
    case IMAGE_COPY:
        return device_queue_copy_image(queue, command, &transfer->to, &transfer->from, transfer->region);
    case IMAGE_FILL:
        return device_queue_fill_image(queue, command, &transfer->to, transfer->color, transfer->region);
    default:
        return device_queue_barrier(queue, command);
    }
}

static void image_transfer_release(void *payload)
{
    struct image_transfer *transfer = payload;
    if (transfer->map) memory_map_release(transfer->map); // before the object that was mapped
    for (unsigned i = 0; i < 2; i++)
        if (transfer->memories[i]) memory_release(transfer->memories[i]);
}

struct device_image_place image_place(const struct kiln_memory *memory, const struct image_box *box)
{
    return (struct device_image_place){.image = memory->image->device,
                                       .origin = {box->origin[0], box->origin[1], box->origin[2]},
                                       .level = box->level};
}

cl_int image_transfer_create(const struct command_request *request, struct command **command,
                             struct image_transfer **transfer)
{
    static const struct command_kind kind = {.submit = image_transfer_submit,
                                             .release = image_transfer_release};
    void *payload;
    cl_int error = command_create(request, &kind, sizeof **transfer, command, &payload);
    if (error) return error;
    *transfer = payload;
    **transfer = (struct image_transfer){0};
    return CL_SUCCESS;
}

cl_int image_transfer_enqueue(const struct command_request *request, const struct image_transfer *description)
{
    struct command *command;
    struct image_transfer *transfer;
    cl_int error = image_transfer_create(request, &command, &transfer);
    if (error) return error;
    *transfer = *description;
    for (unsigned i = 0; i < 2; i++)
        if (transfer->memories[i]) memory_retain(transfer->memories[i]);
    return command_enqueue(request, command);
}
