// Code that is run both ways, and what a work-group's registers and memory are after each.
#pragma once

#include "device/softgpu/interpreter/op.h"

enum {
    PROGRAM_WAVES = 2,
    PROGRAM_LDS = 4096,        // bytes
    PROGRAM_MEMORY = 16384,    // bytes of memory that code may access
    PROGRAM_SCRATCH_LANE = 64, // bytes of private memory of a lane
    PROGRAM_ITEMS = 256,       // most of a work-group
    PROGRAM_SCRATCH = PROGRAM_ITEMS * PROGRAM_SCRATCH_LANE,
    PROGRAM_OUT_AT = 2 * PROGRAM_MEMORY, // bytes from memory: where launched programs put registers
    PROGRAM_OUT = 256 << 10,
};

// A work-group's state. Memory and private memory are at the same addresses in every run.
struct program_state {
    struct wave waves[PROGRAM_WAVES];
    uint8_t lds[PROGRAM_LDS], memory[PROGRAM_MEMORY], scratch[PROGRAM_SCRATCH], out[PROGRAM_OUT];
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

// Code that is launched as a kernel is: s[0:1] is the address of memory, s2 to s4 are the work-group's ids,
// v0 to v2 the item's. With scratch, s[0:3] is its descriptor, s[6:7] its address, s11 the wave's offset in
// it, and the others begin at s4 and s8.
struct program_launch {
    const void *code;
    bool wave64;
    bool scratch;
    uint32_t mode;
    uint16_t local[3];
    uint32_t groups[3];
    bool waves_too; // there is native code for what work-groups that cannot be run whole go on with, too
};

// As program_run, of whole work-groups; of `start` only memory counts. `whole`: whether any was run by one
// call.
bool program_launch(const struct program_launch *launch, const struct program_state *start,
                    struct program_state *interpreted, struct program_state *translated, bool *whole);

// Prints the first difference, if there is one, of VGPRs in `lanes` only. Returns whether there is.
bool program_differs(const struct program_state *interpreted, const struct program_state *translated,
                     unsigned waves, uint64_t lanes);
