// Saturated conversions from floating point to integers. ROCm's library makes NaN the lowest value of signed types; it
// is to be 0. LLVM's saturating intrinsics, which have no names in C, mean just what is wanted.
//
// Source: OpenCL C 3.0, 6.4.3.3 "Out-of-Range Behavior and Saturated Conversions".
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL EXTENSION cl_khr_fp16 : enable

#define BUILTIN __attribute__((overloadable, const, always_inline))
#define OWN     static __attribute__((overloadable, always_inline))

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

#define WIDTHS(T, F, suffix)                                                                                 \
    BUILTIN T##2 convert_##T##2_sat##suffix(F##2 x)                                                          \
    {                                                                                                        \
        return (T##2)(convert_##T##_sat##suffix(x.x), convert_##T##_sat##suffix(x.y));                       \
    }                                                                                                        \
    BUILTIN T##3 convert_##T##3_sat##suffix(F##3 x)                                                          \
    {                                                                                                        \
        return (T##3)(convert_##T##2_sat##suffix(x.xy), convert_##T##_sat##suffix(x.z));                     \
    }                                                                                                        \
    BUILTIN T##4 convert_##T##4_sat##suffix(F##4 x)                                                          \
    {                                                                                                        \
        return (T##4)(convert_##T##2_sat##suffix(x.lo), convert_##T##2_sat##suffix(x.hi));                   \
    }                                                                                                        \
    BUILTIN T##8 convert_##T##8_sat##suffix(F##8 x)                                                          \
    {                                                                                                        \
        return (T##8)(convert_##T##4_sat##suffix(x.lo), convert_##T##4_sat##suffix(x.hi));                   \
    }                                                                                                        \
    BUILTIN T##16 convert_##T##16_sat##suffix(F##16 x)                                                       \
    {                                                                                                        \
        return (T##16)(convert_##T##8_sat##suffix(x.lo), convert_##T##8_sat##suffix(x.hi));                  \
    }

#define CONVERSION(T, F, suffix)                                                                             \
    BUILTIN T convert_##T##_sat##suffix(F x) { return saturate_##T(rounded##suffix(x)); }                    \
    WIDTHS(T, F, suffix)

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
