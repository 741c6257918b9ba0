// VOP1, VOP2, VOPC, VOP3, VOP3P and VINTRP as text.
#include "print.h"

static void print_suffix(struct printer *p, const struct instruction *in)
{
    static const char *const suffixes[] = {
        [FORM_NATIVE] = "_e32", [FORM_VOP3] = "_e64", [FORM_SDWA] = "_sdwa",
        [FORM_DPP16] = "_dpp",  [FORM_DPP8] = "_dpp",
    };
    const struct opcode *row = in->opcode;
    // Instructions with but one of the two encodings, or with no operands, need no telling apart.
    bool native = in->form == FORM_NATIVE,
         promotable = row->encoding <= ENCODING_VOPC && !(row->flags & OPCODE_NO_VOP3);
    if ((native && !promotable) || !row->dst) return;
    print_text(p, "%s", suffixes[in->form]);
}

static void print_source(struct printer *p, const struct instruction *in, const struct operand *o)
{
    // Packed instructions list their modifiers at the end.
    bool packed = in->opcode->encoding == ENCODING_VOP3P && !opcode_is_mixed_precision(in->opcode);
    bool neg = o->neg && !packed, abs = o->abs && !packed;
    // neg(1) is told from -1, which is a constant of its own.
    bool neg_function = neg && !abs && o->file == FILE_CONSTANT && !print_is_marked(in, o);
    print_text(p, "%s%s%s", o->sext ? "sext(" : "", neg_function ? "neg(" : neg ? "-" : "", abs ? "|" : "");
    print_operand(p, in, o);
    print_text(p, "%s%s%s", abs ? "|" : "", neg_function ? ")" : "", o->sext ? ")" : "");
}

// Sources that are printed: not the old destination, not v_div_fmas's VCC, not v_swap's second result.
static unsigned printed_sources(const struct instruction *in)
{
    const struct opcode *row = in->opcode;
    bool swap = row->encoding == ENCODING_VOP1 && row->dst2;
    unsigned limit = swap ? 1 : row->flags & OPCODE_TIED ? 2 : 3, count = 0;
    while (count < limit && row->src[count]) count++;
    return count;
}

static void print_operands(struct printer *p, const struct instruction *in)
{
    const struct opcode *row = in->opcode;
    const char *separator = " ";
    if (row->dst && !(row->encoding == ENCODING_VOPC && row->flags & OPCODE_WRITES_EXEC)) {
        print_text(p, "%s", separator);
        print_operand(p, in, &in->dst);
        separator = ", ";
    }
    if (row->dst2 == TYPE_LANE_MASK) {
        print_text(p, ", ");
        print_operand(p, in, &in->dst2);
    }
    for (unsigned i = 0; i < printed_sources(in); i++) {
        print_text(p, "%s", separator);
        print_source(p, in, &in->src[i]);
        separator = ", ";
    }
}

static void print_output_modifiers(struct printer *p, const struct instruction *in)
{
    static const char *const omods[] = {"", " mul:2", " mul:4", " div:2"};
    print_flag(p, in->clamp, "clamp");
    print_text(p, "%s", omods[in->omod]);
}

static void print_sdwa(struct printer *p, const struct instruction *in)
{
    static const char *const selects[] = {"BYTE_0", "BYTE_1", "BYTE_2", "BYTE_3",
                                          "WORD_0", "WORD_1", "DWORD"};
    static const char *const unused[] = {"UNUSED_PAD", "UNUSED_SEXT", "UNUSED_PRESERVE"};
    print_output_modifiers(p, in);
    if (in->opcode->encoding != ENCODING_VOPC)
        print_text(p, " dst_sel:%s dst_unused:%s", selects[in->dst_sdwa], unused[in->dst_unused]);
    print_text(p, " src0_sel:%s", selects[in->src[0].sdwa]);
    if (in->opcode->encoding != ENCODING_VOP1) print_text(p, " src1_sel:%s", selects[in->src[1].sdwa]);
}

static void print_dpp_control(struct printer *p, unsigned control)
{
    static const char *const names[] = {
        [0x0] = "row_shl", [0x1] = "row_shr", [0x2] = "row_ror", [0x5] = "row_share", [0x6] = "row_xmask"};
    if (control < 0x100)
        print_text(p, " quad_perm:[%u,%u,%u,%u]", control & 3, control >> 2 & 3, control >> 4 & 3,
                   control >> 6);
    else if (control >> 4 == 0x14)
        print_text(p, " %s", control & 1 ? "row_half_mirror" : "row_mirror");
    else
        print_text(p, " %s:%u", names[control >> 4 & 15], control & 15);
}

static void print_dpp(struct printer *p, const struct instruction *in)
{
    if (in->form == FORM_DPP8) {
        for (unsigned i = 0; i < 8; i++) print_text(p, "%s%u", i ? "," : " dpp8:[", in->dpp8 >> 3 * i & 7);
        print_text(p, "]");
    } else {
        print_dpp_control(p, in->dpp_ctrl);
        print_text(p, " row_mask:0x%x bank_mask:0x%x", in->row_mask, in->bank_mask);
        print_flag(p, in->bound_ctrl, "bound_ctrl:1");
    }
    print_flag(p, in->fetch_inactive, "fi:1");
}

// A list of one bit a source, if any differs from `normal`.
static void print_bits(struct printer *p, const char *name, unsigned bits, unsigned count, unsigned normal)
{
    if (bits == normal) return;
    for (unsigned i = 0; i < count; i++) print_text(p, "%s%s%u", i ? "," : " ", i ? "" : name, bits >> i & 1);
    print_text(p, "]");
}

static void print_op_sel(struct printer *p, const struct instruction *in)
{
    unsigned bits = 0, count = printed_sources(in);
    if (in->opcode->flags & OPCODE_WAVE) { // v_permlane16: fetch-inactive and bound-control
        print_bits(p, "op_sel:[", in->fetch_inactive | (unsigned)in->bound_ctrl << 1, 2, 0);
        return;
    }
    for (unsigned i = 0; i < count; i++) bits |= (in->src[i].op_sel & 1u) << i;
    print_bits(p, "op_sel:[", bits | (unsigned)in->dst_op_sel << count, count + 1, 0);
}

static void print_packed_modifiers(struct printer *p, const struct instruction *in)
{
    unsigned op_sel = 0, op_sel_hi = 0, neg_lo = 0, neg_hi = 0, count = printed_sources(in);
    for (unsigned i = 0; i < count; i++) {
        op_sel |= (in->src[i].op_sel & 1u) << i;
        op_sel_hi |= (in->src[i].op_sel >> 1 & 1u) << i;
        neg_lo |= (unsigned)in->src[i].neg << i;
        neg_hi |= (unsigned)in->src[i].neg_hi << i;
    }
    // v_dot4 and v_dot8 have no halves, v_fma_mix's are not selected by default.
    bool dot = in->opcode->src[0] == TYPE_I32 || in->opcode->src[0] == TYPE_U32,
         mixed = opcode_is_mixed_precision(in->opcode);
    unsigned all = mixed ? 0 : (1u << count) - 1;
    print_bits(p, "op_sel:[", op_sel, count, 0);
    if (!dot) print_bits(p, "op_sel_hi:[", op_sel_hi, count, all);
    if (!mixed) print_bits(p, "neg_lo:[", neg_lo, count, 0);
    if (!mixed) print_bits(p, "neg_hi:[", neg_hi, count, 0);
    print_flag(p, in->clamp, "clamp");
}

// The parameter of v_interp_mov, or a VGPR.
static void print_interpolated(struct printer *p, const struct instruction *in)
{
    static const char *const parameters[] = {"p10", "p20", "p0"};
    const struct operand *source = &in->src[0];
    if (source->file != FILE_CONSTANT)
        print_source(p, in, source);
    else if (source->value < 3)
        print_text(p, "%s", parameters[source->value]);
    else
        print_text(p, "invalid_param_%u", (unsigned)source->value);
}

static void print_interpolation(struct printer *p, const struct instruction *in)
{
    if (in->opcode->encoding == ENCODING_VINTRP) print_text(p, in->form == FORM_VOP3 ? "_e64" : "_e32");
    print_text(p, " ");
    print_operand(p, in, &in->dst);
    print_text(p, ", ");
    print_interpolated(p, in);
    print_text(p, ", attr%u.%c", in->vintrp_attribute, "xyzw"[in->vintrp_channel]);
    if (in->opcode->src[1]) {
        print_text(p, ", ");
        print_source(p, in, &in->src[1]);
    }
    print_flag(p, in->dst_op_sel, "high");
    print_output_modifiers(p, in);
}

void print_vector(struct printer *p, const struct instruction *in)
{
    const struct opcode *row = in->opcode;
    if (opcode_is_interpolation(row)) {
        print_interpolation(p, in);
        return;
    }
    print_suffix(p, in);
    print_operands(p, in);
    if (in->form == FORM_SDWA) {
        if (row->src[0]) print_sdwa(p, in);
    } else if (in->form == FORM_DPP16 || in->form == FORM_DPP8) {
        print_dpp(p, in);
    } else if (row->encoding == ENCODING_VOP3P) {
        print_packed_modifiers(p, in);
    } else {
        if (row->flags & OPCODE_OP_SEL) print_op_sel(p, in);
        print_output_modifiers(p, in);
    }
}
