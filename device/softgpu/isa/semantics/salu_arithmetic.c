// Scalar integer arithmetic: SOP2, SOPK and the arithmetic part of SOP1. "RDNA 2" ISA guide,
// chapter 12.1-12.4.
#include "salu.h"

SCALAR(s_add_u32)
{
    uint64_t sum = (uint64_t)LOW(s0) + LOW(s1);
    s->scc = sum >> 32;
    return (uint32_t)sum;
}

SCALAR(s_sub_u32)
{
    s->scc = LOW(s1) > LOW(s0);
    return LOW(s0) - LOW(s1);
}

SCALAR(s_add_i32)
{
    int32_t sum;
    s->scc = __builtin_add_overflow(SIGNED(s0), SIGNED(s1), &sum);
    return (uint32_t)sum;
}

SCALAR(s_sub_i32)
{
    int32_t difference;
    s->scc = __builtin_sub_overflow(SIGNED(s0), SIGNED(s1), &difference);
    return (uint32_t)difference;
}

SCALAR(s_addc_u32)
{
    uint64_t sum = (uint64_t)LOW(s0) + LOW(s1) + s->scc;
    s->scc = sum >> 32;
    return (uint32_t)sum;
}

SCALAR(s_subb_u32)
{
    uint32_t difference = LOW(s0) - LOW(s1) - s->scc;
    s->scc = (uint64_t)LOW(s1) + s->scc > LOW(s0);
    return difference;
}

SCALAR(s_min_i32)
{
    s->scc = SIGNED(s0) < SIGNED(s1);
    return s->scc ? LOW(s0) : LOW(s1);
}

SCALAR(s_min_u32)
{
    s->scc = LOW(s0) < LOW(s1);
    return s->scc ? LOW(s0) : LOW(s1);
}

SCALAR(s_max_i32)
{
    s->scc = SIGNED(s0) > SIGNED(s1);
    return s->scc ? LOW(s0) : LOW(s1);
}

SCALAR(s_max_u32)
{
    s->scc = LOW(s0) > LOW(s1);
    return s->scc ? LOW(s0) : LOW(s1);
}

PURE(s_mul_i32) { return LOW(s0) * LOW(s1); }
PURE(s_mul_hi_u32) { return (uint32_t)(((uint64_t)LOW(s0) * LOW(s1)) >> 32); }
PURE(s_mul_hi_i32) { return (uint32_t)(((int64_t)SIGNED(s0) * SIGNED(s1)) >> 32); }

// The distance wraps: |INT_MIN - 0| is INT_MIN.
SCALAR(s_absdiff_i32)
{
    uint32_t difference = LOW(s0) - LOW(s1);
    if ((int32_t)difference < 0) difference = -difference;
    s->scc = difference != 0;
    return difference;
}

SCALAR(s_abs_i32)
{
    uint32_t magnitude = SIGNED(s0) < 0 ? -LOW(s0) : LOW(s0);
    s->scc = magnitude != 0;
    return magnitude;
}

static uint64_t shift_add(uint64_t s0, uint64_t s1, int shift, struct scalar *s)
{
    uint64_t sum = ((uint64_t)LOW(s0) << shift) + LOW(s1);
    s->scc = (sum >> 32) != 0;
    return (uint32_t)sum;
}

SCALAR(s_lshl1_add_u32) { return shift_add(s0, s1, 1, s); }
SCALAR(s_lshl2_add_u32) { return shift_add(s0, s1, 2, s); }
SCALAR(s_lshl3_add_u32) { return shift_add(s0, s1, 3, s); }
SCALAR(s_lshl4_add_u32) { return shift_add(s0, s1, 4, s); }

PURE(s_sext_i32_i8) { return (uint32_t)(int32_t)(int8_t)s0; }
PURE(s_sext_i32_i16) { return (uint32_t)(int32_t)(int16_t)s0; }

// SOPK: s0 is the destination's old value, s1 the sign-extended SIMM16.
PURE(s_movk_i32) { return LOW(s1); }
SCALAR(s_cmovk_i32) { return s->scc ? LOW(s1) : LOW(s0); }
SCALAR(s_addk_i32) { return sem_s_add_i32(s0, s1, s); }
PURE(s_mulk_i32) { return LOW(s0) * LOW(s1); }
