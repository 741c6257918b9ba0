#include "arithmetic.h"

#include "device/softgpu/interpreter/exec_lanes.h"
#include "device/softgpu/interpreter/exec_scalar.h"
#include "device/softgpu/interpreter/exec_vector.h"
#include "device/softgpu/translator/code.h"

enum { TRIES = 200 };

// Whether the interpreter does, and to the same result whenever it does.
static bool is_executed(const struct instruction *in)
{
    unsigned id = in->opcode->id, hwreg = in->offset & HWREG_ID;
    bool getreg = id == OPCODE_ID_s_getreg_b32__SOPK;
    bool setreg = id == OPCODE_ID_s_setreg_b32__SOPK || id == OPCODE_ID_s_setreg_imm32_b32__SOPK;
    bool constant = hwreg == HWREG_MODE || hwreg == HWREG_SH_MEM_BASES;
    bool scratch = hwreg == HWREG_FLAT_SCR_LO || hwreg == HWREG_FLAT_SCR_HI;
    if ((getreg && !constant && !scratch) || (setreg && !scratch)) return false;
    return scalar_handler(in) || lanes_handler(in) || vector_executes(in);
}

// Of the kinds that touch neither memory nor the program counter.
static bool is_arithmetic(const struct instruction *in, bool wave64, uint32_t mode)
{
    struct code code = {.wave64 = wave64, .mode = mode};
    enum treatment treatment = treatment_of(&code, in);
    if (in->opcode->encoding == ENCODING_SMEM) return false; // clocks, too
    if (treatment == TREAT_EXCHANGE) return in->opcode->encoding <= ENCODING_VOP3P;
    return treatment == TREAT_SCALAR || treatment == TREAT_VECTOR || treatment == TREAT_LANE ||
           (treatment == TREAT_INTERPRETED && in->opcode->encoding <= ENCODING_VOP3P && is_executed(in));
}

size_t arithmetic_generate(struct generator *g, const struct opcode *row, enum vector_form form, bool wave64,
                           uint32_t mode, uint32_t words[GENERATED_WORDS])
{
    for (int i = 0; i < TRIES; i++) {
        struct instruction in;
        generate_instruction(g, row, form, words);
        size_t size = instruction_decode(&in, words, GENERATED_WORDS * sizeof *words, wave64);
        if (size && in.opcode == row && in.form == form && is_arithmetic(&in, wave64, mode)) return size;
    }
    return 0;
}
