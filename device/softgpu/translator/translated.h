// What a translation is to the interpreter: native code for one region (all code that branches reach from one
// entry), which works on the interpreter's own waves.
//
// An object file of a translation (x86-64 ELF, relocatable, for this host's CPU level) defines
//   translated_entries  read-only: uint32_t count, then as many offsets, ascending
//   translated          a function, a `translated_fn`
// or, where it is for whole work-groups, instead of that function
//   translated_group    a `translated_group_fn`
//   translated_written  read-only: a `struct translated_written`
// and refers to nothing else than what translator/helpers.def lists.
//
// Offsets are bytes from the region's base, which is the address of the instruction with the lowest address.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct wave;

// Runs a wave from entry number `entry` on. `base` is where the region's base lies in this process.
// Returns an enum wave_state; with all but WAVE_ENDED, `w->place` is the offset of the instruction where the
// wave goes on. All registers that code from there on may read are in the wave then.
//   WAVE_YIELDED       `w->budget` of backward jumps is spent
//   WAVE_AT_BARRIER    as the interpreter's
//   WAVE_UNTRANSLATED  the instruction at `w->place` is to be interpreted; it is never an entry
//
// Before an access to memory that may fault, `w->place` is the offset of the instruction that makes it (A
// volatile store: to the compiler nothing reads it. A fault leaves the function by a long jump. Where the
// host tells no address, which is so for addresses that are not canonical, it is looked for in
// w->lanes[w->slice].address of the lanes that `exec` names there; scalar loads': in lane 0's of
// w->lanes[0].) The caller sees to it that `w->mode` is the
// one that the translation was made for, and that MXCSR is `w->mxcsr[ARITHMETIC_F32]`. No vzeroupper is
// needed before, and none is behind.
typedef uint32_t translated_fn(struct wave *w, uint32_t entry, uint64_t base);

// --- Whole work-groups ---

enum { TRANSLATED_WAVES_MAX = 32, TRANSLATED_HAS_ENDED = UINT32_MAX };

// A work-group about to begin. All its waves are full: EXEC is all ones. The rows of 16 items lie along x:
// ids in x ascend by one within each, from a multiple of 16, those in y and z are the same. Where waves have
// scratch, it is offset by as much from wave to wave, and so is one of their SGPRs; else these differ in
// nothing.
struct translated_launch {
    struct wave *waves;   // the first one's `place`, `lanes`, `lds` are used for all of them
    const uint32_t *sgpr; // what all waves begin with, EXEC not looked at
    const void *id[3];    // x, y, z, 16 dwords for each row of items
    const bool *cancel;
    uint64_t scratch, scratch_wave_bytes; // of the first wave, for code that has scratch; of each wave
    uint32_t scratch_sgpr; // holds the offset of the wave's from the first one's; no SGPR's number: none does
    uint32_t wave_count;
    uint32_t budget; // of backward jumps, for a wave from one barrier to the next
    uint32_t rounds; // from barrier to barrier, of all waves; the last one counts down to 0
    // What has become of it:
    uint32_t stopped;  // number of the wave that came back; those before it have had their turn
                       // (`launched`: it has done nothing that counts, and is to begin anew;
                       // `wave_count`: none, all wait at a barrier)
    uint32_t launched; // waves that have begun
    uint32_t
        resume[TRANSLATED_WAVES_MAX]; // of waves but `stopped`: the entry where it goes on behind a barrier
};

// Runs the region from its beginning, for all waves of a work-group from barrier to barrier. Returns an enum
// wave_state: WAVE_ENDED where all waves have ended, WAVE_STOPPED when it has been cancelled, else what
// `stopped` came back for, with its `place`. Of the registers that are live then, those that are written
// anywhere (translated_written) are in the waves, the others hold what they began with.
typedef uint32_t translated_group_fn(struct translated_launch *launch, uint64_t base);

// A register that waves at a barrier hold in each slice's lane 0 only; the other lanes follow from it.
struct translated_row {
    uint16_t index;
    uint16_t upper; // half of numbers of 64 bits, whose lower half is in the register before
    int32_t stride; // by which the lanes ascend
};

struct translated_written {
    uint64_t scalar[2], vector[4]; // a bit a register
    uint64_t has_scratch;          // private memory is accessed: no other code may be launched with scratch
    uint64_t row_count;
    struct translated_row rows[];
};

// --- Calls ---

// Of the interpreter, for native code to call: runs the instruction at `place` on the registers that lie in
// the wave. Returns WAVE_UNTRANSLATED when it has, or WAVE_STOPPED.
uint32_t interpret_one(struct wave *w, uint32_t place);

// The meaning of a memory instruction: opcodes[opcode_id].vector. Saves registers, as callees of native code
// are rarely called.
__attribute__((preserve_all)) void memory_run(uint32_t opcode_id, void *d, const void *s0, const void *s1,
                                              const void *s2, void *lanes);
