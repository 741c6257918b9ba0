// A command that is several for the device: the first waits for what the command waits for, the last one ends
// it, and its time starts with the first one's.
#pragma once

#include "device/device.h"

// Gives the device one of them.
typedef cl_int part_submit(void *argument, size_t index, struct device_queue *,
                           const struct device_command *);

// Gives it all of them, at least one.
cl_int parts_submit(struct device_queue *, const struct device_command *, size_t count, part_submit *,
                    void *argument);
