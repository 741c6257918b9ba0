// cl_intel_subgroups' shuffles, and those of _char and _short: of vectors, too, and between two values a
// work-item. All types have vectors here, for SPIR-V names no list. And Intel's names for what
// cl_khr_subgroup_extended_types has.
//
// Source: cl_intel_subgroups (revision 9), "Sub-group Shuffle Functions"; cl_intel_subgroups_char,
// "Work-group Functions".
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL EXTENSION cl_khr_fp16 : enable

#define BUILTIN __attribute__((overloadable, always_inline))

// ---- Vectors
// ----------------------------------------------------------------------------------------------------------

#define SCALAR(T)                                                                                            \
    BUILTIN T sub_group_shuffle(T x, uint lane);                                                             \
    BUILTIN T intel_sub_group_shuffle(T x, uint lane) { return sub_group_shuffle(x, lane); }
#define HALVES(T, lower, upper)                                                                              \
    BUILTIN T intel_sub_group_shuffle(T x, uint lane)                                                        \
    {                                                                                                        \
        return (T)(intel_sub_group_shuffle(x.lower, lane), intel_sub_group_shuffle(x.upper, lane));          \
    }
// Small components move together.
#define WORDS(T, W)                                                                                          \
    BUILTIN T intel_sub_group_shuffle(T x, uint lane)                                                        \
    {                                                                                                        \
        return as_##T(intel_sub_group_shuffle(as_##W(x), lane));                                             \
    }
#define THREE_OF_FOUR(T)                                                                                     \
    BUILTIN T##3 intel_sub_group_shuffle(T##3 x, uint lane)                                                  \
    {                                                                                                        \
        return intel_sub_group_shuffle(x.xyzz, lane).xyz;                                                    \
    }

#define OF_32_BITS(T)                                                                                        \
    SCALAR(T)                                                                                                \
    HALVES(T##2, x, y) HALVES(T##3, xy, z) HALVES(T##4, lo, hi) HALVES(T##8, lo, hi) HALVES(T##16, lo, hi)
#define OF_64_BITS(T) OF_32_BITS(T)
#define OF_16_BITS(T)                                                                                        \
    SCALAR(T) WORDS(T##2, uint) WORDS(T##4, uint2) WORDS(T##8, uint4) WORDS(T##16, uint8) THREE_OF_FOUR(T)
#define OF_8_BITS(T)                                                                                         \
    SCALAR(T) WORDS(T##2, ushort) WORDS(T##4, uint) WORDS(T##8, uint2) WORDS(T##16, uint4) THREE_OF_FOUR(T)
OF_32_BITS(int)
OF_32_BITS(uint)
OF_32_BITS(float)
OF_64_BITS(long)
OF_64_BITS(ulong)
OF_64_BITS(double)
OF_16_BITS(short)
OF_16_BITS(ushort)
OF_16_BITS(half)
OF_8_BITS(char)
OF_8_BITS(uchar)

// ---- Between two values
// -----------------------------------------------------------------------------------------------

// All lanes hand over both values. What lies behind the sub-group's end comes from the second of them (down),
// what before its beginning from the first (up).
#define SHUFFLES_OF(T)                                                                                       \
    BUILTIN T intel_sub_group_shuffle_xor(T x, uint mask)                                                    \
    {                                                                                                        \
        return intel_sub_group_shuffle(x, get_sub_group_local_id() ^ mask);                                  \
    }                                                                                                        \
    BUILTIN T intel_sub_group_shuffle_down(T current, T next, uint delta)                                    \
    {                                                                                                        \
        uint size = get_max_sub_group_size(), from = get_sub_group_local_id() + delta;                       \
        uint lane = from < size ? from : from - size;                                                        \
        T near = intel_sub_group_shuffle(current, lane), far = intel_sub_group_shuffle(next, lane);          \
        return from < size ? near : far;                                                                     \
    }                                                                                                        \
    BUILTIN T intel_sub_group_shuffle_up(T previous, T current, uint delta)                                  \
    {                                                                                                        \
        return intel_sub_group_shuffle_down(previous, current, get_max_sub_group_size() - delta);            \
    }
#define SHUFFLES(T)                                                                                          \
    SHUFFLES_OF(T) SHUFFLES_OF(T##2) SHUFFLES_OF(T##3) SHUFFLES_OF(T##4) SHUFFLES_OF(T##8) SHUFFLES_OF(T##16)
SHUFFLES(char)
SHUFFLES(uchar)
SHUFFLES(short)
SHUFFLES(ushort)
SHUFFLES(int)
SHUFFLES(uint)
SHUFFLES(long)
SHUFFLES(ulong)
SHUFFLES(float)
SHUFFLES(double)
SHUFFLES(half)

// ---- Names of Intel's
// ---------------------------------------------------------------------------------------------------

#define FOLD_OF(T, name)                                                                                     \
    BUILTIN T sub_group_##name(T x);                                                                         \
    BUILTIN T intel_sub_group_##name(T x) { return sub_group_##name(x); }
#define FOLDS_OF(T, operation)                                                                               \
    FOLD_OF(T, reduce_##operation)                                                                           \
    FOLD_OF(T, scan_exclusive_##operation) FOLD_OF(T, scan_inclusive_##operation)
#define BROADCAST_OF(T)                                                                                      \
    BUILTIN T sub_group_broadcast(T x, uint lane);                                                           \
    BUILTIN T intel_sub_group_broadcast(T x, uint lane) { return sub_group_broadcast(x, lane); }
#define NAMES(T)                                                                                             \
    FOLDS_OF(T, add)                                                                                         \
    FOLDS_OF(T, min)                                                                                         \
    FOLDS_OF(T, max)                                                                                         \
    BROADCAST_OF(T) BROADCAST_OF(T##2) BROADCAST_OF(T##3) BROADCAST_OF(T##4) BROADCAST_OF(T##8)
NAMES(char)
NAMES(uchar)
NAMES(short)
NAMES(ushort)
