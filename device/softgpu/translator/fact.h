// What is known of a VGPR within a slice: the lanes that are active hold first + lane * stride.
#pragma once

extern "C" {
#include "code.h"
}

struct Fact {
    bool known = false;
    bool partial = false; // of lanes that were active; those that become active since may hold others
    bool fits = false;    // as 32-bit numbers they do not wrap within the slice
    int32_t stride = 0;   // 0: uniform
    unsigned aligned = 0; // lane 0's number is a multiple of two to that power; 31 at most

    bool uniform() const { return known && stride == 0; }
};

struct Facts {
    Fact vector[VGPR_COUNT];
    Fact wide[VGPR_COUNT];      // of 64-bit numbers, in the register and the next: those of wide.cpp
    bool mask[SGPR_COUNT] = {}; // the mask is all active lanes of a slice, or none
    bool reached = false;
    // Since the launch the wave has done nothing that it could not do again: it can begin anew.
    bool untouched = false;
};
