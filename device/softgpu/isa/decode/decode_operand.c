// Operand fields: registers, inline constants and literals. ISA guide, sections 3.4 and 5.1 (scalar
// operands), 6.2 (vector operands).
#include "decode.h"

#include <string.h>

// 0.5, -0.5, 1, -1, 2, -2, 4, -4, 1/(2 pi)
static const uint16_t float16_constants[] = {0x3800, 0xb800, 0x3c00, 0xbc00, 0x4000,
                                             0xc000, 0x4400, 0xc400, 0x3118};
static const uint32_t float32_constants[] = {0x3f000000, 0xbf000000, 0x3f800000, 0xbf800000, 0x40000000,
                                             0xc0000000, 0x40800000, 0xc0800000, 0x3e22f983};
static const uint64_t float64_constants[] = {0x3fe0000000000000, 0xbfe0000000000000, 0x3ff0000000000000,
                                             0xbff0000000000000, 0x4000000000000000, 0xc000000000000000,
                                             0x4010000000000000, 0xc010000000000000, 0x3fc45f306dc9c882};

unsigned type_dwords(enum value_type type, bool wave64)
{
    switch (type) {
    case TYPE_NONE:
        return 0;
    case TYPE_B64:
    case TYPE_U64:
    case TYPE_I64:
    case TYPE_F64:
        return 2;
    case TYPE_B96:
        return 3;
    case TYPE_B128:
        return 4;
    case TYPE_B160:
        return 5;
    case TYPE_B256:
        return 8;
    case TYPE_B512:
        return 16;
    case TYPE_LANE_MASK:
        return wave64 ? 2 : 1;
    default:
        return 1;
    }
}

bool type_is_float(enum value_type type) { return type == TYPE_F16 || type == TYPE_F32 || type == TYPE_F64; }

static bool type_is_16(enum value_type type)
{
    return type == TYPE_B16 || type == TYPE_U16 || type == TYPE_I16 || type == TYPE_F16;
}

// Sources that must be registers of one kind, where the encoding would allow others.
static const struct {
    uint16_t id;
    uint8_t index, allowed;
} source_rules[] = {
    {OPCODE_ID_s_setpc_b64__SOP1, 0, ALLOW_SGPR},
    {OPCODE_ID_s_rfe_b64__SOP1, 0, ALLOW_SGPR},
    {OPCODE_ID_s_movrels_b32__SOP1, 0, ALLOW_SGPR},
    {OPCODE_ID_s_movrels_b64__SOP1, 0, ALLOW_SGPR},
    {OPCODE_ID_v_readfirstlane_b32__VOP1, 0, ALLOW_VGPR | ALLOW_LDS_DIRECT},
    {OPCODE_ID_v_movrels_b32__VOP1, 0, ALLOW_VGPR},
    {OPCODE_ID_v_movrelsd_b32__VOP1, 0, ALLOW_VGPR},
    {OPCODE_ID_v_movrelsd_2_b32__VOP1, 0, ALLOW_VGPR},
    {OPCODE_ID_v_swap_b32__VOP1, 0, ALLOW_VGPR},
    {OPCODE_ID_v_swaprel_b32__VOP1, 0, ALLOW_VGPR},
    {OPCODE_ID_v_readlane_b32__VOP3, 0, ALLOW_VGPR | ALLOW_LDS_DIRECT},
    {OPCODE_ID_v_readlane_b32__VOP3, 1, ALLOW_SALU},
    {OPCODE_ID_v_writelane_b32__VOP3, 0, ALLOW_SALU | ALLOW_LDS_DIRECT},
    {OPCODE_ID_v_writelane_b32__VOP3, 1, ALLOW_SALU},
    {OPCODE_ID_v_permlane16_b32__VOP3, 0, ALLOW_VGPR},
    {OPCODE_ID_v_permlane16_b32__VOP3, 1, ALLOW_SALU},
    {OPCODE_ID_v_permlane16_b32__VOP3, 2, ALLOW_SALU},
    {OPCODE_ID_v_permlanex16_b32__VOP3, 0, ALLOW_VGPR},
    {OPCODE_ID_v_permlanex16_b32__VOP3, 1, ALLOW_SALU},
    {OPCODE_ID_v_permlanex16_b32__VOP3, 2, ALLOW_SALU},
    {OPCODE_ID_v_mqsad_u32_u8__VOP3, 2, ALLOW_VGPR},
};

unsigned opcode_allowed_sources(const struct opcode *opcode, unsigned index, unsigned encoding_allows)
{
    for (size_t i = 0; i < sizeof source_rules / sizeof *source_rules; i++)
        if (source_rules[i].id == opcode->id && source_rules[i].index == index)
            return source_rules[i].allowed;
    return encoding_allows;
}

static void operand_set(struct operand *o, enum operand_file file, unsigned index, unsigned code,
                        enum value_type type, unsigned dwords)
{
    o->file = (uint8_t)file;
    o->index = (uint16_t)index;
    o->code = (uint16_t)code;
    o->type = (uint8_t)type;
    o->dwords = (uint8_t)dwords;
}

bool decode_vgpr(struct decoding *d, struct operand *operand, unsigned index, enum value_type type)
{
    unsigned dwords = type_dwords(type, d->wave64);
    if (index + dwords > 256) return false;
    operand_set(operand, FILE_VGPR, index, CODE_VGPR + index, type, dwords);
    return true;
}

void decode_vcc(struct decoding *d, struct operand *operand)
{
    operand_set(operand, FILE_SGPR, SGPR_VCC, SGPR_VCC, TYPE_LANE_MASK,
                type_dwords(TYPE_LANE_MASK, d->wave64));
}

// SGPRs or trap temporaries `first`..`last`. Pairs start at even numbers and larger groups at multiples of 4:
// the low bits of the field do not count.
static bool decode_register_group(struct operand *o, unsigned code, unsigned first, unsigned last,
                                  enum value_type type, unsigned dwords)
{
    unsigned alignment = dwords == 1 ? 1 : dwords == 2 ? 2 : 4;
    unsigned index = first + (code - first) / alignment * alignment;
    if (index + dwords > last + 1) return false;
    operand_set(o, FILE_SGPR, index, index, type, dwords);
    return true;
}

static bool decode_special(struct operand *o, unsigned code, enum value_type type, unsigned dwords,
                           unsigned allowed)
{
    bool pair = dwords == 2;
    if (dwords > 2 && code != CODE_NULL) return false;
    switch (code) {
    case SGPR_VCC:
        break;
    case SGPR_VCC + 1:
        if (pair) return false;
        break;
    case SGPR_M0:
        if (pair || !(allowed & ALLOW_M0)) return false;
        break;
    case CODE_NULL:
        if (!(allowed & ALLOW_NULL)) return false;
        operand_set(o, FILE_NULL, code, code, type, dwords);
        return true;
    case SGPR_EXEC:
    case SGPR_EXEC + 1:
        if (!(allowed & ALLOW_EXEC) || (pair && code != SGPR_EXEC)) return false;
        break;
    default:
        return false;
    }
    operand_set(o, FILE_SGPR, code, code, type, dwords);
    return true;
}

bool decode_sgpr(struct decoding *d, struct operand *operand, unsigned code, enum value_type type,
                 unsigned allowed)
{
    unsigned dwords = type_dwords(type, d->wave64);
    if (code <= SGPR_LAST) return decode_register_group(operand, code, 0, SGPR_LAST, type, dwords);
    if (code >= SGPR_TTMP && code <= SGPR_TTMP_LAST)
        return decode_register_group(operand, code, SGPR_TTMP, SGPR_TTMP_LAST, type, dwords);
    return decode_special(operand, code, type, dwords, allowed);
}

static uint64_t integer_constant(unsigned code)
{
    return code < CODE_INTEGER_NEGATIVE ? code - CODE_INTEGER
                                        : (uint64_t)(CODE_INTEGER_NEGATIVE - 1 - (int64_t)code);
}

// What an inline float is to an operand. Packed 16-bit floats get the constant in the low half only, packed
// integers the 32-bit float's bits (LLVM's getInlineEncodingV216 records the measured behaviour).
static uint64_t float_constant(unsigned code, enum value_type type)
{
    unsigned i = code - CODE_FLOAT;
    if (type_is_16(type) || type == TYPE_PK_F16) return float16_constants[i];
    if (type_dwords(type, false) == 2) return float64_constants[i];
    return float32_constants[i];
}

// A literal as the operand sees it: the high half of a double, the low half of a 16-bit value, extended to 64
// bits by the sign of the type.
static uint64_t literal_value(uint32_t literal, enum value_type type)
{
    if (type == TYPE_F64) return (uint64_t)literal << 32;
    if (type == TYPE_I64) return (uint64_t)(int64_t)(int32_t)literal;
    if (type_is_16(type)) return literal & 0xffff;
    return literal;
}

static uint64_t narrow(uint64_t value, enum value_type type)
{
    if (type_is_16(type)) return value & 0xffff;
    return type_dwords(type, false) == 1 ? (uint32_t)value : value;
}

static bool decode_constant(struct decoding *d, struct operand *o, unsigned code, enum value_type type,
                            unsigned allowed)
{
    if (!(allowed & (code == CODE_LITERAL ? ALLOW_LITERAL : ALLOW_CONSTANT))) return false;
    operand_set(o, FILE_CONSTANT, 0, code, type, type_dwords(type, d->wave64));
    if (code == CODE_LITERAL) {
        if (!d->has_literal && !decoding_next(d, &d->in->literal)) return false;
        d->has_literal = o->literal = true;
        o->value = literal_value(d->in->literal, type);
    } else if (code >= CODE_FLOAT) {
        o->value = float_constant(code, type);
    } else {
        o->value = narrow(integer_constant(code), type);
    }
    return true;
}

bool decode_source(struct decoding *d, struct operand *operand, unsigned code, enum value_type type,
                   unsigned allowed)
{
    if (code >= CODE_VGPR) return allowed & ALLOW_VGPR && decode_vgpr(d, operand, code - CODE_VGPR, type);
    if (code <= SGPR_EXEC + 1 && code != CODE_NULL)
        return allowed & ALLOW_SCALAR && decode_sgpr(d, operand, code, type, allowed);
    if (code == CODE_LITERAL || (code >= CODE_INTEGER && code <= CODE_INTEGER_LAST) ||
        (code >= CODE_FLOAT && code <= CODE_FLOAT_LAST))
        return decode_constant(d, operand, code, type, allowed);

    unsigned dwords = type_dwords(type, d->wave64);
    bool special = code == CODE_NULL || (code >= CODE_SHARED_BASE && code <= CODE_POPS_EXITING_WAVE_ID) ||
                   (code >= CODE_VCCZ && code <= CODE_SCC);
    if (code == CODE_LDS_DIRECT ? !(allowed & ALLOW_LDS_DIRECT) || dwords != 1
                                : !special || (dwords > 2 && code != CODE_NULL))
        return false;
    operand_set(operand, code == CODE_NULL ? FILE_NULL : FILE_SPECIAL, code, code, type, dwords);
    return true;
}
