// One wave of the interpreter's, to run single instructions in.
#pragma once

#include "device/softgpu/interpreter/wave.h"

// A wave of 32 or 64 lanes, all of them active; NULL: out of memory. It lives as long as the process.
struct wave *one_wave_open(bool wave64);

// Decodes the code, which ends with s_endpgm, as if nothing had been decoded before. NULL: it cannot be.
const struct op *one_wave_decode(struct wave *wave, const uint32_t *code);

// Runs it to its end, in this MODE.
void one_wave_run(struct wave *wave, const struct op *entry, uint32_t mode);
