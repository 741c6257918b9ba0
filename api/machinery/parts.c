#include "api/machinery/parts.h"

static cl_int parts_give(struct device_queue *queue, const struct device_command *command, size_t count,
                         part_submit *submit, void *argument, struct device_signal *first)
{
    struct device_command part = {.wait = command->wait, .wait_count = command->wait_count, .done = first};
    cl_int error = CL_SUCCESS;
    for (size_t i = 0; !error && i < count; i++) {
        if (i + 1 == count) part.done = command->done;
        error = submit(argument, i, queue, &part);
        part = (struct device_command){0};
    }
    return error;
}

cl_int parts_submit(struct device_queue *queue, const struct device_command *command, size_t count,
                    part_submit *submit, void *argument)
{
    struct device_signal *first;
    if (count == 1) return submit(argument, 0, queue, command);
    if (!command->done) return parts_give(queue, command, count, submit, argument, NULL);
    cl_int error = device_signal_create(&first);
    if (error) return error;
    device_signal_starts_with(command->done, first);
    error = parts_give(queue, command, count, submit, argument, first);
    device_signal_release(first);
    return error;
}
