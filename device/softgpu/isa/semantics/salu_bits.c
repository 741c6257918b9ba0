// Scalar moves, logic, shifts, bit fields and EXEC arithmetic. "RDNA 2" ISA guide, chapter 12.1-12.3.
#include "salu.h"

PURE(s_mov_b32) { return LOW(s0); }
PURE(s_mov_b64) { return s0; }
SCALAR(s_cmov_b32) { return s->scc ? LOW(s0) : LOW(s->d_in); }
SCALAR(s_cmov_b64) { return s->scc ? s0 : s->d_in; }
SCALAR(s_cselect_b32) { return s->scc ? LOW(s0) : LOW(s1); }
SCALAR(s_cselect_b64) { return s->scc ? s0 : s1; }

// An instruction whose SCC says whether its result is not zero, in both widths.
#define NONZERO(name, type, expression)                                                                      \
    SCALAR(name)                                                                                             \
    {                                                                                                        \
        type a = (type)s0, b = (type)s1, d = (type)(expression);                                             \
        (void)b;                                                                                             \
        s->scc = d != 0;                                                                                     \
        return d;                                                                                            \
    }
#define LOGIC(name, expression)                                                                              \
    NONZERO(name##_b32, uint32_t, expression)                                                                \
    NONZERO(name##_b64, uint64_t, expression)

LOGIC(s_and, a & b)
LOGIC(s_or, a | b)
LOGIC(s_xor, a ^ b)
LOGIC(s_andn2, a & ~b)
LOGIC(s_orn2, a | ~b)
LOGIC(s_nand, (~(a & b)))
LOGIC(s_nor, ~(a | b))
LOGIC(s_xnor, ~(a ^ b))
LOGIC(s_not, ~a)
NONZERO(s_lshl_b32, uint32_t, a << (b & 31))
NONZERO(s_lshl_b64, uint64_t, a << (b & 63))
NONZERO(s_lshr_b32, uint32_t, a >> (b & 31))
NONZERO(s_lshr_b64, uint64_t, a >> (b & 63))
NONZERO(s_ashr_i32, uint32_t, (int32_t)a >> (b & 31))
NONZERO(s_ashr_i64, uint64_t, (int64_t)a >> (b & 63))

PURE(s_bfm_b32) { return ((1u << (s0 & 31)) - 1) << (s1 & 31); }
PURE(s_bfm_b64) { return ((UINT64_C(1) << (s0 & 63)) - 1) << (s1 & 63); }

// S1[22:16] is the field's width, S1[5:0] or S1[4:0] its offset. A field that reaches beyond the register
// ends there.
static uint64_t field_extract(uint64_t value, uint64_t field, unsigned bits)
{
    unsigned offset = field & (bits - 1), width = (field >> 16) & 0x7f;
    value >>= offset;
    return width >= 64 ? value : value & ((UINT64_C(1) << width) - 1);
}

static int64_t field_extract_signed(int64_t value, uint64_t field, unsigned bits)
{
    unsigned offset = field & (bits - 1), width = (field >> 16) & 0x7f;
    if (width == 0) return 0;
    if (offset + width >= bits) return value >> offset;
    return (int64_t)((uint64_t)value << (64 - offset - width)) >> (64 - width);
}

SCALAR(s_bfe_u32)
{
    uint64_t d = field_extract(LOW(s0), s1, 32);
    s->scc = d != 0;
    return d;
}

SCALAR(s_bfe_u64)
{
    uint64_t d = field_extract(s0, s1, 64);
    s->scc = d != 0;
    return d;
}

SCALAR(s_bfe_i32)
{
    uint32_t d = (uint32_t)field_extract_signed(SIGNED(s0), s1, 32);
    s->scc = d != 0;
    return d;
}

SCALAR(s_bfe_i64)
{
    uint64_t d = (uint64_t)field_extract_signed(SIGNED64(s0), s1, 64);
    s->scc = d != 0;
    return d;
}

PURE(s_pack_ll_b32_b16) { return LOW(s1) << 16 | (s0 & 0xffff); }
PURE(s_pack_lh_b32_b16) { return (LOW(s1) & 0xffff0000) | (s0 & 0xffff); }
PURE(s_pack_hh_b32_b16) { return (LOW(s1) & 0xffff0000) | LOW(s0) >> 16; }

PURE(s_brev_b32) { return __builtin_bitreverse32(LOW(s0)); }
PURE(s_brev_b64) { return __builtin_bitreverse64(s0); }
NONZERO(s_bcnt0_i32_b32, uint32_t, __builtin_popcount(~a))
NONZERO(s_bcnt1_i32_b32, uint32_t, __builtin_popcount(a))
NONZERO(s_bcnt0_i32_b64, uint64_t, __builtin_popcountll(~a))
NONZERO(s_bcnt1_i32_b64, uint64_t, __builtin_popcountll(a))

// Bit searches: -1 where nothing is found.
PURE(s_ff1_i32_b32) { return LOW(s0) ? (uint32_t)__builtin_ctz(LOW(s0)) : UINT32_MAX; }
PURE(s_ff1_i32_b64) { return s0 ? (uint32_t)__builtin_ctzll(s0) : UINT32_MAX; }
PURE(s_ff0_i32_b32) { return sem_s_ff1_i32_b32(~s0, s1, s); }
PURE(s_ff0_i32_b64) { return sem_s_ff1_i32_b64(~s0, s1, s); }
PURE(s_flbit_i32_b32) { return LOW(s0) ? (uint32_t)__builtin_clz(LOW(s0)) : UINT32_MAX; }
PURE(s_flbit_i32_b64) { return s0 ? (uint32_t)__builtin_clzll(s0) : UINT32_MAX; }
// The first bit from the top that differs from the sign.
PURE(s_flbit_i32) { return sem_s_flbit_i32_b32((uint32_t)(SIGNED(s0) ^ (SIGNED(s0) >> 31)), s1, s); }
PURE(s_flbit_i32_i64) { return sem_s_flbit_i32_b64((uint64_t)(SIGNED64(s0) ^ (SIGNED64(s0) >> 63)), s1, s); }

SCALAR(s_bitset0_b32) { return LOW(s->d_in) & ~(1u << (s0 & 31)); }
SCALAR(s_bitset0_b64) { return s->d_in & ~(UINT64_C(1) << (s0 & 63)); }
SCALAR(s_bitset1_b32) { return LOW(s->d_in) | 1u << (s0 & 31); }
SCALAR(s_bitset1_b64) { return s->d_in | UINT64_C(1) << (s0 & 63); }

// Whole quad mode: every lane of a quad in which one is set.
static uint64_t quads_fill(uint64_t mask)
{
    uint64_t any = mask | mask >> 1;
    any = (any | any >> 2) & UINT64_C(0x1111111111111111);
    return any * 0xf;
}

static uint64_t quads_gather(uint64_t mask)
{
    uint64_t quads = 0;
    for (int i = 0; i < 16; i++) quads |= (uint64_t)((mask >> (4 * i) & 0xf) != 0) << i;
    return quads;
}

NONZERO(s_wqm_b32, uint32_t, quads_fill(a))
NONZERO(s_wqm_b64, uint64_t, quads_fill(a))
NONZERO(s_quadmask_b32, uint32_t, quads_gather(a))
NONZERO(s_quadmask_b64, uint64_t, quads_gather(a))

PURE(s_bitreplicate_b64_b32)
{
    uint64_t d = 0;
    for (int i = 0; i < 32; i++) d |= (uint64_t)(LOW(s0) >> i & 1) * 3 << (2 * i);
    return d;
}

// EXEC arithmetic: the destination keeps the old EXEC (saveexec) or takes the new one (wrexec).
#define SAVEEXEC_WIDTH(name, type, expression)                                                               \
    SCALAR(name)                                                                                             \
    {                                                                                                        \
        type a = (type)s0, exec = (type)s->exec;                                                             \
        s->exec = (type)(expression);                                                                        \
        s->scc = s->exec != 0;                                                                               \
        return exec;                                                                                         \
    }
#define SAVEEXEC(operation, expression)                                                                      \
    SAVEEXEC_WIDTH(s_##operation##_saveexec_b32, uint32_t, expression)                                       \
    SAVEEXEC_WIDTH(s_##operation##_saveexec_b64, uint64_t, expression)
#define WREXEC_WIDTH(name, type, expression)                                                                 \
    SCALAR(name)                                                                                             \
    {                                                                                                        \
        type a = (type)s0, exec = (type)s->exec;                                                             \
        s->exec = (type)(expression);                                                                        \
        s->scc = s->exec != 0;                                                                               \
        return s->exec;                                                                                      \
    }
#define WREXEC(operation, expression)                                                                        \
    WREXEC_WIDTH(s_##operation##_wrexec_b32, uint32_t, expression)                                           \
    WREXEC_WIDTH(s_##operation##_wrexec_b64, uint64_t, expression)

SAVEEXEC(and, (a & exec))
SAVEEXEC(or, a | exec)
SAVEEXEC(xor, a ^ exec)
SAVEEXEC(andn1, (~a & exec))
SAVEEXEC(andn2, a & ~exec)
SAVEEXEC(orn1, ~a | exec)
SAVEEXEC(orn2, a | ~exec)
SAVEEXEC(nand, (~(a & exec)))
SAVEEXEC(nor, ~(a | exec))
SAVEEXEC(xnor, ~(a ^ exec))
WREXEC(andn1, (~a & exec))
WREXEC(andn2, a & ~exec)
