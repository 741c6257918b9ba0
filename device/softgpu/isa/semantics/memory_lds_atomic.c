// Read-modify-writes of the local data share: lane by lane, in ascending order. s1 is DATA0, s2 DATA1; d
// takes the old value, also where the instruction returns nothing (the caller drops it). "RDNA 2" ISA guide,
// chapter 12.13.
#include "memory_lds.h"

typedef uint32_t u32_t;
typedef uint64_t u64_t;

static inline uint32_t data_u32(const u32x16 *s, unsigned lane) { return s[0][lane]; }
static inline uint64_t data_u64(const u32x16 *s, unsigned lane) { return pair_get(s, lane); }
static inline void result_u32(u32x16 *d, unsigned lane, uint32_t old) { lane_set(d, lane, old); }
static inline void result_u64(u32x16 *d, unsigned lane, uint64_t old) { pair_set(d, lane, old); }

// In memory: compilers would put the whole vector there for each lane that they take out of it.
union addresses {
    u32x16 row;
    uint32_t lane[16];
};

// `expression` is the new value, of the `old` one, `data` and (where `two`) `data2`.
#define UPDATE_NAMED(name, type, two, expression)                                                            \
    VECTOR_FN(name)                                                                                          \
    {                                                                                                        \
        union addresses address = {lds_address(s0, l)};                                                      \
        EACH_LANE(i, l->exec)                                                                                \
        {                                                                                                    \
            type##_t data = data_##type(s1, i), data2 = two ? data_##type(s2, i) : 0, old = 0;               \
            (void)data2;                                                                                     \
            if (lds_inside(l, address.lane[i], sizeof old)) {                                                \
                host_##type *p = (host_##type *)(l->lds + address.lane[i]);                                  \
                old = *p;                                                                                    \
                *p = (expression);                                                                           \
            }                                                                                                \
            result_##type(d, i, old);                                                                        \
        }                                                                                                    \
    }
#define UPDATE(name, suffix, type, two, expression)                                                          \
    UPDATE_NAMED(sem_ds_##name##_rtn_##suffix, type, two, expression)                                        \
    VECTOR_FN(sem_ds_##name##_##suffix) { sem_ds_##name##_rtn_##suffix(d, s0, s1, s2, l); }
#define UPDATE_BOTH(name, kind, two, expression)                                                             \
    UPDATE(name, kind##32, u32, two, expression)                                                             \
    UPDATE(name, kind##64, u64, two, expression)

UPDATE_BOTH(add, u, false, old + data)
UPDATE_BOTH(sub, u, false, old - data)
UPDATE_BOTH(rsub, u, false, data - old)
UPDATE_BOTH(inc, u, false, old >= data ? 0 : old + 1)
UPDATE_BOTH(dec, u, false, old == 0 || old > data ? data : old - 1)
UPDATE_BOTH(min, u, false, data < old ? data : old)
UPDATE_BOTH(max, u, false, data > old ? data : old)
UPDATE(min, i32, u32, false, (int32_t)data < (int32_t)old ? data : old)
UPDATE(max, i32, u32, false, (int32_t)data > (int32_t)old ? data : old)
UPDATE(min, i64, u64, false, (int64_t)data < (int64_t)old ? data : old)
UPDATE(max, i64, u64, false, (int64_t)data > (int64_t)old ? data : old)
UPDATE_BOTH(and, b, false, old &data)
UPDATE_BOTH(or, b, false, old | data)
UPDATE_BOTH(xor, b, false, old ^ data)
UPDATE_BOTH(mskor, b, true, (old & ~data) | data2)
UPDATE_BOTH(cmpst, b, true, old == data ? data2 : old)
UPDATE_NAMED(sem_ds_wrxchg_rtn_b32, u32, false, data)
UPDATE_NAMED(sem_ds_wrxchg_rtn_b64, u64, false, data)
UPDATE_NAMED(sem_ds_wrap_rtn_b32, u32, true, old >= data ? old - data : old + data2)

#define F32(bits) __builtin_bit_cast(float, bits)
#define F64(bits) __builtin_bit_cast(double, bits)
UPDATE(add, f32, u32, false, __builtin_bit_cast(uint32_t, F32(old) + F32(data)))
UPDATE(min, f32, u32, false, F32(data) < F32(old) ? data : old)
UPDATE(max, f32, u32, false, F32(data) > F32(old) ? data : old)
UPDATE(min, f64, u64, false, F64(data) < F64(old) ? data : old)
UPDATE(max, f64, u64, false, F64(data) > F64(old) ? data : old)
UPDATE(cmpst, f32, u32, true, F32(old) == F32(data) ? data2 : old)
UPDATE(cmpst, f64, u64, true, F64(old) == F64(data) ? data2 : old)

// Two exchanges a lane, at OFFSET0 and OFFSET1 elements. The results may overwrite the data's registers.
#define EXCHANGE2(name, type, dwords, step)                                                                  \
    VECTOR_FN(sem_ds_##name)                                                                                 \
    {                                                                                                        \
        union addresses address = {*s0};                                                                     \
        EACH_LANE(i, l->exec)                                                                                \
        {                                                                                                    \
            type##_t data[2] = {data_##type(s1, i), data_##type(s2, i)};                                     \
            for (unsigned k = 0; k < 2; k++) {                                                               \
                uint32_t at = address.lane[i] + (l->offset >> (8 * k) & 0xff) * (step);                      \
                type##_t old = 0;                                                                            \
                if (lds_inside(l, at, sizeof old)) {                                                         \
                    old = *(host_##type *)(l->lds + at);                                                     \
                    *(host_##type *)(l->lds + at) = data[k];                                                 \
                }                                                                                            \
                result_##type(d + (dwords) * k, i, old);                                                     \
            }                                                                                                \
        }                                                                                                    \
    }

EXCHANGE2(wrxchg2_rtn_b32, u32, 1, 4)
EXCHANGE2(wrxchg2st64_rtn_b32, u32, 1, 4 * 64)
EXCHANGE2(wrxchg2_rtn_b64, u64, 2, 8)
EXCHANGE2(wrxchg2st64_rtn_b64, u64, 2, 8 * 64)
