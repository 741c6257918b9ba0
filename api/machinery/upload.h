// What fills an object as it is created: a queue that lives for one copy only.
#pragma once

#include "device/device.h"

// Lets `give` enqueue a command on such a queue of the device, and waits for it.
cl_int upload_run(struct device *,
                  cl_int (*give)(struct device_queue *, const struct device_command *, const void *argument),
                  const void *argument);
