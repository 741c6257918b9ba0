// Loads and stores of FLAT, GLOBAL, SCRATCH and MUBUF: `l->address` holds host addresses, s1 the data.
// Inactive lanes of d keep what they hold, so d may be the register itself. "RDNA 2" ISA guide, chapters 8
// and 9. Unaligned accesses are allowed, as the device runs with them enabled.
#include "memory_shape.h"

// A row of bytes or 16-bit values, as 16 lanes have it that lie side by side.
#define HOST_ROW(type) type __attribute__((ext_vector_type(16), aligned(1), may_alias))

HOST_ACCESS bool is_small_row(const struct lanes *l, unsigned size, uint64_t *base)
{
    return l->exec == 0xffff && addresses_ascend(l, size, base);
}

#define LOAD_SMALL(name, host_type, result_type)                                                             \
    VECTOR_FN(name)                                                                                          \
    {                                                                                                        \
        typedef HOST_ROW(result_type) host_row;                                                              \
        uint64_t base;                                                                                       \
        if (is_small_row(l, sizeof(result_type), &base))                                                     \
            d[0] = __builtin_convertvector(*(const host_row *)base, u32x16);                                 \
        else                                                                                                 \
            EACH_LANE(i, l->exec)                                                                            \
        lane_set(d, i, (uint32_t)(result_type) * (const host_type *)l->address[i]);                          \
    }

LOAD_SMALL(mem_load_ubyte, uint8_t, uint8_t)
LOAD_SMALL(mem_load_sbyte, uint8_t, int8_t)
LOAD_SMALL(mem_load_ushort, host_u16, uint16_t)
LOAD_SMALL(mem_load_sshort, host_u16, int16_t)

// 16-bit loads into one half; the other half of d is kept.
#define LOAD_D16(name, host_type, result_type)                                                               \
    VECTOR_FN(name)                                                                                          \
    {                                                                                                        \
        typedef HOST_ROW(result_type) host_row;                                                              \
        uint64_t base;                                                                                       \
        if (is_small_row(l, sizeof(result_type), &base)) {                                                   \
            u32x16 row = __builtin_convertvector(*(const host_row *)base, u32x16);                           \
            d[0] = (d[0] & 0xffff0000) | (row & 0xffff);                                                     \
            return;                                                                                          \
        }                                                                                                    \
        EACH_LANE(i, l->exec)                                                                                \
        {                                                                                                    \
            uint16_t half = (uint16_t)(result_type) * (const host_type *)l->address[i];                      \
            lane_set(d, i, (d[0][i] & 0xffff0000) | half);                                                   \
        }                                                                                                    \
    }                                                                                                        \
    VECTOR_FN(name##_hi)                                                                                     \
    {                                                                                                        \
        typedef HOST_ROW(result_type) host_row;                                                              \
        uint64_t base;                                                                                       \
        if (is_small_row(l, sizeof(result_type), &base)) {                                                   \
            u32x16 row = __builtin_convertvector(*(const host_row *)base, u32x16);                           \
            d[0] = (d[0] & 0xffff) | row << 16;                                                              \
            return;                                                                                          \
        }                                                                                                    \
        EACH_LANE(i, l->exec)                                                                                \
        {                                                                                                    \
            uint16_t half = (uint16_t)(result_type) * (const host_type *)l->address[i];                      \
            lane_set(d, i, (d[0][i] & 0xffff) | (uint32_t)half << 16);                                       \
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
        for (unsigned k = 0; k < count; k++) lane_set(&d[k], i, p[k]);
    }
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
        pairs_row_read(d, base);
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
    quadruples_row_read(d, base);
}

// From the lowest address on, as full_row_store.
#define STORE_SMALL(name, value_type, host_type, shift)                                                      \
    VECTOR_FN(name)                                                                                          \
    {                                                                                                        \
        typedef HOST_ROW(value_type) host_row;                                                               \
        typedef uint64_t __attribute__((ext_vector_type(2), aligned(1), may_alias)) host_part;               \
        union {                                                                                              \
            host_row row;                                                                                    \
            host_part parts[sizeof(value_type)];                                                             \
        } u;                                                                                                 \
        uint64_t base;                                                                                       \
        if (is_small_row(l, sizeof(value_type), &base)) {                                                    \
            u.row = __builtin_convertvector(s1[0] >> shift, host_row);                                       \
            for (unsigned i = 0; i < sizeof(value_type); i++) ((volatile host_part *)base)[i] = u.parts[i];  \
        } else {                                                                                             \
            EACH_LANE(i, l->exec) * (host_type *)l->address[i] = (host_type)(s1[0][i] >> shift);             \
        }                                                                                                    \
    }

STORE_SMALL(mem_store_byte, uint8_t, uint8_t, 0)
STORE_SMALL(mem_store_byte_d16_hi, uint8_t, uint8_t, 16)
STORE_SMALL(mem_store_short, uint16_t, host_u16, 0)
STORE_SMALL(mem_store_short_d16_hi, uint16_t, host_u16, 16)

VECTOR_FN(mem_store_dword)
{
    uint64_t base;
    if (addresses_ascend(l, 4, &base))
        row_store(base, s1[0], l->exec);
    else
        dwords_scatter_1(s1, &l->address, l->exec);
}

VECTOR_FN(mem_store_dwordx2)
{
    uint64_t base;
    if (l->exec != 0xffff || !addresses_ascend(l, 8, &base)) {
        dwords_scatter_2(s1, &l->address, l->exec);
        return;
    }
    pairs_row_write(s1, base);
}

VECTOR_FN(mem_store_dwordx3)
{
    EACH_LANE(i, l->exec)
    {
        host_u32 *p = (host_u32 *)l->address[i];
        for (unsigned k = 0; k < 3; k++) p[k] = s1[k][i];
    }
}

VECTOR_FN(mem_store_dwordx4)
{
    uint64_t base;
    if (l->exec != 0xffff || !addresses_ascend(l, 16, &base)) {
        dwords_scatter_4(s1, &l->address, l->exec);
        return;
    }
    quadruples_row_write(s1, base);
}
