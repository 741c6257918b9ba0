// Loads and stores of FLAT, GLOBAL, SCRATCH and MUBUF: `l->address` holds host addresses, s1 the data.
// Inactive lanes of d keep what they hold, so d may be the register itself. "RDNA 2" ISA guide, chapters 8
// and 9. Unaligned accesses are allowed, as the device runs with them enabled.
#include "memory.h"

#define LOAD_SMALL(name, host_type, result_type)                                                             \
    VECTOR_FN(name)                                                                                          \
    {                                                                                                        \
        EACH_LANE(i, l->exec) d[0][i] = (uint32_t)(result_type) * (const host_type *)l->address[i];          \
    }

LOAD_SMALL(mem_load_ubyte, uint8_t, uint8_t)
LOAD_SMALL(mem_load_sbyte, uint8_t, int8_t)
LOAD_SMALL(mem_load_ushort, host_u16, uint16_t)
LOAD_SMALL(mem_load_sshort, host_u16, int16_t)

// 16-bit loads into one half; the other half of d is kept.
#define LOAD_D16(name, host_type, result_type)                                                               \
    VECTOR_FN(name)                                                                                          \
    {                                                                                                        \
        EACH_LANE(i, l->exec)                                                                                \
        {                                                                                                    \
            uint16_t half = (uint16_t)(result_type) * (const host_type *)l->address[i];                      \
            d[0][i] = (d[0][i] & 0xffff0000) | half;                                                         \
        }                                                                                                    \
    }                                                                                                        \
    VECTOR_FN(name##_hi)                                                                                     \
    {                                                                                                        \
        EACH_LANE(i, l->exec)                                                                                \
        {                                                                                                    \
            uint16_t half = (uint16_t)(result_type) * (const host_type *)l->address[i];                      \
            d[0][i] = (d[0][i] & 0xffff) | (uint32_t)half << 16;                                             \
        }                                                                                                    \
    }

LOAD_D16(mem_load_ubyte_d16, uint8_t, uint8_t)
LOAD_D16(mem_load_sbyte_d16, uint8_t, int8_t)
LOAD_D16(mem_load_short_d16, host_u16, uint16_t)

HOST_ACCESS void load_dwords(u32x16 *d, const struct lanes *l, unsigned count)
{
    EACH_LANE(i, l->exec)
    {
        const host_u32 *p = (const host_u32 *)l->address[i];
        for (unsigned k = 0; k < count; k++) d[k][i] = p[k];
    }
}

HOST_ACCESS void store_dwords(const u32x16 *s, const struct lanes *l, unsigned count)
{
    EACH_LANE(i, l->exec)
    {
        host_u32 *p = (host_u32 *)l->address[i];
        for (unsigned k = 0; k < count; k++) p[k] = s[k][i];
    }
}

HOST_ACCESS u32x16 full_row_load(uint64_t base) { return *(const host_u32x16 *)base; }

#define EVEN       0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODD        1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#define LOW_PAIRS  0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH_PAIRS 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31

// d[0] = even dwords, d[1] = odd dwords of two rows.
static inline void rows_split(u32x16 *d, u32x16 low, u32x16 high)
{
    d[0] = __builtin_shufflevector(low, high, EVEN);
    d[1] = __builtin_shufflevector(low, high, ODD);
}

static inline void rows_join(u32x16 *d, u32x16 even, u32x16 odd)
{
    d[0] = __builtin_shufflevector(even, odd, LOW_PAIRS);
    d[1] = __builtin_shufflevector(even, odd, HIGH_PAIRS);
}

VECTOR_FN(mem_load_dword)
{
    uint64_t base;
    if (addresses_ascend(l, 4, &base))
        d[0] = row_load(base, l->exec, d[0]);
    else
        load_dwords(d, l, 1);
}

VECTOR_FN(mem_load_dwordx2)
{
    uint64_t base;
    if (l->exec == 0xffff && addresses_ascend(l, 8, &base))
        rows_split(d, full_row_load(base), full_row_load(base + 64));
    else
        load_dwords(d, l, 2);
}

VECTOR_FN(mem_load_dwordx3) { load_dwords(d, l, 3); }

VECTOR_FN(mem_load_dwordx4)
{
    uint64_t base;
    if (l->exec != 0xffff || !addresses_ascend(l, 16, &base)) {
        load_dwords(d, l, 4);
        return;
    }
    u32x16 low[2], high[2], even[2], odd[2];
    rows_split(low, full_row_load(base), full_row_load(base + 64));
    rows_split(high, full_row_load(base + 128), full_row_load(base + 192));
    rows_split(even, low[0], high[0]);
    rows_split(odd, low[1], high[1]);
    d[0] = even[0];
    d[1] = odd[0];
    d[2] = even[1];
    d[3] = odd[1];
}

#define STORE_SMALL(name, host_type, shift)                                                                  \
    VECTOR_FN(name) { EACH_LANE(i, l->exec) * (host_type *)l->address[i] = (host_type)(s1[0][i] >> shift); }

STORE_SMALL(mem_store_byte, uint8_t, 0)
STORE_SMALL(mem_store_byte_d16_hi, uint8_t, 16)
STORE_SMALL(mem_store_short, host_u16, 0)
STORE_SMALL(mem_store_short_d16_hi, host_u16, 16)

VECTOR_FN(mem_store_dword)
{
    uint64_t base;
    if (addresses_ascend(l, 4, &base))
        row_store(base, s1[0], l->exec);
    else
        store_dwords(s1, l, 1);
}

VECTOR_FN(mem_store_dwordx2)
{
    uint64_t base;
    if (l->exec != 0xffff || !addresses_ascend(l, 8, &base)) {
        store_dwords(s1, l, 2);
        return;
    }
    u32x16 rows[2];
    rows_join(rows, s1[0], s1[1]);
    row_store(base, rows[0], 0xffff);
    row_store(base + 64, rows[1], 0xffff);
}

VECTOR_FN(mem_store_dwordx3) { store_dwords(s1, l, 3); }

VECTOR_FN(mem_store_dwordx4)
{
    uint64_t base;
    if (l->exec != 0xffff || !addresses_ascend(l, 16, &base)) {
        store_dwords(s1, l, 4);
        return;
    }
    u32x16 even[2], odd[2], rows[2];
    rows_join(even, s1[0], s1[2]);
    rows_join(odd, s1[1], s1[3]);
    for (unsigned half = 0; half < 2; half++) {
        rows_join(rows, even[half], odd[half]);
        row_store(base + 128 * half, rows[0], 0xffff);
        row_store(base + 128 * half + 64, rows[1], 0xffff);
    }
}
