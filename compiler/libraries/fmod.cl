// fmod of float: all components of a vector in one loop, where ROCm's library has a loop and its last round once
// more for each.
//
// Source: OpenCL C 3.0, 6.15.2 "Math Functions".

#define BUILTIN __attribute__((overloadable, const))
#define OWN     static __attribute__((overloadable, always_inline))

OWN int exponent(float x) { return __builtin_amdgcn_frexp_expf(x); }
OWN float mantissa(float x) { return __builtin_amdgcn_frexp_mantf(x); }
OWN float inverse(float x) { return __builtin_amdgcn_rcpf(x); }

#define EACH(R, T, f)                                                                                        \
    OWN R##2 f(T##2 v) { return (R##2)(f(v.x), f(v.y)); }                                                    \
    OWN R##3 f(T##3 v) { return (R##3)(f(v.xy), f(v.z)); }                                                   \
    OWN R##4 f(T##4 v) { return (R##4)(f(v.lo), f(v.hi)); }
EACH(int, float, exponent)
EACH(float, float, mantissa)
EACH(float, float, inverse)

extern constant bool __oclc_finite_only_opt;

// `truth` of what a comparison gives has the highest bit set. Each round takes 12 bits of the quotient, the last up
// to 13; a component that has none left stays as it is.
#define FMOD(T, I, truth)                                                                                 \
    OWN T remainder_of(T x, T y, I larger)                                                                   \
    {                                                                                                        \
        I scale = exponent(y) - 1, left = select((I)0, exponent(x) - scale, larger);                         \
        x = mantissa(x);                                                                                     \
        y = 2 * mantissa(y);                                                                                 \
        T per_y = inverse(y);                                                                                \
        do {                                                                                                 \
            I bits = select(left, (I)12, truth(left > 13));                                                  \
            x = ldexp(x, bits);                                                                              \
            x = fma(-rint(x * per_y), y, x);                                                                 \
            x += select((T)-0.0f, y, truth(x < 0));                                                          \
            left -= bits;                                                                                    \
        } while (any(truth(left > 0)));                                                                      \
        return ldexp(x, scale);                                                                              \
    }                                                                                                        \
    BUILTIN T fmod(T x, T y)                                                                                 \
    {                                                                                                        \
        x = __builtin_elementwise_canonicalize(x);                                                           \
        y = __builtin_elementwise_canonicalize(y);                                                           \
        T size = fabs(x), bound = fabs(y);                                                                   \
        I larger = truth(size > bound);                                                                      \
        T result = select(size, (T)0, truth(size == bound));                                                 \
        if (any(larger)) result = select(result, remainder_of(size, bound, larger), larger);                 \
        result = copysign(result, x);                                                                        \
        if (__oclc_finite_only_opt) return result;                                                           \
        return select((T)NAN, result, truth(size < INFINITY) & truth(bound > 0));                            \
    }
#define SCALAR(comparison) (-(comparison))
#define VECTOR(comparison) (comparison)
FMOD(float, int, SCALAR)
FMOD(float2, int2, VECTOR)
FMOD(float3, int3, VECTOR)
FMOD(float4, int4, VECTOR)

// What else takes a float's remainder.
__attribute__((const)) float __ocml_fmod_f32(float x, float y) { return fmod(x, y); }

#define HALVES(T)                                                                                            \
    BUILTIN T fmod(T x, T y) { return (T)(fmod(x.lo, y.lo), fmod(x.hi, y.hi)); }
HALVES(float8)
HALVES(float16)
