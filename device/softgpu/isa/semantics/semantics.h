// What instructions mean: one small C function each, over a slice of 16 lanes (vector), over all slices (what
// moves values between lanes), or on scalars.
//
// These functions are the only place where an instruction's arithmetic is written. clang compiles them
// natively for the interpreter and to bitcode that the translator inlines, so they are pure but for their
// outputs and (memory instructions) the memory they name. They know nothing of register files, EXEC merging,
// modifiers, or control flow: whoever calls them fetches operands (with neg, abs, SDWA, DPP, op_sel applied),
// merges the result under EXEC, and applies omod and, to floating-point results, clamp.
//
// Register layout: a VGPR of a wave is 2 (wave32) or 4 (wave64) slices. Within one slice the wave's registers
// are contiguous, so an operand is a pointer to its first register: a 64-bit value is p[0] (low dwords), p[1]
// (high dwords).
//
// opcodes.def names each.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define VECTOR16(type, name) typedef type name __attribute__((ext_vector_type(16)))
VECTOR16(uint8_t, u8x16);
VECTOR16(int8_t, i8x16);
VECTOR16(uint16_t, u16x16);
VECTOR16(int16_t, i16x16);
VECTOR16(uint32_t, u32x16);
VECTOR16(int32_t, i32x16);
VECTOR16(uint64_t, u64x16);
VECTOR16(int64_t, i64x16);
VECTOR16(_Float16, f16x16);
VECTOR16(float, f32x16);
VECTOR16(double, f64x16);
#undef VECTOR16

// The MODE register above its rounding modes. Denormals are flushed to zero where a bit is clear.
enum mode_bits {
    MODE_F32_DENORM_IN = 1 << 4,
    MODE_F32_DENORM_OUT = 1 << 5,
    MODE_F16_F64_DENORM_IN = 1 << 6,
    MODE_F16_F64_DENORM_OUT = 1 << 7,
    MODE_DX10_CLAMP = 1 << 8,
    MODE_IEEE = 1 << 9,
};

// What a vector instruction sees of its wave besides its operands, for one slice.
struct lanes {
    uint16_t exec;    // active lanes of this slice
    uint16_t mask_in; // carry-in, or the selecting mask (v_cndmask, v_div_fmas), as lane bits
    // Carry-out, comparison result, v_div_scale's VCC: bits of inactive lanes are don't-care.
    uint16_t mask_out;
    uint8_t first_lane; // lane number of lane 0 of this slice: 0, 16, 32, 48
    bool wave64;
    bool clamp;    // integer instructions saturate (VOP3 CLAMP); floating-point clamping is the caller's
    uint32_t mode; // MODE register: rounding [3:0], f32's in the low half; and enum mode_bits
    uint32_t m0;
    uint64_t exec_wave; // EXEC of the whole wave
    uint64_t mask_wave; // v_mbcnt's and v_readlane-like instructions' scalar source
    // Memory instructions
    u64x16 address;    // FLAT/GLOBAL/SCRATCH/MUBUF: host address per lane, offset included; of active lanes
    uint8_t *lds;      // DS: this work-group's LDS
    uint32_t lds_size; // bytes, a multiple of 4; out-of-range reads give 0, out-of-range writes go nowhere
    uint32_t offset;   // DS: the 16-bit offset as encoded (OFFSET0 | OFFSET1 << 8)
};

// d: the destination's registers for this slice, written for all 16 lanes (the caller merges under EXEC),
// except that memory loads write only active lanes' values and leave the others' contents undefined.
// s0..s2: sources. DS: s0 = ADDR, s1 = DATA0, s2 = DATA1. FLAT/GLOBAL/SCRATCH/MUBUF: s1 = DATA, address in
// `l`. d may alias a source: read all sources before writing. A 16-bit result comes zero-extended: the caller
// merges it into the half that it goes to (the other half keeps its value).
typedef void vector_fn(u32x16 *d, const u32x16 *s0, const u32x16 *s1, const u32x16 *s2, struct lanes *l);

// What an instruction of the whole wave sees besides its operands.
struct wave_lanes {
    uint64_t exec;
    unsigned slices;                 // 2 or 4
    bool fetch_inactive, bound_zero; // v_permlane16
    // DS
    uint32_t offset; // as encoded
    uint32_t m0;
    uint8_t *lds;
    uint32_t lds_size;
};

// d: the destination in all slices, one behind another: in, what it holds; out, what its active lanes are to
// hold. There is room for four. s0..s2: the sources' first registers, likewise; scalars are spread to lanes.
// None of them overlap.
typedef void lanes_fn(u32x16 *d, const u32x16 *s0, const u32x16 *s1, const u32x16 *s2,
                      const struct wave_lanes *l);

// What a scalar instruction sees besides its operands.
struct scalar {
    bool scc; // in and out
    bool wave64;
    uint64_t d_in; // the destination's old value (s_cmov, s_bitset, s_addk, s_cmovk)
    uint64_t exec; // in and out: the saveexec family, s_wrexec
    uint32_t m0;
};

// Returns the destination's new value; 32-bit results in the low half. For SOPK s1 is SIMM16 sign-extended to
// 64 bits and s0 the destination's old value; SOPC ignores the returned value.
typedef uint64_t scalar_fn(uint64_t s0, uint64_t s1, struct scalar *s);
