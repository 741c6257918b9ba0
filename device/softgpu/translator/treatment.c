// Which instructions are translated. The others are left to the interpreter.
#include "code.h"

#include "device/softgpu/isa/vector_state.h"

// What the translator has no value for: the apertures, and what no compute program reads.
static bool is_readable(const struct operand *source)
{
    if (source->file != FILE_SPECIAL) return true;
    return source->index == CODE_SCC || source->index == CODE_VCCZ || source->index == CODE_EXECZ;
}

static bool are_readable(const struct instruction *in)
{
    for (unsigned i = 0; i < 4; i++) {
        if (!is_readable(&in->src[i])) return false;
    }
    return true;
}

static enum treatment flow_treatment(const struct instruction *in)
{
    switch (flow_of(in->opcode)) {
    case FLOW_NOTHING:
        return TREAT_NOTHING;
    case FLOW_CALL:
    case FLOW_SETPC:
    case FLOW_SWAPPC:
    case FLOW_CODE_END:
    case FLOW_SLEEP:
    case FLOW_TRAP:
        return TREAT_UNTRANSLATED;
    default:
        return TREAT_FLOW;
    }
}

static enum treatment vector_treatment(const struct code *code, const struct instruction *in)
{
    bool usual = arithmetic_is_usual(arithmetic_of(in->opcode), code->mode);
    return in->opcode->vector && usual ? TREAT_VECTOR : TREAT_UNTRANSLATED;
}

static bool is_lane_move(const struct instruction *in)
{
    switch (in->opcode->id) {
    case OPCODE_ID_v_readfirstlane_b32__VOP1:
        return in->form == FORM_NATIVE || in->form == FORM_VOP3;
    case OPCODE_ID_v_readlane_b32__VOP3:
        return in->src[1].file != FILE_VGPR;
    case OPCODE_ID_v_writelane_b32__VOP3:
        return in->src[0].file != FILE_VGPR && in->src[1].file != FILE_VGPR && in->dst.file == FILE_VGPR;
    default:
        return false;
    }
}

static enum treatment memory_treatment(const struct instruction *in)
{
    if (!in->opcode->vector || in->tfe || in->lds || in->gds) return TREAT_UNTRANSLATED;
    switch (in->opcode->encoding) {
    case ENCODING_GLOBAL:
    case ENCODING_FLAT:
        return TREAT_GLOBAL;
    case ENCODING_DS:
        return TREAT_LDS;
    default:
        return TREAT_UNTRANSLATED;
    }
}

static bool is_scalar_load(const struct instruction *in)
{
    switch (in->opcode->id) {
    case OPCODE_ID_s_load_dword__SMEM:
    case OPCODE_ID_s_load_dwordx2__SMEM:
    case OPCODE_ID_s_load_dwordx4__SMEM:
    case OPCODE_ID_s_load_dwordx8__SMEM:
    case OPCODE_ID_s_load_dwordx16__SMEM:
        return true;
    default:
        return false;
    }
}

enum treatment treatment_of(const struct code *code, const struct instruction *in)
{
    if (!in->opcode || !are_readable(in)) return TREAT_UNTRANSLATED;
    if (flow_of(in->opcode) != FLOW_ON) return flow_treatment(in);
    if (in->opcode->scalar) return TREAT_SCALAR;
    if (is_lane_move(in)) return TREAT_LANE;
    unsigned encoding = in->opcode->encoding;
    if (encoding == ENCODING_SMEM) return is_scalar_load(in) ? TREAT_SCALAR_LOAD : TREAT_UNTRANSLATED;
    if (encoding >= ENCODING_VOP1 && encoding <= ENCODING_VOP3P) return vector_treatment(code, in);
    return encoding > ENCODING_VINTRP ? memory_treatment(in) : TREAT_UNTRANSLATED;
}
