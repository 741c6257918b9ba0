// What f32 and f64 instructions have in common, written once for both widths (f16 uses the f32 versions):
// valu_float.inc is included twice and defines name_f32 and name_f64.
#pragma once

#include "valu.h"

#define FUSED_MULTIPLY_ADD(x, y, z) __builtin_elementwise_fma(x, y, z)
#define ABS(x)                      __builtin_elementwise_abs(x)

#define FLOAT(name)      name##_f32
#define REAL             f32x16
#define BITS             u32x16
#define INTEGER          i32x16
#define SIGNIFICAND_BITS 23
#define EXPONENT_BITS    8
#define DENORM_IN        MODE_F32_DENORM_IN
#define DENORM_OUT       MODE_F32_DENORM_OUT
#define DIVISION_SCALE   64
#define DIVISION_LIMIT   96
#define DIVISION_NEAR    40
#include "valu_float.inc"

#define FLOAT(name)      name##_f64
#define REAL             f64x16
#define BITS             u64x16
#define INTEGER          i64x16
#define SIGNIFICAND_BITS 52
#define EXPONENT_BITS    11
#define DENORM_IN        MODE_F16_F64_DENORM_IN
#define DENORM_OUT       MODE_F16_F64_DENORM_OUT
#define DIVISION_SCALE   128
#define DIVISION_LIMIT   768
#define DIVISION_NEAR    300
#include "valu_float.inc"

// a * b + c of f16 values such that rounding it to f16 is the only rounding. In f64 it is exact, or far from
// where it matters; then it is cut to f32 with the last bit set if anything was lost.
INLINE f32x16 multiply_add_for_f16(f32x16 a, f32x16 b, f32x16 c)
{
    const u64x16 excess = (u64x16)((1ull << (52 - 23)) - 1);
    u64x16 sum = (u64x16)(CONVERT(a, f64x16) * CONVERT(b, f64x16) + CONVERT(c, f64x16));
    u64x16 lost = SELECT((sum & excess) != 0, excess + 1, (u64x16)0);
    return CONVERT((f64x16)((sum & ~excess) | lost), f32x16);
}
