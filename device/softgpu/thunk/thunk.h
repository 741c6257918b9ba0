// What the files of this room share. The room is a libhsakmt.so.1 whose GPU is software: each hsaKmt*
// function does what <hsakmt.h> says of it, for one CPU node and one GPU node that live in this process.
#pragma once

#include "device/softgpu/machine/machine.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether the device was opened by this process. False in a forked child, which has none of the device's
// threads.
bool device_is_open(void);

// The first thing in every function that needs the device.
#define REQUIRE_OPEN()                                                                                       \
    do {                                                                                                     \
        if (!device_is_open()) return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;                            \
    } while (0)
