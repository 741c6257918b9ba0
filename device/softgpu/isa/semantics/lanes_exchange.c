// Instructions that move values between lanes, and counters of active lanes. "RDNA 2" ISA guide,
// chapter 12.11 and 12.13.
//
// Lanes reach those of their own 32, also in wave64.
#include "memory.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

#define UNUSED __attribute__((unused))
#define LANES_FN(name)                                                                                       \
    lanes_fn name;                                                                                           \
    void name(UNUSED u32x16 *d, UNUSED const u32x16 *s0, UNUSED const u32x16 *s1, UNUSED const u32x16 *s2,   \
              const struct wave_lanes *l)

// Of 32 lanes: two slices of each operand.
#define HALF_FN(name)                                                                                        \
    static inline void name(UNUSED u32x16 *d, UNUSED const u32x16 *s0, UNUSED const u32x16 *s1,              \
                            UNUSED const u32x16 *s2, const struct wave_lanes *l, uint32_t exec)
#define LANES_BY_HALVES(name, half)                                                                          \
    LANES_FN(name)                                                                                           \
    {                                                                                                        \
        half(d, s0, s1, s2, l, (uint32_t)l->exec);                                                           \
        if (l->slices > 2) half(d + 2, s0 + 2, s1 + 2, s2 + 2, l, (uint32_t)(l->exec >> 32));                \
    }
#define EACH_SLICE(slice) _Pragma("clang loop unroll(full)") for (unsigned slice = 0; slice < 2; slice++)

static inline uint16_t exec_of(uint32_t exec, unsigned slice) { return (uint16_t)(exec >> 16 * slice); }

// --- Looking up ---

#if defined __AVX2__ && !defined __AVX512F__
typedef uint32_t u32x8 __attribute__((ext_vector_type(8)));
typedef int32_t i32x8 __attribute__((ext_vector_type(8)));
#define EIGHT(v, i)                                                                                          \
    __builtin_shufflevector(v, v, 8 * (i), 8 * (i) + 1, 8 * (i) + 2, 8 * (i) + 3, 8 * (i) + 4, 8 * (i) + 5,  \
                            8 * (i) + 6, 8 * (i) + 7)
#define SIXTEEN(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)

// Of eight lanes, those that the index's low three bits name.
static inline u32x8 eight_look_up(u32x8 from, u32x8 index)
{
    return (u32x8)_mm256_permutevar8x32_epi32((__m256i)from, (__m256i)index);
}

// By bit `bit` of the index, which goes where the host looks for it.
static inline u32x8 eight_choose(u32x8 index, unsigned bit, u32x8 set, u32x8 clear)
{
    return (i32x8)(index << (31 - bit)) < 0 ? set : clear;
}

static inline u32x8 eight_of_row(u32x16 from, u32x8 index)
{
    u32x8 low = eight_look_up(EIGHT(from, 0), index), high = eight_look_up(EIGHT(from, 1), index);
    return eight_choose(index, 3, high, low);
}

static inline u32x8 eight_of_half(const u32x16 from[2], u32x8 index)
{
    return eight_choose(index, 4, eight_of_row(from[1], index), eight_of_row(from[0], index));
}
#endif

// Of a row, the lanes that the index names, which is below 16.
static inline u32x16 row_look_up(u32x16 from, u32x16 index)
{
#if defined __AVX512F__
    return (u32x16)_mm512_permutexvar_epi32((__m512i)index, (__m512i)from);
#elif defined __AVX2__
    return SIXTEEN(eight_of_row(from, EIGHT(index, 0)), eight_of_row(from, EIGHT(index, 1)));
#else
    u32x16 found;
    for (unsigned i = 0; i < 16; i++) found[i] = ((const uint32_t *)&from)[index[i]];
    return found;
#endif
}

// Of two rows: it is below 32.
static inline u32x16 half_look_up(const u32x16 from[2], u32x16 index)
{
#if defined __AVX512F__
    return (u32x16)_mm512_permutex2var_epi32((__m512i)from[0], (__m512i)index, (__m512i)from[1]);
#elif defined __AVX2__
    return SIXTEEN(eight_of_half(from, EIGHT(index, 0)), eight_of_half(from, EIGHT(index, 1)));
#else
    u32x16 found;
    for (unsigned i = 0; i < 16; i++) found[i] = ((const uint32_t *)from)[index[i]];
    return found;
#endif
}

// Inactive lanes give 0.
static inline void active_look_up(u32x16 d[2], const u32x16 from[2], const u32x16 index[2], uint32_t exec)
{
    u32x16 active[2];
    EACH_SLICE(slice) active[slice] = truth_of(exec_of(exec, slice)) ? from[slice] : 0;
    EACH_SLICE(slice) d[slice] = half_look_up(active, index[slice]);
}

// --- v_permlane: within a row of 16, or from the other one of its pair ---

// Sources 1 and 2 hold four bits of lane number for each lane of a row.
static inline void permlane(u32x16 *d, const u32x16 *s0, const u32x16 *s1, const u32x16 *s2,
                            const struct wave_lanes *l, uint32_t exec, unsigned flip)
{
    EACH_SLICE(slice)
    {
        u32x16 select = (LANE_NUMBERS < 8 ? s1[slice] : s2[slice]) >> LANE_NUMBERS % 8 * 4 & 15;
        u32x16 active = exec_of(exec, slice ^ flip) + (u32x16){0};
        i32x16 readable = l->fetch_inactive ? (i32x16)-1 : (active >> select & 1) != 0;
        u32x16 otherwise = l->bound_zero ? (u32x16){0} : d[slice];
        d[slice] = readable ? row_look_up(s0[slice ^ flip], select) : otherwise;
    }
}

HALF_FN(permlane16) { permlane(d, s0, s1, s2, l, exec, 0); }
HALF_FN(permlanex16) { permlane(d, s0, s1, s2, l, exec, 1); }
LANES_BY_HALVES(sem_v_permlane16_b32, permlane16)
LANES_BY_HALVES(sem_v_permlanex16_b32, permlanex16)

// --- ds_permute, ds_bpermute: by addresses of dwords ---

static inline u32x16 addressed_lane(u32x16 address, const struct wave_lanes *l)
{
    return (address + l->offset) / 4 & 31;
}

// Of several lanes that write to one the last does.
HALF_FN(permute)
{
    enum { NOWHERE = 32 };
    union {
        u32x16 rows[2];
        uint32_t lanes[NOWHERE + 1];
    } to = {.rows = {0}};
    EACH_SLICE(slice)
    {
        u32x16 lane = truth_of(exec_of(exec, slice)) ? addressed_lane(s0[slice], l) : NOWHERE;
        _Pragma("clang loop unroll(full)") for (unsigned i = 0; i < 16; i++) to.lanes[lane[i]] = s1[slice][i];
    }
    EACH_SLICE(slice) d[slice] = to.rows[slice];
}

HALF_FN(bpermute)
{
    u32x16 from[2];
    EACH_SLICE(slice) from[slice] = addressed_lane(s0[slice], l);
    active_look_up(d, s1, from, exec);
}

LANES_BY_HALVES(sem_ds_permute_b32, permute)
LANES_BY_HALVES(sem_ds_bpermute_b32, bpermute)

// --- ds_swizzle: the offset is the pattern ---

enum { SWIZZLE_QUAD = 0x8000, SWIZZLE_ROTATE = 0xc000, SWIZZLE_FFT = 0xe000 };

static inline u32x16 bits_reversed(u32x16 i)
{
    return (i & 1) << 4 | (i & 2) << 2 | (i & 4) | (i & 8) >> 2 | (i & 16) >> 4;
}

// The lane that each lane, below 32, reads.
static inline u32x16 swizzle_source(uint32_t pattern, u32x16 i)
{
    const uint32_t low = pattern & 31, middle = pattern >> 5 & 31, high = pattern >> 10 & 31;
    if (pattern >= SWIZZLE_FFT) return bits_reversed(i) >> (uint32_t)__builtin_popcount(low) | (i & low);
    if (pattern >= SWIZZLE_ROTATE) return (i & low) | ((i + (high & 1 ? 32 - middle : middle)) & ~low & 31);
    if (pattern >= SWIZZLE_QUAD) return (i & ~3u) | (pattern >> 2 * (i & 3) & 3);
    return ((i & low) | middle) ^ high;
}

HALF_FN(swizzle)
{
    u32x16 from[2];
    EACH_SLICE(slice) from[slice] = swizzle_source(l->offset, LANE_NUMBERS + 16 * slice);
    active_look_up(d, s0, from, exec);
}

LANES_BY_HALVES(sem_ds_swizzle_b32, swizzle)

// --- Wave-wide counters in LDS: M0 and the offset are the address ---

static inline void lanes_count(u32x16 *d, const struct wave_lanes *l, uint32_t difference)
{
    uint32_t address = (l->m0 & 0xffff) + l->offset, old = 0;
    if ((uint64_t)address + sizeof old <= l->lds_size) {
        host_u32 *counter = (host_u32 *)(l->lds + address);
        old = *counter;
        *counter = old + difference;
    }
    for (unsigned slice = 0; slice < 4; slice++) d[slice] = old + (u32x16){0};
}

LANES_FN(sem_ds_append) { lanes_count(d, l, (uint32_t)__builtin_popcountll(l->exec)); }
LANES_FN(sem_ds_consume) { lanes_count(d, l, -(uint32_t)__builtin_popcountll(l->exec)); }
