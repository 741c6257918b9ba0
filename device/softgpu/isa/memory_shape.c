// The simple shapes of accesses as functions, for the translator: it tells them apart before it falls back on
// an instruction's whole meaning.
#include "memory_shape.h"

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
SHAPE(shape_load_2, row_load_2(d, base), u32x16)
SHAPE(shape_load_4, row_load_4(d, base), u32x16)
SHAPE(shape_store_1, row_store_1(d, base, exec), const u32x16)
SHAPE(shape_store_2, row_store_2(d, base), const u32x16)
SHAPE(shape_store_4, row_store_4(d, base), const u32x16)

// All lanes the same.
SHAPE(shape_spread_1, dwords_spread(d, base, 1), u32x16)
SHAPE(shape_spread_2, dwords_spread(d, base, 2), u32x16)
SHAPE(shape_spread_4, dwords_spread(d, base, 4), u32x16)
