// Sub-groups: cl_khr_subgroups and the cl_khr_subgroup_* set. A sub-group is a wave. Built once for waves of
// 32 lanes (gfx10 and later) and once for waves of 64.
//
// Source: OpenCL C 3.0 (unified), "Sub-Group Functions" and the sections after it.
//
// Folds and scans run in "whole wave mode": lanes that are not active take part with the operation's identity
// element, so that no hole in a wave loses what lies behind it. LLVM has no names in C for some of what that
// needs; these are its intrinsics themselves.
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL EXTENSION cl_khr_fp16 : enable

#define WORD    static __attribute__((always_inline)) int
#define OWN     static __attribute__((overloadable, always_inline))
#define BUILTIN __attribute__((overloadable, always_inline))

int lane_activate(int active, int inactive) __asm("llvm.amdgcn.set.inactive.i32");
int lane_whole(int) __asm("llvm.amdgcn.strict.wwm.i32");
int lane_write(int value, int lane, int old) __asm("llvm.amdgcn.writelane.i32");

BUILTIN uint get_max_sub_group_size(void);
BUILTIN size_t get_local_linear_id(void);
BUILTIN size_t get_local_size(uint dimension);

// ---- Lanes and sets of lanes --------------------------------------------------------------------------

#if WAVE == 32
typedef uint lane_set;
#define LANES_WHERE(condition) __builtin_amdgcn_ballot_w32(condition)
static uint lanes_below(lane_set set) { return __builtin_amdgcn_mbcnt_lo(set, 0); }
static lane_set set_of(uint4 bits) { return bits.x; }
static uint4 bits_of(lane_set set) { return (uint4)(set, 0, 0, 0); }
static uint set_count(lane_set set) { return __builtin_popcount(set); }
static uint set_first(lane_set set) { return __builtin_ctz(set); }
static uint set_last(lane_set set) { return 31 - __builtin_clz(set); }
#else
typedef ulong lane_set;
#define LANES_WHERE(condition) __builtin_amdgcn_ballot_w64(condition)
static uint lanes_below(lane_set set)
{
    return __builtin_amdgcn_mbcnt_hi((uint)(set >> 32), __builtin_amdgcn_mbcnt_lo((uint)set, 0));
}
static lane_set set_of(uint4 bits) { return as_ulong(bits.xy); }
static uint4 bits_of(lane_set set) { return (uint4)(as_uint2(set), 0, 0); }
static uint set_count(lane_set set) { return __builtin_popcountl(set); }
static uint set_first(lane_set set) { return __builtin_ctzl(set); }
static uint set_last(lane_set set) { return 63 - __builtin_clzl(set); }
#endif
#define ALL_LANES (~(lane_set)0)

static uint lane_id(void) { return lanes_below(ALL_LANES); }

// The lanes that a sub-group of this dispatch can have.
static lane_set lanes_of_dispatch(void)
{
    uint size = get_max_sub_group_size();
    return size < WAVE ? ((lane_set)1 << size) - 1 : ALL_LANES;
}

// ---- Moving a 32-bit word between lanes ---------------------------------------------------------------

WORD word_broadcast(int x, uint lane) { return __builtin_amdgcn_readlane(x, lane); }
#if WAVE == 32
WORD word_from(int x, uint lane) { return __builtin_amdgcn_ds_bpermute((int)(lane * 4), x); }
#else
// From gfx10 on, lanes reach those of their own half of a wave only: in 32 steps all go to the other half.
extern constant uint __oclc_ISA_version;
WORD word_in_half(int x, uint lane) { return __builtin_amdgcn_ds_bpermute((int)(lane * 4), x); }
WORD halves_swapped(int x)
{
    int swapped = 0;
#pragma unroll 1
    for (uint i = 0; i < 32; i++) {
        swapped = lane_write(word_broadcast(x, i), (int)i + 32, swapped);
        swapped = lane_write(word_broadcast(x, i + 32), (int)i, swapped);
    }
    return swapped;
}
WORD word_from(int x, uint lane)
{
    int own_half = word_in_half(x, lane);
    if (__oclc_ISA_version < 10000) return own_half;
    int other_half = word_in_half(halves_swapped(x), lane);
    return (lane ^ lane_id()) & 32 ? other_half : own_half;
}
#endif
WORD word_first(int x) { return __builtin_amdgcn_readfirstlane(x); }

#if WAVE == 32
// Rows of 16 lanes move by DPP at no cost of their own. Where there is no source, and in rows that are not
// named, `old` stays.
#define WORD_DPP(name, control, rows)                                                                        \
    WORD name(int old, int x) { return __builtin_amdgcn_update_dpp(old, x, control, rows, 0xf, false); }
WORD_DPP(word_up_1, 0x111, 0xf)
WORD_DPP(word_up_2, 0x112, 0xf)
WORD_DPP(word_up_4, 0x114, 0xf)
WORD_DPP(word_up_8, 0x118, 0xf)
WORD_DPP(word_xor_1, 0x161, 0xf)
WORD_DPP(word_xor_2, 0x162, 0xf)
WORD_DPP(word_xor_4, 0x164, 0xf)
WORD_DPP(word_xor_8, 0x168, 0xf)
WORD_DPP(word_upper_row, 0xe4, 0x2)

WORD word_up_16(int old, int x) { return word_upper_row(old, word_broadcast(x, 15)); }
WORD word_xor_16(int old, int x)
{
    return __builtin_amdgcn_permlanex16(old, x, 0x76543210, 0xfedcba98, true, false);
}
// All lanes one up.
WORD word_shift(int old, int x) { return lane_write(word_broadcast(x, 15), 16, word_up_1(old, x)); }
#else
// Lanes move outside of branches: what is not active gives nothing.
#define WORD_MOVE(distance)                                                                                  \
    WORD word_up_##distance(int old, int x)                                                                  \
    {                                                                                                        \
        int moved = word_in_half(x, lane_id() - distance);                                                   \
        return (lane_id() & 31) < distance ? old : moved;                                                    \
    }                                                                                                        \
    WORD word_xor_##distance(__attribute__((unused)) int old, int x)                                         \
    {                                                                                                        \
        return word_in_half(x, lane_id() ^ distance);                                                        \
    }
WORD_MOVE(1)
WORD_MOVE(2)
WORD_MOVE(4)
WORD_MOVE(8)
WORD_MOVE(16)
// What the steps within the halves have made of all of the other half.
WORD word_up_32(int old, int x)
{
    int lower = word_broadcast(x, 31);
    return lane_id() < 32 ? old : lower;
}
WORD word_xor_32(__attribute__((unused)) int old, int x)
{
    int lower = word_broadcast(x, 0), upper = word_broadcast(x, 32);
    return lane_id() < 32 ? upper : lower;
}
WORD word_shift(int old, int x) { return lane_write(word_broadcast(x, 31), 32, word_up_1(old, x)); }
#endif

// ---- Moving a value of any type -----------------------------------------------------------------------

// Types that fit a word, and types of two words.
#define WORDS_1(x)       ((int2)(as_int(x), 0))
#define WORDS_2(x)       (as_int2(x))
#define WORDS_HALF(x)    ((int2)(as_ushort(x), 0))
#define VALUE_1(T, w)    as_##T((w).x)
#define VALUE_2(T, w)    as_##T(w)
#define VALUE_HALF(T, w) as_half((ushort)(w).x)

#define MOVE_ONE(name, T, WORDS, VALUE, parameter, ...)                                                      \
    OWN T value_##name(T x parameter)                                                                        \
    {                                                                                                        \
        int2 w = WORDS(x);                                                                                   \
        return VALUE(T, ((int2)(name(w.x __VA_ARGS__), name(w.y __VA_ARGS__))));                             \
    }
#define MOVE_TWO(name, T, WORDS, VALUE)                                                                      \
    OWN T value_##name(T first, T second)                                                                    \
    {                                                                                                        \
        int2 a = WORDS(first), b = WORDS(second);                                                            \
        return VALUE(T, ((int2)(name(a.x, b.x), name(a.y, b.y))));                                           \
    }
#define COMMA_LANE , uint lane
#define MOVES(T, WORDS, VALUE)                                                                               \
    MOVE_ONE(word_first, T, WORDS, VALUE, , )                                                                \
    MOVE_ONE(lane_whole, T, WORDS, VALUE, , )                                                                \
    MOVE_ONE(word_from, T, WORDS, VALUE, COMMA_LANE, , lane)                                                 \
    MOVE_ONE(word_broadcast, T, WORDS, VALUE, COMMA_LANE, , lane)                                            \
    MOVE_TWO(lane_activate, T, WORDS, VALUE)                                                                 \
    MOVE_TWO(word_shift, T, WORDS, VALUE)                                                                    \
    MOVE_DISTANCE(1, T, WORDS, VALUE)                                                                        \
    MOVE_DISTANCE(2, T, WORDS, VALUE)                                                                        \
    MOVE_DISTANCE(4, T, WORDS, VALUE)                                                                        \
    MOVE_DISTANCE(8, T, WORDS, VALUE)                                                                        \
    MOVE_DISTANCE(16, T, WORDS, VALUE)                                                                       \
    MOVE_FARTHEST(T, WORDS, VALUE)
#define MOVE_DISTANCE(distance, T, WORDS, VALUE)                                                             \
    MOVE_TWO(word_up_##distance, T, WORDS, VALUE)                                                            \
    MOVE_TWO(word_xor_##distance, T, WORDS, VALUE)
#if WAVE == 32
#define MOVE_FARTHEST(T, WORDS, VALUE)
#else
#define MOVE_FARTHEST(T, WORDS, VALUE) MOVE_DISTANCE(32, T, WORDS, VALUE)
#endif
MOVES(int, WORDS_1, VALUE_1)
MOVES(uint, WORDS_1, VALUE_1)
MOVES(float, WORDS_1, VALUE_1)
MOVES(half, WORDS_HALF, VALUE_HALF)
MOVES(long, WORDS_2, VALUE_2)
MOVES(ulong, WORDS_2, VALUE_2)
MOVES(double, WORDS_2, VALUE_2)

// ---- Folds and scans ----------------------------------------------------------------------------------

#define APPLY_add(a, b) ((a) + (b))
#define APPLY_mul(a, b) ((a) * (b))
#define APPLY_min(a, b) __builtin_elementwise_min(a, b)
#define APPLY_max(a, b) __builtin_elementwise_max(a, b)
#define APPLY_and(a, b) ((a) & (b))
#define APPLY_or(a, b)  ((a) | (b))
#define APPLY_xor(a, b) ((a) ^ (b))

#define STEP_XOR(op, distance) x = APPLY_##op(x, value_word_xor_##distance(identity, x));
#define STEP_UP(op, distance)  x = APPLY_##op(x, value_word_up_##distance(identity, x));
#define STEP_CLUSTER(op, distance)                                                                           \
    x = cluster > (distance) ? APPLY_##op(x, value_word_xor_##distance(identity, x)) : x;
#define STEPS_ROW(STEP, op) STEP(op, 1) STEP(op, 2) STEP(op, 4) STEP(op, 8)

// The rows' folds are joined by scalar instructions.
#if WAVE == 32
#define STEPS_WAVE(STEP, op) STEPS_ROW(STEP, op) STEP(op, 16)
#define FOLD_ROWS(op)        APPLY_##op(value_word_broadcast(x, 0), value_word_broadcast(x, 16))
#else
#define STEPS_WAVE(STEP, op) STEPS_ROW(STEP, op) STEP(op, 16) STEP(op, 32)
#define FOLD_ROWS(op)                                                                                        \
    APPLY_##op(APPLY_##op(value_word_broadcast(x, 0), value_word_broadcast(x, 16)),                          \
               APPLY_##op(value_word_broadcast(x, 32), value_word_broadcast(x, 48)))
#endif

#define FOLDS(op, T)                                                                                         \
    OWN T fold_##op(T value, T identity)                                                                     \
    {                                                                                                        \
        T x = value_lane_activate(value, identity);                                                          \
        STEPS_ROW(STEP_XOR, op)                                                                              \
        return value_lane_whole(FOLD_ROWS(op));                                                              \
    }                                                                                                        \
    OWN T fold_cluster_##op(T value, T identity, uint cluster)                                               \
    {                                                                                                        \
        T x = value_lane_activate(value, identity);                                                          \
        STEPS_WAVE(STEP_CLUSTER, op)                                                                         \
        return value_lane_whole(x);                                                                          \
    }                                                                                                        \
    OWN T scan_inclusive_##op(T value, T identity)                                                           \
    {                                                                                                        \
        T x = value_lane_activate(value, identity);                                                          \
        STEPS_WAVE(STEP_UP, op)                                                                              \
        return value_lane_whole(x);                                                                          \
    }                                                                                                        \
    OWN T scan_exclusive_##op(T value, T identity)                                                           \
    {                                                                                                        \
        T x = value_lane_activate(value, identity);                                                          \
        STEPS_WAVE(STEP_UP, op)                                                                              \
        return value_lane_whole(value_word_shift(identity, x));                                              \
    }
#define FOLDS_ARITHMETIC(T) FOLDS(add, T) FOLDS(mul, T) FOLDS(min, T) FOLDS(max, T)
#define FOLDS_BITWISE(T)    FOLDS(and, T) FOLDS(or, T) FOLDS(xor, T)
FOLDS_ARITHMETIC(int)
FOLDS_ARITHMETIC(uint)
FOLDS_ARITHMETIC(long)
FOLDS_ARITHMETIC(ulong)
FOLDS_ARITHMETIC(float)
FOLDS_ARITHMETIC(double)
FOLDS_ARITHMETIC(half)
FOLDS_BITWISE(int)
FOLDS_BITWISE(uint)
FOLDS_BITWISE(long)
FOLDS_BITWISE(ulong)

// ---- The types of the builtin functions ---------------------------------------------------------------

// X(type, type it is worked on as, lowest value, highest value)
#define INTEGERS(X)                                                                                          \
    X(char, int, CHAR_MIN, CHAR_MAX)                                                                         \
    X(uchar, uint, 0, UCHAR_MAX)                                                                             \
    X(short, int, SHRT_MIN, SHRT_MAX)                                                                        \
    X(ushort, uint, 0, USHRT_MAX)                                                                            \
    X(int, int, INT_MIN, INT_MAX)                                                                            \
    X(uint, uint, 0, UINT_MAX)                                                                               \
    X(long, long, LONG_MIN, LONG_MAX)                                                                        \
    X(ulong, ulong, 0, ULONG_MAX)
#define TYPES(X)                                                                                             \
    INTEGERS(X)                                                                                              \
    X(float, float, -INFINITY, INFINITY)                                                                     \
    X(double, double, -INFINITY, INFINITY)                                                                   \
    X(half, half, -INFINITY, INFINITY)

#define ARITHMETIC_OF(prefix, T, W, op, identity)                                                            \
    BUILTIN T sub_group_##prefix##reduce_##op(T x) { return (T)fold_##op((W)x, (W)(identity)); }             \
    BUILTIN T sub_group_##prefix##scan_inclusive_##op(T x)                                                   \
    {                                                                                                        \
        return (T)scan_inclusive_##op((W)x, (W)(identity));                                                  \
    }                                                                                                        \
    BUILTIN T sub_group_##prefix##scan_exclusive_##op(T x)                                                   \
    {                                                                                                        \
        return (T)scan_exclusive_##op((W)x, (W)(identity));                                                  \
    }
#define CLUSTERED_OF(T, W, op, identity)                                                                     \
    BUILTIN T sub_group_clustered_reduce_##op(T x, uint cluster)                                             \
    {                                                                                                        \
        return (T)fold_cluster_##op((W)x, (W)(identity), cluster);                                           \
    }
#define UNIFORM_AND_NOT(T, W, op, identity)                                                                  \
    ARITHMETIC_OF(, T, W, op, identity)                                                                      \
    ARITHMETIC_OF(non_uniform_, T, W, op, identity)                                                          \
    CLUSTERED_OF(T, W, op, identity)
#define NON_UNIFORM_ONLY(T, W, op, identity)                                                                 \
    ARITHMETIC_OF(non_uniform_, T, W, op, identity)                                                          \
    CLUSTERED_OF(T, W, op, identity)

#define ARITHMETIC(T, W, LOWEST, HIGHEST)                                                                    \
    UNIFORM_AND_NOT(T, W, add, 0)                                                                            \
    UNIFORM_AND_NOT(T, W, min, HIGHEST)                                                                      \
    UNIFORM_AND_NOT(T, W, max, LOWEST)                                                                       \
    NON_UNIFORM_ONLY(T, W, mul, 1)
#define BITWISE(T, W, LOWEST, HIGHEST)                                                                       \
    NON_UNIFORM_ONLY(T, W, and, ~(W)0)                                                                       \
    NON_UNIFORM_ONLY(T, W, or, 0)                                                                            \
    NON_UNIFORM_ONLY(T, W, xor, 0)
TYPES(ARITHMETIC)
INTEGERS(BITWISE)

// ---- Logical operations -------------------------------------------------------------------------------

// Among the lanes of `among`. Those that are not active are in neither set, and so change nothing.
#define LOGICAL_and(x, among) ((LANES_WHERE((x) == 0) & (among)) == 0)
#define LOGICAL_or(x, among)  ((LANES_WHERE((x) != 0) & (among)) != 0)
#define LOGICAL_xor(x, among) (set_count(LANES_WHERE((x) != 0) & (among)) & 1)

static lane_set lanes_before(void) { return ((lane_set)1 << lane_id()) - 1; }
static lane_set lanes_until(void) { return lanes_before() << 1 | 1; }
static lane_set lanes_of_cluster(uint cluster)
{
    return cluster < WAVE ? (((lane_set)1 << cluster) - 1) << (lane_id() & -cluster) : ALL_LANES;
}

#define LOGICAL_BUILTIN(name, parameter, op, among)                                                          \
    BUILTIN int sub_group_##name##_logical_##op(int x parameter) { return LOGICAL_##op(x, among); }
#define COMMA_CLUSTER , uint cluster
#define LOGICAL(op)                                                                                          \
    LOGICAL_BUILTIN(non_uniform_reduce, , op, ALL_LANES)                                                     \
    LOGICAL_BUILTIN(non_uniform_scan_inclusive, , op, lanes_until())                                         \
    LOGICAL_BUILTIN(non_uniform_scan_exclusive, , op, lanes_before())                                        \
    LOGICAL_BUILTIN(clustered_reduce, COMMA_CLUSTER, op, lanes_of_cluster(cluster))
LOGICAL(and)
LOGICAL(or)
LOGICAL(xor)

// ---- Which sub-group this is, and votes ---------------------------------------------------------------

BUILTIN uint get_sub_group_id(void) { return (uint)word_first((int)get_local_linear_id()) / WAVE; }
BUILTIN uint get_sub_group_local_id(void) { return lane_id(); }
BUILTIN uint get_sub_group_size(void)
{
    uint items = (uint)get_local_size(0) * (uint)get_local_size(1) * (uint)get_local_size(2);
    uint left = items - get_sub_group_id() * WAVE;
    return left < WAVE ? left : WAVE;
}

BUILTIN int sub_group_all(int x) { return LANES_WHERE(x == 0) == 0; }
BUILTIN int sub_group_any(int x) { return LANES_WHERE(x != 0) != 0; }
BUILTIN int sub_group_non_uniform_all(int x) { return sub_group_all(x); }
BUILTIN int sub_group_non_uniform_any(int x) { return sub_group_any(x); }
BUILTIN int sub_group_elect(void) { return lanes_below(LANES_WHERE(true)) == 0; }

#define ALL_EQUAL(T, W, LOWEST, HIGHEST)                                                                     \
    BUILTIN int sub_group_non_uniform_all_equal(T x)                                                         \
    {                                                                                                        \
        return LANES_WHERE(!((W)x == value_word_first((W)x))) == 0;                                          \
    }
TYPES(ALL_EQUAL)

// ---- Ballots ------------------------------------------------------------------------------------------

BUILTIN uint4 sub_group_ballot(int x) { return bits_of(LANES_WHERE(x != 0)); }
BUILTIN int sub_group_inverse_ballot(uint4 bits) { return set_of(bits) >> lane_id() & 1; }
BUILTIN int sub_group_ballot_bit_extract(uint4 bits, uint lane)
{
    return set_of(bits) >> (lane & (WAVE - 1)) & 1;
}
BUILTIN uint sub_group_ballot_bit_count(uint4 bits) { return set_count(set_of(bits) & lanes_of_dispatch()); }
BUILTIN uint sub_group_ballot_inclusive_scan(uint4 bits)
{
    return lanes_below(set_of(bits)) + (set_of(bits) >> lane_id() & 1);
}
BUILTIN uint sub_group_ballot_exclusive_scan(uint4 bits) { return lanes_below(set_of(bits)); }
BUILTIN uint sub_group_ballot_find_lsb(uint4 bits) { return set_first(set_of(bits) & lanes_of_dispatch()); }
BUILTIN uint sub_group_ballot_find_msb(uint4 bits) { return set_last(set_of(bits) & lanes_of_dispatch()); }

BUILTIN uint4 get_sub_group_eq_mask(void) { return bits_of((lane_set)1 << lane_id()); }
BUILTIN uint4 get_sub_group_ge_mask(void) { return bits_of(~lanes_before() & lanes_of_dispatch()); }
BUILTIN uint4 get_sub_group_gt_mask(void) { return bits_of(~lanes_until() & lanes_of_dispatch()); }
BUILTIN uint4 get_sub_group_le_mask(void) { return bits_of(lanes_until()); }
BUILTIN uint4 get_sub_group_lt_mask(void) { return bits_of(lanes_before()); }

// ---- Broadcasts ---------------------------------------------------------------------------------------

#define BROADCAST(name, T, W)                                                                                \
    BUILTIN T name(T x, uint lane) { return (T)value_word_broadcast((W)x, (uint)word_first((int)lane)); }    \
    BUILTIN T##2 name(T##2 x, uint lane) { return (T##2)(name(x.x, lane), name(x.y, lane)); }                \
    BUILTIN T##3 name(T##3 x, uint lane) { return (T##3)(name(x.xy, lane), name(x.z, lane)); }               \
    BUILTIN T##4 name(T##4 x, uint lane) { return (T##4)(name(x.lo, lane), name(x.hi, lane)); }              \
    BUILTIN T##8 name(T##8 x, uint lane) { return (T##8)(name(x.lo, lane), name(x.hi, lane)); }              \
    BUILTIN T##16 name(T##16 x, uint lane) { return (T##16)(name(x.lo, lane), name(x.hi, lane)); }
#define BROADCASTS(T, W, LOWEST, HIGHEST)                                                                    \
    BROADCAST(sub_group_broadcast, T, W)                                                                     \
    BROADCAST(sub_group_non_uniform_broadcast, T, W)                                                         \
    BUILTIN T sub_group_broadcast_first(T x) { return (T)value_word_first((W)x); }
TYPES(BROADCASTS)

// ---- Shuffles and rotations ---------------------------------------------------------------------------

// A group smaller than a wave turns within its own size, which may be any number.
static uint rotated(int delta)
{
    int size = (int)get_max_sub_group_size();
    if (size == WAVE) return (lane_id() + (uint)delta) & (WAVE - 1);
    int lane = ((int)lane_id() + delta % size) % size;
    return (uint)(lane < 0 ? lane + size : lane);
}

static uint rotated_in_cluster(int delta, uint cluster)
{
    uint within = cluster - 1;
    return (lane_id() & ~within) | ((lane_id() + (uint)delta) & within);
}

#define SHUFFLES(T, W, LOWEST, HIGHEST)                                                                      \
    BUILTIN T sub_group_shuffle(T x, uint lane) { return (T)value_word_from((W)x, lane); }                   \
    BUILTIN T sub_group_shuffle_xor(T x, uint mask) { return (T)value_word_from((W)x, lane_id() ^ mask); }   \
    BUILTIN T sub_group_shuffle_up(T x, uint delta) { return (T)value_word_from((W)x, lane_id() - delta); }  \
    BUILTIN T sub_group_shuffle_down(T x, uint delta)                                                        \
    {                                                                                                        \
        return (T)value_word_from((W)x, lane_id() + delta);                                                  \
    }                                                                                                        \
    BUILTIN T sub_group_rotate(T x, int delta) { return (T)value_word_from((W)x, rotated(delta)); }          \
    BUILTIN T sub_group_clustered_rotate(T x, int delta, uint cluster)                                       \
    {                                                                                                        \
        return (T)value_word_from((W)x, rotated_in_cluster(delta, cluster));                                 \
    }
TYPES(SHUFFLES)
