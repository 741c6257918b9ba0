// How faithful an instruction's result is to the hardware's, as standing.def has it.
#pragma once

#include "isa.h"

enum standing_kind {
    STANDING_EXACT,   // the bits are fixed by IEEE 754 or the ISA guide
    STANDING_BOUNDED, // within a bound of the exact result
    STANDING_OPEN,    // the guide leaves something open
};

struct standing {
    enum standing_kind kind;
    double bound;       // STANDING_BOUNDED: the guide's, in units in the last place; 0: none is stated
    double ulp;         //   and what this device's results are within
    const char *remark; // STANDING_OPEN: what is open, and what is done
};

// The standing of an instruction that this device executes.
const struct standing *opcode_standing(const struct opcode *opcode);
