// Dispatches made ready once: their packets, and the memory that their arguments stay in.
#pragma once

#include "argument_chunk.h"

struct device_batch {
    struct device *device;
    hsa_kernel_dispatch_packet_t *packets; // with their first four bytes
    size_t count, room;
    struct argument_chunk *chunks; // the first has room
};
