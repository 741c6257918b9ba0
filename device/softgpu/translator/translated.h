// What a translation is to the interpreter: native code for one region (all code that branches reach from one
// entry), which works on the interpreter's own waves.
//
// An object file of a translation (x86-64 ELF, relocatable, for this host's CPU level) defines
//   translated          the function, a `translated_fn`
//   translated_entries  read-only: uint32_t count, then as many offsets, ascending
// and refers to nothing else than what translator/helpers.def lists.
//
// Offsets are bytes from the region's base, which is the address of the instruction with the lowest address.
#pragma once

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
// w->lanes[].address of the lanes that w->lanes[].exec names.) The caller sees to it that `w->mode` is the
// one that the translation was made for, and that MXCSR is `w->mxcsr[ARITHMETIC_F32]`. No vzeroupper is
// needed before, and none is behind.
typedef uint32_t translated_fn(struct wave *w, uint32_t entry, uint64_t base);

// Of the interpreter, for native code to call: runs the instruction at `place` on the registers that lie in
// the wave. Returns WAVE_UNTRANSLATED when it has, or WAVE_STOPPED.
uint32_t interpret_one(struct wave *w, uint32_t place);
