// Shorthands of the vector ALU's semantics: how operands of each type are read from and written to registers,
// lane masks, and the heads under which an instruction is one line.
//
// A type name T below stands for: `vec_T`, what its arithmetic is done in, and `load_T`, `store_T`. f16 is
// computed in f32 and rounded once by store_f16. For +, -, *, / and sqrt that equals rounding directly,
// because f32 has more than 2 * 11 + 2 bits of precision. 16-bit results come zero-extended; the caller
// merges them into the half they go to.
//
// Rounding and flushing of f32 and f64 arithmetic are the host's (MXCSR, set by the caller to fit l->mode).
// Instructions done with integers or f16 consult l->mode themselves.
//
// Vector types are cast into each other bit by bit: (u32x16)f is f's bits. Signed overflow and shifts by more
// than the width are undefined even in vectors, so wrapping arithmetic is unsigned and counts are masked.
#pragma once

#include "semantics.h"

typedef bool bool16 __attribute__((ext_vector_type(16)));
typedef uint16_t u16x32 __attribute__((ext_vector_type(32)));
typedef int16_t i16x32 __attribute__((ext_vector_type(32)));
typedef int64_t i64x32 __attribute__((ext_vector_type(32)));

#define INLINE          static inline __attribute__((always_inline))
#define CONVERT(v, to)  __builtin_convertvector(v, to)
#define MIN(x, y)       __builtin_elementwise_min(x, y)
#define MAX(x, y)       __builtin_elementwise_max(x, y)
#define MEDIAN(x, y, z) MAX(MIN(x, y), MIN(MAX(x, y), z))
// Before a loop over a dword's parts, whose selectors and counts then may be constants.
#define UNROLLED _Pragma("clang loop unroll(full)")
// Selects by whole lanes: `condition` is what a vector comparison yields.
#define SELECT(condition, then, otherwise) ((condition) ? (then) : (otherwise))

// A comparison's result as lane bits, and lane bits as a comparison's result.
#define LANE_BITS(condition) __builtin_bit_cast(uint16_t, CONVERT(condition, bool16))
INLINE i32x16 lanes32(uint16_t bits) { return CONVERT(__builtin_bit_cast(bool16, bits), i32x16) != 0; }
INLINE i64x16 lanes64(uint16_t bits) { return CONVERT(__builtin_bit_cast(bool16, bits), i64x16) != 0; }

// --- Operand types ---

typedef u32x16 vec_u32, vec_u24, vec_b32;
typedef i32x16 vec_i32, vec_i24;
typedef u16x16 vec_u16;
typedef i16x16 vec_i16;
typedef u64x16 vec_u64;
typedef i64x16 vec_i64;
typedef f32x16 vec_f32, vec_f16, vec_raw_f16;
typedef f64x16 vec_f64;
typedef u16x32 vec_pk_u16;
typedef i16x32 vec_pk_i16;

#define UNUSED __attribute__((unused))

INLINE u32x16 load_u32(const u32x16 *s, UNUSED const struct lanes *l) { return s[0]; }
INLINE i32x16 load_i32(const u32x16 *s, UNUSED const struct lanes *l) { return (i32x16)s[0]; }
INLINE f32x16 load_f32(const u32x16 *s, UNUSED const struct lanes *l) { return (f32x16)s[0]; }
INLINE u32x16 load_u24(const u32x16 *s, UNUSED const struct lanes *l) { return s[0] & 0xffffff; }
INLINE i32x16 load_i24(const u32x16 *s, UNUSED const struct lanes *l) { return (i32x16)(s[0] << 8) >> 8; }
INLINE u16x16 load_u16(const u32x16 *s, UNUSED const struct lanes *l) { return CONVERT(s[0], u16x16); }
INLINE i16x16 load_i16(const u32x16 *s, UNUSED const struct lanes *l)
{
    return (i16x16)CONVERT(s[0], u16x16);
}
INLINE u16x32 load_pk_u16(const u32x16 *s, UNUSED const struct lanes *l) { return (u16x32)s[0]; }
INLINE i16x32 load_pk_i16(const u32x16 *s, UNUSED const struct lanes *l) { return (i16x32)s[0]; }

INLINE u64x16 load_u64(const u32x16 *s, UNUSED const struct lanes *l)
{
    return CONVERT(s[0], u64x16) | CONVERT(s[1], u64x16) << 32;
}
INLINE i64x16 load_i64(const u32x16 *s, const struct lanes *l) { return (i64x16)load_u64(s, l); }
INLINE f64x16 load_f64(const u32x16 *s, const struct lanes *l) { return (f64x16)load_u64(s, l); }

INLINE u32x16 flush_f16_bits(u32x16 bits) { return SELECT((bits & 0x7c00) == 0, bits & 0x8000, bits); }

// The low half as f16. A signalling NaN becomes quiet.
INLINE f32x16 load_f16(const u32x16 *s, const struct lanes *l)
{
    u32x16 bits = s[0] & 0xffff;
    if (!(l->mode & MODE_F16_F64_DENORM_IN)) bits = flush_f16_bits(bits);
    return CONVERT((f16x16)CONVERT(bits, u16x16), f32x16);
}

// The same, but a signalling NaN stays one: for instructions that tell the two apart.
INLINE f32x16 load_raw_f16(const u32x16 *s, const struct lanes *l)
{
    u32x16 bits = s[0] & 0x7fff;
    f32x16 value = load_f16(s, l);
    return (f32x16)SELECT((bits > 0x7c00) & (bits < 0x7e00), (u32x16)value & ~0x400000u, (u32x16)value);
}

INLINE void store_u32(u32x16 *d, u32x16 v, UNUSED const struct lanes *l) { d[0] = v; }
INLINE void store_i32(u32x16 *d, i32x16 v, UNUSED const struct lanes *l) { d[0] = (u32x16)v; }
INLINE void store_f32(u32x16 *d, f32x16 v, UNUSED const struct lanes *l) { d[0] = (u32x16)v; }
INLINE void store_u16(u32x16 *d, u16x16 v, UNUSED const struct lanes *l) { d[0] = CONVERT(v, u32x16); }
INLINE void store_i16(u32x16 *d, i16x16 v, const struct lanes *l) { store_u16(d, (u16x16)v, l); }
INLINE void store_pk_u16(u32x16 *d, u16x32 v, UNUSED const struct lanes *l) { d[0] = (u32x16)v; }
INLINE void store_pk_i16(u32x16 *d, i16x32 v, UNUSED const struct lanes *l) { d[0] = (u32x16)v; }

INLINE void store_u64(u32x16 *d, u64x16 v, UNUSED const struct lanes *l)
{
    d[0] = CONVERT(v, u32x16);
    d[1] = CONVERT(v >> 32, u32x16);
}
INLINE void store_i64(u32x16 *d, i64x16 v, const struct lanes *l) { store_u64(d, (u64x16)v, l); }
INLINE void store_f64(u32x16 *d, f64x16 v, const struct lanes *l) { store_u64(d, (u64x16)v, l); }

// What the host's conversion to f16 does by itself where it is an instruction; where it is a function of the
// compiler's (before x86-64-v3), that rounds as MXCSR says but does not look whether denormals are zeros. A
// comparison does.
INLINE f32x16 denormals_in(f32x16 v)
{
#ifdef __F16C__
    return v;
#else
    return (f32x16)SELECT(v == 0, (u32x16)v & 0x80000000u, (u32x16)v);
#endif
}

// f16 bits of `v`, zero-extended.
INLINE u32x16 round_f16(f32x16 v, const struct lanes *l)
{
    v = denormals_in(v);
    u32x16 bits = CONVERT((u16x16)CONVERT(v, f16x16), u32x16);
    return l->mode & MODE_F16_F64_DENORM_OUT ? bits : flush_f16_bits(bits);
}
INLINE void store_f16(u32x16 *d, f32x16 v, const struct lanes *l) { d[0] = round_f16(v, l); }
INLINE void store_raw_f16(u32x16 *d, f32x16 v, const struct lanes *l) { d[0] = round_f16(v, l); }

// --- Heads of definitions ---

#define VECTOR(name)                                                                                         \
    vector_fn sem_##name;                                                                                    \
    void sem_##name(UNUSED u32x16 *d, UNUSED const u32x16 *s0, UNUSED const u32x16 *s1,                      \
                    UNUSED const u32x16 *s2, UNUSED struct lanes *l)

// d = expression in a, b, c, which are the sources as types A, B, C; the result is of type D.
#define UNARY_OF(name, D, A, expression)                                                                     \
    VECTOR(name)                                                                                             \
    {                                                                                                        \
        vec_##A a = load_##A(s0, l);                                                                         \
        store_##D(d, expression, l);                                                                         \
    }
#define BINARY_OF(name, D, A, B, expression)                                                                 \
    VECTOR(name)                                                                                             \
    {                                                                                                        \
        vec_##A a = load_##A(s0, l);                                                                         \
        vec_##B b = load_##B(s1, l);                                                                         \
        store_##D(d, expression, l);                                                                         \
    }
#define TERNARY_OF(name, D, A, B, C, expression)                                                             \
    VECTOR(name)                                                                                             \
    {                                                                                                        \
        vec_##A a = load_##A(s0, l);                                                                         \
        vec_##B b = load_##B(s1, l);                                                                         \
        vec_##C c = load_##C(s2, l);                                                                         \
        store_##D(d, expression, l);                                                                         \
    }
#define UNARY(name, T, expression)   UNARY_OF(name, T, T, expression)
#define BINARY(name, T, expression)  BINARY_OF(name, T, T, T, expression)
#define TERNARY(name, T, expression) TERNARY_OF(name, T, T, T, T, expression)

// --- Integer saturation ---

// wrap_T: what T's arithmetic wraps in. wide_T: where its sums and products are exact.
typedef u32x16 wrap_u32, wrap_i32;
typedef u16x16 wrap_u16, wrap_i16;
typedef u16x32 wrap_pk_u16, wrap_pk_i16;
typedef i64x16 wide_u32, wide_i32, wide_u16, wide_i16;
typedef i64x32 wide_pk_u16, wide_pk_i16;

#define SATURATE(T, low, high)                                                                               \
    INLINE vec_##T saturate_##T(wide_##T v)                                                                  \
    {                                                                                                        \
        v = __builtin_elementwise_max(v, (wide_##T)(low));                                                   \
        return CONVERT(__builtin_elementwise_min(v, (wide_##T)(high)), vec_##T);                             \
    }
SATURATE(u32, 0, UINT32_MAX)
SATURATE(i32, INT32_MIN, INT32_MAX)
SATURATE(u16, 0, UINT16_MAX)
SATURATE(i16, INT16_MIN, INT16_MAX)
SATURATE(pk_u16, 0, UINT16_MAX)
SATURATE(pk_i16, INT16_MIN, INT16_MAX)

// Like BINARY_OF and TERNARY_OF for instructions that CLAMP makes saturate: the expression is evaluated in a
// wide type or in one that wraps. The sources are brought to a destination-sized type first.
#define SATURATING2(name, D, A, B, expression)                                                               \
    VECTOR(name)                                                                                             \
    {                                                                                                        \
        if (l->clamp) {                                                                                      \
            wide_##D a = CONVERT(load_##A(s0, l), wide_##D), b = CONVERT(load_##B(s1, l), wide_##D);         \
            store_##D(d, saturate_##D(expression), l);                                                       \
        } else {                                                                                             \
            wrap_##D a = CONVERT(load_##A(s0, l), wrap_##D), b = CONVERT(load_##B(s1, l), wrap_##D);         \
            store_##D(d, (vec_##D)(expression), l);                                                          \
        }                                                                                                    \
    }
#define SATURATING3(name, D, A, B, C, expression)                                                            \
    VECTOR(name)                                                                                             \
    {                                                                                                        \
        if (l->clamp) {                                                                                      \
            wide_##D a = CONVERT(load_##A(s0, l), wide_##D), b = CONVERT(load_##B(s1, l), wide_##D);         \
            wide_##D c = CONVERT(load_##C(s2, l), wide_##D);                                                 \
            store_##D(d, saturate_##D(expression), l);                                                       \
        } else {                                                                                             \
            wrap_##D a = CONVERT(load_##A(s0, l), wrap_##D), b = CONVERT(load_##B(s1, l), wrap_##D);         \
            wrap_##D c = CONVERT(load_##C(s2, l), wrap_##D);                                                 \
            store_##D(d, (vec_##D)(expression), l);                                                          \
        }                                                                                                    \
    }
