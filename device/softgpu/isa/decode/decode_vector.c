// VOP1, VOP2, VOPC, VOP3, VOP3P and VINTRP. ISA guide, chapter 6, encodings in 13.3 and 13.4.
#include "decode.h"

// VOP1, VOP2 and VOPC: what SRC0 says when another word follows that holds the real SRC0.
enum { SRC0_DPP8 = 0xe9, SRC0_DPP8_FETCH_INACTIVE = 0xea, SRC0_SDWA = 0xf9, SRC0_DPP16 = 0xfa };

// Where VOP3 numbers of promoted instructions begin.
enum { VOP3_VOPC = 0, VOP3_VOP2 = 0x100, VOP3_VOP3 = 0x140, VOP3_VOP1 = 0x180, VOP3_VINTRP = 0x200 };

static bool is_tied(const struct opcode *row, unsigned source)
{
    return row->flags & OPCODE_TIED && source == 2;
}

// Operands that have no field: the old destination, VCC and EXEC.
static bool decode_implicit(struct decoding *d)
{
    struct instruction *in = d->in;
    const struct opcode *row = in->opcode;
    for (unsigned i = 0; i < 4; i++) {
        if (is_tied(row, i)) {
            in->src[i] = in->dst;
            in->src[i].type = row->src[i];
        } else if (row->src[i] == TYPE_LANE_MASK && in->src[i].file == FILE_NONE) {
            decode_vcc(d, &in->src[i]);
        }
    }
    if (row->dst2 && in->dst2.file == FILE_NONE) {
        if (row->dst2 == TYPE_LANE_MASK) {
            decode_vcc(d, &in->dst2);
        } else { // v_swap: the source is written, the destination read
            in->dst2 = in->src[0];
            in->src[1] = in->dst;
        }
    }
    if (row->encoding == ENCODING_VOPC && in->dst.file == FILE_NONE) {
        if (row->flags & OPCODE_WRITES_EXEC)
            return decode_sgpr(d, &in->dst, SGPR_EXEC, TYPE_LANE_MASK, ALLOW_SGPR);
        decode_vcc(d, &in->dst);
    }
    return true;
}

static bool decode_vector_destination(struct decoding *d, unsigned code)
{
    const struct opcode *row = d->in->opcode;
    if (!row->dst) return code == 0;
    if (row->id == OPCODE_ID_v_readfirstlane_b32__VOP1 || row->id == OPCODE_ID_v_readlane_b32__VOP3)
        return code < 128 &&
               decode_sgpr(d, &d->in->dst, code, row->dst, ALLOW_SCALAR | ALLOW_EXEC | ALLOW_NULL);
    return decode_vgpr(d, &d->in->dst, code, row->dst);
}

// v_fmamk and v_fmaak: the constant always is a literal, which SRC0 may name too.
static bool decode_mandatory_literal(struct decoding *d, unsigned src0, unsigned vsrc1, unsigned constant)
{
    struct instruction *in = d->in;
    const struct opcode *row = in->opcode;
    if (!decode_source(d, &in->src[constant], CODE_LITERAL, row->src[constant], ALLOW_LITERAL)) return false;
    in->src[constant].code = 0; // no field names it
    return decode_source(d, &in->src[0], src0, row->src[0], ALLOW_VALU) &&
           decode_vgpr(d, &in->src[constant == 1 ? 2 : 1], vsrc1, row->src[0]);
}

static bool decode_native(struct decoding *d, unsigned src0, unsigned vsrc1)
{
    struct instruction *in = d->in;
    const struct opcode *row = in->opcode;
    switch (row->id) {
    case OPCODE_ID_v_fmamk_f32__VOP2:
    case OPCODE_ID_v_fmamk_f16__VOP2:
        return decode_mandatory_literal(d, src0, vsrc1, 1);
    case OPCODE_ID_v_fmaak_f32__VOP2:
    case OPCODE_ID_v_fmaak_f16__VOP2:
        return decode_mandatory_literal(d, src0, vsrc1, 2);
    default:
        break;
    }
    if (row->src[0]) {
        unsigned allowed = opcode_allowed_sources(row, 0, ALLOW_VALU);
        if (!decode_source(d, &in->src[0], src0, row->src[0], allowed)) return false;
    }
    return row->encoding == ENCODING_VOP1 || decode_vgpr(d, &in->src[1], vsrc1, row->src[1]);
}

// Whether neg and abs act on this source.
static bool is_modifiable(const struct opcode *row, unsigned source)
{
    enum value_type type = row->src[source];
    if (row->id == OPCODE_ID_v_ldexp_f16__VOP2 && source == 1)
        return false; // the exponent: a float in type only
    return type_is_float(type) || type == TYPE_PK_F16 || (row->flags & OPCODE_MODIFIERS && type == TYPE_B32);
}

// Whether the encoding has neg and abs bits for this source.
static bool has_modifiers(const struct opcode *row, unsigned source)
{
    enum value_type type = row->src[source];
    return type_is_float(type) || type == TYPE_PK_F16 ||
           (row->flags & OPCODE_MODIFIERS && type != TYPE_LANE_MASK);
}

static void set_modifiers(const struct opcode *row, unsigned source, struct operand *operand, bool neg,
                          bool abs)
{
    operand->neg = neg && is_modifiable(row, source);
    operand->abs = abs && is_modifiable(row, source);
}

static bool decode_sdwa_source(struct decoding *d, unsigned source, unsigned code, unsigned modifiers)
{
    struct operand *operand = &d->in->src[source];
    const struct opcode *row = d->in->opcode;
    unsigned select = field(modifiers, 2, 0);
    bool sext = bit(modifiers, 3), neg = bit(modifiers, 4), abs = bit(modifiers, 5);
    unsigned allowed = ALLOW_VALU & ~ALLOW_LITERAL;
    if (select > SDWA_DWORD || (is_modifiable(row, source) ? sext : neg || abs)) return false;
    if (!decode_source(d, operand, code ^ CODE_VGPR, row->src[source], allowed)) return false;
    operand->sdwa = (uint8_t)select;
    operand->sext = sext;
    set_modifiers(row, source, operand, neg, abs);
    return true;
}

static bool decode_sdwa_destination(struct decoding *d, uint32_t word)
{
    struct instruction *in = d->in;
    const struct opcode *row = in->opcode;
    if (row->encoding == ENCODING_VOPC) {
        if (row->flags & OPCODE_WRITES_EXEC) return !bit(word, 15);
        return !bit(word, 15) || decode_sgpr(d, &in->dst, field(word, 14, 8), row->dst, ALLOW_SGPR);
    }
    in->dst_sdwa = (uint8_t)field(word, 10, 8);
    in->dst_unused = (uint8_t)field(word, 12, 11);
    in->clamp = bit(word, 13);
    in->omod = (uint8_t)field(word, 15, 14);
    return in->dst_sdwa <= SDWA_DWORD && in->dst_unused <= SDWA_UNUSED_PRESERVE &&
           (in->omod == 0 || type_is_float(row->dst) || row->dst == TYPE_PK_F16);
}

static bool decode_sdwa(struct decoding *d, unsigned vsrc1)
{
    uint32_t word;
    const struct opcode *row = d->in->opcode;
    if (row->flags & OPCODE_NO_SDWA || !decoding_next(d, &word)) return false;
    d->in->form = FORM_SDWA;
    if (!decode_sdwa_destination(d, word)) return false;
    if (!decode_sdwa_source(d, 0, field(word, 7, 0) | (uint32_t)bit(word, 23) << 8, field(word, 21, 16)))
        return false;
    if (row->encoding == ENCODING_VOP1) return (word & 0xbf000000) == 0;
    return decode_sdwa_source(d, 1, vsrc1 | (uint32_t)bit(word, 31) << 8, field(word, 29, 24));
}

static bool dpp_control_exists(unsigned control)
{
    unsigned group = control >> 4, lane = control & 15;
    if (control < 0x100) return true;                     // quad_perm
    if (group >= 0x10 && group <= 0x12) return lane != 0; // row_shl, row_shr, row_ror
    if (group == 0x15 || group == 0x16) return true;      // row_share, row_xmask
    return control == 0x140 || control == 0x141;          // row_mirror, row_half_mirror
}

static bool decode_dpp_source(struct decoding *d, unsigned source, unsigned index, unsigned modifiers)
{
    struct operand *operand = &d->in->src[source];
    const struct opcode *row = d->in->opcode;
    if (modifiers && !has_modifiers(row, source)) return false;
    if (!row->src[source]) return true;
    if (!decode_vgpr(d, operand, index, row->src[source])) return false;
    set_modifiers(row, source, operand, bit(modifiers, 0), bit(modifiers, 1));
    return true;
}

static bool decode_dpp16(struct decoding *d, unsigned vsrc1)
{
    uint32_t word;
    struct instruction *in = d->in;
    if (in->opcode->flags & OPCODE_NO_DPP || !decoding_next(d, &word)) return false;
    in->form = FORM_DPP16;
    in->dpp_ctrl = (uint16_t)field(word, 16, 8);
    in->fetch_inactive = bit(word, 18);
    in->bound_ctrl = bit(word, 19);
    in->bank_mask = (uint8_t)field(word, 27, 24);
    in->row_mask = (uint8_t)field(word, 31, 28);
    return dpp_control_exists(in->dpp_ctrl) &&
           decode_dpp_source(d, 0, field(word, 7, 0), field(word, 21, 20)) &&
           (in->opcode->encoding == ENCODING_VOP1 ? field(word, 23, 22) == 0
                                                  : decode_dpp_source(d, 1, vsrc1, field(word, 23, 22)));
}

static bool decode_dpp8(struct decoding *d, unsigned vsrc1, bool fetch_inactive)
{
    uint32_t word;
    struct instruction *in = d->in;
    if (in->opcode->flags & OPCODE_NO_DPP || !decoding_next(d, &word)) return false;
    in->form = FORM_DPP8;
    in->dpp8 = field(word, 31, 8);
    in->fetch_inactive = fetch_inactive;
    return decode_dpp_source(d, 0, field(word, 7, 0), 0) &&
           (in->opcode->encoding == ENCODING_VOP1 || decode_dpp_source(d, 1, vsrc1, 0));
}

// v_nop and its kin do not look at SRC0, but v_nop has the longer forms, if what they carry is nothing to it.
static bool decode_nop(struct decoding *d, unsigned src0)
{
    struct decoding ahead = *d;
    uint32_t word;
    bool has_word = decoding_next(&ahead, &word);
    if (d->in->opcode->flags & OPCODE_NO_DPP || !has_word) return true;
    switch (src0) {
    case SRC0_SDWA:
        if (word & 0xbf3fe000) return true;
        d->in->form = FORM_SDWA;
        return decoding_next(d, &word);
    case SRC0_DPP16:
        return field(word, 23, 20) != 0 || decode_dpp16(d, 0);
    case SRC0_DPP8:
    case SRC0_DPP8_FETCH_INACTIVE:
        return decode_dpp8(d, 0, src0 == SRC0_DPP8_FETCH_INACTIVE);
    default:
        return true;
    }
}

static bool decode_vop12c(struct decoding *d, unsigned vdst)
{
    const struct opcode *row = d->in->opcode;
    unsigned src0 = field(d->word[0], 8, 0), vsrc1 = field(d->word[0], 16, 9);
    if (!row || (row->encoding != ENCODING_VOPC && !decode_vector_destination(d, vdst))) return false;
    bool decoded;
    if (!row->src[0]) return decode_nop(d, src0);
    switch (src0) {
    case SRC0_SDWA:
        decoded = decode_sdwa(d, vsrc1);
        break;
    case SRC0_DPP16:
        decoded = row->encoding != ENCODING_VOPC && decode_dpp16(d, vsrc1);
        break;
    case SRC0_DPP8:
    case SRC0_DPP8_FETCH_INACTIVE:
        decoded = row->encoding != ENCODING_VOPC && decode_dpp8(d, vsrc1, src0 == SRC0_DPP8_FETCH_INACTIVE);
        break;
    default:
        decoded = decode_native(d, src0, vsrc1);
        break;
    }
    return decoded && decode_implicit(d);
}

bool decode_vop1(struct decoding *d)
{
    d->in->opcode = opcode_find(ENCODING_VOP1, field(d->word[0], 16, 9));
    return decode_vop12c(d, field(d->word[0], 24, 17));
}

bool decode_vop2(struct decoding *d)
{
    d->in->opcode = opcode_find(ENCODING_VOP2, field(d->word[0], 30, 25));
    return decode_vop12c(d, field(d->word[0], 24, 17));
}

bool decode_vopc(struct decoding *d)
{
    d->in->opcode = opcode_find(ENCODING_VOPC, field(d->word[0], 24, 17));
    return decode_vop12c(d, 0);
}

static const struct opcode *vop3_find(unsigned number)
{
    const struct opcode *row = opcode_find(ENCODING_VOP3, number);
    if (row) return row;
    if (number < VOP3_VOP2)
        row = opcode_find(ENCODING_VOPC, number - VOP3_VOPC);
    else if (number < VOP3_VOP3)
        row = opcode_find(ENCODING_VOP2, number - VOP3_VOP2);
    else if (number >= VOP3_VOP1 && number < VOP3_VINTRP)
        row = opcode_find(ENCODING_VOP1, number - VOP3_VOP1);
    else if (number >= VOP3_VINTRP)
        row = opcode_find(ENCODING_VINTRP, number - VOP3_VINTRP);
    return row && row->flags & OPCODE_NO_VOP3 ? NULL : row;
}

// Sources with a field of their own.
static unsigned source_count(const struct opcode *row)
{
    unsigned count = 0;
    while (count < 3 && row->src[count] && !is_tied(row, count)) count++;
    return count;
}

static bool decode_vop3_sources(struct decoding *d)
{
    struct instruction *in = d->in;
    const struct opcode *row = in->opcode;
    uint32_t high = d->word[1];
    const unsigned codes[] = {field(high, 8, 0), field(high, 17, 9), field(high, 26, 18)};
    for (unsigned i = 0; i < source_count(row); i++) {
        unsigned allowed = opcode_allowed_sources(row, i, ALLOW_VALU);
        if (row->src[i] == TYPE_LANE_MASK) allowed = ALLOW_SCALAR | ALLOW_NULL;
        if (!decode_source(d, &in->src[i], codes[i], row->src[i], allowed)) return false;
    }
    return true;
}

// NEG, ABS and OP_SEL of VOP3. VOP3B has SDST in the place of the latter two.
static bool decode_vop3_modifiers(struct decoding *d)
{
    struct instruction *in = d->in;
    const struct opcode *row = in->opcode;
    bool has_sdst = row->dst2 == TYPE_LANE_MASK;
    uint32_t neg = field(d->word[1], 31, 29);
    uint32_t abs = has_sdst ? 0 : field(d->word[0], 10, 8);
    uint32_t op_sel = row->flags & OPCODE_OP_SEL ? field(d->word[0], 14, 11) : 0;
    for (unsigned i = 0; i < 3; i++) {
        struct operand *operand = &in->src[i];
        bool present = i < source_count(row);
        bool allowed = present && has_modifiers(row, i);
        if (((neg | abs) >> i & 1 && !allowed) || (op_sel >> i & 1 && !present)) return false;
        if (present) set_modifiers(row, i, operand, neg >> i & 1, abs >> i & 1);
        operand->op_sel = op_sel >> i & 1;
    }
    in->dst_op_sel = op_sel >> 3 & 1;
    in->clamp = bit(d->word[0], 15);
    in->omod = (uint8_t)field(d->word[1], 28, 27);
    return (!in->clamp || row->flags & OPCODE_CLAMP) && (!in->omod || row->flags & OPCODE_OMOD);
}

// v_interp_mov: P10, P20 or P0.
static void set_parameter(struct instruction *in, uint32_t parameter)
{
    in->src[0] = (struct operand){.file = FILE_CONSTANT, .type = TYPE_B32, .dwords = 1, .value = parameter};
}

// Interpolation as VOP3: SRC0 holds the attribute, the operands are VGPRs in SRC1 and SRC2.
static bool decode_vop3_interpolation(struct decoding *d)
{
    struct instruction *in = d->in;
    const struct opcode *row = in->opcode;
    uint32_t low = d->word[0], high = d->word[1];
    bool f32 = row->encoding == ENCODING_VINTRP;
    in->vintrp_attribute = (uint8_t)field(high, 5, 0);
    in->vintrp_channel = (uint8_t)field(high, 7, 6);
    in->dst_op_sel = bit(high, 8);
    in->clamp = bit(low, 15);
    in->omod = (uint8_t)field(high, 28, 27);
    unsigned count = f32 ? row->src[0] != TYPE_NONE : source_count(row);
    uint32_t neg = field(high, 31, 29), abs = field(low, 10, 8), unused = 7u & ~(((1u << count) - 1) << 1);
    if ((neg | abs) & unused || (in->omod && !f32 && !(row->flags & OPCODE_OMOD)) || (f32 && in->dst_op_sel))
        return false;
    for (unsigned i = 0; i < count; i++) {
        unsigned code = i == 0 ? field(high, 17, 9) : field(high, 26, 18);
        if (!decode_source(d, &in->src[i], code, row->src[i], ALLOW_VGPR)) return false;
        in->src[i].neg = neg >> (i + 1) & 1;
        in->src[i].abs = abs >> (i + 1) & 1;
    }
    if (count == 0) set_parameter(in, field(high, 17, 9));
    return decode_implicit(d);
}

static bool decode_vop3_destinations(struct decoding *d)
{
    struct instruction *in = d->in;
    const struct opcode *row = in->opcode;
    unsigned vdst = field(d->word[0], 7, 0);
    if (row->dst2 == TYPE_LANE_MASK &&
        !decode_sgpr(d, &in->dst2, field(d->word[0], 14, 8), TYPE_LANE_MASK, ALLOW_SGPR))
        return false;
    if (row->dst != TYPE_LANE_MASK) return decode_vector_destination(d, vdst);
    // v_cmpx always writes EXEC: the field says so in LLVM 22's code and nothing in that of older compilers.
    if (row->flags & OPCODE_WRITES_EXEC) vdst = SGPR_EXEC;
    return vdst < 128 && decode_sgpr(d, &in->dst, vdst, TYPE_LANE_MASK, ALLOW_SGPR);
}

bool decode_vop3(struct decoding *d)
{
    struct instruction *in = d->in;
    if (!decoding_next(d, &d->word[1])) return false;
    const struct opcode *row = in->opcode = vop3_find(field(d->word[0], 25, 16));
    if (!row) return false;
    in->form = row->encoding == ENCODING_VOP3 ? FORM_NATIVE : FORM_VOP3;
    if (!decode_vop3_destinations(d)) return false;
    if (opcode_is_interpolation(row)) return decode_vop3_interpolation(d);
    if (!decode_vop3_sources(d) || !decode_vop3_modifiers(d)) return false;
    if (row->id == OPCODE_ID_v_permlane16_b32__VOP3 || row->id == OPCODE_ID_v_permlanex16_b32__VOP3) {
        in->fetch_inactive = in->src[0].op_sel;
        in->bound_ctrl = in->src[1].op_sel;
    }
    return decode_implicit(d);
}

// NEG_LO, NEG_HI, OP_SEL and OP_SEL_HI of one source. v_fma_mix: NEG_HI is abs, OP_SEL_HI says that the
// source is f16.
static bool decode_vop3p_source(struct decoding *d, unsigned source, unsigned code)
{
    struct operand *operand = &d->in->src[source];
    uint32_t low = d->word[0], high = d->word[1];
    bool mixed = opcode_is_mixed_precision(d->in->opcode);
    bool op_sel = bit(low, 11 + source), neg_hi = bit(low, 8 + source);
    bool op_sel_hi = source == 2 ? bit(low, 14) : bit(high, 27 + source);
    enum value_type type = mixed && op_sel_hi ? TYPE_F16 : d->in->opcode->src[source];
    unsigned allowed = opcode_allowed_sources(d->in->opcode, source, ALLOW_VALU);
    if (!decode_source(d, operand, code, type, allowed)) return false;
    operand->op_sel = (uint8_t)(op_sel | op_sel_hi << 1);
    operand->neg = bit(high, 29 + source);
    operand->neg_hi = neg_hi;
    operand->abs = mixed && neg_hi;
    return true;
}

bool decode_vop3p(struct decoding *d)
{
    struct instruction *in = d->in;
    if (!decoding_next(d, &d->word[1])) return false;
    const struct opcode *row = in->opcode = opcode_find(ENCODING_VOP3P, field(d->word[0], 22, 16));
    if (!row || !decode_vgpr(d, &in->dst, field(d->word[0], 7, 0), row->dst)) return false;
    unsigned count = source_count(row);
    uint32_t unused = count == 2 ? 4 : 0; // of the per-source fields
    if (field(d->word[0], 10, 8) & unused || field(d->word[1], 31, 29) & unused) return false;
    bool dot = row->src[0] == TYPE_I32 || row->src[0] == TYPE_U32; // v_dot4, v_dot8: no halves to select
    if (field(d->word[0], 13, 11) & (dot ? 7 : unused)) return false;
    for (unsigned i = 0; i < count; i++)
        if (!decode_vop3p_source(d, i, field(d->word[1], 9 * i + 8, 9 * i))) return false;
    in->clamp = bit(d->word[0], 15);
    in->dst_op_sel = row->id == OPCODE_ID_v_fma_mixhi_f16__VOP3P;
    return true;
}

bool decode_vintrp(struct decoding *d)
{
    struct instruction *in = d->in;
    uint32_t word = d->word[0];
    const struct opcode *row = in->opcode = opcode_find(ENCODING_VINTRP, field(word, 17, 16));
    if (!row || !decode_vgpr(d, &in->dst, field(word, 25, 18), row->dst)) return false;
    in->vintrp_attribute = (uint8_t)field(word, 15, 10);
    in->vintrp_channel = (uint8_t)field(word, 9, 8);
    if (row->src[0]) return decode_vgpr(d, &in->src[0], field(word, 7, 0), row->src[0]) && decode_implicit(d);
    set_parameter(in, field(word, 7, 0));
    return true;
}
