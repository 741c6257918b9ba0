// Kernels that make compilers of several versions write many kinds of instructions. They call no library; what
// they compute does not matter. See collect.
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL EXTENSION cl_khr_fp16 : enable
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable
#pragma OPENCL EXTENSION cl_khr_int64_extended_atomics : enable

#define id ((int)(__builtin_amdgcn_workgroup_id_x() * 64 + __builtin_amdgcn_workitem_id_x()))
#define KERNEL(name, type, expression)                                                                       \
    kernel void name(global type *restrict to, global const type *restrict from, type s)                     \
    {                                                                                                        \
        type a = from[id], b = from[id + 1], c = from[id + 2];                                               \
        (void)b, (void)c, (void)s;                                                                           \
        to[id] = (type)(expression);                                                                         \
    }

// Each operator on each type, with vectors and scalars.
#define INTEGERS(type)                                                                                       \
    KERNEL(type##_add, type, a + b) KERNEL(type##_sub, type, a - s) KERNEL(type##_mul, type, a *b)           \
    KERNEL(type##_div, type, a / (b | 1)) KERNEL(type##_rem, type, a % (s | 1)) KERNEL(type##_and, type, a &b)  \
    KERNEL(type##_or, type, a | s) KERNEL(type##_xor, type, a ^ b) KERNEL(type##_andn, type, a & ~b)         \
    KERNEL(type##_shl, type, a << (b & 7)) KERNEL(type##_shr, type, a >> (s & 7)) KERNEL(type##_neg, type, -a) \
    KERNEL(type##_less, type, a < b) KERNEL(type##_equal, type, a == s) KERNEL(type##_mad, type, a * b + c)  \
    KERNEL(type##_min, type, a < b ? a : b) KERNEL(type##_max, type, a > s ? a : s)                          \
    KERNEL(type##_shl_add, type, (a << 3) + b) KERNEL(type##_add3, type, a + b + c)                          \
    KERNEL(type##_select, type, (a & 1) ? b : c) KERNEL(type##_field, type, (a >> 3) & 31)                   \
    KERNEL(type##_xad, type, (a ^ b) + c) KERNEL(type##_clamp, type, a < b ? b : a > c ? c : a)              \
    KERNEL(type##_constant, type, a * 77 + 1234567)
INTEGERS(char)
INTEGERS(uchar)
INTEGERS(short)
INTEGERS(ushort)
INTEGERS(int)
INTEGERS(uint)
INTEGERS(long)
INTEGERS(ulong)

#define FLOATS(type)                                                                                         \
    KERNEL(type##_add, type, a + b) KERNEL(type##_sub, type, s - a) KERNEL(type##_mul, type, a *b)           \
    KERNEL(type##_div, type, a / b) KERNEL(type##_fma, type, a * b + c) KERNEL(type##_fms, type, a * s - c)  \
    KERNEL(type##_neg, type, -a) KERNEL(type##_less, type, a < b) KERNEL(type##_unordered, type, !(a >= b))  \
    KERNEL(type##_min, type, a < b ? a : b) KERNEL(type##_half_of, type, a * (type)0.5)                      \
    KERNEL(type##_to_int, type, (int)a + (int)b) KERNEL(type##_to_uint, type, (uint)a)                       \
    KERNEL(type##_to_long, type, (long)a) KERNEL(type##_from_byte, type, (type)((uchar)(int)a))              \
    KERNEL(type##_constant, type, a * (type)77.25 + (type)1.5) KERNEL(type##_square, type, a *a - -b)        \
    KERNEL(type##_to_float, type, (float)a *(float)b) KERNEL(type##_to_double, type, (double)a + (double)s)  \
    KERNEL(type##_to_half, type, (half)(float)a)
FLOATS(float)
FLOATS(double)
FLOATS(half)

#define VECTORS(type, scalar)                                                                                \
    KERNEL(type##_v_add, type, a + b) KERNEL(type##_v_mul, type, a *b) KERNEL(type##_v_mad, type, a * b + c) \
    KERNEL(type##_v_scale, type, a *(scalar)3) KERNEL(type##_v_swap, type, a.yx + b)                         \
    KERNEL(type##_v_less, type, a.x < b.y ? a : c)
VECTORS(short2, short)
VECTORS(ushort2, ushort)
VECTORS(half2, half)
VECTORS(float2, float)
VECTORS(int2, int)
VECTORS(long2, long)
VECTORS(double2, double)

// Memory: widths, offsets, address spaces, scratch with an index.
#define MEMORY(type)                                                                                         \
    kernel void type##_memory(global type *to, global const type *from, constant type *fixed, int n)         \
    {                                                                                                        \
        local type shared[64];                                                                               \
        type own[12];                                                                                        \
        for (int i = 0; i < 12; i++) own[i] = from[id + i * 5];                                              \
        shared[__builtin_amdgcn_workitem_id_x()] = own[n & 7] + fixed[n];                                    \
        __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");                                               \
        __builtin_amdgcn_s_barrier();                                                                        \
        own[n & 3] = shared[63 - __builtin_amdgcn_workitem_id_x()];                                          \
        for (int i = 0; i < 12; i++) to[id - i * 3] = own[(i + n) % 12];                                     \
    }
MEMORY(char)
MEMORY(ushort)
MEMORY(int)
MEMORY(long)
MEMORY(int2)
MEMORY(int4)
MEMORY(double2)
MEMORY(half)

#define ATOMICS(function, type, suffix, space)                                                                       \
    function void suffix##_atomics(global type *out, space type *p, type v)                                    \
    {                                                                                                        \
        space volatile atomic_##type *q = (space volatile atomic_##type *)p;                                \
        type r = __opencl_atomic_fetch_add(q, v, __ATOMIC_RELAXED, __OPENCL_MEMORY_SCOPE_DEVICE);            \
        __opencl_atomic_fetch_sub(q + 1, v, __ATOMIC_ACQUIRE, __OPENCL_MEMORY_SCOPE_DEVICE);                 \
        __opencl_atomic_fetch_and(q + 2, v, __ATOMIC_RELEASE, __OPENCL_MEMORY_SCOPE_WORK_GROUP);             \
        r += __opencl_atomic_fetch_or(q + 3, v, __ATOMIC_SEQ_CST, __OPENCL_MEMORY_SCOPE_DEVICE);             \
        r += __opencl_atomic_fetch_xor(q + 4, v, __ATOMIC_RELAXED, __OPENCL_MEMORY_SCOPE_WORK_GROUP);        \
        r += __opencl_atomic_fetch_min(q + 5, v, __ATOMIC_RELAXED, __OPENCL_MEMORY_SCOPE_DEVICE);            \
        __opencl_atomic_fetch_max(q + id, v, __ATOMIC_RELAXED, __OPENCL_MEMORY_SCOPE_DEVICE);                \
        r += __opencl_atomic_exchange(q + 7, v, __ATOMIC_ACQ_REL, __OPENCL_MEMORY_SCOPE_DEVICE);             \
        __opencl_atomic_compare_exchange_strong(q + 8, &r, v, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE,            \
                                                __OPENCL_MEMORY_SCOPE_DEVICE);                               \
        r += __opencl_atomic_load(q + 9, __ATOMIC_ACQUIRE, __OPENCL_MEMORY_SCOPE_DEVICE);                    \
        __opencl_atomic_store(q + 10, r, __ATOMIC_RELEASE, __OPENCL_MEMORY_SCOPE_DEVICE);                    \
        out[id] = r;                                                                                         \
    }
ATOMICS(kernel, int, int_global, global)
ATOMICS(kernel, uint, uint_local, local)
ATOMICS(kernel, long, long_global, global)
ATOMICS(kernel, ulong, ulong_local, local)
ATOMICS(kernel, uint, uint_global, global)
ATOMICS(, int, int_generic, )
ATOMICS(, ulong, ulong_generic, )

// Control flow: loops that lanes leave one by one, switches, early returns, calls.
__attribute__((noinline)) static int callee(int a, int b, local int *t)
{
    for (int i = a; i < b; i += t[i & 31])
        if (t[i & 63] == i) return i;
    return a * b;
}

kernel void flow(global int *to, global const int *from, local int *t, int n)
{
    int a = from[id], sum = 0;
    if (a < 0) return;
    for (int i = 0; i < a; i++) {
        if (from[i] == 17) continue;
        if (from[i] > n) break;
        sum += callee(i, a, t);
    }
    switch (a & 15) {
    case 0: sum += 5; break;
    case 1: sum *= n; break;
    case 2: sum ^= 0x1234567; break;
    case 3: sum = sum >> 3 | sum << 29; break;
    case 7: sum -= t[a & 7]; break;
    case 9: sum = sum < 0 ? -sum : sum; break;
    case 11: sum = callee(sum, n, t); break;
    default: do sum += sum & 3; while (sum < n && from[sum & 63]);
    }
    to[id] = sum;
}

kernel void uniform_flow(global int *to, int n, int m, global const int *from)
{
    int sum = 0;
    for (int i = n; i < m; i++) {
        if (i & 1) sum += from[i]; else sum ^= i * n;
        if (from[i] == m) break;
    }
    to[0] = sum;
}

// Builtins of the target.
kernel void bits(global uint *to, global const uint *from, uint s)
{
    uint a = from[id], b = from[id + 64], r = 0;
    r += __builtin_popcount(a) + __builtin_clz(b | 1) + __builtin_ctz(a | 1) + __builtin_popcountl(s | (ulong)a);
    r += __builtin_bitreverse32(a) + __builtin_bswap32(b) + __builtin_rotateleft32(a, b) + (uint)__builtin_bitreverse64(a);
    r += __builtin_amdgcn_ubfe(a, 3, 7) + __builtin_amdgcn_sbfe(a, b, 9) + __builtin_amdgcn_perm(a, b, 0x01050307);
    r += __builtin_amdgcn_alignbit(a, b, s) + __builtin_amdgcn_alignbyte(a, b, 2) + __builtin_amdgcn_lerp(a, b, s);
    r += __builtin_amdgcn_sad_u8(a, b, s) + __builtin_amdgcn_msad_u8(a, b, s) + __builtin_amdgcn_sad_u16(a, b, s);
    r += __builtin_amdgcn_mbcnt_hi(a, __builtin_amdgcn_mbcnt_lo(s, b));
    to[id] = r;
}

kernel void lanes(global int *to, global const int *from, int s)
{
    int a = from[id], r = 0;
    r += __builtin_amdgcn_ds_bpermute(a * 4, s + a) + __builtin_amdgcn_ds_permute(a, s) + __builtin_amdgcn_ds_swizzle(a, 0x8055);
    r += __builtin_amdgcn_readlane(a, 3) + __builtin_amdgcn_readfirstlane(a + 1);
    r += __builtin_amdgcn_mov_dpp(a, 0x1b, 0xf, 0xf, 1) + __builtin_amdgcn_update_dpp(s, a, 0x111, 0x5, 0x3, 0);
    r += __builtin_amdgcn_update_dpp(a, r, 0x141, 0xf, 0xf, 0) + __builtin_amdgcn_mov_dpp8(a, 0xfac688);
    r += __builtin_amdgcn_permlane16(a, r, 1, 2, 0, 1) + __builtin_amdgcn_permlanex16(a, r, s, 2, 1, 0);
    to[id] = r + (int)__builtin_amdgcn_s_memtime() + __builtin_amdgcn_s_getreg(0x4001);
    __builtin_amdgcn_s_sleep(3);
    __builtin_amdgcn_wave_barrier();
}

kernel void transcendental(global float *to, global const float *from)
{
    float a = from[id], b = from[id + 1], r = 0;
    r += __builtin_amdgcn_sinf(a) + __builtin_amdgcn_cosf(b) + __builtin_amdgcn_rcpf(a) + __builtin_amdgcn_rsqf(b);
    r += __builtin_amdgcn_sqrtf(a) + __builtin_amdgcn_fractf(b) + __builtin_amdgcn_ldexpf(a, 3) + __builtin_amdgcn_frexp_mantf(b);
    r += __builtin_amdgcn_frexp_expf(a) + __builtin_amdgcn_fmed3f(a, b, r) + __builtin_amdgcn_cubeid(a, b, r) + __builtin_amdgcn_cubema(a, b, r);
    r += __builtin_amdgcn_cubesc(a, b, r) + __builtin_amdgcn_cubetc(a, b, r) + __builtin_amdgcn_classf(a, 0x204);
    r += __builtin_floorf(a) + __builtin_ceilf(b) + __builtin_truncf(a) + __builtin_rintf(b) + __builtin_fabsf(a - b);
    r += __builtin_copysignf(a, b) + __builtin_fmaf(a, -b, r) + __builtin_fminf(a, b) + __builtin_fmaxf(-a, __builtin_fabsf(b));
    to[id] = r;
}

kernel void transcendental_double(global double *to, global const double *from)
{
    double a = from[id], b = from[id + 1], r = 0;
    r += __builtin_amdgcn_rcp(a) + __builtin_amdgcn_rsq(b) + __builtin_amdgcn_sqrt(a) + __builtin_amdgcn_fract(b);
    r += __builtin_amdgcn_ldexp(a, 5) + __builtin_amdgcn_frexp_mant(b) + __builtin_amdgcn_frexp_exp(a) + __builtin_amdgcn_trig_preop(a, 2);
    r += __builtin_amdgcn_class(a, 0x3) + __builtin_floor(a) + __builtin_ceil(b) + __builtin_trunc(a) + __builtin_rint(b);
    r += __builtin_fma(a, -b, __builtin_fabs(r)) + __builtin_fmin(a, b) + __builtin_fmax(-a, b) + __builtin_copysign(a, b);
    to[id] = r;
}

kernel void dots(global int *to, global const int *from, short2 s, half2 h, float f)
{
    int a = from[id], b = from[id + 1];
    to[id] = __builtin_amdgcn_sdot4(a, b, 3, 1) + (int)__builtin_amdgcn_udot4(a, b, 5, 0) + __builtin_amdgcn_sdot8(a, b, a, 0) +
             __builtin_amdgcn_sdot2(s, s, a, 1) + (int)__builtin_amdgcn_fdot2(h, h, f, 1);
}

typedef struct { char c; short s; int i; long l; double d; } mixed;
kernel void structures(global mixed *to, global const mixed *from, int n, mixed by_value)
{
    mixed m = from[id], t = from[id + n];
    m.c += t.c; m.s -= t.s; m.i *= t.i; m.l ^= t.l + by_value.l; m.d += t.d * by_value.d;
    to[id] = m;
}
