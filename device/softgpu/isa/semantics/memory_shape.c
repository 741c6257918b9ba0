// The simple shapes of accesses as functions, for the translator: it tells them apart before it falls back on
// an instruction's whole meaning.
#include "memory_shape.h"

#include "memory_gather.h"
#include "memory_halves.h"

static inline bool active_all(i32x16 condition, uint16_t exec)
{
    uint16_t holds = __builtin_bit_cast(uint16_t, __builtin_convertvector(condition, lane_bits));
    return (uint16_t)(holds | ~exec) == 0xffff;
}

bool shape_row(const u32x16 *low, uint16_t exec, uint32_t size)
{
    uint32_t first = (*low)[0];
    return active_all(*low == first + LANE_NUMBERS * size, exec) && first <= UINT32_MAX - 16 * size;
}

bool shape_same(const u32x16 *value, uint16_t exec) { return active_all(*value == (*value)[0], exec); }

#define SHAPE(name, row, type)                                                                               \
    void name(type *d, uint64_t base, __attribute__((unused)) uint16_t exec);                                \
    void name(type *d, uint64_t base, __attribute__((unused)) uint16_t exec) { row; }

SHAPE(shape_load_1, row_load_1(d, base, exec), u32x16)
SHAPE(shape_load_2, pairs_row_read(d, base), u32x16)
SHAPE(shape_load_4, quadruples_row_read(d, base), u32x16)
SHAPE(shape_store_1, row_store_1(d, base, exec), const u32x16)
SHAPE(shape_store_2, pairs_row_write(d, base), const u32x16)
SHAPE(shape_store_4, quadruples_row_write(d, base), const u32x16)

// Rows of bytes and halves. Where the host masks those, inactive lanes of a load read nothing, and get 0;
// else, and of a store, all lanes are active.
#ifdef __AVX512BW__
#define SMALL_ROW(name, base, exec)                                                                          \
    __builtin_masked_load(exec_lanes(exec), (const name##_one *)(base), (name##_row){0})
#else
#define SMALL_ROW(name, base, exec) (*(const name##_host *)(base))
#endif
#define SMALL(name, part, extended)                                                                          \
    typedef part name##_row __attribute__((ext_vector_type(16)));                                            \
    typedef name##_row __attribute__((aligned(1), may_alias)) name##_host;                                   \
    typedef part __attribute__((aligned(1), may_alias)) name##_one;                                          \
    typedef extended name##_wide __attribute__((ext_vector_type(16)));                                       \
    SHAPE(shape_load_##name,                                                                                 \
          d[0] = (u32x16) __builtin_convertvector(SMALL_ROW(name, base, exec), name##_wide), u32x16)         \
    SHAPE(shape_spread_##name, d[0] = (u32x16){0} + (uint32_t)(extended) * (const name##_one *)base, u32x16) \
    SHAPE(shape_store_##name, *(name##_host *)base = __builtin_convertvector(*d, name##_row), const u32x16)

SMALL(u8, uint8_t, uint32_t)
SMALL(s8, int8_t, int32_t)
SMALL(u16, uint16_t, uint32_t)
SMALL(s16, int16_t, int32_t)

// All lanes the same.
SHAPE(shape_spread_1, dwords_spread(d, base, 1), u32x16)
SHAPE(shape_spread_2, dwords_spread(d, base, 2), u32x16)
SHAPE(shape_spread_4, dwords_spread(d, base, 4), u32x16)

// Lanes 0 to 7, and 8 to 15: each half is a row, or all of it is the same, as it is in work-groups that are 8
// items wide. All lanes are active, and read from what lies between `from` and `to`, as rows.
uint32_t shape_halves(const u64x16 *address, uint16_t exec, uint32_t size, uint64_t from, uint64_t to);
uint32_t shape_halves(const u64x16 *address, uint16_t exec, uint32_t size, uint64_t from, uint64_t to)
{
#define EACH_HALF(v) __builtin_shufflevector(v, v, 0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 8, 8, 8, 8, 8, 8)
    const u64x16 first = EACH_HALF(*address), numbers = {0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7};
    const uint64_t low = (*address)[0], high = (*address)[8], last = to - HALF_LANES * size;
    if (exec != UINT16_MAX || low < from || high < from || low > last || high > last) return HALVES_NONE;
    if (active_all(__builtin_convertvector(*address == first, i32x16), exec)) return HALVES_SAME;
    bool rows = active_all(__builtin_convertvector(*address == first + numbers * size, i32x16), exec);
    return rows ? HALVES_ROWS : HALVES_NONE;
}

#define HALVES_SHAPE(name, read)                                                                             \
    void name(u32x16 *d, uint64_t low, uint64_t high);                                                       \
    void name(u32x16 *d, uint64_t low, uint64_t high) { read; }

HOST_ACCESS void singles_halves_read(u32x16 *d, uint64_t low, uint64_t high)
{
    typedef u32x8 __attribute__((aligned(1), may_alias)) host_half;
    *d = __builtin_shufflevector(*(const host_half *)low, *(const host_half *)high, 0, 1, 2, 3, 4, 5, 6, 7, 8,
                                 9, 10, 11, 12, 13, 14, 15);
}

HOST_ACCESS void halves_spread(u32x16 *d, uint64_t low, uint64_t high, unsigned count)
{
    for (unsigned k = 0; k < count; k++) {
        u32x16 front = (u32x16){0} + ((const host_u32 *)low)[k],
               back = (u32x16){0} + ((const host_u32 *)high)[k];
        d[k] = __builtin_shufflevector(front, back, 0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 26, 27, 28, 29, 30, 31);
    }
}

HALVES_SHAPE(shape_halves_load_1, singles_halves_read(d, low, high))
HALVES_SHAPE(shape_halves_load_2, pairs_halves_read(d, low, high))
HALVES_SHAPE(shape_halves_load_4, quadruples_halves_read(d, low, high))
HALVES_SHAPE(shape_halves_spread_1, halves_spread(d, low, high, 1))
HALVES_SHAPE(shape_halves_spread_2, halves_spread(d, low, high, 2))
HALVES_SHAPE(shape_halves_spread_4, halves_spread(d, low, high, 4))

// All lanes, a constant apart: in order, and what two of them write is the last one's.
#define EACH_OF_16(i) _Pragma("clang loop unroll(full)") for (unsigned i = 0; i < 16; i++)
#define STRIDED(name, type, move)                                                                            \
    void name(type *d, uint64_t base, uint64_t stride);                                                      \
    void name(type *d, uint64_t base, uint64_t stride) { move; }

HOST_ACCESS void strided_load_2(u32x16 *d, uint64_t base, uint64_t stride)
{
    u64x16 pairs;
    EACH_OF_16(i) pairs[i] = *(const host_u64 *)(base + i * stride);
    d[0] = __builtin_convertvector(pairs, u32x16);
    d[1] = __builtin_convertvector(pairs >> 32, u32x16);
}

HOST_ACCESS void strided_load_4(u32x16 *d, uint64_t base, uint64_t stride)
{
    u32x4 lane[16];
    EACH_OF_16(i) lane[i] = *(const host_u32x4 *)(base + i * stride);
    u32x16 rows[4];
    for (unsigned n = 0; n < 4; n++) rows[n] = quarters_join(lane[n], lane[n + 4], lane[n + 8], lane[n + 12]);
    quadruples_to_words(rows, d);
}

HOST_ACCESS void strided_store_2(const u32x16 *s, uint64_t base, uint64_t stride)
{
    const u32x16 rows[] = {TURNS(s[0], s[1], 0), TURNS(s[0], s[1], 2)};
    uint64_t pairs[16];
    __builtin_memcpy(pairs, rows, sizeof pairs);
    EACH_OF_16(i) * (volatile host_u64 *)(base + i * stride) = pairs[i / 2 % 2 * 8 + i / 4 * 2 + i % 2];
}

HOST_ACCESS void strided_store_4(const u32x16 *s, uint64_t base, uint64_t stride)
{
    u32x16 rows[4];
    quadruples_to_words(s, rows);
    EACH_OF_16(i) * (volatile host_u32x4 *)(base + i * stride) = ((const host_u32x4 *)&rows[i % 4])[i / 4];
}

STRIDED(shape_strided_load_1, u32x16, EACH_OF_16(i) d[0][i] = *(const host_u32 *)(base + i * stride))
STRIDED(shape_strided_load_2, u32x16, strided_load_2(d, base, stride))
STRIDED(shape_strided_load_4, u32x16, strided_load_4(d, base, stride))
STRIDED(shape_strided_store_1, const u32x16,
        EACH_OF_16(i) * (volatile host_u32 *)(base + i * stride) = d[0][i])
STRIDED(shape_strided_store_2, const u32x16, strided_store_2(d, base, stride))
STRIDED(shape_strided_store_4, const u32x16, strided_store_4(d, base, stride))

// Anywhere.
#define SCATTER(name, store)                                                                                 \
    void name(const u32x16 *s, const u64x16 *address, uint16_t exec);                                        \
    void name(const u32x16 *s, const u64x16 *address, uint16_t exec) { store; }
#define SCATTER_SMALL(name)                                                                                  \
    EACH_LANE(i, exec) * (name##_one *)((const host_u64 *)address)[i] = (name##_one)((const host_u32 *)s)[i]

SCATTER(shape_scatter_1, dwords_scatter_1(s, address, exec))
SCATTER(shape_scatter_2, dwords_scatter_2(s, address, exec))
SCATTER(shape_scatter_4, dwords_scatter_4(s, address, exec))
SCATTER(shape_scatter_u8, SCATTER_SMALL(u8))
SCATTER(shape_scatter_u16, SCATTER_SMALL(u16))

// The lanes whose accesses to LDS lie inside of it.
uint16_t shape_inside(const u32x16 *address, uint16_t exec, uint32_t size, uint32_t bytes);
uint16_t shape_inside(const u32x16 *address, uint16_t exec, uint32_t size, uint32_t bytes)
{
    lane_bits inside = __builtin_convertvector(*address <= size - bytes, lane_bits);
    return (uint16_t)(__builtin_bit_cast(uint16_t, inside) & exec & -(size >= bytes));
}

// Anywhere: where the host has gathers. Inactive lanes read nothing, and get 0.
#ifdef __AVX2__
HOST_ACCESS u32x16 gather(u64x16 address, i32x16 mask)
{
#define GATHER(i)                                                                                            \
    (u32x4) _mm256_mask_i64gather_epi32((__m128i){0}, NULL, (__m256i)QUARTER(address, 4 * (i)),              \
                                        (__m128i)QUARTER(mask, 4 * (i)), 1)
    return quarters_join(GATHER(0), GATHER(1), GATHER(2), GATHER(3));
}

#ifdef __AVX512F__
// One lane behind another, which on Zen 4 takes half as long as the host's gathers do (2.2 ns instead of 5).
// Volatile, for compilers would take addresses out of a vector.
static const uint32_t nothing[4] = {0};

#define OF_EACH_16(f)                                                                                        \
    f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7), f(8), f(9), f(10), f(11), f(12), f(13), f(14), f(15)
#define FROM_1(i) *(const host_u32 *)from[i]
#define FROM_2(i) *(const host_u64 *)from[i]
#define FROM_4(i) *(const host_u32x4 *)from[i]

HOST_ACCESS void lanes_gather_1(u32x16 *d, const volatile uint64_t *from)
{
    *d = (u32x16){OF_EACH_16(FROM_1)};
}

HOST_ACCESS void lanes_gather_2(u32x16 *d, const volatile uint64_t *from)
{
    const u64x16 pairs = {OF_EACH_16(FROM_2)};
    d[0] = __builtin_convertvector(pairs, u32x16);
    d[1] = __builtin_convertvector(pairs >> 32, u32x16);
}

// Of lanes n, n + 4, n + 8 and n + 12.
#define QUADRUPLES(n) quarters_join(FROM_4(n), FROM_4(n + 4), FROM_4(n + 8), FROM_4(n + 12))
HOST_ACCESS void lanes_gather_4(u32x16 *d, const volatile uint64_t *from)
{
    const u32x16 rows[] = {QUADRUPLES(0), QUADRUPLES(1), QUADRUPLES(2), QUADRUPLES(3)};
    quadruples_to_words(rows, d);
}

#define GATHER_LANES(d, address, exec, dwords)                                                               \
    volatile u64x16 places =                                                                                 \
        __builtin_convertvector(truth_of(exec), i64x16) ? *(address) : (u64x16){0} + (uint64_t)nothing;      \
    lanes_gather_##dwords(d, (const volatile uint64_t *)&places)
#else
#define GATHER_LANES(d, address, exec, dwords)                                                               \
    i32x16 mask = truth_of(exec);                                                                            \
    for (unsigned k = 0; k < (dwords); k++) (d)[k] = gather(*(address) + 4 * k, mask)
#endif

#define GATHERED(name, dwords)                                                                               \
    void name(u32x16 *d, const u64x16 *address, uint16_t exec);                                              \
    void name(u32x16 *d, const u64x16 *address, uint16_t exec) { GATHER_LANES(d, address, exec, dwords); }

GATHERED(shape_gather_1, 1)
GATHERED(shape_gather_2, 2)
GATHERED(shape_gather_4, 4)

// LDS: an access that is not wholly inside reads 0.
#define GATHERED_NEAR(name, dwords)                                                                          \
    void name(u32x16 *d, const u32x16 *offset, uint16_t exec, uint64_t lds, uint32_t size);                  \
    void name(u32x16 *d, const u32x16 *offset, uint16_t exec, uint64_t lds, uint32_t size)                   \
    {                                                                                                        \
        i32x16 any = (i32x16){0} - (size >= 4 * (dwords));                                                   \
        i32x16 mask = truth_of(exec) & (*offset <= size - 4 * (dwords)) & any;                               \
        for (unsigned k = 0; k < (dwords); k++) d[k] = gather_near(lds + 4 * k, *offset, mask);              \
    }

GATHERED_NEAR(shape_gather_near_1, 1)
GATHERED_NEAR(shape_gather_near_2, 2)
GATHERED_NEAR(shape_gather_near_4, 4)

// Bytes and halves out of the dwords that they lie in, which lie in the same page; a half may lie in two.
HOST_ACCESS u32x16 gather_small(u64x16 address, i32x16 mask, bool halves)
{
    u32x16 byte = __builtin_convertvector(address, u32x16) & 3;
    u32x16 value = gather(address & ~UINT64_C(3), mask) >> 8 * byte;
    i32x16 split = mask & (byte == 3);
    lane_bits any = __builtin_convertvector(split, lane_bits);
    if (halves && __builtin_bit_cast(uint16_t, any))
        value |= gather((address & ~UINT64_C(3)) + 4, split) << 8;
    return value;
}

#define GATHERED_SMALL(name, type, halves)                                                                   \
    void name(u32x16 *d, const u64x16 *address, uint16_t exec);                                              \
    void name(u32x16 *d, const u64x16 *address, uint16_t exec)                                               \
    {                                                                                                        \
        u32x16 value = gather_small(*address, truth_of(exec), halves);                                       \
        d[0] = (u32x16) __builtin_convertvector(__builtin_convertvector(value, type##_row), type##_wide);    \
    }

GATHERED_SMALL(shape_gather_u8, u8, false)
GATHERED_SMALL(shape_gather_s8, s8, false)
GATHERED_SMALL(shape_gather_u16, u16, true)
GATHERED_SMALL(shape_gather_s16, s16, true)
#endif
