#include "api/machinery/transfer.h"
#include "api/machinery/executable.h"

static cl_int transfer_submit(void *payload, struct device_queue *queue, const struct device_command *command)
{
    const struct transfer *transfer = payload;
    const size_t *extent = transfer->extent;
    bool in_a_row = extent[1] == 1 && extent[2] == 1;
    // Reading CL_MEM_USE_HOST_PTR memory to where it already is moves nothing.
    if (!extent[0] || (in_a_row && transfer->to.base == transfer->from.base))
        return device_queue_barrier(queue, command);
    if (in_a_row) return device_queue_copy(queue, command, transfer->to.base, transfer->from.base, extent[0]);
    return device_queue_copy_rect(queue, command, &transfer->to, &transfer->from, extent);
}

static void transfer_release(void *payload)
{
    struct transfer *transfer = payload;
    if (transfer->map) memory_map_release(transfer->map); // before the object that was mapped
    for (unsigned i = 0; i < 2; i++)
        if (transfer->memories[i]) memory_release(transfer->memories[i]);
    executable_release(transfer->code);
}

cl_int transfer_create(const struct command_request *request, struct command **command,
                       struct transfer **transfer)
{
    static const struct command_kind kind = {.submit = transfer_submit, .release = transfer_release};
    void *payload;
    cl_int error = command_create(request, &kind, sizeof **transfer, command, &payload);
    if (error) return error;
    *transfer = payload;
    **transfer = (struct transfer){.extent = {0, 1, 1}};
    return CL_SUCCESS;
}

cl_int transfer_enqueue(const struct command_request *request, const struct transfer *description)
{
    struct command *command;
    struct transfer *transfer;
    cl_int error = transfer_create(request, &command, &transfer);
    if (error) return error;
    *transfer = *description;
    for (unsigned i = 0; i < 2; i++)
        if (transfer->memories[i]) memory_retain(transfer->memories[i]);
    if (transfer->code) executable_retain(transfer->code);
    return command_enqueue(request, command);
}
