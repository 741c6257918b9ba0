#include "modifiers.h"

#include <string.h>

// --- Sources ---

static bool type_is_f16(unsigned type) { return type == TYPE_F16 || type == TYPE_PK_F16; }
static bool type_is_any_float(unsigned type)
{
    return type_is_f16(type) || type == TYPE_F32 || type == TYPE_F64;
}
static bool type_is_packed(unsigned type) { return type >= TYPE_PK_B16 && type <= TYPE_PK_F16; }
static bool type_is_short(unsigned type) { return type >= TYPE_B16 && type <= TYPE_F16; }

static void select_sdwa(struct source_modifier *m, const struct operand *source)
{
    if (source->sdwa == SDWA_DWORD) return;
    bool byte = source->sdwa <= SDWA_BYTE_3;
    unsigned width = byte ? 8 : 16, position = byte ? source->sdwa * 8u : (source->sdwa - SDWA_WORD_0) * 16u;
    m->select = SELECT_FIELD;
    m->left = (uint8_t)(32 - width - position);
    m->right = (uint8_t)(32 - width);
    m->sign = source->sext;
}

static void select_high(struct source_modifier *m)
{
    m->select = SELECT_FIELD;
    m->right = 16;
}

static void select_packed(struct source_modifier *m, const struct operand *source)
{
    m->low_from_high = source->op_sel & 1;
    m->high_from_high = source->op_sel >> 1 & 1;
    if (m->low_from_high || !m->high_from_high) m->select = SELECT_HALVES;
    if (source->type == TYPE_PK_F16) m->flip = (uint32_t)source->neg << 15 | (uint32_t)source->neg_hi << 31;
}

// fma_mix: op_sel_hi says that the source is an f16, op_sel which half. abs is encoded in neg_hi.
static void select_mixed(struct source_modifier *m, const struct operand *source)
{
    if (source->op_sel & 2) {
        m->select = SELECT_F16;
        m->right = source->op_sel & 1 ? 16 : 0;
    }
    if (source->neg_hi) m->keep = 0x7fffffff;
    if (source->neg) m->flip = 0x80000000;
}

// The decoder admits neg and abs only where they mean the sign bit.
static void sign_resolve(struct source_modifier *m, const struct operand *source)
{
    uint32_t sign = type_is_f16(source->type) ? 0x8000 : 0x80000000;
    if (source->abs) m->keep = ~sign;
    if (source->neg) m->flip = sign;
    if (source->type == TYPE_F64) m->top = 1;
}

static void source_resolve(struct source_modifier *m, const struct instruction *in, unsigned i)
{
    const struct operand *source = &in->src[i];
    *m = (struct source_modifier){.keep = UINT32_MAX, .high_from_high = true};
    if (source->file == FILE_NONE || source->type == TYPE_LANE_MASK) {
        m->plain = true;
        return;
    }
    if (opcode_is_mixed_precision(in->opcode)) {
        select_mixed(m, source);
    } else if (in->opcode->encoding == ENCODING_VOP3P) {
        if (type_is_packed(source->type))
            select_packed(m, source);
        else
            sign_resolve(m, source);
    } else {
        if (in->form == FORM_SDWA && i < 2) select_sdwa(m, source);
        if (source->op_sel & 1) select_high(m); // VOP3 only
        sign_resolve(m, source);
    }
    m->plain = m->select == SELECT_ALL && m->keep == UINT32_MAX && m->flip == 0;
}

static u32x16 field_select(const struct source_modifier *m, u32x16 value)
{
    value <<= m->left;
    return m->sign ? (u32x16)((i32x16)value >> m->right) : value >> m->right;
}

static u32x16 halves_select(const struct source_modifier *m, u32x16 value)
{
    u32x16 low = m->low_from_high ? value >> 16 : value & 0xffff;
    return low | (m->high_from_high ? value & 0xffff0000 : value << 16);
}

static u32x16 f16_select(const struct source_modifier *m, u32x16 value)
{
    u16x16 half = __builtin_convertvector(value >> m->right, u16x16);
    return (u32x16) __builtin_convertvector((f16x16)half, f32x16);
}

void modifiers_fetch(const struct modifiers *m, unsigned i, u32x16 *to, const u32x16 *from, unsigned count)
{
    const struct source_modifier *source = &m->source[i];
    to[0] = from[0];
    if (count > 1) to[1] = from[1];
    if (source->select == SELECT_FIELD) to[0] = field_select(source, to[0]);
    if (source->select == SELECT_HALVES) to[0] = halves_select(source, to[0]);
    if (source->select == SELECT_F16) to[0] = f16_select(source, to[0]);
    u32x16 low = (to[0] & source->keep) ^ source->flip;
    if (source->top)
        to[1] = (to[1] & source->keep) ^ source->flip;
    else
        to[0] = low;
}

// --- DPP ---

enum dpp_control {
    DPP_QUAD_PERM = 0x000, // 8 bits of lane numbers
    DPP_ROW_SHL = 0x100,   // | 1..15
    DPP_ROW_SHR = 0x110,
    DPP_ROW_ROR = 0x120,
    DPP_ROW_MIRROR = 0x140,
    DPP_ROW_HALF_MIRROR = 0x141,
    DPP_ROW_SHARE = 0x150, // | lane
    DPP_ROW_XMASK = 0x160, // | mask
};

// The lane that lane i reads under DPP16 `control`; outside 0..15 where it has none.
static int exchange_source(unsigned control, int i)
{
    int argument = control & 15;
    if (control < DPP_ROW_SHL) return (i & ~3) | (int)(control >> (2 * (i & 3)) & 3);
    switch (control & ~15u) {
    case DPP_ROW_SHL:
        return i + argument;
    case DPP_ROW_SHR:
        return i - argument;
    case DPP_ROW_ROR:
        return (i - argument) & 15;
    case DPP_ROW_MIRROR:
        return control == DPP_ROW_MIRROR ? 15 - i : i ^ 7;
    case DPP_ROW_SHARE:
        return argument;
    default:
        return i ^ argument;
    }
}

static void exchange_resolve(struct lane_exchange *x, const struct instruction *in)
{
    *x = (struct lane_exchange){.used = in->form == FORM_DPP16 || in->form == FORM_DPP8};
    if (!x->used) return;
    bool eight = in->form == FORM_DPP8;
    x->fetch_inactive = in->fetch_inactive;
    x->bound_zero = eight || in->bound_ctrl;
    x->rows = eight ? 0xf : in->row_mask;
    for (int i = 0; i < EXCHANGE_LANES; i++) {
        int from = eight ? (i & 8) | (int)(in->dpp8 >> (3 * (i & 7)) & 7) : exchange_source(in->dpp_ctrl, i);
        if (from >= 0 && from < EXCHANGE_LANES) {
            x->lane[i] = (uint8_t)from;
            x->valid |= (uint16_t)(1u << i);
        }
        if (eight || in->bank_mask >> (i / 4) & 1) x->write |= (uint16_t)(1u << i);
    }
}

typedef u32x16 __attribute__((aligned(4), may_alias)) u32x16_unaligned;

// The lanes whose sources are active.
static uint16_t active_sources(const struct lane_exchange *x, uint16_t exec)
{
    uint16_t active = 0;
    for (unsigned i = 0; i < EXCHANGE_LANES; i++) active |= (uint16_t)((exec >> x->lane[i] & 1) << i);
    return active;
}

uint16_t modifiers_exchange(const struct lane_exchange *x, u32x16 *to, const u32x16 *from, unsigned count,
                            uint16_t exec, unsigned row)
{
    uint16_t readable = x->valid;
    if (!x->fetch_inactive && exec != 0xffff) readable &= active_sources(x, exec);
    typedef bool lane_bits __attribute__((ext_vector_type(16)));
    i32x16 kept = __builtin_convertvector(__builtin_bit_cast(lane_bits, readable), i32x16) != 0;
    for (unsigned k = 0; k < count; k++) {
        const uint32_t *lanes = (const uint32_t *)&from[k];
        uint32_t moved[EXCHANGE_LANES];
        for (unsigned i = 0; i < EXCHANGE_LANES; i++) moved[i] = lanes[x->lane[i]];
        to[k] = *(const u32x16_unaligned *)moved & (u32x16)kept;
    }
    uint16_t writable = x->rows >> row & 1 ? exec & x->write : 0;
    return x->bound_zero ? writable : writable & readable;
}

// --- Results ---

static void part_resolve(struct modifiers *m, const struct instruction *in)
{
    unsigned type = in->dst.type;
    m->unused = SDWA_UNUSED_PRESERVE;
    if (in->dst.file != FILE_VGPR) return;
    if (in->form == FORM_SDWA && in->dst_sdwa != SDWA_DWORD) {
        bool byte = in->dst_sdwa <= SDWA_BYTE_3;
        m->partial = true;
        m->width = byte ? 8 : 16;
        m->shift = byte ? in->dst_sdwa * 8 : (in->dst_sdwa - SDWA_WORD_0) * 16;
        m->unused = in->dst_unused;
    } else if (type_is_short(type) && in->form != FORM_SDWA) {
        m->partial = true;
        m->width = 16;
        m->shift = in->dst_op_sel || in->opcode->id == OPCODE_ID_v_fma_mixhi_f16__VOP3P ? 16 : 0;
    }
}

void modifiers_resolve(struct modifiers *m, const struct instruction *in)
{
    *m = (struct modifiers){0};
    for (unsigned i = 0; i < SOURCES_MAX; i++) {
        source_resolve(&m->source[i], in, i);
    }
    exchange_resolve(&m->exchange, in);
    part_resolve(m, in);
    if (type_is_any_float(in->dst.type)) {
        m->float_type = in->dst.type;
        m->clamp = in->clamp;
        m->omod = in->omod;
    }
}

static u32x16 f16_bits(f32x16 value)
{
    return __builtin_convertvector((u16x16) __builtin_convertvector(value, f16x16), u32x16);
}

static f32x16 f16_value(u32x16 bits)
{
    return __builtin_convertvector((f16x16) __builtin_convertvector(bits, u16x16), f32x16);
}

static f64x16 f64_value(const u32x16 *bits)
{
    return (f64x16)(__builtin_convertvector(bits[0], u64x16) | __builtin_convertvector(bits[1], u64x16)
                                                                   << 32);
}

static void f64_store(u32x16 *bits, f64x16 value)
{
    bits[0] = __builtin_convertvector((u64x16)value, u32x16);
    bits[1] = __builtin_convertvector((u64x16)value >> 32, u32x16);
}

static const float omod_factor[] = {1, 2, 4, 0.5f};

// What is no normal number (nor infinite, nor NaN) becomes a positive zero.
static u32x16 flush(u32x16 bits, uint32_t exponent) { return (bits & exponent) == 0 ? (u32x16)0 : bits; }

// Output modifiers are ignored in IEEE mode and where denormal results are kept. They leave no negative zero.
static void omod_apply(const struct modifiers *m, u32x16 *result, uint32_t mode)
{
    uint32_t denormals = m->float_type == TYPE_F32 ? MODE_F32_DENORM_OUT : MODE_F16_F64_DENORM_OUT;
    float factor = omod_factor[m->omod];
    if (mode & (denormals | MODE_IEEE)) return;
    if (m->float_type == TYPE_F32) result[0] = flush((u32x16)((f32x16)result[0] * factor), 0x7f800000);
    if (m->float_type == TYPE_F16) result[0] = flush(f16_bits(f16_value(result[0]) * factor), 0x7c00);
    if (m->float_type == TYPE_F64) {
        f64_store(result, f64_value(result) * (double)factor);
        result[1] = flush(result[1], 0x7ff00000); // the low half is zero by the host's flushing
    }
}

// To [0, 1]; NaN becomes 0 under DX10_CLAMP and stays otherwise. On bits, of which the sign is the topmost:
// the host may take denormals for zeros where the mode keeps them in results.
#define CLAMP(name, type, magnitude)                                                                         \
    static type name(type bits, type one, type infinity, uint32_t mode)                                      \
    {                                                                                                        \
        type clamped = bits > 0 ? (bits < one ? bits : one) : (type){0};                                     \
        type nan = mode & MODE_DX10_CLAMP ? (type){0} : bits;                                                \
        return (bits & (magnitude)) > infinity ? nan : clamped;                                              \
    }
CLAMP(clamp_i32, i32x16, INT32_MAX)
CLAMP(clamp_i64, i64x16, INT64_MAX)

static u32x16 clamp_f32(u32x16 bits, uint32_t mode)
{
    const i32x16 zero = {0};
    return (u32x16)clamp_i32((i32x16)bits, zero + 0x3f800000, zero + 0x7f800000, mode);
}

static u32x16 clamp_f16(u32x16 bits, uint32_t mode)
{
    const i32x16 zero = {0};
    return (u32x16)clamp_i32((i32x16)(bits << 16), zero + 0x3c000000, zero + 0x7c000000, mode) >> 16;
}

static f64x16 clamp_f64(f64x16 value, uint32_t mode)
{
    const i64x16 zero = {0};
    return (f64x16)clamp_i64((i64x16)value, zero + (INT64_C(0x3ff) << 52), zero + (INT64_C(0x7ff) << 52),
                             mode);
}

static void clamp_apply(const struct modifiers *m, u32x16 *result, uint32_t mode)
{
    if (m->float_type == TYPE_F32) result[0] = clamp_f32(result[0], mode);
    if (m->float_type == TYPE_F16) result[0] = clamp_f16(result[0], mode);
    if (m->float_type == TYPE_PK_F16)
        result[0] = clamp_f16(result[0], mode) | clamp_f16(result[0] >> 16, mode) << 16;
    if (m->float_type == TYPE_F64) f64_store(result, clamp_f64(f64_value(result), mode));
}

static u32x16 part_merge(const struct modifiers *m, u32x16 result, u32x16 old)
{
    uint32_t mask = ((1u << m->width) - 1) << m->shift;
    u32x16 placed = result << m->shift & mask;
    if (m->unused == SDWA_UNUSED_PRESERVE) return placed | (old & ~mask);
    if (m->unused == SDWA_UNUSED_PAD) return placed;
    unsigned left = 32u - m->width - m->shift; // sign-filled above, zero below
    return (u32x16)((i32x16)(placed << left) >> left);
}

void modifiers_finish(const struct modifiers *m, u32x16 *result, const u32x16 *old, uint32_t mode)
{
    if (m->omod) omod_apply(m, result, mode);
    if (m->clamp) clamp_apply(m, result, mode);
    if (m->partial) result[0] = part_merge(m, result[0], old[0]);
}
