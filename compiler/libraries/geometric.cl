// Lengths whose squares leave float's range are rare: what sees to them is one branch, where ROCm's library has
// three, each with a copy of the rest.
//
// Source: OpenCL C 3.0, 6.15.5 "Geometric Functions".

#define BUILTIN __attribute__((overloadable, const))
#define OWN     static __attribute__((overloadable, always_inline))

#define SCALED2(v, e) (float2)(__builtin_ldexpf(v.x, e), __builtin_ldexpf(v.y, e))
#define SCALED3(v, e) (float3)(SCALED2(v, e), __builtin_ldexpf(v.z, e))
#define SCALED4(v, e) (float4)(SCALED3(v, e), __builtin_ldexpf(v.w, e))

OWN float largest(float2 v) { return fmax(fabs(v.x), fabs(v.y)); }
OWN float largest(float3 v) { return fmax(largest(v.xy), fabs(v.z)); }
OWN float largest(float4 v) { return fmax(largest(v.xy), largest(v.zw)); }

OWN bool is_rare(float square) { return __builtin_expect(!(square >= 0x1p-126f && square < INFINITY), 0); }

// An infinite component leaves nothing of the finite ones, and becomes 1.
OWN int scale_of(float largest) { return largest == INFINITY ? 512 : __builtin_amdgcn_frexp_expf(largest); }

#define WIDTH(N)                                                                                             \
    BUILTIN float length(float##N v)                                                                         \
    {                                                                                                        \
        float square = dot(v, v);                                                                            \
        int scale = 0;                                                                                       \
        if (is_rare(square)) {                                                                               \
            scale = __builtin_amdgcn_frexp_expf(largest(v));                                                 \
            v = SCALED##N(v, -scale);                                                                        \
            square = dot(v, v);                                                                              \
        }                                                                                                    \
        return __builtin_ldexpf(sqrt(square), scale);                                                        \
    }                                                                                                        \
    BUILTIN float distance(float##N a, float##N b) { return length(a - b); }                                 \
    BUILTIN float##N normalize(float##N v)                                                                   \
    {                                                                                                        \
        float square = dot(v, v);                                                                            \
        if (is_rare(square)) {                                                                               \
            float most = largest(v);                                                                         \
            v = clamp(SCALED##N(v, -scale_of(most)), -1.0f, 1.0f);                                           \
            square = isnan(square) ? square : most == 0 ? 1 : dot(v, v);                                     \
        }                                                                                                    \
        return v * __builtin_amdgcn_rsqf(square);                                                            \
    }
WIDTH(2)
WIDTH(3)
WIDTH(4)
