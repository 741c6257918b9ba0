// Scalar comparisons: SOPC and the comparing part of SOPK. Only SCC is written. "RDNA 2" ISA guide,
// chapter 12.2, 12.4.
#include "salu.h"

#define COMPARE(name, type, a, operator, b)                                                                  \
    SCALAR(name)                                                                                             \
    {                                                                                                        \
        s->scc = (type)(a)operator(type)(b);                                                                 \
        return 0;                                                                                            \
    }

COMPARE(s_cmp_eq_i32, int32_t, s0, ==, s1)
COMPARE(s_cmp_lg_i32, int32_t, s0, !=, s1)
COMPARE(s_cmp_gt_i32, int32_t, s0, >, s1)
COMPARE(s_cmp_ge_i32, int32_t, s0, >=, s1)
COMPARE(s_cmp_lt_i32, int32_t, s0, <, s1)
COMPARE(s_cmp_le_i32, int32_t, s0, <=, s1)
COMPARE(s_cmp_eq_u32, uint32_t, s0, ==, s1)
COMPARE(s_cmp_lg_u32, uint32_t, s0, !=, s1)
COMPARE(s_cmp_gt_u32, uint32_t, s0, >, s1)
COMPARE(s_cmp_ge_u32, uint32_t, s0, >=, s1)
COMPARE(s_cmp_lt_u32, uint32_t, s0, <, s1)
COMPARE(s_cmp_le_u32, uint32_t, s0, <=, s1)
COMPARE(s_cmp_eq_u64, uint64_t, s0, ==, s1)
COMPARE(s_cmp_lg_u64, uint64_t, s0, !=, s1)

COMPARE(s_bitcmp0_b32, uint64_t, LOW(s0) >> (s1 & 31) & 1, ==, 0)
COMPARE(s_bitcmp1_b32, uint64_t, LOW(s0) >> (s1 & 31) & 1, ==, 1)
COMPARE(s_bitcmp0_b64, uint64_t, s0 >> (s1 & 63) & 1, ==, 0)
COMPARE(s_bitcmp1_b64, uint64_t, s0 >> (s1 & 63) & 1, ==, 1)

// SOPK: s0 is the register, s1 the sign-extended SIMM16; the unsigned comparisons zero-extend it.
COMPARE(s_cmpk_eq_i32, int32_t, s0, ==, s1)
COMPARE(s_cmpk_lg_i32, int32_t, s0, !=, s1)
COMPARE(s_cmpk_gt_i32, int32_t, s0, >, s1)
COMPARE(s_cmpk_ge_i32, int32_t, s0, >=, s1)
COMPARE(s_cmpk_lt_i32, int32_t, s0, <, s1)
COMPARE(s_cmpk_le_i32, int32_t, s0, <=, s1)
COMPARE(s_cmpk_eq_u32, uint32_t, s0, ==, (uint16_t)s1)
COMPARE(s_cmpk_lg_u32, uint32_t, s0, !=, (uint16_t)s1)
COMPARE(s_cmpk_gt_u32, uint32_t, s0, >, (uint16_t)s1)
COMPARE(s_cmpk_ge_u32, uint32_t, s0, >=, (uint16_t)s1)
COMPARE(s_cmpk_lt_u32, uint32_t, s0, <, (uint16_t)s1)
COMPARE(s_cmpk_le_u32, uint32_t, s0, <=, (uint16_t)s1)
