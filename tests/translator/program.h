// Code that is run both ways, and what a wave's registers are after each.
#pragma once

#include "device/softgpu/interpreter/op.h"

// Ends the process with a message where memory is short.
void program_start(const char *semantics);

// A wave with random registers, in `mode`, of one width or the other.
struct wave *program_wave(bool wave64, uint32_t mode, uint64_t exec);

// Runs code, interpreted and translated, on a copy of `start` each. Both stop at the first s_sleep. Returns
// false where the translator refuses, with a message on stderr.
bool program_run(const void *code, const struct wave *start, struct wave *interpreted,
                 struct wave *translated);

// Prints the first difference of registers, if there is one, of VGPRs in `lanes` only. Returns whether there
// is.
bool program_differs(const struct wave *interpreted, const struct wave *translated, uint64_t lanes);
