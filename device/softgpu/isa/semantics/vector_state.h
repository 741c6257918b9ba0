// What vector arithmetic depends on besides its operands' values: fields of MODE, and lane masks in SGPRs.
#pragma once

#include "device/softgpu/isa/table/isa.h"

// Which of MODE's fields an instruction's arithmetic obeys. The host has one rounding and one flushing mode
// for all widths: f32's is in force, and the instructions of the other kinds change it.
enum arithmetic {
    ARITHMETIC_F32,
    ARITHMETIC_F16, // rounded as f64 is; what it flushes, the semantics see to
    ARITHMETIC_F64,
    ARITHMETIC_F64_TO_F32, // rounded as f64 is, with denormal results as f32's
    ARITHMETIC_NEAREST, // to nearest in all modes: f32 and f16 functions whose results the guide only bounds
    ARITHMETIC_F64_NEAREST,
    ARITHMETIC_COUNT
};

enum arithmetic arithmetic_of(const struct opcode *opcode);
// Whether, under `mode`, f32's rounding and flushing are this kind's, too.
bool arithmetic_is_usual(enum arithmetic arithmetic, uint32_t mode);

// Numbers of the SGPRs that hold the lane mask which an instruction reads (carry-in, the selecting mask) and
// the one that it writes.
enum {
    MASK_NULL = 254, // reads 0, writes nowhere
    MASK_NONE = 255,
};
struct lane_masks {
    uint8_t in, out;
};
struct lane_masks lane_masks_of(const struct instruction *in);
