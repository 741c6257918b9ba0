// Math functions that ROCm's library gets wrong somewhere, or that are much shorter here. Most are its own
// but for a zero: mend.c has renamed those to __rocm_…, and calls of __ocml_… come here.
// tests/builtins/math.c tells what is wrong without this file.
//
// Source: OpenCL C 3.0, 7.5 "Edge Case Behavior" and 7.4 "Relative Error as ULPs".
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL EXTENSION cl_khr_fp16 : enable

#define PURE __attribute__((const))

// ---- Signs of zeros -------------------------------------------------------------------------------------

#define FORMATS(X)                                                                                           \
    X(float, f32)                                                                                            \
    X(double, f64)                                                                                           \
    X(half, f16)

// Zero for zero.
#define KEEP_ZERO(T, name)                                                                                   \
    PURE T __rocm_##name(T);                                                                                 \
    PURE T __ocml_##name(T x)                                                                                \
    {                                                                                                        \
        T y = __rocm_##name(x);                                                                              \
        return x == 0 ? x : y;                                                                               \
    }
KEEP_ZERO(float, expm1_f32)
KEEP_ZERO(double, expm1_f64)
KEEP_ZERO(half, expm1_f16)
KEEP_ZERO(double, log1p_f64)
KEEP_ZERO(half, sinh_f16)
KEEP_ZERO(half, tanh_f16)

// The sine of n * pi has n's sign, the cosine of what lies between is +0.
#define HALF_TURNS(T, f)                                                                                     \
    PURE T __rocm_sinpi_##f(T);                                                                              \
    PURE T __rocm_cospi_##f(T);                                                                              \
    PURE T __ocml_sinpi_##f(T x)                                                                             \
    {                                                                                                        \
        T y = __rocm_sinpi_##f(x);                                                                           \
        return y == 0 ? copysign((T)0, x) : y;                                                               \
    }                                                                                                        \
    PURE T __ocml_cospi_##f(T x)                                                                             \
    {                                                                                                        \
        T y = __rocm_cospi_##f(x);                                                                           \
        return y == 0 ? (T)0 : y;                                                                            \
    }
FORMATS(HALF_TURNS)

// What comes after the smallest number, towards zero, is a zero of its sign.
#define NEXTAFTER(T, f)                                                                                      \
    PURE T __rocm_nextafter_##f(T, T);                                                                       \
    PURE T __ocml_nextafter_##f(T x, T y)                                                                    \
    {                                                                                                        \
        T next = __rocm_nextafter_##f(x, y);                                                                 \
        return next == 0 && x != 0 ? copysign(next, x) : next;                                               \
    }
FORMATS(NEXTAFTER)

// Of -0 and of minus infinity it is -0.
#define FRACT(T, f)                                                                                          \
    T __rocm_fract_##f(T, private T *);                                                                      \
    T __ocml_fract_##f(T x, private T *whole)                                                                \
    {                                                                                                        \
        T y = __rocm_fract_##f(x, whole);                                                                    \
        return x == 0 || isinf(x) ? copysign((T)0, x) : y;                                                   \
    }
FORMATS(FRACT)

// ---- tgamma below -3 ------------------------------------------------------------------------------------

PURE float __rocm_tgamma_f32(float);

// Stirling's formula for -x, reflected. What the power and the exponential grow to does not fit into a float
// before the result is too small for one; so the power is of half the exponent, and divides twice.
static float tgamma_reflected(float x)
{
    const float pi = 0x1.921fb6p+1f, root_of_2_pi = 0x1.40d932p+1f;
    float y = -x, r = 1 / y;
    float series = r * mad(r * r, mad(r * r, 1.0f / 1260, -1.0f / 360), 1.0f / 12);
    float correction = mad(series, series * mad(series, 1.0f / 6, 0.5f), series);
    float power = powr(y, mad(y, 0.5f, -0.25f));
    float scale = root_of_2_pi * exp(x) * power;
    float sine = sinpi(x);
    if (!(fabs(sine) > 0)) return NAN; // an integer, or -INFINITY
    if (y > 43) return copysign(0.0f, sine);
    return pi / (y * sine) / mad(scale, correction, scale) / power;
}

PURE float __ocml_tgamma_f32(float x) { return x < -3 ? tgamma_reflected(x) : __rocm_tgamma_f32(x); }

// ---- Rare paths -----------------------------------------------------------------------------------------
// ROCm's is right, but much of a program's code was its two arms, for each component of a vector. (fmod.cl
// and geometric.cl are of this kind too.)

struct reduced {
    int angle, quarters;
};
PURE struct reduced __ocmlpriv_trigredsmall_f32(float);
PURE struct reduced __ocmlpriv_trigredlarge_f32(float);

PURE struct reduced __ocmlpriv_trigred_f32(float x)
{
    struct reduced angle = __ocmlpriv_trigredsmall_f32(x);
    if (__builtin_expect(!(x < 0x1p17f), 0)) angle = __ocmlpriv_trigredlarge_f32(x);
    return angle;
}

// ---- Shorter ones ---------------------------------------------------------------------------------------
// ROCm's are right, and two to three times as long.

// Scaled by the larger one's exponent, so that nothing overflows. The numbers' bits ascend with them, up to
// those of NaN. An infinity is the result even beside a NaN.
PURE float __ocml_hypot_f32(float x, float y)
{
    uint x_bits = as_uint(fabs(x)), y_bits = as_uint(fabs(y));
    float large = as_float(max(x_bits, y_bits)), small = as_float(min(x_bits, y_bits));
    int exponent = __builtin_amdgcn_frexp_expf(large);
    float a = ldexp(large, -exponent), b = ldexp(small, -exponent);
    float root = __builtin_amdgcn_sqrtf(fma(a, a, b * b));
    return small == INFINITY ? small : ldexp(root, exponent);
}

// 1 + x is 2^k * (1 + f), where the square of 1 + f is between a half and 2; log(1 + f) is f + f * f * P(f).
// What is rounded away from 1 + x and from f is added in the end.
PURE float __ocml_log1p_f32(float x)
{
    const float log2_high = 0x1.62e4p-1f, log2_low = 0x1.7f7d1cp-20f; // k times the former is exact
    float sum = x + 1, large = fmax(x, 1.0f), small = fmin(x, 1.0f);
    float rest = small - (sum - large), mantissa = __builtin_amdgcn_frexp_mantf(sum);
    bool low = mantissa < 0x1.6a09e6p-1f;
    int exponent = __builtin_amdgcn_frexp_expf(sum) - low;
    float whole = ldexp(mantissa, low) - 1, k = (float)exponent;
    rest = ldexp(rest, -exponent);
    float f = whole + rest;
    rest -= f - whole;
    rest = fma(-f, rest, rest);
    float p = 0x1.1b4278p-4f;
    p = fma(f, p, -0x1.e2e9cep-4f);
    p = fma(f, p, 0x1.e6508ap-4f);
    p = fma(f, p, -0x1.fb4340p-4f);
    p = fma(f, p, 0x1.2332cep-3f);
    p = fma(f, p, -0x1.5562e2p-3f);
    p = fma(f, p, 0x1.99a544p-3f);
    p = fma(f, p, -0x1.ffffeep-3f);
    p = fma(f, p, 0x1.555546p-2f);
    p = fma(f, p, -0.5f);
    float high = k * log2_high;
    float result = high + f;
    rest += f - (result - high);
    result += fma(k, log2_low, f * f * p) + rest;
    if (!(x > -1)) result = x == -1 ? -INFINITY : NAN;
    return fabs(x) < 0x1p-24f || x == INFINITY ? x : result;
}

// ---- half, computed in float ----------------------------------------------------------------------------

half __ocml_sincos_f16(half, private half *);
PURE float __ocmlpriv_tanred_f32(float, int);

// ROCm's sine is NaN for all that is finite.
PURE half __ocml_sin_f16(half x)
{
    half cosine;
    return __ocml_sincos_f16(x, &cosine);
}

// At most 41,722 quarters of a turn: their number times the first part of a quarter is exact in an fma.
PURE half __ocml_tan_f16(half x)
{
    float quarters = rint((float)x * 0x1.45f306p-1f);
    float angle = fma(-quarters, 0x1.921fb4p+0f, (float)x);
    angle = fma(-quarters, 0x1.4442d2p-24f, angle);
    return x == 0 ? x : (half)__ocmlpriv_tanred_f32(angle, (int)quarters & 1);
}

#define IN_FLOAT(name)                                                                                       \
    PURE half __ocml_##name##_f16(half x, half y) { return (half)name((float)x, (float)y); }
IN_FLOAT(atan2)
IN_FLOAT(atan2pi)

// ---- Pairs of half --------------------------------------------------------------------------------------
// ROCm's library has them on their own: here they are two of the above.

#define PAIR(name)                                                                                           \
    PURE half2 __ocml_##name##_2f16(half2 x)                                                                 \
    {                                                                                                        \
        return (half2)(__ocml_##name##_f16(x.x), __ocml_##name##_f16(x.y));                                  \
    }
PAIR(cospi)
PAIR(expm1)
PAIR(sin)
PAIR(sinh)
PAIR(sinpi)
PAIR(tan)
PAIR(tanh)

#define PAIR_OF_PAIRS(name)                                                                                  \
    PURE half2 __ocml_##name##_2f16(half2 x, half2 y)                                                        \
    {                                                                                                        \
        return (half2)(__ocml_##name##_f16(x.x, y.x), __ocml_##name##_f16(x.y, y.y));                        \
    }
PAIR_OF_PAIRS(atan2)
PAIR_OF_PAIRS(atan2pi)
PAIR_OF_PAIRS(nextafter)

half2 __ocml_fract_2f16(half2 x, private half2 *whole)
{
    half first, second;
    half2 y = (half2)(__ocml_fract_f16(x.x, &first), __ocml_fract_f16(x.y, &second));
    *whole = (half2)(first, second);
    return y;
}
