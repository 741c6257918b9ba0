// The builtin functions of OpenCL C that tests/builtins has not in its table, for the compiler's test: what matters is that
// each name is declared, is found in the device libraries, and can be translated. Compiled with PART and, for
// pointers, SPACE defined; one kernel a family and type keeps the compiler from dropping any.

#pragma OPENCL EXTENSION cl_khr_fp16 : enable

#define EACH_FLOATING(F) F(float) F(double) F(half)
#define EACH_INTEGER(F)                                                                                           \
    F(char) F(uchar) F(short) F(ushort) F(int) F(uint) F(long) F(ulong)

#if PART == 1 // what takes a pointer to any address space: 1 global, 2 local, 3 private, 4 generic

#if SPACE == 1
#define PARAMETER(T) global T *q
#define VARIABLE(T)
#elif SPACE == 2
#define PARAMETER(T) local T *q
#define VARIABLE(T)
#elif SPACE == 3
#define PARAMETER(T) global uchar *outside
#define VARIABLE(T)                                                                                                    \
    uchar inside[256];                                                                                                 \
    for (int i = 0; i < 256; i++) inside[i] = outside[i];                                                              \
    private T *q = (private T *)inside
#else
#define PARAMETER(T) global T *one, local T *other
#define VARIABLE(T)                                                                                                    \
    T *q = one;                                                                                                        \
    if (get_local_id(0) & 1) q = other
#endif

#define VECTORS(T)                                                                                             \
    kernel void vectors_##T(PARAMETER(T))                                                                     \
    {                                                                                                                  \
        VARIABLE(T);                                                                                          \
        vstore2(vload2(0, q), 1, q), vstore3(vload3(1, q), 2, q), vstore4(vload4(2, q), 3, q);                         \
        vstore8(vload8(1, q), 2, q), vstore16(vload16(0, q), 1, q);                                                    \
    }
EACH_INTEGER(VECTORS) EACH_FLOATING(VECTORS)

#define HALVES(T, N, EACH)                                                                                             \
    kernel void halves_##T##N(PARAMETER(half), global T##N *p)                                                         \
    {                                                                                                                  \
        VARIABLE(half);                                                                                                \
        p[2] = convert_##T##N(vload_half##N(1, q));                                                                    \
        EACH(vstore_half##N) EACH(vstore_half##N##_rte) EACH(vstore_half##N##_rtz) EACH(vstore_half##N##_rtp)          \
        EACH(vstore_half##N##_rtn)                                                                                     \
    }
#define ALIGNED_HALVES(T, N, EACH)                                                                                     \
    kernel void aligned_halves_##T##N(PARAMETER(half), global T##N *p)                                                 \
    {                                                                                                                  \
        VARIABLE(half);                                                                                                \
        p[2] = convert_##T##N(vloada_half##N(1, q));                                                                   \
        EACH(vstorea_half##N) EACH(vstorea_half##N##_rte) EACH(vstorea_half##N##_rtz) EACH(vstorea_half##N##_rtp)      \
        EACH(vstorea_half##N##_rtn)                                                                                    \
    }
#define STORE(F) F(p[0], 1, q);
#define HALVES_OF(T)                                                                                                   \
    HALVES(T, , STORE) HALVES(T, 2, STORE) HALVES(T, 3, STORE) HALVES(T, 4, STORE) HALVES(T, 8, STORE)                 \
    HALVES(T, 16, STORE) ALIGNED_HALVES(T, 2, STORE) ALIGNED_HALVES(T, 3, STORE) ALIGNED_HALVES(T, 4, STORE)           \
    ALIGNED_HALVES(T, 8, STORE) ALIGNED_HALVES(T, 16, STORE)
HALVES_OF(float) HALVES_OF(double)

#elif PART == 2 // functions of whole vectors, atomics, synchronisation, copies, work-items

#define GEOMETRIC(T)                                                                                                   \
    kernel void geometric_##T(global T *p, global float *f)                                                            \
    {                                                                                                                  \
        f[0] = dot(p[0], p[1]), f[1] = distance(p[2], p[3]), f[2] = length(p[4]), p[5] = normalize(p[6]);              \
        f[3] = fast_distance(p[7], p[8]), f[4] = fast_length(p[9]), p[10] = fast_normalize(p[11]);                     \
    }
GEOMETRIC(float) GEOMETRIC(float2) GEOMETRIC(float3) GEOMETRIC(float4)
#define PRECISE(T, N)                                                                                                  \
    kernel void precise_##T##N(global T##N *p, global T *f)                                                            \
    {                                                                                                                  \
        f[0] = dot(p[0], p[1]), f[1] = distance(p[2], p[3]), f[2] = length(p[4]), p[5] = normalize(p[6]);              \
    }
PRECISE(double, ) PRECISE(double, 2) PRECISE(double, 3) PRECISE(double, 4)
PRECISE(half, ) PRECISE(half, 2) PRECISE(half, 3) PRECISE(half, 4)
kernel void cross_products(global float4 *p, global float3 *q)
{
    p[0] = cross(p[1], p[2]), q[0] = cross(q[1], q[2]);
}
kernel void precise_products(global double4 *p, global double3 *q, global half4 *r, global half3 *s)
{
    p[0] = cross(p[1], p[2]), q[0] = cross(q[1], q[2]), r[0] = cross(r[1], r[2]), s[0] = cross(s[1], s[2]);
}

#define TRUTHS(T)                                                                                                      \
    kernel void truths_##T(global int *r, T one, T##2 two, T##3 three, T##4 four, T##8 eight, T##16 sixteen)           \
    {                                                                                                                  \
        r[0] = any(one) + any(two) + any(three) + any(four) + any(eight) + any(sixteen);                               \
        r[1] = all(one) + all(two) + all(three) + all(four) + all(eight) + all(sixteen);                               \
    }
TRUTHS(char) TRUTHS(short) TRUTHS(int) TRUTHS(long)

#define SHUFFLES_TO(T, U, M)                                                                                           \
    kernel void shuffles_##T##_##M(global T##M *r, U##M mask, T##2 two, T##4 four, T##8 eight, T##16 sixteen)          \
    {                                                                                                                  \
        r[0] = shuffle(two, mask), r[1] = shuffle(four, mask), r[2] = shuffle(eight, mask), r[3] = shuffle(sixteen, mask); \
        r[4] = shuffle2(two, two, mask), r[5] = shuffle2(four, four, mask), r[6] = shuffle2(eight, eight, mask);       \
        r[7] = shuffle2(sixteen, sixteen, mask);                                                                       \
    }
#define SHUFFLES(T, U) SHUFFLES_TO(T, U, 2) SHUFFLES_TO(T, U, 4) SHUFFLES_TO(T, U, 8) SHUFFLES_TO(T, U, 16)
SHUFFLES(char, uchar) SHUFFLES(uchar, uchar) SHUFFLES(short, ushort) SHUFFLES(ushort, ushort) SHUFFLES(int, uint)
SHUFFLES(uint, uint) SHUFFLES(long, ulong) SHUFFLES(ulong, ulong) SHUFFLES(float, uint) SHUFFLES(double, ulong)
SHUFFLES(half, ushort)

#define ATOMICS(T, S)                                                                                                  \
    kernel void atomics_##S##_##T(volatile S T *p, global T *r)                                                        \
    {                                                                                                                  \
        r[0] = atomic_add(p, r[0]), r[1] = atomic_sub(p, r[1]), r[2] = atomic_xchg(p, r[2]), r[3] = atomic_inc(p);     \
        r[4] = atomic_dec(p), r[5] = atomic_cmpxchg(p, r[5], r[6]), r[6] = atomic_min(p, r[7]);                        \
        r[7] = atomic_max(p, r[8]), r[8] = atomic_and(p, r[9]), r[9] = atomic_or(p, r[1]), r[10] = atomic_xor(p, r[1]); \
        r[0] = atom_add(p, r[0]), r[1] = atom_inc(p), r[2] = atom_cmpxchg(p, r[1], r[2]), r[3] = atom_xchg(p, r[4]);   \
    }
ATOMICS(int, global) ATOMICS(uint, global) ATOMICS(int, local) ATOMICS(uint, local)
#define ATOMICS64(T, S)                                                                                                \
    kernel void atomics_##S##_##T(volatile S T *p, global T *r)                                                        \
    {                                                                                                                  \
        r[0] = atom_add(p, r[0]), r[1] = atom_sub(p, r[1]), r[2] = atom_xchg(p, r[2]), r[3] = atom_inc(p);             \
        r[4] = atom_dec(p), r[5] = atom_cmpxchg(p, r[5], r[6]), r[6] = atom_min(p, r[7]), r[7] = atom_max(p, r[8]);    \
        r[8] = atom_and(p, r[9]), r[9] = atom_or(p, r[10]), r[10] = atom_xor(p, r[11]);                                \
    }
ATOMICS64(long, global) ATOMICS64(ulong, global) ATOMICS64(long, local) ATOMICS64(ulong, local)
kernel void float_exchange(volatile global float *p, volatile local float *q)
{
    p[1] = atomic_xchg(p, 1.0f), q[1] = atomic_xchg(q, 1.0f);
}

kernel void items(global size_t *p)
{
    p[0] = get_global_id(0), p[1] = get_local_id(1), p[2] = get_group_id(2), p[3] = get_global_size(0);
    p[4] = get_local_size(1), p[5] = get_num_groups(2), p[6] = get_global_offset(0), p[7] = get_work_dim();
    p[8] = get_global_id((uint)p[9]), p[9] = get_local_size((uint)p[10]);
}

#define COPIES_OF(T)                                                                                                   \
    kernel void copies_##T(global T *g, local T *l)                                                                    \
    {                                                                                                                  \
        event_t events[2];                                                                                             \
        events[0] = async_work_group_copy(l, g, 16, 0);                                                                \
        events[1] = async_work_group_strided_copy(l + 16, g, 16, 3, 0);                                                \
        wait_group_events(2, events);                                                                                  \
        barrier(CLK_LOCAL_MEM_FENCE);                                                                                  \
        events[0] = async_work_group_copy(g + 16, l, 16, 0);                                                           \
        events[1] = async_work_group_strided_copy(g + 99, l, 16, 3, events[0]);                                        \
        prefetch(g, 4);                                                                                                \
        wait_group_events(2, events);                                                                                  \
    }
#define COPIES(T) COPIES_OF(T) COPIES_OF(T##2) COPIES_OF(T##3) COPIES_OF(T##4) COPIES_OF(T##8) COPIES_OF(T##16)
EACH_INTEGER(COPIES) EACH_FLOATING(COPIES)

kernel void fences(global int *p)
{
    mem_fence(CLK_GLOBAL_MEM_FENCE), read_mem_fence(CLK_LOCAL_MEM_FENCE), write_mem_fence(CLK_LOCAL_MEM_FENCE);
    barrier(CLK_GLOBAL_MEM_FENCE | CLK_LOCAL_MEM_FENCE);
}

kernel void messages(global int4 *p, constant char *s)
{
    printf("%d %v4d %s %f\n", p[0].x, p[1], "text", 1.5f);
}

#if __OPENCL_C_VERSION__ >= 200
#define C11(T, V, S, E)                                                                                                \
    kernel void c11_##T##_##E(volatile S T *p, global V *r, local V *l)                                                \
    {                                                                                                                  \
        V own = r[0];                                                                                                  \
        E V *expected = E##_EXPECTED;                                                                                  \
        atomic_init(p, r[0]), atomic_store(p, r[1]), r[2] = atomic_load(p), r[3] = atomic_exchange(p, r[3]);           \
        atomic_store_explicit(p, r[1], memory_order_release), r[4] = atomic_load_explicit(p, memory_order_acquire);    \
        r[5] = atomic_load_explicit(p, memory_order_seq_cst, memory_scope_work_group);                                 \
        r[6] = atomic_exchange_explicit(p, r[6], memory_order_acq_rel, memory_scope_device);                           \
        r[7] = atomic_compare_exchange_strong(p, expected, r[7]), r[8] = atomic_compare_exchange_weak(p, expected, 1); \
        r[9] = atomic_compare_exchange_strong_explicit(p, expected, r[8], memory_order_acq_rel, memory_order_relaxed); \
        r[9] += atomic_compare_exchange_weak_explicit(p, expected, r[8], memory_order_acq_rel, memory_order_relaxed,   \
                                                      memory_scope_all_svm_devices);                                   \
    }
#define C11_INTEGER(T, V, S)                                                                                           \
    kernel void c11_integer_##T##_##S(volatile S##_SPACE T *p, global V *r)                                            \
    {                                                                                                                  \
        r[0] = atomic_fetch_add(p, r[0]), r[1] = atomic_fetch_sub(p, r[1]), r[2] = atomic_fetch_or(p, r[2]);           \
        r[3] = atomic_fetch_xor(p, r[3]), r[4] = atomic_fetch_and(p, r[4]), r[5] = atomic_fetch_min(p, r[5]);          \
        r[6] = atomic_fetch_max(p, r[6]), r[7] = atomic_fetch_add_explicit(p, r[7], memory_order_relaxed);             \
        r[8] = atomic_fetch_max_explicit(p, r[8], memory_order_seq_cst, memory_scope_work_group);                      \
        r[9] = atomic_fetch_sub_explicit(p, r[8], memory_order_acquire, memory_scope_sub_group);                       \
    }
#define private_EXPECTED &own
#define global_EXPECTED r
#define local_EXPECTED l
#define global_SPACE global
#define local_SPACE local
#define C11_ALL(T, V)                                                                                                  \
    C11(T, V, global, private) C11(T, V, global, global) C11(T, V, local, local)                                       \
    C11_INTEGER(T, V, global) C11_INTEGER(T, V, local)
C11_ALL(atomic_int, int) C11_ALL(atomic_uint, uint) C11_ALL(atomic_long, long) C11_ALL(atomic_ulong, ulong)
C11(atomic_float, float, global, private) C11(atomic_float, float, local, global)
C11(atomic_double, double, global, private) C11(atomic_double, double, local, global)

kernel void generic_atomics(global atomic_int *g, local atomic_int *l, global int *r, volatile global int *old)
{
    atomic_int *p = r[0] ? (atomic_int *)g : (atomic_int *)l;
    volatile int *q = old;
    int own = 3, *expected = r[1] ? (int *)&own : (int *)r;
    r[2] = atomic_fetch_add(p, 1) + atomic_compare_exchange_strong(p, expected, 4) + atomic_load(p);
    atomic_store_explicit(p, 1, memory_order_release, memory_scope_device);
    r[3] = get_fence(p);
    atomic_work_item_fence(CLK_GLOBAL_MEM_FENCE, memory_order_acq_rel, memory_scope_work_group);
}

kernel void flags(global atomic_flag *g, local atomic_flag *l, global int *r)
{
    r[0] = atomic_flag_test_and_set(g), atomic_flag_clear(l);
    r[1] = atomic_flag_test_and_set_explicit(l, memory_order_acquire), atomic_flag_clear_explicit(g, memory_order_release);
}

#define GROUP_FOLDS(F)                                                                                                 \
    p[0] = F##_add(p[0]), p[1] = F##_min(p[1]), p[2] = F##_max(p[2]);
#define GROUPS(T)                                                                                                      \
    kernel void groups_##T(global T *p)                                                                                \
    {                                                                                                                  \
        GROUP_FOLDS(work_group_reduce) GROUP_FOLDS(work_group_scan_exclusive) GROUP_FOLDS(work_group_scan_inclusive)   \
        p[3] = work_group_broadcast(p[3], 1), p[4] = work_group_broadcast(p[4], 1, 2);                                 \
        p[5] = work_group_broadcast(p[5], 1, 2, 3);                                                                    \
    }
GROUPS(int) GROUPS(uint) GROUPS(long) GROUPS(ulong) EACH_FLOATING(GROUPS)

kernel void groups(global int *p, global size_t *s, local int *l)
{
    int own = 1, *q = p[2] ? (int *)&own : (int *)p;
    work_group_barrier(CLK_LOCAL_MEM_FENCE), work_group_barrier(CLK_GLOBAL_MEM_FENCE, memory_scope_device);
    p[0] = work_group_all(p[0]), p[1] = work_group_any(p[1]);
    s[0] = get_enqueued_local_size(0), s[1] = get_global_linear_id(), s[2] = get_local_linear_id();
    p[3] = (to_global(q) != 0) + (to_local(q) != 0) + (to_private(q) != 0) + get_fence(q);
}
#endif

#elif PART == 3 // 6.15.15 images

#define SAMPLED(I, F, N)                                                                                               \
    kernel void sampled_##I(read_only I i, sampler_t s, global float4 *f, global int4 *n, global uint4 *u, F x, N c)   \
    {                                                                                                                  \
        f[0] = read_imagef(i, s, x), f[1] = read_imagef(i, s, c), n[0] = read_imagei(i, s, x), n[1] = read_imagei(i, s, c); \
        u[0] = read_imageui(i, s, x), u[1] = read_imageui(i, s, c);                                                    \
        f[2] = read_imagef(i, c), n[2] = read_imagei(i, c), u[2] = read_imageui(i, c);                                 \
        n[3].x = get_image_width(i), n[3].y = get_image_channel_data_type(i), n[3].z = get_image_channel_order(i);     \
    }
#define WRITTEN(I, N)                                                                                                  \
    kernel void written_##I(write_only I i, N c, float4 f, int4 n, uint4 u)                                            \
    {                                                                                                                  \
        write_imagef(i, c, f), write_imagei(i, c, n), write_imageui(i, c, u);                                          \
    }
SAMPLED(image1d_t, float, int) SAMPLED(image1d_array_t, float2, int2) SAMPLED(image2d_t, float2, int2)
SAMPLED(image2d_array_t, float4, int4) SAMPLED(image3d_t, float4, int4)
WRITTEN(image1d_t, int) WRITTEN(image1d_buffer_t, int) WRITTEN(image1d_array_t, int2) WRITTEN(image2d_t, int2)
WRITTEN(image2d_array_t, int4) WRITTEN(image3d_t, int4)
constant sampler_t fixed = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_CLAMP_TO_EDGE | CLK_FILTER_NEAREST;
kernel void queries(read_only image2d_t a, read_only image3d_t b, read_only image2d_array_t c, read_only image1d_buffer_t d,
                    global int4 *p, global float4 *f)
{
    p[0].xy = get_image_dim(a), p[1] = get_image_dim(b), p[2].x = get_image_depth(b), p[2].y = get_image_height(a);
    p[3].x = get_image_array_size(c), f[0] = read_imagef(d, p[0].x), f[1] = read_imagef(a, fixed, (int2)(1, 2));
}
#if __OPENCL_C_VERSION__ >= 200
kernel void both(read_write image2d_t i, int2 c)
{
    write_imagef(i, c, read_imagef(i, c)), atomic_work_item_fence(CLK_IMAGE_MEM_FENCE, memory_order_acq_rel, memory_scope_work_item);
}
#endif
#endif
