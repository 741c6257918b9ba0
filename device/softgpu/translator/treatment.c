// Which instructions are translated. For the others the interpreter is called, or left to.
#include "code.h"

#include "device/softgpu/isa/semantics/vector_state.h"

static enum treatment flow_treatment(const struct instruction *in)
{
    switch (flow_of(in->opcode)) {
    case FLOW_NOTHING:
        return TREAT_NOTHING;
    case FLOW_SUBVECTOR_BEGIN:
    case FLOW_SUBVECTOR_END:
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
    return in->opcode->vector && usual ? TREAT_VECTOR : TREAT_INTERPRETED;
}

// Of single lanes from and to scalar registers, and of whole registers.
static bool is_lane_move(const struct instruction *in)
{
    switch (in->opcode->registers) {
    case REGISTERS_READFIRSTLANE:
        return in->form == FORM_NATIVE || in->form == FORM_VOP3;
    case REGISTERS_SWAP:
        return in->src[0].file == FILE_VGPR;
    case REGISTERS_READLANE:
        return in->src[1].file != FILE_VGPR;
    case REGISTERS_WRITELANE:
        return in->src[0].file != FILE_VGPR && in->src[1].file != FILE_VGPR && in->dst.file == FILE_VGPR;
    default:
        return false;
    }
}

// Whether it may be what private memory is accessed with, and is worth code of its own.
static bool is_scratch_access(const struct instruction *in)
{
    return !in->idxen && in->opcode->flags & (OPCODE_LOAD | OPCODE_STORE) && in->src[1].file == FILE_SGPR &&
           (in->opcode->flags & OPCODE_LOAD ? in->dst.file : in->src[3].file) == FILE_VGPR;
}

static enum treatment memory_treatment(const struct instruction *in)
{
    if (!in->opcode->vector || in->tfe || in->lds || in->gds) return TREAT_INTERPRETED;
    switch (in->opcode->encoding) {
    case ENCODING_GLOBAL:
    case ENCODING_FLAT:
        return in->opcode->src[0] ? TREAT_GLOBAL : TREAT_INTERPRETED; // else the lane's number is the offset
    case ENCODING_DS:
        return TREAT_LDS;
    case ENCODING_MUBUF:
        return is_scratch_access(in) ? TREAT_SCRATCH : TREAT_INTERPRETED;
    default:
        return TREAT_INTERPRETED;
    }
}

// What reads or writes registers whose numbers are not known, or changes MODE, which code is made for.
static bool is_unusual(const struct instruction *in)
{
    switch (in->opcode->registers) {
    case REGISTERS_S_MOVRELS:
    case REGISTERS_S_MOVRELD:
    case REGISTERS_S_MOVRELSD_2:
    case REGISTERS_V_MOVRELS:
    case REGISTERS_V_MOVRELD:
    case REGISTERS_V_MOVRELSD:
    case REGISTERS_V_MOVRELSD_2:
    case REGISTERS_SWAPREL:
    case REGISTERS_ROUND_MODE:
    case REGISTERS_DENORM_MODE:
        return true;
    case REGISTERS_SETREG:
        return (in->offset & HWREG_ID) == HWREG_MODE;
    default:
        return false;
    }
}

static bool is_flat_scratch(const struct instruction *in)
{
    unsigned field = (uint16_t)in->offset;
    return in->opcode->id == OPCODE_ID_s_setreg_b32__SOPK &&
           (field == (HWREG_FLAT_SCR_LO | HWREG_ALL_BITS) || field == (HWREG_FLAT_SCR_HI | HWREG_ALL_BITS));
}

enum treatment treatment_of(const struct code *code, const struct instruction *in)
{
    if (!in->opcode || is_unusual(in)) return TREAT_UNTRANSLATED;
    if (flow_of(in->opcode) != FLOW_ON) return flow_treatment(in);
    if (in->opcode->scalar) return TREAT_SCALAR;
    if (is_lane_move(in)) return TREAT_LANE;
    if (in->opcode->lanes) return in->gds ? TREAT_INTERPRETED : TREAT_EXCHANGE;
    if (is_flat_scratch(in)) return TREAT_FLAT_SCRATCH;
    if (in->opcode->smem) return TREAT_SCALAR_LOAD;
    unsigned encoding = in->opcode->encoding;
    if (encoding >= ENCODING_VOP1 && encoding <= ENCODING_VOP3P) return vector_treatment(code, in);
    return encoding > ENCODING_VINTRP ? memory_treatment(in) : TREAT_INTERPRETED;
}

enum treatment treatment_at(const struct code *code, uint32_t index)
{
    const struct reached *at = &code->at[index];
    enum flow flow = at->in.opcode ? flow_of(at->in.opcode) : FLOW_ON;
    bool calls = flow == FLOW_CALL || flow == FLOW_SWAPPC;
    return calls && at->call == CALL_UNKNOWN ? TREAT_UNTRANSLATED : treatment_of(code, &at->in);
}
