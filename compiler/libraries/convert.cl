// Conversions that ROCm's library gets wrong.
//
// Source: OpenCL C 3.0, 6.4.3.2 "Rounding Modes", 6.4.3.3 "Out-of-Range Behavior and Saturated Conversions".
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL EXTENSION cl_khr_fp16 : enable

#define BUILTIN __attribute__((overloadable, const, always_inline))
#define OWN     static __attribute__((overloadable, always_inline))

// ---- From floating point to integers, saturated ---------------------------------------------------------
// ROCm's library makes NaN the lowest value of signed types; it is to be 0. LLVM's saturating intrinsics, which have
// no names in C, mean just what is wanted.

// `rounded_` of a value for each suffix: what has a fraction rounds to zero where nothing else is said.
#define ROUNDINGS(F)                                                                                         \
    OWN F rounded(F x) { return x; }                                                                         \
    OWN F rounded_rtz(F x) { return x; }                                                                     \
    OWN F rounded_rte(F x) { return __builtin_elementwise_roundeven(x); }                                    \
    OWN F rounded_rtp(F x) { return __builtin_elementwise_ceil(x); }                                         \
    OWN F rounded_rtn(F x) { return __builtin_elementwise_floor(x); }
ROUNDINGS(float)
ROUNDINGS(double)
ROUNDINGS(half)

// suffix: with _sat, if there is one
#define WIDTHS(T, F, suffix)                                                                                 \
    BUILTIN T##2 convert_##T##2##suffix(F##2 x)                                                              \
    {                                                                                                        \
        return (T##2)(convert_##T##suffix(x.x), convert_##T##suffix(x.y));                                   \
    }                                                                                                        \
    BUILTIN T##3 convert_##T##3##suffix(F##3 x)                                                              \
    {                                                                                                        \
        return (T##3)(convert_##T##2##suffix(x.xy), convert_##T##suffix(x.z));                               \
    }                                                                                                        \
    BUILTIN T##4 convert_##T##4##suffix(F##4 x)                                                              \
    {                                                                                                        \
        return (T##4)(convert_##T##2##suffix(x.lo), convert_##T##2##suffix(x.hi));                           \
    }                                                                                                        \
    BUILTIN T##8 convert_##T##8##suffix(F##8 x)                                                              \
    {                                                                                                        \
        return (T##8)(convert_##T##4##suffix(x.lo), convert_##T##4##suffix(x.hi));                           \
    }                                                                                                        \
    BUILTIN T##16 convert_##T##16##suffix(F##16 x)                                                           \
    {                                                                                                        \
        return (T##16)(convert_##T##8##suffix(x.lo), convert_##T##8##suffix(x.hi));                          \
    }

#define CONVERSION(T, F, suffix)                                                                             \
    BUILTIN T convert_##T##_sat##suffix(F x) { return saturate_##T(rounded##suffix(x)); }                    \
    WIDTHS(T, F, _sat##suffix)

// kind: "si" or "ui"; type: LLVM's name of F.
#define CONVERSIONS(T, F, kind, bits, type)                                                                  \
    __attribute__((overloadable)) T saturate_##T(F) __asm("llvm.fpto" kind ".sat.i" bits "." type);       \
    CONVERSION(T, F, )                                                                                       \
    CONVERSION(T, F, _rte)                                                                                   \
    CONVERSION(T, F, _rtz)                                                                                   \
    CONVERSION(T, F, _rtp)                                                                                   \
    CONVERSION(T, F, _rtn)
#define TO_EACH(F, type)                                                                                     \
    CONVERSIONS(char, F, "si", "8", type)                                                                    \
    CONVERSIONS(uchar, F, "ui", "8", type)                                                                   \
    CONVERSIONS(short, F, "si", "16", type)                                                                  \
    CONVERSIONS(ushort, F, "ui", "16", type)                                                                 \
    CONVERSIONS(int, F, "si", "32", type)                                                                    \
    CONVERSIONS(uint, F, "ui", "32", type)                                                                   \
    CONVERSIONS(long, F, "si", "64", type)                                                                   \
    CONVERSIONS(ulong, F, "ui", "64", type)
TO_EACH(float, "f32")
TO_EACH(double, "f64")
TO_EACH(half, "f16")

// ---- From integers to half --------------------------------------------------------------------------------
// ROCm's library takes short to half rounding to zero, and clamps what is larger to short first. Rounded twice in one
// direction is rounded once; to nearest, what a float does not hold is infinite in half.

#define TO_HALF(T, suffix)                                                                                   \
    BUILTIN half convert_half##suffix(T x) { return convert_half##suffix(convert_float##suffix(x)); }        \
    WIDTHS(half, T, suffix)

// A declaration hides the compiler's: so that of float has to be here, which ROCm's library defines.
#define TO_HALF_ROUNDED(suffix)                                                                              \
    BUILTIN half convert_half##suffix(float);                                                      \
    TO_HALF(char, suffix)                                                                                    \
    TO_HALF(uchar, suffix)                                                                                   \
    TO_HALF(short, suffix)                                                                                   \
    TO_HALF(ushort, suffix)                                                                                  \
    TO_HALF(int, suffix)                                                                                     \
    TO_HALF(uint, suffix)                                                                                    \
    TO_HALF(long, suffix)                                                                                    \
    TO_HALF(ulong, suffix)
TO_HALF_ROUNDED()
TO_HALF_ROUNDED(_rte)
TO_HALF_ROUNDED(_rtz)
TO_HALF_ROUNDED(_rtp)
TO_HALF_ROUNDED(_rtn)
