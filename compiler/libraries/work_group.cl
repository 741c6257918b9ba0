// cl_khr_work_group_uniform_arithmetic: products, bits and truths of a work-group. Each sub-group leaves what it comes
// to in local memory, where all others find it.
//
// Source: OpenCL C 3.0 (unified), "Work-group Collective Functions".
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL EXTENSION cl_khr_fp16 : enable

#define BUILTIN __attribute__((overloadable, always_inline))
#define OWN     static __attribute__((overloadable, always_inline))

BUILTIN uint get_num_sub_groups(void);
BUILTIN uint get_sub_group_id(void);
BUILTIN uint get_sub_group_local_id(void);
// The device library's: eight bytes for each sub-group of the largest work-group.
local void *__get_scratch_lds(void);

#define APPLY_mul(a, b)         ((a) * (b))
#define APPLY_and(a, b)         ((a) & (b))
#define APPLY_or(a, b)          ((a) | (b))
#define APPLY_xor(a, b)         ((a) ^ (b))
#define APPLY_logical_and(a, b) ((a) && (b))
#define APPLY_logical_or(a, b)  ((a) || (b))
#define APPLY_logical_xor(a, b) (!(a) != !(b))

// What the first `count` sub-groups come to, where each is `own`.
#define JOIN(T, op, identity)                                                                                \
    OWN T join_##op(T own, uint count)                                                                       \
    {                                                                                                        \
        local T *all = __get_scratch_lds();                                                                  \
        T joined = identity;                                                                                 \
        if (!get_sub_group_local_id()) all[get_sub_group_id()] = own;                                        \
        work_group_barrier(CLK_LOCAL_MEM_FENCE);                                                             \
        for (uint i = 0; i < count; i++) joined = APPLY_##op(joined, all[i]);                                \
        work_group_barrier(CLK_LOCAL_MEM_FENCE);                                                             \
        return joined;                                                                                       \
    }

#define SCAN(T, op, kind)                                                                                    \
    BUILTIN T sub_group_non_uniform_scan_##kind##_##op(T x);                                                 \
    BUILTIN T work_group_scan_##kind##_##op(T x)                                                             \
    {                                                                                                        \
        T before = join_##op(sub_group_non_uniform_reduce_##op(x), get_sub_group_id());                      \
        return APPLY_##op(before, sub_group_non_uniform_scan_##kind##_##op(x));                              \
    }

#define FOLD(T, op, identity)                                                                                \
    BUILTIN T sub_group_non_uniform_reduce_##op(T x);                                                        \
    JOIN(T, op, identity)                                                                                    \
    BUILTIN T work_group_reduce_##op(T x)                                                                    \
    {                                                                                                        \
        return join_##op(sub_group_non_uniform_reduce_##op(x), get_num_sub_groups());                        \
    }                                                                                                        \
    SCAN(T, op, inclusive)                                                                                   \
    SCAN(T, op, exclusive)

#define INTEGER(T) FOLD(T, mul, 1) FOLD(T, and, ~(T)0) FOLD(T, or, 0) FOLD(T, xor, 0)
INTEGER(int)
INTEGER(uint)
INTEGER(long)
INTEGER(ulong)
FOLD(float, mul, 1)
FOLD(double, mul, 1)
FOLD(half, mul, 1)
FOLD(int, logical_and, 1)
FOLD(int, logical_or, 0)
FOLD(int, logical_xor, 0)
