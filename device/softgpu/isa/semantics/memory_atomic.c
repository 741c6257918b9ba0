// Atomics of FLAT, GLOBAL, SCRATCH and MUBUF: lane by lane in ascending order, each one atomic between
// threads. s1 is the data (compare-and-swap: new value, then comparand), d the old value. "RDNA 2" ISA guide,
// chapter 12.15-12.19.
#include "memory.h"

HOST_ACCESS uint32_t data_u32(const u32x16 *s, unsigned lane) { return s[0][lane]; }
HOST_ACCESS uint64_t data_u64(const u32x16 *s, unsigned lane) { return pair_get(s, lane); }
HOST_ACCESS void result_u32(u32x16 *d, unsigned lane, uint32_t old) { lane_set(d, lane, old); }
HOST_ACCESS void result_u64(u32x16 *d, unsigned lane, uint64_t old) { pair_set(d, lane, old); }

#define FETCH(name, type, builtin)                                                                           \
    VECTOR_FN(name)                                                                                          \
    {                                                                                                        \
        EACH_LANE(i, l->exec)                                                                                \
        {                                                                                                    \
            type##_t data = data_##type(s1, i);                                                              \
            result_##type(d, i, builtin((type##_t *)l->address[i], data, __ATOMIC_SEQ_CST));                 \
        }                                                                                                    \
    }
#define FETCH_BOTH(name, builtin)                                                                            \
    FETCH(mem_atomic_##name, u32, builtin)                                                                   \
    FETCH(mem_atomic_##name##_x2, u64, builtin)

typedef uint32_t u32_t;
typedef uint64_t u64_t;

FETCH_BOTH(swap, __atomic_exchange_n)
FETCH_BOTH(add, __atomic_fetch_add)
FETCH_BOTH(sub, __atomic_fetch_sub)
FETCH_BOTH(and, __atomic_fetch_and)
FETCH_BOTH(or, __atomic_fetch_or)
FETCH_BOTH(xor, __atomic_fetch_xor)

// The rest by compare-and-swap: `expression` is the new value, of the `old` one and the `data`.
#define UPDATE(name, type, expression)                                                                       \
    VECTOR_FN(name)                                                                                          \
    {                                                                                                        \
        EACH_LANE(i, l->exec)                                                                                \
        {                                                                                                    \
            type##_t data = data_##type(s1, i), *p = (type##_t *)l->address[i], fresh;                       \
            type##_t old = __atomic_load_n(p, __ATOMIC_RELAXED);                                             \
            do {                                                                                             \
                fresh = (expression);                                                                        \
            } while (                                                                                        \
                !__atomic_compare_exchange_n(p, &old, fresh, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));     \
            result_##type(d, i, old);                                                                        \
        }                                                                                                    \
    }
#define UPDATE_BOTH(name, expression)                                                                        \
    UPDATE(mem_atomic_##name, u32, expression)                                                               \
    UPDATE(mem_atomic_##name##_x2, u64, expression)

UPDATE(mem_atomic_smin, u32, (int32_t)data < (int32_t)old ? data : old)
UPDATE(mem_atomic_smax, u32, (int32_t)data > (int32_t)old ? data : old)
UPDATE(mem_atomic_smin_x2, u64, (int64_t)data < (int64_t)old ? data : old)
UPDATE(mem_atomic_smax_x2, u64, (int64_t)data > (int64_t)old ? data : old)
UPDATE_BOTH(umin, data < old ? data : old)
UPDATE_BOTH(umax, data > old ? data : old)
UPDATE_BOTH(inc, old >= data ? 0 : old + 1)
UPDATE_BOTH(dec, old == 0 || old > data ? data : old - 1)
UPDATE(mem_atomic_csub, u32, old < data ? 0 : old - data)

#define F32(bits) __builtin_bit_cast(float, bits)
#define F64(bits) __builtin_bit_cast(double, bits)
UPDATE(mem_atomic_fmin, u32, F32(data) < F32(old) ? data : old)
UPDATE(mem_atomic_fmax, u32, F32(data) > F32(old) ? data : old)
UPDATE(mem_atomic_fmin_x2, u64, F64(data) < F64(old) ? data : old)
UPDATE(mem_atomic_fmax_x2, u64, F64(data) > F64(old) ? data : old)

// Compare-and-swap: the comparand follows the new value.
UPDATE(mem_atomic_cmpswap, u32, old == data_u32(s1 + 1, i) ? data : old)
UPDATE(mem_atomic_cmpswap_x2, u64, old == data_u64(s1 + 2, i) ? data : old)
UPDATE(mem_atomic_fcmpswap, u32, F32(old) == F32(s1[1][i]) ? data : old)
UPDATE(mem_atomic_fcmpswap_x2, u64, F64(old) == __builtin_bit_cast(double, data_u64(s1 + 2, i)) ? data : old)
