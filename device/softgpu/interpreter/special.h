// What operands read here that are constants of this device.
#pragma once

#include "device/softgpu/isa/table/isa.h"
#include "device/softgpu/machine/limits.h"

// Of enum operand_code, but for VCCZ, EXECZ and SCC. The aperture registers are 64 bits wide; a 32-bit read
// gives the low half.
static inline uint64_t special_constant(unsigned index)
{
    switch (index) {
    case CODE_SHARED_BASE:
        return APERTURE_SHARED;
    case CODE_SHARED_LIMIT:
        return APERTURE_SHARED | UINT32_MAX;
    case CODE_PRIVATE_BASE:
        return APERTURE_PRIVATE;
    case CODE_PRIVATE_LIMIT:
        return APERTURE_PRIVATE | UINT32_MAX;
    default:
        return 0; // POPS: no pixel shaders here
    }
}
