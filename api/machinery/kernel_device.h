// A kernel of a program on one device: what launches need to know of it. Kernel objects have one a device.
#pragma once

#include "api/machinery/executable.h"

struct kiln_device;
struct launch_memo;

struct kernel_device {
    struct kiln_device *device;
    struct executable *executable;          // retained
    const struct kernel_metadata *metadata; // the executable's
    struct device_code code;
    const char *unsupported; // what it asks of its surroundings that is not offered; NULL: nothing
    bool prints;
    bool told_queue;   // hidden arguments that tell of the queue it runs in
    bool takes_local;  // __local arguments
    uint32_t samplers; // arguments that are
    struct launch_memo *memo;
};
