#include "api/machinery/upload.h"

cl_int upload_run(struct device *device,
                  cl_int (*give)(struct device_queue *, const struct device_command *, const void *argument),
                  const void *argument)
{
    struct device_queue *queue;
    const struct device_queue_options options = {0};
    cl_int error = device_queue_create(device, &options, &queue);
    if (error) return error;
    error = give(queue, &(struct device_command){0}, argument);
    cl_int fault = device_queue_finish(queue);
    device_queue_destroy(queue);
    return error ? error : fault;
}
