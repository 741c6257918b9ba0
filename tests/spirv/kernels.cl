// Kernels for both forms: built from this text by the driver, and from the SPIR-V that clang makes of it. All have the same
// arguments; each work-item writes 16 words. (convert_char_sat of an int is left out: LLVM 22 writes it as if the int had no
// sign.)
#define KERNEL(name)                                                                                         \
    kernel void name(global const float *restrict f, global const int *restrict n, global uint *out)
#define PLACE size_t i = get_global_id(0); global uint *o = out + 16 * i
#define OUT(k, x) o[k] = as_uint(x)

constant float table[5] = {1.5f, -2.25f, 3.0f, 0.125f, 7.0f};
struct pair {
    int a;
    float b[3];
    char c;
};

KERNEL(arithmetic)
{
    PLACE;
    int a = n[i], b = n[i + 1] | 1;
    uint u = (uint)a, v = (uint)b;
    OUT(0, a + b), OUT(1, a - b), OUT(2, a * b), OUT(3, b ? a / b : 0), OUT(4, b ? a % b : 0);
    OUT(5, u / v), OUT(6, u % v), OUT(7, u >> (v & 31)), OUT(8, a >> (b & 31)), OUT(9, u << (v & 31));
    OUT(10, -a ^ ~b), OUT(11, f[i] / f[i + 1]), OUT(12, f[i] - f[i + 1] * f[i + 2]), OUT(13, fmod(f[i], f[i + 1]));
    OUT(14, (int)((long)a * b >> 32)), OUT(15, -f[i]);
}

KERNEL(comparisons)
{
    PLACE;
    float x = f[i], y = f[i + 1];
    int a = n[i], b = n[i + 1];
    OUT(0, (x < y) | (x <= y) << 1 | (x > y) << 2 | (x >= y) << 3 | (x == y) << 4 | (x != y) << 5);
    OUT(1, (a < b) | (a <= b) << 1 | (a > b) << 2 | (a >= b) << 3 | (a == b) << 4 | (a != b) << 5);
    OUT(2, ((uint)a < (uint)b) | ((uint)a >= (uint)b) << 1), OUT(3, isnan(x) | isinf(y) << 1 | isfinite(x) << 2);
    OUT(4, isnormal(x) | signbit(y) << 1 | isordered(x, y) << 2 | isunordered(x, y) << 3 | islessgreater(x, y) << 4);
    int4 v = (int4)(a, b, a - b, a + b) > (int4)(b, a, 3, 0);
    OUT(5, any(v)), OUT(6, all(v)), OUT(7, v.x), OUT(8, v.w), OUT(9, select(a, b, (uint)n[i + 2]));
    OUT(10, bitselect(x, y, table[i % 5])), OUT(11, a > 3 && x < 1 || b < 7), OUT(12, !a), OUT(13, a ? x : y);
    OUT(14, select((float4)(x), (float4)(y), v).y), OUT(15, isequal(x, x));
}

KERNEL(mathematics)
{
    PLACE;
    float x = f[i], y = f[i + 1], p;
    int e;
    OUT(0, sin(x)), OUT(1, exp2(y)), OUT(2, pow(fabs(x), y)), OUT(3, fract(x, &p)), OUT(4, p), OUT(5, frexp(x, &e));
    OUT(6, e), OUT(7, ldexp(x, n[i] & 7)), OUT(8, clamp(x, -1.0f, 1.0f)), OUT(9, mix(x, y, 0.25f)), OUT(10, fmax(x, y));
    OUT(11, remquo(x, y, &e)), OUT(12, e), OUT(13, ilogb(x)), OUT(14, rsqrt(fabs(x))), OUT(15, mad(x, y, p));
}

KERNEL(geometry)
{
    PLACE;
    float4 a = vload4(i, f), b = vload4(i + 1, f);
    OUT(0, dot(a, b)), OUT(1, length(a.xyz)), OUT(2, distance(a, b)), OUT(3, cross(a, b).y), OUT(4, normalize(a).z);
    float3 s = smoothstep(a.xyz, b.xyz, (float3)(0.5f));
    OUT(5, s.x), OUT(6, s.z), OUT(7, sign(a).w), OUT(8, degrees(a).x), OUT(9, step(a, b).x), OUT(10, fast_length(a));
    OUT(11, native_sin(a).y), OUT(12, half_exp(b).x), OUT(13, nan((uint)i)), OUT(14, modf(a, &b).x), OUT(15, b.y);
}

KERNEL(integers)
{
    PLACE;
    int a = n[i], b = n[i + 1];
    uint u = (uint)a;
    OUT(0, abs(a)), OUT(1, abs_diff(a, b)), OUT(2, add_sat(a, b)), OUT(3, hadd(a, b)), OUT(4, rhadd(u, (uint)b));
    OUT(5, clz(a)), OUT(6, ctz(b | 1)), OUT(7, popcount(a)), OUT(8, mul_hi(a, b)), OUT(9, mul_hi(u, (uint)b));
    OUT(10, rotate(a, b)), OUT(11, upsample((short)a, (ushort)b)), OUT(12, mad24(a & 0xffff, b & 0xff, a)), OUT(13, max(a, b));
    OUT(14, sub_sat((char)a, (char)b) | (uint)add_sat((uchar)a, (uchar)b) << 8), OUT(15, (int)mad_sat((long)a, (long)b, (long)a));
}

KERNEL(conversions)
{
    PLACE;
    float x = f[i] * 50;
    int a = n[i];
    OUT(0, (uint)convert_uchar_sat(x)), OUT(1, convert_int_rte(x)), OUT(2, convert_int_rtn(x)), OUT(3, convert_int_rtp(x));
    OUT(4, convert_float_rtz(a)), OUT(5, convert_float_rtp(a)), OUT(6, (int)convert_char_sat((uint)a)), OUT(7, (uint)convert_ushort_sat(a));
    OUT(8, convert_uint_sat(x)), OUT(9, (int)(char)a), OUT(10, (uint)(uchar)a), OUT(11, (float)(uint)a), OUT(12, (int)x);
    OUT(13, (int)convert_short4_sat_rte((float4)(x)).z), OUT(14, as_int(x) ^ (int)((ulong)a >> 7)), OUT(15, (int)convert_long_sat(x));
}

KERNEL(vectors)
{
    PLACE;
    int4 a = vload4(i, n), b = vload4(i + 1, n);
    int8 c = (int8)(a, b);
    vstore4(as_uint4(a.wzyx), 0, o);
    vstore3(as_uint3(c.s615), 1, o + 1);
    vstore2(as_uint2(shuffle(a, (uint2)(n[i] & 3, 2))), 0, o + 7);
    vstore4(as_uint4(shuffle2(a, b, (uint4)(7, 0, 5, 2))), 0, o + 9);
    a.s1 = n[i + 5];
    OUT(13, a.y + b.s3), OUT(14, ((int *)&c)[n[i] & 7]), OUT(15, c.even.y);
}

KERNEL(halves)
{
    PLACE;
    local ushort places[256];
    local half *h = (local half *)places;
    size_t l = get_local_id(0);
    vstore_half(f[i], l, h);
    barrier(CLK_LOCAL_MEM_FENCE);
    OUT(0, vload_half(l ^ 1, h));
    barrier(CLK_LOCAL_MEM_FENCE);
    vstore_half_rtz(f[i], l, h);
    barrier(CLK_LOCAL_MEM_FENCE);
    OUT(1, vload_half(l ^ 2, h)), OUT(2, vloada_half4(l / 4, h).y), OUT(3, vload_half2(l / 2, h).x);
    for (int k = 4; k < 16; k++) OUT(k, k);
}

KERNEL(control)
{
    PLACE;
    int a = n[i], sum = 0, steps = 0;
    for (int k = 0; k < (a & 31); k++) {
        if (k == 7) continue;
        if (sum > 1000) break;
        for (int j = k; j; j /= 2) sum += j ^ a;
    }
    switch (a & 7) {
    case 0: sum += 5; break;
    case 1: sum *= 3;
    case 2: sum -= 1; break;
    case 5: { while (steps < 9) steps += 2; break; }
    default: sum = ~sum;
    }
    switch ((long)a << 20) {
    case 0: steps++; break;
    case 1L << 40: steps--; break;
    default: steps ^= 3;
    }
    uint x = (uint)a, length = 0;
    do {
        x = x & 1 ? x * 3 + 1 : x >> 1;
        length++;
    } while (x > 1 && length < 50);
    OUT(0, sum), OUT(1, steps), OUT(2, length);
    for (int k = 3; k < 16; k++) OUT(k, k < a ? k : a);
}

static __attribute__((noinline)) int collatz(uint x, uint *length)
{
    *length = 0;
    while (x > 1 && *length < 99) x = x & 1 ? 3 * x + 1 : x / 2, ++*length;
    return (int)x;
}

static __attribute__((noinline)) struct pair pair_of(int a, float b)
{
    struct pair made = {a, {b, b + 1, b * 2}, (char)a};
    return made;
}

KERNEL(functions)
{
    PLACE;
    uint length;
    OUT(0, collatz((uint)n[i] & 0xfff, &length)), OUT(1, length);
    struct pair made = pair_of(n[i], f[i]), array[3] = {made, made, made};
    array[n[i] & 1].b[n[i + 1] & 1] = 42;
    array[2] = array[0];
    OUT(2, array[1].a), OUT(3, array[2].b[0]), OUT(4, array[1].b[1]), OUT(5, (int)array[0].c), OUT(6, (uint)sizeof made);
    for (int k = 7; k < 16; k++) OUT(k, table[(k + n[i]) & 3]);
}

KERNEL(local_memory)
{
    PLACE;
    local int shared[256];
    local struct pair pairs[4];
    size_t l = get_local_id(0), size = get_local_size(0);
    shared[l] = n[i];
    if (l < 4) pairs[l].a = (int)l, pairs[l].b[2] = f[i];
    barrier(CLK_LOCAL_MEM_FENCE);
    int sum = 0;
    for (size_t k = 0; k < size; k++) sum += shared[(k + l) % size] * (int)(k + 1);
    OUT(0, sum), OUT(1, pairs[l & 3].a), OUT(2, pairs[3].b[2]);
    barrier(CLK_LOCAL_MEM_FENCE);
    shared[size - 1 - l] = sum;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int k = 3; k < 16; k++) OUT(k, shared[(l + k) % size]);
}

KERNEL(atomics)
{
    PLACE;
    local int sum, low;
    local uint high, bits;
    size_t l = get_local_id(0);
    if (!l) sum = 0, low = 0x7fffffff, high = 0, bits = 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    atomic_add(&sum, n[i]), atomic_min(&low, n[i]), atomic_max(&high, (uint)n[i]), atomic_or(&bits, 1u << (n[i] & 31));
    barrier(CLK_LOCAL_MEM_FENCE);
    OUT(0, sum), OUT(1, low), OUT(2, high), OUT(3, bits);
    o[4] = 7;
    OUT(5, atomic_xchg(o + 4, 9)), OUT(6, atomic_cmpxchg(o + 4, 9, 11)), OUT(7, atomic_inc(o + 4)), OUT(8, atomic_sub(o + 4, 3));
    OUT(9, atomic_xor(o + 4, 5)), OUT(10, atomic_and(o + 4, 6));
    for (int k = 11; k < 16; k++) OUT(k, k);
}

KERNEL(work_items)
{
    PLACE;
    OUT(0, (uint)get_global_id(0)), OUT(1, (uint)get_local_id(0)), OUT(2, (uint)get_group_id(0)), OUT(3, (uint)get_global_size(0));
    OUT(4, (uint)get_local_size(0)), OUT(5, (uint)get_num_groups(0)), OUT(6, get_work_dim()), OUT(7, (uint)get_global_offset(0));
    OUT(8, (uint)get_global_size(1)), OUT(9, (uint)get_local_id(2));
    OUT(10, (uint)get_global_linear_id()), OUT(11, (uint)get_local_linear_id()), OUT(12, (uint)get_enqueued_local_size(0));
    OUT(13, get_sub_group_size()), OUT(14, get_sub_group_local_id()), OUT(15, get_sub_group_id() + get_num_sub_groups());
}

KERNEL(copies)
{
    PLACE;
    local float near[256];
    size_t l = get_local_id(0), size = get_local_size(0);
    event_t event = async_work_group_copy(near, f + size * get_group_id(0), size, 0);
    wait_group_events(1, &event);
    OUT(0, near[(l + 5) % size]);
    barrier(CLK_LOCAL_MEM_FENCE);
    event = async_work_group_strided_copy(near, f, size / 2, 2, 0);
    wait_group_events(1, &event);
    OUT(1, near[l / 2]);
    prefetch(f, 4);
    for (int k = 2; k < 16; k++) OUT(k, k);
}

KERNEL(generic_pointers)
{
    PLACE;
    local int shared[256];
    int own = n[i];
    shared[get_local_id(0)] = own + 1;
    barrier(CLK_LOCAL_MEM_FENCE);
    int *p = &own;
    if (own & 1) p = &shared[get_local_id(0)];
    *p += 3;
    OUT(0, *p), OUT(1, to_local(p) != 0), OUT(2, to_private(p) != 0), OUT(3, to_global(p) != 0), OUT(4, own);
    atomic_int *object = (atomic_int *)(o + 5);
    atomic_store(object, 4);
    OUT(6, atomic_fetch_add_explicit(object, own, memory_order_relaxed, memory_scope_device));
    int expected = 9;
    OUT(7, (int)atomic_compare_exchange_strong(object, &expected, 17)), OUT(8, expected), OUT(9, atomic_load(object));
    OUT(10, atomic_exchange(object, own));
    for (int k = 11; k < 16; k++) OUT(k, k);
}

global int counter[4] = {5, 6, 7, 8};
KERNEL(program_scope)
{
    PLACE;
    OUT(0, counter[i & 3]), OUT(1, table[i & 3]);
    for (int k = 2; k < 16; k++) OUT(k, k);
}

KERNEL(groups)
{
    PLACE;
    OUT(0, work_group_reduce_add(n[i])), OUT(1, work_group_scan_exclusive_max(n[i])), OUT(2, work_group_all(n[i] & 1));
    OUT(3, work_group_any(n[i] > 1)), OUT(4, work_group_broadcast(f[i], 3)), OUT(5, work_group_scan_inclusive_min((uint)n[i]));
    OUT(6, sub_group_reduce_add(n[i])), OUT(7, sub_group_scan_inclusive_max((uint)n[i])), OUT(8, sub_group_all(n[i] & 1));
    OUT(9, sub_group_any(n[i] > 1)), OUT(10, sub_group_broadcast(f[i], 3)), OUT(11, sub_group_scan_exclusive_add(n[i]));
    for (int k = 12; k < 16; k++) OUT(k, k);
}
