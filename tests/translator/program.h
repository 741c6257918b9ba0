// Code that is run both ways, and what a work-group's registers and memory are after each.
#pragma once

#include "device/softgpu/interpreter/op.h"

enum {
    PROGRAM_WAVES = 2,
    PROGRAM_LDS = 4096,        // bytes
    PROGRAM_MEMORY = 16384,    // bytes of memory that code may access
    PROGRAM_SCRATCH_LANE = 64, // bytes of private memory of a lane
    PROGRAM_SCRATCH = PROGRAM_WAVES * 64 * PROGRAM_SCRATCH_LANE,
};

// A work-group's state. Memory and private memory are at the same addresses in every run.
struct program_state {
    struct wave waves[PROGRAM_WAVES];
    uint8_t lds[PROGRAM_LDS], memory[PROGRAM_MEMORY], scratch[PROGRAM_SCRATCH];
    bool stopped;
    char text[256]; // of the fault that stopped it
};

// Ends the process where memory is short.
void program_start(const char *semantics);
// Fixes what is random from here on.
void program_seed(uint64_t seed);
// Where the memory is; 4 GiB from the last multiple of 4 GiB are beyond its end.
uint64_t program_memory(void);

// Waves with random registers, in `mode`, of one width or the other, and random memory.
void program_state_fill(struct program_state *state, unsigned waves, bool wave64, uint32_t mode,
                        uint64_t exec);
// A descriptor of wave `number`'s private memory, as the dispatcher makes them.
void program_descriptor(const struct program_state *state, unsigned number, uint32_t words[4]);

// Runs code, interpreted and translated, on a copy of `start` each. Waves end at the first s_sleep, go to
// others at barriers and after `budget` backward jumps. Returns false where the translator refuses, with a
// message on stderr, and where the interpreted run does not end.
bool program_run(const void *code, const struct program_state *start, unsigned waves, uint32_t budget,
                 struct program_state *interpreted, struct program_state *translated);

// Prints the first difference, if there is one, of VGPRs in `lanes` only. Returns whether there is.
bool program_differs(const struct program_state *interpreted, const struct program_state *translated,
                     unsigned waves, uint64_t lanes);
