// Loads and stores of the local data share. "RDNA 2" ISA guide, chapter 10 and 12.13.
//
// One work-group's waves share a thread, so nothing here is atomic. Addresses wrap at 32 bits; an access that
// is not wholly inside the LDS reads 0 or writes nothing.
#include "memory_lds.h"

#define READ(name, type, result)                                                                             \
    VECTOR_FN(sem_ds_##name)                                                                                 \
    {                                                                                                        \
        u32x16 address = lds_address(s0, l);                                                                 \
        EACH_LANE(i, l->exec)                                                                                \
        {                                                                                                    \
            type value = 0;                                                                                  \
            if (lds_inside(l, address[i], sizeof value)) value = *(const type *)(l->lds + address[i]);       \
            lane_set(d, i, result);                                                                          \
        }                                                                                                    \
    }

READ(read_u8, uint8_t, value)
READ(read_i8, uint8_t, (uint32_t)(int8_t)value)
READ(read_u16, host_u16, value)
READ(read_i16, host_u16, (uint32_t)(int16_t)value)
READ(read_u8_d16, uint8_t, (d[0][i] & 0xffff0000) | value)
READ(read_i8_d16, uint8_t, (d[0][i] & 0xffff0000) | (uint16_t)(int8_t)value)
READ(read_u16_d16, host_u16, (d[0][i] & 0xffff0000) | value)
READ(read_u8_d16_hi, uint8_t, (d[0][i] & 0xffff) | (uint32_t)value << 16)
READ(read_i8_d16_hi, uint8_t, (d[0][i] & 0xffff) | (uint32_t)(int8_t)value << 16)
READ(read_u16_d16_hi, host_u16, (d[0][i] & 0xffff) | (uint32_t)value << 16)

#define WRITE(name, type, shift)                                                                             \
    VECTOR_FN(sem_ds_##name)                                                                                 \
    {                                                                                                        \
        u32x16 address = lds_address(s0, l);                                                                 \
        EACH_LANE(i, l->exec)                                                                                \
        {                                                                                                    \
            if (lds_inside(l, address[i], sizeof(type)))                                                     \
                *(type *)(l->lds + address[i]) = (type)(s1[0][i] >> shift);                                  \
        }                                                                                                    \
    }

WRITE(write_b8, uint8_t, 0)
WRITE(write_b8_d16_hi, uint8_t, 16)
WRITE(write_b16, host_u16, 0)
WRITE(write_b16_d16_hi, host_u16, 16)

// The same, where all lanes are active and in range; often they all read the same dwords.
static inline void lds_gather(u32x16 *d, u32x16 address, const struct lanes *l, unsigned count)
{
    const uint32_t *dwords = (const uint32_t *)l->lds;
    i32x16 index = (i32x16)(address >> 2);
    bool uniform = lanes_all(index == index[0]);
    for (unsigned k = 0; k < count; k++) {
        if (uniform)
            d[k] = (u32x16){0} + dwords[index[0] + (int)k];
        else
            d[k] = __builtin_masked_gather((lane_bits){0} == 0, index + (int)k, dwords);
    }
}

// Reads `count` dwords a lane.
static inline void lds_read(u32x16 *d, u32x16 address, const struct lanes *l, unsigned count)
{
    if (count == 1 && l->exec == 0xffff && lds_row(address, l)) {
        d[0] = *(const host_u32x16 *)(l->lds + address[0]);
        return;
    }
    if (l->exec == 0xffff && lds_aligned(address, l, 4 * count)) {
        lds_gather(d, address, l, count);
        return;
    }
    EACH_LANE(i, l->exec)
    {
        bool inside = lds_inside(l, address[i], 4 * count);
        for (unsigned k = 0; k < count; k++)
            lane_set(&d[k], i, inside ? *(const host_u32 *)(l->lds + address[i] + 4 * k) : 0);
    }
}

static inline void lds_write(const u32x16 *s, u32x16 address, const struct lanes *l, unsigned count)
{
    if (count == 1 && l->exec == 0xffff && lds_row(address, l)) {
        *(host_u32x16 *)(l->lds + address[0]) = s[0];
        return;
    }
    EACH_LANE(i, l->exec)
    {
        if (!lds_inside(l, address[i], 4 * count)) continue;
        for (unsigned k = 0; k < count; k++) *(host_u32 *)(l->lds + address[i] + 4 * k) = s[k][i];
    }
}

VECTOR_FN(sem_ds_read_b32) { lds_read(d, lds_address(s0, l), l, 1); }
VECTOR_FN(sem_ds_read_b64) { lds_read(d, lds_address(s0, l), l, 2); }
VECTOR_FN(sem_ds_read_b96) { lds_read(d, lds_address(s0, l), l, 3); }
VECTOR_FN(sem_ds_read_b128) { lds_read(d, lds_address(s0, l), l, 4); }
VECTOR_FN(sem_ds_write_b32) { lds_write(s1, lds_address(s0, l), l, 1); }
VECTOR_FN(sem_ds_write_b64) { lds_write(s1, lds_address(s0, l), l, 2); }
VECTOR_FN(sem_ds_write_b96) { lds_write(s1, lds_address(s0, l), l, 3); }
VECTOR_FN(sem_ds_write_b128) { lds_write(s1, lds_address(s0, l), l, 4); }

// Two accesses at OFFSET0 and OFFSET1 elements (or 64 times that). The second address may be the
// destination's own register, so both are taken before anything is written.
static inline void lds_read2(u32x16 *d, const u32x16 *s0, const struct lanes *l, unsigned dwords,
                             unsigned step)
{
    u32x16 first = *s0 + (l->offset & 0xff) * step, second = *s0 + (l->offset >> 8) * step;
    lds_read(d, first, l, dwords);
    lds_read(d + dwords, second, l, dwords);
}

static inline void lds_write2(const u32x16 *s0, const u32x16 *s1, const u32x16 *s2, const struct lanes *l,
                              unsigned dwords, unsigned step)
{
    lds_write(s1, *s0 + (l->offset & 0xff) * step, l, dwords);
    lds_write(s2, *s0 + (l->offset >> 8) * step, l, dwords);
}

VECTOR_FN(sem_ds_read2_b32) { lds_read2(d, s0, l, 1, 4); }
VECTOR_FN(sem_ds_read2_b64) { lds_read2(d, s0, l, 2, 8); }
VECTOR_FN(sem_ds_read2st64_b32) { lds_read2(d, s0, l, 1, 4 * 64); }
VECTOR_FN(sem_ds_read2st64_b64) { lds_read2(d, s0, l, 2, 8 * 64); }
VECTOR_FN(sem_ds_write2_b32) { lds_write2(s0, s1, s2, l, 1, 4); }
VECTOR_FN(sem_ds_write2_b64) { lds_write2(s0, s1, s2, l, 2, 8); }
VECTOR_FN(sem_ds_write2st64_b32) { lds_write2(s0, s1, s2, l, 1, 4 * 64); }
VECTOR_FN(sem_ds_write2st64_b64) { lds_write2(s0, s1, s2, l, 2, 8 * 64); }

// The address is M0 and the lane's number instead of a register.
static inline u32x16 lds_address_addtid(const struct lanes *l)
{
    return l->offset + (l->m0 & 0xffff) + (LANE_NUMBERS + l->first_lane) * 4;
}

VECTOR_FN(sem_ds_read_addtid_b32) { lds_read(d, lds_address_addtid(l), l, 1); }
VECTOR_FN(sem_ds_write_addtid_b32) { lds_write(s1, lds_address_addtid(l), l, 1); }
