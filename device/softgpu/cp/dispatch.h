// Resolving a kernel dispatch packet.
#pragma once

#include "device/softgpu/interpreter/interpreter.h"

#include <hsa/hsa.h>
#include <stddef.h>

// Fills `dispatch` from the packet and the kernel descriptor it names. Returns 0, or the exception (enum
// exception) that the packet is, with one line about it in `why`.
unsigned dispatch_resolve(const hsa_kernel_dispatch_packet_t *packet, struct dispatch *dispatch, char *why,
                          size_t size);
