// What an arithmetic instruction must give, computed with MPFR: any precision, all of IEEE 754's roundings.
#pragma once

#include "device/softgpu/isa/table/isa.h"

// An instruction's sources and what governs it.
struct arithmetic_case {
    const struct opcode *opcode;
    uint32_t mode; // MODE register
    uint8_t omod;
    bool clamp;
    bool mask; // what v_div_fmas reads of VCC
    uint64_t s[3];
};

// The result. Two values where it is open whether a denormal that rounds to a normal number is flushed.
struct arithmetic_result {
    uint64_t value[2];
    bool nan;         // any NaN will do
    bool mask;        // what v_div_scale writes to VCC
    bool unspecified; // any result will do
};

// Whether there is an oracle for this instruction.
bool arithmetic_known(const struct opcode *opcode);
struct arithmetic_result arithmetic_compute(const struct arithmetic_case *c);
// How far `got` is from the exact result, in units in the last place of the destination's type; NaNs,
// infinities, zeros and what is flushed count 0 if they are right, else infinite.
double arithmetic_error(const struct arithmetic_case *c, uint64_t got);
